import { generate, parse, type Packet, type ParsedPacket } from 'coap-packet'
import type { Clock } from '../../core/time.ts'

/** Bodies that devices have begun to send in blocks (RFC 7959), or have just sent. All together they take at most 16 MB. */
const MAX_BODIES = 256
const MAX_BYTES = 16 * 1024 * 1024
/** A device sends a block at most four times, within 45 s (RFC 7252 §4.8.2): after more than that it has given up. */
const MAX_WAIT_MS = 60_000
/** RFC 7959 §2.2: the exponent 7 of a block's size is kept for later. */
const RESERVED_EXPONENT = 7

interface Sender {
  readonly address: string
  readonly port: number
}

type Request = Pick<Packet, 'code' | 'options'>

/** What a datagram comes to: something to take as a whole request, or an answer that it gets at once. */
type Taken = { readonly request: Buffer } | { readonly answer: Buffer }

interface Block {
  readonly offset: number
  readonly more: boolean
}

interface Body {
  /** By their offset in bytes. */
  readonly blocks: Map<number, Buffer>
  /** The option of the block that came last. */
  option: Buffer
  sizeBytes: number
  changedAt: number
}

/**
 * Puts bodies together that come in blocks. A body is known by its sender and by the options of the request, as RFC 7959 §2.5
 * and RFC 9175 §3 say, and not by its token, which libcoap changes with every block.
 */
export class BlockwiseBodies {
  readonly #bodies = new Map<string, Body>()
  readonly #clock: Clock
  readonly #maxBodyBytes: number
  #sizeBytes = 0

  constructor(clock: Clock, maxBodyBytes: number) {
    this.#clock = clock
    this.#maxBodyBytes = maxBodyBytes
  }

  get count(): number {
    return this.#bodies.size
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  take(datagram: Buffer, from: Sender): Taken {
    const packet = parsed(datagram)
    const option = packet?.options.find(({ name }) => name === 'Block1')?.value
    // What is no packet is left to the library, which says what is wrong with it.
    if (!packet) return { request: datagram }
    if (option === undefined) return this.#takeWhole(packet, datagram, from)
    const block = readBlock(option, packet.payload.length)
    if (!block) return refusal(packet, '4.00', 'not a block')
    if (block.offset + packet.payload.length > this.#maxBodyBytes) return this.#tooLarge(packet)
    const body = this.#keep(keyOf(packet, from), block.offset, packet.payload)
    body.option = option
    if (block.more)
      return { answer: generate({ ...replyTo(packet), code: '2.31', options: [{ name: 'Block1', value: option }] }) }
    const payload = join(body.blocks, block.offset + packet.payload.length)
    if (!payload) return refusal(packet, '4.08', 'blocks before this one are missing')
    const options = packet.options.filter(({ name }) => name !== 'Block1' && name !== 'Size1')
    return { request: generate({ ...packet, options, payload }, datagram.length + payload.length) }
  }

  /** `Block1` of a request that was put together: its answer has to repeat that of the last block. */
  optionOf(request: Request, from: Sender): Buffer | undefined {
    return this.#bodies.get(keyOf(request, from))?.option
  }

  /** Lets go of what does not go on. */
  expire(): void {
    const oldest = this.#clock.now() - MAX_WAIT_MS
    for (const [key, { changedAt }] of this.#bodies) {
      if (changedAt > oldest) return
      this.#remove(key)
    }
  }

  #takeWhole(packet: ParsedPacket, datagram: Buffer, from: Sender): Taken {
    if (packet.payload.length > this.#maxBodyBytes) return this.#tooLarge(packet)
    if (this.#bodies.size > 0) this.#remove(keyOf(packet, from))
    return { request: datagram }
  }

  #tooLarge(packet: ParsedPacket): Taken {
    return refusal(packet, '4.13', `${this.#maxBodyBytes} bytes are taken`)
  }

  /**
   * Adds a block to its body. Another first block begins a new one. The body stays for a while after its last block: that one
   * may come again when the answer to it was lost, and has to come to the same request, which the library then knows.
   */
  #keep(key: string, offset: number, payload: Buffer): Body {
    this.expire()
    const before = this.#bodies.get(key)
    this.#remove(key)
    const goesOn = offset > 0 || before?.blocks.get(0)?.equals(payload)
    const body = (goesOn ? before : undefined) ?? { blocks: new Map(), option: payload, sizeBytes: 0, changedAt: 0 }
    body.sizeBytes += payload.length - (body.blocks.get(offset)?.length ?? 0)
    body.changedAt = this.#clock.now()
    // A copy: a slice would keep the whole datagram.
    body.blocks.set(offset, Buffer.from(payload))
    // The end of the map is what was changed last.
    this.#bodies.set(key, body)
    this.#sizeBytes += body.sizeBytes
    this.#evict(key)
    return body
  }

  #remove(key: string): void {
    this.#sizeBytes -= this.#bodies.get(key)?.sizeBytes ?? 0
    this.#bodies.delete(key)
  }

  /** Those that were changed longest ago make room. */
  #evict(keep: string): void {
    for (const key of this.#bodies.keys()) {
      if (this.#bodies.size <= MAX_BODIES && this.#sizeBytes <= MAX_BYTES) return
      if (key !== keep) this.#remove(key)
    }
  }
}

function parsed(datagram: Buffer): ParsedPacket | undefined {
  try {
    return parse(datagram)
  } catch {
    return undefined
  }
}

/** RFC 7959 §2.2: number of the block, whether there are more, exponent of its size. `undefined` when that does not fit the payload. */
function readBlock(option: Buffer, payloadBytes: number): Block | undefined {
  if (option.length > 3) return undefined
  const value = option.length === 0 ? 0 : option.readUIntBE(0, option.length)
  const exponent = value & 7
  const more = (value & 8) !== 0
  const sizeBytes = 2 ** (4 + exponent)
  if (exponent === RESERVED_EXPONENT || payloadBytes > sizeBytes || (more && payloadBytes !== sizeBytes)) return undefined
  return { offset: (value >> 4) * sizeBytes, more }
}

/** Sender, method and options: those that tell a request from another one. */
function keyOf({ code = '', options = [] }: Request, { address, port }: Sender): string {
  const named = options.filter(({ name }) => name !== 'Block1' && name !== 'Size1')
  return [address, port, code, ...named.map(({ name, value }) => `${name}=${Buffer.from(value).toString('base64')}`)].join(' ')
}

/** The first `sizeBytes` of a body; `undefined` when some are missing. */
function join(blocks: ReadonlyMap<number, Buffer>, sizeBytes: number): Buffer | undefined {
  const parts: Buffer[] = []
  let end = 0
  while (end < sizeBytes) {
    const block = blocks.get(end)
    if (!block || block.length === 0) return undefined
    parts.push(block)
    end += block.length
  }
  return Buffer.concat(parts)
}

const refusal = (packet: ParsedPacket, code: string, reason: string): Taken => ({
  answer: generate({ ...replyTo(packet), code, payload: Buffer.from(reason) }),
})

const replyTo = ({ messageId, token, confirmable }: ParsedPacket) => ({ messageId, token, ack: confirmable })
