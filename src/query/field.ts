import type { VectorSimilarity } from './vector.ts'
import type { Computation } from './computed/computation.ts'
/** What a mapped field can be. Objects and multi-fields are not fields of their own: their leaves are, by full path. */
export type FieldType =
  | 'keyword'
  | 'constant_keyword'
  | 'wildcard'
  | 'text'
  | 'match_only_text'
  | 'long'
  | 'integer'
  | 'short'
  | 'byte'
  | 'unsigned_long'
  | 'double'
  | 'float'
  | 'half_float'
  | 'scaled_float'
  | 'boolean'
  | 'date'
  | 'date_nanos'
  | 'ip'
  | 'geo_point'
  | 'geo_shape'
  | 'binary'
  | 'flattened'
  /** Inputs to complete, a value each, as their analyzer normalizes them; weights and contexts stay in the source. */
  | 'completion'
  | 'integer_range'
  | 'long_range'
  | 'float_range'
  | 'double_range'
  | 'date_range'
  | 'ip_range'
  | 'search_as_you_type'
  | 'annotated_text'
  /** Texts in the order of versions; see `version-order.ts`. */
  | 'version'
  | 'counted_keyword'
  /** The name of the document's relation. */
  | 'join'
  /** The text, of which the engine keeps how many tokens it has. */
  | 'token_count'
  | 'murmur3'
  /** That there is one; each of its metrics is a hidden field of its own under it. */
  | 'aggregate_metric_double'
  /** Of these it is known that there is a value, nothing else; the value is in the source. */
  | 'dense_vector'
  | 'sparse_vector'
  | 'rank_vectors'
  | 'semantic_text'
  | 'histogram'
  | 'point'
  | 'shape'
  /** A query, kept to be asked about documents that are not stored: `percolate`. */
  | 'percolator'
  /** A positive number that scores documents: `rank_feature`. */
  | 'rank_feature'
  /** Such numbers by name; see `rank-feature.ts`. */
  | 'rank_features'

/** A leaf of a mapping, as queries, the mapper and the engine see it. */
export interface Field {
  /** Full dotted path; a multi-field has its parent's in front: `message.keyword`. */
  readonly path: string
  readonly type: FieldType
  /** Unique within its index and never reused: the engine names its column by it. */
  readonly ordinal: number
  readonly parameters: FieldParameters
  /** Of a field whose values are stored nowhere: how a script makes them of a document's other values. */
  readonly computation?: Computation
}

/** Mapping parameters that change how values are read, stored or found. Absent means Elasticsearch's default. */
export interface FieldParameters {
  /** Can be searched (`index`). */
  readonly indexed: boolean
  /** Can be sorted and aggregated on (`doc_values`); always false for text. */
  readonly docValues: boolean
  /** Text that may be aggregated by its tokens (`fielddata`). */
  readonly fielddata?: boolean
  /** `format` of date fields, `||` between alternatives. */
  readonly format?: string
  /** Strings longer than this many UTF-16 units are kept in `_source` only. */
  readonly ignoreAbove?: number
  readonly ignoreMalformed?: boolean
  readonly nullValue?: FieldValue
  readonly scalingFactor?: number
  readonly analyzer?: string
  readonly searchAnalyzer?: string
  readonly normalizer?: string
  /** Value of a `constant_keyword`. */
  readonly constant?: string
  /** One of the dimensions that documents are stored together by (`time_series_dimension`). */
  readonly dimension?: boolean
  /** Of `token_count`: tokens that were removed count (`enable_position_increments`). */
  readonly countsHoles?: boolean
  /** Of `aggregate_metric_double`: the metrics that documents have, and the one that queries ask about. */
  readonly metrics?: readonly string[]
  readonly defaultMetric?: string
  /** Of `binary` fields: kept apart (`store`), by which alone it is known that there is a value. */
  readonly stored?: boolean
  /** Inputs to complete come with their contexts, which stand in no other field. */
  readonly needsContexts?: boolean
  /** Of text: documents score alike however long they are (`norms: false`). */
  readonly omitsNorms?: boolean
  /** Of text: only which documents hold a word is known, or how often, too, but not where. */
  readonly indexOptions?: 'docs' | 'freqs'
  /** Of `rank_feature` and its kin: high values score low (`positive_score_impact: false`). */
  readonly lowersScore?: boolean
  /** Of `dense_vector`: how many numbers, and by what neighbours are found. */
  readonly dims?: number
  readonly vectorSimilarity?: VectorSimilarity
  /** Of `join`: the kinds of children that each kind of parent may have. */
  readonly relations?: Readonly<Record<string, readonly string[]>>
}

/**
 * A value as its field type holds it: keyword, text, wildcard → string; whole numbers → number, or bigint beyond 2^53;
 * double, float, half_float → number; scaled_float → number, already divided back; boolean → boolean;
 * date → epoch milliseconds; date_nanos → bigint of epoch nanoseconds; ip → 16 bytes (IPv4 mapped to `::ffff:a.b.c.d`);
 * geo_point → `GeoPoint`; geo_shape → WKT; binary → bytes; ranges → `RangeValue`.
 */
export type FieldValue = string | number | bigint | boolean | Uint8Array | GeoPoint | RangeValue

/** Both ends belong to it. Whole numbers, instants in epoch milliseconds, floats (also infinite), or addresses. */
export interface RangeValue {
  readonly from: RangeEnd
  readonly to: RangeEnd
}

export type RangeEnd = number | bigint | Uint8Array

/** In degrees. */
export interface GeoPoint {
  readonly lat: number
  readonly lon: number
}

/** The fields of one index. They only ever grow while the index lives. */
export interface FieldLookup {
  /** By full path; field aliases are followed. */
  find(path: string): Field | undefined
  /** All fields whose path matches a pattern with `*`, in mapping order. */
  match(pattern: string): readonly Field[]
  all(): readonly Field[]
}
