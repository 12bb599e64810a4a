import type { EpochMillis } from '../time.ts'

/**
 * The proleptic Gregorian calendar in plain arithmetic: no `Date`, no zone, no limits but those of doubles.
 *
 * The day count is Howard Hinnant's (`days_from_civil`, http://howardhinnant.github.io/date_algorithms.html).
 */

export const MS_PER_SECOND = 1000
export const MS_PER_MINUTE = 60_000
export const MS_PER_HOUR = 3_600_000
export const MS_PER_DAY = 86_400_000

/** Year 0 is 1 BC. `month` 1 to 12. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days since 1970-01-01. `day` may lie outside the month and counts on from there. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export function civilFromDays(days: number): CivilDate {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0)
}

/** 1 for Monday to 7 for Sunday, of a count of days since 1970-01-01 (a Thursday). */
export function isoWeekday(days: number): number {
  return positiveModulo(days + 3, 7) + 1
}

/** First day (a Monday) of an ISO 8601 week-based year: the week of January 4th. */
export function startOfWeekYear(weekYear: number): number {
  const january4 = daysFromCivil(weekYear, 1, 4)
  return january4 - isoWeekday(january4) + 1
}

/** ISO 8601 week-based year and week, 1 to 53. */
export function isoWeek(days: number): { readonly weekYear: number; readonly week: number } {
  const thursday = days - isoWeekday(days) + 4
  const weekYear = civilFromDays(thursday).year
  return { weekYear, week: Math.floor((days - startOfWeekYear(weekYear)) / 7) + 1 }
}

/** The day a local time is on; the rest is the time of day, 0 to `MS_PER_DAY` - 1. */
export function dayOf(localMs: EpochMillis): number {
  return Math.floor(localMs / MS_PER_DAY)
}

/** Adds months and, like java.time, ends on the last day of the month where the day does not exist. */
export function addMonths(localMs: EpochMillis, months: number): EpochMillis {
  const days = dayOf(localMs)
  const { year, month, day } = civilFromDays(days)
  const total = year * 12 + (month - 1) + months
  const newYear = Math.floor(total / 12)
  const newMonth = total - newYear * 12 + 1
  const newDay = Math.min(day, daysInMonth(newYear, newMonth))
  return daysFromCivil(newYear, newMonth, newDay) * MS_PER_DAY + (localMs - days * MS_PER_DAY)
}

export function positiveModulo(value: number, by: number): number {
  const rest = value % by
  return rest < 0 ? rest + by : rest
}
