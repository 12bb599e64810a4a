import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { parseEventJson, printValue } from '../../core/event-json.ts'
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
  return { status: 200, text: `{${members.join(',')}}`, headers: { 'content-type': 'application/json' } }
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
  return { status: 200, text: printValue({ docs } as never), headers: { 'content-type': 'application/json' } }
}

function grokPatterns(request: ApiRequest, { index: { ingest } }: ApiContext): Answer {
  const set = request.query.text('ecs_compatibility') === 'v1' ? 'ecs-v1' : 'legacy'
  const entries = [...ingest.grokPatterns(set)]
  if (request.query.boolean('s', false)) entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return ok({ patterns: Object.fromEntries(entries) })
}
