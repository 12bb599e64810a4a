import { parseDurationMs } from '../../../core/duration.ts'
import { illegalArgument } from '../../../core/errors.ts'
import { max, min, stdDev, sum } from '../../../script/painless/classes/moving-functions.ts'
import { int, oneOf, raw, readObject, text } from '../../dsl/reading.ts'
import { parseSort } from '../../sort.ts'
import type { FieldValue } from '../../field.ts'
import type { ShapedBucket } from '../shaped.ts'
import { type GapPolicy, onePath, pipelineMembers, simpleValue, valueIn } from './buckets-path.ts'
import type { PipelineDefinition } from './definition.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  second: 1e3,
  minute: 6e4,
  hour: 36e5,
  day: 864e5,
  week: 6048e5,
  month: 2_629_746_000,
  quarter: 7_889_238_000,
  year: 31_556_952_000,
}

/** How much a value changed since the bucket before; with `unit`, also per unit of time. */
export const derivative: PipelineDefinition = {
  name: 'derivative',
  parse(json, at, own) {
    const read = readObject(json, at, { ...pipelineMembers, unit: text }, 'object')
    const path = onePath(read.buckets_path, own)
    const gaps = read.gap_policy ?? 'skip'
    const unitMs =
      read.unit === undefined
        ? undefined
        : (UNIT_MS[read.unit] ?? parseDurationMs(read.unit.replace(/^1M$/, '30d').replace(/^1y$/, '365d'), 'derivative.unit'))
    return {
      placement: 'parent',
      typedKey: 'derivative',
      paths: [path],
      run(name, buckets) {
        let before: { readonly value: number; readonly key: number } | undefined
        for (const bucket of buckets) {
          // A gap makes the changes to it and from it unknown.
          const value = valueIn(bucket, path, gaps) ?? NaN
          const key = Number(bucket.key)
          if (before) {
            const change = value - before.value
            const perUnit = unitMs === undefined ? undefined : change / ((key - before.key) / unitMs)
            bucket.children.set(
              name,
              simpleValue(change, read.format, perUnit === undefined ? {} : { normalized_value: perUnit }),
            )
          }
          before = { value, key }
        }
        return buckets
      },
    }
  },
}

/** The sum of a value over this bucket and all before it. */
export const cumulativeSum: PipelineDefinition = {
  name: 'cumulative_sum',
  parse(json, at, own) {
    const read = readObject(json, at, pipelineMembers, 'object')
    const path = onePath(read.buckets_path, own)
    return {
      placement: 'parent',
      typedKey: 'simple_value',
      paths: [path],
      run(name, buckets) {
        let sum = 0
        for (const bucket of buckets) {
          sum += valueIn(bucket, path, 'insert_zeros') ?? 0
          bucket.children.set(name, simpleValue(sum, read.format))
        }
        return buckets
      },
    }
  },
}

/** The difference to the value some buckets earlier. */
export const serialDiff: PipelineDefinition = {
  name: 'serial_diff',
  parse(json, at, own) {
    const read = readObject(json, at, { ...pipelineMembers, lag: int }, 'object')
    const path = onePath(read.buckets_path, own)
    const gaps = read.gap_policy ?? 'skip'
    const lag = read.lag ?? 1
    if (lag <= 0) throw illegalArgument(`[lag] must be a positive integer: [${own}]`)
    return {
      placement: 'parent',
      typedKey: 'simple_value',
      paths: [path],
      run(name, buckets) {
        const values = buckets.map((bucket) => valueIn(bucket, path, gaps))
        for (const [index, bucket] of buckets.entries()) {
          const [now, earlier] = [values[index], values[index - lag]]
          if (now !== undefined && earlier !== undefined) bucket.children.set(name, simpleValue(now - earlier, read.format))
        }
        return buckets
      },
    }
  },
}

/** Sorts the buckets, or keeps a part of them. */
export const bucketSort: PipelineDefinition = {
  name: 'bucket_sort',
  parse(json, at, own) {
    const read = readObject(json, at, { sort: raw, from: int, size: int, gap_policy: pipelineMembers.gap_policy }, 'object')
    const from = read.from ?? 0
    if (from < 0) throw illegalArgument(`[from] must be a non-negative integer: [${from}]`)
    if (read.size !== undefined && read.size <= 0) throw illegalArgument(`[size] must be a positive integer: [${read.size}]`)
    const sort = read.sort === undefined ? [] : parseSort(read.sort)
    const gaps = read.gap_policy ?? 'skip'
    if (sort.length === 0 && read.size === undefined && from === 0) {
      throw illegalArgument(
        `[${own}] is configured to perform nothing. Please set either of [sort, size, from] to use bucket_sort`,
      )
    }
    return {
      placement: 'parent',
      typedKey: 'bucket_sort',
      paths: sort.map(({ field }) => field),
      run(_, buckets) {
        const rows = buckets.map((bucket) => ({ bucket, values: sort.map(({ field }) => sortValue(bucket, field, gaps)) }))
        const kept = sort.length === 0 ? rows : rows.filter(({ values }) => values.some((value) => value !== undefined))
        const sorted = kept.toSorted((a, b) => {
          for (const [index, { order }] of sort.entries()) {
            const [left, right] = [a.values[index], b.values[index]]
            if (left === right) continue
            if (left === undefined) return 1
            if (right === undefined) return -1
            return (left < right ? -1 : 1) * (order === 'asc' ? 1 : -1)
          }
          return 0
        })
        const end = read.size === undefined ? undefined : from + read.size
        return sorted.slice(from, end).map(({ bucket }) => bucket)
      },
    }
  },
}

/** A bucket without documents has a key as well. */
const sortValue = (bucket: ShapedBucket, path: string, gaps: GapPolicy): FieldValue | undefined =>
  path === '_key' ? bucket.key : valueIn(bucket, path, gaps)

/** How each bucket's value lies among those of all buckets. */
export const normalize: PipelineDefinition = {
  name: 'normalize',
  parse(json, at, own) {
    const methods = oneOf('rescale_0_1', 'rescale_0_100', 'percent_of_sum', 'mean', 'z-score', 'softmax')
    const read = readObject(json, at, { ...pipelineMembers, method: methods }, 'object')
    const path = onePath(read.buckets_path, own)
    const { method } = read
    if (method === undefined) throw illegalArgument(`Required [method] in [${own}]`)
    return {
      placement: 'parent',
      typedKey: 'simple_value',
      paths: [path],
      run(name, buckets) {
        const values = buckets.map((bucket) => valueIn(bucket, path, 'keep_values') ?? NaN)
        const known = values.filter((value) => !Number.isNaN(value))
        const of = normalizer(method, known)
        for (const [index, bucket] of buckets.entries())
          bucket.children.set(name, simpleValue(of(values[index] ?? NaN), read.format))
        return buckets
      },
    }
  },
}

function normalizer(method: string, values: readonly number[]): (value: number) => number {
  const total = sum(values)
  const mean = total / values.length
  const [low, high] = [min(values), max(values)]
  switch (method) {
    case 'rescale_0_1':
      return (value) => (value - low) / (high - low)
    case 'rescale_0_100':
      return (value) => (100 * (value - low)) / (high - low)
    case 'percent_of_sum':
      return (value) => value / total
    case 'mean':
      return (value) => (value - mean) / (high - low)
    case 'z-score':
      return (value) => (value - mean) / stdDev(values, mean)
    default: {
      const exponentials = sum(values.map(Math.exp))
      return (value) => Math.exp(value) / exponentials
    }
  }
}
