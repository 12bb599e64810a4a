import type { FieldValue } from '../../../query/field.ts'
import type { StoredColumn } from '../layout.ts'
import { identifier, sql } from '../sql.ts'
import { type InsertColumn, plainColumn } from './arrow-column.ts'
import type { BufferPool } from './buffer-pool.ts'
import { ByteColumn } from './byte-column.ts'
import { ColumnBuilder } from './column-builder.ts'
import { bytesOf } from './number-builder.ts'

/** Whole strings: keywords and their kin. */
export class TextBuilder extends ColumnBuilder {
  readonly #bytes: ByteColumn

  constructor(pool?: BufferPool, expected?: { readonly rows: number; readonly bytes: number }) {
    super()
    this.#bytes = new ByteColumn(pool, expected)
  }

  override get size(): number {
    return this.#bytes.length
  }

  override release(): void {
    this.#bytes.release()
  }

  protected put(row: number, value: FieldValue): void {
    this.#bytes.text(row, value as string)
  }

  protected take(row: number): void {
    this.#bytes.truncate(row)
  }

  protected cut(rows: number): void {
    this.#bytes.truncate(rows)
  }

  /** Different values among the first rows that have one, up to `limit` of those. */
  cardinality(limit: number): { values: number; distinct: number } {
    const seen = new Set<string>()
    let values = 0
    for (let row = 0; row < this.#bytes.rows && values < limit; row++) {
      if (!this.valid.has(row)) continue
      values += 1
      seen.add(Buffer.from(this.#bytes.at(row)).toString('latin1'))
    }
    for (const list of this.several.values) {
      if (values >= limit) break
      values += list.length
      for (const value of list) seen.add(value as string)
    }
    return { values, distinct: seen.size }
  }

  finish({ name, arrayName }: StoredColumn, rows: number): InsertColumn[] {
    const nulls = rows - this.valid.count
    const columns = [plainColumn(this.#bytes.arrow(name, 'u', rows, nulls, this.valid.bitmap(rows)))]
    if (arrayName !== undefined && this.hasArrays) columns.push(this.#arrays(arrayName, rows))
    return columns
  }

  /** Arrays of strings travel as their bytes, one after the other, and their lengths. */
  #arrays(name: string, rows: number): InsertColumn {
    const bytes = new ByteColumn()
    const lengths = new ByteColumn()
    for (const [i, row] of this.several.rows.entries()) {
      const distinct = new Set(this.several.values[i] as string[])
      const sizes = new Uint32Array(distinct.size)
      let at = 0
      for (const value of distinct) {
        const before = bytes.length
        bytes.writeText(value)
        sizes[at++] = bytes.length - before
      }
      bytes.close(row)
      lengths.writeBytes(bytesOf(sizes))
      lengths.close(row)
    }
    const lengthsName = `${name}_lengths`
    const sizes = sql`reinterpret(ifNull(${identifier(lengthsName)}, ''), 'Array(UInt32)')`
    const cut = sql`substring(ifNull(${identifier(name)}, ''), toInt64(e) - n + 1, n)`
    return {
      column: name,
      value: sql`arrayMap((e, n) -> ${cut}, arrayCumSum(${sizes}), ${sizes})`,
      arrow: [bytes.arrow(name, 'z', rows, 0, null), lengths.arrow(lengthsName, 'z', rows, 0, null)],
    }
  }
}
