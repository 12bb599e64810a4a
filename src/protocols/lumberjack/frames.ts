import { inflate } from 'node:zlib'

/*
 * The protocol of Beats, versions 1 and 2. A frame is its version ('1' or '2'), its type, and its content; numbers are
 * big-endian. W: how many events follow (u32). J: sequence (u32), length (u32), JSON. D: sequence (u32), number of pairs
 * (u32), and for each the lengths and texts of key and value. C: length (u32), frames compressed with zlib. The server
 * answers A: the last sequence that it has (u32).
 */

export type LumberjackVersion = 1 | 2

/** A sender breaks the protocol or a limit: its connection must be closed. */
export class LumberjackError extends Error {}

export interface LumberjackLimits {
  /** Events of one window. */
  readonly maxWindow: number
  /** One event, and one compressed frame. */
  readonly maxFrameBytes: number
  /** What a compressed frame may hold. */
  readonly maxInflatedBytes: number
}

export const defaultLumberjackLimits: LumberjackLimits = {
  maxWindow: 100_000,
  maxFrameBytes: 32 * 1024 * 1024,
  maxInflatedBytes: 64 * 1024 * 1024,
}

export type LumberjackFrame =
  | { readonly kind: 'window'; readonly version: LumberjackVersion; readonly size: number }
  | {
      readonly kind: 'json'
      readonly version: LumberjackVersion
      readonly sequence: number
      /** Shared with other frames: of it `sizeBytes` from `start` on are this one's (`frameJson`). */
      readonly bytes: Buffer
      readonly start: number
      readonly sizeBytes: number
    }
  | {
      readonly kind: 'pairs'
      readonly version: LumberjackVersion
      readonly sequence: number
      readonly pairs: Readonly<Record<string, string>>
      readonly sizeBytes: number
    }

const MAX_PIECES = 1_000

/** Sizes of the pieces in which a frame is inflated. Each of them is a way to another thread and back. */
const MIN_PIECE_BYTES = 64 * 1024
const MAX_PIECE_BYTES = 1024 * 1024
/** What events usually shrink to a part of. */
const USUAL_RATIO = 8

const inflateAll = (bytes: Buffer, maxOutputLength: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunkSize = Math.min(Math.max(bytes.length * USUAL_RATIO, MIN_PIECE_BYTES), MAX_PIECE_BYTES)
    inflate(bytes, { maxOutputLength, chunkSize }, (error, result) => {
      if (error === null) resolve(result)
      else reject(new LumberjackError(`a compressed frame cannot be read: ${error.message}`))
    })
  })

/** Cuts what a sender sends into frames; the frames within compressed ones come as if they stood there. */
export class LumberjackReader {
  readonly #limits: LumberjackLimits
  /** The beginning of a frame, in the pieces in which it came. */
  #pieces: Buffer[] = []
  #heldBytes = 0
  /** Bytes without which the next frame is not complete. */
  #need = 1

  constructor(limits: LumberjackLimits = defaultLumberjackLimits) {
    this.#limits = limits
  }

  /** Bytes of a frame that is not complete. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /**
   * The frames that a chunk completes; those of a compressed frame together, before the next one is inflated.
   * @throws LumberjackError
   */
  async *frames(chunk: Buffer): AsyncGenerator<readonly LumberjackFrame[]> {
    const bytes = this.#hold(chunk)
    if (bytes === undefined) return
    let at = 0
    let plain: LumberjackFrame[] = []
    for (;;) {
      const frame = this.#read(bytes, at, false)
      if (typeof frame === 'number') {
        this.#need = frame
        break
      }
      at = frame.end
      if (frame.kind === 'frame') plain.push(frame.frame)
      else {
        yield plain
        plain = []
        yield this.#inner(await inflateAll(frame.bytes, this.#limits.maxInflatedBytes))
      }
    }
    yield plain
    // A copy: a slice would hold all that was read with it.
    this.#pieces = at === bytes.length ? [] : [Buffer.from(bytes.subarray(at))]
    this.#heldBytes = bytes.length - at
  }

  /** Everything that is not read yet, once there is enough for a frame: a large frame is put together once. */
  #hold(chunk: Buffer): Buffer | undefined {
    this.#pieces.push(chunk)
    this.#heldBytes += chunk.length
    const isEnough = this.#heldBytes >= this.#need
    // Pieces of a byte each would take a hundred times their size.
    if (isEnough || this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces, this.#heldBytes)]
    return isEnough ? this.#pieces[0] : undefined
  }

