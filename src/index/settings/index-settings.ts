import { parseByteSize } from '../../core/byte-size.ts'
import { parseDurationMs } from '../../core/duration.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { Settings, SettingsChange } from './settings-json.ts'

interface SettingDefinition {
  /** `dynamic` can change while the index is open, `static` while it is closed, `final` never, `private` by us alone. */
  readonly scope: 'dynamic' | 'static' | 'final' | 'private'
  readonly default?: string
  /** @throws ElkhornError naming key and value */
  readonly check?: (value: string, key: string) => void
}

type Check = NonNullable<SettingDefinition['check']>

const failed = (value: string, key: string, why: string): ElkhornError =>
  illegalArgument(`Failed to parse value [${value}] for setting [${key}] ${why}`)

const integer =
  (min: number, max = 2 ** 31 - 1): Check =>
  (value, key) => {
    if (!/^[-+]?\d+$/.test(value)) {
      throw illegalArgument(
        `Failed to parse value [${value}] for setting [${key}]`,
        new ElkhornError('number_format_exception', 400, `For input string: "${value}"`),
      )
    }
    if (Number(value) < min) throw failed(value, key, `must be >= ${min}`)
    if (Number(value) > max) throw failed(value, key, `must be <= ${max}`)
  }
const boolean: Check = (value) => {
  if (value !== 'true' && value !== 'false') {
    throw illegalArgument(`Failed to parse value [${value}] as only [true] or [false] are allowed.`)
  }
}
const time: Check = (value, key) => void parseDurationMs(value, key)
const bytes: Check = (value, key) => void parseByteSize(value, key)
const oneOf =
  (...choices: readonly string[]): Check =>
  (value, key) => {
    if (!choices.includes(value)) throw failed(value, key, `must be one of [${choices.join(', ')}]`)
  }

const dynamic = (fallback: string | undefined, check?: Check): SettingDefinition => ({
  scope: 'dynamic',
  ...(fallback === undefined ? {} : { default: fallback }),
  ...(check ? { check } : {}),
})
const fixed = (fallback: string | undefined, check?: Check): SettingDefinition => ({
  ...dynamic(fallback, check),
  scope: 'static',
})
const final = (fallback: string | undefined, check?: Check): SettingDefinition => ({
  ...dynamic(fallback, check),
  scope: 'final',
})
const ours: SettingDefinition = { scope: 'private' }

