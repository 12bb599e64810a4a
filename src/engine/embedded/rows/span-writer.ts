import type { TokenSpans } from '../../../query/analysis/token.ts'
import { frequencyMarker } from '../token-column.ts'
import type { ByteColumn } from './byte-column.ts'

/** Ends every token: see `token-column.ts`. */
const END = 1
const FIRST_TOKENS = 64

/**
 * Writes the lower-cased pieces of an ASCII text as `encodeTokens` would, without a string for each: straight from the
 * text to the bytes of the column. Repeats are found in a hash table over the bytes just written.
 */
export class SpanWriter {
  /** Where each token begins and ends among the bytes, its hash, and how often it stands there (0 for a repeat). */
  #starts = new Int32Array(FIRST_TOKENS)
  #ends = new Int32Array(FIRST_TOKENS)
  #hashes = new Int32Array(FIRST_TOKENS)
  #counts = new Int32Array(FIRST_TOKENS)
  /** Token + 1 by hash, open addressing, 0 for free; a power of two and at least twice the tokens. */
  #table = new Int32Array(FIRST_TOKENS * 2)

  /** Leaves the row open. */
  write(text: string, spans: TokenSpans, column: ByteColumn, frequencies: boolean): void {
    const { count, starts, ends } = spans
    if (count > this.#starts.length) this.#grow(count)
    column.reserve(text.length + count + 1)
    const { bytes } = column
    let at = column.length
    bytes[at++] = END
    for (let i = 0; i < count; i++) {
      this.#starts[i] = at
      const end = ends[i] ?? 0
      let hash = 0
      for (let c = starts[i] ?? 0; c < end; c++) {
        let code = text.charCodeAt(c)
        if (code >= 65 && code <= 90) code += 32
        hash = (Math.imul(hash, 31) + code) | 0
        bytes[at++] = code
      }
      this.#ends[i] = at
      this.#hashes[i] = hash
      bytes[at++] = END
    }
    column.length = at
    if (frequencies && this.#countRepeats(count, bytes)) this.#writeRepeats(count, column)
  }

  /** @returns whether some token stands there more than once */
  #countRepeats(count: number, bytes: Uint8Array): boolean {
    let size = 16
    while (size < count * 2) size *= 2
    const mask = size - 1
    const table = this.#table
    table.fill(0, 0, size)
    let repeats = false
    for (let i = 0; i < count; i++) {
      const hash = this.#hashes[i] ?? 0
      this.#counts[i] = 1
      // Neighbouring words differ in the last bits of the hash least: take higher ones, too.
      for (let slot = (hash ^ (hash >>> 11)) & mask; ; slot = (slot + 1) & mask) {
        const other = (table[slot] ?? 0) - 1
        if (other < 0) {
          table[slot] = i + 1
          break
        }
        if (this.#hashes[other] === hash && this.#same(i, other, bytes)) {
          this.#counts[other] = (this.#counts[other] ?? 0) + 1
          this.#counts[i] = 0
          repeats = true
          break
        }
      }
    }
    return repeats
  }

  #same(a: number, b: number, bytes: Uint8Array): boolean {
    const length = (this.#ends[a] ?? 0) - (this.#starts[a] ?? 0)
    if (length !== (this.#ends[b] ?? 0) - (this.#starts[b] ?? 0)) return false
    const from = this.#starts[a] ?? 0
    const other = this.#starts[b] ?? 0
    for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[other + i]) return false
    return true
  }

  #writeRepeats(count: number, column: ByteColumn): void {
    for (let i = 0; i < count; i++) {
      const times = this.#counts[i] ?? 0
      if (times < 2) continue
      const token = Buffer.from(column.bytes.buffer, this.#starts[i], (this.#ends[i] ?? 0) - (this.#starts[i] ?? 0))
      column.writeText(`${frequencyMarker(token.toString('latin1'), times)}\x01`)
    }
  }

  #grow(count: number): void {
    let size = this.#starts.length
    while (size < count) size *= 2
    this.#starts = new Int32Array(size)
    this.#ends = new Int32Array(size)
    this.#hashes = new Int32Array(size)
    this.#counts = new Int32Array(size)
    this.#table = new Int32Array(size * 2)
  }
}
