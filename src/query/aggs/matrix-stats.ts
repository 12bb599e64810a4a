import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { AggregationResult } from '../aggregation.ts'
import { listOf, oneOf, raw, readObject, text } from '../dsl/reading.ts'
import type { AggregationDefinition, Skeleton } from './definition.ts'
import { bindSource } from './values-source.ts'

type MatrixResult = Extract<AggregationResult, { kind: 'matrix_stats' }>

/** Mean, variance, skewness and kurtosis of several fields, and how they vary together. */
export const matrixStats: AggregationDefinition = {
  name: 'matrix_stats',
  holdsOthers: false,
  parse(json, at) {
    const read = readObject(json, at, {
      fields: listOf(text),
      missing: raw,
      mode: oneOf('avg', 'min', 'max', 'sum', 'median'),
      value_type: text,
    })
    const names = inHashOrder(read.fields ?? [])
    if (names.length === 0) throw illegalArgument('[fields] of [matrix_stats] needs the name of at least one field')
    const missing = isJsonObject(read.missing) ? read.missing : {}
    return {
      bind(context) {
        const sources = names.map(
          (field) => bindSource({ field, missing: missing[field], format: undefined }, 'matrix_stats', 'numbers', context).source,
        )
        return {
          aggregation: { kind: 'matrix_stats', sources, mode: read.mode ?? 'avg' },
          typedKey: 'matrix_stats',
          shape: (result) => shapeMatrix(names, result),
        }
      },
    }
  },
}

/** Elasticsearch lists fields as Java's HashMap does; clients that take the first by its place rely on it. */
function inHashOrder(names: readonly string[]): readonly string[] {
  let slots = 16
  while (slots * 0.75 < names.length) slots *= 2
  const slotOf = (name: string): number => {
    let hash = 0
    for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0
    return (hash ^ (hash >>> 16)) & (slots - 1)
  }
  return [...new Set(names)].toSorted((a, b) => slotOf(a) - slotOf(b))
}

function shapeMatrix(names: readonly string[], result: AggregationResult): Skeleton {
  if (result.kind !== 'matrix_stats' || result.count === 0) return { kind: 'metric', json: { doc_count: 0 } }
  const spreads = names.map((_, i) => centralMoments(result, i))
  const fields = names.map((name, i): JsonObject => {
    const { mean, second, third, fourth } = spreads[i] ?? NO_SPREAD
    const covariance: Record<string, JsonValue> = {}
    const correlation: Record<string, JsonValue> = {}
    for (const [j, other] of names.entries()) {
      const shared = i === j ? second : (result.products[i]?.[j] ?? 0) - result.count * mean * (spreads[j]?.mean ?? 0)
      covariance[other] = finite(shared / (result.count - 1))
      correlation[other] = i === j ? 1 : correlationOf(shared, second, spreads[j]?.second ?? 0, result.count - 1)
    }
    return {
      name,
      count: result.count,
      mean,
      variance: finite(second / (result.count - 1)),
      skewness: finite((Math.sqrt(result.count) * third) / second ** 1.5),
      kurtosis: finite((result.count * fourth) / (second * second)),
      covariance,
      correlation,
    }
  })
  return { kind: 'metric', json: { doc_count: result.count, fields } }
}

/** Sums of the powers of the distances to the mean. */
interface Spread {
  readonly mean: number
  readonly second: number
  readonly third: number
  readonly fourth: number
}

const NO_SPREAD: Spread = { mean: 0, second: 0, third: 0, fourth: 0 }

function centralMoments({ count, moments }: MatrixResult, field: number): Spread {
  const { sum, squares, cubes, fourths } = moments[field] ?? { sum: 0, squares: 0, cubes: 0, fourths: 0 }
  const mean = sum / count
  return {
    mean,
    second: squares - count * mean ** 2,
    third: cubes - 3 * mean * squares + 2 * count * mean ** 3,
    fourth: fourths - 4 * mean * cubes + 6 * mean ** 2 * squares - 3 * count * mean ** 4,
  }
}

/** In the steps that Elasticsearch takes: the last digits of doubles depend on them. */
function correlationOf(shared: number, first: number, second: number, degrees: number): JsonValue {
  return finite(shared / degrees / (Math.sqrt(first / degrees) * Math.sqrt(second / degrees)))
}

/** One document, or equal ones, have no spread to divide by. */
function finite(value: number): JsonValue {
  return Number.isFinite(value) ? value : 'NaN'
}
