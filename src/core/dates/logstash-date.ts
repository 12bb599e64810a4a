import { civilFromDays, dayOf, MS_PER_SECOND } from './civil.ts'
import { DateFields, resolveFields } from './date-fields.ts'
import { dateFormat } from './date-format.ts'
import { dateNames, englishNames } from './date-names.ts'
import { parsePattern, printPattern, type PatternItem } from './date-pattern.ts'
import { compileJodaPattern } from './joda-pattern.ts'
import { utc, type TimeZone } from './time-zone.ts'
import type { EpochMillis } from '../time.ts'

/** A format of Logstash's date filter: `ISO8601`, `UNIX`, `UNIX_MS`, `TAI64N` or a Joda-Time pattern. */
export interface LogstashDateFormat {
  readonly pattern: string
  /** `NaN` where the text does not fit. `now` settles the year of a text that names none. */
  parse(text: string, zone: TimeZone, now: EpochMillis): EpochMillis
}

/**
 * @param locale BCP 47 tag for the names of months and days; English when absent
 * @throws ElkhornError `illegal_argument_exception` (400) for a pattern that means nothing
 */
export function logstashDateFormat(pattern: string, locale?: string): LogstashDateFormat {
  switch (pattern) {
    case 'ISO8601':
      return { pattern, parse: parseIso8601 }
    case 'UNIX':
      return { pattern, parse: (text) => dateFormat('epoch_second').parse(text) }
    case 'UNIX_MS':
      return { pattern, parse: (text) => (/^-?\d{1,16}$/.test(text) ? Number(text) : NaN) }
    case 'TAI64N':
      return { pattern, parse: parseTai64n }
    default:
      return jodaFormat(pattern, compileJodaPattern(pattern), locale)
  }
}

/** ISO 8601, also with a space for the `T` and a comma for the point. */
function parseIso8601(text: string, zone: TimeZone): EpochMillis {
  const spaced = /^\d{4}-\d{2}-\d{2} \d/.test(text) ? `${text.slice(0, 10)}T${text.slice(11)}` : text
  const compact = spaced.replace(/ (?=[+-]\d{2}:?\d{2}$)/, '')
  return dateFormat('date_optional_time').parse(compact, zone.fixedOffsetMs === 0 ? {} : { zone })
}

/** Seconds of the epoch as TAI64 labels count them: 2^62 is 1970-01-01 TAI, ten seconds before UTC then. */
const TAI64_EPOCH = 0x4000000000000000n
const TAI_OFFSET_MS = 10_000

/** daemontools' labels: `@`, 16 hex digits of seconds, 8 of nanoseconds. */
function parseTai64n(text: string): EpochMillis {
  const match = /^@?([0-9a-f]{16})([0-9a-f]{8})$/i.exec(text)
  if (!match) return NaN
  const seconds = Number(BigInt(`0x${match[1] ?? ''}`) - TAI64_EPOCH)
  return seconds * MS_PER_SECOND - TAI_OFFSET_MS + Math.floor(Number(`0x${match[2] ?? ''}`) / 1_000_000)
}

function jodaFormat(pattern: string, items: readonly PatternItem[], locale: string | undefined): LogstashDateFormat {
  const fields = new DateFields()
  const local = { names: dateNames(locale), ignoreCase: true }
  const english = { names: englishNames, ignoreCase: true }
  return {
    pattern,
    parse(text, zone, now) {
      fields.clear()
      if (!parsePattern(items, text, fields, local)) {
        if (local.names === english.names) return NaN
        fields.clear()
        if (!parsePattern(items, text, fields, english)) return NaN
      }
      return resolveFields(fields, { zone, defaultYear: guessYear(fields.month, zone, now) })
    },
  }
}

/** Syslog's missing year: this one, but around New Year the one that is near. */
function guessYear(month: number, zone: TimeZone, now: EpochMillis): number {
  const today = civilFromDays(dayOf(now + zone.offsetMsAt(now)))
  if (today.month === 1 && month === 12) return today.year - 1
  if (today.month === 12 && month === 1) return today.year + 1
  return today.year
}

const compiled = new Map<string, readonly PatternItem[]>()
const MAX_COMPILED = 500

/**
 * Prints an instant with a Joda-Time pattern, as `%{+YYYY.MM.dd}` in sprintf references does; UTC, English.
 * @throws ElkhornError `illegal_argument_exception` (400) for a pattern that means nothing
 */
export function printJodaDate(pattern: string, instant: EpochMillis, zone: TimeZone = utc): string {
  let items = compiled.get(pattern)
  if (!items) {
    items = compileJodaPattern(pattern)
    if (compiled.size < MAX_COMPILED) compiled.set(pattern, items)
  }
  return printPattern(items, instant, 0, zone, englishNames)
}
