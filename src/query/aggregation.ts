import type { Query } from './ast.ts'
import type { DocumentCollection } from './computed/document-collection.ts'
import type { DistinctSketch } from './distinct-sketch.ts'
import type { FieldValue, GeoPoint } from './field.ts'
import type { JointMoments } from './joint-moments.ts'
import type { DateRounding } from '../core/dates/rounding.ts'
import type { SortKey } from './sort.ts'
import type { ValueSample } from './value-sample.ts'

/**
 * An aggregation that an engine computes, bound to the fields of the searched indices. `query/aggs/<name>.ts` makes it
 * from the request and shapes the answer; pipeline aggregations never reach an engine, they run over its results.
 */
export type Aggregation = BucketAggregation | MetricAggregation

export interface NamedAggregation {
  readonly name: string
  readonly aggregation: Aggregation
  /** Empty for metrics. */
  readonly children: readonly NamedAggregation[]
}

/** Where an aggregation takes its values from. */
export interface ValuesSource {
  /** Full path; in an index without this field its documents have no value. */
  readonly field: string
  /** Stands in for documents without a value. */
  readonly missing?: FieldValue
  /** As `missing`, for each search target its own: what is the same in all documents of an index (`_index`). */
  readonly byTarget?: readonly FieldValue[]
}

