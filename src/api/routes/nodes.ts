import { arch, cpus, freemem, loadavg, platform, release, totalmem } from 'node:os'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { nearestName } from '../../core/nearest.ts'
import type { PipelineCounts } from '../../ingest/ingest-pipelines.ts'
import { AGGREGATIONS, PIPELINE_AGGREGATIONS } from '../../query/aggs/table.ts'
import type { ApiContext } from '../api-context.ts'
import { bytesCell } from '../cat/format-cells.ts'
import type { Column } from '../cat/table.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import { heapInfo, heapStats } from '../monitoring/heap.ts'
import { processUsage } from '../monitoring/process-stats.ts'
import { loadDiskSpace, type DiskSpace } from '../nodes/disk-space.ts'
import { hostOf, includesThisNode } from '../nodes/node-filter.ts'
import { threadPools } from '../nodes/thread-pools.ts'
import { catRoute } from '../cat/cat-route.ts'
import { printSections, sections, withHumanValues } from './index-stats.ts'

export const nodeRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_nodes', '/_nodes/{node_or_metric}', '/_nodes/{node}/{metric}', '/_nodes/{node}/info/{metric}'],
    action: 'cluster:monitor/nodes/info',
    params: ['flat_settings', 'timeout'],
    handler: info,
  },
  {
    methods: ['GET'],
    paths: [
      '/_nodes/stats',
      '/_nodes/{node}/stats',
      '/_nodes/stats/{metric}',
      '/_nodes/{node}/stats/{metric}',
      '/_nodes/stats/{metric}/{index_metric}',
      '/_nodes/{node}/stats/{metric}/{index_metric}',
    ],
    action: 'cluster:monitor/nodes/stats',
    params: [
      'completion_fields',
      'fielddata_fields',
      'fields',
      'groups',
      'level',
      'types',
      'timeout',
      'include_segment_file_sizes',
      'include_unloaded_segments',
    ],
    handler: stats,
  },
  {
    methods: ['GET'],
    paths: ['/_nodes/usage', '/_nodes/{node}/usage', '/_nodes/usage/{metric}', '/_nodes/{node}/usage/{metric}'],
    action: 'cluster:monitor/nodes/info',
    params: ['timeout'],
    handler: (request, context) =>
      ok(
        envelope(request, context, {
          timestamp: context.index.clock.now(),
          since: context.node.startedAt,
          rest_actions: {},
          aggregations: {},
        }),
      ),
  },
  catRoute(
    ['/_cat/nodes'],
    'cluster:monitor/state',
    {
      columns: nodeColumns,
      rows: async (_request, { node }) => [{ node, disk: await loadDiskSpace(node.dataPath) }],
    },
    ['full_id', 'include_unloaded_segments'],
  ),
  catRoute(['/_cat/nodeattrs'], 'cluster:monitor/nodes/info', {
    columns: attributeColumns,
    rows: (_request, context) => Object.entries(context.node.attributes).map(([name, value]) => ({ context, name, value })),
  }),
  catRoute(['/_cat/master', '/_cat/cluster_manager'], 'cluster:monitor/state', {
    columns: masterColumns,
    rows: (_request, context) => [context],
  }),
]

/** Parts of Elasticsearch that are modules there and built in here; clients look for them by name. */
const MODULES = [
  'aggs-matrix-stats',
  'analysis-common',
  'ingest-common',
  'ingest-user-agent',
  'lang-mustache',
  'lang-painless',
  'mapper-extras',
  'reindex',
  'repository-url',
]

function moduleNamed(name: string, version: string): JsonObject {
  return { name, version, description: 'built in', extended_plugins: [], has_native_controller: false }
}

