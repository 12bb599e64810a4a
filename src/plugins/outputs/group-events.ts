import type { Event } from '../../core/event.ts'

/** Events by what `keyOf` says of them: groups in the order of their first events, and events in theirs. */
export function groupEvents(events: readonly Event[], keyOf: (event: Event) => string): ReadonlyMap<string, readonly Event[]> {
  const groups = new Map<string, Event[]>()
  for (const event of events) {
    const key = keyOf(event)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [event])
    else group.push(event)
  }
  return groups
}
