import type { ClusterAction, IndexAction } from '../../core/actions.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { IndexStats } from '../../engine/engine.ts'
import type { AliasRecord, IndexState } from '../../index/index-state.ts'
import { metadataOptions, resolveIndices, searchOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import { bytesCell, timeCell } from '../cat/format-cells.ts'
import { CAT_PARAMS, printTable, type Column } from '../cat/table.ts'
import { chooseFormat } from '../http/media-type.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'
import { indicesOptions, nameContext, NAMES_PARAMS, namesOf, requestIndices } from '../indices/names.ts'
import { hostOf } from '../nodes/node-filter.ts'
import { countShards, percent } from './cluster-health.ts'

/** A `_cat` table: its columns and the rows that a request wants to see. */
interface CatTable<Row> {
  readonly columns: (request: ApiRequest) => readonly Column<Row>[]
  readonly rows: (request: ApiRequest, context: ApiContext) => readonly Row[] | Promise<readonly Row[]>
}

export function catRoute<Row>(
  paths: readonly string[],
  action: IndexAction | ClusterAction,
  table: CatTable<Row>,
  params: readonly string[] = [],
): Route<ApiContext> {
  return {
    methods: ['GET'],
    paths,
    action,
    params: [...CAT_PARAMS, ...NAMES_PARAMS, ...params],
    plain: true,
    handler: async (request, context): Promise<Answer> => {
      const isHelp = request.query.boolean('help', false)
      const rows = isHelp ? [] : await table.rows(request, context)
      const isText = chooseFormat(request.header('accept'), request.query.text('format'), true).kind === 'text'
      return printTable(table.columns(request), rows, request.query, isText)
    },
  }
}

export const catRoutes: readonly Route<ApiContext>[] = [
  catRoute(['/_cat/aliases', '/_cat/aliases/{name}'], 'indices:admin/aliases/get', { columns: aliasColumns, rows: aliasRows }),
  catRoute(['/_cat/indices', '/_cat/indices/{index}'], 'indices:monitor/stats', { columns: indexColumns, rows: indexRows }, [
    'health',
    'include_unloaded_segments',
  ]),
  catRoute(['/_cat/health'], 'cluster:monitor/health', { columns: healthColumns, rows: healthRows }),
  catRoute(['/_cat/count', '/_cat/count/{index}'], 'indices:data/read/search', { columns: countColumns, rows: countRows }),
  catRoute(['/_cat/shards', '/_cat/shards/{index}'], 'indices:monitor/stats', { columns: shardColumns, rows: shardRows }),
  catRoute(['/_cat/templates', '/_cat/templates/{name}'], 'indices:admin/template/get', {
    columns: () => templateColumns,
    rows: templateRows,
  }),
  catRoute(['/_cat/component_templates', '/_cat/component_templates/{name}'], 'cluster:admin/component_template/get', {
    columns: () => componentColumns,
    rows: componentRows,
  }),
  catRoute(['/_cat/pending_tasks'], 'cluster:monitor/task', { columns: () => pendingColumns, rows: () => [] }),
  catRoute(['/_cat/plugins'], 'cluster:monitor/nodes/info', { columns: () => pluginColumns, rows: () => [] }, [
    'include_bootstrap',
  ]),
  catRoute(
    ['/_cat/recovery', '/_cat/recovery/{index}'],
    'indices:monitor/recovery',
    { columns: recoveryColumns, rows: recoveryRows },
    ['active_only', 'detailed', 'index'],
  ),
  catRoute(['/_cat/segments', '/_cat/segments/{index}'], 'indices:monitor/segments', {
    columns: () => segmentColumns,
    rows: segmentRows,
  }),
  catRoute(
    ['/_cat/fielddata', '/_cat/fielddata/{fields}'],
    'cluster:monitor/nodes/stats',
    { columns: fielddataColumns, rows: () => [] },
    ['fields'],
  ),
]

interface AliasRow {
  readonly alias: string
  readonly index: string
  readonly record: AliasRecord
}

function aliasColumns(): readonly Column<AliasRow>[] {
  return [
    { name: 'alias', aliases: ['a'], description: 'alias name', shown: true, value: ({ alias }) => alias },
    { name: 'index', aliases: ['i', 'idx'], description: 'index alias points to', shown: true, value: ({ index }) => index },
    {
      name: 'filter',
      aliases: ['f', 'fi'],
      description: 'filter',
      shown: true,
      value: ({ record }) => (record.filter ? '*' : '-'),
    },
    {
      name: 'routing.index',
      aliases: ['ri', 'routingIndex'],
      description: 'index routing',
      shown: true,
      value: ({ record }) => record.index_routing ?? '-',
    },
    {
      name: 'routing.search',
      aliases: ['rs', 'routingSearch'],
      description: 'search routing',
      shown: true,
      value: ({ record }) => record.search_routing ?? '-',
    },
    {
      name: 'is_write_index',
      aliases: ['w', 'isWriteIndex'],
      description: 'write index',
      shown: true,
      value: ({ record }) => (record.is_write_index === undefined ? '-' : String(record.is_write_index)),
    },
  ]
}

function aliasRows(request: ApiRequest, context: ApiContext): readonly AliasRow[] {
  const named = nameContext(request, context, 'indices:admin/aliases/get')
  const options = indicesOptions(request.query, { ...metadataOptions, expandHidden: true })
  // Hidden aliases are left out unless hidden things were asked for.
  const showHidden = !request.query.has('expand_wildcards') || options.expandHidden
  const patterns = namesOf(request, 'name')
  const rows: AliasRow[] = []
  for (const { index } of resolveIndices(named, [], { ...options, expandHidden: true })) {
    for (const [alias, record] of index.aliases) {
      if (patterns.length > 0 && !patterns.some((pattern) => matchesWildcard(pattern, alias))) continue
      if (record.is_hidden === true && !showHidden) continue
      rows.push({ alias, index: index.name, record })
    }
  }
  for (const [name, stream] of context.index.catalog.dataStreams) {
    for (const [alias, record] of Object.entries(stream.aliases ?? {})) {
      if (patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, alias)))
        rows.push({ alias, index: name, record })
    }
  }
  return rows.sort((a, b) => (a.alias < b.alias ? -1 : a.alias > b.alias ? 1 : a.index < b.index ? -1 : 1))
}

