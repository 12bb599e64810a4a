import type { LocalMessage, LocalSubscription } from '../../broker.ts'
import type { PendingAck } from './connection.ts'
import type { Publication } from './publication.ts'

/** Something of which no more messages are read for a while. */
interface Source {
  pauseReading(): void
  resumeReading(): void
}

/**
 * A part of the program that subscribes. A message of QoS 1 or 2 is acknowledged when it says that the message is kept,
 * whatever the subscription's own QoS; when it is full, those who publish to it are not read.
 */
export class LocalSubscriber {
  readonly #subscription: LocalSubscription
  readonly #waiting = new Set<Source>()
  readonly #closed = new AbortController()

  constructor(subscription: LocalSubscription) {
    this.#subscription = subscription
  }

  take({ parts, publisher }: Publication, pending: PendingAck | undefined, source: Source | undefined): void {
    const message: LocalMessage = {
      topic: parts.topic,
      payload: parts.payload,
      qos: parts.qos,
      retain: parts.retain,
      clientId: publisher.clientId,
      username: publisher.username,
      remoteAddress: publisher.remoteAddress,
    }
    pending?.hold()
    const welcome = this.#subscription.receive(message, pending === undefined ? undefined : (error) => pending.release(error))
    if (!welcome && source !== undefined) this.#wait(source)
  }

  close(): void {
    this.#closed.abort()
    this.#resume()
  }

  #wait(source: Source): void {
    if (this.#waiting.has(source)) return
    source.pauseReading()
    this.#waiting.add(source)
    if (this.#waiting.size > 1) return
    void this.#subscription.ready(this.#closed.signal).then(() => this.#resume())
  }

  #resume(): void {
    const sources = [...this.#waiting]
    this.#waiting.clear()
    for (const source of sources) source.resumeReading()
  }
}
