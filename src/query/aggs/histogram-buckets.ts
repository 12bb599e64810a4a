import type { JsonObject } from '../../core/json.ts'
import type { AggregationResult, Bucket, BucketOrder } from '../aggregation.ts'
import type { ValueFormat } from '../value-format.ts'
import type { BucketSkeleton, ShapeContext, Skeleton } from './definition.ts'
import { printDouble } from '../../core/double.ts'

export interface HistogramShape {
  readonly format: ValueFormat
  readonly order: readonly BucketOrder[]
  readonly minDocCount: number
  readonly keyed: boolean
  /** Adds buckets to span at least this. */
  readonly extendedBounds: { readonly min: number | undefined; readonly max: number | undefined } | undefined
  /** Whether a bucket lies within the hard bounds; others are dropped. */
  readonly isWithin: (key: number) => boolean
  /** The one form of a key: computed twice, doubles may differ in their last bit. */
  readonly canonical: (key: number) => number
  /** Canonical keys of all buckets from one key to another, both included. */
  readonly keysBetween: (from: number, to: number) => readonly number[]
  /** Key of the bucket that a value falls into. */
  readonly keyOf: (value: number) => number
  /** How many keys there are between two, about: checked before they are made. */
  readonly countBetween: (from: number, to: number) => number
}

/** Writes the buckets of both kinds of histogram: sorted, the empty ones added, `order` applied. */
export function shapeHistogram(result: AggregationResult, shape: HistogramShape, context: ShapeContext): Skeleton {
  const { isWithin, minDocCount, keyed, order, canonical } = shape
  const found = new Map<number, Bucket>()
  for (const bucket of result.kind === 'buckets' ? result.buckets : []) {
    const key = canonical(Number(bucket.key))
    if (!isWithin(key)) continue
    found.set(key, bucket)
  }
  const keys = [...found.keys()].sort((a, b) => a - b)
  const all = minDocCount === 0 ? withEmpty(keys, shape, context) : keys
  const buckets = all.map((key) => skeleton(key, found.get(key), shape.format)).filter(({ docCount }) => docCount >= minDocCount)
  return { kind: 'multi', json: {}, keyed, buckets, order }
}

function withEmpty(keys: readonly number[], shape: HistogramShape, context: ShapeContext): readonly number[] {
  const { extendedBounds, isWithin, keyOf } = shape
  let first = keys[0]
  let last = keys[keys.length - 1]
  const extend = (value: number | undefined): void => {
    if (value === undefined) return
    const key = keyOf(value)
    if (!isWithin(key)) return
    first = first === undefined ? key : Math.min(first, key)
    last = last === undefined ? key : Math.max(last, key)
  }
  if (extendedBounds && (keys.length > 0 || (extendedBounds.min !== undefined && extendedBounds.max !== undefined))) {
    extend(extendedBounds.min)
    extend(extendedBounds.max)
  }
  if (first === undefined || last === undefined) return []
  context.addBuckets(Math.max(0, shape.countBetween(first, last) - keys.length))
  return shape.keysBetween(first, last)
}

function skeleton(key: number, bucket: Bucket | undefined, format: ValueFormat): BucketSkeleton {
  const text = format.text(key)
  const docCount = bucket?.docCount ?? 0
  const json: JsonObject = { ...(text === undefined ? {} : { key_as_string: text }), key: format.json(key), doc_count: docCount }
  return { key, name: text ?? printDouble(key), json, docCount, results: bucket?.children }
}
