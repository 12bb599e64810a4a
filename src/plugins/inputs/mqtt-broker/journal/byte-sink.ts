const FIRST_BYTES = 64 * 1024

/** Bytes that grow at their end: numbers are little-endian, texts and byte strings have their length before them. */
export class ByteSink {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  length = 0

  /** What was written; valid until the next write. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
    // A single large message must not hold its room for ever.
    if (this.#bytes.length > 64 * FIRST_BYTES) this.#bytes = Buffer.allocUnsafe(FIRST_BYTES)
  }

  u8(value: number): void {
    this.#room(1)
    this.#bytes[this.length++] = value
  }

  u16(value: number): void {
    this.#room(2)
    this.length = this.#bytes.writeUInt16LE(value, this.length)
  }

  u32(value: number): void {
    this.#room(4)
    this.length = this.#bytes.writeUInt32LE(value, this.length)
  }

  /** Counters and instants: up to 2^48. */
  u48(value: number): void {
    this.#room(6)
    this.length = this.#bytes.writeUIntLE(value, this.length, 6)
  }

  binary(value: Uint8Array): void {
    this.u32(value.length)
    this.#room(value.length)
    this.#bytes.set(value, this.length)
    this.length += value.length
  }

  text(value: string): void {
    const size = Buffer.byteLength(value)
    this.u32(size)
    this.#room(size)
    this.length += this.#bytes.write(value, this.length)
  }

  /** Writes over four bytes that are there already. */
  setU32(value: number, at: number): void {
    this.#bytes.writeUInt32LE(value, at)
  }

  #room(bytes: number): void {
    const need = this.length + bytes
    if (need <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(need, this.#bytes.length * 2))
    larger.set(this.written)
    this.#bytes = larger
  }
}

/** Reads what a `ByteSink` wrote. @throws RangeError beyond the end */
export class ByteSource {
  readonly #bytes: Buffer
  readonly #end: number
  #at: number

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1))
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#take(2))
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#take(4))
  }

  u48(): number {
    return this.#bytes.readUIntLE(this.#take(6), 6)
  }

  /** A copy: what is kept must not hold the file's buffer. */
  binary(): Buffer {
    const length = this.u32()
    const start = this.#take(length)
    return Buffer.from(this.#bytes.subarray(start, start + length))
  }

  text(): string {
    const length = this.u32()
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  #take(bytes: number): number {
    const start = this.#at
    if (start + bytes > this.#end) throw new RangeError('a record ends too early')
    this.#at += bytes
    return start
  }
}
