import { illegalArgument } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import { printByteSize } from '../../core/byte-size.ts'
import { printDuration } from '../../core/duration.ts'
import type { IndexStats } from '../../engine/engine.ts'
import type { Counters } from '../../index/counters.ts'
import type { IndexState } from '../../index/index-state.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { NAMES_PARAMS, namesOf, requestIndices, searchOptions } from '../indices/names.ts'
import { healthOf } from './cluster-health.ts'
import { shardCounts } from './index-maintenance.ts'

export const indexStatsRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_stats', '/_stats/{metric}', '/{index}/_stats', '/{index}/_stats/{metric}'],
    action: 'indices:monitor/stats',
    params: [
      ...NAMES_PARAMS,
      'completion_fields',
      'fielddata_fields',
      'fields',
      'groups',
      'level',
      'types',
      'include_segment_file_sizes',
      'include_unloaded_segments',
      'forbid_closed_indices',
    ],
    handler: stats,
  },
]

type Section = Readonly<Record<string, unknown>>

/** Counters of one index, or sums of several. */
interface Sums {
  readonly stored: Pick<IndexStats, 'documents' | 'deletedDocuments' | 'storedBytes' | 'parts' | 'answers'>
  readonly counters: Counters
}

const time = (name: string, ms: number): Section => ({ [`${name}_in_millis`]: ms })

/** Sections of the statistics by the metric that asks for them, in Elasticsearch's order. */
export const sections: Readonly<Record<string, { readonly name: string; readonly print: (sums: Sums) => Section }>> = {
  docs: { name: 'docs', print: ({ stored }) => ({ count: stored.documents, deleted: stored.deletedDocuments }) },
  store: {
    name: 'store',
    print: ({ stored }) => ({
      size_in_bytes: stored.storedBytes,
      total_data_set_size_in_bytes: stored.storedBytes,
      reserved_in_bytes: 0,
    }),
  },
  indexing: {
    name: 'indexing',
    print: ({ counters }) => ({
      index_total: counters.indexed,
      ...time('index_time', 0),
      index_current: 0,
      index_failed: counters.indexFailed,
      delete_total: counters.deleted,
      ...time('delete_time', 0),
      delete_current: 0,
      noop_update_total: counters.noops,
      is_throttled: false,
      ...time('throttle_time', 0),
    }),
  },
  get: {
    name: 'get',
    print: ({ counters }) => ({
      total: counters.getsFound + counters.getsMissing,
      ...time('time', 0),
      exists_total: counters.getsFound,
      ...time('exists_time', 0),
      missing_total: counters.getsMissing,
      ...time('missing_time', 0),
      current: 0,
    }),
  },
  search: {
    name: 'search',
    print: ({ counters }) => ({
      open_contexts: 0,
      query_total: counters.searches,
      ...time('query_time', counters.searchMs),
      query_current: 0,
      fetch_total: counters.searches,
      ...time('fetch_time', 0),
      fetch_current: 0,
      scroll_total: counters.scrolls,
      ...time('scroll_time', 0),
      scroll_current: 0,
      suggest_total: 0,
      ...time('suggest_time', 0),
      suggest_current: 0,
    }),
  },
  merge: {
    name: 'merges',
    print: () => ({
      current: 0,
      current_docs: 0,
      current_size_in_bytes: 0,
      total: 0,
      ...time('total_time', 0),
      total_docs: 0,
      total_size_in_bytes: 0,
      ...time('total_stopped_time', 0),
      ...time('total_throttled_time', 0),
      total_auto_throttle_in_bytes: 0,
    }),
  },
  refresh: {
    name: 'refresh',
    print: ({ counters }) => ({
      total: counters.refreshes,
      ...time('total_time', 0),
      external_total: counters.refreshes,
      ...time('external_total_time', 0),
      listeners: 0,
    }),
  },
  flush: { name: 'flush', print: ({ counters }) => ({ total: counters.flushes, periodic: 0, ...time('total_time', 0) }) },
  warmer: { name: 'warmer', print: () => ({ current: 0, total: 0, ...time('total_time', 0) }) },
  query_cache: {
    name: 'query_cache',
    print: () => ({
      memory_size_in_bytes: 0,
      total_count: 0,
      hit_count: 0,
      miss_count: 0,
      cache_size: 0,
      cache_count: 0,
      evictions: 0,
    }),
  },
  fielddata: { name: 'fielddata', print: () => ({ memory_size_in_bytes: 0, evictions: 0 }) },
  completion: { name: 'completion', print: () => ({ size_in_bytes: 0 }) },
  segments: {
    name: 'segments',
    print: ({ stored }) => ({
      count: stored.parts,
      memory_in_bytes: 0,
      terms_memory_in_bytes: 0,
      stored_fields_memory_in_bytes: 0,
      term_vectors_memory_in_bytes: 0,
      norms_memory_in_bytes: 0,
      points_memory_in_bytes: 0,
      doc_values_memory_in_bytes: 0,
      index_writer_memory_in_bytes: 0,
      version_map_memory_in_bytes: 0,
      fixed_bit_set_memory_in_bytes: 0,
      max_unsafe_auto_id_timestamp: -1,
      file_sizes: {},
    }),
  },
  translog: {
    name: 'translog',
    print: () => ({
      operations: 0,
      size_in_bytes: 0,
      uncommitted_operations: 0,
      uncommitted_size_in_bytes: 0,
      earliest_last_modified_age: 0,
    }),
  },
  request_cache: {
    name: 'request_cache',
    print: ({ stored: { answers }, counters: { knownAnswers, newAnswers } }) => ({
      memory_size_in_bytes: answers.bytes,
      evictions: answers.evicted,
      hit_count: knownAnswers,
      miss_count: newAnswers,
    }),
  },
  recovery: { name: 'recovery', print: () => ({ current_as_source: 0, current_as_target: 0, ...time('throttle_time', 0) }) },
}

