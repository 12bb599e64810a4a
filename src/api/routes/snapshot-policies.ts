import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { checkDefinitionName } from '../../index/definitions/body-shape.ts'
import type { Definition } from '../../index/definitions/definitions.ts'
import { beginSnapshot, deleteSnapshots } from '../../index/snapshots/create-snapshot.ts'
import { expiredSnapshots, nameSnapshot, nextSnapshotTime, parseSnapshotPolicy } from '../../index/snapshots/snapshot-policy.ts'
import type { ApiContext } from '../api-context.ts'
import { isRunning, setRunning } from '../definitions/operation-mode.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'
import { readSnapshotContent } from './snapshots.ts'

/** `_slm`: policies are kept and carried out when somebody says so; nothing carries them out by their schedule yet. */
export const snapshotPolicyRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_slm/policy', '/_slm/policy/{policy}'],
    action: 'cluster:admin/slm/get',
    params: TIMEOUT_PARAMS,
    handler: get,
  },
  { methods: ['PUT'], paths: ['/_slm/policy/{policy}'], action: 'cluster:admin/slm/put', params: TIMEOUT_PARAMS, handler: put },
  {
    methods: ['DELETE'],
    paths: ['/_slm/policy/{policy}'],
    action: 'cluster:admin/slm/delete',
    params: TIMEOUT_PARAMS,
    handler: async (request, { definitions }) => {
      const name = required(request, 'policy')
      if (!(await definitions.of('snapshot_policy').delete(name))) throw policyMissing(name)
      return acknowledged
    },
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/_slm/policy/{policy}/_execute'],
    action: 'cluster:admin/slm/execute',
    params: TIMEOUT_PARAMS,
    handler: execute,
  },
  {
    methods: ['POST'],
    paths: ['/_slm/_execute_retention'],
    action: 'cluster:admin/slm/execute-retention',
    params: TIMEOUT_PARAMS,
    handler: executeRetention,
  },
  {
    methods: ['GET'],
    paths: ['/_slm/stats'],
    action: 'cluster:admin/slm/stats',
    params: TIMEOUT_PARAMS,
    handler: (_request, { definitions }) => ok(printTotals(definitions.of('snapshot_policy').entries())),
  },
  {
    methods: ['GET'],
    paths: ['/_slm/status'],
    action: 'cluster:admin/slm/status',
    params: TIMEOUT_PARAMS,
    handler: (_request, context) => ok({ operation_mode: isRunning(context, 'slm') ? 'RUNNING' : 'STOPPED' }),
  },
  {
    methods: ['POST'],
    paths: ['/_slm/start', '/_slm/stop'],
    action: 'cluster:admin/slm/start',
    params: TIMEOUT_PARAMS,
    handler: async (request, context) => {
      await setRunning(context, 'slm', request.path.endsWith('start'))
      return acknowledged
    },
  },
]

const policyMissing = (name: string): ElkhornError =>
  new ElkhornError('resource_not_found_exception', 404, `snapshot lifecycle policy not found: ${name}`)

function get(request: ApiRequest, { definitions, index: { clock } }: ApiContext): Answer {
  const policies = definitions.of('snapshot_policy')
  const names = namesOf(request, 'policy')
  const found = policies.select(names, () => {
    const none = policies.size === 0 ? ', no policies are configured' : ''
    throw new ElkhornError(
      'resource_not_found_exception',
      404,
      `snapshot lifecycle policy or policies [${names.join(', ')}] not found${none}`,
    )
  })
  const now = clock.now()
  return ok(
    Object.fromEntries(
      found.map(([name, { version, modifiedAt, body, state }]) => {
        const { last_success: success, last_failure: failure } = state
        return [
          name,
          {
            version,
            modified_date: new Date(modifiedAt).toISOString(),
            modified_date_millis: modifiedAt,
            policy: body,
            ...(success === undefined ? {} : { last_success: success }),
            ...(failure === undefined ? {} : { last_failure: failure }),
            ...nextExecution(nextSnapshotTime(parseSnapshotPolicy(body, now), modifiedAt, now)),
            stats: { policy: name, ...countsOf(state) },
          },
        ]
      }),
    ),
  )
}

