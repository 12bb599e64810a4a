import { setTimeout as delay } from 'node:timers/promises'
import { parseDurationMs } from '../../core/duration.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { AsyncSearch } from '../../index/search/async-searches.ts'
import { readKeepAlive } from '../../index/search/scroll.ts'
import type { ApiContext } from '../api-context.ts'
import { errorBody } from '../http/error-json.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { required } from './documents.ts'
import { readSearch, SEARCH_PARAMS } from './search.ts'

const DEFAULT_WAIT = '1s'
const DEFAULT_KEEP_ALIVE = '5d'

/** Searches that go on when their request has been answered. */
export const asyncSearchRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['POST'],
    paths: ['/_async_search', '/{index}/_async_search'],
    action: 'indices:data/read/search',
    params: [
      ...SEARCH_PARAMS.filter((name) => name !== 'scroll'),
      'keep_alive',
      'keep_on_completion',
      'wait_for_completion_timeout',
    ],
    handler: submit,
  },
  {
    methods: ['GET'],
    paths: ['/_async_search/{id}'],
    action: 'indices:data/read/async_search/get',
    params: ['keep_alive', 'typed_keys', 'wait_for_completion_timeout', 'return_intermediate_results'],
    handler: getOne,
  },
  {
    methods: ['GET'],
    paths: ['/_async_search/status/{id}'],
    action: 'indices:data/read/async_search/get',
    params: ['keep_alive'],
    handler: status,
  },
  {
    methods: ['DELETE'],
    paths: ['/_async_search/{id}'],
    action: 'indices:data/read/async_search/delete',
    params: [],
    handler: remove,
  },
]

async function submit(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { query, access } = request
  const run = await readSearch(request, context)
  const keepAliveMs = readKeepAlive(query.text('keep_alive') ?? DEFAULT_KEEP_ALIVE, 'keep_alive')
  if (keepAliveMs < 60_000) throw illegalArgument('Validation Failed: 1: [keep_alive] must be greater or equals than 1 minute;')
  const searches = context.index.readers.asyncSearches
  const search = searches.begin(access.principal.name, keepAliveMs, run)
  await ended(search, query.text('wait_for_completion_timeout') ?? DEFAULT_WAIT)
  if (search.outcome === undefined || query.boolean('keep_on_completion', false)) return answer(search, true)
  searches.remove(search)
  return answer(search, false)
}

async function getOne(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const search = find(request, context)
  await ended(search, request.query.text('wait_for_completion_timeout') ?? '0s')
  return answer(search, true)
}

function status(request: ApiRequest, context: ApiContext): Answer {
  const search = find(request, context)
  const { outcome } = search
  return ok({
    id: search.id,
    ...times(search),
    _shards: {
      total: 1,
      successful: outcome && 'text' in outcome ? 1 : 0,
      skipped: 0,
      failed: outcome && 'error' in outcome ? 1 : 0,
    },
    ...(outcome && { completion_status: 'error' in outcome ? statusOf(outcome.error) : 200 }),
  })
}

function remove(request: ApiRequest, context: ApiContext): Answer {
  context.index.readers.asyncSearches.remove(find(request, context))
  return ok({ acknowledged: true })
}

/** The one that a request names, kept for longer where it says so. */
function find(request: ApiRequest, { index }: ApiContext): AsyncSearch {
  const search = index.readers.asyncSearches.find(required(request, 'id'), request.access.principal.name)
  const keepAlive = request.query.text('keep_alive')
  if (keepAlive !== undefined) search.expiresAt = index.clock.now() + readKeepAlive(keepAlive, 'keep_alive')
  return search
}

async function ended(search: AsyncSearch, timeout: string): Promise<void> {
  const waiting = new AbortController()
  const limit = delay(parseDurationMs(timeout, 'wait_for_completion_timeout'), undefined, { signal: waiting.signal })
  await Promise.race([search.done, limit.catch(() => undefined)])
  waiting.abort()
}

function answer(search: AsyncSearch, isKept: boolean): Answer {
  const { outcome, id } = search
  const head = JSON.stringify({ ...(isKept ? { id } : {}), ...times(search) }).slice(0, -1)
  if (outcome === undefined) {
    const none = { took: 0, timed_out: false, _shards: { total: 1, successful: 0, skipped: 0, failed: 0 }, hits: { hits: [] } }
    return { status: 200, text: `${head},"response":${JSON.stringify(none)}}` }
  }
  if ('text' in outcome) return { status: 200, text: `${head},"response":${outcome.text}}` }
  if (!(outcome.error instanceof ElkhornError)) throw outcome.error
  if (!isKept) throw outcome.error
  const { error } = errorBody(outcome.error, { trace: false })
  return { status: statusOf(outcome.error), text: `${head},"error":${JSON.stringify(error)}}` }
}

function times({ outcome, startedAt, expiresAt }: AsyncSearch): Record<string, boolean | number> {
  return {
    is_partial: outcome === undefined || 'error' in outcome,
    is_running: outcome === undefined,
    start_time_in_millis: startedAt,
    expiration_time_in_millis: expiresAt,
    ...(outcome && { completion_time_in_millis: outcome.endedAt }),
  }
}

const statusOf = (error: Error): number => (error instanceof ElkhornError ? error.status : 500)
