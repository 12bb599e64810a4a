import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { parseLifecyclePolicy, policyMissing } from '../../index/lifecycle-policy.ts'
import { searchOptions } from '../../index/names/resolve-names.ts'
import { putSettings } from '../../index/operations/change-index.ts'
import { composeTemplate } from '../../index/templates/compose.ts'
import type { ApiContext } from '../api-context.ts'
import { isRunning, setRunning } from '../definitions/operation-mode.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { changeOptions, NAMES_PARAMS, namesOf, requestIndices, TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'

const SETTING = 'index.lifecycle.name'

/** `_ilm`: policies are kept and told; nothing carries them out yet. */
export const lifecyclePolicyRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_ilm/policy', '/_ilm/policy/{policy}'],
    action: 'cluster:admin/ilm/get',
    params: TIMEOUT_PARAMS,
    handler: get,
  },
  {
    methods: ['PUT'],
    paths: ['/_ilm/policy/{policy}'],
    action: 'cluster:admin/ilm/put',
    params: TIMEOUT_PARAMS,
    handler: put,
  },
  {
    methods: ['DELETE'],
    paths: ['/_ilm/policy/{policy}'],
    action: 'cluster:admin/ilm/delete',
    params: TIMEOUT_PARAMS,
    handler: remove,
  },
  {
    methods: ['GET'],
    paths: ['/_ilm/status'],
    action: 'cluster:admin/ilm/get',
    params: TIMEOUT_PARAMS,
    handler: (_request, context) => ok({ operation_mode: isRunning(context, 'ilm') ? 'RUNNING' : 'STOPPED' }),
  },
  {
    methods: ['POST'],
    paths: ['/_ilm/start', '/_ilm/stop'],
    action: 'cluster:admin/ilm/start',
    params: TIMEOUT_PARAMS,
    handler: async (request, context) => {
      await setRunning(context, 'ilm', request.path.endsWith('start'))
      return acknowledged
    },
  },
  {
    methods: ['POST'],
    paths: ['/_ilm/migrate_to_data_tiers'],
    action: 'cluster:admin/ilm/start',
    params: [...TIMEOUT_PARAMS, 'dry_run'],
    handler: migrateToTiers,
  },
  {
    methods: ['POST'],
    paths: ['/_ilm/move/{index}'],
    action: 'indices:admin/ilm/retry',
    params: TIMEOUT_PARAMS,
    handler: moveToStep,
  },
  {
    methods: ['POST'],
    paths: ['/{index}/_ilm/retry'],
    action: 'indices:admin/ilm/retry',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS],
    handler: retry,
  },
  {
    methods: ['GET'],
    paths: ['/{index}/_ilm/explain'],
    action: 'indices:admin/ilm/explain',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS, 'only_errors', 'only_managed'],
    handler: explain,
  },
  {
    methods: ['POST'],
    paths: ['/{index}/_ilm/remove'],
    action: 'indices:admin/settings/update',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS],
    handler: async (request, context) => {
      const indices = requestIndices(request, context, 'indices:admin/settings/update', changeOptions)
      await putSettings(context.index, indices, { [SETTING]: null }, { preserveExisting: false })
      return ok({ has_failures: false, failed_indexes: [] })
    },
  },
]

/** There is one node, which is of all tiers: no index and no policy says on which attribute of a node it is to be. */
function migrateToTiers(request: ApiRequest, context: ApiContext): Answer {
  const isDry = request.query.boolean('dry_run', false)
  if (!isDry && isRunning(context, 'ilm')) {
    throw illegalArgument('stop ILM before migrating to data tiers, current state is [RUNNING]')
  }
  return ok({ dry_run: isDry, migrated_ilm_policies: [], migrated_indices: [] })
}

/** @throws ElkhornError 400: steps are not taken yet, so no index is in one that it could leave */
function moveToStep(request: ApiRequest, context: ApiContext): Answer {
  const { current_step: current, next_step: next } = request.json() ?? {}
  if (!isJsonObject(current)) throw illegalArgument('[move_to_step_request] required [current_step]')
  if (!isJsonObject(next)) throw illegalArgument('[move_to_step_request] required [next_step]')
  const [index] = requestIndices(request, context, 'indices:admin/ilm/retry', changeOptions)
  if (index && typeof index.settings[SETTING] !== 'string') {
    throw illegalArgument(`index [${index.name}] is not associated with an Index Lifecycle Policy`)
  }
  throw illegalArgument(`index [${index?.name ?? ''}] is not on current step [${printJson(current)}], currently: [null]`)
}

