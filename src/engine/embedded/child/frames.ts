/**
 * Frames between the two processes: `head length (u32 LE) | payload length (u32 LE) | head (JSON) | payload`.
 * Lengths are trusted: both ends are ours, and a frame is never larger than a batch of rows.
 */
const PREFIX_BYTES = 8

/** Frames as buffers ready to be written one after the other. Payloads are not copied. */
export function frame(head: object, payload: readonly Uint8Array[]): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(head), 'utf8')
  const start = Buffer.allocUnsafe(PREFIX_BYTES + json.length)
  let payloadLength = 0
  for (const part of payload) payloadLength += part.length
  start.writeUInt32LE(json.length, 0)
  start.writeUInt32LE(payloadLength, 4)
  json.copy(start, PREFIX_BYTES)
  return [start, ...payload.filter((part) => part.length > 0)]
}

/** Puts frames together again from a stream of chunks; chunks may be used again as soon as `push` returns. */
export class FrameReader {
  readonly #onFrame: (head: unknown, payload: Buffer) => void
  readonly #prefix = Buffer.alloc(PREFIX_BYTES)
  #head: Buffer | undefined
  #payload: Buffer | undefined
  /** Bytes of the part being read that are there already. */
  #filled = 0

  constructor(onFrame: (head: unknown, payload: Buffer) => void) {
    this.#onFrame = onFrame
  }

  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      const part = this.#payload ?? this.#head ?? this.#prefix
      const taken = Math.min(part.length - this.#filled, chunk.length - at)
      part.set(chunk.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
      this.#advance()
    }
  }

  /** Goes on to the next part as often as the current one is full: parts may be empty. */
  #advance(): void {
    if (this.#head === undefined) {
      if (this.#filled < PREFIX_BYTES) return
      this.#head = Buffer.allocUnsafe(this.#prefix.readUInt32LE(0))
      this.#filled = 0
    }
    if (this.#payload === undefined) {
      if (this.#filled < this.#head.length) return
      // Not from the shared pool: the engine reads numbers straight out of it and wants them aligned.
      this.#payload = Buffer.allocUnsafeSlow(this.#prefix.readUInt32LE(4))
      this.#filled = 0
    }
    if (this.#filled < this.#payload.length) return
    const head: unknown = JSON.parse(this.#head.toString('utf8'))
    const payload = this.#payload
    this.#head = undefined
    this.#payload = undefined
    this.#filled = 0
    this.#onFrame(head, payload)
  }
}
