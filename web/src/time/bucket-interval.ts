import type { Interval } from './time-range.ts'

/** An interval of a date histogram: a fixed length that divides what is shorter than a day, or a calendar unit. */
export interface BucketInterval {
  /** As the date_histogram aggregation takes it: `fixed_interval: 30s`, `calendar_interval: month`. */
  readonly kind: 'fixed_interval' | 'calendar_interval'
  readonly text: string
  /** Length in milliseconds; of a calendar unit the usual one. */
  readonly ms: number
}

const S = 1000
const M = 60 * S
const H = 60 * M
const D = 24 * H

const fixed = (text: string, ms: number): BucketInterval => ({ kind: 'fixed_interval', text, ms })
const calendar = (text: string, ms: number): BucketInterval => ({ kind: 'calendar_interval', text, ms })

/** Lengths a person counts in, ascending. Days and longer follow the calendar, so that they begin at midnight. */
const STEPS: readonly BucketInterval[] = [
  ...[10, 20, 50, 100, 200, 500].map((ms) => fixed(`${ms}ms`, ms)),
  ...[1, 2, 5, 10, 15, 30].map((s) => fixed(`${s}s`, s * S)),
  ...[1, 2, 5, 10, 15, 30].map((m) => fixed(`${m}m`, m * M)),
  ...[1, 2, 3, 6, 12].map((h) => fixed(`${h}h`, h * H)),
  calendar('day', D),
  calendar('week', 7 * D),
  calendar('month', 30 * D),
  calendar('quarter', 91 * D),
  calendar('year', 365 * D),
]

/** The shortest of the usual lengths that gives at most `maxBuckets` buckets, and is no shorter than `minMs`. */
export function bucketInterval({ from, to }: Interval, maxBuckets: number, minMs = 0): BucketInterval {
  const wanted = Math.max((to - from) / maxBuckets, minMs)
  return STEPS.find((step) => step.ms >= wanted) ?? calendar('year', 365 * D)
}
