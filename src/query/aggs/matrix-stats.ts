import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { AggregationResult } from '../aggregation.ts'
import { listOf, oneOf, raw, readObject, text } from '../dsl/reading.ts'
import type { AggregationDefinition, Skeleton } from './definition.ts'
import { bindSource } from './values-source.ts'

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
        const bound = names.map((name) => {
          const request = { field: name, missing: missing[name], format: undefined }
          return { name, ...bindSource(request, 'matrix_stats', 'numbers', context) }
        })
        // What no index has is left out, unless there is something in its place.
        const found = bound.filter(({ name, field }) => field !== undefined || missing[name] !== undefined)
        const known = found.length === 0 ? bound.slice(0, 1) : found
        return {
          aggregation: { kind: 'matrix_stats', sources: known.map(({ source }) => source), mode: read.mode ?? 'avg' },
          typedKey: 'matrix_stats',
          shape: (result) =>
            shapeMatrix(
              known.map(({ name }) => name),
              result,
            ),
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
  if (result.kind !== 'matrix_stats' || result.moments.count === 0) return { kind: 'metric', json: { doc_count: 0 } }
  const { count, means, seconds, thirds, fourths, products } = result.moments
  const variances = seconds.map((second) => second / (count - 1))
  const fields = names.map((name, i): JsonObject => {
    const second = seconds[i] ?? 0
    const covariance: Record<string, JsonValue> = {}
    const correlation: Record<string, JsonValue> = {}
    for (const [j, other] of names.entries()) {
      const shared = (products[i]?.[j] ?? 0) / (count - 1)
      covariance[other] = finite(shared)
      correlation[other] = i === j ? 1 : finite(shared / (Math.sqrt(variances[i] ?? 0) * Math.sqrt(variances[j] ?? 0)))
    }
    return {
      name,
      count,
      mean: means[i] ?? 0,
      variance: finite(variances[i] ?? 0),
      skewness: finite((Math.sqrt(count) * (thirds[i] ?? 0)) / second ** 1.5),
      kurtosis: finite((count * (fourths[i] ?? 0)) / (second * second)),
      covariance,
      correlation,
    }
  })
  return { kind: 'metric', json: { doc_count: count, fields } }
}

/** One document, or equal ones, have no spread to divide by. */
function finite(value: number): JsonValue {
  return Number.isFinite(value) ? value : 'NaN'
}