/** `_nodes` and the counts around whatever is said of the one node, where the request's filter lets it through. */
function envelope(request: ApiRequest, { node }: ApiContext, body: JsonObject): JsonObject {
  const matches = includesThisNode(namesOf(request, 'node'), node)
  return {
    _nodes: { total: matches ? 1 : 0, successful: matches ? 1 : 0, failed: 0 },
    cluster_name: node.clusterName,
    nodes: matches ? { [node.id]: body } : {},
  }
}

const INFO_METRICS = [
  'settings',
  'os',
  'process',
  'jvm',
  'thread_pool',
  'transport',
  'http',
  'plugins',
  'ingest',
  'aggregations',
  'indices',
  'search_pipelines',
  'remote_cluster_server',
]

/** Words that a name in the place of either can be: a list of metrics, else of nodes. */
function isMetricList(names: readonly string[], known: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => known.includes(name) || name === '_none')
}

function info(request: ApiRequest, context: ApiContext): Answer {
  const either = namesOf(request, 'node_or_metric')
  const metrics =
    request.part('metric') === undefined ? (isMetricList(either, INFO_METRICS) ? either : []) : namesOf(request, 'metric')
  const nodes = isMetricList(either, INFO_METRICS) ? [] : either
  const wants = (metric: string): boolean => metrics.length === 0 || metrics.includes('_all') || metrics.includes(metric)
  const { node } = context
  const address = node.publishAddress()
  const host = hostOf(address)
  const flat = request.query.boolean('flat_settings', false)
  const body: JsonObject = {
    name: node.name,
    transport_address: address,
    host,
    ip: host,
    version: node.version,
    build_flavor: 'default',
    build_type: 'tar',
    build_hash: 'elkhorn',
    total_indexing_buffer: Math.floor(totalmem() / 10),
    roles: ROLES,
    attributes: node.attributes,
    ...(wants('settings') ? { settings: settingsOf(context, flat) } : {}),
    ...(wants('os')
      ? {
          os: {
            refresh_interval_in_millis: 1000,
            name: platform(),
            pretty_name: `${platform()} ${release()}`,
            arch: arch(),
            version: release(),
            available_processors: cpus().length,
            allocated_processors: cpus().length,
          },
        }
      : {}),
    ...(wants('process') ? { process: { refresh_interval_in_millis: 1000, id: process.pid, mlockall: false } } : {}),
    ...(wants('jvm')
      ? {
          jvm: {
            pid: process.pid,
            version: process.version,
            vm_name: 'node',
            vm_version: process.versions.v8,
            vm_vendor: 'Node.js',
            start_time_in_millis: node.startedAt,
            ...heapInfo(),
          },
        }
      : {}),
    ...(wants('thread_pool') ? { thread_pool: threadPoolInfo() } : {}),
    ...(wants('transport') ? { transport: { bound_address: [address], publish_address: address, profiles: {} } } : {}),
    ...(wants('http')
      ? { http: { bound_address: [address], publish_address: address, max_content_length_in_bytes: 104_857_600 } }
      : {}),
    ...(wants('plugins') ? { plugins: [], modules: MODULES.map((name) => moduleNamed(name, node.version)) } : {}),
    ...(wants('ingest') ? { ingest: { processors: [] } } : {}),
    ...(wants('aggregations') ? { aggregations: aggregationTypes() } : {}),
  }
  const filtered = {
    ...request,
    part: (name: string) => (name === 'node' && nodes.length > 0 ? nodes.join(',') : request.part(name)),
  }
  return ok(envelope(filtered, context, request.query.boolean('human', false) ? withHuman(body) : body))
}

const ROLES = [
  'data',
  'data_content',
  'data_hot',
  'data_warm',
  'data_cold',
  'ingest',
  'master',
  'remote_cluster_client',
  'transform',
  'ml',
]

function aggregationTypes(): JsonObject {
  return Object.fromEntries([...AGGREGATIONS, ...PIPELINE_AGGREGATIONS].map(({ name }) => [name, { types: ['other'] }]))
}

