import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { parseEventJson, printValue } from '../../core/event-json.ts'
import { Turns } from '../../core/turns.ts'
import { simulateIngest, type SimulatedDocument, type Simulation } from '../../index/documents/simulate-ingest.ts'
import type { IngestPipelines } from '../../ingest/ingest-pipelines.ts'
import { simulate } from '../../ingest/simulate.ts'
import type { ApiContext } from '../api-context.ts'
import { errorBody } from '../http/error-json.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'

const TIMEOUTS = ['timeout', 'master_timeout', 'cluster_manager_timeout']

/** Ingest pipelines: stored, tried out. */
export const ingestRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT'],
    paths: ['/_ingest/pipeline/{id}'],
    action: 'cluster:admin/ingest/pipeline/put',
    params: [...TIMEOUTS, 'if_version'],
    handler: put,
  },
  {
    methods: ['GET'],
    paths: ['/_ingest/pipeline', '/_ingest/pipeline/{id}'],
    action: 'cluster:admin/ingest/pipeline/get',
    params: [...TIMEOUTS, 'summary'],
    handler: get,
  },
  {
    methods: ['DELETE'],
    paths: ['/_ingest/pipeline/{id}'],
    action: 'cluster:admin/ingest/pipeline/delete',
    params: TIMEOUTS,
    handler: remove,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_ingest/pipeline/_simulate', '/_ingest/pipeline/{id}/_simulate'],
    action: 'cluster:admin/ingest/pipeline/simulate',
    params: ['verbose'],
    handler: trySimulate,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_ingest/_simulate', '/_ingest/{index}/_simulate'],
    action: 'indices:data/write/bulk[s]',
    params: ['pipeline', 'merge_type'],
    handler: simulateWrites,
  },
  {
    methods: ['GET'],
    paths: ['/_ingest/processor/grok'],
    action: 'cluster:admin/ingest/pipeline/get',
    params: ['s', 'ecs_compatibility'],
    handler: grokPatterns,
  },
]

async function put(request: ApiRequest, { index: { ingest } }: ApiContext): Promise<Answer> {
  const id = request.part('id') ?? ''
  if (request.json() === undefined) throw new ElkhornError('parse_exception', 400, 'request body is required')
  checkVersion(ingest, id, request.query.integer('if_version'))
  await ingest.put(id, request.body.toString('utf8'))
  return acknowledged
}

function checkVersion(ingest: IngestPipelines, id: string, wanted: number | undefined): void {
  if (wanted === undefined) return
  const known = ingest.get(id)
  if (!known)
    throw illegalArgument(`version conflict, required version [${wanted}] for pipeline [${id}] but no pipeline was found`)
  if (known['version'] !== wanted) {
    throw illegalArgument(
      `version conflict, required version [${wanted}] for pipeline [${id}] but current version is [${String(known['version'] ?? null)}]`,
    )
  }
}

function get(request: ApiRequest, { index: { ingest } }: ApiContext): Answer {
  const name = request.part('id')
  const names = name === undefined ? ['*'] : name.split(',')
  const ids = ingest.list(names)
  if (ids.length === 0 && name !== undefined && !name.includes('*')) return { status: 404, json: {} }
  const summary = request.query.boolean('summary', false)
  const members = ids.map((id) => `${JSON.stringify(id)}:${summary ? '{}' : printValue(ingest.get(id) as never)}`)
  return { status: 200, text: `{${members.join(',')}}` }
}

async function remove(request: ApiRequest, { index: { ingest } }: ApiContext): Promise<Answer> {
  const name = request.part('id') ?? ''
  const ids = ingest.list([name])
  if (ids.length === 0 && name !== '*')
    throw new ElkhornError('resource_not_found_exception', 404, `pipeline [${name}] is missing`)
  for (const id of ids) await ingest.delete(id)
  return acknowledged
}

function trySimulate(request: ApiRequest, { index: { ingest } }: ApiContext): Answer {
  if (request.json() === undefined) throw new ElkhornError('parse_exception', 400, 'request body or source parameter is required')
  const body = parseEventJson(request.body.toString('utf8')) as Record<string, unknown>
  const docs = simulate(ingest, body, {
    id: request.part('id'),
    verbose: request.query.boolean('verbose', false),
    printError: (error) => errorBody(error, { trace: false })['error'],
  })
  return { status: 200, text: printValue({ docs } as never) }
}

/** Members of a simulation that would change templates and mappings for its time. */
const UNSUPPORTED = ['component_template_substitutions', 'index_template_substitutions', 'mapping_addition']

/** What would become of documents if they were written. */
async function simulateWrites(request: ApiRequest, { index: context }: ApiContext): Promise<Answer> {
  if (request.json() === undefined) throw new ElkhornError('parse_exception', 400, 'request body or source parameter is required')
  const body = parseEventJson(request.body.toString('utf8')) as Record<string, unknown>
  for (const name of UNSUPPORTED) {
    const given = body[name]
    if (typeof given === 'object' && given !== null && Object.keys(given).length > 0)
      throw illegalArgument(`[${name}] is not supported yet; try a template under another name, and write to an index of it`)
  }
  const { docs, pipeline_substitutions: substitutes = {} } = body
  if (!Array.isArray(docs) || docs.length === 0) throw illegalArgument('must specify at least one document in [docs]')
  if (!isFields(substitutes) || !Object.values(substitutes).every(isFields))
    throw new ElkhornError('parse_exception', 400, '[pipeline_substitutions] must be an object of pipelines by their ids')
  const simulation: Simulation = {
    context,
    access: request.access,
    ingest: context.ingest.substituting(substitutes as Record<string, Fields>),
    pipeline: request.query.text('pipeline'),
    places: new Map(),
  }
  const turns = new Turns()
  const results: unknown[] = []
  for (const json of docs as readonly unknown[]) {
    const { index, id, source, executed, error } = simulateIngest(simulation, readSimulated(json, request.part('index')))
    const doc = { _id: id ?? null, _index: index, _version: -3, _source: source, executed_pipelines: executed }
    results.push({ doc: error ? { ...doc, error: errorBody(error, { trace: false })['error'] } : doc })
    if (turns.isOver()) {
      await turns.next()
      request.signal.throwIfAborted()
    }
  }
  return { status: 200, text: printValue({ docs: results } as never) }
}

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws ElkhornError 400 */
function readSimulated(json: unknown, index: string | undefined): SimulatedDocument {
  if (!isFields(json)) throw new ElkhornError('parse_exception', 400, 'malformed [docs] section, should include an inner object')
  const { _index: own = index, _id: id, _source: source } = json
  if (typeof own !== 'string') throw illegalArgument('[_index] of a document is required where the request names no index')
  if (!isFields(source)) throw new ElkhornError('parse_exception', 400, '[_source] required property is missing')
  return { index: own, id: id === undefined || id === null ? undefined : String(id), source }
}

function grokPatterns(request: ApiRequest, { index: { ingest } }: ApiContext): Answer {
  const set = request.query.text('ecs_compatibility') === 'v1' ? 'ecs-v1' : 'legacy'
  const entries = [...ingest.grokPatterns(set)]
  if (request.query.boolean('s', false)) entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return ok({ patterns: Object.fromEntries(entries) })
}
