import { malformed, MqttError, protocolError, Reason } from './packet.ts'

const EMPTY = Buffer.alloc(0)

/**
 * Called for each whole packet: its first byte, and where its content lies. The bytes belong to the framer and are reused;
 * answer `false` to stop (the rest waits for `resume`).
 */
export type PacketHandler = (firstByte: number, bytes: Buffer, start: number, end: number) => boolean

/**
 * Cuts a stream of bytes into packets. A packet over the limit is refused when its length is known, before its content is
 * kept; so nobody can make us hold more than one packet.
 */
export class Framer {
  readonly #handler: PacketHandler
  readonly #maxPacketBytes: number
  /** The beginning of a packet whose rest has not come, and room for more: one byte at a time must not cost an object each. */
  #kept: Buffer = EMPTY
  #have = 0
  /** Length of the packet that `#kept` begins, when known. */
  #need = 0
  /** The handler stopped: what comes is kept until `resume`. */
  #stopped = false

  constructor(maxPacketBytes: number, handler: PacketHandler) {
    this.#maxPacketBytes = maxPacketBytes
    this.#handler = handler
  }

  /** Bytes that wait for the rest of their packet, or for `resume`. */
  get waiting(): number {
    return this.#have
  }

  /** Takes bytes. Answers `false` when the handler stopped. @throws MqttError */
  push(chunk: Buffer): boolean {
    if (this.#have === 0 && !this.#stopped) return this.#cut(chunk)
    this.#append(chunk)
    if (this.#stopped) return false
    if (this.#have < this.#need) return true
    const whole = this.#kept.subarray(0, this.#have)
    this.#kept = EMPTY
    this.#have = 0
    this.#need = 0
    return this.#cut(whole)
  }

  /** Goes on with what waited after the handler had stopped. */
  resume(): boolean {
    this.#stopped = false
    return this.push(EMPTY)
  }

  #cut(bytes: Buffer): boolean {
    let at = 0
    const { length } = bytes
    while (length - at >= 2) {
      if ((bytes[at] ?? 0) < 16) throw protocolError('there is no packet of type 0 [§2.1.2]')
      // The remaining length: one to four bytes.
      let remaining = 0
      let place = at + 1
      let factor = 1
      let complete = false
      for (let i = 0; i < 4 && place < length; i++) {
        const byte = bytes[place++] ?? 0
        remaining += (byte & 0x7f) * factor
        factor *= 128
        if (byte < 0x80) {
          complete = true
          break
        }
      }
      if (!complete) {
        if (place - at > 4) throw malformed('the length of a packet takes more than four bytes')
        break
      }
      const size = place - at + remaining
      if (size > this.#maxPacketBytes)
        throw new MqttError(Reason.packetTooLarge, `a packet of ${size} bytes is larger than ${this.#maxPacketBytes}`)
      if (length - at < size) {
        this.#keep(bytes, at, size)
        return true
      }
      const first = bytes[at] ?? 0
      at += size
      if (!this.#handler(first, bytes, place, at)) {
        this.#stopped = true
        if (at < length) this.#keep(bytes, at, 0)
        return false
      }
    }
    if (at < length) this.#keep(bytes, at, 0)
    return true
  }

  /** A copy: a slice would hold all of the buffer that the socket was read into. */
  #keep(bytes: Buffer, at: number, need: number): void {
    this.#append(bytes.subarray(at))
    this.#need = need
  }

  #append(bytes: Buffer): void {
    const size = this.#have + bytes.length
    if (size > this.#kept.length) {
      // Twice as much each time, so that what is copied stays in proportion to what came.
      const larger = Buffer.allocUnsafe(Math.max(size, Math.min(2 * size, this.#need)))
      this.#kept.copy(larger, 0, 0, this.#have)
      this.#kept = larger
    }
    bytes.copy(this.#kept, this.#have)
    this.#have = size
  }
}