function settingsOf({ node }: ApiContext, flat: boolean): JsonObject {
  const attributes = Object.entries(node.attributes)
  if (flat) {
    return {
      'client.type': 'node',
      'cluster.name': node.clusterName,
      'node.name': node.name,
      ...Object.fromEntries(attributes.map(([key, value]) => [`node.attr.${key}`, value])),
    }
  }
  return {
    client: { type: 'node' },
    cluster: { name: node.clusterName },
    node: { name: node.name, ...(attributes.length > 0 ? { attr: node.attributes } : {}) },
    http: { type: { default: 'fastify' } },
  }
}

const STATS_METRICS = [
  'indices',
  'os',
  'process',
  'jvm',
  'thread_pool',
  'fs',
  'transport',
  'http',
  'breaker',
  'breakers',
  'script',
  'discovery',
  'ingest',
  'adaptive_selection',
  'indexing_pressure',
  'script_cache',
]
const INDEX_METRICS = [
  'docs',
  'store',
  'indexing',
  'get',
  'search',
  'merge',
  'refresh',
  'flush',
  'warmer',
  'query_cache',
  'fielddata',
  'completion',
  'segments',
  'translog',
  'suggest',
  'request_cache',
  'recovery',
  'bulk',
  'shard_stats',
  'mappings',
]

function checkMetrics(request: ApiRequest, names: readonly string[], known: readonly string[], what: string): void {
  if (names.includes('_all') && names.length > 1) {
    throw illegalArgument(`request [${request.path}] contains _all and individual ${what} [${names.join(',')}]`)
  }
  const unknown = names.filter((name) => name !== '_all' && !known.includes(name))
  if (unknown.length === 0) return
  const described = unknown.map((name) => {
    const nearest = nearestName(name, known)
    return `[${name}]${nearest === undefined ? '' : ` -> did you mean [${nearest}]?`}`
  })
  throw illegalArgument(
    `request [${request.path}] contains unrecognized ${what === 'metrics' ? 'metric' : 'index metric'}${unknown.length > 1 ? 's' : ''}: ${described.join(', ')}`,
  )
}

async function stats(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const metrics = namesOf(request, 'metric')
  const indexMetrics = namesOf(request, 'index_metric')
  checkMetrics(request, metrics, STATS_METRICS, 'metrics')
  if (indexMetrics.length > 0 && !metrics.includes('indices') && !metrics.includes('_all')) {
    throw illegalArgument(
      `request [${request.path}] contains index metrics [${indexMetrics.join(',')}] but indices stats not requested`,
    )
  }
  checkMetrics(request, indexMetrics, INDEX_METRICS, 'index metrics')
  const wants = (...names: readonly string[]): boolean =>
    metrics.length === 0 || metrics.includes('_all') || names.some((name) => metrics.includes(name))
  const { node } = context
  const host = hostOf(node.publishAddress())
  const { arrayBuffers } = process.memoryUsage()
  const usage = await processUsage()
  const body: JsonObject = {
    timestamp: context.index.clock.now(),
    name: node.name,
    transport_address: node.publishAddress(),
    host,
    ip: node.publishAddress(),
    roles: ROLES,
    attributes: node.attributes,
    ...(wants('indices') ? { indices: await nodeIndices(request, context, indexMetrics) } : {}),
    ...(wants('os') ? { os: osStats(context) } : {}),
    ...(wants('process')
      ? {
          process: {
            timestamp: context.index.clock.now(),
            open_file_descriptors: usage.descriptors,
            max_file_descriptors: -1,
            cpu: usage.cpu,
            mem: usage.mem,
          },
        }
      : {}),
    ...(wants('jvm')
      ? {
          jvm: {
            timestamp: context.index.clock.now(),
            uptime_in_millis: Math.round(process.uptime() * 1000),
            ...heapStats(),
            threads: { count: 1, peak_count: 1 },
            buffer_pools: {
              direct: { count: 0, used_in_bytes: arrayBuffers, total_capacity_in_bytes: arrayBuffers },
            },
            classes: { current_loaded_count: 0, total_loaded_count: 0, total_unloaded_count: 0 },
          },
        }
      : {}),
    ...(wants('thread_pool') ? { thread_pool: threadPoolStats() } : {}),
    ...(wants('fs') ? { fs: await fileSystem(context) } : {}),
    ...(wants('transport')
      ? { transport: { server_open: 0, rx_count: 0, rx_size_in_bytes: 0, tx_count: 0, tx_size_in_bytes: 0 } }
      : {}),
    ...(wants('http') ? { http: httpStats() } : {}),
    ...(wants('breaker', 'breakers') ? { breakers: {} } : {}),
    ...(wants('script') ? { script: scriptStats() } : {}),
    ...(wants('script_cache')
      ? { script_cache: { sum: { compilations: 0, cache_evictions: 0, compilation_limit_triggered: 0 }, contexts: [] } }
      : {}),
    ...(wants('discovery')
      ? {
          discovery: {
            cluster_state_queue: { total: 0, pending: 0, committed: 0 },
            published_cluster_states: { full_states: 0, incompatible_diffs: 0, compatible_diffs: 0 },
          },
        }
      : {}),
    ...(wants('ingest') ? { ingest: ingestStats(context) } : {}),
    ...(wants('adaptive_selection') ? { adaptive_selection: {} } : {}),
    ...(wants('indexing_pressure') ? { indexing_pressure: indexingPressure() } : {}),
  }
  return ok(envelope(request, context, request.query.boolean('human', false) ? withHuman(body) : body))
}

