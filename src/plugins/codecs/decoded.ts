import { createEvent, type Event, type Fields } from '../../core/event.ts'

/** An event out of so many bytes. */
export function decodedEvent(fields: Fields, sizeBytes: number): Event {
  const event = createEvent(fields)
  event.sizeBytes = sizeBytes
  return event
}

/** A line of text as an event. With ECS names the text is kept as `event.original`, too. */
export function textEvent(message: string, sizeBytes: number, ecs: string): Event {
  return decodedEvent(ecs === 'disabled' ? { message } : { message, event: { original: message } }, sizeBytes)
}

/** What was no JSON: the text with a tag. */
export function failedEvent(message: string, sizeBytes: number, tag: string): Event {
  return decodedEvent({ message, tags: [tag] }, sizeBytes)
}
