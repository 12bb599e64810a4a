import { bufferOf } from './charset.ts'

/** A line longer than this is cut: a source without line ends must not fill the memory. */
export const MAX_LINE_BYTES = 20 * 1024 * 1024

export interface SplitLine {
  readonly bytes: Buffer
  /** The line was longer than the limit; these are its first bytes, and the rest up to its end was skipped. */
  readonly tooLong: boolean
}

/** Cuts a stream of bytes at a delimiter. Keeps what is not complete yet. */
export class LineSplitter {
  readonly #delimiter: Buffer
  readonly #maxBytes: number
  #parts: Buffer[] = []
  #length = 0
  #skipping = false

  constructor(delimiter = '\n', maxBytes = MAX_LINE_BYTES) {
    this.#delimiter = Buffer.from(delimiter)
    this.#maxBytes = maxBytes
  }

  /** Bytes of a line whose end has not come. */
  get waitingBytes(): number {
    return this.#length
  }

  /** Answers the lines that are complete, without their delimiter. Their bytes are not those of `chunk` alone to keep. */
  push(chunk: Uint8Array): SplitLine[] {
    const lines: SplitLine[] = []
    let rest = this.#join(bufferOf(chunk))
    for (;;) {
      const end = rest.indexOf(this.#delimiter)
      if (end < 0) break
      if (this.#skipping) this.#skipping = false
      else lines.push({ bytes: rest.subarray(0, Math.min(end, this.#maxBytes)), tooLong: end > this.#maxBytes })
      rest = rest.subarray(end + this.#delimiter.length)
    }
    if (this.#skipping) rest = rest.subarray(Math.max(0, rest.length - this.#delimiter.length + 1))
    else if (rest.length > this.#maxBytes) {
      lines.push({ bytes: Buffer.from(rest.subarray(0, this.#maxBytes)), tooLong: true })
      this.#skipping = true
      rest = rest.subarray(Math.max(0, rest.length - this.#delimiter.length + 1))
    }
    this.#keep(rest)
    return lines
  }

  /** What is left without a delimiter, at the end of the stream. */
  end(): SplitLine[] {
    const rest = Buffer.concat(this.#parts)
    this.#parts = []
    this.#length = 0
    const skipped = this.#skipping
    this.#skipping = false
    return rest.length === 0 || skipped ? [] : [{ bytes: rest, tooLong: false }]
  }

  #join(chunk: Buffer): Buffer {
    if (this.#length === 0) return chunk
    // A delimiter can only end within the new chunk: parts without one are not searched again.
    const tail = this.#delimiter.length - 1
    if (!chunk.includes(this.#delimiter) && tail === 0 && this.#length + chunk.length <= this.#maxBytes) {
      this.#parts.push(Buffer.from(chunk))
      this.#length += chunk.length
      return Buffer.alloc(0)
    }
    const joined = Buffer.concat([...this.#parts, chunk])
    this.#parts = []
    this.#length = 0
    return joined
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return
    this.#parts.push(Buffer.from(rest))
    this.#length += rest.length
  }
}
