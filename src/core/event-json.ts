import { isFields, setOwn, type FieldValue, type Fields } from './event.ts'
import { Float, float, printFloat } from './float.ts'
import { parseJsonWith } from './parse-json.ts'
import { Timestamp } from './timestamp.ts'

/**
 * A number in an object or array that native parsing would change: an integer beyond 2^53, `20.0`, an exponent. Text that
 * looks like one may match. Every event is searched for it: what it begins with is what the search is quick by.
 */
const NEEDS_LITERALS = /[:,[]\s*-?\d(?:\d{15}|\d*(?:\.0+(?!\d)|(?:\.\d+)?[eE]))/
const IS_BARE = /^\s*[-\d]/

/**
 * Parses JSON into field values: integers of any size stay exact, `20.0` stays a float.
 * @throws JsonSyntaxError or SyntaxError
 */
export function parseEventJson(text: string): FieldValue {
  return (NEEDS_LITERALS.test(text) || IS_BARE.test(text) ? parseJsonWith(text, numberValue) : JSON.parse(text)) as FieldValue
}

function numberValue(literal: string): FieldValue {
  const value = Number(literal)
  if (!/[.eE]/.test(literal)) return Number.isSafeInteger(value) ? value : BigInt(literal)
  return float(value)
}

const MAX_DEPTH = 1000

/** JSON text of fields, in their order. Infinite numbers and NaN have no JSON and become `null`. */
export function printFields(fields: Fields): string {
  return printNatively(fields) ?? printObject(fields, 0)
}

/** A third faster. `undefined` where it cannot be: a `bigint`, or a `Float`, which would become an integer. */
function printNatively(fields: Fields): string | undefined {
  const before = Float.printedNatively
  try {
    const text = JSON.stringify(fields)
    return Float.printedNatively === before ? text : undefined
  } catch {
    return undefined // a bigint; of fields that nest too deep the other printer tells
  }
}

export function printValue(value: FieldValue | undefined): string {
  return print(value, 0)
}

function printObject(fields: Fields, depth: number): string {
  if (depth > MAX_DEPTH) throw new RangeError(`an event nests deeper than ${MAX_DEPTH} levels`)
  let text = '{'
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    text += text.length === 1 ? `${printString(name)}:` : `,${printString(name)}:`
    text += print(value, depth)
  }
  return `${text}}`
}

function print(value: FieldValue | undefined, depth: number): string {
  switch (typeof value) {
    case 'string':
      return printString(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return value.toString()
    case 'object':
      break
    default:
      return 'null'
  }
  if (value === null) return 'null'
  if (value instanceof Timestamp) return `"${value.toString()}"`
  if (value instanceof Float) return Number.isFinite(value.value) ? printFloat(value.value) : 'null'
  if (Array.isArray(value)) {
    if (depth >= MAX_DEPTH) throw new RangeError(`an event nests deeper than ${MAX_DEPTH} levels`)
    let text = '['
    for (let i = 0; i < value.length; i++) text += i === 0 ? print(value[i], depth + 1) : `,${print(value[i], depth + 1)}`
    return `${text}]`
  }
  return printObject(value, depth + 1)
}

/** Quotes, backslashes, control characters and lone surrogates need the native printer's escapes. */
// eslint-disable-next-line no-control-regex
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/

function printString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** Plain JSON data (of a configuration, a parsed answer) as field values of an event's own. */
export function toFieldValue(value: unknown): FieldValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
    case 'number':
      return value
    case 'object':
      break
    default:
      return null
  }
  if (value === null || value instanceof Timestamp || value instanceof Float) return value
  if (value instanceof Date) return new Timestamp(value.getTime())
  if (Array.isArray(value)) return value.map(toFieldValue)
  const fields: Fields = {}
  for (const [name, entry] of Object.entries(value)) if (entry !== undefined) setOwn(fields, name, toFieldValue(entry))
  return fields
}

/** How a value reads inside text (`%{field}`): lists joined by commas, objects as JSON, floats with their point. */
export function fieldText(value: FieldValue): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isInteger(value) ? String(value) : printFloat(value)
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'object':
      break
    default:
      return ''
  }
  if (value === null) return ''
  if (value instanceof Float) return printFloat(value.value)
  if (Array.isArray(value)) return value.map(fieldText).join(',')
  return isFields(value) ? printFields(value) : value.toString()
}
