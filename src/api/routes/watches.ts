import { nextQuartzTime } from '../../core/dates/quartz.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { checkDefinitionName, checkShape, objectMember, type BodyShape } from '../../index/definitions/body-shape.ts'
import type { Definition } from '../../index/definitions/definitions.ts'
import type { ApiContext } from '../api-context.ts'
import { isRunning, setRunning } from '../definitions/operation-mode.ts'
import { notDefined, page } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'

const PATH = '/_watcher/watch/{id}'

/** Watches: kept, checked and told; nothing triggers them yet. */
export const watchRoutes: readonly Route<ApiContext>[] = [
  { methods: ['GET'], paths: [PATH], action: 'cluster:monitor/xpack/watcher/watch/get', handler: get },
  {
    methods: ['PUT', 'POST'],
    paths: [PATH],
    action: 'cluster:admin/xpack/watcher/watch/put',
    params: ['active', 'version', 'if_seq_no', 'if_primary_term', 'master_timeout'],
    handler: put,
  },
  {
    methods: ['DELETE'],
    paths: [PATH],
    action: 'cluster:admin/xpack/watcher/watch/put',
    params: ['master_timeout'],
    handler: remove,
  },
  {
    methods: ['PUT', 'POST'],
    paths: [`${PATH}/_activate`, `${PATH}/_deactivate`],
    action: 'cluster:admin/xpack/watcher/watch/put',
    params: ['master_timeout'],
    handler: activate,
  },
  {
    methods: ['PUT', 'POST'],
    paths: [`${PATH}/_ack`, `${PATH}/_ack/{action}`],
    action: 'cluster:admin/xpack/watcher/watch/put',
    params: ['master_timeout'],
    handler: acknowledge,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_watcher/_query/watches'],
    action: 'cluster:monitor/xpack/watcher/watch/get',
    handler: list,
  },
  {
    methods: ['GET'],
    paths: ['/_watcher/stats', '/_watcher/stats/{metric}'],
    action: 'cluster:monitor/xpack/watcher/watch/get',
    params: ['emit_stacktraces', 'metric'],
    handler: stats,
  },
  {
    methods: ['POST'],
    paths: ['/_watcher/_start', '/_watcher/_stop'],
    action: 'cluster:admin/xpack/watcher/watch/put',
    params: TIMEOUT_PARAMS,
    handler: async (request, context) => {
      await setRunning(context, 'watcher', request.path.endsWith('_start'))
      return acknowledged
    },
  },
]

const SHAPE: BodyShape = {
  parser: 'watch',
  members: {
    trigger: 'object',
    input: 'object',
    condition: 'object',
    transform: 'object',
    actions: 'object',
    metadata: 'object',
    throttle_period: 'duration',
    throttle_period_in_millis: 'number',
    status: 'object',
  },
}

const SCHEDULES = ['hourly', 'daily', 'weekly', 'monthly', 'yearly', 'cron', 'interval', 'timezone']
const INPUTS = ['none', 'simple', 'search', 'http', 'chain']
const CONDITIONS = ['always', 'never', 'compare', 'array_compare', 'script']
const ACTIONS = ['email', 'webhook', 'index', 'logging', 'slack', 'pagerduty', 'jira']
const ACTION_OPTIONS = ['condition', 'transform', 'throttle_period', 'throttle_period_in_millis', 'foreach', 'max_iterations']

/** @throws ElkhornError `parse_exception` (400) naming what makes no sense */
function checkWatch(id: string, body: JsonObject, now: number): void {
  const fail = (why: string): never => {
    throw new ElkhornError('parse_exception', 400, `could not parse watch [${id}]. ${why}`)
  }
  checkShape(body, SHAPE)
  const { trigger, input, condition, actions } = body
  if (!isJsonObject(trigger)) return fail('missing required field [trigger]')
  const { schedule } = trigger
  if (!isJsonObject(schedule)) return fail(`unknown trigger type [${Object.keys(trigger)[0] ?? ''}]; expected [schedule]`)
  for (const kind of Object.keys(schedule)) if (!SCHEDULES.includes(kind)) fail(`unknown schedule type [${kind}]`)
  const { cron } = schedule
  for (const expression of Array.isArray(cron) ? (cron as readonly JsonValue[]) : cron === undefined ? [] : [cron]) {
    nextQuartzTime(String(expression), now)
  }
  checkOne(input, INPUTS, 'input', fail)
  checkOne(condition, CONDITIONS, 'condition', fail)
  for (const [name, action] of Object.entries(isJsonObject(actions) ? actions : {})) {
    if (!isJsonObject(action)) return fail(`action [${name}] must be an object`)
    const kinds = Object.keys(action).filter((key) => !ACTION_OPTIONS.includes(key))
    if (kinds.length !== 1) return fail(`action [${name}] must have exactly one type, got [${kinds.join(', ')}]`)
    if (!ACTIONS.includes(kinds[0] ?? '')) return fail(`unknown action type [${kinds[0]}] of action [${name}]`)
  }
}

function checkOne(json: JsonValue | undefined, known: readonly string[], what: string, fail: (why: string) => never): void {
  if (!isJsonObject(json)) return
  const [kind, ...more] = Object.keys(json)
  if (kind === undefined || more.length > 0 || !known.includes(kind))
    fail(`unknown ${what} type [${Object.keys(json).join(', ')}]`)
}

/** What is not said of a watch. */
const DEFAULTS: JsonObject = { input: { none: {} }, condition: { always: {} }, actions: {} }

