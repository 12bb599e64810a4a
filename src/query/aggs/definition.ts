import type { DateRounding } from '../../core/dates/rounding.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type {
  Aggregation,
  AggregationResult,
  AggregationResults,
  BucketOrder,
  EngineHitRef,
  NamedAggregation,
} from '../aggregation.ts'
import type { Query } from '../ast.ts'
import type { BindContext } from '../bind/context.ts'
import type { Member } from '../dsl/reading.ts'
import type { FieldValue } from '../field.ts'
import type { SortKey } from '../sort.ts'
import type { ShapedMetric } from './shaped.ts'

/**
 * One kind of aggregation that an engine computes: how its request is read, bound to fields, and its result written.
 * The value of `aggs/<name>.ts`, listed in `table.ts`.
 */
export interface AggregationDefinition {
  /** As requests name it. */
  readonly name: string
  /** Whether other aggregations may stand within it. */
  readonly holdsOthers: boolean
  /** @throws ElkhornError (400) */
  parse(json: JsonValue, at: Member, name: string): ParsedAggregation
}

/** A checked request, still of no index. */
export interface ParsedAggregation {
  /** @throws ElkhornError (400) for fields that it cannot take */
  bind(context: AggregationContext): BoundAggregation
}

export interface BoundAggregation {
  /** What the engine computes. */
  readonly aggregation: Aggregation
  /** What `typed_keys` puts before the name: `sterms`, `avg`. */
  readonly typedKey: string
  /** Writes a result. */
  shape(result: AggregationResult, context: ShapeContext): Skeleton
  /** Of a histogram of time: how long its buckets are, and when one begins, for what is computed of its length. */
  readonly time?: { readonly rounding: DateRounding; start(bucket: BucketSkeleton): number }
  /** What stands within its buckets is bound to; absent: what it was bound to itself. */
  readonly below?: AggregationContext
  /** What the engine computes within its buckets; absent: just what the request has there. */
  readonly within?: (children: readonly NamedAggregation[]) => readonly NamedAggregation[]
  /** Sums up all documents that may be seen, whatever the query finds. */
  readonly global?: true
  /** What is asked of all documents once the result is known; its answers come to `shape` by `ShapeContext.background`. */
  readonly background?: (results: readonly AggregationResult[]) => NamedAggregation | undefined
}

export interface AggregationContext {
  /** One per searched index, in the order of the search targets. */
  readonly indices: readonly BindContext[]
  /** For each index, what all documents match that may be seen; absent: all of them are seen. */
  readonly seen?: readonly (readonly Query[])[]
  /** Whether there is an aggregation around. */
  readonly isWithin?: true
  /** Whether some aggregation around makes more than one bucket. */
  readonly amongBuckets?: boolean
  /** Whether some aggregation around makes buckets of what documents hold: an index without such a document has none. */
  readonly amongFound?: boolean
  /** The closest histogram of time around. */
  readonly around?: DateRounding
  /** Paths to metrics of which those of several buckets are put together. */
  readonly merged?: readonly string[]
  /** Buckets of one answer before it is refused. */
  readonly maxBuckets: number
}

/** What the writing of results needs from outside. */
export interface ShapeContext {
  /** Writes a hit of `top_hits` as the search would, without counting on anything but the options. */
  formatHit(hit: EngineHitRef, options: TopHitsOptions): JsonObject
  /** The answer to what an aggregation asked of all documents. */
  background(name: string): AggregationResult | undefined
  /** When the bucket of the closest histogram of time around begins, in epoch milliseconds. */
  readonly bucketStart?: number
  /** The bucket around was added because the answer wants one there: no index has a document in it. */
  readonly isGap?: true
  /** Counts buckets that the answer adds by itself, such as empty ones. @throws ElkhornError when there are too many */
  addBuckets(count: number): void
}

/** The parts of a `top_hits` request about what hits contain; read by what writes hits. */
export interface TopHitsOptions {
  readonly request: JsonObject
  /** Keys of the hit's sort values. */
  readonly sort: readonly SortKey[]
}

/** A result as its definition writes it, before what stands within its buckets. */
export type Skeleton =
  | ShapedMetric
  /** One bucket without a key. */
  | {
      readonly kind: 'single'
      /** Members before the count. */
      readonly json?: JsonObject
      readonly docCount: number
      readonly results: AggregationResults | undefined
    }
  | {
      readonly kind: 'multi'
      /** Members beside the buckets. */
      readonly json: JsonObject
      readonly buckets: readonly BucketSkeleton[]
      /** Sorts the buckets once what stands within them is there; absent where they are in order. */
      readonly order?: readonly BucketOrder[]
      /** Buckets are members of an object by their names. */
      readonly keyed: boolean
    }

export interface BucketSkeleton {
  readonly key: FieldValue
  /** Where a bucket has one for each of several sources. */
  readonly keys?: readonly (FieldValue | null)[]
  /** Under which it stands where buckets are keyed. */
  readonly name: string
  /** Members in order, `doc_count` among them. */
  readonly json: JsonObject
  readonly docCount: number
  /** What the engine found within; `undefined` for a bucket that was added because it is empty. */
  readonly results: AggregationResults | undefined
}
