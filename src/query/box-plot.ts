import type { Box } from './aggregation.ts'
import { interpolatedQuantile } from './quantile.ts'
import { SampledQuantiles, type ValueSample } from './value-sample.ts'

/** How far whiskers reach at most, in distances between the outer quartiles (Tukey 1977). */
const REACH = 1.5

/** The box plot of at least one value, ascending. */
export function boxOfValues(sorted: Float64Array): Box {
  return boxAround(sorted, (level) => interpolatedQuantile(sorted, level))
}

/** The same of values that stand for others; `null` of none. */
export function boxOfSample(sample: ValueSample): Box | null {
  if (sample.values.length === 0) return null
  const quantiles = new SampledQuantiles([sample])
  return boxAround(Float64Array.from(sample.values).toSorted(), (level) => quantiles.at(level) ?? NaN)
}

function boxAround(sorted: Float64Array, at: (level: number) => number): Box {
  const [q1, q2, q3] = [at(0.25), at(0.5), at(0.75)]
  const reach = REACH * (q3 - q1)
  const low = sorted.find((value) => value >= q1 - reach) ?? NaN
  const high = sorted.findLast((value) => value <= q3 + reach) ?? NaN
  return { min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN, quartiles: [q1, q2, q3], whiskers: [low, high] }
}