async function put(request: ApiRequest, { definitions, index: { clock } }: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  checkDefinitionName('watch id', id, /^\S+$/)
  const { status: _own, ...body } = request.json() ?? {}
  checkWatch(id, body, clock.now())
  const watches = definitions.of('watch')
  const before = watches.find(id)
  checkVersion(request, id, before)
  const state = { active: request.query.boolean('active', true), changed: clock.now(), acknowledged: {} }
  const stored = await watches.put(id, keepSecrets({ ...DEFAULTS, ...body }, before?.body), state)
  const created = before === undefined
  return { status: created ? 201 : 200, json: { _id: id, ...versionOf(stored), created } }
}

/** @throws ElkhornError 409 when somebody else changed it since */
function checkVersion({ query }: ApiRequest, id: string, before: Definition | undefined): void {
  const wanted = query.integer('if_seq_no')
  const own = before === undefined ? -2 : seqNoOf(before)
  if (wanted !== undefined && wanted !== own) {
    throw new ElkhornError(
      'version_conflict_engine_exception',
      409,
      `[${id}]: version conflict, required seqNo [${wanted}], primary term [${query.integer('if_primary_term') ?? 0}]. ${before ? `current document has seqNo [${own}] and primary term [1]` : 'but no document was found'}`,
    )
  }
}

const seqNoOf = ({ version }: Definition): number => version - 1
const versionOf = (definition: Definition): JsonObject => ({
  _version: definition.version,
  _seq_no: seqNoOf(definition),
  _primary_term: 1,
})

const REDACTED = '::es_redacted::'

/** A watch without the passwords in it. */
function redact(json: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(json)) return (json as readonly JsonValue[]).map((one) => redact(one) ?? null)
  if (!isJsonObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, key === 'password' && typeof value === 'string' ? REDACTED : redact(value)]),
  )
}

/** Who sends a watch back as it was shown means the passwords that it had. */
function keepSecrets(json: JsonObject, before: JsonObject | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      const old = before?.[key]
      if (key === 'password' && value === REDACTED) return [key, old]
      return [key, isJsonObject(value) ? keepSecrets(value, isJsonObject(old) ? old : undefined) : value]
    }),
  )
}

function get(request: ApiRequest, { definitions }: ApiContext): Answer {
  const id = required(request, 'id')
  const watch = definitions.of('watch').find(id)
  if (!watch) return { status: 404, json: { found: false, _id: id } }
  return ok({ found: true, ...printWatch(id, watch) })
}

function printWatch(id: string, watch: Definition): JsonObject {
  return { _id: id, ...versionOf(watch), status: printStatus(watch), watch: redact(watch.body) }
}

function printStatus({ version, body, state }: Definition): JsonObject {
  const { active, changed, acknowledged: acks } = state
  const timestamp = new Date(Number(changed)).toISOString()
  const actions = Object.keys(isJsonObject(body['actions']) ? body['actions'] : {})
  return {
    version,
    state: { active: active === true, timestamp },
    actions: Object.fromEntries(
      actions.map((name) => {
        const ack = isJsonObject(acks) ? acks[name] : undefined
        return [name, { ack: ack ?? { timestamp, state: 'awaits_successful_execution' } }]
      }),
    ),
  }
}

async function remove(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  const watches = definitions.of('watch')
  const watch = watches.find(id)
  await watches.delete(id)
  return watch
    ? ok({ _id: id, _version: watch.version + 1, found: true })
    : { status: 404, json: { _id: id, _version: 1, found: false } }
}

function existing(request: ApiRequest, { definitions }: ApiContext): Definition {
  const id = required(request, 'id')
  const watch = definitions.of('watch').find(id)
  if (!watch) throw notDefined(`Watch with id [${id}] does not exist`)
  return watch
}

async function activate(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { state } = existing(request, context)
  const active = request.path.endsWith('_activate')
  const changed = await context.definitions
    .of('watch')
    .setState(required(request, 'id'), { ...state, active, changed: context.index.clock.now() })
  return ok({ status: printStatus(changed ?? existing(request, context)) })
}

/** Of an action that has not fired there is nothing to acknowledge: its state stays what it is. */
function acknowledge(request: ApiRequest, context: ApiContext): Answer {
  const watch = existing(request, context)
  const actions = objectMember(watch.body, 'actions')
  const unknown = namesOf(request, 'action').find((name) => !Object.hasOwn(actions, name))
  if (unknown !== undefined) throw illegalArgument(`watch [${required(request, 'id')}] has no action [${unknown}]`)
  return ok({ status: printStatus(watch) })
}

function list(request: ApiRequest, { definitions }: ApiContext): Answer {
  const body = request.json() ?? {}
  checkShape(body, {
    parser: 'query_watches',
    members: { from: 'number', size: 'number', query: 'object', sort: 'any', search_after: 'any' },
  })
  const { query, sort, from, size } = body
  if (isJsonObject(query) && !isJsonObject(query['match_all'])) {
    throw illegalArgument('[query] must be [match_all]: watches are listed whole')
  }
  if (sort !== undefined) throw illegalArgument('[sort] is not supported: watches are listed by their ids')
  const all = definitions.of('watch').entries()
  const shown = page(all, Number(from ?? 0), Number(size ?? 10))
  return ok({ count: all.length, watches: shown.map(([id, watch]) => printWatch(id, watch)) })
}

function stats(_request: ApiRequest, context: ApiContext): Answer {
  const { node, definitions } = context
  const running = isRunning(context, 'watcher')
  return ok({
    _nodes: { total: 1, successful: 1, failed: 0 },
    cluster_name: node.clusterName,
    manually_stopped: !running,
    stats: [
      {
        node_id: node.id,
        watcher_state: running ? 'started' : 'stopped',
        watch_count: definitions.of('watch').size,
        execution_thread_pool: { queue_size: 0, max_size: 0 },
      },
    ],
  })
}
