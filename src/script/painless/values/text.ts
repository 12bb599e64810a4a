import { printDouble } from '../../../core/double.ts'
import { Float } from '../../../core/float.ts'
import { charge } from '../budget.ts'
import { JavaObject, type Value } from './value.ts'
import { plainEntries } from './plain-entries.ts'

/** `String.valueOf`: what a value is in a text. */
export function textOf(value: Value): string {
  return textWithin(value, undefined)
}

/** Lists and maps that hold themselves are told by a name, as in Java. */
function textWithin(value: Value, container: Value): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return (value | 0) === value || Number.isSafeInteger(value) ? String(value) : printDouble(value)
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'object':
      break
    default:
      return 'null'
  }
  if (value === null) return 'null'
  if (value instanceof JavaObject) return value.toText()
  if (value instanceof Float) return printDouble(value.value)
  if (value === container) return Array.isArray(value) ? '(this Collection)' : '(this Map)'
  return Array.isArray(value) ? listText(value, value) : mapText(plainEntries(value as Record<string, Value>), value)
}

export function listText(items: Iterable<Value>, self: Value): string {
  let text = '['
  for (const item of items) {
    if (text.length > 1) text += ', '
    text += textWithin(item, self)
    charge(8)
  }
  return `${text}]`
}

export function mapText(entries: Iterable<readonly [Value, Value]>, self: Value): string {
  let text = '{'
  for (const [key, value] of entries) {
    if (text.length > 1) text += ', '
    text += `${textWithin(key, self)}=${textWithin(value, self)}`
    charge(16)
  }
  return `${text}}`
}
