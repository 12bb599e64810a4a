import { createEvent, type Event, type Fields } from '../../core/event.ts'
import type { Clock } from '../../core/time.ts'
import { Timestamp } from '../../core/timestamp.ts'

/** An event of a filter's own, of this moment: what comes from an input is stamped there, and what filters make is not. */
export function makeEvent(clock: Clock, fields: Fields = {}): Event {
  return createEvent({ '@version': '1', '@timestamp': new Timestamp(clock.now()), ...fields })
}