interface IndexRow {
  readonly index: IndexState
  readonly stats: IndexStats | undefined
}

async function withStats(context: ApiContext, indices: readonly IndexState[]): Promise<readonly IndexRow[]> {
  const stats = await context.index.engine.stats(indices.map(({ uuid }) => uuid))
  return indices.map((index) => ({ index, stats: stats.get(index.uuid) }))
}

function indexColumns({ query }: ApiRequest): readonly Column<IndexRow>[] {
  const bytes = bytesCell(query)
  const open = <T>(row: IndexRow, value: T): T | undefined => (row.index.closed ? undefined : value)
  const stored = (row: IndexRow): string | undefined => open(row, bytes(row.stats?.storedBytes ?? 0))
  return [
    {
      name: 'health',
      aliases: ['h'],
      description: 'current health status',
      shown: true,
      value: ({ index }) => countShards([index]).status,
    },
    {
      name: 'status',
      aliases: ['s'],
      description: 'open/close status',
      shown: true,
      value: ({ index }) => (index.closed ? 'close' : 'open'),
    },
    { name: 'index', aliases: ['i', 'idx'], description: 'index name', shown: true, value: ({ index }) => index.name },
    { name: 'uuid', aliases: ['id'], description: 'index uuid', shown: true, value: ({ index }) => index.uuid },
    {
      name: 'pri',
      aliases: ['p', 'shards.primary', 'shardsPrimary'],
      description: 'number of primary shards',
      shown: true,
      align: 'right',
      value: ({ index }) => index.shards,
    },
    {
      name: 'rep',
      aliases: ['r', 'shards.replica', 'shardsReplica'],
      description: 'number of replica shards',
      shown: true,
      align: 'right',
      value: ({ index }) => index.replicas,
    },
    {
      name: 'docs.count',
      aliases: ['dc', 'docsCount'],
      description: 'available docs',
      shown: true,
      align: 'right',
      value: (row) => open(row, row.stats?.documents ?? 0),
    },
    {
      name: 'docs.deleted',
      aliases: ['dd', 'docsDeleted'],
      description: 'deleted docs',
      shown: true,
      align: 'right',
      value: (row) => open(row, row.stats?.deletedDocuments ?? 0),
    },
    {
      name: 'creation.date',
      aliases: ['cd'],
      description: 'index creation date (millisecond value)',
      value: ({ index }) => index.createdAt,
    },
    {
      name: 'creation.date.string',
      aliases: ['cds'],
      description: 'index creation date (as string)',
      value: ({ index }) => new Date(index.createdAt).toISOString(),
    },
    {
      name: 'store.size',
      aliases: ['ss', 'storeSize'],
      description: 'store size of primaries & replicas',
      shown: true,
      align: 'right',
      value: stored,
    },
    { name: 'pri.store.size', description: 'store size of primaries', shown: true, align: 'right', value: stored },
    {
      name: 'dataset.size',
      description: 'total size of dataset (including the cache for partially mounted indices)',
      align: 'right',
      value: stored,
    },
    {
      name: 'segments.count',
      aliases: ['sc', 'segmentsCount'],
      description: 'number of segments',
      align: 'right',
      value: ({ stats }) => stats?.parts,
    },
    {
      name: 'indexing.index_total',
      aliases: ['iito', 'indexingIndexTotal'],
      description: 'number of indexing ops',
      align: 'right',
      value: ({ index }) => index.counters.indexed,
    },
    {
      name: 'search.query_total',
      aliases: ['sqto', 'searchQueryTotal'],
      description: 'total query phase ops',
      align: 'right',
      value: ({ index }) => index.counters.searches,
    },
    {
      name: 'get.total',
      aliases: ['gto', 'getTotal'],
      description: 'number of get ops',
      align: 'right',
      value: ({ index }) => index.counters.getsFound + index.counters.getsMissing,
    },
    {
      name: 'search.throttled',
      aliases: ['sth'],
      description: 'indicates if the index is search throttled',
      value: () => 'false',
    },
  ]
}

