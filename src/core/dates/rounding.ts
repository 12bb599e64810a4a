import { addMonths, civilFromDays, dayOf, daysFromCivil, isoWeekday, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from './civil.ts'
import { instantOfLocal, timeZone, type TimeZone } from './time-zone.ts'
import { unreachable } from '../errors.ts'
import type { EpochMillis } from '../time.ts'

export type CalendarUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** How instants fall into the buckets of a date histogram. `offsetMs` moves every bucket's start. */
export type DateRounding =
  | { readonly kind: 'fixed'; readonly intervalMs: number; readonly zone: string; readonly offsetMs: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly zone: string; readonly offsetMs: number }

/** Start of the bucket that an instant falls into. */
export function roundDown(rounding: DateRounding, instant: EpochMillis): EpochMillis {
  return roundInZone(rounding, timeZone(rounding.zone), instant - rounding.offsetMs) + rounding.offsetMs
}

/** Start of the first bucket after the one an instant falls into. */
export function nextBucketStart(rounding: DateRounding, instant: EpochMillis): EpochMillis {
  const zone = timeZone(rounding.zone)
  const start = roundInZone(rounding, zone, instant - rounding.offsetMs)
  return nextInZone(rounding, zone, start) + rounding.offsetMs
}

/** Starts of all buckets from the one `from` falls into to the one `to` falls into, ascending. Empty when `to` < `from`. */
export function bucketStarts(rounding: DateRounding, from: EpochMillis, to: EpochMillis): EpochMillis[] {
  const zone = timeZone(rounding.zone)
  const starts: EpochMillis[] = []
  const last = to - rounding.offsetMs
  let start = roundInZone(rounding, zone, from - rounding.offsetMs)
  while (start <= last) {
    starts.push(start + rounding.offsetMs)
    start = nextInZone(rounding, zone, start)
  }
  return starts
}

/** How many buckets `bucketStarts` would give, about: cheap, to refuse absurd requests before making them. */
export function estimateBucketCount(rounding: DateRounding, from: EpochMillis, to: EpochMillis): number {
  return to < from ? 0 : Math.floor((to - from) / shortestMs(rounding)) + 1
}

function roundInZone(rounding: DateRounding, zone: TimeZone, instant: EpochMillis): EpochMillis {
  const local = instant + zone.offsetMsAt(instant)
  const rounded = roundLocal(rounding, local)
  if (zone.fixedOffsetMs !== undefined) return rounded - zone.fixedOffsetMs
  // A day begins when its first hour begins. Within a day the repeated hour has buckets of its own.
  if (startsAtMidnight(rounding)) return instantOfLocal(rounded, zone, 'earlier', 'transition')
  const later = instantOfLocal(rounded, zone, 'later', 'transition')
  return later <= instant ? later : instantOfLocal(rounded, zone, 'earlier', 'transition')
}

function nextInZone(rounding: DateRounding, zone: TimeZone, start: EpochMillis): EpochMillis {
  if (zone.fixedOffsetMs !== undefined) return nextLocal(rounding, start + zone.fixedOffsetMs) - zone.fixedOffsetMs
  if (startsAtMidnight(rounding)) {
    const local = roundLocal(rounding, start + zone.offsetMsAt(start))
    const next = instantOfLocal(nextLocal(rounding, local), zone, 'earlier', 'transition')
    // A whole day that a zone left out (Samoa, 2011-12-30) has no instant of its own.
    return next > start ? next : nextInZone(rounding, zone, start + MS_PER_HOUR)
  }
  // A clock change cuts a bucket short: look on in steps that cannot jump over what is left of it.
  const step = Math.min(shortestMs(rounding), 15 * MS_PER_MINUTE)
  let probe = start + Math.max(shortestMs(rounding) - 2 * MS_PER_HOUR, step)
  let found = roundInZone(rounding, zone, probe)
  while (found <= start) {
    probe += step
    found = roundInZone(rounding, zone, probe)
  }
  return found
}

function startsAtMidnight(rounding: DateRounding): boolean {
  return rounding.kind === 'calendar' && rounding.unit !== 'hour' && rounding.unit !== 'minute'
}

function roundLocal(rounding: DateRounding, local: EpochMillis): EpochMillis {
  if (rounding.kind === 'fixed') return Math.floor(local / rounding.intervalMs) * rounding.intervalMs
  return truncateLocal(local, rounding.unit)
}

/** Start of the minute, hour, …, year that a local time is in. Weeks begin on Monday. */
export function truncateLocal(local: EpochMillis, unit: CalendarUnit): EpochMillis {
  const day = dayOf(local)
  switch (unit) {
    case 'minute':
      return Math.floor(local / MS_PER_MINUTE) * MS_PER_MINUTE
    case 'hour':
      return Math.floor(local / MS_PER_HOUR) * MS_PER_HOUR
    case 'day':
      return day * MS_PER_DAY
    case 'week':
      return (day - isoWeekday(day) + 1) * MS_PER_DAY
    case 'month': {
      const { year, month } = civilFromDays(day)
      return daysFromCivil(year, month, 1) * MS_PER_DAY
    }
    case 'quarter': {
      const { year, month } = civilFromDays(day)
      return daysFromCivil(year, month - ((month - 1) % 3), 1) * MS_PER_DAY
    }
    case 'year':
      return daysFromCivil(civilFromDays(day).year, 1, 1) * MS_PER_DAY
    default:
      return unreachable(unit)
  }
}

function nextLocal(rounding: DateRounding, local: EpochMillis): EpochMillis {
  return rounding.kind === 'fixed' ? local + rounding.intervalMs : addLocal(local, rounding.unit, 1)
}

/** Moves a wall clock by whole units; the last day of a month stays within it. */
export function addLocal(local: EpochMillis, unit: CalendarUnit, count: number): EpochMillis {
  switch (unit) {
    case 'minute':
      return local + count * MS_PER_MINUTE
    case 'hour':
      return local + count * MS_PER_HOUR
    case 'day':
      return local + count * MS_PER_DAY
    case 'week':
      return local + count * 7 * MS_PER_DAY
    case 'month':
      return addMonths(local, count)
    case 'quarter':
      return addMonths(local, count * 3)
    case 'year':
      return addMonths(local, count * 12)
    default:
      return unreachable(unit)
  }
}

const SHORTEST_DAYS = { day: 1, week: 7, month: 28, quarter: 90, year: 365 } as const

/** Shortest bucket there is, clock changes aside. */
function shortestMs(rounding: DateRounding): number {
  if (rounding.kind === 'fixed') return rounding.intervalMs
  if (rounding.unit === 'minute') return MS_PER_MINUTE
  if (rounding.unit === 'hour') return MS_PER_HOUR
  return SHORTEST_DAYS[rounding.unit] * MS_PER_DAY
}
