import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { IndexState, RestoredFrom } from '../../index/index-state.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { metadataOptions, NAMES_PARAMS, requestIndices, searchOptions } from '../indices/names.ts'
import { hostOf } from '../nodes/node-filter.ts'
import { healthOf } from './cluster-health.ts'
import { shardCounts } from './index-maintenance.ts'
import { withHumanValues } from './index-stats.ts'

/** What Elasticsearch tells of shards, as far as one table per index has them. */
export const shardRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_recovery', '/{index}/_recovery'],
    action: 'indices:monitor/recovery',
    params: [...NAMES_PARAMS, 'detailed', 'active_only'],
    handler: recovery,
  },
  {
    methods: ['GET'],
    paths: ['/_segments', '/{index}/_segments'],
    action: 'indices:monitor/segments',
    params: [...NAMES_PARAMS, 'verbose'],
    handler: segments,
  },
  {
    methods: ['GET'],
    paths: ['/_shard_stores', '/{index}/_shard_stores'],
    action: 'indices:monitor/shard_stores',
    params: [...NAMES_PARAMS, 'status'],
    handler: shardStores,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_search_shards', '/{index}/_search_shards'],
    action: 'indices:data/read/search',
    params: [...NAMES_PARAMS, 'local', 'preference', 'routing', 'master_timeout'],
    handler: searchShards,
  },
]

function recovery(request: ApiRequest, context: ApiContext): Answer {
  const indices = requestIndices(request, context, 'indices:monitor/recovery', metadataOptions)
  if (request.query.boolean('active_only', false)) return ok({})
  return ok(Object.fromEntries(indices.map((index) => [index.name, { shards: recoveries(request, context, index) }])))
}

function recoveries(request: ApiRequest, { node }: ApiContext, index: IndexState): JsonObject[] {
  const host = hostOf(node.publishAddress())
  const target = { id: node.id, host, transport_address: node.publishAddress(), ip: host, name: node.name }
  const human = (section: JsonObject): JsonObject =>
    request.query.boolean('human', false) ? (withHumanValues(section) as JsonObject) : section
  const detailed = request.query.boolean('detailed', false)
  return Array.from({ length: index.shards }, (_, id) => ({
    id,
    type: index.restored ? 'SNAPSHOT' : index.closed ? 'EXISTING_STORE' : 'EMPTY_STORE',
    stage: 'DONE',
    primary: true,
    ...(request.query.boolean('human', false)
      ? { start_time: new Date(index.createdAt).toISOString(), stop_time: new Date(index.createdAt).toISOString() }
      : {}),
    start_time_in_millis: index.createdAt,
    stop_time_in_millis: index.createdAt,
    ...human({ total_time_in_millis: 0 }),
    source: index.restored ? sourceOf(index.restored, node.version) : {},
    target,
    index: {
      size: human({
        total_in_bytes: bytesOf(index),
        reused_in_bytes: 0,
        recovered_in_bytes: bytesOf(index),
        recovered_from_snapshot_in_bytes: bytesOf(index),
        percent: index.restored ? '100.0%' : '0.0%',
      }),
      files: {
        total: filesOf(index),
        reused: 0,
        recovered: filesOf(index),
        percent: index.restored ? '100.0%' : '0.0%',
        ...(detailed ? { details: [] } : {}),
      },
      ...human({ total_time_in_millis: 0, source_throttle_time_in_millis: 0, target_throttle_time_in_millis: 0 }),
    },
    translog: { recovered: 0, total: 0, percent: '100.0%', total_on_start: 0, ...human({ total_time_in_millis: 0 }) },
    verify_index: human({ check_index_time_in_millis: 0, total_time_in_millis: 0 }),
  }))
}

/** A snapshot keeps the documents of an index in one file. */
const filesOf = ({ restored }: IndexState): number => (restored ? 1 : 0)
const bytesOf = ({ restored }: IndexState): number => restored?.bytes ?? 0

function sourceOf({ repository, snapshot, index }: RestoredFrom, version: string): JsonObject {
  return { repository, snapshot, version, index, restoreUUID: '_na_' }
}

async function segments(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const indices = requestIndices(request, context, 'indices:monitor/segments', searchOptions)
  const stats = await context.index.engine.stats(indices.map(({ uuid }) => uuid))
  return ok({
    _shards: shardCounts(indices),
    indices: Object.fromEntries(
      indices.map((index) => {
        const stored = stats.get(index.uuid)
        const segment = {
          generation: 0,
          num_docs: stored?.documents ?? 0,
          deleted_docs: stored?.deletedDocuments ?? 0,
          size_in_bytes: stored?.storedBytes ?? 0,
          committed: true,
          search: true,
          version: '9.12.1',
          compound: false,
          attributes: {},
        }
        const has = (stored?.documents ?? 0) > 0
        const shards = Array.from({ length: index.shards }, (_, shard) => [
          String(shard),
          [
            {
              routing: { state: 'STARTED', primary: true, node: context.node.id },
              num_committed_segments: has && shard === 0 ? 1 : 0,
              num_search_segments: has && shard === 0 ? 1 : 0,
              segments: has && shard === 0 ? { _0: segment } : {},
            },
          ],
        ])
        return [index.name, { shards: Object.fromEntries(shards) as JsonObject }]
      }),
    ),
  })
}

const STATUSES = ['green', 'yellow', 'red', 'all']

/** The one copy of each shard, of indices in the states that are asked for: by default those that lack a copy. */
function shardStores(request: ApiRequest, context: ApiContext): Answer {
  const indices = requestIndices(request, context, 'indices:monitor/shard_stores', metadataOptions)
  const asked = request.query.list('status')
  const unknown = asked.find((status) => !STATUSES.includes(status.toLowerCase()))
  if (unknown !== undefined) throw illegalArgument(`unknown cluster health status [${unknown}]`)
  const statuses = asked.length === 0 ? ['yellow', 'red'] : asked.map((status) => status.toLowerCase())
  const { node } = context
  const copy = (index: IndexState): JsonObject => ({
    [node.id]: {
      name: node.name,
      ephemeral_id: node.id,
      transport_address: node.publishAddress(),
      attributes: node.attributes,
    },
    allocation_id: index.uuid,
    allocation: 'primary',
  })
  const wanted = indices.filter((index) => statuses.includes('all') || statuses.includes(healthOf([index])))
  return ok({
    indices: Object.fromEntries(
      wanted.map((index) => [
        index.name,
        {
          shards: Object.fromEntries(
            Array.from({ length: index.shards }, (_, shard) => [String(shard), { stores: [copy(index)] }]),
          ) as JsonObject,
        },
      ]),
    ),
  })
}

function searchShards(request: ApiRequest, context: ApiContext): Answer {
  const indices = requestIndices(request, context, 'indices:data/read/search', searchOptions)
  const { node } = context
  return ok({
    nodes: {
      [node.id]: {
        name: node.name,
        ephemeral_id: node.id,
        transport_address: node.publishAddress(),
        attributes: node.attributes,
      },
    },
    indices: Object.fromEntries(indices.map((index) => [index.name, {}])),
    shards: indices.flatMap((index) =>
      Array.from({ length: index.shards }, (_, shard) => [
        {
          state: 'STARTED',
          primary: true,
          node: node.id,
          relocating_node: null,
          shard,
          index: index.name,
          allocation_id: { id: index.uuid },
        },
      ]),
    ),
  })
}