async function indexRows(request: ApiRequest, context: ApiContext): Promise<readonly IndexRow[]> {
  const names = namesOf(request)
  const indices = requestIndices(request, context, 'indices:monitor/stats', metadataOptions)
  const health = request.query.has('health') ? request.query.choice('health', ['green', 'yellow', 'red'], 'green') : undefined
  const wanted = indices.filter((index) => health === undefined || countShards([index]).status === health)
  return await withStats(context, names.length > 0 ? wanted : [...wanted].sort((a, b) => (a.name < b.name ? -1 : 1)))
}

interface HealthRow {
  readonly now: number
  readonly cluster: string
  readonly counts: ReturnType<typeof countShards>
}

function healthColumns({ query }: ApiRequest): readonly Column<HealthRow>[] {
  const ts = query.boolean('ts', true)
  const number = (
    name: string,
    aliases: readonly string[],
    description: string,
    value: (row: HealthRow) => number | string,
  ): Column<HealthRow> => ({
    name,
    aliases,
    description,
    shown: true,
    align: 'right',
    value,
  })
  return [
    {
      name: 'epoch',
      aliases: ['t', 'time'],
      description: 'seconds since 1970-01-01 00:00:00',
      shown: ts,
      value: ({ now }) => Math.floor(now / 1000),
    },
    {
      name: 'timestamp',
      aliases: ['ts', 'hms', 'hhmmss'],
      description: 'time in HH:MM:SS',
      shown: ts,
      value: ({ now }) => new Date(now).toISOString().slice(11, 19),
    },
    { name: 'cluster', aliases: ['cl'], description: 'cluster name', shown: true, value: ({ cluster }) => cluster },
    { name: 'status', aliases: ['st'], description: 'health status', shown: true, value: ({ counts }) => counts.status },
    number('node.total', ['nt', 'nodeTotal'], 'total number of nodes', () => 1),
    number('node.data', ['nd', 'nodeData'], 'number of nodes that can store data', () => 1),
    { name: 'discovered_master', aliases: ['dm'], description: 'discovered master', shown: true, value: () => 'true' },
    number('shards', ['t', 'sh', 'shards.total', 'shardsTotal'], 'total number of shards', ({ counts }) => counts.primaries),
    number('pri', ['p', 'shards.primary', 'shardsPrimary'], 'number of primary shards', ({ counts }) => counts.primaries),
    number('relo', ['r', 'shards.relocating', 'shardsRelocating'], 'number of relocating nodes', () => 0),
    number('init', ['i', 'shards.initializing', 'shardsInitializing'], 'number of initializing nodes', () => 0),
    number(
      'unassign',
      ['u', 'shards.unassigned', 'shardsUnassigned'],
      'number of unassigned shards',
      ({ counts }) => counts.unassigned,
    ),
    number('pending_tasks', ['pt', 'pendingTasks'], 'number of pending tasks', () => 0),
    number('max_task_wait_time', ['mtwt', 'maxTaskWaitTime'], 'wait time of longest task pending', () => '-'),
    number(
      'active_shards_percent',
      ['asp', 'activeShardsPercent'],
      'active number of shards in percent',
      ({ counts }) => `${percent(counts).toFixed(1)}%`,
    ),
  ]
}

