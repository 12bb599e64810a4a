import { DateFields, resolvedNanos, resolveFields, type ResolveOptions } from './date-fields.ts'
import { englishNames, type DateNames } from './date-names.ts'
import { parsePattern, printPattern, rootStyle, type PatternItem } from './date-pattern.ts'
import { isoNanos, parseIsoInstant } from './iso-instant.ts'
import { compileJavaPattern } from './java-pattern.ts'
import { compileNamedFormat } from './named-formats.ts'
import { utc, type TimeZone } from './time-zone.ts'
import { illegalArgument } from '../errors.ts'
import type { EpochMillis } from '../time.ts'

/** What date fields take and print unless their mapping says otherwise. */
export const DEFAULT_DATE_FORMAT = 'strict_date_optional_time||epoch_millis'
export const DEFAULT_NANOS_FORMAT = 'strict_date_optional_time_nanos||epoch_millis'

/**
 * One of Elasticsearch's date formats: named formats and java.time patterns, `||` between alternatives. Reading tries
 * them in order; the first one prints.
 */
export interface DateFormat {
  readonly pattern: string
  /** `NaN` where the text has none of the formats: values arrive by the million, so that is no exception. */
  parse(text: string, options?: ResolveOptions): EpochMillis
  /** Nanoseconds since 1970, exactly; `undefined` where the text has none of the formats. */
  parseNanos(text: string, options?: ResolveOptions): bigint | undefined
  /** In UTC unless a zone is given. */
  print(instant: EpochMillis, zone?: TimeZone): string
  printNanos(nanos: bigint, zone?: TimeZone): string
}

const cache = new Map<string, DateFormat>()
/** Formats come from mappings and requests; only the first ones are kept, the rest is compiled again. */
const MAX_CACHED_FORMATS = 2000

/** @throws ElkhornError `illegal_argument_exception` (400) for a pattern that means nothing */
export function dateFormat(pattern: string): DateFormat {
  const known = cache.get(pattern)
  if (known) return known
  const format = compileFormat(pattern)
  if (cache.size < MAX_CACHED_FORMATS) cache.set(pattern, format)
  return format
}

/** The format of alternatives that can each be read, first come first served. */
export function compileFormat(pattern: string): DateFormat {
  if (pattern.trim() === '') throw illegalArgument('No date pattern provided')
  const alternatives = pattern.split('||').map((one) => compileAlternative(one, pattern))
  const [first] = alternatives
  if (!first) throw illegalArgument('No date pattern provided')
  return {
    pattern,
    parse(text, options = {}) {
      for (const alternative of alternatives) {
        const instant = alternative.parse(text, options)
        if (!Number.isNaN(instant)) return instant
      }
      return NaN
    },
    parseNanos(text, options = {}) {
      for (const alternative of alternatives) {
        const instant = alternative.parse(text, options)
        if (!Number.isNaN(instant)) return BigInt(instant) * NANOS_PER_MS + BigInt(parsedNanos)
      }
      return undefined
    },
    print: (instant, zone = utc) => first.print(instant, 0, zone),
    printNanos(nanos, zone = utc) {
      const rest = ((nanos % NANOS_PER_MS) + NANOS_PER_MS) % NANOS_PER_MS
      return first.print(Number((nanos - rest) / NANOS_PER_MS), Number(rest), zone)
    },
  }
}

const NANOS_PER_MS = 1_000_000n

interface Alternative {
  /** Sets `parsedNanos`. */
  parse(text: string, options: ResolveOptions): EpochMillis
  print(instant: EpochMillis, nanos: number, zone: TimeZone): string
}

/** Nanoseconds within the millisecond that an alternative read last. */
let parsedNanos = 0