const nextExecution = (time: number | undefined): JsonObject =>
  time === undefined ? {} : { next_execution: new Date(time).toISOString(), next_execution_millis: time }

async function put(request: ApiRequest, { definitions, repositories, index: { clock } }: ApiContext): Promise<Answer> {
  const name = required(request, 'policy')
  checkDefinitionName('policy name', name)
  const body = request.json() ?? {}
  const { repository } = parseSnapshotPolicy(body, clock.now())
  if (!repositories.entries().some(([own]) => own === repository)) {
    throw illegalArgument(`no such repository [${repository}]`)
  }
  await definitions.of('snapshot_policy').put(name, body)
  return acknowledged
}

/** Begins a snapshot as the policy says; the answer does not wait for it. */
async function execute(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { definitions, repositories, index } = context
  const name = required(request, 'policy')
  const policies = definitions.of('snapshot_policy')
  const definition = policies.find(name)
  if (!definition) throw policyMissing(name)
  const policy = parseSnapshotPolicy(definition.body, index.clock.now())
  const snapshot = nameSnapshot(policy, index.clock.now())
  const { metadata } = policy.config
  const { made } = await beginSnapshot(index, repositories, {
    repository: policy.repository,
    snapshot,
    ...readSnapshotContent(policy.config),
    metadata: { ...(metadata as JsonObject | undefined), policy: name },
    version: context.node.version,
    signal: new AbortController().signal,
  })
  const remember = async (what: 'last_success' | 'last_failure', details: JsonObject): Promise<void> => {
    const state = policies.find(name)?.state ?? {}
    const count = what === 'last_success' ? 'snapshots_taken' : 'snapshots_failed'
    await policies.setState(name, {
      ...state,
      [count]: numberOf(state[count]) + 1,
      [what]: { snapshot_name: snapshot, ...details },
    })
  }
  made
    .then(
      ({ startedAt, endedAt }) => remember('last_success', { start_time: startedAt, time: endedAt }),
      (error: unknown) => remember('last_failure', { time: index.clock.now(), details: String(error) }),
    )
    .catch((error: unknown) => index.log.error({ error: String(error) }, 'what a snapshot policy did is not remembered'))
  return ok({ snapshot_name: snapshot })
}

/** Deletes what policies need not keep any longer. */
async function executeRetention(_request: ApiRequest, { definitions, repositories, index }: ApiContext): Promise<Answer> {
  const policies = definitions.of('snapshot_policy')
  const now = index.clock.now()
  for (const [name, { body }] of policies.entries()) {
    const policy = parseSnapshotPolicy(body, now)
    const own = (await repositories.snapshots(policy.repository)).filter(
      ({ state, metadata }) => state === 'SUCCESS' && metadata?.['policy'] === name,
    )
    const expired = expiredSnapshots(policy, own, now)
    if (expired.length === 0) continue
    await deleteSnapshots(
      repositories,
      policy.repository,
      expired.map(({ snapshot }) => snapshot),
    )
    const state = policies.find(name)?.state ?? {}
    await policies.setState(name, { ...state, snapshots_deleted: numberOf(state['snapshots_deleted']) + expired.length })
  }
  return acknowledged
}

const COUNTS = ['snapshots_taken', 'snapshots_failed', 'snapshots_deleted', 'snapshot_deletion_failures'] as const

const numberOf = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0)

const countsOf = (state: JsonObject): JsonObject => Object.fromEntries(COUNTS.map((name) => [name, numberOf(state[name])]))

function printTotals(policies: readonly (readonly [string, Definition])[]): JsonObject {
  const total = (name: (typeof COUNTS)[number]): number => policies.reduce((sum, [, { state }]) => sum + numberOf(state[name]), 0)
  return {
    retention_runs: 0,
    retention_failed: 0,
    retention_timed_out: 0,
    retention_deletion_time: '0s',
    retention_deletion_time_millis: 0,
    total_snapshots_taken: total('snapshots_taken'),
    total_snapshots_failed: total('snapshots_failed'),
    total_snapshots_deleted: total('snapshots_deleted'),
    total_snapshot_deletion_failures: total('snapshot_deletion_failures'),
    policy_stats: policies.map(([policy, { state }]) => ({ policy, ...countsOf(state) })),
  }
}
