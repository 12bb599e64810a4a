import { encodeAck } from '../../../protocols/mqtt/encode.ts'
import { PUBACK, PUBCOMP, PUBREL, type ProtocolVersion, type Qos } from '../../../protocols/mqtt/packet.ts'
import { parseSharedFilter } from '../../../protocols/mqtt/topics.ts'
import type { EpochMillis } from '../../../core/time.ts'
import type { KeptDelivery } from './journal/kept-state.ts'
import type { Delivery } from './journal/record.ts'
import type { Kept, SessionJournal } from './journal/session-journal.ts'
import { isExpired, messageBytes, type Message } from './message.ts'
import type { OutgoingAliases } from './outgoing-aliases.ts'
import type { PublicationParts, Publisher } from './publication.ts'
import { sendMessage } from './send-message.ts'
import type { SubscriptionOptions } from './subscription-tree.ts'
import type { TopicRights } from './topic-acl.ts'

/** A message for a client. */
export interface Outgoing {
  readonly message: Message
  readonly qos: Qos
  readonly retain: boolean
  readonly subscriptionIds: readonly number[]
}

/** A message of QoS 1 or 2 that the client has not acknowledged. */
interface Entry extends Outgoing {
  readonly packetId: number
  /** Its number in the journal; 0 where there is none. */
  readonly order: number
  /** `published`, `released`: the client has to answer the PUBLISH, or the PUBREL. */
  state: 'queued' | 'published' | 'released'
  /** It was sent before. */
  duplicate: boolean
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
  /** Topics that the client knows by number; absent where it takes none. */
  readonly aliases: OutgoingAliases | undefined
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
  messages: number
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

/** Whose session it is. */
export interface SessionOwner {
  readonly realm: string
  readonly user: string
}

/** Queues that have given out so many of their entries are cut. */
const QUEUE_CUT = 1024

/** What the broker keeps for a client while it is connected, and beyond (§4.1). */
export class Session {
  readonly clientId: string
  /** Its name in the journal. */
  readonly number: number
  /** Whose session it is: nobody else gets what was kept for this user. */
  readonly owner: SessionOwner
  /** Where it outlives the process; `undefined` for one that ends with its connection. */
  journal: SessionJournal | undefined
  /** 0: ends with the connection. */
  expirySeconds = 0
  /** When the client went; `undefined` while it is connected. */
  disconnectedAt: EpochMillis | undefined
  /** What is told when the client goes without a word. */
  will: SessionWill | undefined
  /** When the will is told, of a client that is away. */
  willAt: EpochMillis | undefined
  peer: SessionPeer | undefined
  /** What its client may do with topics; `undefined`: everything. */
  rights: TopicRights | undefined
  /** A subscription takes more topics than the client may receive. */
  isFiltered = false
  readonly subscriptions = new Map<string, SubscriptionOptions>()
  /** Packet identifiers of messages of QoS 2 that came and are not released yet. */
  readonly receivedQos2 = new Set<number>()
  /** All that is not acknowledged, in its order: first what is on its way, then what waits. */
  readonly #entries = new Map<number, Entry>()
  #inFlight = 0
  /** What waits, from `#queueStart` on. */
  #queue: Entry[] = []
  #queueStart = 0
  #queueBytes = 0
  /** Retained messages of new subscriptions. */
  readonly #feeds: Iterator<Outgoing>[] = []
  #lastPacketId = 0
  readonly #limits: SessionLimits
  readonly #budget: QueueBudget

  constructor(clientId: string, number: number, owner: SessionOwner, limits: SessionLimits, budget: QueueBudget) {
    this.clientId = clientId
    this.number = number
    this.owner = owner
    this.#limits = limits
    this.#budget = budget
  }

  get queued(): number {
    return this.#queue.length - this.#queueStart
  }

  get inFlight(): number {
    return this.#inFlight
  }

  mayReceive(topic: string): boolean {
    return this.rights === undefined || this.rights.mayReceive(topic)
  }

  /** The rights may not be those with which it subscribed. */
  checkFilters(): void {
    const { rights } = this
    this.isFiltered =
      rights !== undefined &&
      [...this.subscriptions.keys()].some((filter) => {
        const shared = parseSharedFilter(filter)
        return rights.share(typeof shared === 'object' ? shared.filter : filter) !== 'all'
      })
  }

