import type { BucketOrder } from '../../../../query/aggregation.ts'
import type { FieldValue } from '../../../../query/field.ts'
import type { Sql } from '../../sql.ts'
import type { Scoring } from '../score/scoring.ts'
import type { Statements } from '../statement.ts'
import type { Target } from '../target.ts'
import type { BucketKey, RawKey } from './bucket-key.ts'
import type { PathLevel } from './group-statement.ts'

/** A bucket aggregation bound to the targets of a search: how documents get keys, and what is done with the buckets. */
export interface BucketBinding {
  readonly key: BucketKey
  /** `single`: one bucket without a key, its only raw key is 0. */
  readonly shape: 'buckets' | 'single'
  readonly keyOf: (raw: RawKey) => FieldValue
  /** Where a bucket has several keys. */
  readonly keysOf?: (raw: RawKey) => readonly (FieldValue | null)[]
  /** The raw key that `keyOf` makes a key of. */
  readonly rawOf?: (key: FieldValue) => RawKey
  /** Order of raw keys, ascending; absent: that of the values. */
  readonly compare?: (a: RawKey, b: RawKey) => number
  /** The engine cuts the buckets, in an order of their keys that it is told here. */
  readonly page?: KeyPage
  /** Takes only some of the documents of the bucket around, which must be known: it is grouped by a statement of its own. */
  readonly samples?: true
  /** Each bucket around has other buckets: these are chosen once it is known, before rows get their keys. */
  readonly choose?: (path: readonly PathLevel[], context: ChoiceContext) => Promise<readonly Choice[]>
  /** Of buckets of time: their length, where it was chosen. */
  readonly interval?: string
  /** Buckets that are there even when no document is in them, in their order. */
  readonly always?: readonly RawKey[]
  /** Order of the buckets; empty: that of `always`. */
  readonly order: readonly BucketOrder[]
  /** The first `size` of the buckets with at least so many documents; the others are counted. */
  readonly limit?: BucketLimit
  /** Keys that take part, where SQL cannot tell. */
  readonly accepts?: (raw: RawKey) => boolean
}

/** The buckets within one bucket around. */
export interface Choice {
  /** Its keys, one for each level of the path. */
  readonly path: readonly unknown[]
  readonly always: readonly RawKey[]
  readonly interval: string
}

export interface ChoiceContext {
  /** The documents as grouped statements read them: a target may come in parts. */
  readonly parts: readonly Target[]
  readonly statements: Statements
  readonly maxBuckets: number
}

export interface BucketLimit {
  readonly size: number
  readonly minDocCount: number
  /** Buckets with more documents are left out and not counted. */
  readonly maxDocCount?: number
  /** What the number of buckets is remembered by, see `KnownCardinalities`. */
  readonly cardinalityOf: string
}

/** A page of ordered keys, of which a bucket has one in each column. */
export interface KeyPage {
  readonly size: number
  /** Keys behind the page before; none on the first page. */
  readonly behind: (columns: readonly Sql[]) => Sql | undefined
  readonly orderBy: (columns: readonly Sql[]) => readonly Sql[]
  /** The first column alone, where a document has one key in it at most: a page holds its first few keys. */
  readonly first?: FirstColumn
}

export interface FirstColumn {
  readonly key: BucketKey
  readonly behind: (column: Sql) => Sql | undefined
  readonly orderBy: (column: Sql) => Sql
  readonly upTo: (column: Sql, last: RawKey | null) => Sql
}

export interface BindContext {
  readonly targets: readonly Target[]
  readonly statements: Statements
  readonly scoring: Scoring
  /** Whether some aggregation around makes more than one bucket. */
  readonly amongBuckets?: true
}
