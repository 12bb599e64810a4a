import { analyzerFor } from '../../../query/analysis/analysis.ts'
import { OPAQUE, TEXTS } from '../../../query/field-kinds.ts'
import type { Field, FieldType } from '../../../query/field.ts'
import type { IndexSchema } from '../../engine.ts'
import type { ColumnStorage } from '../layout.ts'
import type { BufferPool } from './buffer-pool.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { GeoBuilder } from './geo-builder.ts'
import { IpBuilder } from './ip-builder.ts'
import { NumberBuilder, PresenceBuilder, WholeBuilder } from './number-builder.ts'
import { RangeBuilder } from './range-builder.ts'
import { TextBuilder } from './text-builder.ts'
import { TokenCountBuilder } from './token-count-builder.ts'
import { TokenBuilder } from './token-builder.ts'

/**
 * How values of a field type are stored; `text` stands for `dictionary` or `string`, which the first values decide.
 * `undefined`: no column, the value is in the mapping (`constant_keyword`).
 */
export const STORAGE: Readonly<Record<FieldType, Exclude<ColumnStorage, 'dictionary' | 'string'> | 'text' | undefined>> = {
  keyword: 'text',
  wildcard: 'text',
  flattened: 'text',
  completion: 'text',
  constant_keyword: undefined,
  text: 'tokens',
  match_only_text: 'tokens',
  long: 'int64',
  integer: 'int32',
  short: 'int16',
  byte: 'int8',
  unsigned_long: 'uint64',
  double: 'float64',
  scaled_float: 'float64',
  float: 'float32',
  half_float: 'float32',
  boolean: 'bool',
  date: 'int64',
  date_nanos: 'int64',
  ip: 'ipv6',
  geo_point: 'geo',
  geo_shape: 'text',
  integer_range: 'int64_range',
  long_range: 'int64_range',
  date_range: 'int64_range',
  float_range: 'float64_range',
  double_range: 'float64_range',
  ip_range: 'ipv6_range',
  search_as_you_type: 'tokens',
  annotated_text: 'tokens',
  version: 'text',
  counted_keyword: 'text',
  join: 'text',
  token_count: 'int32',
  murmur3: 'int64',
  // Whether there is a value: the value itself is in the source.
  aggregate_metric_double: 'bool',
  // Its numbers are as many values, in their order.
  dense_vector: 'float32',
  sparse_vector: 'bool',
  rank_vectors: 'bool',
  semantic_text: 'bool',
  histogram: 'bool',
  point: 'bool',
  shape: 'bool',
  percolator: 'bool',
  rank_feature: 'float32',
  rank_features: 'text',
  binary: 'bool',
}

/** What the batch before held: the next one is likely to hold as much. */
export interface Expected {
  readonly rows: number
  readonly bytes: number
}

/** What collects a field's values; `undefined` for a field that has no column. */
export function builderFor(field: Field, schema: IndexSchema, pool: BufferPool, expected: Expected): ColumnBuilder | undefined {
  const storage = STORAGE[field.type]
  const { indexed, docValues, analyzer } = field.parameters
  if (field.type === 'binary')
    return docValues || field.parameters.stored === true ? new PresenceBuilder(pool, expected.rows) : undefined
  if (field.type === 'dense_vector') return new NumberBuilder(pool, expected.rows)
  if (OPAQUE.includes(field.type) || field.type === 'aggregate_metric_double') return new PresenceBuilder(pool, expected.rows)
  if (storage === undefined || !(indexed || docValues)) return undefined
  if (field.type === 'token_count') {
    const found = analyzerFor(analyzer ?? 'default', schema.analysis)
    return new TokenCountBuilder(found, field.parameters.countsHoles !== false, pool, expected.rows)
  }
  switch (storage) {
    case 'text':
      return new TextBuilder(pool, expected)
    case 'tokens': {
      const found = schema.analysis.findAnalyzer(analyzer ?? 'default')
      if (found === undefined) throw new Error(`the field [${field.path}] has an analyzer that its index does not: [${analyzer}]`)
      // Lucene keeps how many different words there are where it does not count them (BM25Similarity.computeNorm).
      const countsDistinct = field.parameters.indexOptions === 'docs'
      return new TokenBuilder(found, { frequencies: scores(field), countsDistinct }, pool, expected)
    }
    case 'int64':
    case 'uint64':
      return new WholeBuilder(pool, expected.rows)
    case 'ipv6':
      return new IpBuilder()
    case 'geo':
      return new GeoBuilder(pool, expected.rows)
    case 'int64_range':
      return new RangeBuilder(() => new WholeBuilder(pool, expected.rows))
    case 'float64_range':
      return new RangeBuilder(() => new NumberBuilder(pool, expected.rows))
    case 'ipv6_range':
      return new RangeBuilder(() => new IpBuilder())
    default:
      return new NumberBuilder(pool, expected.rows)
  }
}

/** Whether matches of a text field are scored: then its frequencies and lengths are stored. */
export function scores(field: Field): boolean {
  return TEXTS.includes(field.type) && field.type !== 'match_only_text'
}