  /**
   * Hands over a message of QoS 1 or 2, now or when its turn comes.
   * @param order its number in the journal
   * @returns its packet identifier, or `undefined` when it was dropped: the queue is full
   */
  deliver(outgoing: Outgoing, order: number, now: EpochMillis): number | undefined {
    const goesNow = this.takesMore && (order === 0 || outgoing.qos < 2)
    if (!goesNow && !this.#hasRoom(outgoing.message)) {
      this.#budget.dropped += 1
      return undefined
    }
    const entry: Entry = { ...outgoing, packetId: this.#nextPacketId(), order, state: 'queued', duplicate: false }
    this.#entries.set(entry.packetId, entry)
    if (goesNow && this.peer !== undefined) this.#send(entry, this.peer, now)
    else this.#enqueue(entry)
    // One that is too large for the client is forgotten already.
    return this.#entries.has(entry.packetId) ? entry.packetId : undefined
  }

  /** Takes back a message that could not be kept and has not been sent. */
  withdraw(packetId: number): void {
    const entry = this.#entries.get(packetId)
    if (entry?.state !== 'queued' || entry.duplicate) return
    this.#entries.delete(packetId)
    const place = this.#queue.indexOf(entry, this.#queueStart)
    if (place < 0) return
    this.#queue.splice(place, 1)
    this.#release(entry)
  }

  /** Takes over what a journal has kept. */
  restore(kept: Iterable<KeptDelivery>): void {
    for (const { order, message, delivery, maybeSent, released } of kept) {
      const { packetId, qos, retain, subscriptionIds } = delivery
      const entry: Entry = {
        message,
        qos,
        retain,
        subscriptionIds,
        packetId,
        order,
        state: released ? 'released' : 'queued',
        duplicate: maybeSent,
      }
      this.#entries.set(packetId, entry)
      this.#lastPacketId = packetId
      if (released) this.#inFlight += 1
      else this.#enqueue(entry)
    }
  }

  /** What a snapshot says of the messages of this session. */
  *deliveries(): Generator<{
    readonly order: number
    readonly message: Message
    readonly delivery: Delivery
    readonly released: boolean
  }> {
    for (const { order, message, packetId, qos, retain, subscriptionIds, state, duplicate } of this.#entries.values()) {
      const sent = duplicate || state !== 'queued'
      const delivery = { session: this.number, packetId, qos, retain, duplicate: sent, subscriptionIds }
      yield { order, message, delivery, released: state === 'released' }
    }
  }

  /** Whether a message would go to the client at once. */
  get takesMore(): boolean {
    return this.peer !== undefined && this.queued === 0 && this.#takes(this.peer)
  }

  /** The client is gone. What it has not acknowledged waits again; retained messages that it has not got are not for later. */
  detach(): void {
    this.peer = undefined
    this.#feeds.length = 0
    const waiting = this.#queue.slice(this.#queueStart)
    this.#queue = []
    this.#queueStart = 0
    for (const entry of this.#entries.values()) {
      if (entry.state !== 'published') continue
      entry.state = 'queued'
      entry.duplicate = true
      this.#inFlight -= 1
      this.#enqueue(entry)
    }
    this.#queue.push(...waiting)
  }

  /** Whether a message of QoS 0 may be sent now, or is dropped since the client reads too slowly. */
  takesQos0(peer: SessionPeer): boolean {
    if (peer.outboxBytes <= this.#limits.maxOutboxBytes) return true
    this.#budget.dropped += 1
    return false
  }

  /** The client has the message of QoS 1, or the whole of QoS 2, or refused it. */
  acknowledge(packetId: number, now: EpochMillis): void {
    const entry = this.#entries.get(packetId)
    if (entry === undefined || entry.state === 'queued') return
    this.#inFlight -= 1
    this.#forget(entry)
    this.pump(now)
  }

  /** The client has received a message of QoS 2. `kept` is told when that will not be forgotten. */
  received(packetId: number, kept: Kept): void {
    const entry = this.#entries.get(packetId)
    const isNews = entry?.qos === 2 && entry.state === 'published'
    if (isNews) entry.state = 'released'
    if (isNews && this.journal !== undefined) this.journal.append({ kind: 'released', session: this.number, packetId }, kept)
    else kept(undefined)
  }

  /** The client may use an id of QoS 2 for another message. `kept` is told when that will not be forgotten. */
  free(packetId: number, kept: Kept): void {
    const isNews = this.receivedQos2.delete(packetId)
    if (isNews && this.journal !== undefined) this.journal.append({ kind: 'freed', session: this.number, packetId }, kept)
    else kept(undefined)
  }

  /** Whether an acknowledgement of this type cannot belong to the message: it is of another QoS, or a step is left out. */
  isWrongAnswer(packetId: number, type: number): boolean {
    const entry = this.#entries.get(packetId)
    if (entry === undefined || entry.state === 'queued') return false
    return entry.qos === 1 ? type !== PUBACK : type === PUBACK || (type === PUBCOMP && entry.state === 'published')
  }

  /** After a reconnect: what is on its way goes again, in its order, then what waits [MQTT-4.4.0-1]. */
  resume(now: EpochMillis): void {
    const { peer } = this
    if (peer === undefined) return
    for (const { packetId, state } of this.#entries.values()) {
      if (state === 'released') peer.send(encodeAck(PUBREL, peer.version, packetId))
    }
    this.pump(now)
  }

  /** Sends what waits, as far as the client takes more. */
  pump(now: EpochMillis): void {
    const { peer } = this
    if (peer === undefined) return
    for (;;) {
      const entry = this.#queue[this.#queueStart]
      if (entry === undefined || !this.#takes(peer) || !this.#isKept(entry)) break
      this.#queueStart += 1
      this.#release(entry)
      // One that was on its way has to arrive: the client may have the first half of QoS 2.
      if (!entry.duplicate && isExpired(entry.message, now)) this.#forget(entry)
      else this.#send(entry, peer, now)
    }
    if (this.#queueStart === this.#queue.length || this.#queueStart > QUEUE_CUT) {
      this.#queue = this.#queue.slice(this.#queueStart)
      this.#queueStart = 0
    }
    while (this.#feeds.length > 0 && this.queued === 0 && this.#takes(peer)) this.#feed(peer, now)
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
      this.#feedKept(next.value, now)
      return
    }
    sendMessage(peer, message, { qos, retain, duplicate: false, packetId: 0, subscriptionIds }, now)
  }

  #feedKept(outgoing: Outgoing, now: EpochMillis): void {
    const { journal } = this
    const order = journal?.nextOrder() ?? 0
    const packetId = this.deliver(outgoing, order, now)
    if (packetId === undefined || journal === undefined) return
    const { message, qos, retain, subscriptionIds } = outgoing
    const deliveries = [{ session: this.number, packetId, qos, retain, duplicate: false, subscriptionIds }]
    journal.append({ kind: 'message', order, message, retained: false, deliveries, received: undefined }, (error) => {
      if (error === undefined) this.pump(now)
      else this.withdraw(packetId)
    })
  }

  #takes(peer: SessionPeer): boolean {
    return this.#inFlight < peer.sendMaximum && peer.outboxBytes <= this.#limits.maxOutboxBytes
  }

  /** A message of QoS 2 goes out when the journal has it: after a crash it must not come again under another id. */
  #isKept({ qos, order }: Entry): boolean {
    return qos < 2 || order === 0 || this.journal === undefined || order <= this.journal.durableOrder
  }

