import { restoreSource } from '../abridged-source.ts'
import { SOURCE, type TableLayout } from '../layout.ts'
import type { FieldValue } from '../../../query/field.ts'
import { identifier, joinSql, sql, type Sql } from '../sql.ts'
import type { RowReader } from './row-binary.ts'

/** A column of a statement's result: what the engine computes, cast to a type that is named here, and how it is read. */
export interface Column<T> {
  readonly sql: Sql
  read(row: RowReader): T
}

/** Counts and sequence numbers: whole numbers below 2^53. */
export const uint = (value: Sql): Column<number> => ({ sql: sql`toUInt64(${value})`, read: (row) => Number(row.uint64()) })
export const int = (value: Sql): Column<number> => ({ sql: sql`toInt64(${value})`, read: (row) => Number(row.int64()) })
export const float = (value: Sql): Column<number> => ({ sql: sql`toFloat64(${value})`, read: (row) => row.float64() })
export const text = (value: Sql): Column<string> => ({ sql: sql`toString(${value})`, read: (row) => row.string() })

/** The columns that hold the sources of documents: see `abridged-source.ts`. */
export function sourceColumns({ abridgedBy }: Pick<TableLayout, 'abridgedBy'>): readonly Sql[] {
  return [SOURCE, ...(abridgedBy === undefined ? [] : [abridgedBy])].map(identifier)
}

/** Reads what `sourceColumns` selects. */
export function readSource({ abridgedBy }: Pick<TableLayout, 'abridgedBy'>, row: RowReader): Uint8Array {
  const stored = row.bytes(row.varint())
  return abridgedBy === undefined ? stored : restoreSource(stored, row.bytes(row.varint()))
}

/** A document's source, byte for byte. */
export function source(layout: Pick<TableLayout, 'abridgedBy'>): Column<Uint8Array> {
  return { sql: joinSql(sourceColumns(layout), ', '), read: (row) => readSource(layout, row) }
}

export function nullable<T>(column: (value: Sql) => Column<T>): (value: Sql) => Column<T | null> {
  return (value) => {
    const inner = column(value)
    return { sql: sql`toNullable(${inner.sql})`, read: (row) => (row.uint8() === 1 ? null : inner.read(row)) }
  }
}

export const texts = (value: Sql): Column<string[]> => ({
  sql: sql`CAST(${value} AS Array(String))`,
  read: (row) => Array.from({ length: row.varint() }, () => row.string()),
})

/** Pairs of arrays, of keys and how often each came. */
export const counts = (value: Sql): Column<ReadonlyMap<string, number>> => ({
  sql: sql`CAST(${value} AS Tuple(Array(String), Array(UInt64)))`,
  read: (row) => {
    const keys = Array.from({ length: row.varint() }, () => row.string())
    const numbers = Array.from({ length: row.varint() }, () => Number(row.uint64()))
    return new Map(keys.map((key, i) => [key, numbers[i] ?? 0]))
  },
})

export const floats = (value: Sql): Column<number[]> => ({
  sql: sql`CAST(${value} AS Array(Float64))`,
  read: (row) => Array.from({ length: row.varint() }, () => row.float64()),
})

/**
 * What values of several field types have in common once they are read: dates are `long`, every float is `double`. The
 * fields of one name in several indices meet in one of these.
 */
export type ValueType = 'string' | 'long' | 'unsigned' | 'nanos' | 'double' | 'boolean' | 'ip'

const TYPES: Readonly<Record<ValueType, { readonly name: string; readonly read: (row: RowReader) => FieldValue }>> = {
  string: { name: 'String', read: (row) => row.string() },
  long: { name: 'Int64', read: (row) => row.int64() },
  unsigned: { name: 'UInt64', read: (row) => row.uint64() },
  nanos: { name: 'Int64', read: (row) => BigInt(row.int64()) },
  double: { name: 'Float64', read: (row) => row.float64() },
  boolean: { name: 'UInt8', read: (row) => row.uint8() === 1 },
  ip: { name: 'IPv6', read: (row) => Uint8Array.from(row.bytes(16)) },
}

/** The engine's name of a type, for casts. */
export function typeName(type: ValueType): Sql {
  return { kind: 'sql', text: TYPES[type].name }
}

/** A value of a field or NULL. */
export function fieldValue(type: ValueType, value: Sql): Column<FieldValue | null> {
  const { name, read } = TYPES[type]
  return {
    sql: sql`CAST(${value} AS Nullable(${{ kind: 'sql', text: name }}))`,
    read: (row) => (row.uint8() === 1 ? null : read(row)),
  }
}
