import { encodeAck } from '../../../protocols/mqtt/encode.ts'
import { PUBACK, PUBCOMP, PUBREL, type ProtocolVersion, type Qos } from '../../../protocols/mqtt/packet.ts'
import type { EpochMillis } from '../../../core/time.ts'
import { encodeMessage, isExpired, messageBytes, type Message } from './message.ts'
import type { PublicationParts, Publisher } from './publication.ts'
import type { SubscriptionOptions } from './subscription-tree.ts'

/** A message on its way to a client, or waiting for its turn. */
export interface Outgoing {
  readonly message: Message
  readonly qos: Qos
  readonly retain: boolean
  readonly subscriptionIds: readonly number[]
}

interface InFlight extends Outgoing {
  /** What the client has to answer next: to the PUBLISH, or to the PUBREL. */
  state: 'published' | 'released'
}

/** The client's end of a session, while it is connected. */
export interface SessionPeer {
  readonly version: ProtocolVersion
  /** Largest packet that the client takes. */
  readonly maxPacketBytes: number
  /** Messages of QoS 1 and 2 that the client takes at once. */
  readonly sendMaximum: number
  /** Bytes that the client's socket has not taken yet. */
  readonly outboxBytes: number
  send(bytes: Buffer): void
}

export interface SessionLimits {
  readonly maxQueuedMessages: number
  readonly maxQueuedBytes: number
  readonly maxOutboxBytes: number
}

/** What all sessions share: the room for queued messages, and what was dropped. */
export interface QueueBudget {
  bytes: number
  readonly maxBytes: number
  dropped: number
}

/** What is told of a client that goes without a word. */
export interface SessionWill {
  readonly parts: Omit<PublicationParts, 'expiresAt'>
  readonly publisher: Publisher
  /** Counted from when it is told. */
  readonly expiryMs: number | undefined
  readonly delayMs: number
}

/** What the broker keeps for a client while it is connected, and beyond (§4.1). */
export class Session {
  readonly clientId: string
  /** 0: ends with the connection. */
  expirySeconds = 0
  /** When the client went; `undefined` while it is connected. */
  disconnectedAt: EpochMillis | undefined
  /** Whose session it is: nobody else gets what was kept for this user. */
  owner = ''
  /** What is told when the client goes without a word. */
  will: SessionWill | undefined
  /** When the will is told, of a client that is away. */
  willAt: EpochMillis | undefined
  peer: SessionPeer | undefined
  readonly subscriptions = new Map<string, SubscriptionOptions>()
  /** Packet identifiers of messages of QoS 2 that came and are not released yet. */
  readonly receivedQos2 = new Set<number>()
  readonly #inFlight = new Map<number, InFlight>()
  #queue: Outgoing[] = []
  #queueBytes = 0
  /** Retained messages of new subscriptions. */
  readonly #feeds: Iterator<Outgoing>[] = []
  #lastPacketId = 0
  readonly #limits: SessionLimits
  readonly #budget: QueueBudget

  constructor(clientId: string, limits: SessionLimits, budget: QueueBudget) {
    this.clientId = clientId
    this.#limits = limits
    this.#budget = budget
  }

