import { ElkhornError, illegalArgument } from '../../../core/errors.ts'
import { decimalFormat } from '../../decimal-format.ts'
import { distinctCount, type DistinctSketch, unionOf } from '../../distinct-sketch.ts'
import { int, listOf, readObject, text } from '../../dsl/reading.ts'
import { SampledQuantiles } from '../../value-sample.ts'
import { type Mergeable, mergeableAt, type ShapedBucket } from '../shaped.ts'
import { onePath } from './buckets-path.ts'
import type { PipelineDefinition } from './definition.ts'

// Aggregations along buckets that no number of a bucket is enough for: they put together what the buckets hold.

/** How many different values there are in this bucket and all before it. */
export const cumulativeCardinality: PipelineDefinition = {
  name: 'cumulative_cardinality',
  parse(json, at, own) {
    const read = readObject(json, at, { buckets_path: listOf(text), format: text }, 'object')
    const path = onePath(read.buckets_path, own)
    const textOf = read.format === undefined ? undefined : decimalFormat(read.format)
    return {
      placement: 'parent',
      typedKey: 'simple_long_value',
      paths: [path],
      merges: 'cardinality',
      run(name, buckets) {
        let seen: DistinctSketch | undefined
        for (const bucket of buckets) {
          const { sketch } = partOf(bucket, path, 'cardinality')
          seen = seen && sketch ? unionOf(seen, sketch) : (sketch ?? seen)
          const value = seen ? distinctCount(seen) : 0
          const json = { value, ...(textOf && { value_as_string: textOf(value) }) }
          bucket.children.set(name, { kind: 'metric', exact: true, json })
        }
        return buckets
      },
    }
  },
}

/** Percentiles of the values of the last few buckets together. */
export const movingPercentiles: PipelineDefinition = {
  name: 'moving_percentiles',
  parse(json, at, own) {
    const read = readObject(json, at, { buckets_path: listOf(text), window: int, shift: int }, 'object')
    const path = onePath(read.buckets_path, own)
    const { window, shift = 0 } = read
    if (window === undefined) throw illegalArgument(`Required [window] in [${own}]`)
    if (window <= 0) throw illegalArgument('[window] must be a positive, non-zero integer.')
    return {
      placement: 'parent',
      paths: [path],
      merges: 'percentiles',
      run(name, buckets) {
        const parts = buckets.map((bucket) => partOf(bucket, path, 'percentiles'))
        const within = (place: number): number => Math.max(0, Math.min(buckets.length, place))
        for (const [place, bucket] of buckets.entries()) {
          const last = parts.slice(within(place + shift - window), within(place + shift))
          const [first] = last
          if (!first) continue
          const samples = last.flatMap(({ sample }) => (sample ? [sample] : []))
          bucket.children.set(name, first.write(new SampledQuantiles(samples)))
        }
        return buckets
      },
    }
  },
}

function partOf<K extends Mergeable['kind']>(bucket: ShapedBucket, path: string, kind: K): Extract<Mergeable, { kind: K }> {
  const part = mergeableAt(path, bucket.children)
  if (part?.kind === kind) return part as Extract<Mergeable, { kind: K }>
  throw new Error(`[${path}] has no ${kind} to merge, though it was asked for`)
}

/** @throws ElkhornError `aggregation_execution_exception` (400): what stands at the path cannot be put together so */
export function notMergeable(kind: Mergeable['kind'], type: string, path: string): ElkhornError {
  const found = type.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const [first = ''] = path.split('>')
  return new ElkhornError(
    'aggregation_execution_exception',
    400,
    `buckets_path must reference a ${kind} aggregation, got: [${found}] at aggregation [${first.trim()}]`,
  )
}