/** Settings by full name. Some change nothing here (a single node has no replicas to place): they are kept and printed. */
const definitions: Readonly<Record<string, SettingDefinition>> = {
  'index.number_of_shards': final('1', integer(1, 1024)),
  'index.number_of_replicas': dynamic('1', integer(0)),
  'index.number_of_routing_shards': final(undefined, integer(1)),
  'index.routing_partition_size': final('1', integer(1)),
  'index.refresh_interval': dynamic('1s', time),
  'index.hidden': dynamic('false', boolean),
  'index.auto_expand_replicas': dynamic('false'),
  'index.blocks.read_only': dynamic('false', boolean),
  'index.blocks.read_only_allow_delete': dynamic('false', boolean),
  'index.blocks.read': dynamic('false', boolean),
  'index.blocks.write': dynamic('false', boolean),
  'index.blocks.metadata': dynamic('false', boolean),
  'index.max_result_window': dynamic('10000', integer(1)),
  'index.max_inner_result_window': dynamic('100', integer(1)),
  'index.max_rescore_window': dynamic('10000', integer(1)),
  'index.max_docvalue_fields_search': dynamic('100', integer(0)),
  'index.max_script_fields': dynamic('32', integer(0)),
  'index.max_ngram_diff': dynamic('1', integer(0)),
  'index.max_shingle_diff': dynamic('3', integer(0)),
  'index.max_terms_count': dynamic('65536', integer(1)),
  'index.max_regex_length': dynamic('1000', integer(1)),
  'index.max_adjacency_matrix_filters': dynamic('100', integer(2)),
  'index.max_refresh_listeners': dynamic('1000', integer(0)),
  'index.max_slices_per_scroll': dynamic('1024', integer(1)),
  'index.max_slices_per_pit': dynamic('1024', integer(1)),
  'index.analyze.max_token_count': dynamic('10000', integer(1)),
  'index.highlight.max_analyzed_offset': dynamic('1000000', integer(1)),
  'index.query.default_field': dynamic('*'),
  'index.query_string.lenient': fixed('false', boolean),
  'index.query.parse.allow_unmapped_fields': fixed('true', boolean),
  'index.percolator.map_unmapped_fields_as_text': fixed('false', boolean),
  'index.default_pipeline': dynamic('_none'),
  'index.final_pipeline': dynamic('_none'),
  'index.mapping.total_fields.limit': dynamic('1000', integer(0)),
  'index.mapping.total_fields.ignore_dynamic_beyond_limit': dynamic('false', boolean),
  'index.mapping.depth.limit': dynamic('20', integer(1)),
  'index.mapping.nested_fields.limit': dynamic('50', integer(0)),
  'index.mapping.nested_objects.limit': dynamic('10000', integer(0)),
  'index.mapping.field_name_length.limit': dynamic('9223372036854775807', integer(1, Number.MAX_VALUE)),
  'index.mapping.dimension_fields.limit': dynamic('32768', integer(0)),
  'index.mapping.ignore_malformed': fixed('false', boolean),
  'index.mapping.coerce': fixed('true', boolean),
  'index.mapper.dynamic': dynamic('true', boolean),
  'index.codec': fixed('default'),
  'index.soft_deletes.enabled': final('true', boolean),
  'index.soft_deletes.retention.operations': dynamic('0', integer(0)),
  'index.soft_deletes.retention_lease.period': dynamic('12h', time),
  'index.translog.durability': dynamic('REQUEST', (value, key) => oneOf('request', 'async')(value.toLowerCase(), key)),
  'index.translog.sync_interval': dynamic('5s', time),
  'index.translog.flush_threshold_size': dynamic('512mb', bytes),
  'index.translog.generation_threshold_size': dynamic('64mb', bytes),
  'index.translog.retention.age': dynamic('-1', time),
  'index.translog.retention.size': dynamic('-1', bytes),
  'index.flush_after_merge': dynamic('512mb', bytes),
  'index.gc_deletes': dynamic('60s', time),
  'index.priority': dynamic('1', integer(0)),
  'index.requests.cache.enable': dynamic('true', boolean),
  'index.queries.cache.enabled': fixed('true', boolean),
  'index.search.idle.after': dynamic('30s', time),
  'index.search.throttled': { scope: 'private', default: 'false' },
  'index.load_fixed_bitset_filters_eagerly': fixed('true', boolean),
  'index.fielddata.cache': fixed('node'),
  'index.warmer.enabled': dynamic('true', boolean),
  'index.write.wait_for_active_shards': dynamic('1'),
  'index.shard.check_on_startup': fixed('false', oneOf('false', 'true', 'checksum')),
  'index.store.type': fixed('fs'),
  'index.store.preload': fixed(undefined),
  'index.store.stats_refresh_interval': fixed('10s', time),
  'index.compound_format': dynamic('0.1'),
  'index.data_path': fixed(undefined),
  'index.optimize_auto_generated_id': dynamic('true', boolean),
  'index.verified_before_close': { scope: 'private', default: 'false' },
  'index.mode': final('standard', oneOf('standard', 'time_series', 'logsdb', 'logsdb_columnar', 'lookup')),
  'index.routing_path': final(undefined),
  'index.time_series.start_time': final(undefined),
  'index.time_series.end_time': dynamic(undefined),
  'index.look_back_time': fixed('2h', time),
  'index.look_ahead_time': dynamic('30m', time),
  'index.use_time_series_doc_values_format': final(undefined, boolean),
  'index.use_time_series_doc_values_format_large_binary_block_size': final(undefined, boolean),
  'index.use_time_series_doc_values_format_large_numeric_block_size': final(undefined, boolean),
  'index.disable_sequence_numbers': final('false', boolean),
  'index.recovery.use_synthetic_source': final(undefined, boolean),
  'index.logsdb.route_on_sort_fields': final('false', boolean),
  'index.logsdb.sort_on_host_name': final(undefined, boolean),
  'index.logsdb.add_host_name_field': final(undefined, boolean),
  'index.logsdb.sort_on_message_template': final(undefined, boolean),
  'index.sparse_vector.prune': dynamic('true', boolean),
  'index.dense_vector.hnsw_filter_heuristic': dynamic(undefined),
  'index.esql.stored_fields_sequential_proportion': dynamic('0.2'),
  'index.bloom_filter_for_id_field.enabled': fixed('true', boolean),
  'index.mapping.use_doc_values_skipper': final(undefined, boolean),
  'index.mapping.exclude_source_vectors': final(undefined, boolean),
  'index.mapping.patterned_text.disable_templating': final(undefined, boolean),
  'index.mapping.semantic_text.use_legacy_format': final(undefined, boolean),
  'index.mapping.synthetic_source_keep': fixed('none'),
  'index.mapping.source.mode': final(undefined),
  'index.sort.field': final(undefined),
  'index.sort.order': final(undefined),
  'index.sort.mode': final(undefined),
  'index.sort.missing': final(undefined),
  'index.format': fixed('0', integer(0)),
  'index.knn': final('false', boolean),
  'index.creation_date': ours,
  'index.uuid': ours,
  'index.version.created': ours,
  'index.version.upgraded': ours,
  'index.provided_name': ours,
  'index.resize.source.name': ours,
  'index.resize.source.uuid': ours,
  'index.history.uuid': ours,
}

