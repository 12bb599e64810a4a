import type { Box } from './aggregation.ts'
import { interpolatedQuantile } from './quantile.ts'

/** How far whiskers reach at most, in distances between the outer quartiles (Tukey 1977). */
const REACH = 1.5

/** The box plot of at least one value, ascending. */
export function boxOfValues(sorted: Float64Array): Box {
  const at = (level: number): number => interpolatedQuantile(sorted, level)
  const [q1, q2, q3] = [at(0.25), at(0.5), at(0.75)]
  const reach = REACH * (q3 - q1)
  const low = sorted.find((value) => value >= q1 - reach) ?? NaN
  const high = sorted.findLast((value) => value <= q3 + reach) ?? NaN
  return { min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN, quartiles: [q1, q2, q3], whiskers: [low, high] }
}
