/** A frame longer than this is cut: RFC 5425 §4.3.1 asks for 8 KB, senders of whole JSON documents need more. */
export const MAX_SYSLOG_BYTES = 1024 * 1024
/** `MSG-LEN SP` of at most seven digits, and the beginning of a message. */
const OCTET_COUNT = /^(\d{1,7}) </

/**
 * Cuts a TCP stream of syslog into messages (RFC 6587): each counted by its octets, or ended by a line feed or NUL. The
 * two may alternate, as some relays do.
 */
export class SyslogFrames {
  #rest: Buffer = Buffer.alloc(0)
  /** Bytes of it that hold no end of a message. */
  #searched = 0

  push(chunk: Uint8Array): Buffer[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    const frames: Buffer[] = []
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) if (frame.length > 0) frames.push(frame)
    return frames
  }

  /** What came without an end, when the connection closes. */
  end(): Buffer[] {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    const text = withoutLineEnd(rest.subarray(0, MAX_SYSLOG_BYTES))
    return text.length === 0 ? [] : [text]
  }

  #next(): Buffer | undefined {
    const head = this.#rest.toString('latin1', 0, 9)
    const counted = OCTET_COUNT.exec(head)
    if (counted !== null) {
      const start = (counted[1] ?? '').length + 1
      const length = Number(counted[1])
      if (length <= MAX_SYSLOG_BYTES) return this.#take(start, start + length, start + length)
    } else if (head.length < 9 && /^\d{1,7} ?$/.test(head)) return undefined
    const end = this.#findEnd()
    if (end >= 0) return this.#take(0, Math.min(end, MAX_SYSLOG_BYTES), end + 1)
    return this.#rest.length > MAX_SYSLOG_BYTES ? this.#take(0, MAX_SYSLOG_BYTES, this.#rest.length) : undefined
  }

  /** Of a message that comes in small pieces only the new ones are looked at. */
  #findEnd(): number {
    const ends = [0x0a, 0].map((byte) => this.#rest.indexOf(byte, this.#searched)).filter((end) => end >= 0)
    this.#searched = ends.length > 0 ? 0 : this.#rest.length
    return ends.length > 0 ? Math.min(...ends) : -1
  }

  /** `undefined` while the frame is not complete. */
  #take(from: number, to: number, next: number): Buffer | undefined {
    if (this.#rest.length < next) return undefined
    const frame = this.#rest.subarray(from, to)
    this.#rest = this.#rest.subarray(next)
    this.#searched = 0
    return withoutLineEnd(frame)
  }
}

/** Senders end messages in several ways: none of them is part of it. */
export function withoutLineEnd(frame: Buffer): Buffer {
  let end = frame.length
  while (end > 0 && (frame[end - 1] === 0x0a || frame[end - 1] === 0x0d || frame[end - 1] === 0)) end -= 1
  return frame.subarray(0, end)
}
