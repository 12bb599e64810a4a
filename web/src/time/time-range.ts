import type { EpochMillis } from '../../../src/core/time.ts'
import { parseTimeText, TimeTextError } from './date-math.ts'

/** A range of time as it is written: date math or ISO dates, kept as typed so that `now` stays now. */
export interface TimeRange {
  readonly from: string
  readonly to: string
}

/** The instants of a range; both included. */
export interface Interval {
  readonly from: EpochMillis
  readonly to: EpochMillis
}

export const DEFAULT_RANGE: TimeRange = { from: 'now-1h', to: 'now' }

/** @throws TimeTextError when an end cannot be read, or the range is empty */
export function resolveRange(range: TimeRange, now: EpochMillis, zone: string): Interval {
  const from = parseTimeText(range.from, { now, zone, roundUp: false })
  const to = parseTimeText(range.to, { now, zone, roundUp: true })
  if (from > to) throw new TimeTextError(`the range ends before it begins: “${range.from}” is after “${range.to}”`)
  return { from, to }
}

export function absoluteRange({ from, to }: Interval): TimeRange {
  return { from: new Date(Math.round(from)).toISOString(), to: new Date(Math.round(to)).toISOString() }
}

/** The range one length earlier (`-1`) or later (`1`). */
export function shiftRange(interval: Interval, lengths: number): Interval {
  const length = interval.to - interval.from
  return { from: interval.from + lengths * length, to: interval.to + lengths * length }
}

/** The range around the same middle, `factor` times as long; never shorter than a second. */
export function zoomRange(interval: Interval, factor: number): Interval {
  const middle = (interval.from + interval.to) / 2
  const half = Math.max(500, ((interval.to - interval.from) / 2) * factor)
  return { from: Math.round(middle - half), to: Math.round(middle + half) }
}

const WORDS: Readonly<Record<string, string>> = {
  s: 's',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
  w: 'w',
  week: 'w',
  weeks: 'w',
  mo: 'M',
  month: 'M',
  months: 'M',
  M: 'M',
  y: 'y',
  yr: 'y',
  year: 'y',
  years: 'y',
}

/**
 * What people type: “last 15m”, “15 min”, “today”, “yesterday”, “this week”, “now-1h to now-5m”,
 * “2026-11-20 10:00 - 2026-11-20 12:00”, “2026-11-20”. `undefined` when it is none of these.
 */
export function parseTypedRange(text: string): TimeRange | undefined {
  const trimmed = text.trim()
  const named = NAMED[trimmed.toLowerCase()]
  if (named !== undefined) return named
  const last = /^(?:(?:the )?(?:last|past) )?(\d{0,6})\s*([a-z]+)$/i.exec(trimmed)
  if (last !== null && (last[1] !== '' || /^(?:the )?(?:last|past) /i.test(trimmed))) {
    const unit = WORDS[last[2] === 'M' ? 'M' : (last[2] ?? '').toLowerCase()]
    if (unit !== undefined) return { from: `now-${last[1] === '' ? 1 : Number(last[1])}${unit}`, to: 'now' }
  }
  const ends = trimmed.split(/\s+(?:to|until|–|—|-|→)\s+|\s*(?:→|–|—)\s*/i)
  const [from = '', to = from] = ends
  if (ends.length > 2 || !readable(from) || !readable(to)) return undefined
  return ends.length === 1 && from.startsWith('now') ? { from, to: 'now' } : { from, to }
}

const NAMED: Readonly<Record<string, TimeRange>> = {
  today: { from: 'now/d', to: 'now/d' },
  yesterday: { from: 'now-1d/d', to: 'now-1d/d' },
  'this week': { from: 'now/w', to: 'now/w' },
  'last week': { from: 'now-1w/w', to: 'now-1w/w' },
  'this month': { from: 'now/M', to: 'now/M' },
  'this year': { from: 'now/y', to: 'now/y' },
  'this hour': { from: 'now/h', to: 'now/h' },
}

function readable(text: string): boolean {
  try {
    parseTimeText(text, { now: 0, zone: 'UTC', roundUp: false })
    return true
  } catch (error) {
    if (error instanceof TimeTextError) return false
    throw error
  }
}