function healthRows(_request: ApiRequest, { index, node }: ApiContext): readonly HealthRow[] {
  return [{ now: index.clock.now(), cluster: node.clusterName, counts: countShards([...index.catalog.indices.values()]) }]
}

interface CountRow {
  readonly now: number
  readonly count: number
}

function countColumns(): readonly Column<CountRow>[] {
  return [
    {
      name: 'epoch',
      aliases: ['t', 'time'],
      description: 'seconds since 1970-01-01 00:00:00, that the count was executed',
      shown: true,
      value: ({ now }) => Math.floor(now / 1000),
    },
    {
      name: 'timestamp',
      aliases: ['ts', 'hms'],
      description: 'time that the count was executed',
      shown: true,
      value: ({ now }) => new Date(now).toISOString().slice(11, 19),
    },
    {
      name: 'count',
      aliases: ['dc', 'docs.count', 'docsCount'],
      description: 'the document count',
      shown: true,
      value: ({ count }) => count,
    },
  ]
}

async function countRows(request: ApiRequest, context: ApiContext): Promise<readonly CountRow[]> {
  const indices = requestIndices(request, context, 'indices:data/read/search', searchOptions)
  const targets = indices.map((index) => ({ schema: index, query: { kind: 'all' } as const }))
  const count = await context.index.engine.count(targets, request.signal)
  return [{ now: context.index.clock.now(), count }]
}

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

interface TemplateRow {
  readonly name: string
  readonly patterns: readonly string[]
  readonly order: number | undefined
  readonly version: number | undefined
  readonly composedOf: readonly string[] | undefined
}

const templateColumns: readonly Column<TemplateRow>[] = [
  { name: 'name', aliases: ['n'], description: 'template name', shown: true, value: ({ name }) => name },
  {
    name: 'index_patterns',
    aliases: ['t'],
    description: 'template index patterns',
    shown: true,
    value: ({ patterns }) => `[${patterns.join(', ')}]`,
  },
  {
    name: 'order',
    aliases: ['o', 'p'],
    description: 'template application order/priority number',
    shown: true,
    value: ({ order }) => order,
  },
  { name: 'version', aliases: ['v'], description: 'version', shown: true, value: ({ version }) => version },
  {
    name: 'composed_of',
    aliases: ['c'],
    description: 'component templates comprising index template',
    shown: true,
    value: ({ composedOf }) => (composedOf ? `[${composedOf.join(', ')}]` : ''),
  },
]

function templateRows(request: ApiRequest, { index: { catalog } }: ApiContext): readonly TemplateRow[] {
  const patterns = namesOf(request, 'name')
  const wants = (name: string): boolean => patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, name))
  const legacy = [...catalog.legacyTemplates.entries()].map(([name, { indexPatterns, order, version }]) => ({
    name,
    patterns: indexPatterns,
    order,
    version,
    composedOf: undefined,
  }))
  const composable = [...catalog.indexTemplates.entries()].map(([name, { indexPatterns, priority, version, composedOf }]) => ({
    name,
    patterns: indexPatterns,
    order: priority ?? 0,
    version,
    composedOf,
  }))
  return [...legacy, ...composable].filter(({ name }) => wants(name))
}

interface ComponentRow {
  readonly name: string
  readonly version: number | undefined
  readonly aliases: number
  readonly mappings: number
  readonly settings: number
  readonly metadata: number
  readonly includedIn: readonly string[]
}

