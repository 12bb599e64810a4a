import type { Message } from '../message.ts'
import type { SubscriptionOptions } from '../subscription-tree.ts'
import type { Delivery, JournalRecord, SessionHeader } from './record.ts'

/** A message that a session had not got when the program ended. */
export interface KeptDelivery {
  readonly order: number
  readonly message: Message
  readonly delivery: Delivery
  /** The client may have got it: it is sent again as a duplicate. */
  maybeSent: boolean
  /** PUBREC came. */
  released: boolean
}

export interface KeptSession {
  readonly number: number
  header: SessionHeader
  readonly subscriptions: Map<string, SubscriptionOptions>
  /** By packet identifier. */
  readonly deliveries: Map<number, KeptDelivery>
  readonly receivedQos2: Set<number>
}

/** What a journal says when its records are applied in their order. */
export class KeptState {
  readonly sessions = new Map<number, KeptSession>()
  readonly retained = new Map<string, Message>()
  lastOrder = 0
  lastSession = 0
  /** Sessions share a message, as they did before. */
  readonly #messages = new Map<number, Message>()

  apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'session':
        this.#open(record.session, record.header)
        break
      case 'session ended':
        this.sessions.delete(record.session)
        break
      case 'subscribed':
        this.sessions.get(record.session)?.subscriptions.set(record.filter, record.options)
        break
      case 'unsubscribed':
        this.sessions.get(record.session)?.subscriptions.delete(record.filter)
        break
      case 'message':
        this.#message(record)
        break
      case 'delivery':
        this.#deliver(record.order, record.delivery)
        break
      case 'released': {
        const entry = this.sessions.get(record.session)?.deliveries.get(record.packetId)
        if (entry !== undefined) entry.released = true
        break
      }
      case 'done':
        this.sessions.get(record.session)?.deliveries.delete(record.packetId)
        break
      case 'received':
        this.sessions.get(record.session)?.receivedQos2.add(record.packetId)
        break
      case 'freed':
        this.sessions.get(record.session)?.receivedQos2.delete(record.packetId)
        break
      default:
        // Only a snapshot names messages of earlier records.
        this.#messages.clear()
    }
  }

  #open(number: number, header: SessionHeader): void {
    this.lastSession = Math.max(this.lastSession, number)
    const known = this.sessions.get(number)
    if (known === undefined) {
      const fresh = { subscriptions: new Map(), deliveries: new Map(), receivedQos2: new Set<number>() }
      this.sessions.set(number, { number, header, ...fresh })
      return
    }
    known.header = header
    // The client came: what waited for it may be on its way.
    if (header.disconnectedAt === undefined) for (const entry of known.deliveries.values()) entry.maybeSent = true
  }

  #message({ order, message, retained, deliveries, received }: Extract<JournalRecord, { kind: 'message' }>): void {
    this.lastOrder = Math.max(this.lastOrder, order)
    if (retained) {
      if (message.payload.length === 0) this.retained.delete(message.topic)
      else this.retained.set(message.topic, message)
    }
    if (received !== undefined) this.sessions.get(received.session)?.receivedQos2.add(received.packetId)
    if (deliveries.length > 0) this.#messages.set(order, message)
    for (const delivery of deliveries) this.#deliver(order, delivery)
  }

  #deliver(order: number, delivery: Delivery): void {
    const session = this.sessions.get(delivery.session)
    const message = this.#messages.get(order)
    if (session === undefined || message === undefined) return
    const maybeSent = delivery.duplicate || session.header.disconnectedAt === undefined
    session.deliveries.set(delivery.packetId, { order, message, delivery, maybeSent, released: false })
  }
}
