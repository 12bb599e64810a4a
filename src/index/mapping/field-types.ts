import type { JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { METRICS } from '../../query/aggregate-metric.ts'
import type { FieldType } from '../../query/field.ts'
import { checkContexts } from './completion.ts'
import {
  booleanParameter,
  choiceParameter,
  integerParameter,
  mapperParsing,
  metaParameter,
  numberParameter,
  parseInteger,
  printValue,
  stringParameter,
  valueParameter,
  type Parameter,
} from './parameters.ts'

/*
 * Which parameters each field type takes. Reading values is in `value-readers.ts`; adding a type is a row here, one
 * there, and its name in `query/field.ts`.
 */

const MAX_INT = 2_147_483_647

const index = booleanParameter('index', true)
const docValues = booleanParameter('doc_values', true)
const store = booleanParameter('store', false)
const nullValue = valueParameter('null_value')
const ignoreMalformed: Parameter = { ...booleanParameter('ignore_malformed', false, true), overridesIndex: true }
const eagerGlobalOrdinals = booleanParameter('eager_global_ordinals', false, true)
const ignoreAbove: Parameter = {
  name: 'ignore_above',
  default: MAX_INT,
  updatable: true,
  parse: (value) => {
    const limit = parseInteger(value)
    if (limit < 0) throw mapperParsing(`[ignore_above] must be positive, got [${limit}]`)
    return limit
  },
}
const similarity = stringParameter('similarity')
const script = [valueParameter('script'), choiceParameter('on_script_error', ['fail', 'continue'], 'fail')]
const dimension = booleanParameter('time_series_dimension', false)
const metric = choiceParameter('time_series_metric', ['gauge', 'counter', 'summary', 'histogram', 'position'])
const splitOnWhitespace = booleanParameter('split_queries_on_whitespace', false, true)
/** Norms can be given up, never won back. */
const norms = (fallback: boolean): Parameter => booleanParameter('norms', fallback, (from, to) => from === to || to === false)

const numeric: readonly Parameter[] = [
  index,
  docValues,
  store,
  ignoreMalformed,
  booleanParameter('coerce', true, true),
  nullValue,
  dimension,
  metric,
  ...script,
  metaParameter,
]

const dates: readonly Parameter[] = [
  index,
  docValues,
  store,
  stringParameter('format', 'strict_date_optional_time||epoch_millis'),
  stringParameter('locale', 'en'),
  nullValue,
  ignoreMalformed,
  ...script,
  metaParameter,
]

const ranges: readonly Parameter[] = [
  index,
  docValues,
  store,
  booleanParameter('coerce', true, true),
  ignoreMalformed,
  metaParameter,
]

const text: readonly Parameter[] = [
  index,
  store,
  choiceParameter('index_options', ['docs', 'freqs', 'positions', 'offsets'], 'positions'),
  norms(true),
  stringParameter('analyzer', 'default'),
  stringParameter('search_analyzer', 'default', true),
  stringParameter('search_quote_analyzer', 'default', true),
  similarity,
  integerParameter('position_increment_gap', 100, false, 0),
  booleanParameter('fielddata', false, true),
  valueParameter('fielddata_frequency_filter', true),
  eagerGlobalOrdinals,
  booleanParameter('index_phrases', false),
  valueParameter('index_prefixes'),
  choiceParameter(
    'term_vector',
    [
      'no',
      'yes',
      'with_positions',
      'with_offsets',
      'with_positions_offsets',
      'with_positions_payloads',
      'with_positions_offsets_payloads',
    ],
    'no',
  ),
  metaParameter,
]

/** Numbers of a vector; the first document says it where the mapping does not. */
const dims: Parameter = {
  name: 'dims',
  updatable: (from) => from === undefined,
  parse: (value, field) => {
    const count = parseInteger(value)
    if (count < 1 || count > 4096)
      throw mapperParsing(`The number of dimensions for field [${field}] should be in the range [1, 4096] but was [${count}]`)
    return count
  },
}

function parseMetrics(value: JsonValue, field: string): JsonValue {
  const names = Array.isArray(value) ? value : []
  const unknown = names.find((name) => !METRICS.some((known) => known === name))
  if (names.length === 0 || unknown !== undefined) {
    throw mapperParsing(
      unknown === undefined
        ? `Property [metrics] on field [${field}] must be a list of [${METRICS.join(', ')}], got [${printValue(value)}]`
        : `Metric [${printValue(unknown)}] is not supported.`,
    )
  }
  return names
}

const parametersByType: Readonly<Record<FieldType, readonly Parameter[]>> = {
  keyword: [
    index,
    docValues,
    store,
    nullValue,
    ignoreAbove,
    eagerGlobalOrdinals,
    norms(false),
    choiceParameter('index_options', ['docs', 'freqs'], 'docs'),
    similarity,
    stringParameter('normalizer', 'default'),
    splitOnWhitespace,
    dimension,
    ...script,
    metaParameter,
  ],
  constant_keyword: [
    {
      name: 'value',
      parse: (value, field) => {
        if (typeof value === 'string' || typeof value === 'number') return String(value)
        throw mapperParsing(`Property [value] on field [${field}] must be a number or a string, but got [${printJson(value)}]`)
      },
      // It may be set once: the first document does the same.
      updatable: (from) => from === undefined,
    },
    metaParameter,
  ],
  wildcard: [ignoreAbove, nullValue, metaParameter],
  text,
  match_only_text: [stringParameter('analyzer', 'default'), stringParameter('search_analyzer', 'default', true), metaParameter],
  long: numeric,
  integer: numeric,
  short: numeric,
  byte: numeric,
  unsigned_long: numeric,
  double: numeric,
  float: numeric,
  half_float: numeric,
  scaled_float: [{ ...numberParameter('scaling_factor'), updatable: (from, to) => from === to }, ...numeric],
  boolean: [index, docValues, store, nullValue, ignoreMalformed, dimension, ...script, metaParameter],
  date: dates,
  date_nanos: dates.map((parameter) =>
    parameter.name === 'format' ? stringParameter('format', 'strict_date_optional_time_nanos||epoch_millis') : parameter,
  ),
  ip: [index, docValues, store, nullValue, ignoreMalformed, dimension, ...script, metaParameter],
  geo_point: [
    index,
    docValues,
    store,
    nullValue,
    ignoreMalformed,
    booleanParameter('ignore_z_value', true, true),
    metric,
    ...script,
    metaParameter,
  ],
  completion: [
    stringParameter('analyzer', 'simple'),
    stringParameter('search_analyzer', 'default', true),
    booleanParameter('preserve_separators', true),
    booleanParameter('preserve_position_increments', true),
    integerParameter('max_input_length', 50, true, 1),
    { name: 'contexts', parse: checkContexts, updatable: false },
    metaParameter,
  ],
  geo_shape: [
    index,
    docValues,
    ignoreMalformed,
    booleanParameter('ignore_z_value', true, true),
    booleanParameter('coerce', false, true),
    choiceParameter('orientation', ['right', 'ccw', 'counterclockwise', 'left', 'cw', 'clockwise'], 'right'),
    choiceParameter('strategy', ['recursive', 'term'], 'recursive'),
    choiceParameter('tree', ['geohash', 'quadtree'], 'geohash'),
    stringParameter('precision', '50m'),
    integerParameter('tree_levels', 0, false, 0),
    numberParameter('distance_error_pct'),
    booleanParameter('points_only', false),
    metaParameter,
  ],
  integer_range: ranges,
  long_range: ranges,
  float_range: ranges,
  double_range: ranges,
  date_range: [...ranges, stringParameter('format', 'strict_date_optional_time||epoch_millis'), stringParameter('locale', 'en')],
  ip_range: ranges,
  search_as_you_type: [
    ...text.filter(({ name }) => name !== 'index_prefixes' && name !== 'fielddata'),
    integerParameter('max_shingle_size', 3, false, 2),
    docValues,
  ],
  annotated_text: text,
  version: [metaParameter],
  counted_keyword: [booleanParameter('index', false), ignoreAbove, metaParameter],
  join: [valueParameter('relations', true), booleanParameter('eager_global_ordinals', true, true), metaParameter],
  token_count: [
    index,
    docValues,
    store,
    nullValue,
    stringParameter('analyzer', undefined, true),
    booleanParameter('enable_position_increments', true, true),
    metaParameter,
  ],
  murmur3: [store, docValues, metaParameter],
  aggregate_metric_double: [
    { name: 'metrics', parse: parseMetrics, updatable: false },
    choiceParameter('default_metric', METRICS),
    ignoreMalformed,
    metric,
    metaParameter,
  ],
  dense_vector: [
    dims,
    choiceParameter('element_type', ['float', 'byte', 'bit', 'bfloat16'], 'float'),
    index,
    choiceParameter('similarity', ['cosine', 'dot_product', 'l2_norm', 'max_inner_product']),
    valueParameter('index_options', true),
    metaParameter,
  ],
  rank_vectors: [dims, choiceParameter('element_type', ['float', 'byte', 'bit', 'bfloat16'], 'float'), metaParameter],
  sparse_vector: [store, valueParameter('index_options', true), metaParameter],
  semantic_text: [
    stringParameter('inference_id', undefined, true),
    stringParameter('search_inference_id', undefined, true),
    valueParameter('model_settings', true),
    valueParameter('chunking_settings', true),
    valueParameter('index_options', true),
    metaParameter,
  ],
  histogram: [ignoreMalformed, booleanParameter('coerce', true, true), metric, metaParameter],
  point: [index, docValues, store, nullValue, ignoreMalformed, booleanParameter('ignore_z_value', true, true), metaParameter],
  shape: [
    index,
    docValues,
    ignoreMalformed,
    booleanParameter('ignore_z_value', true, true),
    booleanParameter('coerce', false, true),
    choiceParameter('orientation', ['right', 'ccw', 'counterclockwise', 'left', 'cw', 'clockwise'], 'right'),
    metaParameter,
  ],
  percolator: [metaParameter],
  rank_feature: [booleanParameter('positive_score_impact', true), metaParameter],
  rank_features: [booleanParameter('positive_score_impact', true), metaParameter],
  binary: [store, booleanParameter('doc_values', false), metaParameter],
  flattened: [
    index,
    docValues,
    integerParameter('depth_limit', 20, true, 0),
    ignoreAbove,
    nullValue,
    eagerGlobalOrdinals,
    choiceParameter('index_options', ['docs', 'freqs'], 'docs'),
    similarity,
    splitOnWhitespace,
    metaParameter,
  ],
}

/** Names by which other products know the same type. */
const aliases: Readonly<Record<string, FieldType>> = { flat_object: 'flattened' }

/** Types of Elasticsearch that mean something but cannot be stored here yet. */
const notYet: ReadonlySet<string> = new Set(['icu_collation_keyword'])

/** @throws ElkhornError `mapper_parsing_exception` for a type that does not exist or is not supported yet */
export function parseFieldType(name: string, field: string): FieldType {
  const type = aliases[name] ?? name
  if (isFieldType(type)) return type
  if (notYet.has(name)) throw mapperParsing(`The mapper type [${name}] declared on field [${field}] is not supported yet`)
  throw mapperParsing(`No handler for type [${name}] declared on field [${field}]`)
}

export const FIELD_TYPES = Object.keys(parametersByType) as readonly FieldType[]

export function isFieldType(name: string): name is FieldType {
  return Object.hasOwn(parametersByType, name)
}

export function parametersOf(type: FieldType): readonly Parameter[] {
  return parametersByType[type]
}

const byName = new Map<FieldType, ReadonlyMap<string, Parameter>>()

export function findParameter(type: FieldType, name: string): Parameter | undefined {
  let parameters = byName.get(type)
  if (!parameters) {
    parameters = new Map(parametersByType[type].map((parameter) => [parameter.name, parameter]))
    byName.set(type, parameters)
  }
  return parameters.get(name)
}
