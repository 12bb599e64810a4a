import type { BucketOrder } from '../../../../query/aggregation.ts'
import { compareValues } from '../hits/sort-key.ts'
import type { RawKey } from './bucket-key.ts'

/** A bucket as an order sees it. */
export interface OrderedBucket {
  readonly raw: RawKey
  readonly docCount: number
  /** The number at a path into the bucket's metrics. */
  valueAt(path: string): number | null
}

/** Compares buckets by an order and at last by their keys, ascending. Values that are missing come last either way. */
export function bucketComparator(
  order: readonly BucketOrder[],
  compareKeys: (a: RawKey, b: RawKey) => number = compareValues,
): (a: OrderedBucket, b: OrderedBucket) => number {
  const steps = order.map(({ by, order: direction }) => {
    const sign = direction === 'asc' ? 1 : -1
    if (by === '_key') return (a: OrderedBucket, b: OrderedBucket) => sign * compareKeys(a.raw, b.raw)
    if (by === '_count') return (a: OrderedBucket, b: OrderedBucket) => sign * (a.docCount - b.docCount)
    return (a: OrderedBucket, b: OrderedBucket) => {
      const [x, y] = [a.valueAt(by), b.valueAt(by)]
      if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
      return x === y ? 0 : sign * (x < y ? -1 : 1)
    }
  })
  return (a, b) => {
    for (const step of steps) {
      const compared = step(a, b)
      if (compared !== 0) return compared
    }
    return compareKeys(a.raw, b.raw)
  }
}
