import { bucketStarts, type DateRounding, nextBucketStart, roundDown } from '../core/dates/rounding.ts'
import type { EpochMillis } from '../core/time.ts'
import type { AutoUnit } from './aggregation.ts'

interface Step {
  readonly unit: AutoUnit
  readonly letter: string
  /** Multiples of the unit that an interval may have, ascending. */
  readonly multiples: readonly number[]
}

/** AutoDateHistogramAggregationBuilder.buildRoundings */
const STEPS: readonly Step[] = [
  { unit: 'second', letter: 's', multiples: [1, 5, 10, 30] },
  { unit: 'minute', letter: 'm', multiples: [1, 5, 10, 30] },
  { unit: 'hour', letter: 'h', multiples: [1, 3, 12] },
  { unit: 'day', letter: 'd', multiples: [1, 7] },
  { unit: 'month', letter: 'M', multiples: [1, 3] },
  { unit: 'year', letter: 'y', multiples: [1, 5, 10, 20, 50, 100] },
]

export interface AutoInterval {
  /** As the answer names it: `30m`. */
  readonly interval: string
  /** Starts of all buckets, ascending. */
  readonly starts: readonly EpochMillis[]
  /** Starts of the units that the buckets are multiples of. */
  readonly unitStarts: readonly EpochMillis[]
}

/**
 * The smallest interval that makes at most `buckets` buckets of a span of time, both ends included. The first bucket begins
 * at a full unit, the others follow in multiples of it, as Elasticsearch merges them (InternalAutoDateHistogram).
 */
export function autoInterval(from: EpochMillis, to: EpochMillis, buckets: number, zone: string, minimum: AutoUnit): AutoInterval {
  const first = STEPS.findIndex(({ unit }) => unit === minimum)
  for (let at = first; ; at++) {
    const step = STEPS[at] ?? STEPS.at(-1)
    if (step === undefined) throw new Error('there are units')
    const { unit, letter, multiples } = step
    const last = at >= STEPS.length - 1
    const rounding = roundingOf(unit, zone)
    if (!last && stepsWithin(rounding, from, to, buckets * (multiples.at(-1) ?? 1)) === undefined) continue
    const unitStarts = bucketStarts(rounding, from, to)
    const multiple =
      multiples.find((one) => Math.ceil(unitStarts.length / one) <= buckets) ?? (last ? multiples.at(-1) : undefined)
    if (multiple === undefined) continue
    return { interval: `${multiple}${letter}`, starts: unitStarts.filter((_, i) => i % multiple === 0), unitStarts }
  }
}

/** How many buckets a span takes; `undefined` where more than `most`. */
function stepsWithin(rounding: DateRounding, from: EpochMillis, to: EpochMillis, most: number): number | undefined {
  let steps = 0
  for (let start = roundDown(rounding, from); start < to; start = nextBucketStart(rounding, start))
    if (++steps > most) return undefined
  return steps
}

function roundingOf(unit: AutoUnit, zone: string): DateRounding {
  return unit === 'second'
    ? { kind: 'fixed', intervalMs: 1000, zone, offsetMs: 0 }
    : { kind: 'calendar', unit, zone, offsetMs: 0 }
}
