import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Query } from '../ast.ts'
import { bindPart } from '../dsl/bind-query.ts'
import { parseQuery } from '../dsl/parse-query.ts'
import { raw, readObject, text } from '../dsl/reading.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'

/** Pairs grow with the square of the filters. */
const MAX_FILTERS = 100

/** A bucket for each of some filters, and for each two of them together; those without documents are left out. */
export const adjacencyMatrix: AggregationDefinition = {
  name: 'adjacency_matrix',
  holdsOthers: true,
  parse(json, at) {
    const read = readObject(json, at, { filters: raw, separator: text }, 'object')
    if (!isJsonObject(read.filters)) throw illegalArgument('[filters] of [adjacency_matrix] must be an object of named queries')
    const separator = read.separator ?? '&'
    const named = Object.entries(read.filters)
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, query]) => ({ key, query: parseQuery(query ?? null) }))
    if (named.length > MAX_FILTERS) {
      throw illegalArgument(
        `Number of filters is too large, must be less than or equal to: [${MAX_FILTERS}] but was [${named.length}].`,
      )
    }
    return {
      bind(context) {
        const own = named.map(({ key, query }) => ({ key, query: context.indices.map((index) => bindPart(query, index)) }))
        const filters = own.flatMap((first, i) => [
          first,
          ...own.slice(i + 1).map((second) => ({
            key: `${first.key}${separator}${second.key}`,
            query: first.query.map((query, index) => both(query, second.query[index])),
          })),
        ])
        return {
          aggregation: { kind: 'filters', filters },
          typedKey: 'adjacency_matrix',
          shape(result) {
            const found = (result.kind === 'buckets' ? result.buckets : []).filter(({ docCount }) => docCount > 0)
            const buckets = found
              .map(({ key, docCount, children }): BucketSkeleton => {
                const name = String(key)
                return { key, name, json: { key: name, doc_count: docCount }, docCount, results: children }
              })
              .toSorted((a, b) => (a.name < b.name ? -1 : 1))
            return { kind: 'multi', json: {}, keyed: false, buckets }
          },
        }
      },
    }
  },
}

function both(a: Query, b: Query | undefined): Query {
  if (!b) return a
  return { kind: 'bool', must: [], filter: [a, b], should: [], mustNot: [], minimumShouldMatch: 0 }
}
