import { bucketStarts } from '../../../src/core/dates/rounding.ts'
import type { CalendarUnit, DateRounding } from '../../../src/core/dates/rounding.ts'
import { bucketInterval } from './bucket-interval.ts'
import type { Interval } from './time-range.ts'

export interface Ticks {
  readonly instants: readonly number[]
  readonly stepMs: number
}

/** Round moments of a zone's clock within an interval, at most `most` of them. */
export function timeTicks(interval: Interval, zone: string, most: number): Ticks {
  const step = bucketInterval(interval, most)
  const rounding: DateRounding =
    step.kind === 'calendar_interval'
      ? { kind: 'calendar', unit: step.text as CalendarUnit, zone, offsetMs: 0 }
      : { kind: 'fixed', intervalMs: step.ms, zone, offsetMs: 0 }
  return {
    instants: bucketStarts(rounding, interval.from, interval.to).filter((instant) => instant >= interval.from),
    stepMs: step.ms,
  }
}

/** A step of 1, 2 or 5 times a power of ten that divides `span` into about `count` parts. */
export function niceStep(span: number, count: number): number {
  const raw = span / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw - 1e-12) ?? 10
  return factor * power
}
