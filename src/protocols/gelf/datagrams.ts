import { gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import type { EpochMillis } from '../../core/time.ts'

/*
 * GELF over UDP: a message is JSON, plain or compressed with zlib or gzip. One that does not fit a datagram comes in chunks:
 * 1e 0f, an id of eight bytes, the number of the chunk, how many there are (at most 128), and its part.
 */

/** A datagram that is no message, nor a part of one. */
export class GelfError extends Error {}

const CHUNK_HEAD_BYTES = 12
const MAX_CHUNKS = 128
/** Parts that have not come within this time do not come any more. */
const CHUNKS_WITHIN_MS = 5_000
/** Together, what waits for its other parts; the oldest goes first. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024
/** What a message takes before its first part. */
const MESSAGE_BYTES = 256
/** What a message may become when it is inflated. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024

interface Waiting {
  readonly since: EpochMillis
  readonly parts: (Buffer | undefined)[]
  missing: number
  bytes: number
}

/**
 * A message as datagrams: compressed, in chunks where it does not fit one.
 * @param id eight bytes that no other message of this sender has within a few seconds
 * @throws GelfError when it does not fit as many chunks as there may be
 */
export function encodeGelf(json: string, id: Uint8Array, maxDatagramBytes: number): readonly Buffer[] {
  const message = gzipSync(json)
  if (message.length <= maxDatagramBytes) return [message]
  const partBytes = maxDatagramBytes - CHUNK_HEAD_BYTES
  const count = Math.ceil(message.length / partBytes)
  if (count > MAX_CHUNKS)
    throw new GelfError(`a message of ${message.length} bytes takes ${count} chunks: ${MAX_CHUNKS} are possible`)
  return Array.from({ length: count }, (_, number) =>
    Buffer.concat([
      Buffer.from([0x1e, 0x0f]),
      id,
      Buffer.from([number, count]),
      message.subarray(number * partBytes, (number + 1) * partBytes),
    ]),
  )
}

/** Puts the messages of all senders together. */
export class GelfReader {
  /** By sender and id, the oldest first. */
  readonly #waiting = new Map<string, Waiting>()
  #waitingBytes = 0

  /** Memory that messages take which are not complete. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /**
   * The JSON that a datagram completes; `undefined` while other parts of it are missing.
   * @param sender who sent it: ids are the sender's own
   * @throws GelfError
   */
  read(datagram: Buffer, sender: string, now: EpochMillis): string | undefined {
    if (datagram[0] !== 0x1e || datagram[1] !== 0x0f) return jsonOf(datagram)
    const whole = this.#add(datagram, sender, now)
    return whole === undefined ? undefined : jsonOf(whole)
  }

  #add(chunk: Buffer, sender: string, now: EpochMillis): Buffer | undefined {
    if (chunk.length <= CHUNK_HEAD_BYTES) throw new GelfError(`a chunk of ${chunk.length} bytes has no part`)
    const number = chunk[10] ?? 0
    const count = chunk[11] ?? 0
    if (count === 0 || count > MAX_CHUNKS || number >= count)
      throw new GelfError(`chunk ${number} of ${count}: at most ${MAX_CHUNKS}`)
    this.#forget(now)
    const key = `${sender} ${chunk.toString('hex', 2, 10)}`
    let message = this.#waiting.get(key)
    if (message === undefined) {
      message = { since: now, parts: Array.from({ length: count }), missing: count, bytes: MESSAGE_BYTES + 8 * count }
      this.#waiting.set(key, message)
      this.#waitingBytes += message.bytes
    }
    if (message.parts.length !== count) throw new GelfError(`a message has both ${message.parts.length} chunks and ${count}`)
    if (message.parts[number] !== undefined) return undefined
    // A copy: the datagram is the socket's.
    const part = Buffer.from(chunk.subarray(CHUNK_HEAD_BYTES))
    message.parts[number] = part
    message.missing -= 1
    message.bytes += part.length
    this.#waitingBytes += part.length
    if (message.missing > 0) return undefined
    this.#drop(key, message)
    return Buffer.concat(message.parts.filter((one) => one !== undefined))
  }

  #forget(now: EpochMillis): void {
    for (const [key, message] of this.#waiting) {
      const isLate = now - message.since > CHUNKS_WITHIN_MS
      if (!isLate && this.#waitingBytes <= MAX_WAITING_BYTES) return
      this.#drop(key, message)
    }
  }

  #drop(key: string, message: Waiting): void {
    this.#waiting.delete(key)
    this.#waitingBytes -= message.bytes
  }
}

function jsonOf(bytes: Buffer): string {
  const limit = { maxOutputLength: MAX_MESSAGE_BYTES }
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, limit).toString()
    // The first byte of zlib, and the check that makes both a multiple of 31.
    if (((bytes[0] ?? 0) & 0x0f) === 8 && bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0)
      return inflateSync(bytes, limit).toString()
  } catch (error) {
    throw new GelfError(`a message cannot be inflated: ${error instanceof Error ? error.message : String(error)}`)
  }
  return bytes.toString()
}