/** Either end may be open. */
export interface ValueBounds {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

export type BucketAggregation =
  | {
      readonly kind: 'terms'
      readonly source: ValuesSource
      readonly size: number
      readonly order: readonly BucketOrder[]
      readonly minDocCount: number
      readonly include?: TermSelection
      readonly exclude?: TermSelection
    }
  | {
      readonly kind: 'date_histogram'
      readonly source: ValuesSource
      readonly rounding: DateRounding
      readonly order: readonly BucketOrder[]
      /** Of fields of ranges, which fall into every bucket that they touch: buckets beyond need not be made. */
      readonly within?: ValueBounds
    }
  | {
      readonly kind: 'histogram'
      readonly source: ValuesSource
      /** Bucket of v starts at `floor((v - offset) / interval) * interval + offset`. */
      readonly interval: number
      readonly offset: number
      readonly order: readonly BucketOrder[]
      readonly within?: ValueBounds
    }
  /** Ranges include `from` and exclude `to`; a document falls into every range that one of its values is in. */
  | {
      readonly kind: 'range'
      readonly source: ValuesSource
      readonly ranges: readonly { readonly key: string; readonly from?: FieldValue; readonly to?: FieldValue }[]
    }
  | {
      readonly kind: 'filters'
      readonly filters: readonly { readonly key: string; readonly query: FilterOf }[]
      /** Adds a bucket of this key with the documents that no filter takes. */
      readonly otherKey?: string
    }
  | { readonly kind: 'filter'; readonly query: FilterOf }
  /** A bucket for each combination of terms; its `keys` are in the order of the sources. */
  | {
      readonly kind: 'multi_terms'
      readonly sources: readonly ValuesSource[]
      readonly size: number
      readonly order: readonly BucketOrder[]
      readonly minDocCount: number
    }
  /** Terms that few documents have, the fewest first. */
  | {
      readonly kind: 'rare_terms'
      readonly source: ValuesSource
      readonly maxDocCount: number
      readonly include?: TermSelection
      readonly exclude?: TermSelection
    }
  /** The first `size` combinations of keys, in their order, behind those of `after`. */
  | {
      readonly kind: 'composite'
      readonly sources: readonly CompositeSource[]
      readonly size: number
      readonly after?: readonly (FieldValue | null)[]
    }
  /** Cells of a grid: `9q8yy` (geohash), `zoom/x/y` (geotile) or `861fb4667ffffff` (geohex, the cells of H3). The fullest first, of equal ones the last key. */
  | {
      readonly kind: 'geo_grid'
      readonly field: string
      readonly grid: 'geohash' | 'geotile' | 'geohex'
      readonly precision: number
      readonly size: number
    }
  /** Networks of addresses, by their first address, ascending. */
  | {
      readonly kind: 'ip_prefix'
      readonly source: ValuesSource
      /** Whether those of IPv6 are meant; those of the other version are in no bucket. */
      readonly isIpv6: boolean
      /** Bits that the addresses of a network have in common. */
      readonly prefixLength: number
      readonly minDocCount: number
    }
  /** Rings around a point, in meters: `from` included, `to` not. */
  | {
      readonly kind: 'geo_distance'
      readonly field: string
      readonly origin: GeoPoint
      readonly ranges: readonly { readonly key: string; readonly from?: number; readonly to?: number }[]
    }
  /** At most `buckets` buckets of time, of an interval that suits what is found; all of them, also those without documents. */
  | {
      readonly kind: 'auto_date_histogram'
      readonly source: ValuesSource
      readonly buckets: number
      readonly zone: string
      readonly minimum: AutoUnit
    }
  | { readonly kind: 'missing'; readonly field: string }
  /** The nested objects of a path in the documents of the bucket, or in its objects; what is within is about these. */
  | { readonly kind: 'nested'; readonly path: string }
  /** The objects of a path around those of the bucket, or the documents where it is empty: each once. */
  | { readonly kind: 'reverse_nested'; readonly path: string }
  /** The children of the documents of the bucket, or their parents: each once. For each target; absent in one without such. */
  | { readonly kind: 'relatives'; readonly of: 'children' | 'parents'; readonly relations: readonly (Relatives | undefined)[] }
  /** The best documents of each target, in each bucket around: of those with the same value of `diverse` only some. */
  | {
      readonly kind: 'sampler'
      readonly size: number
      readonly diverse?: { readonly source: ValuesSource; readonly maxPerValue: number }
    }
  /** Runs of near values, as many as asked for at most; a bucket's `keys` are its mean, its least and its greatest value. */
  | { readonly kind: 'variable_width_histogram'; readonly source: ValuesSource; readonly buckets: number }

/** Documents that others are related to by a join field. */
export interface Relatives {
  /** The hidden field in which children keep the ids of their parents. */
  readonly parentId: string
  /** Those of the right kind that may be seen. */
  readonly query: Query
}

/** What a composite aggregation takes one of its keys from. */
export interface CompositeSource {
  readonly key:
    | { readonly kind: 'terms'; readonly source: ValuesSource }
    | { readonly kind: 'histogram'; readonly source: ValuesSource; readonly interval: number }
    | { readonly kind: 'date_histogram'; readonly source: ValuesSource; readonly rounding: DateRounding }
    | { readonly kind: 'geo_grid'; readonly field: string; readonly grid: 'geotile'; readonly precision: number }
  readonly order: 'asc' | 'desc'
  /** Documents without a value have the key `null`; otherwise they are in no bucket. */
  readonly missingBucket: boolean
  /** Where the key `null` goes, whatever the order is. */
  readonly missingOrder: 'first' | 'last'
}

/** Units of `auto_date_histogram`, smallest first. */
export type AutoUnit = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year'

/** A filter within an aggregation is bound per index: one query for each search target, in their order. */
export type FilterOf = readonly Query[]

export type MetricAggregation =
  | { readonly kind: 'avg' | 'min' | 'max' | 'sum' | 'stats' | 'value_count'; readonly source: ValuesSource }
  | { readonly kind: 'extended_stats'; readonly source: ValuesSource }
  /** Every value counts by the weight of its document, of which there may be one at most. */
  | {
      readonly kind: 'weighted_avg'
      readonly value: ValuesSource
      readonly weight: ValuesSource
      /** The values are sums already, each of as many as its weight says. */
      readonly summed?: true
    }
  | {
      readonly kind: 'cardinality'
      readonly source: ValuesSource
      readonly precisionThreshold: number
      /** The answer has a sketch of so many hashes: what is counted over several buckets together. */
      readonly sketchSize?: number
    }
  | {
      readonly kind: 'percentiles'
      readonly source: ValuesSource
      /** Each 0 to 100, ascending. */
      readonly percents: readonly number[]
      readonly method: 'tdigest' | 'hdr'
      /** The answer has a sample of the values: what percentiles of several buckets together are made of. */
      readonly sampled?: true
    }
  /** How many per cent of the values lie below each of `values`; its result is that of percentiles. */
  | {
      readonly kind: 'percentile_ranks'
      readonly source: ValuesSource
      readonly values: readonly number[]
      readonly method: 'tdigest' | 'hdr'
    }
  /** The median of how far values are from their median. */
  | { readonly kind: 'median_absolute_deviation'; readonly source: ValuesSource }
  /** Quartiles, and how far values reach that are no outliers. */
  | { readonly kind: 'boxplot'; readonly source: ValuesSource }
  /** Lengths of strings, and how often each of their characters comes. */
  | { readonly kind: 'string_stats'; readonly source: ValuesSource }
  /** Moments of several fields and how they vary together, over the documents that have all of them. */
  | { readonly kind: 'matrix_stats'; readonly sources: readonly ValuesSource[]; readonly mode: SortKey['mode'] }
  /** The smallest box around all points; with `wrapLongitude` it may cross the date line. */
  | { readonly kind: 'geo_bounds'; readonly field: string; readonly wrapLongitude: boolean }
  | { readonly kind: 'geo_centroid'; readonly field: string }
  | { readonly kind: 'top_hits'; readonly from: number; readonly size: number; readonly sort: readonly SortKey[] }
  | { readonly kind: 'top_metrics'; readonly fields: readonly string[]; readonly size: number; readonly sort: readonly SortKey[] }
  /** What is made of the documents of a bucket one by one, for each search target by itself: what no engine's functions can. */
  | ({ readonly kind: 'collected' } & DocumentCollection)

/** `_count`, `_key`, or a path into the bucket's own metrics (`avg_temp`, `stats.max`, `nested>avg`). */
export interface BucketOrder {
  readonly by: string
  readonly order: 'asc' | 'desc'
}

/** Which terms take part: exact values, or a Lucene regular expression, or a partition of the hashed terms. */
export type TermSelection =
  | { readonly kind: 'values'; readonly values: readonly FieldValue[] }
  | { readonly kind: 'regexp'; readonly regexp: string }
  | { readonly kind: 'partition'; readonly partition: number; readonly partitions: number }

/**
 * What an engine found, still without names of wire format: keys are `FieldValue`s, nothing is rounded or formatted.
 * The results of a tree have the shape of the tree.
 */
export type AggregationResult =
  | {
      readonly kind: 'buckets'
      readonly buckets: readonly Bucket[]
      /** Documents in buckets that were cut (`sum_other_doc_count`); counted once per bucket they are in. */
      readonly otherDocCount?: number
      /** How many there were before some were cut. */
      readonly bucketCount?: number
      /** Of `auto_date_histogram`: the interval that was chosen, `30m`; absent where no document has a time. */
      readonly interval?: string
    }
  /** One bucket without a key: filter, missing, global, nested. */
  | { readonly kind: 'single'; readonly docCount: number; readonly children: AggregationResults }
  /** `null` where no document had a value. */
  | {
      readonly kind: 'value'
      readonly value: number | null
      /** Of `cardinality` that was asked for one. */
      readonly sketch?: DistinctSketch
    }
  | {
      readonly kind: 'stats'
      readonly count: number
      readonly min: number | null
      readonly max: number | null
      readonly sum: number
    }
  | {
      readonly kind: 'extended_stats'
      readonly count: number
      readonly min: number | null
      readonly max: number | null
      readonly sum: number
      readonly sumOfSquares: number
    }
  /** `null` where no document had a value. */
  | { readonly kind: 'boxplot'; readonly box: Box | null }
  | {
      readonly kind: 'string_stats'
      readonly count: number
      /** Lengths in UTF-16 code units, as Java counts them. */
      readonly minLength: number
      readonly maxLength: number
      readonly totalLength: number
      /** How often each character (code point) comes in all values. */
      readonly characters: ReadonlyMap<string, number>
    }
  /** Over the documents that have all fields, in the order of the sources. */
  | { readonly kind: 'matrix_stats'; readonly moments: JointMoments }
  | { readonly kind: 'geo_bounds'; readonly box: { readonly topLeft: GeoPoint; readonly bottomRight: GeoPoint } | null }
  | { readonly kind: 'geo_centroid'; readonly count: number; readonly center: GeoPoint | null }
  /** One value per asked percent, in their order. */
  | {
      readonly kind: 'percentiles'
      readonly values: readonly (number | null)[]
      /** Of `percentiles` that were asked for one. */
      readonly sample?: ValueSample
    }
  | { readonly kind: 'hits'; readonly total: number; readonly hits: readonly EngineHitRef[]; readonly maxScore: number | null }
  | {
      readonly kind: 'top'
      readonly rows: readonly {
        readonly sort: readonly (FieldValue | null)[]
        readonly metrics: readonly (FieldValue | null)[]
      }[]
    }
  /** What was made of the documents of each search target that has some, by its position. */
  | { readonly kind: 'collected'; readonly results: ReadonlyMap<number, unknown> }

/** The five numbers of a box plot, and its whiskers: the values that are furthest out without being outliers. */
export interface Box {
  readonly min: number
  readonly max: number
  readonly quartiles: readonly [number, number, number]
  /** Least and greatest value within one and a half times the distance of the outer quartiles, measured from them. */
  readonly whiskers: readonly [number, number]
}

export type AggregationResults = ReadonlyMap<string, AggregationResult>

export interface Bucket {
  /** Empty where there are `keys`. */
  readonly key: FieldValue
  /** Of aggregations over several sources, one for each. */
  readonly keys?: readonly (FieldValue | null)[]
  readonly docCount: number
  readonly children: AggregationResults
}

/** A hit inside an aggregation; the same thing as `EngineHit`, named here so that `query/` needs no engine. */
export interface EngineHitRef {
  /** Position of the index among the search targets. */
  readonly target: number
  readonly id: string
  readonly seqNo: number
  readonly version: number
  /** That the document was written with. */
  readonly routing?: string | undefined
  readonly source: Uint8Array | undefined
  readonly score: number | null
  readonly sort: readonly (FieldValue | null)[]
  /** Where the hit is a nested object: which one of its document, whose all the rest is. */
  readonly object?: NestedPlace
}

/** A nested object by its path and its place among the document's objects of that path, from 0. */
export interface NestedPlace {
  readonly path: string
  readonly number: number
}
