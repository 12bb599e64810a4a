import type { ColumnHead } from '../child/messages.ts'
import { identifier, joinSql, type Sql, sql } from '../sql.ts'

/** A column in Arrow's layout, ready to be sent. */
export interface ArrowColumn {
  readonly name: string
  /** See `ColumnHead.format`. */
  readonly format: string
  readonly nulls: number
  /** `null` stands for a validity bitmap that is not needed. */
  readonly buffers: readonly (Uint8Array | null)[]
}

/** Byte strings one after the other: row i lies between offsets i and i + 1. */
export interface ByteRows {
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
}

/** The first rows of a column of texts or bytes. */
export function byteRows({ name, buffers: [, offsets, bytes] }: ArrowColumn, rows: number): ByteRows {
  if (!offsets || !bytes) throw new TypeError(`the column ${name} holds no byte strings`)
  return { bytes, offsets: new Int32Array(offsets.buffer, offsets.byteOffset, rows + 1) }
}

/** One column of a table and how its values are made of Arrow columns. */
export interface InsertColumn {
  readonly column: string
  readonly value: Sql
  readonly arrow: readonly ArrowColumn[]
}

/** A column that is stored as it travels. */
export function plainColumn(arrow: ArrowColumn): InsertColumn {
  return { column: arrow.name, value: identifier(arrow.name), arrow: [arrow] }
}

/** What travels without nulls. The engine takes it for nullable; to say that it is not copies nothing, as `ifNull` would. */
export function neverNull(name: string): Sql {
  return sql`assumeNotNull(${identifier(name)})`
}

/** An insert as the engine's process takes it. */
export interface PreparedInsert {
  readonly statement: Sql
  readonly heads: readonly ColumnHead[]
  readonly payload: readonly Uint8Array[]
}

/** Arrow wants buffers to begin at multiples of 8 bytes. */
const ALIGNMENT = 8
const PADDING = new Uint8Array(ALIGNMENT)

/** `source` names the Arrow columns within the child; `where` leaves out rows that the table holds already. */
export function prepareInsert(
  table: Sql,
  source: string,
  rows: number,
  columns: readonly InsertColumn[],
  where: Sql | undefined,
): PreparedInsert {
  const heads: ColumnHead[] = []
  const payload: Uint8Array[] = []
  let at = 0
  const place = (buffer: Uint8Array | null): { at: number; length: number } | null => {
    if (buffer === null) return null
    const range = { at, length: buffer.length }
    const padding = (ALIGNMENT - (buffer.length % ALIGNMENT)) % ALIGNMENT
    payload.push(buffer)
    if (padding > 0) payload.push(PADDING.subarray(0, padding))
    at += buffer.length + padding
    return range
  }
  for (const { arrow } of columns) {
    for (const { name, format, nulls, buffers } of arrow) {
      heads.push({ name, format, rows, nulls, buffers: (nulls === 0 ? [null, ...buffers.slice(1)] : buffers).map(place) })
    }
  }
  const names = joinSql(
    columns.map(({ column }) => identifier(column)),
    ', ',
  )
  const values = joinSql(
    columns.map(({ value }) => value),
    ', ',
  )
  const filter = where === undefined ? sql`` : sql` WHERE ${where}`
  return { statement: sql`INSERT INTO ${table} (${names}) SELECT ${values} FROM arrowstream(${source})${filter}`, heads, payload }
}

/** Whole numbers of JavaScript, as 64-bit integers. */
export function wholeColumn(name: string, values: Float64Array): InsertColumn {
  const wholes = new BigInt64Array(values.length)
  const halves = new Int32Array(wholes.buffer)
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0
    const high = Math.floor(value / 2 ** 32)
    halves[row * 2] = value - high * 2 ** 32
    halves[row * 2 + 1] = high
  }
  const column = plainColumn({ name, format: 'l', nulls: 0, buffers: [null, new Uint8Array(wholes.buffer)] })
  return { ...column, value: neverNull(name) }
}
