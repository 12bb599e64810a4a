import { addMonths, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from './civil.ts'
import type { DateFormat } from './date-format.ts'
import { truncateLocal, type CalendarUnit } from './rounding.ts'
import { instantOfLocal, utc, type TimeZone } from './time-zone.ts'
import { ElkhornError } from '../errors.ts'
import type { EpochMillis } from '../time.ts'

export interface DateMathOptions {
  readonly format: Pick<DateFormat, 'pattern' | 'parse'>
  readonly now: EpochMillis
  /** Zone of texts that name none, and the one whose days `/d` means. UTC when absent. */
  readonly zone?: TimeZone
  /**
   * Take the last millisecond of what the text covers instead of the first: Elasticsearch does so for `gt` and `lte`, so
   * that `lte: now/d` includes today and `gt: 2024-05-01||/M` begins with June.
   */
  readonly roundUp?: boolean
}

/**
 * Reads a date expression: a date in a format, `now`, or either with math (`now-1d/d`, `2024-01-01||+1M/d`).
 * @throws ElkhornError `parse_exception` (400)
 */
export function parseDateMath(text: string, options: DateMathOptions): EpochMillis {
  if (text.startsWith('now')) return applyMath(text.slice(3), options.now, options)
  const bars = text.indexOf('||')
  if (bars < 0) return parseDate(text, options, options.roundUp === true)
  return applyMath(text.slice(bars + 2), parseDate(text.slice(0, bars), options, false), options)
}

/** Whether a text is more than a plain date: then its value depends on the clock or on rounding. */
export function isDateMath(text: string): boolean {
  return text.startsWith('now') || text.includes('||')
}

function parseDate(text: string, { format, zone }: DateMathOptions, roundUp: boolean): EpochMillis {
  const instant = format.parse(text, { roundUp, ...(zone ? { zone } : {}) })
  if (!Number.isNaN(instant)) return instant
  throw dateParseError(text, format.pattern)
}

/** Elasticsearch's three-storey error for a text that is no date. */
export function dateParseError(text: string, pattern: string): ElkhornError {
  if (text === '') return parseException('cannot parse empty date')
  const reason = `failed to parse date field [${text}] with format [${pattern}]`
  const all = new ElkhornError('date_time_parse_exception', 400, 'Failed to parse with all enclosed parsers')
  const why = pattern.includes('||')
    ? all
    : new ElkhornError('date_time_parse_exception', 400, `Text '${text}' could not be parsed at index 0`)
  const argument = new ElkhornError('illegal_argument_exception', 400, reason, { causedBy: why })
  return new ElkhornError('parse_exception', 400, `${reason}: [${reason}]`, { causedBy: argument })
}

function parseException(reason: string): ElkhornError {
  return new ElkhornError('parse_exception', 400, reason)
}

type MathUnit = 'y' | 'M' | 'w' | 'd' | 'h' | 'm' | 's'

const ROUND_TO: Readonly<Record<Exclude<MathUnit, 's'>, CalendarUnit>> = {
  y: 'year',
  M: 'month',
  w: 'week',
  d: 'day',
  h: 'hour',
  m: 'minute',
}

function applyMath(math: string, start: EpochMillis, options: DateMathOptions): EpochMillis {
  const zone = options.zone ?? utc
  let instant = start
  let at = 0
  while (at < math.length) {
    const operator = math[at]
    at += 1
    if (operator !== '/' && operator !== '+' && operator !== '-')
      throw parseException(`operator not supported for date math [${math}]`)
    const digits = /^\d*/.exec(math.slice(at))?.[0] ?? ''
    at += digits.length
    const unit = math[at]
    at += 1
    if (unit === undefined) throw parseException(`truncated date math [${math}]`)
    const count = digits === '' ? 1 : Number(digits)
    if (operator === '/') {
      if (digits !== '' && count !== 1) throw parseException(`rounding \`/\` can only be used on single unit types [${math}]`)
      instant = round(instant, mathUnit(unit, math), zone, options.roundUp === true)
    } else {
      instant = add(instant, operator === '+' ? count : -count, mathUnit(unit, math), zone)
    }
  }
  return instant
}

function mathUnit(letter: string, math: string): MathUnit {
  switch (letter) {
    case 'y':
    case 'M':
    case 'w':
    case 'd':
    case 'm':
    case 's':
      return letter
    case 'h':
    case 'H':
      return 'h'
    default:
      throw parseException(`unit [${letter}] not supported for date math [${math}]`)
  }
}

/** Days and longer move the wall clock, shorter units the instant: a day over a clock change has 23 or 25 hours. */
function add(instant: EpochMillis, count: number, unit: MathUnit, zone: TimeZone): EpochMillis {
  switch (unit) {
    case 's':
      return instant + count * MS_PER_SECOND
    case 'm':
      return instant + count * MS_PER_MINUTE
    case 'h':
      return instant + count * MS_PER_HOUR
    default: {
      const local = instant + zone.offsetMsAt(instant)
      return instantOfLocal(moveLocal(local, count, unit), zone, 'earlier', 'shift')
    }
  }
}

function moveLocal(local: EpochMillis, count: number, unit: 'd' | 'w' | 'M' | 'y'): EpochMillis {
  if (unit === 'd' || unit === 'w') return local + count * (unit === 'd' ? 1 : 7) * MS_PER_DAY
  return addMonths(local, unit === 'M' ? count : count * 12)
}

function round(instant: EpochMillis, unit: MathUnit, zone: TimeZone, up: boolean): EpochMillis {
  if (unit === 's') {
    const start = Math.floor(instant / MS_PER_SECOND) * MS_PER_SECOND
    return up ? start + MS_PER_SECOND - 1 : start
  }
  const local = truncateLocal(instant + zone.offsetMsAt(instant), ROUND_TO[unit])
  const start = instantOfLocal(local, zone, 'earlier', 'shift')
  return up ? add(start, 1, unit, zone) - 1 : start
}
