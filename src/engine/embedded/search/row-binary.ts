import { TextDecoder } from 'node:util'

/**
 * Reads the engine's `RowBinary` format: rows back to back, columns in order, no header. Little-endian numbers, strings
 * with a varint length before them, one byte before each nullable value (1: NULL).
 *
 * Why this and not JSON: sources must come back byte for byte and whole numbers exact, and a hundred thousand groups read
 * in two thirds of the time.
 */
export class RowReader {
  private readonly buffer: Buffer
  private position = 0

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }

  get done(): boolean {
    return this.position >= this.buffer.length
  }

  uint8(): number {
    const value = this.buffer[this.position]
    if (value === undefined) throw new Error('the result of a statement ended in the middle of a row')
    this.position += 1
    return value
  }

  uint32(): number {
    const value = this.buffer.readUInt32LE(this.position)
    this.position += 4
    return value
  }

  float64(): number {
    const value = this.buffer.readDoubleLE(this.position)
    this.position += 8
    return value
  }

  /** A number where it is exact, else a bigint. */
  int64(): number | bigint {
    const low = this.buffer.readUInt32LE(this.position)
    const value = this.buffer.readInt32LE(this.position + 4) * 0x1_0000_0000 + low
    const exact = Number.isSafeInteger(value) ? value : this.buffer.readBigInt64LE(this.position)
    this.position += 8
    return exact
  }

  /** A number where it is exact, else a bigint. */
  uint64(): number | bigint {
    const low = this.buffer.readUInt32LE(this.position)
    const value = this.buffer.readUInt32LE(this.position + 4) * 0x1_0000_0000 + low
    const exact = Number.isSafeInteger(value) ? value : this.buffer.readBigUInt64LE(this.position)
    this.position += 8
    return exact
  }

  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.uint8()
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  /** A view of the result, not a copy. */
  bytes(length: number): Uint8Array {
    const end = this.position + length
    if (end > this.buffer.length) throw new Error('the result of a statement ended in the middle of a row')
    const bytes = this.buffer.subarray(this.position, end)
    this.position = end
    return bytes
  }

  string(): string {
    const length = this.varint()
    const start = this.position
    this.position += length
    if (this.position > this.buffer.length) throw new Error('the result of a statement ended in the middle of a row')
    // Short values are mostly ASCII, which is read several times as fast this way.
    if (length > 64) return utf8.decode(this.buffer.subarray(start, this.position))
    for (let i = start; i < this.position; i++) {
      if ((this.buffer[i] ?? 0) > 127) return this.buffer.toString('utf8', start, this.position)
    }
    return this.buffer.toString('latin1', start, this.position)
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
