import { parseDateMath } from '../../../src/core/dates/date-math.ts'
import { addLocal, roundDown } from '../../../src/core/dates/rounding.ts'
import { instantOfLocal, timeZone } from '../../../src/core/dates/time-zone.ts'
import { ElkhornError } from '../../../src/core/errors.ts'
import type { EpochMillis } from '../../../src/core/time.ts'

/** What an expression is read against. */
export interface TimeContext {
  readonly now: EpochMillis
  /** IANA zone in which days begin and dates without an offset are read. */
  readonly zone: string
  /** `/d` and a bare date mean their last millisecond instead of the first: the end of a range. */
  readonly roundUp: boolean
}

export class TimeTextError extends Error {}

/**
 * A point in time as people write it: Elasticsearch's date math (`now-15m`, `now/d`, `2026-11-20||+1M/d`) and dates at any
 * precision, with a blank or a `T` before the time.
 * @throws TimeTextError naming what could not be read
 */
export function parseTimeText(text: string, { now, zone, roundUp }: TimeContext): EpochMillis {
  const trimmed = text.trim()
  try {
    return parseDateMath(trimmed, { format: typedDate, now, zone: timeZone(zone), roundUp })
  } catch (error) {
    if (!(error instanceof ElkhornError)) throw error
    throw new TimeTextError(`“${trimmed}” is no time such as now-15m, now/d, 2026-11-20 or 2026-11-20 10:30`)
  }
}

/** The first moment of the day that an instant lies in. */
export function startOfDay(instant: EpochMillis, zone: string): EpochMillis {
  return roundDown({ kind: 'calendar', unit: 'day', zone, offsetMs: 0 }, instant)
}

const DATE =
  /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/

/** Dates as they are typed: more than `strict_date_optional_time` takes, and nothing that the browser would guess at. */
const typedDate = {
  pattern: 'yyyy-MM-dd HH:mm:ss',
  parse(text: string, options: { readonly roundUp?: boolean; readonly zone?: ReturnType<typeof timeZone> } = {}): EpochMillis {
    if (/^-?\d{5,}$/.test(text)) return Number(text)
    const match = DATE.exec(text)
    if (match === null) return Number.NaN
    const [, year, month, day, hour, minute, second, fraction, offset] = match
    const number = (part: string | undefined, first: number): number => (part === undefined ? first : Number(part))
    const parts = [
      Number(year),
      number(month, 1) - 1,
      number(day, 1),
      number(hour, 0),
      number(minute, 0),
      number(second, 0),
    ] as const
    const local = Date.UTC(...parts)
    const back = new Date(local)
    const exists =
      back.getUTCMonth() === parts[1] &&
      back.getUTCDate() === parts[2] &&
      back.getUTCHours() === parts[3] &&
      parts[4] <= 59 &&
      parts[5] <= 59
    if (!exists) return Number.NaN
    const zone = timeZone(offset ?? options.zone?.id ?? 'UTC')
    if (fraction !== undefined)
      return instantOfLocal(local, zone, 'earlier', 'shift') + Math.floor(Number(`0.${fraction}`) * 1000)
    if (options.roundUp !== true) return instantOfLocal(local, zone, 'earlier', 'shift')
    if (second !== undefined) return instantOfLocal(local, zone, 'earlier', 'shift') + 999
    const finest = minute !== undefined ? 'minute' : day !== undefined ? 'day' : month !== undefined ? 'month' : 'year'
    return instantOfLocal(addLocal(local, finest, 1), zone, 'earlier', 'shift') - 1
  },
}
