import type { Field } from '../../query/field.ts'

/** How the values of one field lie in a table. A document with one value has it in `name`; one with several has NULL
 * there and all of them (keywords distinct, numbers with duplicates, document order) in the array column. */
export interface StoredColumn {
  readonly field: Field
  /** Column of single values; made from the field's ordinal, never from its name alone. */
  readonly name: string
  /** Column of documents with several values; absent while no such document came. */
  readonly arrayName: string | undefined
  readonly storage: ColumnStorage
  /** Whether the engine keeps an inverted index over the whole values (`text(tokenizer = 'array')`). */
  readonly termIndex: boolean
  /** Text only: column with the number of tokens (UInt32), for BM25; absent where the field keeps no norms. */
  readonly lengthName: string | undefined
  /** The key column of time is not nullable; this value stands for "missing" there. */
  readonly missing: bigint | undefined
}

export type ColumnStorage =
  /** LowCardinality(Nullable(String)) */
  | 'dictionary'
  /** Nullable(String) */
  | 'string'
  /**
   * Tokens joined by \x01, with a text index over them. Where the field keeps frequencies, the n-th repeat of a token in a
   * document (n from 2) is followed at the end by the marker `token\x02n`, so that the index alone tells how often it stands
   * there; markers are no positions.
   */
  | 'tokens'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'bool'
  | 'ipv6'
  /** Two columns: `name` holds the latitude, `name` + `_lon` the longitude, both Float64 in degrees. */
  | 'geo'

/** What a compiled statement needs to know of an index's table. A field without a column has no value in any document. */
export interface TableLayout {
  readonly table: string
  readonly uuid: string
  column(path: string): StoredColumn | undefined
  /** Column of `schema.timeField` in epoch milliseconds, and its minutes (`Int32`), where the index has one. */
  readonly timeColumn: string | undefined
  readonly minuteColumn: string | undefined
  /** False while no document was ever replaced or deleted: then no statement needs to ask. */
  readonly hasSuperseded: boolean
  /** Searches see what has a sequence number up to this one. */
  readonly visibleSeqNo: number
  readonly minTime: number | undefined
  readonly maxTime: number | undefined
  /** Rows as of the last flush, superseded ones included: for estimates only. */
  readonly rows: number
}

/** Columns every table has. */
export const SEQ_NO = '_seq'
/** 0 while live, else the sequence number of what replaced the document. */
export const SUPERSEDED = '_superseded'
/** Empty where the id was made by us: then it is an encoding of the sequence number. */
export const ID = '_id'
/** One less than the version, so that first versions are the column's default and stored sparse. */
export const VERSION = '_version'
export const ROUTING = '_routing'
export const SOURCE = '_source'