const metricAliases: Readonly<Record<string, string>> = { merges: 'merge' }

async function stats(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { query } = request
  const metrics = metricsOf(request)
  const level = query.text('level') ?? 'indices'
  if (level !== 'cluster' && level !== 'indices' && level !== 'shards') {
    throw illegalArgument(`level parameter must be one of [cluster] or [indices] or [shards] but was [${level}]`)
  }
  const indices = requestIndices(request, context, 'indices:monitor/stats', {
    ...searchOptions,
    forbidClosed: query.boolean('forbid_closed_indices', true),
  })
  const stored = await context.index.engine.stats(indices.map(({ uuid }) => uuid))
  const print = (own: readonly IndexState[]): Section => printStored(request, own, metrics, stored)
  const body: Record<string, unknown> = {
    _shards: shardCounts(indices),
    _all: { primaries: print(indices), total: print(indices) },
  }
  if (level !== 'cluster') {
    body['indices'] = Object.fromEntries(
      indices.map((index) => {
        const own = print([index])
        const shards = level === 'shards' ? { shards: printShardStats(index, own, context) } : {}
        return [
          index.name,
          {
            uuid: index.uuid,
            health: healthOf([index]),
            status: index.closed ? 'close' : 'open',
            primaries: own,
            total: own,
            ...shards,
          },
        ]
      }),
    )
  }
  return ok(body)
}

/** The sections of some metrics, summed over indices. */
export async function printSections(
  request: ApiRequest,
  context: ApiContext,
  indices: readonly IndexState[],
  metrics: readonly string[],
): Promise<Section> {
  const stored = await context.index.engine.stats(indices.map(({ uuid }) => uuid))
  return printStored(request, indices, metrics, stored)
}

function printStored(
  request: ApiRequest,
  indices: readonly IndexState[],
  metrics: readonly string[],
  stored: ReadonlyMap<string, IndexStats>,
): Section {
  const sums: Sums = {
    stored: {
      documents: sum(indices, ({ uuid }) => stored.get(uuid)?.documents),
      deletedDocuments: sum(indices, ({ uuid }) => stored.get(uuid)?.deletedDocuments),
      storedBytes: sum(indices, ({ uuid }) => stored.get(uuid)?.storedBytes),
      parts: sum(indices, ({ uuid }) => stored.get(uuid)?.parts),
      answers: {
        bytes: sum(indices, ({ uuid }) => stored.get(uuid)?.answers.bytes),
        evicted: sum(indices, ({ uuid }) => stored.get(uuid)?.answers.evicted),
      },
    },
    counters: sumCounters(indices),
  }
  const human = request.query.boolean('human', false)
  const printed: Record<string, unknown> = {}
  for (const metric of metrics) {
    const section = sections[metric]
    if (!section) continue
    const values: Section = { ...section.print(sums), ...extras(request, metric, indices) }
    printed[section.name] = human ? withHumanValues(values) : values
  }
  return printed
}

