import { setOwn, type FieldValue, type Fields } from '../../core/event.ts'
import { Float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { raise, TypeErrorClass } from './errors.ts'
import { classOf, inspect, toText } from './semantics.ts'
import { REvent, RHash, RString, RSymbol, RTime, type Value } from './value.ts'

/** A field's value as Ruby's: a copy, so that changing it changes no event. */
export function fromField(value: FieldValue | undefined): Value {
  if (typeof value === 'string') return new RString(value)
  if (typeof value !== 'object') return value ?? null
  if (value === null || value instanceof Float || value instanceof Timestamp) return value
  if (Array.isArray(value)) return value.map(fromField)
  const hash = new RHash()
  for (const name of Object.keys(value)) hash.set(new RString(name), fromField(value[name]))
  return hash
}

const MAX_DEPTH = 100

/** Ruby's value as a field's. @throws RubyError `TypeError` for objects that events cannot hold */
export function toField(value: Value, depth = 0): FieldValue {
  if (value instanceof RString) return value.value
  if (typeof value !== 'object' || value === null || value instanceof Float || value instanceof Timestamp) return value
  if (depth > MAX_DEPTH) return raise(TypeErrorClass, 'the value nests too deep for an event')
  if (value instanceof RSymbol) return value.name
  if (Array.isArray(value)) return value.map((one) => toField(one, depth + 1))
  if (value instanceof RHash) return toFields(value, depth)
  if (value instanceof RTime) return new Timestamp(value.epochMillis, value.nanos)
  if (value instanceof REvent) return raise(TypeErrorClass, 'an event cannot be a field of an event')
  return raise(TypeErrorClass, `an event cannot hold ${classOf(value).name}: ${inspect(value)}`)
}

export function toFields(hash: RHash, depth = 0): Fields {
  const fields: Fields = {}
  for (const [key, value] of hash.pairs()) setOwn(fields, toText(key), toField(value, depth + 1))
  return fields
}
