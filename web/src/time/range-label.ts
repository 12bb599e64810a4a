import { formatInterval } from '../format/date.ts'
import { messages } from '../messages/messages.ts'
import { TimeTextError } from './date-math.ts'
import { resolveRange } from './time-range.ts'
import type { TimeRange } from './time-range.ts'

/** What is picked most, shortest first. */
export const QUICK_RANGES: readonly TimeRange[] = [
  ...['now-5m', 'now-15m', 'now-1h', 'now-4h', 'now-12h', 'now-24h', 'now-7d', 'now-30d'].map((from) => ({ from, to: 'now' })),
  { from: 'now/d', to: 'now/d' },
  { from: 'now-1d/d', to: 'now-1d/d' },
  { from: 'now/w', to: 'now/w' },
]

/** A range in words: “Last 15 minutes”, “Today”, “Nov 20, 10:00 – 12:00”; as it was typed where there are none. */
export function rangeLabel(range: TimeRange, zone: string): string {
  const { time } = messages
  const named = time.named[`${range.from} ${range.to}`]
  if (named !== undefined) return named
  const last = /^now-(\d+)([smhdwMy])$/.exec(range.from)
  if (last !== null && range.to === 'now') {
    return time.last(Number(last[1]), time.units[last[2] as keyof typeof time.units])
  }
  if (range.from.startsWith('now') || range.to.startsWith('now')) return `${range.from} – ${range.to}`
  try {
    return formatInterval(resolveRange(range, Date.now(), zone), zone, Date.now())
  } catch (error) {
    if (error instanceof TimeTextError) return `${range.from} – ${range.to}`
    throw error
  }
}
