import { printByteSize } from '../../core/byte-size.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { metadataOptions, searchOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { NAMES_PARAMS, requestIndices, TIMEOUT_PARAMS } from '../indices/names.ts'
import { shardCounts } from './index-maintenance.ts'

/** What indices take of the disk and how far their operations are. */
export const indexUsageRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['POST'],
    paths: ['/{index}/_disk_usage'],
    action: 'indices:admin/analyze_disk_usage',
    params: [...NAMES_PARAMS, 'flush', 'run_expensive_tasks'],
    handler: diskUsage,
  },
  {
    methods: ['GET'],
    paths: ['/{index}/_fleet/global_checkpoints'],
    action: 'indices:monitor/fleet/global_checkpoints',
    params: [...TIMEOUT_PARAMS, 'wait_for_advance', 'wait_for_index', 'checkpoints'],
    handler: checkpoints,
  },
]

/** Of an index as a whole: its columns are parts of one table, which tells no size of a field alone. */
async function diskUsage(request: ApiRequest, context: ApiContext): Promise<Answer> {
  if (!request.query.boolean('run_expensive_tasks', false)) {
    throw illegalArgument(
      'analyzing the disk usage of an index is expensive and resource intensive, the parameter [run_expensive_tasks] must be set to [true] in order for the task to be performed.',
    )
  }
  const indices = requestIndices(request, context, 'indices:admin/analyze_disk_usage', searchOptions)
  const stats = await context.index.engine.stats(indices.map(({ uuid }) => uuid))
  return ok({
    _shards: shardCounts(indices),
    ...Object.fromEntries(
      indices.map((index): [string, JsonObject] => {
        const bytes = stats.get(index.uuid)?.storedBytes ?? 0
        const total = { total: printByteSize(bytes), total_in_bytes: bytes }
        return [index.name, { store_size: printByteSize(bytes), store_size_in_bytes: bytes, all_fields: total, fields: {} }]
      }),
    ),
  })
}

/** Sequence numbers up to which everything is durable, of each shard: all of an index are in its first one. */
async function checkpoints(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const indices = requestIndices(request, context, 'indices:monitor/fleet/global_checkpoints', metadataOptions)
  const [index, ...more] = indices
  if (!index || more.length > 0)
    throw illegalArgument(`[index] must name one index, got [${indices.map(({ name }) => name).join(', ')}]`)
  const stats = (await context.index.engine.stats([index.uuid])).get(index.uuid)
  const known = Array.from({ length: index.shards }, (_, shard) => (shard === 0 ? (stats?.maxSeqNo ?? -1) : -1))
  if (request.query.boolean('wait_for_advance', false))
    throw illegalArgument('[wait_for_advance] is not supported: ask again instead')
  return ok({ global_checkpoints: known, timed_out: false })
}
