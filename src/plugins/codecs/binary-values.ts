import { isFields, type Event, type FieldValue } from '../../core/event.ts'
import { toFieldValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { decodedEvent } from './decoded.ts'

/** Values of binary formats as field values: bytes become base64. */
export function binaryToFieldValue(value: unknown): FieldValue {
  return toFieldValue(withoutBytes(value))
}

function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(withoutBytes)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, entry]) => [String(key), withoutBytes(entry)]))
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutBytes(entry)]))
  return value
}

/** An event of a decoded value: its fields, or the value as `message`; below a field where one is named. */
export function valueEvent(value: FieldValue, target: string | undefined, sizeBytes: number): Event {
  if (target === undefined) return decodedEvent(isFields(value) ? value : { message: value }, sizeBytes)
  const event = decodedEvent({}, sizeBytes)
  fieldPath(target).set(event, value)
  return event
}
