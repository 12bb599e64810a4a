import {
  civilFromDays,
  dayOf,
  daysFromCivil,
  isoWeek,
  isoWeekday,
  MS_PER_DAY,
  MS_PER_HOUR,
  MS_PER_MINUTE,
  MS_PER_SECOND,
} from './civil.ts'
import { DateFields } from './date-fields.ts'
import { englishNames, type DateNames } from './date-names.ts'
import { findTimeZone, parseZoneOffset, type TimeZone } from './time-zone.ts'
import { unreachable } from '../errors.ts'
import type { EpochMillis } from '../time.ts'

/** Parts of a date that are written as digits. */
export type NumberField =
  | 'year'
  | 'year2'
  | 'quarter'
  | 'month'
  | 'day'
  | 'dayOfYear'
  | 'weekYear'
  | 'weekYear2'
  | 'week'
  | 'weekday'
  | 'hour'
  | 'hour24'
  | 'hour11'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'nano'
  | 'milliOfDay'

/**
 * One piece of a compiled date pattern. Both pattern languages (java.time and Joda) and the named formats become a list
 * of these, which one loop parses and one loop prints.
 */
export type PatternItem =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'number'
      readonly field: NumberField
      /** Digits that are read, at least and at most. */
      readonly min: number
      readonly max: number
      /** Digits that are printed at least. */
      readonly pad: number
      /** `never`: no sign. `minus`: a minus is taken. `beyond`: more than `min` digits need a plus, as years past 9999. */
      readonly sign: 'never' | 'minus' | 'beyond'
      /** Digits that the fixed-width numbers right behind need: `yyyyMMdd` gives the year only what they leave. */
      readonly reserved: number
    }
  /** Fraction of a second; `min` digits are printed (more only if needed), 1 to `max` are read unless `exact`. */
  | { readonly kind: 'fraction'; readonly min: number; readonly max: number; readonly exact: boolean }
  | { readonly kind: 'name'; readonly field: 'month' | 'weekday' | 'half' | 'era' | 'quarter'; readonly style: 'short' | 'long' }
  /** Prints in its form, UTC as `zero`. Reads the same, or any spelling of an offset and `Z`, or regions as well. */
  | {
      readonly kind: 'offset'
      readonly form: OffsetForm
      readonly zero: string
      readonly reads: 'form' | 'any' | 'any or region'
    }
  /** A region, an offset or `Z`; prints the name of the zone. */
  | { readonly kind: 'zone' }
  /** `printed` false: read where it stands, never written. */
  | { readonly kind: 'optional'; readonly items: readonly PatternItem[]; readonly printed: boolean }

/** Small letters are left out where they are zero. */
export type OffsetForm = '+HH' | '+HHmm' | '+HHMM' | '+HH:MM' | '+HHMMss' | '+HH:MM:ss'

export interface ParseStyle {
  readonly names: DateNames
  readonly ignoreCase: boolean
}

export const rootStyle: ParseStyle = { names: englishNames, ignoreCase: false }

/** Reads a whole text into `fields`; false when it does not fit. */
export function parsePattern(items: readonly PatternItem[], text: string, fields: DateFields, style: ParseStyle): boolean {
  return parseItems(items, text, 0, fields, style) === text.length
}

/** Position behind what was read, or -1. */
function parseItems(items: readonly PatternItem[], text: string, start: number, fields: DateFields, style: ParseStyle): number {
  let at = start
  for (const item of items) {
    at = parseItem(item, text, at, fields, style)
    if (at < 0) return -1
  }
  return at
}

function parseItem(item: PatternItem, text: string, at: number, fields: DateFields, style: ParseStyle): number {
  switch (item.kind) {
    case 'literal':
      return startsWith(text, item.text, at, style.ignoreCase) ? at + item.text.length : -1
    case 'number':
      return parseNumber(item, text, at, fields)
    case 'fraction': {
      const end = endOfDigits(text, at, item.max)
      const length = end - at
      if (length === 0 || (item.exact && length < item.min)) return -1
      fields.nano = Number(text.slice(at, end).padEnd(9, '0').slice(0, 9))
      return end
    }
    case 'name':
      return parseName(item.field, item.style, text, at, fields, style)
    case 'offset':
      return parseOffset(item, text, at, fields)
    case 'zone':
      return parseZone(text, at, fields)
    case 'optional': {
      const before = Object.assign(new DateFields(), fields)
      const end = parseItems(item.items, text, at, fields, style)
      if (end >= 0) return end
      Object.assign(fields, before)
      return at
    }
    default:
      return unreachable(item)
  }
}

function parseNumber(item: PatternItem & { kind: 'number' }, text: string, start: number, fields: DateFields): number {
  const first = text[start]
  const signed = first === '-' || first === '+'
  if (signed && (item.sign === 'never' || (item.sign === 'minus' && first === '+'))) return -1
  const from = signed ? start + 1 : start
  let end = endOfDigits(text, from, item.max + item.reserved)
  if (item.reserved > 0) end = Math.max(from + item.min, end - item.reserved)
  else end = Math.min(end, from + item.max)
  const length = end - from
  if (length < item.min || end > text.length) return -1
  if (item.sign === 'beyond' && ((first === '+' && length <= item.min) || (!signed && length > item.min))) return -1
  const size = Number(text.slice(from, end))
  return setNumber(fields, item.field, first === '-' ? -size : size) ? end : -1
}

