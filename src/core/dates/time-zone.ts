import type { EpochMillis } from '../time.ts'
import { illegalArgument } from '../errors.ts'
import { civilFromDays, dayOf, daysFromCivil, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from './civil.ts'

/**
 * A time zone: a fixed offset or a region of the IANA database, whose rules come from the platform's own `Intl`.
 *
 * "Local" milliseconds are a wall clock's reading written as if it were UTC.
 */
export interface TimeZone {
  /** As it was asked for: `Europe/Berlin`, `+01:00`, `UTC`. */
  readonly id: string
  /** The offset where it never changes. */
  readonly fixedOffsetMs: number | undefined
  /** What to add to an instant to get local time. */
  offsetMsAt(instant: EpochMillis): number
}

/** What a local time means that a clock change skipped: the moment of the change, or as much later as was skipped. */
export type InGap = 'transition' | 'shift'
/** Which of two instants a local time means that a clock change repeated. */
export type InOverlap = 'earlier' | 'later'

const MAX_OFFSET_MS = 18 * MS_PER_HOUR

/** Java's short zone names that still have a meaning to `ZoneId.of`, besides what `Intl` knows. */
const UTC_NAMES = new Set(['Z', 'UTC', 'GMT', 'UT', 'Etc/UTC', 'Etc/GMT', 'Zulu', 'Etc/Zulu'])

export const utc: TimeZone = fixedZone('UTC', 0)

const zones = new Map<string, TimeZone>([['UTC', utc]])
/** Ids come from requests; the real ones are under a thousand, offsets are cheap to make again. */
const MAX_CACHED_ZONES = 1000

/** @throws ElkhornError `illegal_argument_exception` (400) */
export function timeZone(id: string): TimeZone {
  const zone = findTimeZone(id)
  if (!zone) throw illegalArgument(`unknown time zone [${id}]: expected an offset like [+01:00] or a region like [Europe/Berlin]`)
  return zone
}

/** `undefined` where there is no such zone. */
export function findTimeZone(id: string): TimeZone | undefined {
  const known = zones.get(id)
  if (known) return known
  const offset = parseZoneOffset(id)
  const zone = offset === undefined ? regionZone(id) : fixedZone(id, offset)
  if (zone && zones.size < MAX_CACHED_ZONES) zones.set(id, zone)
  return zone
}

/** Instant of a local time. */
export function instantOfLocal(localMs: EpochMillis, zone: TimeZone, overlap: InOverlap, gap: InGap): EpochMillis {
  if (zone.fixedOffsetMs !== undefined) return localMs - zone.fixedOffsetMs
  const before = zone.offsetMsAt(localMs - MAX_OFFSET_MS)
  const after = zone.offsetMsAt(localMs + MAX_OFFSET_MS)
  if (before === after) return localMs - before
  const change = transitionBetween(zone, localMs - MAX_OFFSET_MS, localMs + MAX_OFFSET_MS)
  const firstAffected = change + Math.min(before, after)
  const lastAffected = change + Math.max(before, after)
  if (localMs < firstAffected) return localMs - before
  if (localMs >= lastAffected) return localMs - after
  if (after > before) return gap === 'transition' ? change : localMs - before
  return localMs - (overlap === 'earlier' ? before : after)
}

/** First instant of a changed offset between two instants whose offsets differ. */
function transitionBetween(zone: TimeZone, from: EpochMillis, to: EpochMillis): EpochMillis {
  const offset = zone.offsetMsAt(from)
  let low = Math.floor(from / MS_PER_SECOND)
  let high = Math.ceil(to / MS_PER_SECOND)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (zone.offsetMsAt(middle * MS_PER_SECOND) === offset) low = middle
    else high = middle
  }
  return high * MS_PER_SECOND
}

const OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/

/** Milliseconds of `Z`, `+1`, `-08`, `+0530`, `+05:30`, `UTC+2`; `undefined` for anything else. At most 18 hours. */
export function parseZoneOffset(text: string): number | undefined {
  if (UTC_NAMES.has(text)) return 0
  const match = OFFSET.exec(text)
  if (!match) return undefined
  const [hours, minutes, seconds] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)]
  const size = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE + seconds * MS_PER_SECOND
  if (minutes > 59 || seconds > 59 || size > MAX_OFFSET_MS) return undefined
  return match[1] === '-' ? -size : size
}

function fixedZone(id: string, offsetMs: number): TimeZone {
  return { id, fixedOffsetMs: offsetMs, offsetMsAt: () => offsetMs }
}

/** Offsets of one calendar year (UTC): the one it begins with and every change within. */
interface YearOfOffsets {
  readonly first: number
  readonly changes: readonly { readonly at: EpochMillis; readonly offsetMs: number }[]
}

/** Clock changes closer than this to each other are missed; Ramadan's, the closest there are, lie 29 days apart. */
const SAMPLE_DAYS = 12
/** Before zones had rules, and beyond where anyone plans, a zone keeps the offset of these years. */
const FIRST_YEAR = 1800
const LAST_YEAR = 2500

function regionZone(id: string): TimeZone | undefined {
  let clock: Intl.DateTimeFormat
  try {
    clock = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: id,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  const years = new Map<number, YearOfOffsets>()
  const yearOf = (year: number): YearOfOffsets => {
    let found = years.get(year)
    if (!found) {
      found = readYear(clock, year)
      years.set(year, found)
    }
    return found
  }
  return {
    id,
    fixedOffsetMs: undefined,
    offsetMsAt(instant) {
      const year = Math.min(LAST_YEAR, Math.max(FIRST_YEAR, civilFromDays(dayOf(instant)).year))
      const { first, changes } = yearOf(year)
      let offset = first
      for (const change of changes) {
        if (change.at > instant) break
        offset = change.offsetMs
      }
      return offset
    },
  }
}

function readYear(clock: Intl.DateTimeFormat, year: number): YearOfOffsets {
  const changes: { at: EpochMillis; offsetMs: number }[] = []
  const end = daysFromCivil(year + 1, 1, 1) * MS_PER_DAY
  let from = daysFromCivil(year, 1, 1) * MS_PER_DAY
  const first = readOffset(clock, from)
  let offset = first
  while (from < end) {
    const to = Math.min(end, from + SAMPLE_DAYS * MS_PER_DAY)
    const next = readOffset(clock, to)
    if (next !== offset) {
      let low = from / MS_PER_SECOND
      let high = to / MS_PER_SECOND
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2)
        if (readOffset(clock, middle * MS_PER_SECOND) === offset) low = middle
        else high = middle
      }
      changes.push({ at: high * MS_PER_SECOND, offsetMs: next })
      offset = next
    }
    from = to
  }
  return { first, changes }
}

function readOffset(clock: Intl.DateTimeFormat, instant: EpochMillis): number {
  const read: Record<string, number> = {}
  for (const part of clock.formatToParts(instant)) read[part.type] = Number(part.value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read
  const local =
    daysFromCivil(year, month, day) * MS_PER_DAY + hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * MS_PER_SECOND
  return local - instant
}
