import type { ArrowColumn } from './arrow-column.ts'
import type { BufferPool } from './buffer-pool.ts'

/** Texts up to this long are written byte by byte: calling into the runtime costs as much as 40 characters. */
const SHORT_TEXT = 40
const FIRST_ROWS = 256
const FIRST_BYTES = 4096

/** Byte strings of rows one after the other, as Arrow lays them out. Rows are written in order; skipped ones are empty. */
export class ByteColumn {
  /** Bytes written; those of row i end where those of row i + 1 begin. */
  bytes: Uint8Array<ArrayBuffer>
  length = 0
  /** Rows that are closed: written, or skipped. */
  rows = 0
  #offsets: Int32Array<ArrayBuffer>
  #text: Buffer
  readonly #pool: BufferPool | undefined

  /** `expected` saves growing; `pool` lends the memory. */
  constructor(pool?: BufferPool, expected: { readonly rows: number; readonly bytes: number } = { rows: 0, bytes: 0 }) {
    this.#pool = pool
    this.bytes = new Uint8Array(this.#memory(Math.max(expected.bytes, FIRST_BYTES)))
    this.#text = Buffer.from(this.bytes.buffer)
    this.#offsets = new Int32Array(this.#memory((Math.max(expected.rows, FIRST_ROWS) + 1) * 4))
    this.#offsets[0] = 0
  }

  #memory(bytes: number): ArrayBuffer {
    return this.#pool?.take(bytes) ?? new ArrayBuffer(bytes)
  }

  /** Gives the memory back. Nothing of the column may be used afterwards. */
  release(): void {
    this.#pool?.give(this.bytes.buffer)
    this.#pool?.give(this.#offsets.buffer)
  }

  /** Makes room for `more` bytes; `bytes` may be another array afterwards. */
  reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    // The smaller one is not given back: the log may be writing from it.
    const larger = new Uint8Array(this.#memory(Math.max(needed, this.bytes.length * 2)))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
    this.#text = Buffer.from(larger.buffer)
  }

  /** Ends a row at the bytes written so far. */
  close(row: number): void {
    if (row + 1 >= this.#offsets.length) {
      const larger = new Int32Array(this.#memory(Math.max(this.#offsets.length * 2, row + 2) * 4))
      larger.set(this.#offsets)
      this.#offsets = larger
    }
    const offsets = this.#offsets
    const start = offsets[this.rows] ?? 0
    for (let skipped = this.rows + 1; skipped <= row; skipped++) offsets[skipped] = start
    offsets[row + 1] = this.length
    this.rows = row + 1
  }

  /** Writes a text as UTF-8, lone surrogates as U+FFFD. The row is still open afterwards. */
  writeText(text: string): void {
    const { length } = text
    this.reserve(length * 3)
    if (length <= SHORT_TEXT) {
      const { bytes } = this
      let at = this.length
      let i = 0
      for (; i < length; i++) {
        const code = text.charCodeAt(i)
        if (code > 127) break
        bytes[at++] = code
      }
      if (i === length) {
        this.length = at
        return
      }
    }
    this.length += this.#text.write(text, this.length)
  }

  writeBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  text(row: number, text: string): void {
    this.writeText(text)
    this.close(row)
  }

  at(row: number): Uint8Array {
    return row < this.rows ? this.bytes.subarray(this.#offsets[row], this.#offsets[row + 1]) : this.bytes.subarray(0, 0)
  }

  /** The bytes of rows `from` to `to`, the latter excluded. */
  range(from: number, to: number): Uint8Array {
    return this.bytes.subarray(this.#offsets[from], this.#offsets[to])
  }

  /** Forgets rows from `rows` on. */
  truncate(rows: number): void {
    if (rows >= this.rows) return
    this.rows = rows
    this.length = this.#offsets[rows] ?? 0
  }

  /** `format`: `u` for text, `z` for bytes. The validity bitmap is the caller's. */
  arrow(name: string, format: 'u' | 'z', rows: number, nulls: number, valid: Uint8Array | null): ArrowColumn {
    if (rows > 0) this.#closeUpTo(rows)
    const offsets = this.#offsets
    return {
      name,
      format,
      nulls,
      buffers: [
        valid,
        new Uint8Array(offsets.buffer, 0, (rows + 1) * Int32Array.BYTES_PER_ELEMENT),
        this.bytes.subarray(0, offsets[rows]),
      ],
    }
  }

  #closeUpTo(rows: number): void {
    if (this.rows < rows) this.close(rows - 1)
  }
}
