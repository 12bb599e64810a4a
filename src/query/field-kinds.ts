import type { FieldType } from './field.ts'

/** Types of fields, as questions about them group them. */
export const NUMBERS: readonly FieldType[] = [
  'long',
  'integer',
  'short',
  'byte',
  'unsigned_long',
  'double',
  'float',
  'half_float',
  'scaled_float',
  'token_count',
]
/** Types of which an array or an object is one value, held by the source alone. */
export const STRUCTURES: readonly FieldType[] = [
  'dense_vector',
  'sparse_vector',
  'rank_vectors',
  'semantic_text',
  'histogram',
  'point',
  'shape',
  'percolator',
]
/** Types of which only the source holds the value. */
export const OPAQUE: readonly FieldType[] = ['binary', ...STRUCTURES]
/** Types whose values are strings that are kept whole. */
export const STRINGS: readonly FieldType[] = [
  'keyword',
  'constant_keyword',
  'wildcard',
  'flattened',
  'version',
  'counted_keyword',
  'join',
]
/** Types whose values are split into tokens. */
export const TEXTS: readonly FieldType[] = ['text', 'match_only_text', 'search_as_you_type', 'annotated_text']
/** Types whose values do nothing but score. */
export const FEATURES: readonly FieldType[] = ['rank_feature', 'rank_features']
export const DATES: readonly FieldType[] = ['date', 'date_nanos']