function endOfDigits(text: string, start: number, max: number): number {
  let end = start
  while (end < text.length && end - start < max) {
    const code = text.charCodeAt(end)
    if (code < 48 || code > 57) break
    end += 1
  }
  return end
}

function setNumber(fields: DateFields, field: NumberField, value: number): boolean {
  switch (field) {
    // Two digits are of this century (java.time's base 2000).
    case 'year2':
      fields.year = 2000 + value
      return true
    case 'weekYear2':
      fields.weekYear = 2000 + value
      return true
    case 'hour24':
      fields.hour = value % 24
      return value >= 1 && value <= 24
    case 'hour11':
      fields.hour12 = value === 0 ? 12 : value
      return value <= 11
    default:
      fields[field] = value
      return true
  }
}

function parseName(
  field: (PatternItem & { kind: 'name' })['field'],
  length: 'short' | 'long',
  text: string,
  at: number,
  fields: DateFields,
  style: ParseStyle,
): number {
  const { names } = style
  switch (field) {
    case 'month': {
      const both = style.ignoreCase ? [names.months, names.shortMonths] : [length === 'long' ? names.months : names.shortMonths]
      const found = findName(both, text, at, style)
      if (found) fields.month = found.index + 1
      return found?.end ?? -1
    }
    case 'weekday': {
      const both = style.ignoreCase
        ? [names.weekdays, names.shortWeekdays]
        : [length === 'long' ? names.weekdays : names.shortWeekdays]
      const found = findName(both, text, at, style)
      if (found) fields.weekday = found.index + 1
      return found?.end ?? -1
    }
    case 'half': {
      const found = findName([names.halves], text, at, style)
      if (found) fields.half = found.index
      return found?.end ?? -1
    }
    case 'era': {
      const found = findName(
        [
          ['BC', 'AD'],
          ['BCE', 'CE'],
        ],
        text,
        at,
        style,
      )
      if (found) fields.bc = found.index === 0
      return found?.end ?? -1
    }
    case 'quarter': {
      const found = findName(
        [length === 'long' ? ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'] : ['Q1', 'Q2', 'Q3', 'Q4']],
        text,
        at,
        style,
      )
      if (found) fields.quarter = found.index + 1
      return found?.end ?? -1
    }
    default:
      return unreachable(field)
  }
}

/** The longest of the names that stands at a position. */
function findName(
  lists: readonly (readonly string[])[],
  text: string,
  at: number,
  style: ParseStyle,
): { index: number; end: number } | undefined {
  let best: { index: number; end: number } | undefined
  for (const list of lists) {
    for (const [index, name] of list.entries()) {
      if (name !== '' && at + name.length > (best?.end ?? at) && startsWith(text, name, at, style.ignoreCase)) {
        best = { index, end: at + name.length }
      }
    }
  }
  return best
}

function startsWith(text: string, part: string, at: number, ignoreCase: boolean): boolean {
  if (text.startsWith(part, at)) return true
  return ignoreCase && text.slice(at, at + part.length).toLowerCase() === part.toLowerCase()
}

const ANY_OFFSET = /[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?/y
const OFFSET_FORMS = {
  '+HH': /[+-]\d{2}/y,
  '+HHmm': /[+-]\d{2}(?:\d{2})?/y,
  '+HHMM': /[+-]\d{4}/y,
  '+HH:MM': /[+-]\d{2}:\d{2}/y,
  '+HHMMss': /[+-]\d{4}(?:\d{2})?/y,
  '+HH:MM:ss': /[+-]\d{2}:\d{2}(?::\d{2})?/y,
} as const satisfies Record<OffsetForm, RegExp>

function parseOffset(item: PatternItem & { kind: 'offset' }, text: string, at: number, fields: DateFields): number {
  if (item.reads === 'any or region') return parseZone(text, at, fields)
  const expression = item.reads === 'any' ? ANY_OFFSET : OFFSET_FORMS[item.form]
  expression.lastIndex = at
  const written = expression.exec(text)?.[0]
  const zero = item.reads === 'any' ? 'Z' : item.zero
  if (written === undefined && !text.startsWith(zero, at)) return -1
  fields.zone = findTimeZone(written ?? 'UTC')
  return fields.zone ? at + (written ?? zero).length : -1
}

const ZONE_TEXT = /[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?|[A-Za-z][A-Za-z0-9_~+/-]*(?::\d{2})?/y

function parseZone(text: string, at: number, fields: DateFields): number {
  ZONE_TEXT.lastIndex = at
  const written = ZONE_TEXT.exec(text)?.[0]
  if (written === undefined) return -1
  const zone = parseZoneOffset(written) === undefined && !/^[A-Z]/.test(written) ? undefined : findTimeZone(written)
  if (!zone) return -1
  fields.zone = zone
  return at + written.length
}

/** Writes an instant. `nanos` are those within the millisecond. */
export function printPattern(
  items: readonly PatternItem[],
  instant: EpochMillis,
  nanos: number,
  zone: TimeZone,
  names: DateNames,
): string {
  const offsetMs = zone.offsetMsAt(instant)
  const local = instant + offsetMs
  const days = dayOf(local)
  const moment: Moment = { days, timeMs: local - days * MS_PER_DAY, nanos, offsetMs, zone }
  let text = ''
  for (const item of items) text += printItem(item, moment, names)
  return text
}

interface Moment {
  readonly days: number
  readonly timeMs: number
  readonly nanos: number
  readonly offsetMs: number
  readonly zone: TimeZone
}

function printItem(item: PatternItem, moment: Moment, names: DateNames): string {
  switch (item.kind) {
    case 'literal':
      return item.text
    case 'number': {
      const value = numberOf(item.field, moment)
      const digits = String(Math.abs(value)).padStart(item.pad, '0')
      if (value < 0) return `-${digits}`
      return item.sign === 'beyond' && digits.length > item.pad ? `+${digits}` : digits
    }
    case 'fraction': {
      const digits = String((moment.timeMs % MS_PER_SECOND) * 1_000_000 + moment.nanos)
        .padStart(9, '0')
        .slice(0, item.max)
      let end = digits.length
      while (end > item.min && digits[end - 1] === '0') end -= 1
      return digits.slice(0, end)
    }
    case 'name':
      return nameOf(item.field, item.style, moment, names)
    case 'offset':
      return moment.offsetMs === 0 ? item.zero : printOffset(item.form, moment.offsetMs)
    case 'zone':
      return moment.zone.id
    case 'optional':
      return !item.printed ? '' : item.items.map((inner) => printItem(inner, moment, names)).join('')
    default:
      return unreachable(item)
  }
}

function numberOf(field: NumberField, { days, timeMs, nanos }: Moment): number {
  switch (field) {
    case 'year':
      return civilFromDays(days).year
    case 'year2':
      return ((civilFromDays(days).year % 100) + 100) % 100
    case 'quarter':
      return Math.ceil(civilFromDays(days).month / 3)
    case 'month':
      return civilFromDays(days).month
    case 'day':
      return civilFromDays(days).day
    case 'dayOfYear':
      return days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1
    case 'weekYear':
      return isoWeek(days).weekYear
    case 'weekYear2':
      return ((isoWeek(days).weekYear % 100) + 100) % 100
    case 'week':
      return isoWeek(days).week
    case 'weekday':
      return isoWeekday(days)
    case 'hour':
      return Math.floor(timeMs / MS_PER_HOUR)
    case 'hour24':
      return Math.floor(timeMs / MS_PER_HOUR) || 24
    case 'hour11':
      return Math.floor(timeMs / MS_PER_HOUR) % 12
    case 'hour12':
      return Math.floor(timeMs / MS_PER_HOUR) % 12 || 12
    case 'minute':
      return Math.floor(timeMs / MS_PER_MINUTE) % 60
    case 'second':
      return Math.floor(timeMs / MS_PER_SECOND) % 60
    case 'nano':
      return (timeMs % MS_PER_SECOND) * 1_000_000 + nanos
    case 'milliOfDay':
      return timeMs
    default:
      return unreachable(field)
  }
}

function nameOf(
  field: (PatternItem & { kind: 'name' })['field'],
  style: 'short' | 'long',
  { days, timeMs }: Moment,
  names: DateNames,
): string {
  const long = style === 'long'
  switch (field) {
    case 'month':
      return (long ? names.months : names.shortMonths)[civilFromDays(days).month - 1] ?? ''
    case 'weekday':
      return (long ? names.weekdays : names.shortWeekdays)[isoWeekday(days) - 1] ?? ''
    case 'half':
      return names.halves[timeMs < MS_PER_DAY / 2 ? 0 : 1]
    case 'era':
      return civilFromDays(days).year > 0 ? 'AD' : 'BC'
    case 'quarter': {
      const quarter = Math.ceil(civilFromDays(days).month / 3)
      return long ? (['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'][quarter - 1] ?? '') : `Q${quarter}`
    }
    default:
      return unreachable(field)
  }
}

function printOffset(form: OffsetForm, offsetMs: number): string {
  const size = Math.abs(offsetMs) / MS_PER_SECOND
  const [hours, minutes, seconds] = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map((n) =>
    String(n).padStart(2, '0'),
  )
  const sign = offsetMs < 0 ? '-' : '+'
  switch (form) {
    case '+HH':
      return `${sign}${hours}`
    case '+HHmm':
      return minutes === '00' ? `${sign}${hours}` : `${sign}${hours}${minutes}`
    case '+HHMM':
      return `${sign}${hours}${minutes}`
    case '+HH:MM':
      return `${sign}${hours}:${minutes}`
    case '+HHMMss':
      return `${sign}${hours}${minutes}${seconds === '00' ? '' : seconds}`
    case '+HH:MM:ss':
      return `${sign}${hours}:${minutes}${seconds === '00' ? '' : `:${seconds}`}`
    default:
      return unreachable(form)
  }
}