function compileAlternative(written: string, whole: string): Alternative {
  if (written === '') throw illegalArgument(`Invalid format: [${whole}]: empty alternative`)
  if (written === 'epoch_millis') return epochMillis
  if (written === 'epoch_second') return epochSecond
  // Patterns of Elasticsearch 6 that were upgraded say with an 8 that they are java.time's.
  const pattern = written.startsWith('8') ? written.slice(1) : written
  const named = compileNamedFormat(pattern)
  const items = named ?? compileJavaPattern(pattern)
  const slow = patternAlternative(items, englishNames)
  if (!ISO_FORMATS.has(pattern)) return slow
  return {
    parse(text, options) {
      if (options.zone === undefined && options.roundUp !== true) {
        const instant = parseIsoInstant(text)
        if (!Number.isNaN(instant)) {
          parsedNanos = isoNanos
          return instant
        }
      }
      return slow.parse(text, options)
    },
    print(instant, nanos, zone) {
      // Its sister `…_nanos` prints what is below the millisecond, this one only reads it.
      const shown = pattern.endsWith('date_optional_time') ? 0 : nanos
      return shown === 0 && zone === utc ? printIso(instant) : slow.print(instant, shown, zone)
    },
  }
}

/** Formats that take everything `parseIsoInstant` takes. */
const ISO_FORMATS = new Set([
  'strict_date_optional_time',
  'strict_date_optional_time_nanos',
  'date_optional_time',
  'iso8601',
  'rfc3339_lenient',
])

function patternAlternative(items: readonly PatternItem[], names: DateNames): Alternative {
  const fields = new DateFields()
  return {
    parse(text, options) {
      fields.clear()
      if (!parsePattern(items, text, fields, rootStyle)) return NaN
      const instant = resolveFields(fields, options)
      parsedNanos = resolvedNanos
      return instant
    },
    print: (instant, nanos, zone) => printPattern(items, instant, nanos, zone, names),
  }
}

/** What `Date` prints is the default format, for the years of four digits. */
function printIso(instant: EpochMillis): string {
  if (instant >= YEAR_0 && instant < YEAR_10000) return new Date(instant).toISOString()
  return printPattern(compileNamedFormat('strict_date_optional_time') ?? [], instant, 0, utc, englishNames)
}

const YEAR_0 = -62_167_219_200_000
const YEAR_10000 = 253_402_300_800_000

const MILLIS = /^-?\d{1,19}(?:\.\d{1,6})?$/
const SECONDS = /^-?\d{1,16}(?:\.\d{1,9})?$/

const epochMillis: Alternative = {
  parse(text) {
    if (!MILLIS.test(text)) return NaN
    const instant = Math.floor(Number(text))
    const point = text.indexOf('.')
    const fraction = point < 0 ? 0 : Number(text.slice(point + 1).padEnd(6, '0'))
    parsedNanos = fraction > 0 && text.startsWith('-') ? 1_000_000 - fraction : fraction
    return instant
  },
  print: (instant, nanos) => (nanos === 0 ? String(instant) : printDecimal(BigInt(instant) * NANOS_PER_MS + BigInt(nanos), 6)),
}

const epochSecond: Alternative = {
  parse(text) {
    if (!SECONDS.test(text)) return NaN
    const point = text.indexOf('.')
    const nanos = point < 0 ? 0 : Number(text.slice(point + 1).padEnd(9, '0'))
    const seconds = Number(point < 0 ? text : text.slice(0, point))
    const whole = BigInt(seconds) * 1_000_000_000n + BigInt(text.startsWith('-') ? -nanos : nanos)
    const instant = whole / NANOS_PER_MS - (whole % NANOS_PER_MS < 0n ? 1n : 0n)
    parsedNanos = Number(whole - instant * NANOS_PER_MS)
    return Number(instant)
  },
  print: (instant, nanos) => printDecimal(BigInt(instant) * NANOS_PER_MS + BigInt(nanos), 9),
}

/** A whole number with the point moved by some digits, without trailing zeros. */
function printDecimal(value: bigint, digits: number): string {
  const negative = value < 0n
  const text = String(negative ? -value : value).padStart(digits + 1, '0')
  const fraction = text.slice(-digits).replace(/0+$/, '')
  return `${negative ? '-' : ''}${text.slice(0, -digits)}${fraction === '' ? '' : `.${fraction}`}`
}