  #inner(bytes: Buffer): readonly LumberjackFrame[] {
    const frames: LumberjackFrame[] = []
    let at = 0
    while (at < bytes.length) {
      const frame = this.#read(bytes, at, true)
      if (typeof frame === 'number' || frame.kind === 'compressed')
        throw new LumberjackError('a compressed frame ends within a frame')
      frames.push(frame.frame)
      at = frame.end
    }
    return frames
  }

  /** The frame at a place; the number of bytes that it takes at least, when it is not complete. */
  #read(
    bytes: Buffer,
    at: number,
    compressed: boolean,
  ):
    | number
    | { readonly kind: 'frame'; readonly frame: LumberjackFrame; readonly end: number }
    | { readonly kind: 'compressed'; readonly bytes: Buffer; readonly end: number } {
    const left = bytes.length - at
    if (left < 1) return 1
    const version = bytes[at] === 0x31 ? 1 : bytes[at] === 0x32 ? 2 : undefined
    if (version === undefined)
      throw new LumberjackError(`a frame of version 0x${(bytes[at] ?? 0).toString(16)}: 1 and 2 are spoken`)
    if (left < 6) return 6
    const type = String.fromCharCode(bytes[at + 1] ?? 0)
    const first = bytes.readUInt32BE(at + 2)
    switch (type) {
      case 'W':
        if (first > this.#limits.maxWindow)
          throw new LumberjackError(`a window of ${first} events is larger than ${this.#limits.maxWindow}`)
        return { kind: 'frame', frame: { kind: 'window', version, size: first }, end: at + 6 }
      case 'J': {
        if (left < 10) return 10
        const length = this.#length(bytes.readUInt32BE(at + 6))
        if (left < 10 + length) return 10 + length
        const end = at + 10 + length
        return { kind: 'frame', frame: { kind: 'json', version, sequence: first, bytes, start: at + 10, sizeBytes: length }, end }
      }
      case 'C': {
        if (compressed) throw new LumberjackError('a compressed frame within a compressed frame')
        const length = this.#length(first)
        if (left < 6 + length) return 6 + length
        return { kind: 'compressed', bytes: bytes.subarray(at + 6, at + 6 + length), end: at + 6 + length }
      }
      case 'D':
        return this.#readPairs(bytes, at, version, first)
      default:
        throw new LumberjackError(`a frame of type 0x${(bytes[at + 1] ?? 0).toString(16)}`)
    }
  }

  #readPairs(bytes: Buffer, start: number, version: LumberjackVersion, sequence: number) {
    const left = bytes.length - start
    if (left < 10) return 10
    const pairs: Record<string, string> = {}
    let at = start + 10
    const total = (): number => this.#length(at - start)
    const text = (): string | number => {
      if (bytes.length < at + 4) return total() + 4
      const length = this.#length(bytes.readUInt32BE(at))
      if (bytes.length < at + 4 + length) return total() + 4 + length
      at += 4 + length
      return bytes.toString('utf8', at - length, at)
    }
    for (let count = bytes.readUInt32BE(start + 6); count > 0; count--) {
      const key = text()
      if (typeof key === 'number') return key
      const value = text()
      if (typeof value === 'number') return value
      Object.defineProperty(pairs, key, { value, enumerable: true, writable: true, configurable: true })
    }
    return { kind: 'frame', frame: { kind: 'pairs', version, sequence, pairs, sizeBytes: at - start }, end: at } as const
  }

  #length(length: number): number {
    if (length > this.#limits.maxFrameBytes)
      throw new LumberjackError(`a frame of ${length} bytes is larger than ${this.#limits.maxFrameBytes}`)
    return length
  }
}

/** The text of a frame. It stays bytes until it is wanted: a window waits long, and strings that wait are garbage that has aged. */
export function frameJson({ bytes, start, sizeBytes }: Extract<LumberjackFrame, { kind: 'json' }>): string {
  return bytes.toString('utf8', start, start + sizeBytes)
}

/** A: everything up to this sequence is kept. 0 says only that the server is there. */
export function encodeLumberjackAck(version: LumberjackVersion, sequence: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes[0] = version === 1 ? 0x31 : 0x32
  bytes[1] = 0x41
  bytes.writeUInt32BE(sequence, 2)
  return bytes
}
