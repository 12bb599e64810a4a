import { dateFormat } from '../../core/dates/date-format.ts'
import { logstashDateFormat } from '../../core/dates/logstash-date.ts'
import { dateNames } from '../../core/dates/date-names.ts'
import { findTimeZone, utc, type TimeZone } from '../../core/dates/time-zone.ts'
import { compileJavaPattern } from '../../core/dates/java-pattern.ts'
import { DateFields, resolveFields } from '../../core/dates/date-fields.ts'
import { parsePattern } from '../../core/dates/date-pattern.ts'
import { civilFromDays, dayOf } from '../../core/dates/civil.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { EpochMillis } from '../../core/time.ts'

/** Reads a text; `NaN` where it does not fit. */
export type ReadDate = (text: string, zone: TimeZone, now: EpochMillis) => EpochMillis

const NAMED = new Set(['ISO8601', 'UNIX', 'UNIX_MS', 'TAI64N'])

/** A format of the date processors: `ISO8601`, `UNIX`, `UNIX_MS`, `TAI64N`, a named format or a pattern of java.time. */
export function compileDateReader(pattern: string, locale: string | undefined): ReadDate {
  if (NAMED.has(pattern)) {
    const format = logstashDateFormat(pattern)
    return (text, zone, now) => format.parse(text, zone, now)
  }
  if (locale === undefined) {
    const format = dateFormat(pattern)
    const hasYear = /[uyY]|iso|date|time|epoch/.test(pattern)
    return (text, zone, now) => format.parse(text, hasYear ? { zone } : { zone, defaultYear: yearOf(now) })
  }
  const items = compileJavaPattern(pattern)
  const style = { names: dateNames(locale.replaceAll('_', '-')), ignoreCase: true }
  return (text, zone, now) => {
    const fields = new DateFields()
    return parsePattern(items, text, fields, style) ? resolveFields(fields, { zone, defaultYear: yearOf(now) }) : NaN
  }
}

const yearOf = (now: EpochMillis): number => civilFromDays(dayOf(now)).year

/** @throws ElkhornError `illegal_argument_exception` */
export function requireZone(id: string): TimeZone {
  const zone = id === 'UTC' ? utc : findTimeZone(id)
  if (!zone) throw illegalArgument(`unknown time zone [${id}]: expected an offset like [+01:00] or a region like [Europe/Berlin]`)
  return zone
}