/** Groups whose members have names of the user's own. */
const groups: Readonly<Record<string, SettingDefinition>> = {
  'index.analysis.': fixed(undefined),
  'index.similarity.': fixed(undefined),
  'index.lifecycle.': dynamic(undefined),
  'index.plugins.': dynamic(undefined),
  'index.opendistro.': dynamic(undefined),
  'index.routing.': dynamic(undefined),
  'index.allocation.': dynamic(undefined),
  'index.unassigned.': dynamic(undefined),
  'index.search.slowlog.': dynamic(undefined),
  'index.indexing.slowlog.': dynamic(undefined),
  'index.merge.': dynamic(undefined),
  'index.query.bool.': dynamic(undefined),
  'index.elkhorn.': dynamic(undefined),
  'archived.': dynamic(undefined),
}

function findDefinition(key: string): SettingDefinition | undefined {
  const definition = definitions[key]
  if (definition) return definition
  const group = Object.keys(groups).find((prefix) => key.startsWith(prefix))
  return group === undefined ? undefined : groups[group]
}

/** Every setting that has a default, for `include_defaults`. */
export function defaultIndexSettings(): Settings {
  return Object.fromEntries(
    Object.entries(definitions).flatMap(([key, definition]) =>
      definition.default === undefined ? [] : [[key, definition.default]],
    ),
  )
}

/** The value of a setting, or its default. */
export function indexSetting(settings: Settings, key: string): string {
  const value = settings[key]
  if (typeof value === 'string') return value
  return value?.join(',') ?? definitions[key]?.default ?? ''
}

export function numberSetting(settings: Settings, key: string): number {
  return Number(indexSetting(settings, key))
}

export function booleanSetting(settings: Settings, key: string): boolean {
  return indexSetting(settings, key) === 'true'
}

/** Names without `index.` in front get it. */
export function withIndexPrefix(change: SettingsChange): SettingsChange {
  return Object.fromEntries(
    Object.entries(change).map(([key, value]) => [
      key.startsWith('index.') || key.startsWith('archived.') || key === '*' ? key : `index.${key}`,
      value,
    ]),
  )
}

/** Whether an index that is open can change it. */
export const isDynamicSetting = (key: string): boolean => findDefinition(key)?.scope === 'dynamic'

/**
 * Checks settings for a new index or a template.
 * @throws ElkhornError `illegal_argument_exception` naming every setting that is unknown or has a bad value
 */
export function checkNewSettings(change: SettingsChange): Settings {
  const settings: Record<string, string | readonly string[]> = {}
  for (const [key, value] of Object.entries(change)) {
    if (value === null) continue
    const definition = findDefinition(key)
    if (!definition) throw unknownSetting(key)
    if (definition.scope === 'private' && key !== 'index.creation_date' && key !== 'index.version.created') {
      throw illegalArgument(`private index setting [${key}] can not be set explicitly`)
    }
    checkValue(key, value, definition)
    settings[key] = value
  }
  return settings
}

function checkValue(key: string, value: string | readonly string[], definition: SettingDefinition): void {
  if (typeof value === 'string') definition.check?.(value, key)
}

export function unknownSetting(key: string): ElkhornError {
  const nearest = nearestName(key, Object.keys(definitions))
  const help = nearest
    ? `did you mean [${nearest}]?`
    : 'please check that any required plugins are installed, or check the breaking changes documentation for removed settings'
  return illegalArgument(`unknown setting [${key}] ${help}`)
}

/**
 * Applies a change to the settings of an index.
 * @throws ElkhornError `illegal_argument_exception` for settings that an index in this state cannot change
 */
