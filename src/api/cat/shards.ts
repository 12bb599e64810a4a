import { metadataOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { requestIndices } from '../indices/names.ts'
import { hostOf } from '../nodes/node-filter.ts'
import { bytesCell, timeCell } from './format-cells.ts'
import { type IndexRow, withStats } from './index-row.ts'
import type { CatTable, Column } from './table.ts'

interface ShardRow extends IndexRow {
  readonly shard: number
  readonly primary: boolean
  readonly node: ApiContext['node']
}

function shardColumns({ query }: ApiRequest): readonly Column<ShardRow>[] {
  const bytes = bytesCell(query)
  const time = timeCell(query)
  const live = <T>(row: ShardRow, value: T): T | undefined => (row.primary ? value : undefined)
  const first = (row: ShardRow, value: number): number | undefined => live(row, row.shard === 0 ? value : 0)
  const zero = (name: string, description: string): Column<ShardRow> => ({
    name,
    description,
    align: 'right',
    value: (row) => live(row, 0),
  })
  const zeroTime = (name: string, description: string): Column<ShardRow> => ({
    name,
    description,
    align: 'right',
    value: (row) => live(row, time(0)),
  })
  const zeroBytes = (name: string, description: string): Column<ShardRow> => ({
    name,
    description,
    align: 'right',
    value: (row) => live(row, bytes(0)),
  })
  return [
    { name: 'index', aliases: ['i', 'idx'], description: 'index name', shown: true, value: ({ index }) => index.name },
    { name: 'shard', aliases: ['s', 'sh'], description: 'shard name', shown: true, value: ({ shard }) => shard },
    {
      name: 'prirep',
      aliases: ['p', 'pr', 'primaryOrReplica'],
      description: 'primary or replica',
      shown: true,
      value: ({ primary }) => (primary ? 'p' : 'r'),
    },
    {
      name: 'state',
      aliases: ['st'],
      description: 'shard state',
      shown: true,
      value: ({ primary }) => (primary ? 'STARTED' : 'UNASSIGNED'),
    },
    {
      name: 'docs',
      aliases: ['d', 'dc'],
      description: 'number of docs in shard',
      shown: true,
      align: 'right',
      value: (row) => first(row, row.stats?.documents ?? 0),
    },
    {
      name: 'store',
      aliases: ['sto'],
      description: 'store size of shard (how much disk it uses)',
      shown: true,
      align: 'right',
      value: (row) => live(row, bytes(row.shard === 0 ? (row.stats?.storedBytes ?? 0) : 0)),
    },
    {
      name: 'ip',
      description: 'ip of node where it lives',
      shown: true,
      value: (row) => live(row, hostOf(row.node.publishAddress())),
    },
    { name: 'id', description: 'unique id of node where it lives', value: (row) => live(row, row.node.id) },
    {
      name: 'node',
      aliases: ['n'],
      description: 'name of node where it lives',
      shown: true,
      value: (row) => live(row, row.node.name),
    },
    { name: 'sync_id', description: 'sync id', value: () => undefined },
    {
      name: 'unassigned.reason',
      aliases: ['ur'],
      description: 'reason shard is unassigned',
      value: (row) => (row.primary ? undefined : 'INDEX_CREATED'),
    },
    {
      name: 'unassigned.at',
      aliases: ['ua'],
      description: 'time shard became unassigned (UTC)',
      value: (row) => (row.primary ? undefined : new Date(row.index.createdAt).toISOString()),
    },
    { name: 'unassigned.for', aliases: ['uf'], description: 'time has been unassigned', align: 'right', value: () => undefined },
    {
      name: 'unassigned.details',
      aliases: ['ud'],
      description: 'additional details as to why the shard became unassigned',
      value: () => undefined,
    },
    {
      name: 'recoverysource.type',
      aliases: ['rs'],
      description: 'recovery source type',
      value: (row) => (row.primary ? undefined : 'PEER'),
    },
    zeroBytes('completion.size', 'size of completion'),
    zeroBytes('fielddata.memory_size', 'used fielddata cache'),
    zero('fielddata.evictions', 'fielddata evictions'),
    zeroBytes('query_cache.memory_size', 'used query cache'),
    zero('query_cache.evictions', 'query cache evictions'),
    zero('flush.total', 'number of flushes'),
    zeroTime('flush.total_time', 'time spent in flush'),
    zero('get.current', 'number of current get ops'),
    zeroTime('get.time', 'time spent in get'),
    {
      name: 'get.total',
      description: 'number of get ops',
      align: 'right',
      value: (row) => first(row, row.index.counters.getsFound + row.index.counters.getsMissing),
    },
    zeroTime('get.exists_time', 'time spent in successful gets'),
    {
      name: 'get.exists_total',
      description: 'number of successful gets',
      align: 'right',
      value: (row) => first(row, row.index.counters.getsFound),
    },
    zeroTime('get.missing_time', 'time spent in failed gets'),
    {
      name: 'get.missing_total',
      description: 'number of failed gets',
      align: 'right',
      value: (row) => first(row, row.index.counters.getsMissing),
    },
    zero('indexing.delete_current', 'number of current deletions'),
    zeroTime('indexing.delete_time', 'time spent in deletions'),
    {
      name: 'indexing.delete_total',
      description: 'number of delete ops',
      align: 'right',
      value: (row) => first(row, row.index.counters.deleted),
    },
    zero('indexing.index_current', 'number of current indexing ops'),
    zeroTime('indexing.index_time', 'time spent in indexing'),
    {
      name: 'indexing.index_total',
      description: 'number of indexing ops',
      align: 'right',
      value: (row) => first(row, row.index.counters.indexed),
    },
    {
      name: 'indexing.index_failed',
      description: 'number of failed indexing ops',
      align: 'right',
      value: (row) => first(row, row.index.counters.indexFailed),
    },
    zero('merges.current', 'number of current merges'),
    zero('merges.current_docs', 'number of current merging docs'),
    zeroBytes('merges.current_size', 'size of current merges'),
    zero('merges.total', 'number of completed merge ops'),
    zero('merges.total_docs', 'docs merged'),
    zeroBytes('merges.total_size', 'size merged'),
    zeroTime('merges.total_time', 'time spent in merges'),
    {
      name: 'refresh.total',
      description: 'total refreshes',
      align: 'right',
      value: (row) => first(row, row.index.counters.refreshes),
    },
    zeroTime('refresh.time', 'time spent in refreshes'),
    {
      name: 'refresh.external_total',
      description: 'total external refreshes',
      align: 'right',
      value: (row) => first(row, row.index.counters.refreshes),
    },
    zeroTime('refresh.external_time', 'time spent in external refreshes'),
    zero('refresh.listeners', 'number of pending refresh listeners'),
    zero('search.fetch_current', 'current fetch phase ops'),
    zeroTime('search.fetch_time', 'time spent in fetch phase'),
    {
      name: 'search.fetch_total',
      description: 'total fetch ops',
      align: 'right',
      value: (row) => first(row, row.index.counters.searches),
    },
    zero('search.open_contexts', 'open search contexts'),
    zero('search.query_current', 'current query phase ops'),
    {
      name: 'search.query_time',
      description: 'time spent in query phase',
      align: 'right',
      value: (row) => live(row, time(row.index.counters.searchMs)),
    },
    {
      name: 'search.query_total',
      description: 'total query phase ops',
      align: 'right',
      value: (row) => first(row, row.index.counters.searches),
    },
    zero('search.scroll_current', 'open scroll contexts'),
    zeroTime('search.scroll_time', 'time scroll contexts held open'),
    {
      name: 'search.scroll_total',
      description: 'completed scroll contexts',
      align: 'right',
      value: (row) => first(row, row.index.counters.scrolls),
    },
    {
      name: 'segments.count',
      description: 'number of segments',
      align: 'right',
      value: (row) => first(row, row.stats?.parts ?? 0),
    },
    zeroBytes('segments.memory', 'memory used by segments'),
    zeroBytes('segments.index_writer_memory', 'memory used by index writer'),
    zeroBytes('segments.version_map_memory', 'memory used by version map'),
    zeroBytes('segments.fixed_bitset_memory', 'memory used by fixed bit sets for nested object field types'),
    {
      name: 'seq_no.max',
      description: 'max sequence number',
      align: 'right',
      value: (row) => live(row, row.shard === 0 ? (row.stats?.maxSeqNo ?? -1) : -1),
    },
    {
      name: 'seq_no.local_checkpoint',
      description: 'local checkpoint',
      align: 'right',
      value: (row) => live(row, row.shard === 0 ? (row.stats?.maxSeqNo ?? -1) : -1),
    },
    {
      name: 'seq_no.global_checkpoint',
      description: 'global checkpoint',
      align: 'right',
      value: (row) => live(row, row.shard === 0 ? (row.stats?.maxSeqNo ?? -1) : -1),
    },
    zero('warmer.current', 'current warmer ops'),
    zero('warmer.total', 'total warmer ops'),
    zeroTime('warmer.total_time', 'time spent in warmers'),
    { name: 'path.data', description: 'shard data path', value: () => undefined },
    { name: 'path.state', description: 'shard state path', value: () => undefined },
  ]
}

async function shardRows(request: ApiRequest, context: ApiContext): Promise<readonly ShardRow[]> {
  const indices = requestIndices(request, context, 'indices:monitor/stats', { ...metadataOptions, expandHidden: true })
  const rows = await withStats(context, indices)
  return rows.flatMap((row) =>
    Array.from({ length: row.index.shards }, (_, shard) => shard).flatMap((shard) =>
      Array.from({ length: 1 + row.index.replicas }, (_, copy) => ({ ...row, shard, primary: copy === 0, node: context.node })),
    ),
  )
}

/** `_cat/shards` */
export const shards: CatTable<ShardRow> = { columns: shardColumns, rows: shardRows }
