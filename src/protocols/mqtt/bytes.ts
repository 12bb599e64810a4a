import { isUtf8 } from 'node:buffer'
import { malformed } from './packet.ts'

/** Reads the parts of a packet from left to right. @throws MqttError (malformed) beyond its end */
export class ByteReader {
  readonly bytes: Buffer
  at: number
  readonly end: number

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes
    this.at = start
    this.end = end
  }

  get left(): number {
    return this.end - this.at
  }

  #need(count: number): void {
    if (this.at + count > this.end) throw malformed('the packet ends too early')
  }

  u8(): number {
    this.#need(1)
    return this.bytes[this.at++] ?? 0
  }

  u16(): number {
    this.#need(2)
    const value = this.bytes.readUInt16BE(this.at)
    this.at += 2
    return value
  }

  u32(): number {
    this.#need(4)
    const value = this.bytes.readUInt32BE(this.at)
    this.at += 4
    return value
  }

  /** One to four bytes, as few as possible. */
  variable(): number {
    let value = 0
    for (let i = 0, factor = 1; i < 4; i++, factor *= 128) {
      const byte = this.u8()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) {
        if (byte === 0 && i > 0) throw malformed('a variable byte integer is longer than it has to be')
        return value
      }
    }
    throw malformed('a variable byte integer has more than four bytes')
  }

  /** Bytes with their length before them: a view, not a copy. */
  binary(): Buffer {
    const length = this.u16()
    this.#need(length)
    const value = this.bytes.subarray(this.at, this.at + length)
    this.at += length
    return value
  }

  /** Text: well-formed UTF-8 without U+0000 (MQTT 5.0 §1.5.4). */
  text(): string {
    const bytes = this.binary()
    checkUtf8(bytes)
    return bytes.toString('utf8')
  }
}

/** @throws MqttError (malformed) for what is no UTF-8, holds a surrogate, or U+0000 [MQTT-1.5.4-1, -2] */
export function checkUtf8(bytes: Uint8Array): void {
  if (!isUtf8(bytes)) throw malformed('a text is no valid UTF-8')
  if (bytes.includes(0)) throw malformed('a text holds U+0000')
}

/** How many bytes a variable byte integer takes. */
export function variableSize(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
}

/** Writes a variable byte integer. Answers the place behind it. */
export function writeVariable(bytes: Buffer, value: number, at: number): number {
  let rest = value
  let place = at
  do {
    const byte = rest % 128
    rest = Math.floor(rest / 128)
    bytes[place++] = rest > 0 ? byte | 0x80 : byte
  } while (rest > 0)
  return place
}