export function changeSettings(
  current: Settings,
  change: SettingsChange,
  index: { readonly name: string; readonly uuid: string; readonly open: boolean },
  options: { readonly preserveExisting: boolean },
): Settings {
  const next: Record<string, string | readonly string[]> = { ...current }
  const refused: string[] = []
  for (const [key, value] of Object.entries(change)) {
    if (key.includes('*')) {
      if (value !== null) throw unknownSetting(key)
      for (const name of Object.keys(current)) {
        if (matchesWildcard(key, name) && findDefinition(name)?.scope === 'dynamic') delete next[name]
      }
      continue
    }
    const definition = findDefinition(key)
    if (!definition) throw unknownSetting(key)
    if (definition.scope === 'private')
      throw illegalArgument(`can not update private setting [${key}]; this setting is managed by Elkhorn`)
    if (definition.scope === 'final') throw illegalArgument(`final ${index.name} setting [${key}], not updateable`)
    if (definition.scope === 'static' && index.open) {
      refused.push(key)
      continue
    }
    if (value === null) delete next[key]
    else {
      checkValue(key, value, definition)
      if (!options.preserveExisting || current[key] === undefined) next[key] = value
    }
  }
  if (refused.length > 0) {
    throw illegalArgument(
      `Can't update non dynamic settings [[${refused.join(', ')}]] for open indices [[${index.name}/${index.uuid}]]`,
    )
  }
  return next
}

/**
 * Settings that are taken, kept and printed, and change nothing: of how Lucene stores, of replicas and nodes that are not
 * there, or of what is not there yet. A test holds this list against what the sources read.
 */
export const settingsWithoutEffect: readonly string[] = [
  'index.auto_expand_replicas',
  'index.bloom_filter_for_id_field.enabled',
  'index.codec',
  'index.compound_format',
  'index.data_path',
  'index.dense_vector.hnsw_filter_heuristic',
  'index.disable_sequence_numbers',
  'index.esql.stored_fields_sequential_proportion',
  'index.fielddata.cache',
  'index.flush_after_merge',
  'index.format',
  'index.gc_deletes',
  'index.highlight.max_analyzed_offset',
  'index.knn',
  'index.load_fixed_bitset_filters_eagerly',
  'index.logsdb.add_host_name_field',
  'index.logsdb.route_on_sort_fields',
  'index.logsdb.sort_on_host_name',
  'index.logsdb.sort_on_message_template',
  'index.look_ahead_time',
  'index.look_back_time',
  'index.mapper.dynamic',
  'index.mapping.coerce',
  'index.mapping.dimension_fields.limit',
  'index.mapping.exclude_source_vectors',
  'index.mapping.patterned_text.disable_templating',
  'index.mapping.semantic_text.use_legacy_format',
  'index.mapping.source.mode',
  'index.mapping.synthetic_source_keep',
  'index.mapping.total_fields.ignore_dynamic_beyond_limit',
  'index.mapping.use_doc_values_skipper',
  'index.max_adjacency_matrix_filters',
  'index.max_inner_result_window',
  'index.max_refresh_listeners',
  'index.max_slices_per_pit',
  'index.mode',
  'index.optimize_auto_generated_id',
  'index.priority',
  'index.queries.cache.enabled',
  'index.query.parse.allow_unmapped_fields',
  'index.query_string.lenient',
  'index.recovery.use_synthetic_source',
  'index.refresh_interval',
  'index.routing_partition_size',
  'index.routing_path',
  'index.search.idle.after',
  'index.search.throttled',
  'index.shard.check_on_startup',
  'index.soft_deletes.enabled',
  'index.soft_deletes.retention.operations',
  'index.soft_deletes.retention_lease.period',
  'index.sort.field',
  'index.sort.missing',
  'index.sort.mode',
  'index.sort.order',
  'index.sparse_vector.prune',
  'index.store.preload',
  'index.store.stats_refresh_interval',
  'index.store.type',
  'index.time_series.end_time',
  'index.time_series.start_time',
  'index.translog.durability',
  'index.translog.flush_threshold_size',
  'index.translog.generation_threshold_size',
  'index.translog.retention.age',
  'index.translog.retention.size',
  'index.translog.sync_interval',
  'index.use_time_series_doc_values_format',
  'index.use_time_series_doc_values_format_large_binary_block_size',
  'index.use_time_series_doc_values_format_large_numeric_block_size',
  'index.warmer.enabled',
]
