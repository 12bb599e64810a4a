import type { EpochMillis } from '../../../src/core/time.ts'
import { startOfDay } from '../time/date-math.ts'
import type { Interval } from '../time/time-range.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone })
    formats.set(key, format)
  }
  return format
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

/** `Nov 21, 10:47:12.345`: a document's time, to the millisecond. */
export function formatInstant(instant: EpochMillis, zone: string): string {
  return formatOf(zone, { month: 'short', day: 'numeric', ...CLOCK, second: '2-digit', fractionalSecondDigits: 3 }).format(
    instant,
  )
}

/** `Saturday, November 21, 2026, 10:47:12.345 UTC`: everything there is to say. */
export function formatInstantLong(instant: EpochMillis, zone: string): string {
  const options = {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    ...CLOCK,
    second: '2-digit',
    fractionalSecondDigits: 3,
  } as const
  return formatOf(zone, { ...options, timeZoneName: 'short' }).format(instant)
}

/** `10:47` today, `Nov 20, 10:47` this year, `Nov 20, 2025, 10:47` else; with seconds where a range is short. */
export function formatMoment(
  instant: EpochMillis,
  zone: string,
  { today, seconds }: { today: EpochMillis; seconds: boolean },
): string {
  const sameDay = startOfDay(instant, zone) === startOfDay(today, zone)
  const time = seconds ? ({ ...CLOCK, second: '2-digit' } as const) : CLOCK
  if (sameDay) return formatOf(zone, time).format(instant)
  const sameYear = yearOf(instant, zone) === yearOf(today, zone)
  return formatOf(zone, { ...(sameYear ? {} : { year: 'numeric' }), month: 'short', day: 'numeric', ...time }).format(instant)
}

const yearOf = (instant: EpochMillis, zone: string): string => formatOf(zone, { year: 'numeric' }).format(instant)

/** A range as short as it can be said. */
export function formatInterval({ from, to }: Interval, zone: string, today: EpochMillis): string {
  const seconds = to - from < 10 * 60_000
  return `${formatMoment(from, zone, { today, seconds })} – ${formatMoment(to, zone, { today, seconds })}`
}

/** A tick of a time axis whose ticks are `stepMs` apart: the date stands where a day begins. */
export function formatTick(instant: EpochMillis, zone: string, stepMs: number): string {
  if (stepMs >= 28 * 86_400_000) return formatOf(zone, { year: 'numeric', month: 'short' }).format(instant)
  if (stepMs >= 86_400_000 || startOfDay(instant, zone) === instant)
    return formatOf(zone, { month: 'short', day: 'numeric' }).format(instant)
  if (stepMs >= 60_000) return formatOf(zone, CLOCK).format(instant)
  if (stepMs >= 1000) return formatOf(zone, { ...CLOCK, second: '2-digit' }).format(instant)
  return formatOf(zone, { ...CLOCK, second: '2-digit', fractionalSecondDigits: 3 }).format(instant)
}

/** `UTC+1`, `GMT+5:30`: how a zone's clock stands at an instant. */
export function formatZone(instant: EpochMillis, zone: string): string {
  const parts = formatOf(zone, { timeZoneName: 'shortOffset' }).formatToParts(instant)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always', style: 'narrow' })

const RELATIVE_UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

/** `12s ago`, `in 3h`. */
export function formatAgo(instant: EpochMillis, now: EpochMillis): string {
  const ms = instant - now
  const [unit, size] = RELATIVE_UNITS.find(([, size]) => Math.abs(ms) >= size) ?? ['second', 1000]
  return relative.format(Math.trunc(ms / size), unit)
}

/** `+1.2 s`, `−340 ms`: how far apart two documents are. */
export function formatOffset(ms: number): string {
  const size = Math.abs(ms)
  const sign = ms < 0 ? '−' : '+'
  if (size < 1000) return `${sign}${size} ms`
  if (size < 60_000) return `${sign}${(size / 1000).toFixed(1)} s`
  if (size < 3_600_000) return `${sign}${(size / 60_000).toFixed(1)} min`
  return `${sign}${(size / 3_600_000).toFixed(1)} h`
}
