/**
 * Between the two neighbours of a place, each value standing in the middle of its own: what a t-digest of single values
 * answers. `level` from 0 to 1; values ascending, at least one.
 */
export function interpolatedQuantile(sorted: Float64Array, level: number): number {
  const place = Math.min(Math.max(level * sorted.length - 0.5, 0), sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? NaN
  const above = sorted[Math.ceil(place)] ?? NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The value below or at which so many of all lie: what an HDR histogram answers. As above. */
export function nearestRank(sorted: Float64Array, level: number): number {
  return sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)] ?? NaN
}
