import type { Field } from '../../query/field.ts'
import type { NestedObjects } from '../../query/nested-objects.ts'
import { MAX_OBJECTS } from '../engine.ts'
import type { Sql } from './sql.ts'

/**
 * What a table must have for the statements of `search/` to be right and fast. Figures: 2 M IoT documents, CPU-ms.
 *
 * - Key `(intDiv(minute, 10), dimensions…, time)`: with slots of ten minutes the newest 100 documents with their
 *   sources cost 6.5, with slots of an hour 22 (they lie in three times the granules); aggregations cost the same, one
 *   device over an hour 4 in both, `_source` is 4 bytes per 100 larger. Slots of the minute, not of the time: of a key that
 *   has the time both bare and in an expression, the engine compares a range with the bare one alone, which rules out
 *   nothing but for one device. `index_granularity = 512`, sources in 32 KB blocks.
 * - A `minmax` index over `_seq` (`CODEC(Delta, LZ4)`; with ZSTD reading costs twice that): order of arrival and ties.
 * - Minutes clamped to Int32, its lowest value where the time is missing.
 * - Lengths `CODEC(T64)` (4.6 for all, with ZSTD 14). Tokens in an LZ4 codec: a phrase of two common words 88, with ZSTD
 *   260. Positions in the text index (`support_phrase_search`) take 274 MB instead of 47 and answer the same in 880.
 * - On every lane `use_top_k_dynamic_filtering = 0` (or `ORDER BY … LIMIT` reads the text column instead of its index),
 *   `max_query_size` and `max_ast_elements` of many millions (10,000 terms are more than the 256 KB allowed by default).
 */

/**
 * How the values of one field lie in a table. A document with one value has it in `name`; one with several has NULL
 * there and all of them (strings and addresses distinct, numbers with duplicates, document order) in the array column. Tokens have no
 * array column: several values are one row of tokens, with a gap between.
 */
export interface StoredColumn {
  readonly field: Field
  /** Column of single values; made from the field's ordinal, never from its name alone. */
  readonly name: string
  /** Column of documents with several values; absent while no such document came. */
  readonly arrayName: string | undefined
  readonly storage: ColumnStorage
  /** Whether `name` and `arrayName` have an inverted index over their whole values (`text(tokenizer = 'array')`). */
  readonly termIndex: boolean
  /** Text only: column with the number of tokens (UInt32, 0 without a value); absent where the field keeps no norms. */
  readonly lengthName: string | undefined
  /** The key column of time is not nullable; this value stands for "missing" there. */
  readonly missing: bigint | undefined
  /** Of a computed field that is the same for all documents of a minute, and never missing: what it is by that minute. */
  readonly byMinute?: (minute: Sql) => Sql
}

export type ColumnStorage =
  /** LowCardinality(Nullable(String)) */
  | 'dictionary'
  /** Nullable(String) */
  | 'string'
  /** String as `token-column.ts` encodes it, with a text index (`tokenizer = splitByString(['\x01'])`) over it. */
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
  /** Two columns: `name` holds the latitude, `name` + `_lon` the longitude, both Float64 in degrees; so for arrays. */
  | 'geo'
  /** Two columns: `name` holds the lower ends, `name` + `_to` the upper ones, both included; so for arrays. */
  | 'int64_range'
  | 'float64_range'
  | 'ipv6_range'

/** The database of all tables. */
export const DATABASE = 'elkhorn'

/** Name of the inverted index over a column of tokens or terms. */
export function textIndexName(column: string): string {
  return `${column}_terms`
}

/** What a compiled statement needs to know of an index's table. A field without a column has no value in any document. */
export interface TableLayout {
  readonly table: string
  readonly uuid: string
  column(path: string): StoredColumn | undefined
  /** Of a table whose rows are nested objects. */
  readonly nested?: NestedObjects
  /** The table of the nested objects of a path; `undefined` where no document has any. */
  objects?(path: string): TableLayout | undefined
  /** The column of tokens by which sources are abridged: they are read together. See `abridged-source.ts`. */
  readonly abridgedBy?: string | undefined
  /** Column of `schema.timeField` in epoch milliseconds, and its minutes rounded down (`Int32`), where the index has one. */
  readonly timeColumn: string | undefined
  readonly minuteColumn: string | undefined
  /** The key begins with `intDiv(minute, slotMinutes)`. */
  readonly slotMinutes: number | undefined
  /** False while no document was ever replaced or deleted: then no statement needs to ask. */
  readonly hasSuperseded: boolean
  /** Whether some visible document lacks the time. */
  readonly hasMissingTime: boolean
  /** Searches see what has a sequence number up to this one. */
  readonly visibleSeqNo: number
  /** Whether the table holds newer rows, or may get some within the next seconds: then searches ask for the number. */
  readonly growing: boolean
  /** Whether rows may have come since, although it did not grow: what was read of it may hold some that searches do not see. */
  overtaken?(): boolean
  /** Bounds of the time of all visible rows that have one. */
  readonly minTime: number | undefined
  readonly maxTime: number | undefined
  /** Rows as of the last flush, superseded ones included: for estimates only. */
  readonly rows: number
}

/**
 * Nested objects are rows of a table of their own, one for each path, with the columns of their fields. Such a row's
 * sequence number tells its document's and its place among the document's objects of that path: what became of the
 * document is told by the document's row alone. Where it lies within other nested objects, it has their numbers, too.
 */
export function objectSeqNo(documentSeqNo: number, number: number): number {
  return documentSeqNo * MAX_OBJECTS + number
}

/** The document's sequence number, and the object's place in it. */
export function splitObjectSeqNo(seqNo: number): { readonly documentSeqNo: number; readonly number: number } {
  return { documentSeqNo: Math.floor(seqNo / MAX_OBJECTS), number: seqNo % MAX_OBJECTS }
}

/** Column of the sequence numbers of those nested objects around a table's objects that have a depth: 1 is outermost. */
export function aroundColumn(depth: number): string {
  return `_in${depth}`
}

/** Columns every table has. */
export const SEQ_NO = '_seq'
/** 0 while live, else the sequence number of what replaced the document. */
export const SUPERSEDED = '_superseded'
/** In the same column: no document, only its sequence number is taken. Neither 0 nor above any moment that a search sees. */
export const NEVER_LIVE = -1
/** Empty where the id was made by us: then it is an encoding of the sequence number. */
export const ID = '_id'
/** One less than the version, so that first versions are the column's default and stored sparse. */
export const VERSION = '_version'
export const ROUTING = '_routing'
export const SOURCE = '_source'
