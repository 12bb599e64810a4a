import type { Threshold } from './options.ts'

/** A limit is drawn into the picture when that makes it at most so much taller. */
const MAX_STRETCH_FOR_LIMIT = 0.45

/** Some air around the values; limits that are near come into the picture. */
export function valueRange(
  low: number | null,
  high: number | null,
  thresholds: readonly Threshold[],
  fromZero: boolean,
): [number, number] {
  if (low === null || high === null) return [0, 1]
  const base = fromZero ? Math.min(0, low) : low
  const span = Math.max(high - base, Math.abs(high) * 0.02, 1e-9)
  let [bottom, top] = [base - (fromZero ? 0 : span * 0.08), high + span * 0.08]
  for (const { value } of thresholds) {
    if (value > top && value - top <= span * MAX_STRETCH_FOR_LIMIT) top = value + span * 0.06
    if (value < bottom && bottom - value <= span * MAX_STRETCH_FOR_LIMIT) bottom = value - span * 0.06
  }
  // What cannot be negative should not seem to be.
  if (low >= 0 && bottom < 0) bottom = 0
  return [bottom, top]
}
