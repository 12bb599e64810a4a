import type { FieldValue } from '../../../query/field.ts'
import type { StoredColumn } from '../layout.ts'
import { identifier, sql } from '../sql.ts'
import type { InsertColumn } from './arrow-column.ts'
import { ByteColumn } from './byte-column.ts'
import { ColumnBuilder } from './column-builder.ts'

const IP_BYTES = 16

/** Addresses of 16 bytes. */
export class IpBuilder extends ColumnBuilder {
  #bytes = new Uint8Array(IP_BYTES * 64)

  protected put(row: number, value: FieldValue): void {
    this.#reserve(row + 1)
    this.#bytes.set(value as Uint8Array, row * IP_BYTES)
  }

  protected take(): void {}

  protected cut(): void {}

  #reserve(rows: number): void {
    if (rows * IP_BYTES <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, rows * IP_BYTES))
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  finish({ name, arrayName }: StoredColumn, rows: number): InsertColumn[] {
    this.#reserve(rows)
    const buffers = [this.valid.bitmap(rows), this.#bytes.subarray(0, rows * IP_BYTES)]
    const columns: InsertColumn[] = [
      {
        column: name,
        value: sql`CAST(${identifier(name)} AS Nullable(IPv6))`,
        arrow: [{ name, format: `w:${IP_BYTES}`, nulls: rows - this.valid.count, buffers }],
      },
    ]
    if (arrayName !== undefined && this.hasArrays) {
      const bytes = new ByteColumn()
      for (const [i, row] of this.several.rows.entries()) {
        for (const address of this.several.values[i] ?? []) bytes.writeBytes(address as Uint8Array)
        bytes.close(row)
      }
      const all = sql`ifNull(${identifier(arrayName)}, '')`
      const one = sql`CAST(toFixedString(substring(${all}, i * ${IP_BYTES} + 1, ${IP_BYTES}), ${IP_BYTES}) AS IPv6)`
      columns.push({
        column: arrayName,
        value: sql`arrayMap(i -> ${one}, range(intDiv(length(${all}), ${IP_BYTES})))`,
        arrow: [bytes.arrow(arrayName, 'z', rows, 0, null)],
      })
    }
    return columns
  }
}