async function nodeIndices(request: ApiRequest, context: ApiContext, metrics: readonly string[]): Promise<JsonObject> {
  const indices = [...context.index.catalog.indices.values()].filter(({ closed }) => !closed)
  const wanted = metrics.length === 0 || metrics.includes('_all') ? Object.keys(sections) : metrics
  const printed = await printSections(request, context, indices, wanted)
  return printed as JsonObject
}

async function fileSystem({ index, node }: ApiContext): Promise<JsonObject> {
  const { totalBytes, freeBytes, availableBytes, type } = await loadDiskSpace(node.dataPath)
  const sizes = { total_in_bytes: totalBytes, free_in_bytes: freeBytes, available_in_bytes: availableBytes }
  return {
    timestamp: index.clock.now(),
    total: sizes,
    data: [{ path: node.dataPath, mount: node.dataPath, type: `0x${type.toString(16)}`, ...sizes }],
  }
}

/** What ingest pipelines did since the start; none is under way between two requests. */
export function ingestStats({ index: { ingest } }: ApiContext): JsonObject {
  const print = ({ count, failed, timeMs }: PipelineCounts): JsonObject => ({
    count,
    time_in_millis: timeMs,
    current: 0,
    failed,
  })
  const total: PipelineCounts = { count: 0, failed: 0, timeMs: 0 }
  const pipelines: Record<string, JsonObject> = {}
  for (const [id, counts] of ingest.counts()) {
    total.count += counts.count
    total.failed += counts.failed
    total.timeMs += counts.timeMs
    pipelines[id] = { ...print(counts), processors: [] }
  }
  return { total: print(total), pipelines }
}

/** The connection that asks is one. */
export const httpStats = (): JsonObject => ({ current_open: 1, total_opened: 1 })

export const scriptStats = (): JsonObject => ({ compilations: 0, cache_evictions: 0, compilation_limit_triggered: 0 })

export const threadPoolStats = (): JsonObject =>
  Object.fromEntries(
    threadPools().map(({ name }) => [name, { threads: 0, queue: 0, active: 0, rejected: 0, largest: 0, completed: 0 }]),
  )

