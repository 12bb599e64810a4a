import type { EpochMillis } from '../../../core/time.ts'
import type { Qos } from '../../../protocols/mqtt/packet.ts'
import { encodeMessage, NO_BYTES, type Message } from './message.ts'
import { sendMessage } from './send-message.ts'
import type { SessionPeer } from './session.ts'

/** Who published a message, as far as subscribers within the program are told. */
export interface Publisher {
  readonly clientId: string
  readonly username: string | undefined
  readonly remoteAddress: string
}

export interface PublicationParts {
  readonly topic: string
  readonly topicBytes: Buffer
  /** A view of the bytes that were read: valid until the publication is handled. */
  readonly payload: Buffer
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: Buffer | undefined
  readonly expiresAt: EpochMillis | undefined
}

/** A message that is being handed out. What most subscribers need is made once, and only when one needs it. */
export class Publication {
  readonly parts: PublicationParts
  readonly publisher: Publisher
  readonly now: EpochMillis
  #message: Message | undefined
  /** PUBLISH of QoS 0 without identifiers, before MQTT 5 and since. */
  readonly #plain: (Buffer | undefined)[] = [undefined, undefined]

  constructor(parts: PublicationParts, publisher: Publisher, now: EpochMillis) {
    this.parts = parts
    this.publisher = publisher
    this.now = now
  }

  /** The message with bytes of its own: it may wait or be kept. */
  get message(): Message {
    const { topic, topicBytes, payload, qos, retain, properties, expiresAt } = this.parts
    return (this.#message ??= {
      topic,
      topicBytes,
      payload: Buffer.from(payload),
      qos,
      retain,
      properties: properties ?? NO_BYTES,
      expiresAt,
      clientId: this.publisher.clientId,
    })
  }

  /** Sends it with QoS 0. Answers whether the client takes packets that large. */
  sendQos0(peer: SessionPeer, retain: boolean, subscriptionIds: readonly number[]): boolean {
    const options = { qos: 0, retain, duplicate: false, packetId: 0, subscriptionIds } as const
    if (retain || subscriptionIds.length > 0 || this.parts.expiresAt !== undefined || peer.aliases !== undefined)
      return sendMessage(peer, this.message, options, this.now)
    const { version } = peer
    const bytes = (this.#plain[version === 5 ? 1 : 0] ??= encodeMessage(version, this.message, options, this.now))
    if (bytes.length > peer.maxPacketBytes) return false
    peer.send(bytes)
    return true
  }
}
