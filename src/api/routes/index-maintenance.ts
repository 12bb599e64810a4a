import type { IndexAction } from '../../core/actions.ts'
import { validationFailed } from '../../index/templates/parse-template.ts'
import type { IndexState } from '../../index/index-state.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Method, type Route } from '../http/route.ts'
import { NAMES_PARAMS, requestIndices, searchOptions } from '../indices/names.ts'

/** Operations that touch what is stored, and answer with counts of shards. */
export const maintenanceRoutes: readonly Route<ApiContext>[] = [
  route('_refresh', 'indices:admin/refresh', ['GET', 'POST'], ['force'], async (indices, { index }) => {
    await index.engine.refresh(indices.map(({ uuid }) => uuid))
    for (const { counters } of indices) counters.refreshes += 1
  }),
  route('_flush', 'indices:admin/flush', ['GET', 'POST'], ['force', 'wait_if_ongoing'], async (indices, { index }, { query }) => {
    if (query.boolean('force', false) && !query.boolean('wait_if_ongoing', true)) {
      throw validationFailed('wait_if_ongoing must be true for a force flush')
    }
    await flush(indices, index)
  }),
  route('_flush/synced', 'indices:admin/flush', ['GET', 'POST'], [], (indices, { index }) => flush(indices, index)),
  route(
    '_forcemerge',
    'indices:admin/forcemerge',
    ['POST'],
    ['max_num_segments', 'only_expunge_deletes', 'flush', 'wait_for_completion', 'primary_only'],
    async (indices, { index }, { query }) => {
      if (query.boolean('only_expunge_deletes', false) && query.integer('max_num_segments') !== undefined) {
        throw validationFailed(
          'cannot set only_expunge_deletes and max_num_segments at the same time, those two parameters are mutually exclusive',
        )
      }
      const uuids = indices.map(({ uuid }) => uuid)
      await index.engine.refresh(uuids)
      await index.engine.forceMerge(uuids)
    },
  ),
  route('_cache/clear', 'indices:admin/cache/clear', ['POST'], ['fielddata', 'fields', 'query', 'request', 'index'], clearCaches),
]

/** Answers are all that is remembered: where only words of fields or queries are to be forgotten, there is nothing to do. */
function clearCaches(indices: readonly IndexState[], { index: { engine } }: ApiContext, { query }: ApiRequest): Promise<void> {
  const [request, ...others] = ['request', 'query', 'fielddata'].map((cache) => query.boolean(cache, false))
  const isAll = !others.includes(true) && query.list('fields').length === 0
  if (request || isAll) engine.forgetAnswers(indices.map(({ uuid }) => uuid))
  return Promise.resolve()
}

/** Everything is durable before it is acknowledged; a flush makes it searchable as well. */
async function flush(indices: readonly IndexState[], { engine }: ApiContext['index']): Promise<void> {
  await engine.refresh(indices.map(({ uuid }) => uuid))
  for (const { counters } of indices) counters.flushes += 1
}

function route(
  path: string,
  action: IndexAction,
  methods: readonly Method[],
  params: readonly string[],
  run: (indices: readonly IndexState[], context: ApiContext, request: ApiRequest) => Promise<void>,
): Route<ApiContext> {
  return {
    methods,
    paths: [`/${path}`, `/{index}/${path}`],
    action,
    params: [...NAMES_PARAMS, ...params],
    handler: async (request, context): Promise<Answer> => {
      const indices = requestIndices(request, context, action, searchOptions)
      await Promise.all(indices.map(({ ready }) => ready))
      await run(indices, context, request)
      return ok({ _shards: shardCounts(indices) })
    },
  }
}

/** `_shards` of operations on all copies: replicas that are nowhere are neither successful nor failed. */
export function shardCounts(indices: readonly IndexState[]): {
  readonly total: number
  readonly successful: number
  readonly failed: number
} {
  const total = indices.reduce((sum, { shards, replicas }) => sum + shards * (1 + replicas), 0)
  const successful = indices.reduce((sum, { shards }) => sum + shards, 0)
  return { total, successful, failed: 0 }
}