const threadPoolInfo = (): JsonObject =>
  Object.fromEntries(
    threadPools().map(({ name, type, size, core, max, queueSize }) => [
      name,
      {
        type,
        ...(size === undefined ? {} : { size }),
        ...(core === undefined || max === undefined ? {} : { core, max, keep_alive: name === 'generic' ? '30s' : '5m' }),
        queue_size: queueSize,
      },
    ]),
  )

function osStats(context: ApiContext): JsonObject {
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  return {
    timestamp: context.index.clock.now(),
    cpu: {
      percent: Math.min(100, Math.round((one / cpus().length) * 100)),
      load_average: { '1m': one, '5m': five, '15m': fifteen },
    },
    mem: {
      total_in_bytes: totalmem(),
      free_in_bytes: freemem(),
      used_in_bytes: totalmem() - freemem(),
      free_percent: Math.round((freemem() / totalmem()) * 100),
      used_percent: Math.round((1 - freemem() / totalmem()) * 100),
    },
    swap: { total_in_bytes: 0, free_in_bytes: 0, used_in_bytes: 0 },
  }
}

function indexingPressure(): JsonObject {
  const bytes = {
    combined_coordinating_and_primary_in_bytes: 0,
    coordinating_in_bytes: 0,
    primary_in_bytes: 0,
    replica_in_bytes: 0,
    all_in_bytes: 0,
  }
  return {
    memory: {
      current: bytes,
      total: { ...bytes, coordinating_rejections: 0, primary_rejections: 0, replica_rejections: 0 },
      limit_in_bytes: Math.floor(totalmem() / 10),
    },
  }
}

function withHuman(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(withHumanValues(value)).map(([key, below]) => [
      key,
      typeof below === 'object' && below !== null && !Array.isArray(below)
        ? withHuman(below as JsonObject)
        : (below as JsonValue),
    ]),
  )
}

interface NodeRow {
  readonly node: ApiContext['node']
  readonly disk: DiskSpace
}

