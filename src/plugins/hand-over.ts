import type { Event } from '../core/event.ts'
import type { EventSink } from './plugin.ts'

export interface HandedOver {
  /** Whether more are welcome at once. */
  readonly welcome: boolean
  /** Resolves when all are stored, dropped or kept as dead letters. A rejection may be looked at later. */
  readonly stored: Promise<void>
}

/** Pushes events, for inputs that wait for their storing themselves. */
export function handOver(sink: EventSink, events: readonly Event[]): HandedOver {
  if (events.length === 0) return { welcome: true, stored: Promise.resolve() }
  let welcome = true
  const stored = new Promise<void>((resolve, reject) => {
    welcome = sink.push(events, (error) => (error === undefined ? resolve() : reject(error)))
  })
  stored.catch(() => undefined) // whoever asked looks at it when the next batches are read
  return { welcome, stored }
}