const componentColumns: readonly Column<ComponentRow>[] = [
  { name: 'name', aliases: ['n'], description: 'component template name', shown: true, value: ({ name }) => name },
  { name: 'version', aliases: ['v'], description: 'version', shown: true, value: ({ version }) => version },
  {
    name: 'alias_count',
    aliases: ['a'],
    description: 'alias count',
    shown: true,
    align: 'right',
    value: ({ aliases }) => aliases,
  },
  {
    name: 'mapping_count',
    aliases: ['m'],
    description: 'mapping count',
    shown: true,
    align: 'right',
    value: ({ mappings }) => mappings,
  },
  {
    name: 'settings_count',
    aliases: ['s'],
    description: 'settings count',
    shown: true,
    align: 'right',
    value: ({ settings }) => settings,
  },
  {
    name: 'metadata_count',
    aliases: ['me'],
    description: 'metadata count',
    shown: true,
    align: 'right',
    value: ({ metadata }) => metadata,
  },
  {
    name: 'included_in',
    aliases: ['i'],
    description: 'included in',
    shown: true,
    value: ({ includedIn }) => `[${includedIn.join(', ')}]`,
  },
]

function componentRows(request: ApiRequest, { index: { catalog } }: ApiContext): readonly ComponentRow[] {
  const patterns = namesOf(request, 'name')
  return [...catalog.componentTemplates.entries()]
    .filter(([name]) => patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, name)))
    .map(([name, { template, version, meta }]) => ({
      name,
      version,
      aliases: Object.keys(template.aliases ?? {}).length,
      mappings: Object.keys(template.mappings ?? {}).length,
      settings: Object.keys(template.settings ?? {}).length,
      metadata: Object.keys(meta ?? {}).length,
      includedIn: [...catalog.indexTemplates.entries()]
        .filter(([, { composedOf }]) => composedOf.includes(name))
        .map(([user]) => user),
    }))
}

const empty = (name: string, aliases: readonly string[], description: string): Column<never> => ({
  name,
  aliases,
  description,
  shown: true,
  value: () => undefined,
})

const pendingColumns: readonly Column<never>[] = [
  empty('insertOrder', ['o'], 'task insertion order'),
  empty('timeInQueue', ['t'], 'how long task has been in queue'),
  empty('priority', ['p'], 'task priority'),
  empty('source', ['s'], 'task source'),
]

const pluginColumns: readonly Column<never>[] = [
  { ...empty('id', [], 'unique node id'), shown: false },
  empty('name', ['n'], 'node name'),
  empty('component', ['c'], 'component'),
  empty('version', ['v'], 'component version'),
  { ...empty('description', ['d'], 'plugin details'), shown: false },
]

function fielddataColumns(): readonly Column<never>[] {
  return [
    empty('id', [], 'node id'),
    empty('host', ['h'], 'host name'),
    empty('ip', [], 'ip address'),
    empty('node', ['n'], 'node name'),
    empty('field', ['f'], 'field name'),
    empty('size', ['s'], 'field data usage'),
  ]
}

interface RecoveryRow {
  readonly index: IndexState
  readonly shard: number
  readonly node: ApiContext['node']
}

function recoveryColumns({ query }: ApiRequest): readonly Column<RecoveryRow>[] {
  const time = timeCell(query)
  const column = (
    name: string,
    aliases: readonly string[],
    description: string,
    value: Column<RecoveryRow>['value'],
    shown = true,
  ): Column<RecoveryRow> => ({
    name,
    aliases,
    description,
    shown,
    value,
  })
  return [
    column('index', ['i', 'idx'], 'index name', ({ index }) => index.name),
    column('shard', ['s', 'sh'], 'shard name', ({ shard }) => shard),
    column('start_time', ['start'], 'recovery start time', ({ index }) => new Date(index.createdAt).toISOString(), false),
    column(
      'start_time_millis',
      ['start_millis'],
      'recovery start time in epoch milliseconds',
      ({ index }) => index.createdAt,
      false,
    ),
    column('stop_time', ['stop'], 'recovery stop time', ({ index }) => new Date(index.createdAt).toISOString(), false),
    column(
      'stop_time_millis',
      ['stop_millis'],
      'recovery stop time in epoch milliseconds',
      ({ index }) => index.createdAt,
      false,
    ),
    column('time', ['t', 'ti'], 'recovery time', () => time(0)),
    column('type', ['ty'], 'recovery type', ({ index }) => (index.closed ? 'existing_store' : 'empty_store')),
    column('stage', ['st'], 'recovery stage', () => 'done'),
    column('source_host', ['shost'], 'source host', () => 'n/a'),
    column('source_node', ['snode'], 'source node name', () => 'n/a'),
    column('target_host', ['thost'], 'target host', ({ node }) => hostOf(node.publishAddress())),
    column('target_node', ['tnode'], 'target node name', ({ node }) => node.name),
    column('repository', ['rep'], 'repository', () => 'n/a'),
    column('snapshot', ['snap'], 'snapshot', () => 'n/a'),
    column('files', ['f'], 'number of files to recover', () => 0),
    column('files_recovered', ['fr'], 'files recovered', () => 0),
    column('files_percent', ['fp'], 'percent of files recovered', () => '0.0%'),
    column('files_total', ['tf'], 'total number of files', () => 0),
    column('bytes', ['b'], 'number of bytes to recover', () => 0),
    column('bytes_recovered', ['br'], 'bytes recovered', () => 0),
    column('bytes_percent', ['bp'], 'percent of bytes recovered', () => '0.0%'),
    column('bytes_total', ['tb'], 'total number of bytes', () => 0),
    column('translog_ops', ['to'], 'number of translog ops to recover', () => 0),
    column('translog_ops_recovered', ['tor'], 'translog ops recovered', () => 0),
    column('translog_ops_percent', ['top'], 'percent of translog ops recovered', () => '100.0%'),
  ]
}