function metricsOf(request: ApiRequest): readonly string[] {
  const names = namesOf(request, 'metric')
  if (names.length === 0 || (names.length === 1 && names[0] === '_all')) return Object.keys(sections)
  if (names.includes('_all'))
    throw illegalArgument(`request [${request.path}] contains _all and individual metrics [${names.join(',')}]`)
  const known = [
    ...Object.keys(sections),
    ...Object.keys(metricAliases),
    'suggest',
    'bulk',
    'shard_stats',
    'mappings',
    'dense_vector',
    'sparse_vector',
  ]
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const described = unknown.map((name) => {
      const nearest = nearestName(name, known)
      return `[${name}]${nearest === undefined ? '' : ` -> did you mean [${nearest}]?`}`
    })
    throw illegalArgument(
      `request [${request.path}] contains unrecognized metric${unknown.length > 1 ? 's' : ''}: ${described.join(', ')}`,
    )
  }
  const wanted = new Set(names.map((name) => (name === 'suggest' ? 'search' : (metricAliases[name] ?? name))))
  return Object.keys(sections).filter((name) => wanted.has(name))
}

/** Breakdowns that the URL asks for: memory by field, searches by group. There is no such memory, so each is zero. */
function extras({ query }: ApiRequest, metric: string, indices: readonly IndexState[]): Section {
  const fieldsOf = (...params: readonly string[]): readonly string[] => {
    const patterns = params.flatMap((param) => query.list(param))
    return [
      ...new Set(
        indices.flatMap(({ fields }) => patterns.flatMap((pattern) => fields.match(pattern).map((field) => field.path))),
      ),
    ].sort()
  }
  if (metric === 'fielddata') {
    const fields = fieldsOf('fields', 'fielddata_fields')
    return fields.length > 0 ? { fields: Object.fromEntries(fields.map((field) => [field, { memory_size_in_bytes: 0 }])) } : {}
  }
  if (metric === 'completion') {
    const fields = fieldsOf('fields', 'completion_fields')
    return fields.length > 0 ? { fields: Object.fromEntries(fields.map((field) => [field, { size_in_bytes: 0 }])) } : {}
  }
  return {}
}

function printShardStats(index: IndexState, own: Section, context: ApiContext): Section {
  const shard = {
    routing: { state: 'STARTED', primary: true, node: context.node.id, relocating_node: null },
    ...own,
    commit: { id: index.uuid, generation: 1, user_data: { sync_id: index.uuid }, num_docs: 0 },
    seq_no: { max_seq_no: -1, local_checkpoint: -1, global_checkpoint: -1 },
    retention_leases: { primary_term: 1, version: 0, leases: [] },
    shard_path: { state_path: '', data_path: '', is_custom_data_path: false },
  }
  return Object.fromEntries(Array.from({ length: index.shards }, (_, number) => [String(number), [shard]]))
}

function sum<T>(values: readonly T[], of: (value: T) => number | undefined): number {
  return values.reduce((total, value) => total + (of(value) ?? 0), 0)
}

function sumCounters(indices: readonly IndexState[]): Counters {
  const total = (name: keyof Counters): number => sum(indices, ({ counters }) => counters[name])
  return {
    indexed: total('indexed'),
    indexFailed: total('indexFailed'),
    deleted: total('deleted'),
    noops: total('noops'),
    getsFound: total('getsFound'),
    getsMissing: total('getsMissing'),
    searches: total('searches'),
    searchMs: total('searchMs'),
    scrolls: total('scrolls'),
    knownAnswers: total('knownAnswers'),
    newAnswers: total('newAnswers'),
    refreshes: total('refreshes'),
    flushes: total('flushes'),
  }
}

/** Sizes and times once more for people, before the number: `human=true`. */
export function withHumanValues(section: Section): Section {
  return Object.fromEntries(
    Object.entries(section).flatMap(([key, value]) => {
      if (typeof value === 'number' && key.endsWith('_in_bytes')) {
        return [
          [key.slice(0, -'_in_bytes'.length), printByteSize(value)],
          [key, value],
        ]
      }
      if (typeof value === 'number' && key.endsWith('_in_millis')) {
        return [
          [key.slice(0, -'_in_millis'.length), printDuration(value)],
          [key, value],
        ]
      }
      return [[key, value]]
    }),
  )
}
