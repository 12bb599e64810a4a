import {
  daysFromCivil,
  daysInMonth,
  isLeapYear,
  MS_PER_DAY,
  MS_PER_HOUR,
  MS_PER_MINUTE,
  MS_PER_SECOND,
  startOfWeekYear,
} from './civil.ts'
import { instantOfLocal, utc, type TimeZone } from './time-zone.ts'
import type { EpochMillis } from '../time.ts'

/**
 * What a text says about a date before the parts are put together. One is used again for many texts (`clear`).
 * A part that the text does not name is `NaN`.
 */
export class DateFields {
  /** Proleptic year; with `bc` it counts backwards from 1 BC. */
  year = NaN
  bc = false
  quarter = NaN
  month = NaN
  day = NaN
  dayOfYear = NaN
  weekYear = NaN
  week = NaN
  /** 1 Monday to 7 Sunday. */
  weekday = NaN
  hour = NaN
  /** 1 to 12 with `afternoon`. */
  hour12 = NaN
  /** 0 AM, 1 PM. */
  half = NaN
  minute = NaN
  second = NaN
  nano = NaN
  milliOfDay = NaN
  /** Instead of all of the above. */
  epochMillis = NaN
  /** With `epochMillis`: nanoseconds within that millisecond. */
  zone: TimeZone | undefined = undefined

  clear(): void {
    this.year = this.quarter = this.month = this.day = this.dayOfYear = NaN
    this.weekYear = this.week = this.weekday = NaN
    this.hour = this.hour12 = this.half = this.minute = this.second = this.nano = this.milliOfDay = NaN
    this.epochMillis = NaN
    this.bc = false
    this.zone = undefined
  }
}

export interface ResolveOptions {
  /** Zone of a text that names none. UTC when absent. */
  readonly zone?: TimeZone
  /** Missing parts of the time become the last of their kind instead of the first: `2024-05-01` is its last millisecond. */
  readonly roundUp?: boolean
  /** Year of a text that names none; 1970 when absent. */
  readonly defaultYear?: number
}

/** Nanoseconds within the millisecond that `resolveFields` returned last. */
export let resolvedNanos = 0

/** The instant that the fields name, or `NaN` where they contradict the calendar. Sets `resolvedNanos`. */
export function resolveFields(fields: DateFields, options: ResolveOptions): EpochMillis {
  const day = resolveDay(fields, options)
  const time = resolveTimeOfDay(fields, options.roundUp === true)
  if (Number.isNaN(fields.epochMillis)) {
    return instantOfLocal(day * MS_PER_DAY + time, fields.zone ?? options.zone ?? utc, 'earlier', 'shift')
  }
  resolvedNanos = Number.isNaN(fields.nano) ? 0 : fields.nano % 1_000_000
  return fields.epochMillis
}

function resolveDay(fields: DateFields, options: ResolveOptions): number {
  if (!Number.isNaN(fields.weekYear) && Number.isNaN(fields.year)) {
    const week = or(fields.week, 1)
    const weekday = or(fields.weekday, 1)
    const start = startOfWeekYear(fields.weekYear)
    if (week < 1 || weekday < 1 || weekday > 7) return NaN
    const day = start + (week - 1) * 7
    return day >= startOfWeekYear(fields.weekYear + 1) ? NaN : day + weekday - 1
  }
  const written = or(fields.year, options.defaultYear ?? 1970)
  const year = fields.bc ? 1 - written : written
  if (!Number.isNaN(fields.dayOfYear)) {
    if (fields.dayOfYear < 1 || fields.dayOfYear > (isLeapYear(year) ? 366 : 365)) return NaN
    return daysFromCivil(year, 1, 1) + fields.dayOfYear - 1
  }
  const month = or(fields.month, Number.isNaN(fields.quarter) ? 1 : fields.quarter * 3 - 2)
  const day = or(fields.day, 1)
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NaN
  return daysFromCivil(year, month, day)
}

function resolveTimeOfDay(fields: DateFields, roundUp: boolean): number {
  resolvedNanos = 0
  if (!Number.isNaN(fields.milliOfDay)) return fields.milliOfDay < MS_PER_DAY ? fields.milliOfDay : NaN
  let hour = fields.hour
  if (Number.isNaN(hour) && !Number.isNaN(fields.hour12)) {
    if (fields.hour12 < 1 || fields.hour12 > 12) return NaN
    hour = (fields.hour12 % 12) + 12 * or(fields.half, 0)
  }
  hour = or(hour, roundUp ? 23 : 0)
  const minute = or(fields.minute, roundUp ? 59 : 0)
  const second = or(fields.second, roundUp ? 59 : 0)
  const nano = or(fields.nano, roundUp ? 999_999_999 : 0)
  if (hour > 23 || minute > 59 || second > 59) return NaN
  const millis = Math.floor(nano / 1_000_000)
  resolvedNanos = nano - millis * 1_000_000
  return hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * MS_PER_SECOND + millis
}

function or(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value
}
