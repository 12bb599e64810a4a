/** Bytes of lengths behind a head byte, and of what they count: https://github.com/msgpack/msgpack/blob/master/spec.md */
const FIXED: Readonly<Record<number, number>> = {
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
  0xd4: 2,
  0xd5: 3,
  0xd6: 5,
  0xd7: 9,
  0xd8: 17,
}
const COUNTED: Readonly<Record<number, { readonly bytes: 1 | 2 | 4; readonly extra?: number; readonly values?: 1 | 2 }>> = {
  0xc4: { bytes: 1 },
  0xc5: { bytes: 2 },
  0xc6: { bytes: 4 },
  0xc7: { bytes: 1, extra: 1 },
  0xc8: { bytes: 2, extra: 1 },
  0xc9: { bytes: 4, extra: 1 },
  0xd9: { bytes: 1 },
  0xda: { bytes: 2 },
  0xdb: { bytes: 4 },
  0xdc: { bytes: 2, values: 1 },
  0xdd: { bytes: 4, values: 1 },
  0xde: { bytes: 2, values: 2 },
  0xdf: { bytes: 4, values: 2 },
}

export interface SplitValue {
  readonly bytes: Buffer
  /** The value was longer than the limit: these are its first bytes, and what follows is not found. */
  readonly tooLong: boolean
}

/** Cuts a stream into values of MessagePack. No byte is looked at twice, however small the chunks are. */
export class MsgpackSplitter {
  readonly #maxBytes: number
  /** What waits lies at its beginning; it is larger, so that small chunks are not copied again and again. */
  #buffer = Buffer.alloc(0)
  #length = 0
  /** Where the next head is looked for. */
  #at = 0
  /** Values that are still to come before the outermost one is complete. */
  #left = 1

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get waitingBytes(): number {
    return this.#length
  }

  /** The values that are complete. Their bytes are their own. */
  push(chunk: Uint8Array): SplitValue[] {
    this.#append(chunk)
    const values: SplitValue[] = []
    let start = 0
    while (this.#skip()) {
      values.push({ bytes: Buffer.from(this.#buffer.subarray(start, this.#at)), tooLong: false })
      start = this.#at
      this.#left = 1
    }
    this.#buffer.copyWithin(0, start, this.#length)
    this.#length -= start
    this.#at -= start
    if (this.#length > this.#maxBytes) {
      values.push({ bytes: Buffer.from(this.#buffer.subarray(0, this.#maxBytes)), tooLong: true })
      this.#clear()
    } else if (this.#length === 0) this.#clear()
    return values
  }

  #append(chunk: Uint8Array): void {
    const length = this.#length + chunk.length
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(length * 2)
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    this.#buffer.set(chunk, this.#length)
    this.#length = length
  }

  #clear(): void {
    this.#buffer = Buffer.alloc(0)
    this.#length = 0
    this.#at = 0
    this.#left = 1
  }

  /** Answers whether the outermost value ends, at `#at`; else that stays before what has not come. */
  #skip(): boolean {
    const bytes = this.#buffer
    while (this.#left > 0) {
      const head = this.#at < this.#length ? bytes[this.#at] : undefined
      if (head === undefined) return false
      let next = this.#at + 1
      let values = 0
      const counted = COUNTED[head]
      if (counted !== undefined) {
        if (next + counted.bytes > this.#length) return false
        const count = bytes.readUIntBE(next, counted.bytes)
        next += counted.bytes + (counted.extra ?? 0)
        if (counted.values === undefined) next += count
        else values = count * counted.values
      } else if (head >= 0x80 && head <= 0x8f) values = (head & 0x0f) * 2
      else if (head >= 0x90 && head <= 0x9f) values = head & 0x0f
      else if (head >= 0xa0 && head <= 0xbf) next += head & 0x1f
      else next += FIXED[head] ?? 0
      // A text that has not come as a whole is skipped when it has.
      if (next > this.#length) return false
      this.#at = next
      this.#left += values - 1
    }
    return true
  }
}
