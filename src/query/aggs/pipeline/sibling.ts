import { bool, listOf, number, readObject } from '../../dsl/reading.ts'
import { illegalArgument } from '../../../core/errors.ts'
import type { JsonObject } from '../../../core/json.ts'
import { decimalFormat } from '../../decimal-format.ts'
import { valueFormat } from '../../value-format.ts'
import { printDouble } from '../../../core/double.ts'
import { checkSigma, shapeExtendedStats } from '../extended-stats.ts'
import type { ShapedMetric } from '../shaped.ts'
import { onePath, pipelineMembers, siblingValues, simpleValue } from './buckets-path.ts'
import type { PipelineDefinition } from './definition.ts'

interface NamedValue {
  readonly name: string
  readonly value: number
}

/** Sums up the buckets of a sibling in one result. */
function sibling(
  name: string,
  typedKey: string,
  sumUp: (values: readonly NamedValue[], format: string | undefined) => ShapedMetric,
): PipelineDefinition {
  return {
    name,
    parse(json, at, own) {
      const read = readObject(json, at, pipelineMembers, 'object')
      const path = onePath(read.buckets_path, own)
      const gaps = read.gap_policy ?? 'skip'
      return {
        placement: 'sibling',
        typedKey,
        paths: [path],
        run: (siblings) => sumUp(siblingValues(path, siblings, gaps, own), read.format),
      }
    },
  }
}

const sumOf = (values: readonly NamedValue[]): number => values.reduce((sum, { value }) => sum + value, 0)

function extreme(
  values: readonly NamedValue[],
  format: string | undefined,
  better: (a: number, b: number) => boolean,
): ShapedMetric {
  let best: number | undefined
  let keys: string[] = []
  for (const { name, value } of values) {
    if (best === undefined || better(value, best)) {
      best = value
      keys = [name]
    } else if (value === best) keys.push(name)
  }
  const { json } = simpleValue(best ?? NaN, format)
  return { kind: 'metric', json: { ...json, keys } }
}

export const maxBucket = sibling('max_bucket', 'bucket_metric_value', (values, format) =>
  extreme(values, format, (a, b) => a > b),
)
export const minBucket = sibling('min_bucket', 'bucket_metric_value', (values, format) =>
  extreme(values, format, (a, b) => a < b),
)
export const avgBucket = sibling('avg_bucket', 'simple_value', (values, format) =>
  simpleValue(values.length === 0 ? NaN : sumOf(values) / values.length, format),
)
export const sumBucket = sibling('sum_bucket', 'simple_value', (values, format) => simpleValue(sumOf(values), format))

export const statsBucket = sibling('stats_bucket', 'stats_bucket', (values) => {
  const numbers = values.map(({ value }) => value)
  const count = numbers.length
  const sum = sumOf(values)
  const empty = count === 0
  return {
    kind: 'metric',
    json: {
      count,
      min: empty ? null : Math.min(...numbers),
      max: empty ? null : Math.max(...numbers),
      avg: empty ? null : sum / count,
      sum,
    },
  }
})

/** As stats, and how far the buckets' values are spread. */
export const extendedStatsBucket: PipelineDefinition = {
  name: 'extended_stats_bucket',
  parse(json, at, own) {
    const read = readObject(json, at, { ...pipelineMembers, sigma: number }, 'object')
    const path = onePath(read.buckets_path, own)
    const sigma = checkSigma(read.sigma, own)
    return {
      placement: 'sibling',
      typedKey: 'extended_stats_bucket',
      paths: [path],
      run(siblings) {
        const values = siblingValues(path, siblings, read.gap_policy ?? 'skip', own).map(({ value }) => value)
        const isEmpty = values.length === 0
        const summary = {
          count: values.length,
          min: isEmpty ? null : Math.min(...values),
          max: isEmpty ? null : Math.max(...values),
          sum: values.reduce((sum, value) => sum + value, 0),
          sumOfSquares: values.reduce((sum, value) => sum + value * value, 0),
        }
        return { kind: 'metric', json: shapeExtendedStats(summary, sigma, valueFormat(undefined, { format: read.format })) }
      },
    }
  },
}

const DEFAULT_PERCENTS = [1, 5, 25, 50, 75, 95, 99]

/** The value of a bucket below which so many percent of the buckets lie; always one that a bucket has. */
export const percentilesBucket: PipelineDefinition = {
  name: 'percentiles_bucket',
  parse(json, at, own) {
    const read = readObject(json, at, { ...pipelineMembers, percents: listOf(number), keyed: bool }, 'object')
    const path = onePath(read.buckets_path, own)
    const gaps = read.gap_policy ?? 'skip'
    const { percents = DEFAULT_PERCENTS, format: asked } = read
    for (const percent of percents)
      if (!(percent >= 0 && percent <= 100))
        throw illegalArgument(`[percents] must only contain non-null doubles from 0.0-100.0 inclusive`)
    return {
      placement: 'sibling',
      typedKey: 'percentiles_bucket',
      paths: [path],
      run(siblings) {
        const sorted = siblingValues(path, siblings, gaps, own)
          .map(({ value }) => value)
          .sort((a, b) => a - b)
        const entries = percents.map((percent): JsonObject => {
          const [key, value] = [printDouble(percent), sorted[Math.round((percent / 100) * (sorted.length - 1))]]
          const asText = value === undefined || asked === undefined ? {} : { [`${key}_as_string`]: decimalFormat(asked)(value) }
          return read.keyed === false ? { key: percent, value: value ?? null, ...asText } : { [key]: value ?? null, ...asText }
        })
        return { kind: 'metric', json: { values: read.keyed === false ? entries : Object.assign({}, ...entries) } }
      },
    }
  },
}
