import { compileJavaPattern } from '../core/dates/java-pattern.ts'
import { compileJodaPattern } from '../core/dates/joda-pattern.ts'
import { englishNames } from '../core/dates/date-names.ts'
import { printPattern, type PatternItem } from '../core/dates/date-pattern.ts'
import { utc } from '../core/dates/time-zone.ts'
import type { Event } from '../core/event.ts'
import { fieldText } from '../core/event-json.ts'
import { fieldPath } from '../core/field-path.ts'
import type { EpochMillis } from '../core/time.ts'
import { Timestamp } from '../core/timestamp.ts'

/** A text with references to an event's fields, compiled. */
export interface Template {
  readonly text: string
  /** Holds no reference: prints the same for every event. */
  readonly constant: boolean
  print(event: Event): string
}

/** Templates from configuration are few; those from event values are compiled each time beyond this. */
const MAX_CACHED = 2_000
const cache = new Map<string, Template>()

/**
 * Compiles `%{field}`, `%{[a][b]}`, `%{+YYYY.MM.dd}` (Joda), `%{{yyyy.MM.dd}}` (java.time) and `%{+%s}` (epoch seconds).
 *
 * A field that an event lacks leaves its reference in the text; without a `@timestamp` dates print nothing. Dates are UTC.
 * @throws ElkhornError `illegal_argument_exception` (400) for a date pattern that means nothing
 */
export function compileTemplate(text: string): Template {
  const known = cache.get(text)
  if (known !== undefined) return known
  const template = compile(text)
  if (cache.size < MAX_CACHED) cache.set(text, template)
  return template
}

type Part = string | ((event: Event) => string)

function compile(text: string): Template {
  const parts: Part[] = []
  let at = 0
  for (let open = text.indexOf('%{'); open >= 0; open = text.indexOf('%{', at)) {
    const close = text.indexOf('}', open)
    if (close < 0) break
    if (open > at) parts.push(text.slice(at, open))
    if (text[open + 2] === '{' && text[close + 1] === '}') {
      parts.push(javaDate(text.slice(open + 3, close)))
      at = close + 2
      continue
    }
    const reference = text.slice(open + 2, close)
    if (reference === '+%s') parts.push(epochSeconds)
    else parts.push(reference.startsWith('+') ? datePart(compileJodaPattern(reference.slice(1))) : fieldPart(reference))
    at = close + 1
  }
  if (parts.length === 0) return { text, constant: true, print: () => text }
  if (at < text.length) parts.push(text.slice(at))
  const [only] = parts
  if (parts.length === 1 && typeof only === 'function') return { text, constant: false, print: only }
  return {
    text,
    constant: false,
    print(event) {
      let result = ''
      for (const part of parts) result += typeof part === 'string' ? part : part(event)
      return result
    },
  }
}

function fieldPart(reference: string): Part {
  const path = fieldPath(reference)
  const unresolved = `%{${reference}}`
  return (event) => {
    const value = path.get(event)
    if (typeof value === 'string') return value
    return value === undefined || value === null ? unresolved : fieldText(value)
  }
}

function timestampOf(event: Event): Timestamp | undefined {
  const value = event.fields['@timestamp']
  return value instanceof Timestamp ? value : undefined
}

function epochSeconds(event: Event): string {
  const timestamp = timestampOf(event)
  return timestamp === undefined ? '' : String(Math.floor(timestamp.epochMillis / 1000))
}

function javaDate(pattern: string): Part {
  return datePart(compileJavaPattern(pattern))
}

/** Index names print a date for every event, and most fall into the same day: the last text is kept as long as it holds. */
function datePart(items: readonly PatternItem[]): Part {
  const granularityMs = items.every(holdsForDay) ? 86_400_000 : 1
  let lastSlot = NaN
  let lastText = ''
  return (event) => {
    const timestamp = timestampOf(event)
    if (timestamp === undefined) return ''
    const slot: EpochMillis = Math.floor(timestamp.epochMillis / granularityMs)
    if (slot !== lastSlot || timestamp.nanos !== 0) {
      lastText = printPattern(items, timestamp.epochMillis, timestamp.nanos, utc, englishNames)
      lastSlot = granularityMs > 1 || timestamp.nanos === 0 ? slot : NaN
    }
    return lastText
  }
}

const DAY_FIELDS = new Set(['year', 'year2', 'quarter', 'month', 'day', 'dayOfYear', 'weekYear', 'weekYear2', 'week', 'weekday'])

function holdsForDay(item: PatternItem): boolean {
  switch (item.kind) {
    case 'literal':
      return true
    case 'number':
      return DAY_FIELDS.has(item.field)
    case 'name':
      return item.field !== 'half'
    case 'optional':
      return item.items.every(holdsForDay)
    default:
      return false
  }
}
