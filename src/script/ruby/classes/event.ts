import { addTag, cloneEvent, createEvent, isFields } from '../../../core/event.ts'
import { printFields, printValue } from '../../../core/event-json.ts'
import { fieldPath, FieldPathError } from '../../../core/field-path.ts'
import { Timestamp } from '../../../core/timestamp.ts'
import { compileTemplate } from '../../sprintf.ts'
import { fromField, toField, toFields } from '../convert.ts'
import { raise, StandardError, TypeErrorClass } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { classOf, inspect, toText } from '../semantics.ts'
import type { RClass } from '../value.ts'
import { REvent, RHash, RString, type Value } from '../value.ts'
import { aliases, def, table, text, textOf, type Method, type MethodTable } from './method.ts'
import { timestampOf } from './time.ts'

const event = def<REvent>

/** A reference argument: text, or a symbol. */
function pathOf(value: Value | undefined) {
  if (value === undefined || value === null) return raise(TypeErrorClass, 'wrong argument type nil (expected String)')
  return fieldPath(value instanceof RString ? value.value : toText(value))
}

function withFieldErrors<T>(body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (error instanceof FieldPathError) return raise(StandardError, error.message)
    throw error
  }
}

function setField(m: Machine, self: REvent, name: Value | undefined, value: Value): Value {
  const path = pathOf(name)
  const field = path.text === '@timestamp' || path.text === '[@timestamp]' ? timestampOf(m, value) : toField(value)
  withFieldErrors(() => path.set(self.event, field))
  return value
}

const methods: Record<string, Method> = {
  get: event(1, 1, (_m, self, [name]) => fromField(pathOf(name).get(self.event))),
  set: event(2, 2, (m, self, [name, value = null]) => setField(m, self, name, value)),
  remove: event(1, 1, (_m, self, [name]) => fromField(pathOf(name).remove(self.event))),
  'include?': event(1, 1, (_m, self, [name]) => pathOf(name).has(self.event)),
  tag: event(1, 1, (_m, self, [tag = null]) => {
    addTag(self.event, toText(tag))
    return null
  }),
  cancel: event(0, 0, (_m, self) => {
    self.event.cancelled = true
    return null
  }),
  uncancel: event(0, 0, (_m, self) => {
    self.event.cancelled = false
    return null
  }),
  'cancelled?': event(0, 0, (_m, self) => self.event.cancelled),
  clone: event(0, 0, (_m, self) => {
    const copy = cloneEvent(self.event)
    // Who the copy belongs to is settled when the filter gives it away.
    self.event.delivery?.release()
    copy.delivery = undefined
    return new REvent(copy)
  }),
  to_hash: event(0, 0, (_m, self) => fromField(self.event.fields)),
  to_hash_with_metadata: event(0, 0, (_m, self) => {
    const hash = fromField(self.event.fields)
    if (hash instanceof RHash && Object.keys(self.event.metadata).length > 0)
      hash.set(text('@metadata'), fromField(self.event.metadata))
    return hash
  }),
  to_json: event(0, Infinity, (m, self) => {
    const json = printFields(self.event.fields)
    m.allocate(json.length)
    return text(json)
  }),
  timestamp: event(0, 0, (_m, self) => fromField(self.event.fields['@timestamp'])),
  'timestamp=': event(1, 1, (m, self, [value = null]) => {
    self.event.fields['@timestamp'] = timestampOf(m, value)
    return value
  }),
  sprintf: event(1, 1, (m, self, [template]) => {
    const printed = compileTemplate(textOf(template)).print(self.event)
    m.allocate(printed.length)
    return text(printed)
  }),
  overwrite: event(1, 1, (_m, self, [other]) => {
    if (!(other instanceof REvent)) return raise(TypeErrorClass, `expected an event, not ${classOf(other ?? null).name}`)
    self.event.fields = other.event.fields
    self.event.metadata = other.event.metadata
    return self
  }),
  append: event(1, 1, (_m, self, [other]) => {
    if (!(other instanceof REvent)) return raise(TypeErrorClass, `expected an event, not ${classOf(other ?? null).name}`)
    for (const [name, value] of Object.entries(other.event.fields)) {
      const before = self.event.fields[name]
      if (value === undefined || value === null) continue
      if (before === undefined || before === null) self.event.fields[name] = value
      else if (isFields(before) && isFields(value)) self.event.fields[name] = { ...before, ...value }
      else if (printValue(before) !== printValue(value)) self.event.fields[name] = [before, value].flat()
    }
    return self
  }),
  to_s: event(0, 0, (_m, self) => text(compileTemplate('%{@timestamp} %{host} %{message}').print(self.event))),
  inspect: event(0, 0, (_m, self) => text(inspect(self))),
  '[]': event(1, 1, (m, self, [name = null]) => {
    indexed(m, name)
    return fromField(pathOf(name).get(self.event))
  }),
  '[]=': event(2, 2, (m, self, [name = null, value = null]) => {
    indexed(m, name)
    return setField(m, self, name, value)
  }),
}

/** Before version 5 fields were reached by brackets. */
function indexed(m: Machine, name: Value): void {
  const told = `Direct event field references (i.e. event[${inspect(name)}]) have been disabled in favor of using event get and set methods (e.g. event.get(${inspect(name)}))`
  const { onLeniency } = m.options
  if (onLeniency === undefined) raise(StandardError, told)
  else
    onLeniency(
      'W-RUBY-EVENT',
      `ruby: event[${inspect(name)}] is read as event.get or event.set; Logstash took it before version 5`,
    )
}

export const eventMethods: MethodTable = table(methods, aliases(methods, { dup: 'clone', to_h: 'to_hash' }))

export const eventClassMethods: MethodTable = table({
  new: def<RClass>(0, 1, (m, _self, [hash]) => {
    if (hash !== undefined && hash !== null && !(hash instanceof RHash))
      return raise(TypeErrorClass, `wrong argument type ${classOf(hash).name} (expected Hash)`)
    const fields = hash instanceof RHash ? toFields(hash) : {}
    const metadata = fields['@metadata']
    delete fields['@metadata']
    const made = createEvent(fields, metadata !== undefined && isFields(metadata) ? metadata : {})
    const given = fields['@timestamp']
    if (!(given instanceof Timestamp)) fields['@timestamp'] = timestampOf(m, fromField(given))
    fields['@version'] ??= '1'
    return new REvent(made)
  }),
})
