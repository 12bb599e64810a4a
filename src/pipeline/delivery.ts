import type { Delivery, Event } from '../core/event.ts'
import type { Settled } from '../plugins/plugin.ts'

/** Calls `settled` when as many parts as there are were released. */
class CountedDelivery implements Delivery {
  #pending: number
  #error: Error | undefined
  readonly #settled: Settled

  constructor(parts: number, settled: Settled) {
    this.#pending = parts
    this.#settled = settled
  }

  hold(): void {
    this.#pending += 1
  }

  release(error?: Error): void {
    this.#error ??= error
    this.#pending -= 1
    if (this.#pending === 0) this.#settled(this.#error)
  }
}

/** Gives all events one delivery. No events are settled at once. */
export function deliver(events: readonly Event[], settled: Settled): void {
  if (events.length === 0) {
    settled(undefined)
    return
  }
  const delivery = new CountedDelivery(events.length, settled)
  for (const event of events) event.delivery = delivery
}

/** The events are stored, or kept otherwise; with an error they are not. */
export function release(events: readonly Event[], error?: Error): void {
  for (const event of events) event.delivery?.release(error)
}
