import type { BucketOrder } from '../../../../query/aggregation.ts'
import type { FieldValue } from '../../../../query/field.ts'
import type { Statements } from '../statement.ts'
import type { Target } from '../target.ts'
import type { BucketKey, RawKey } from './bucket-key.ts'

/** A bucket aggregation bound to the targets of a search: how documents get keys, and what is done with the buckets. */
export interface BucketBinding {
  readonly key: BucketKey
  /** `single`: one bucket without a key, its only raw key is 0. */
  readonly shape: 'buckets' | 'single'
  readonly keyOf: (raw: RawKey) => FieldValue
  /** Buckets that are there even when no document is in them, in their order. */
  readonly always?: readonly RawKey[]
  /** Order of the buckets; empty: that of `always`. */
  readonly order: readonly BucketOrder[]
  /** The first `size` of the buckets with at least so many documents; the others are counted. */
  readonly limit?: BucketLimit
  /** Keys that take part, where SQL cannot tell. */
  readonly accepts?: (raw: RawKey) => boolean
}

export interface BucketLimit {
  readonly size: number
  readonly minDocCount: number
  /** What the number of buckets is remembered by, see `KnownCardinalities`. */
  readonly cardinalityOf: string
}

export interface BindContext {
  readonly targets: readonly Target[]
  readonly statements: Statements
}
