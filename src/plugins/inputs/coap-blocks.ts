import { generate, parse } from 'coap-packet'
import type { Server } from 'coap'
import type { Clock } from '../../core/time.ts'

/** Bodies that devices have begun to send in blocks (RFC 7959). All together they take at most 16 MB. */
const MAX_BODIES = 256
const MAX_BYTES = 16 * 1024 * 1024
/** A device sends a block at most four times, within 45 s (RFC 7252 §4.8.2): after more than that it has given up. */
const MAX_WAIT_MS = 60_000

/** Blocks of one body by their offset in bytes, as the library puts them in. */
type Blocks = Record<number, Buffer>

interface HalfSent {
  readonly blocks: Blocks
  sizeBytes: number
  changedAt: number
}

/**
 * Keeps half-sent bodies for the library instead of its own store, which has no bound and keeps them for four minutes.
 * The methods are those that the library calls.
 */
export class HalfSentBodies {
  readonly #bodies = new Map<string, HalfSent>()
  readonly #clock: Clock
  #sizeBytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get count(): number {
    return this.#bodies.size
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** The blocks of a body so far. A request without a token cannot have a second block: what it has is not kept. */
  getWithDefaultInsert(key: string | null): Blocks {
    if (key === null) return {}
    const now = this.#clock.now()
    this.expire()
    const known = this.#bodies.get(key)
    if (known !== undefined) {
      known.changedAt = now
      // The end of the map is what was changed last.
      this.#bodies.delete(key)
      this.#bodies.set(key, known)
      return known.blocks
    }
    const body: HalfSent = { blocks: this.#counted(key), sizeBytes: 0, changedAt: now }
    this.#bodies.set(key, body)
    this.#evict(key)
    return body.blocks
  }

  remove(key: string): boolean {
    const body = this.#bodies.get(key)
    if (body !== undefined) this.#sizeBytes -= body.sizeBytes
    return this.#bodies.delete(key)
  }

  reset(): void {
    this.#bodies.clear()
    this.#sizeBytes = 0
  }

  /** Lets go of what does not go on. */
  expire(): void {
    const oldest = this.#clock.now() - MAX_WAIT_MS
    for (const [key, { changedAt }] of this.#bodies) {
      if (changedAt > oldest) return
      this.remove(key)
    }
  }

  /** An object that tells what is put into it. */
  #counted(key: string): Blocks {
    return new Proxy<Blocks>(
      {},
      {
        set: (blocks, offset, block: Buffer) => {
          const at = Number(offset)
          const body = this.#bodies.get(key)
          if (body !== undefined) {
            const grown = block.length - (blocks[at]?.length ?? 0)
            body.sizeBytes += grown
            this.#sizeBytes += grown
          }
          // A copy: a slice would keep the whole datagram.
          blocks[at] = Buffer.from(block)
          this.#evict(key)
          return true
        },
      },
    )
  }

  /** Those that were changed longest ago make room. */
  #evict(keep: string): void {
    for (const key of this.#bodies.keys()) {
      if (this.#bodies.size <= MAX_BODIES && this.#sizeBytes <= MAX_BYTES) return
      if (key !== keep) this.remove(key)
    }
  }
}

/**
 * Gives the library's server a store with bounds.
 * @throws Error when the library is not built as it was: then there would be no bounds
 */
export function boundBlocks(server: Server, clock: Clock): HalfSentBodies {
  const bodies = new HalfSentBodies(clock)
  if (!('_block1Cache' in server)) throw new Error('the coap package keeps blocks elsewhere than before')
  Object.assign(server, { _block1Cache: bodies })
  return bodies
}

/**
 * The answer to a block that lies behind the end of the largest body; `undefined` for everything else. The library would make
 * room for a body of 1 GB when a single datagram claims to be its last block.
 */
export function refuseLargeBody(datagram: Buffer, maxBodyBytes: number): Buffer | undefined {
  let packet: ReturnType<typeof parse>
  try {
    packet = parse(datagram)
  } catch {
    return undefined // the library says what is wrong with it
  }
  const option = packet.options.find(({ name }) => name === 'Block1')?.value
  const endBytes = option === undefined ? packet.payload.length : offsetOf(option) + packet.payload.length
  if (endBytes <= maxBodyBytes) return undefined
  const { messageId, token, confirmable } = packet
  return generate({ code: '4.13', messageId, token, ack: confirmable, payload: Buffer.from(`${maxBodyBytes} bytes are taken`) })
}

/** RFC 7959 §2.2: number of the block, four bits of flags, of which the last three are the exponent of its size. */
function offsetOf(option: Buffer): number {
  const value = option.length === 0 ? 0 : option.readUIntBE(0, Math.min(option.length, 3))
  return (value >> 4) * 2 ** (4 + (value & 7))
}
