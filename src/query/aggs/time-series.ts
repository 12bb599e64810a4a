import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { matchNone } from '../ast.ts'
import type { FieldValue } from '../field.ts'
import { bool, int, readObject } from '../dsl/reading.ts'
import { jsonText, valueFormat } from '../value-format.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'

const DEFAULT_SIZE = 10_000

/** A bucket for each time series: the documents that have the same values in all fields that are dimensions. */
export const timeSeries: AggregationDefinition = {
  name: 'time_series',
  holdsOthers: true,
  parse(json, at, name) {
    const { keyed = false, size = DEFAULT_SIZE } = readObject(json, at, { keyed: bool, size: int }, 'object')
    if (size <= 0) throw illegalArgument(`[size] must be greater than 0. Found [${size}] in [${name}]`)
    return {
      bind(context) {
        if (context.amongBuckets) {
          throw new ElkhornError(
            'aggregation_execution_exception',
            400,
            `[time_series] aggregation [${name}] has the series of all documents: it cannot be used within buckets`,
          )
        }
        const all = context.indices.flatMap(({ fields }) =>
          fields.all().filter(({ parameters }) => parameters.dimension === true),
        )
        const dimensions = [...new Map(all.map((field) => [field.path, field])).values()].toSorted((a, b) =>
          a.path < b.path ? -1 : 1,
        )
        const formats = dimensions.map((field) => valueFormat(field))
        const keyOf = (keys: readonly (FieldValue | null)[]): JsonObject => {
          const key: Record<string, JsonValue> = {}
          for (const [i, { path }] of dimensions.entries()) {
            const value = keys[i] ?? null
            if (value !== null) key[path] = formats[i]?.json(value) ?? null
          }
          return key
        }
        const sources = dimensions.map(({ path }) => {
          const key = { kind: 'terms', source: { field: path } } as const
          return { key, order: 'asc', missingBucket: true, missingOrder: 'first' } as const
        })
        return {
          // Without dimensions there are no series.
          aggregation:
            sources.length === 0
              ? { kind: 'filter', query: context.indices.map(() => matchNone) }
              : { kind: 'composite', size, sources },
          typedKey: 'time_series',
          shape(result) {
            const found = result.kind === 'buckets' ? result.buckets : []
            const buckets = found.flatMap(({ keys = [], docCount, children }): BucketSkeleton[] => {
              const key = keyOf(keys)
              const parts = Object.entries(key).map(([path, value]) => `${path}=${jsonText(value ?? null)}`)
              // A document without any dimension is in no series.
              if (parts.length === 0) return []
              const own = `{${parts.join(', ')}}`
              return [{ key: own, keys, name: own, json: { key, doc_count: docCount }, docCount, results: children }]
            })
            return { kind: 'multi', json: {}, keyed, buckets }
          },
        }
      },
    }
  },
}