function recoveryRows(request: ApiRequest, context: ApiContext): readonly RecoveryRow[] {
  if (request.query.boolean('active_only', false)) return []
  const indices = requestIndices(request, context, 'indices:monitor/recovery', { ...metadataOptions, expandHidden: true })
  return indices.flatMap((index) => Array.from({ length: index.shards }, (_, shard) => ({ index, shard, node: context.node })))
}

const segmentColumns: readonly Column<IndexRow & { readonly node: ApiContext['node'] }>[] = [
  { name: 'index', aliases: ['i', 'idx'], description: 'index name', shown: true, value: ({ index }) => index.name },
  { name: 'shard', aliases: ['s', 'sh'], description: 'shard name', shown: true, value: () => 0 },
  { name: 'prirep', aliases: ['p', 'pr', 'primaryOrReplica'], description: 'primary or replica', shown: true, value: () => 'p' },
  { name: 'ip', description: 'ip of node where it lives', shown: true, value: ({ node }) => hostOf(node.publishAddress()) },
  { name: 'id', description: 'unique id of node where it lives', value: ({ node }) => node.id },
  { name: 'segment', aliases: ['seg'], description: 'segment name', shown: true, value: () => '_0' },
  { name: 'generation', aliases: ['g', 'gen'], description: 'segment generation', shown: true, align: 'right', value: () => 0 },
  {
    name: 'docs.count',
    aliases: ['dc', 'docsCount'],
    description: 'number of docs in segment',
    shown: true,
    align: 'right',
    value: ({ stats }) => stats?.documents ?? 0,
  },
  {
    name: 'docs.deleted',
    aliases: ['dd', 'docsDeleted'],
    description: 'number of deleted docs in segment',
    shown: true,
    align: 'right',
    value: ({ stats }) => stats?.deletedDocuments ?? 0,
  },
  {
    name: 'size',
    aliases: ['si'],
    description: 'segment size in bytes',
    shown: true,
    align: 'right',
    value: ({ stats }) => `${stats?.storedBytes ?? 0}b`,
  },
  {
    name: 'size.memory',
    aliases: ['sm', 'sizeMemory'],
    description: 'segment memory in bytes',
    shown: true,
    align: 'right',
    value: () => 0,
  },
  { name: 'committed', aliases: ['ic', 'isCommitted'], description: 'is segment committed', shown: true, value: () => 'true' },
  { name: 'searchable', aliases: ['is', 'isSearchable'], description: 'is segment searched', shown: true, value: () => 'true' },
  { name: 'version', aliases: ['v', 'ver'], description: 'version', shown: true, value: () => '9.12.1' },
  { name: 'compound', aliases: ['ico', 'isCompound'], description: 'is segment compound', shown: true, value: () => 'false' },
]

async function segmentRows(
  request: ApiRequest,
  context: ApiContext,
): Promise<readonly (IndexRow & { readonly node: ApiContext['node'] })[]> {
  const indices = requestIndices(request, context, 'indices:monitor/segments', searchOptions)
  const rows = await withStats(context, indices)
  return rows.filter(({ stats }) => (stats?.documents ?? 0) > 0).map((row) => ({ ...row, node: context.node }))
}
