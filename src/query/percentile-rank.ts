/** The values next to one that is asked about; equal ones count as often as they are there. */
export interface Neighbours {
  /** Of all values. */
  readonly count: number
  /** Values that are not greater. */
  readonly upTo: number
  /** The two greatest of those, the greatest first. */
  readonly below: readonly number[]
  /** The two least of the others, the least first. */
  readonly above: readonly number[]
}

/**
 * How many per cent of the values lie below one: each value spreads half the way to its neighbours, as in a t-digest that
 * has not begun to merge them (AVLTreeDigest.cdf of t-digest 3.2, which Elasticsearch 7 and OpenSearch 2 have). `null` of none.
 */
export function percentileRank(asked: number, { count, upTo, below, above }: Neighbours): number | null {
  if (count === 0) return null
  if (upTo === count) return 100
  const [own = NaN, before] = below
  const [next = NaN, after] = above
  const middle = (own + next) / 2
  if (upTo === 0 || asked >= middle) {
    // Behind the middle of the last two values everything counts as below.
    if (after === undefined) return upTo === 0 ? 0 : 100
    const right = (after - next) / 2
    return rank(asked, { place: upTo, value: next, left: upTo === 0 ? right : next - middle, right }, count)
  }
  const right = middle - own
  return rank(asked, { place: upTo - 1, value: own, left: before === undefined ? right : (own - before) / 2, right }, count)
}

interface Spread {
  /** How many values come before. */
  readonly place: number
  readonly value: number
  readonly left: number
  readonly right: number
}

function rank(asked: number, { place, value, left, right }: Spread, count: number): number {
  return Math.max(0, (100 * (place + (asked - value + left) / (left + right))) / count)
}