function nodeColumns({ query }: ApiRequest): readonly Column<NodeRow>[] {
  const bytes = bytesCell(query)
  const shown = (
    name: string,
    aliases: readonly string[],
    description: string,
    value: Column<NodeRow>['value'],
  ): Column<NodeRow> => ({
    name,
    aliases,
    description,
    shown: true,
    value,
  })
  const hidden = (
    name: string,
    aliases: readonly string[],
    description: string,
    value: Column<NodeRow>['value'],
  ): Column<NodeRow> => ({
    name,
    aliases,
    description,
    value,
  })
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  const memory = process.memoryUsage()
  const fullId = query.boolean('full_id', false)
  return [
    hidden('id', ['id', 'nodeId'], 'unique node id', ({ node }) => (fullId ? node.id : node.id.slice(0, 4))),
    hidden('pid', ['p'], 'process id', () => process.pid),
    shown('ip', ['i'], 'ip address', ({ node }) => hostOf(node.publishAddress())),
    hidden('port', ['po'], 'bound transport port', ({ node }) => node.publishAddress().split(':').at(-1)),
    hidden('http_address', ['http'], 'bound http address', ({ node }) => node.publishAddress()),
    hidden('version', ['v'], 'es version', ({ node }) => node.version),
    hidden('type', ['t'], 'es distribution type', () => 'tar'),
    hidden('build', ['b'], 'es build hash', () => 'elkhorn'),
    hidden('jdk', ['j'], 'runtime version', () => process.version),
    hidden('disk.total', ['dt', 'diskTotal'], 'total disk space', ({ disk }) => bytes(disk.totalBytes)),
    hidden('disk.used', ['du', 'diskUsed'], 'used disk space', ({ disk }) => bytes(disk.totalBytes - disk.freeBytes)),
    hidden('disk.avail', ['d', 'da', 'disk', 'diskAvail'], 'available disk space', ({ disk }) => bytes(disk.availableBytes)),
    hidden('disk.used_percent', ['dup', 'diskUsedPercent'], 'used disk space percentage', ({ disk }) =>
      ((100 * (disk.totalBytes - disk.freeBytes)) / disk.totalBytes).toFixed(2),
    ),
    hidden('heap.current', ['hc', 'heapCurrent'], 'used heap', () => bytes(memory.heapUsed)),
    shown('heap.percent', ['hp', 'heapPercent'], 'used heap ratio', () => Math.round((memory.heapUsed / memory.heapTotal) * 100)),
    hidden('heap.max', ['hm', 'heapMax'], 'max configured heap', () => bytes(memory.heapTotal)),
    hidden('ram.current', ['rc', 'ramCurrent'], 'used machine memory', () => bytes(totalmem() - freemem())),
    shown('ram.percent', ['rp', 'ramPercent'], 'used machine memory ratio', () => Math.round((1 - freemem() / totalmem()) * 100)),
    hidden('ram.max', ['rm', 'ramMax'], 'total machine memory', () => bytes(totalmem())),
    hidden('file_desc.current', ['fdc', 'fileDescriptorCurrent'], 'used file descriptors', () => -1),
    hidden('file_desc.percent', ['fdp', 'fileDescriptorPercent'], 'used file descriptor ratio', () => -1),
    hidden('file_desc.max', ['fdm', 'fileDescriptorMax'], 'max file descriptors', () => -1),
    shown('cpu', ['cpu'], 'recent cpu usage', () => Math.min(100, Math.round((one / cpus().length) * 100))),
    shown('load_1m', ['l'], '1m load avg', () => one.toFixed(2)),
    shown('load_5m', ['l'], '5m load avg', () => five.toFixed(2)),
    shown('load_15m', ['l'], '15m load avg', () => fifteen.toFixed(2)),
    hidden('uptime', ['u'], 'node uptime', () => `${Math.floor(process.uptime())}s`),
    shown(
      'node.role',
      ['r', 'role', 'nodeRole'],
      'm:master eligible node, d:data node, i:ingest node, -:coordinating node only',
      () => 'cdfhilmrstw',
    ),
    shown('master', ['m'], '*:current master', () => '*'),
    shown('name', ['n'], 'node name', ({ node }) => node.name),
  ]
}

function attributeColumns(): readonly Column<{ readonly context: ApiContext; readonly name: string; readonly value: string }>[] {
  return [
    { name: 'node', aliases: ['name'], description: 'node name', shown: true, value: ({ context }) => context.node.name },
    { name: 'id', aliases: ['nodeId'], description: 'unique node id', value: ({ context }) => context.node.id.slice(0, 4) },
    { name: 'pid', aliases: ['p'], description: 'process id', value: () => process.pid },
    {
      name: 'host',
      aliases: ['h'],
      description: 'host name',
      shown: true,
      value: ({ context }) => hostOf(context.node.publishAddress()),
    },
    {
      name: 'ip',
      aliases: ['i'],
      description: 'ip address',
      shown: true,
      value: ({ context }) => hostOf(context.node.publishAddress()),
    },
    {
      name: 'port',
      aliases: ['po'],
      description: 'bound transport port',
      value: ({ context }) => context.node.publishAddress().split(':').at(-1),
    },
    { name: 'attr', aliases: ['attr.name'], description: 'attribute description', shown: true, value: ({ name }) => name },
    { name: 'value', aliases: ['attr.value'], description: 'attribute value', shown: true, value: ({ value }) => value },
  ]
}

function masterColumns(): readonly Column<ApiContext>[] {
  return [
    { name: 'id', description: 'node id', shown: true, value: ({ node }) => node.id },
    { name: 'host', aliases: ['h'], description: 'host name', shown: true, value: ({ node }) => hostOf(node.publishAddress()) },
    { name: 'ip', description: 'ip address ', shown: true, value: ({ node }) => hostOf(node.publishAddress()) },
    { name: 'node', aliases: ['n'], description: 'node name', shown: true, value: ({ node }) => node.name },
  ]
}
