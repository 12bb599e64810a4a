import { Float } from './float.ts'
import { Timestamp } from './timestamp.ts'

/**
 * What a field of an event may hold.
 *
 * A `number` that is whole is an integer, a `bigint` is an integer beyond 2^53, and a float whose value happens to be
 * whole is a `Float`: `20.0` stays a float for the mapping, for Ruby's division and in the text that is stored.
 */
export type FieldValue = null | boolean | number | bigint | string | Timestamp | Float | FieldValue[] | Fields

/** Plain objects with own properties only; a field may be called `__proto__` or `constructor` (see `field-path.ts`). */
export interface Fields {
  [name: string]: FieldValue | undefined
}

/**
 * Counts the parts of what an input handed over. An event that is copied or split holds it once more; each is released
 * when it is stored, dropped or kept as a dead letter. The input acknowledges when all of them are.
 */
export interface Delivery {
  hold(): void
  /** `error` tells that this part was not kept anywhere: the input must not acknowledge. */
  release(error?: Error): void
}

/** A record on its way through a pipeline. Filters change it in place. */
export interface Event {
  fields: Fields
  /** `[@metadata]`: seen by filters and outputs, never stored. */
  metadata: Fields
  /** Dropped: later filters and outputs do not see it. */
  cancelled: boolean
  delivery: Delivery | undefined
  /** What it took on its way in, in bytes: queues are bounded by it. 0 when unknown. */
  sizeBytes: number
  /** Place in its batch; what a filter makes of an event has the place of that event. */
  order: number
}

/**
 * A class, and so are the writes that events become: what literals make, V8 comes to make among its old objects once most of it
 * has survived some collections. There it keeps alive, dead, all that it holds: a third of what events take in memory.
 */
class NewEvent implements Event {
  fields: Fields
  metadata: Fields
  cancelled = false
  delivery: Delivery | undefined = undefined
  sizeBytes = 0
  order = 0

  constructor(fields: Fields, metadata: Fields) {
    this.fields = fields
    this.metadata = metadata
  }
}

export function createEvent(fields: Fields, metadata: Fields = {}): Event {
  return new NewEvent(fields, metadata)
}

/** A deep copy, which holds the delivery once more. */
export function cloneEvent(event: Event): Event {
  event.delivery?.hold()
  return {
    fields: cloneFields(event.fields),
    metadata: cloneFields(event.metadata),
    cancelled: event.cancelled,
    delivery: event.delivery,
    sizeBytes: event.sizeBytes,
    order: event.order,
  }
}

/** A deep copy. Timestamps and decimals never change and are shared. */
export function cloneValue(value: FieldValue): FieldValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(cloneValue)
  return isFields(value) ? cloneFields(value) : value
}

export function cloneFields(fields: Fields): Fields {
  const copy: Fields = {}
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (value !== undefined) setOwn(copy, name, cloneValue(value))
  }
  return copy
}

/** Whether a value is an object with fields: not an array, timestamp or decimal. */
export function isFields(value: FieldValue | undefined): value is Fields {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Timestamp) &&
    !(value instanceof Float)
  )
}

/** Assigns an own property whatever its name: plain assignment to `__proto__` would set the prototype. */
export function setOwn(fields: Fields, name: string, value: FieldValue): void {
  if (name === '__proto__') {
    Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true })
  } else fields[name] = value
}

/** Adds tags that the event does not have yet. A `tags` field that is a single string becomes an array. */
export function addTag(event: Event, ...tags: readonly string[]): void {
  const current = event.fields['tags']
  if (current === undefined && tags.length === 1) {
    event.fields['tags'] = [...tags] // what is pushed to is made for seventeen
    return
  }
  const list: FieldValue[] = Array.isArray(current) ? current : current === undefined || current === null ? [] : [current]
  for (const tag of tags) if (!list.includes(tag)) list.push(tag)
  event.fields['tags'] = list
}