  #hasRoom(message: Message): boolean {
    const bytes = messageBytes(message)
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits
    return (
      this.queued < maxQueuedMessages &&
      this.#queueBytes + bytes <= maxQueuedBytes &&
      this.#budget.bytes + bytes <= this.#budget.maxBytes
    )
  }

  /** The session ends: what waits is forgotten. */
  clear(): void {
    for (let at = this.#queueStart; at < this.#queue.length; at++) this.#release(this.#queue[at])
    this.#queue = []
    this.#queueStart = 0
    this.#feeds.length = 0
    this.#entries.clear()
    this.#inFlight = 0
    this.receivedQos2.clear()
  }

  #enqueue(entry: Entry): void {
    const bytes = messageBytes(entry.message)
    this.#queue.push(entry)
    this.#queueBytes += bytes
    this.#budget.bytes += bytes
    this.#budget.messages += 1
  }

  #release(entry: Entry | undefined): void {
    if (entry === undefined) return
    const bytes = messageBytes(entry.message)
    this.#queueBytes -= bytes
    this.#budget.bytes -= bytes
    this.#budget.messages -= 1
  }

  #forget({ packetId }: Entry): void {
    this.#entries.delete(packetId)
    this.journal?.append({ kind: 'done', session: this.number, packetId })
  }

  #send(entry: Entry, peer: SessionPeer, now: EpochMillis): void {
    const { message, qos, retain, duplicate, packetId, subscriptionIds } = entry
    // A client that takes no packet of this size is treated as if it had it (§3.1.2.11.4).
    if (!sendMessage(peer, message, { qos, retain, duplicate, packetId, subscriptionIds }, now)) {
      this.#forget(entry)
      return
    }
    entry.state = 'published'
    this.#inFlight += 1
  }

  #nextPacketId(): number {
    do this.#lastPacketId = this.#lastPacketId === 65_535 ? 1 : this.#lastPacketId + 1
    while (this.#entries.has(this.#lastPacketId))
    return this.#lastPacketId
  }
}
