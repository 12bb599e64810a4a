import { type Analyzer, type Token, TokenSpans } from '../../../query/analysis/token.ts'
import type { FieldValue } from '../../../query/field.ts'
import type { StoredColumn } from '../layout.ts'
import { encodeTokens, type PlacedToken } from '../token-column.ts'
import { type InsertColumn, neverNull, plainColumn } from './arrow-column.ts'
import type { BufferPool } from './buffer-pool.ts'
import { ByteColumn } from './byte-column.ts'
import { ColumnBuilder } from './column-builder.ts'
import { bytesOf } from './number-builder.ts'
import { SpanWriter } from './span-writer.ts'

/** The tokens of a text field as `token-column.ts` lays them out, and their number. */
export class TokenBuilder extends ColumnBuilder {
  readonly #analyzer: Analyzer
  readonly #frequencies: boolean
  readonly #countsDistinct: boolean
  readonly #bytes: ByteColumn
  #lengths = new Uint32Array(256)
  readonly #spans = new TokenSpans()
  readonly #writer = new SpanWriter()

  /** `frequencies` is off where the field scores nothing; with `countsDistinct` a text is as long as it has different tokens. */
  constructor(
    analyzer: Analyzer,
    { frequencies, countsDistinct }: { readonly frequencies: boolean; readonly countsDistinct: boolean },
    pool?: BufferPool,
    expected?: { readonly rows: number; readonly bytes: number },
  ) {
    super()
    this.#bytes = new ByteColumn(pool, expected)
    this.#analyzer = analyzer
    this.#frequencies = frequencies
    this.#countsDistinct = countsDistinct
  }

  override get size(): number {
    return this.#bytes.length
  }

  override release(): void {
    this.#bytes.release()
  }

  /** Never: several values of a row are one row of tokens. */
  override get hasArrays(): boolean {
    return false
  }

  protected put(row: number, value: FieldValue): void {
    const text = value as string
    if (!this.#countsDistinct && this.#analyzer.asciiSpans?.(text, this.#spans) === true) {
      this.#writer.write(text, this.#spans, this.#bytes, this.#frequencies)
      this.#close(row, this.#spans.count)
    } else this.#putTokens(row, [text])
  }

  #putTokens(row: number, texts: readonly string[]): void {
    const values = texts.map((text) => this.#analyzer.analyze(text).map(placed))
    const { text, length } = encodeTokens(values, this.#frequencies)
    this.#bytes.writeText(text)
    this.#close(row, this.#countsDistinct ? new Set(values.flat().map(({ token }) => token)).size : length)
  }

  #close(row: number, length: number): void {
    this.#bytes.close(row)
    if (row >= this.#lengths.length) this.#lengths = withLength(this.#lengths, Math.max(this.#lengths.length * 2, row + 1))
    this.#lengths[row] = length
  }

  /** A row of several values is written by `finish`, when all of them are there. */
  protected take(row: number): void {
    this.cut(row)
  }

  protected cut(rows: number): void {
    this.#bytes.truncate(rows)
    this.#lengths.fill(0, rows)
  }

  finish(column: StoredColumn, rows: number): InsertColumn[] {
    if (this.several.rows.length > 0) return this.#withSeveral(rows).finish(column, rows)
    const { name, lengthName } = column
    const columns: InsertColumn[] = [
      { column: name, value: neverNull(name), arrow: [this.#bytes.arrow(name, 'u', rows, 0, null)] },
    ]
    if (lengthName !== undefined) {
      const lengths = bytesOf(withLength(this.#lengths, rows))
      const length = plainColumn({ name: lengthName, format: 'I', nulls: 0, buffers: [null, lengths] })
      columns.push({ ...length, value: neverNull(lengthName) })
    }
    return columns
  }

  /** All rows once more, those of several values in their places. */
  #withSeveral(rows: number): TokenBuilder {
    const all = new TokenBuilder(this.#analyzer, { frequencies: this.#frequencies, countsDistinct: this.#countsDistinct })
    let next = 0
    for (let row = 0; row < rows; row++) {
      if (this.several.rows[next] === row) all.#putTokens(row, this.several.values[next++] as string[])
      else if (this.valid.has(row)) {
        all.#bytes.writeBytes(this.#bytes.at(row))
        all.#close(row, this.#lengths[row] ?? 0)
      }
    }
    return all
  }
}

function placed({ term, position }: Token): PlacedToken {
  return { token: term, position }
}

function withLength(lengths: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  if (lengths.length >= length) return lengths.subarray(0, length) as Uint32Array<ArrayBuffer>
  const larger = new Uint32Array(length)
  larger.set(lengths)
  return larger
}