  get queued(): number {
    return this.#queue.length
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  /**
   * Hands over a message of QoS 1 or 2, now or when its turn comes.
   * Answers `false` when it was dropped: the queue is full.
   */
  deliver(message: Message, qos: Qos, retain: boolean, subscriptionIds: readonly number[], now: EpochMillis): boolean {
    const outgoing = { message, qos, retain, subscriptionIds }
    if (this.takesMore && this.peer !== undefined) {
      this.#send(outgoing, this.peer, now)
      return true
    }
    const bytes = messageBytes(message)
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits
    if (
      this.#queue.length >= maxQueuedMessages ||
      this.#queueBytes + bytes > maxQueuedBytes ||
      this.#budget.bytes + bytes > this.#budget.maxBytes
    ) {
      this.#budget.dropped += 1
      return false
    }
    this.#queue.push(outgoing)
    this.#queueBytes += bytes
    this.#budget.bytes += bytes
    return true
  }

  /** Whether a message would go to the client at once. */
  get takesMore(): boolean {
    return this.peer !== undefined && this.#queue.length === 0 && this.#takes(this.peer)
  }

  /** The client is gone. Retained messages that it has not got are not for later. */
  detach(): void {
    this.peer = undefined
    this.#feeds.length = 0
  }

  /** Whether a message of QoS 0 may be sent now, or is dropped since the client reads too slowly. */
  takesQos0(peer: SessionPeer): boolean {
    if (peer.outboxBytes <= this.#limits.maxOutboxBytes) return true
    this.#budget.dropped += 1
    return false
  }

  /** The client has the message of QoS 1, or the whole of QoS 2, or refused it. Answers whether the id was known. */
  acknowledge(packetId: number, now: EpochMillis): boolean {
    if (!this.#inFlight.delete(packetId)) return false
    this.pump(now)
    return true
  }

  /** The client has received a message of QoS 2. Answers whether the id was known. */
  received(packetId: number): boolean {
    const entry = this.#inFlight.get(packetId)
    if (entry?.qos !== 2) return false
    entry.state = 'released'
    return true
  }

  /** Whether an acknowledgement of this type cannot belong to the message: it is of another QoS, or a step is left out. */
  isWrongAnswer(packetId: number, type: number): boolean {
    const entry = this.#inFlight.get(packetId)
    if (entry === undefined) return false
    return entry.qos === 1 ? type !== PUBACK : type === PUBACK || (type === PUBCOMP && entry.state === 'published')
  }

  /** After a reconnect: what is on its way goes again, in its order, then what waits [MQTT-4.4.0-1]. */
  resume(now: EpochMillis): void {
    const { peer } = this
    if (peer === undefined) return
    for (const [packetId, entry] of this.#inFlight) {
      if (entry.state === 'released') peer.send(encodeAck(PUBREL, peer.version, packetId))
      else {
        const { message, qos, retain, subscriptionIds } = entry
        const bytes = encodeMessage(peer.version, message, { qos, retain, duplicate: true, packetId, subscriptionIds }, now)
        // A client that takes no packet of this size is treated as if it had it (§3.1.2.11.4).
        if (bytes.length > peer.maxPacketBytes) this.#inFlight.delete(packetId)
        else peer.send(bytes)
      }
    }
    this.pump(now)
  }

  /** Sends what waits, as far as the client takes more. */
  pump(now: EpochMillis): void {
    const { peer } = this
    if (peer === undefined) return
    if (this.#queue.length > 0) {
      let sent = 0
      for (const outgoing of this.#queue) {
        if (!this.#takes(peer)) break
        sent += 1
        this.#release(outgoing)
        if (!isExpired(outgoing.message, now)) this.#send(outgoing, peer, now)
      }
      this.#queue = this.#queue.slice(sent)
    }
    while (this.#feeds.length > 0 && this.#takes(peer)) this.#feed(peer, now)
  }

  /** Sends messages as the client takes them: nothing of them waits here. */
  feed(messages: Iterator<Outgoing>, now: EpochMillis): void {
    this.#feeds.push(messages)
    this.pump(now)
  }

  #feed(peer: SessionPeer, now: EpochMillis): void {
    const next = this.#feeds[0]?.next()
    if (next === undefined || next.done === true) {
      this.#feeds.shift()
      return
    }
    const { message, qos, retain, subscriptionIds } = next.value
    if (qos > 0) {
      this.#send(next.value, peer, now)
      return
    }
    const bytes = encodeMessage(peer.version, message, { qos, retain, duplicate: false, packetId: 0, subscriptionIds }, now)
    if (bytes.length <= peer.maxPacketBytes) peer.send(bytes)
  }

  #takes(peer: SessionPeer): boolean {
    return this.#inFlight.size < peer.sendMaximum && peer.outboxBytes <= this.#limits.maxOutboxBytes
  }

  /** The session ends: what waits is forgotten. */
  clear(): void {
    for (const outgoing of this.#queue) this.#release(outgoing)
    this.#queue = []
    this.#feeds.length = 0
    this.#inFlight.clear()
    this.receivedQos2.clear()
  }

  #release({ message }: Outgoing): void {
    const bytes = messageBytes(message)
    this.#queueBytes -= bytes
    this.#budget.bytes -= bytes
  }

  #send(outgoing: Outgoing, peer: SessionPeer, now: EpochMillis): void {
    const packetId = this.#nextPacketId()
    const { message, qos, retain, subscriptionIds } = outgoing
    const bytes = encodeMessage(peer.version, message, { qos, retain, duplicate: false, packetId, subscriptionIds }, now)
    if (bytes.length > peer.maxPacketBytes) return
    this.#inFlight.set(packetId, { ...outgoing, state: 'published' })
    peer.send(bytes)
  }

  #nextPacketId(): number {
    do this.#lastPacketId = this.#lastPacketId === 65_535 ? 1 : this.#lastPacketId + 1
    while (this.#inFlight.has(this.#lastPacketId))
    return this.#lastPacketId
  }
}
