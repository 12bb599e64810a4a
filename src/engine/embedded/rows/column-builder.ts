import type { FieldValue } from '../../../query/field.ts'
import type { StoredColumn } from '../layout.ts'
import type { InsertColumn } from './arrow-column.ts'
import { Validity } from './validity.ts'

/**
 * The values of one field of the rows of a batch. Rows come in order; a row without a value is not mentioned. A second
 * value for the same row makes it a row of several values, which go to the field's array column.
 */
export abstract class ColumnBuilder {
  protected readonly valid = new Validity()
  /** Rows of several values and those values, in document order. */
  protected readonly several: { readonly rows: number[]; readonly values: FieldValue[][] } = { rows: [], values: [] }
  /** The row that was added to last, and its first value. */
  #row = -1
  #first: FieldValue = ''

  add(row: number, value: FieldValue): void {
    if (row !== this.#row) {
      this.#row = row
      this.#first = value
      this.put(row, value)
      this.valid.set(row)
    } else this.#addMore(row, value)
  }

  #addMore(row: number, value: FieldValue): void {
    const { rows, values } = this.several
    const before = values.at(-1)
    if (rows.at(-1) === row && before) {
      before.push(value)
      return
    }
    rows.push(row)
    values.push([this.#first, value])
    this.valid.clear(row)
    this.take(row)
  }

  /** Rows with exactly one value. */
  get values(): number {
    return this.valid.count
  }

  /** Whether a row of several values was met: then the field needs its array column. */
  get hasArrays(): boolean {
    return this.several.rows.length > 0
  }

  /** Bytes of values of varying length. */
  get size(): number {
    return 0
  }

  /** Gives borrowed memory back. Nothing of the builder may be used afterwards. */
  release(): void {}

  /** Forgets rows from `rows` on. */
  truncate(rows: number): void {
    while ((this.several.rows.at(-1) ?? -1) >= rows) {
      this.several.rows.pop()
      this.several.values.pop()
    }
    for (let row = rows; row <= this.#row; row++) if (this.valid.has(row)) this.valid.clear(row)
    if (this.#row >= rows) this.cut(rows)
    this.#row = -1
  }

  /** The columns of the table that `column` describes, for the first `rows` rows. Nothing may be added afterwards. */
  abstract finish(column: StoredColumn, rows: number): InsertColumn[]
  /** Writes the value of a new row. */
  protected abstract put(row: number, value: FieldValue): void
  /** Takes back what `put` wrote for the newest row. */
  protected abstract take(row: number): void
  protected abstract cut(rows: number): void
}
