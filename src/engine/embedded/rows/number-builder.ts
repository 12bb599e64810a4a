import type { FieldValue } from '../../../query/field.ts'
import type { ColumnStorage, StoredColumn } from '../layout.ts'
import { identifier, sql } from '../sql.ts'
import { type ArrowColumn, type InsertColumn, plainColumn } from './arrow-column.ts'
import type { BufferPool } from './buffer-pool.ts'
import { ByteColumn } from './byte-column.ts'
import { ColumnBuilder } from './column-builder.ts'

const FIRST_ROWS = 256

type TypedArray = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint8Array | BigInt64Array | BigUint64Array

/** How numbers of one storage travel: Arrow's format, the engine's type, and the bytes of some of them. */
interface NumberFormat {
  readonly arrow: string
  readonly type: string
  readonly pack: (values: Float64Array | readonly number[]) => TypedArray
}

const FORMATS: Partial<Record<ColumnStorage, NumberFormat>> = {
  float64: { arrow: 'g', type: 'Float64', pack: (values) => Float64Array.from(values) },
  float32: { arrow: 'f', type: 'Float32', pack: (values) => Float32Array.from(values) },
  int32: { arrow: 'i', type: 'Int32', pack: (values) => Int32Array.from(values) },
  int16: { arrow: 's', type: 'Int16', pack: (values) => Int16Array.from(values) },
  int8: { arrow: 'c', type: 'Int8', pack: (values) => Int8Array.from(values) },
  bool: { arrow: 'C', type: 'UInt8', pack: (values) => Uint8Array.from(values) },
}

/** Numbers that a double holds exactly; booleans are 0 and 1. */
export class NumberBuilder extends ColumnBuilder {
  readonly #pool: BufferPool | undefined
  #values: Float64Array<ArrayBuffer>

  constructor(pool?: BufferPool, expectedRows = FIRST_ROWS) {
    super()
    this.#pool = pool
    this.#values = new Float64Array(this.#memory(expectedRows))
  }

  #memory(rows: number): ArrayBuffer {
    return this.#pool?.take(rows * 8) ?? new ArrayBuffer(rows * 8)
  }

  #grow(rows: number): void {
    const larger = new Float64Array(this.#memory(Math.max(this.#values.length * 2, rows)))
    larger.set(this.#values)
    this.#values = larger
  }

  override release(): void {
    this.#pool?.give(this.#values.buffer)
  }

  protected put(row: number, value: FieldValue): void {
    if (row >= this.#values.length) this.#grow(row + 1)
    this.#values[row] = typeof value === 'number' ? value : Number(value)
  }

  protected take(): void {}

  protected cut(): void {}

  finish({ name, arrayName, storage }: StoredColumn, rows: number): InsertColumn[] {
    const format = FORMATS[storage]
    if (format === undefined) throw new Error(`numbers cannot be stored as ${storage}`)
    if (this.#values.length < rows) this.#grow(rows)
    const values = this.#values.subarray(0, rows)
    const packed = storage === 'float64' ? values : format.pack(values)
    const nulls = rows - this.valid.count
    const columns = [plainColumn({ name, format: format.arrow, nulls, buffers: [this.valid.bitmap(rows), bytesOf(packed)] })]
    if (arrayName !== undefined && this.hasArrays) {
      const { several } = this
      const pack = (list: readonly FieldValue[]): TypedArray => format.pack(list.map(Number))
      columns.push(arrayColumn(arrayName, format.type, several.rows, several.values.map(pack), rows))
    }
    return columns
  }
}

/** Whole numbers of 64 bits, signed or not: `long`, `unsigned_long`, dates. Numbers must be safe integers. */
export class WholeBuilder extends ColumnBuilder {
  /** Low and high halves in turn: numbers are split without making a `bigint` of each. */
  #halves: Int32Array<ArrayBuffer>
  readonly #pool: BufferPool | undefined

  constructor(pool?: BufferPool, expectedRows = FIRST_ROWS) {
    super()
    this.#pool = pool
    this.#halves = new Int32Array(this.#memory(expectedRows))
  }

  #memory(rows: number): ArrayBuffer {
    return this.#pool?.take(rows * 8) ?? new ArrayBuffer(rows * 8)
  }

  #grow(rows: number): void {
    const larger = new Int32Array(this.#memory(Math.max(this.#halves.length, rows)))
    larger.set(this.#halves)
    this.#halves = larger
  }

  override release(): void {
    this.#pool?.give(this.#halves.buffer)
  }

  protected put(row: number, value: FieldValue): void {
    if (row * 2 >= this.#halves.length) this.#grow(row + 1)
    if (typeof value === 'number') {
      const high = Math.floor(value / 2 ** 32)
      this.#halves[row * 2] = value - high * 2 ** 32
      this.#halves[row * 2 + 1] = high
    } else {
      const whole = value as bigint
      this.#halves[row * 2] = Number(BigInt.asIntN(32, whole))
      this.#halves[row * 2 + 1] = Number(BigInt.asIntN(32, whole >> 32n))
    }
  }

  protected take(): void {}

  protected cut(): void {}

  /** Smallest and largest single value, as numbers. */
  range(): { min: number; max: number } | undefined {
    let min = Infinity
    let max = -Infinity
    const halves = this.#halves
    for (let row = 0; row * 2 < halves.length; row++) {
      if (!this.valid.has(row)) continue
      const value = (halves[row * 2 + 1] ?? 0) * 2 ** 32 + ((halves[row * 2] ?? 0) >>> 0)
      if (value < min) min = value
      if (value > max) max = value
    }
    return min <= max ? { min, max } : undefined
  }

  finish({ name, arrayName, storage, missing }: StoredColumn, rows: number): InsertColumn[] {
    const signed = storage === 'int64'
    if (this.#halves.length < rows * 2) this.#grow(rows)
    const arrow: ArrowColumn = {
      name,
      format: signed ? 'l' : 'L',
      nulls: rows - this.valid.count,
      buffers: [this.valid.bitmap(rows), bytesOf(this.#halves.subarray(0, rows * 2))],
    }
    const value = missing === undefined ? identifier(name) : sql`ifNull(${identifier(name)}, ${missing})`
    const columns: InsertColumn[] = [{ column: name, value, arrow: [arrow] }]
    if (arrayName !== undefined && this.hasArrays) {
      const pack = (list: readonly FieldValue[]): TypedArray => {
        const wholes = list.map((one) => BigInt(one as number | bigint))
        return signed ? BigInt64Array.from(wholes) : BigUint64Array.from(wholes)
      }
      const { several } = this
      const type = signed ? 'Int64' : 'UInt64'
      columns.push(arrayColumn(arrayName, type, several.rows, several.values.map(pack), rows))
    }
    return columns
  }
}

/** A column of arrays of numbers. Arrow lists do not get through the binding, so they travel as bytes. */
export function arrayColumn(
  name: string,
  type: string,
  filledRows: readonly number[],
  values: readonly TypedArray[],
  rows: number,
): InsertColumn {
  const bytes = new ByteColumn()
  for (const [i, row] of filledRows.entries()) {
    const packed = values[i]
    if (packed !== undefined) bytes.writeBytes(bytesOf(packed))
    bytes.close(row)
  }
  return {
    column: name,
    value: sql`reinterpret(ifNull(${identifier(name)}, ''), ${`Array(${type})`})`,
    arrow: [bytes.arrow(name, 'z', rows, 0, null)],
  }
}

export function bytesOf(array: TypedArray | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

/** Whether a row has a value, whatever it is. */
export class PresenceBuilder extends NumberBuilder {
  override add(row: number): void {
    super.add(row, true)
  }
}
