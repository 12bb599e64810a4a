import type { FieldValue, RangeValue } from '../../../query/field.ts'
import type { StoredColumn } from '../layout.ts'
import { endStorage, isRangeStorage, RANGE_TO } from '../tables/column-shape.ts'
import type { InsertColumn } from './arrow-column.ts'
import { ColumnBuilder } from './column-builder.ts'

/** Ranges: a column of lower ends and one of upper ends. */
export class RangeBuilder extends ColumnBuilder {
  readonly #from: ColumnBuilder
  readonly #to: ColumnBuilder

  constructor(end: () => ColumnBuilder) {
    super()
    this.#from = end()
    this.#to = end()
  }

  override release(): void {
    this.#from.release()
    this.#to.release()
  }

  // Both parts see every value themselves: several ranges of a row are several values of each.
  override add(row: number, value: FieldValue): void {
    const { from, to } = value as RangeValue
    this.#from.add(row, from)
    this.#to.add(row, to)
  }

  override get values(): number {
    return this.#from.values
  }

  override get hasArrays(): boolean {
    return this.#from.hasArrays
  }

  override truncate(rows: number): void {
    this.#from.truncate(rows)
    this.#to.truncate(rows)
  }

  finish(column: StoredColumn, rows: number): InsertColumn[] {
    const { storage } = column
    if (!isRangeStorage(storage)) throw new Error(`ranges cannot be stored as ${storage}`)
    const part = (suffix: string): StoredColumn => ({
      ...column,
      storage: endStorage(storage),
      name: column.name + suffix,
      arrayName: column.arrayName && column.arrayName + suffix,
    })
    return [...this.#from.finish(part(''), rows), ...this.#to.finish(part(RANGE_TO), rows)]
  }

  protected put(): void {}

  protected take(): void {}

  protected cut(): void {}
}