/** @throws ElkhornError 400 for an index that has nothing to be tried again: a step that failed */
function retry(request: ApiRequest, context: ApiContext): Answer {
  const indices = requestIndices(request, context, 'indices:admin/ilm/retry', changeOptions)
  for (const { name, settings } of indices) {
    const policy = settings[SETTING]
    if (typeof policy !== 'string' || context.index.catalog.lifecyclePolicies.has(policy)) {
      throw illegalArgument(
        `cannot retry an action for an index [${name}] that has not encountered an error when running a Lifecycle Policy`,
      )
    }
    throw policyMissing(policy)
  }
  return acknowledged
}

function get(request: ApiRequest, context: ApiContext): Answer {
  const policies = [...context.index.catalog.lifecyclePolicies.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  const wanted = namesOf(request, 'policy')
  for (const name of wanted) {
    if (!name.includes('*') && !policies.some(([own]) => own === name)) throw policyMissing(name)
  }
  const found = policies.filter(([name]) => wanted.length === 0 || wanted.some((pattern) => matchesWildcard(pattern, name)))
  return ok(
    Object.fromEntries(
      found.map(([name, { version, modifiedAt, policy }]) => [
        name,
        { version, modified_date: new Date(modifiedAt).toISOString(), policy, in_use_by: usersOf(context, name) },
      ]),
    ),
  )
}

/** Who names a policy in its settings. */
function usersOf({ index: { catalog } }: ApiContext, policy: string): JsonObject {
  const indices = [...catalog.indices.values()].filter(({ settings }) => settings[SETTING] === policy)
  const templates = [...catalog.indexTemplates.entries()].filter(
    ([name, template]) => composeTemplate(catalog, name, template).settings[SETTING] === policy,
  )
  const streams = new Set(indices.map(({ dataStream }) => dataStream).filter((name) => name !== undefined))
  return {
    indices: indices.map(({ name }) => name).sort(),
    data_streams: [...streams].sort(),
    composable_templates: templates.map(([name]) => name).sort(),
  }
}

async function put(request: ApiRequest, { index: { catalog, clock } }: ApiContext): Promise<Answer> {
  const name = required(request, 'policy')
  if (name.startsWith('_') || /[ ,]/.test(name)) {
    throw illegalArgument(`invalid policy name [${name}]: must not start with '_' nor contain ',' or blanks`)
  }
  const policy = parseLifecyclePolicy(request.json()?.['policy'])
  const version = (catalog.lifecyclePolicies.get(name)?.version ?? 0) + 1
  await catalog.lifecyclePolicies.put(name, { version, modifiedAt: clock.now(), policy })
  return acknowledged
}

async function remove(request: ApiRequest, { index: { catalog } }: ApiContext): Promise<Answer> {
  const name = required(request, 'policy')
  if (!catalog.lifecyclePolicies.has(name)) throw policyMissing(name)
  const users = [...catalog.indices.values()].filter(({ settings }) => settings[SETTING] === name).map((index) => index.name)
  if (users.length > 0) {
    throw illegalArgument(`Cannot delete policy [${name}]. It is in use by one or more indices: [${users.sort().join(', ')}]`)
  }
  await catalog.lifecyclePolicies.delete(name)
  return acknowledged
}

function explain(request: ApiRequest, context: ApiContext): Answer {
  const onlyManaged = request.query.boolean('only_managed', false)
  const onlyErrors = request.query.boolean('only_errors', false)
  const indices = requestIndices(request, context, 'indices:admin/ilm/explain', { ...searchOptions, expandClosed: true })
  const explained = indices.flatMap((index): [string, JsonObject][] => {
    const policy = index.settings[SETTING]
    if (typeof policy !== 'string' || policy === '') {
      return onlyManaged || onlyErrors ? [] : [[index.name, { index: index.name, managed: false }]]
    }
    const isMissing = !context.index.catalog.lifecyclePolicies.has(policy)
    if (onlyErrors && !isMissing) return []
    const state = isMissing
      ? { step: 'ERROR', step_info: { type: 'illegal_argument_exception', reason: `policy [${policy}] does not exist` } }
      : { phase: 'new', action: 'complete', step: 'complete' }
    return [
      [
        index.name,
        {
          index: index.name,
          managed: true,
          policy,
          index_creation_date_millis: index.createdAt,
          lifecycle_date_millis: index.createdAt,
          ...state,
        },
      ],
    ]
  })
  return ok({ indices: Object.fromEntries(explained) })
}
