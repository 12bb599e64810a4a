import type { Field, FieldType } from '../../../query/field.ts'
import type { ValueType } from './columns.ts'

const VALUE_TYPES: Readonly<Record<FieldType, ValueType>> = {
  keyword: 'string',
  constant_keyword: 'string',
  wildcard: 'string',
  text: 'string',
  match_only_text: 'string',
  flattened: 'string',
  completion: 'string',
  binary: 'string',
  long: 'long',
  integer: 'long',
  short: 'long',
  byte: 'long',
  unsigned_long: 'unsigned',
  double: 'double',
  float: 'double',
  half_float: 'double',
  scaled_float: 'double',
  boolean: 'boolean',
  date: 'long',
  date_nanos: 'nanos',
  ip: 'ip',
  // All ranges of a document are one value, as Elasticsearch counts them.
  integer_range: 'string',
  long_range: 'string',
  float_range: 'string',
  double_range: 'string',
  date_range: 'string',
  ip_range: 'string',
  search_as_you_type: 'string',
  annotated_text: 'string',
  version: 'string',
  counted_keyword: 'string',
  join: 'string',
  token_count: 'long',
  murmur3: 'long',
  aggregate_metric_double: 'boolean',
  dense_vector: 'boolean',
  sparse_vector: 'boolean',
  rank_vectors: 'boolean',
  semantic_text: 'boolean',
  histogram: 'boolean',
  point: 'boolean',
  shape: 'boolean',
  percolator: 'boolean',
  rank_feature: 'double',
  rank_features: 'string',
  geo_point: 'string',
  geo_shape: 'string',
}

export function valueTypeOf(field: Field): ValueType {
  return VALUE_TYPES[field.type]
}

/** The type in which values of one field name meet that several indices map differently. */
export function commonType(types: readonly ValueType[]): ValueType | undefined {
  const [first, ...rest] = new Set(types)
  if (first === undefined || rest.length === 0) return first
  const all = [first, ...rest]
  if (all.every((type) => type === 'long' || type === 'nanos')) return 'nanos'
  return all.some((type) => type === 'string' || type === 'ip') ? 'string' : 'double'
}
