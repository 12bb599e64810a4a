import type { FieldValue, GeoPoint } from '../../../query/field.ts'
import type { StoredColumn } from '../layout.ts'
import type { InsertColumn } from './arrow-column.ts'
import type { BufferPool } from './buffer-pool.ts'
import { ColumnBuilder } from './column-builder.ts'
import { NumberBuilder } from './number-builder.ts'

/** Points: a column of latitudes and one of longitudes. */
export class GeoBuilder extends ColumnBuilder {
  readonly #lat: NumberBuilder
  readonly #lon: NumberBuilder

  constructor(pool?: BufferPool, expectedRows?: number) {
    super()
    this.#lat = new NumberBuilder(pool, expectedRows)
    this.#lon = new NumberBuilder(pool, expectedRows)
  }

  override release(): void {
    this.#lat.release()
    this.#lon.release()
  }

  // Both parts see every value themselves: several points of a row are several values of each.
  override add(row: number, value: FieldValue): void {
    const { lat, lon } = value as GeoPoint
    this.#lat.add(row, lat)
    this.#lon.add(row, lon)
  }

  override get values(): number {
    return this.#lat.values
  }

  override get hasArrays(): boolean {
    return this.#lat.hasArrays
  }

  override truncate(rows: number): void {
    this.#lat.truncate(rows)
    this.#lon.truncate(rows)
  }

  finish(column: StoredColumn, rows: number): InsertColumn[] {
    const part = (suffix: string): StoredColumn => ({
      ...column,
      storage: 'float64',
      name: column.name + suffix,
      arrayName: column.arrayName && column.arrayName + suffix,
    })
    return [...this.#lat.finish(part(''), rows), ...this.#lon.finish(part('_lon'), rows)]
  }

  protected put(): void {}

  protected take(): void {}

  protected cut(): void {}
}
