import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { FilterOf } from '../aggregation.ts'
import { bindPart } from '../dsl/bind-query.ts'
import { parseQuery } from '../dsl/parse-query.ts'
import { bool, raw, readObject, text } from '../dsl/reading.ts'
import type { UnboundQuery } from '../dsl/unbound.ts'
import type { AggregationContext, AggregationDefinition, BucketSkeleton } from './definition.ts'

function bindFilter(query: UnboundQuery, context: AggregationContext): FilterOf {
  return context.indices.map((index) => bindPart(query, index))
}

/** One bucket: the documents that a query matches. */
export const filter: AggregationDefinition = {
  name: 'filter',
  holdsOthers: true,
  parse(json) {
    const query = parseQuery(json)
    return {
      bind: (context) => ({
        aggregation: { kind: 'filter', query: bindFilter(query, context) },
        typedKey: 'filter',
        shape: (result) =>
          result.kind === 'single'
            ? { kind: 'single', docCount: result.docCount, results: result.children }
            : { kind: 'single', docCount: 0, results: undefined },
      }),
    }
  },
}

const OTHER = '_other_'

/** A bucket for each of some queries, by name or in order. */
export const filters: AggregationDefinition = {
  name: 'filters',
  holdsOthers: true,
  parse(json, at) {
    const read = readObject(json, at, { filters: raw, other_bucket: bool, other_bucket_key: text })
    const named = readFilters(read.filters)
    if (named.length === 0) throw illegalArgument('[filters] cannot be empty.')
    const keyed = isJsonObject(read.filters)
    const otherKey =
      read.other_bucket === true || read.other_bucket_key !== undefined ? (read.other_bucket_key ?? OTHER) : undefined
    return {
      bind(context) {
        const bound = named.map(({ key, query }) => ({ key, query: bindFilter(query, context) }))
        return {
          aggregation: { kind: 'filters', filters: bound, ...(otherKey === undefined ? {} : { otherKey }) },
          typedKey: 'filters',
          shape(result) {
            const found = new Map((result.kind === 'buckets' ? result.buckets : []).map((bucket) => [bucket.key, bucket]))
            const keys = otherKey === undefined ? named.map(({ key }) => key) : [...named.map(({ key }) => key), otherKey]
            const buckets = keys.map((key): BucketSkeleton => {
              const bucket = found.get(key)
              const docCount = bucket?.docCount ?? 0
              return { key, name: key, json: { doc_count: docCount }, docCount, results: bucket?.children }
            })
            return { kind: 'multi', json: {}, keyed, buckets }
          },
        }
      },
    }
  },
}

/** Names in their order; filters of a list are named by their places. */
function readFilters(value: JsonValue | undefined): { readonly key: string; readonly query: UnboundQuery }[] {
  if (Array.isArray(value)) return value.map((query: JsonValue, index) => ({ key: String(index), query: parseQuery(query) }))
  if (!isJsonObject(value))
    throw illegalArgument('[filters] cannot be empty. There must be an object of named queries, or a list of queries')
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, query]) => ({ key, query: parseQuery(query ?? null) }))
}
