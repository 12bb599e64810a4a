import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { requireIndices } from '../../core/access.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { indexNotFound, resolveAbstractions, resolveIndices } from '../../index/names/resolve-names.ts'
import { checkBlocks, closeIndices, deleteIndices, openIndices } from '../../index/operations/change-index.ts'
import { createIndex, type CreateIndexRequest } from '../../index/operations/create-index.ts'
import { clusterSetting } from '../../index/settings/cluster-settings.ts'
import { withIndexPrefix } from '../../index/settings/index-settings.ts'
import { flattenSettings } from '../../index/settings/settings-json.ts'
import { parseAliases, unwrapMappings } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, exists, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import {
  indicesOptions,
  nameContext,
  NAMES_PARAMS,
  namesOf,
  requestIndices,
  searchOptions,
  TIMEOUT_PARAMS,
} from '../indices/names.ts'
import { printIndex } from '../indices/print-index.ts'
import { required } from './documents.ts'

const PRINT_PARAMS = ['flat_settings', 'include_defaults', 'local', 'features', 'master_timeout', 'cluster_manager_timeout']

export const indexRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT'],
    paths: ['/{index}'],
    action: 'indices:admin/create',
    params: [...TIMEOUT_PARAMS, 'wait_for_active_shards'],
    handler: create,
  },
  {
    methods: ['DELETE'],
    paths: ['/{index}'],
    action: 'indices:admin/delete',
    params: [...TIMEOUT_PARAMS, ...NAMES_PARAMS],
    handler: remove,
  },
  {
    methods: ['GET'],
    paths: ['/{index}'],
    action: 'indices:admin/get',
    params: [...NAMES_PARAMS, ...PRINT_PARAMS],
    handler: get,
  },
  {
    methods: ['HEAD'],
    paths: ['/{index}'],
    action: 'indices:admin/exists',
    params: [...NAMES_PARAMS, ...PRINT_PARAMS],
    handler: head,
  },
  {
    methods: ['POST'],
    paths: ['/{index}/_close', '/_close'],
    action: 'indices:admin/close',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS, 'wait_for_active_shards'],
    handler: close,
  },
  {
    methods: ['POST'],
    paths: ['/{index}/_open', '/_open'],
    action: 'indices:admin/open',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS, 'wait_for_active_shards'],
    handler: open,
  },
]

async function create(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const name = required(request, 'index')
  requireIndices(request.access, 'indices:admin/create', [name])
  const index = await createIndex(context.index, { name, ...readCreateBody(request.json() ?? {}) })
  return ok({ acknowledged: true, shards_acknowledged: true, index: index.name })
}

/** The body of an index creation; one without `settings`, `mappings` or `aliases` in it is settings alone. */
export function readCreateBody(json: JsonObject): Omit<CreateIndexRequest, 'name'> {
  const unknown = Object.keys(json).filter((key) => !['settings', 'mappings', 'aliases'].includes(key))
  if (unknown.length > 0) {
    throw new ElkhornError('parse_exception', 400, `unknown key [${unknown[0]}] for create index`)
  }
  const { settings, mappings, aliases } = json
  if (mappings !== undefined && mappings !== null && !isJsonObject(mappings))
    throw illegalArgument('key [mappings] must be an object')
  if (settings !== undefined && settings !== null && !isJsonObject(settings))
    throw new ElkhornError('parse_exception', 400, 'key [settings] must be an object')
  return {
    ...(settings ? { settings: withIndexPrefix(flattenSettings(settings)) } : {}),
    ...(mappings ? { mappings: unwrapMappings(mappings) } : {}),
    ...(aliases === undefined || aliases === null ? {} : { aliases: parseAliases(aliases) }),
  }
}

async function remove(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const names = namesOf(request)
  if (names.length === 0) throw illegalArgument('index is missing')
  const { catalog } = context.index
  if (
    clusterSetting(catalog, 'action.destructive_requires_name') === 'true' &&
    names.some((name) => name === '_all' || name.includes('*'))
  ) {
    throw illegalArgument('Wildcard expressions or all indices are not allowed')
  }
  const options = indicesOptions(request.query, { ...searchOptions, expandClosed: true, forbidClosed: false })
  const named = nameContext(request, context, 'indices:admin/delete')
  const found = resolveAbstractions(named, names, options).flatMap(({ name, fromWildcard }) => {
    const index = catalog.findIndex(name)
    if (index) return [index]
    // Wildcards pass over aliases and data streams; written out, they are a mistake.
    if (fromWildcard || options.ignoreUnavailable) return []
    throw catalog.findAlias(name)
      ? illegalArgument(`The provided expression [${name}] matches an alias, specify the corresponding concrete indices instead.`)
      : indexNotFound(name)
  })
  const emptied = names.find((name) => name.includes('*') && !found.some((index) => matchesWildcard(name, index.name)))
  if (emptied !== undefined && !options.allowNoIndices) throw indexNotFound(emptied)
  for (const index of found) checkBlocks(index, 'delete')
  await deleteIndices(context.index, found)
  return acknowledged
}

function get(request: ApiRequest, context: ApiContext): Answer {
  const { query } = request
  const printing = {
    flat: query.boolean('flat_settings', false),
    human: query.boolean('human', false),
    defaults: query.boolean('include_defaults', false),
  }
  const indices = requestIndices(request, context, 'indices:admin/get', { ...searchOptions, forbidClosed: false })
  for (const index of indices) checkBlocks(index, 'metadata')
  return ok(Object.fromEntries(indices.map((index) => [index.name, printIndex(index, printing)])))
}

function head(request: ApiRequest, context: ApiContext): Answer {
  const options = indicesOptions(request.query, { ...searchOptions, forbidClosed: false })
  try {
    const names = namesOf(request)
    const found = resolveIndices(nameContext(request, context, 'indices:admin/exists'), names, options)
    return exists(found.length > 0 || names.some((name) => name.includes('*')))
  } catch (error) {
    if (error instanceof ElkhornError && error.status === 404) return exists(false)
    throw error
  }
}

async function close(request: ApiRequest, context: ApiContext): Promise<Answer> {
  if (namesOf(request).length === 0)
    throw new ElkhornError('action_request_validation_exception', 400, 'Validation Failed: 1: index is missing;')
  const indices = requestIndices(request, context, 'indices:admin/close', { ...searchOptions, forbidClosed: false })
  await closeIndices(context.index, indices)
  return ok({
    acknowledged: true,
    shards_acknowledged: indices.length > 0,
    indices: Object.fromEntries(indices.map(({ name }) => [name, { closed: true }])),
  })
}

async function open(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const indices = requestIndices(request, context, 'indices:admin/open', {
    ...searchOptions,
    expandOpen: false,
    expandClosed: true,
    forbidClosed: false,
  })
  await openIndices(context.index, indices)
  return ok({ acknowledged: true, shards_acknowledged: true })
}
