import type { FieldValue } from '../../../../query/field.ts'
import { sql, type Sql } from '../../sql.ts'
import { type Column, fieldValue, nullable, uint, type ValueType } from '../columns.ts'
import type { Condition } from '../query/condition.ts'
import type { Target } from '../target.ts'
import type { Branch, RowSource } from './row-source.ts'

/** A bucket's key as rows carry it and maps are keyed by: a term, the number of a range, the start of an interval. */
export type RawKey = string | number | bigint | boolean

/** How documents of all targets fall into the buckets of one aggregation. */
export interface BucketKey {
  /** Whether a document can be in several buckets at once. */
  readonly several: boolean
  /** The key of a document's bucket: NULL in none. With `several`: the list of its keys. It counts in a bucket as often as its key is there. */
  readonly sql: (target: Target) => Sql
  /** The same in branches, for keys whose single and several values lie in two columns. */
  readonly branches?: (target: Target) => readonly Branch[]
  /** Conditions that `sql` calls on, see `announced`. */
  readonly conditions?: (target: Target) => readonly Condition[]
  /** What every document in a bucket meets, where saying so saves work. */
  readonly where?: (target: Target) => Condition
  /** There is one bucket, of the documents that `where` says. */
  readonly single?: true
  readonly read: (value: Sql) => Column<RawKey | null>
  /** What the key follows from, where that has few values: grouping by those first costs less than making keys of all rows. */
  readonly finer?: FinerKey
  /** Puts the key into a row source as several columns; otherwise it is one. */
  readonly put?: (source: RowSource, options: { readonly narrow: boolean }) => PutKey
  /** Only these keys, for aggregations that cut their buckets; absent where none is ever left out. */
  readonly only?: (keys: readonly RawKey[]) => BucketKey
}

/** What becomes of the list of the keys that the values of a document have. */
export type KeyList = (keys: Sql) => Sql

/** A document counts once in a bucket, however many of its values are there. */
export const once: KeyList = (keys) => sql`arrayDistinct(${keys})`

/** A document counts for each of its values, where Elasticsearch does not look whether it has been there already. */
export const repeated: KeyList = (keys) => keys

/** Something of each document that a key follows from. */
export interface FinerKey {
  /** How many values it may have. */
  readonly values: number
  readonly sql: (target: Target) => Sql
  readonly keyOf: (value: Sql) => Sql
}

/** A key within the rows of a statement. */
export interface PutKey {
  /** What rows are grouped by: NULL somewhere where a row is in no bucket; nothing where all are in one. */
  readonly columns: readonly Sql[]
  readonly read: Column<RawKey | null>
}

/** Puts a key into a row source, as rows of one key each. `narrow` may leave out documents without one. */
export function addKey(key: BucketKey, source: RowSource, { narrow }: { readonly narrow: boolean }): PutKey {
  const put = putKey(key, source, { narrow })
  source.keys.push(...put.columns)
  return put
}

function putKey(key: BucketKey, source: RowSource, { narrow }: { readonly narrow: boolean }): PutKey {
  if (key.put !== undefined) return key.put(source, { narrow })
  if (narrow && key.where !== undefined) source.narrow(key.where)
  if (key.single === true && (narrow || source.targets.every((target) => key.where?.(target).kind === 'always')))
    return ONE_BUCKET
  const alias =
    key.branches !== undefined && !source.branches
      ? source.branchingColumn(key.branches)
      : key.several
        ? source.joinedColumn(key.sql, key.conditions)
        : source.column(key.sql, key.conditions)
  return { columns: [alias], read: key.read(alias) }
}

/** Numbers of buckets, from 0. */
export const readIndex = (value: Sql): Column<number | null> => nullable(uint)(value)

/**
 * The one bucket that all rows are in. Rows are not grouped by it: of 2 M documents grouping by a constant and a term costs 42
 * CPU-ms, by the term alone 14.
 */
export const ONE_BUCKET: PutKey = { columns: [], read: readIndex(sql`0`) }

/** Terms: addresses as Latin-1 text of their bytes, so that equal ones are equal keys of a map. */
export function readTerm(type: ValueType): (value: Sql) => Column<RawKey | null> {
  return (value) => {
    const column = fieldValue(type, value)
    return {
      sql: column.sql,
      read: (row) => {
        const read = column.read(row)
        return read === null ? null : rawKey(read)
      },
    }
  }
}

export function rawKey(value: FieldValue): RawKey {
  if (typeof value !== 'object') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  throw new Error('a point is no bucket key')
}

export function keyValue(raw: RawKey, type: ValueType): FieldValue {
  return type === 'ip' && typeof raw === 'string' ? Uint8Array.from(Buffer.from(raw, 'latin1')) : raw
}

/** Numbers 0, 1, … for the conditions that hold: the first that does, or all of them. */
export function indexOfConditions(flags: readonly Sql[], several: boolean): Sql {
  if (several) {
    const list = flags.map((flag, i) => sql`if(${flag}, ${i}, -1)`)
    return sql`arrayFilter(i -> i >= 0, [${join(list)}])`
  }
  return sql`multiIf(${join(flags.map((flag, i) => sql`${flag}, toNullable(${i})`))}, NULL)`
}

function join(parts: readonly Sql[]): Sql {
  return { kind: 'sql', text: parts.map((part) => part.text).join(', ') }
}
