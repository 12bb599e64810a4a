import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { matchAll } from '../ast.ts'
import { int, listOf, oneOf, raw, readObject, text, bool } from '../dsl/reading.ts'
import { plainJson } from '../value-format.ts'
import { BY_COUNT, BY_KEY, bucketOrder } from './bucket-order.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { compareKeys, nestParts, tuplesOf, type KeyPart } from './key-tuples.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** A bucket for each combination of the values of several fields, the most frequent ones. */
export const multiTerms: AggregationDefinition = {
  name: 'multi_terms',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        terms: listOf((value, place) => readSource(readObject(value, place, sourceMembers, 'object'), 'multi_terms')),
        size: int,
        shard_size: int,
        min_doc_count: int,
        shard_min_doc_count: int,
        show_term_doc_count_error: bool,
        order: bucketOrder,
        collect_mode: oneOf('depth_first', 'breadth_first'),
        format: raw,
        value_type: text,
      },
      'object',
    )
    const requests = read.terms ?? []
    if (requests.length < 2) throw illegalArgument('multi term aggregation must has at least 2 terms')
    const size = read.size ?? 10
    if (size <= 0) throw illegalArgument(`[size] must be greater than 0. Found [${size}] in [${name}]`)
    const minDocCount = read.min_doc_count ?? 1
    const order = read.order ?? BY_COUNT
    const byMetric = order.some(({ by }) => by !== '_count' && by !== '_key')
    if (byMetric) throw illegalArgument('[order] of [multi_terms] is by [_count] or [_key]; other orders are not supported yet')
    return {
      bind(context) {
        const sources = requests.map((request) => bindSource(request, 'multi_terms', 'terms', context))
        const parts = sources.map(({ source }): KeyPart => {
          const aggregation = { kind: 'terms', source, size: context.maxBuckets, order: BY_KEY, minDocCount: 1 } as const
          return { aggregation, missing: undefined }
        })
        return {
          aggregation: { kind: 'filter', query: context.indices.map(() => matchAll) },
          within: (children) => nestParts(parts, children),
          typedKey: 'multi_terms',
          shape(result) {
            const tuples = (result.kind === 'single' ? tuplesOf(parts, result.children) : []).filter(
              ({ docCount }) => docCount >= minDocCount,
            )
            const sorted = tuples.toSorted((a, b) => {
              for (const { by, order: direction } of order) {
                const difference = by === '_count' ? a.docCount - b.docCount : compareTuples(a.keys, b.keys)
                if (difference !== 0) return direction === 'asc' ? difference : -difference
              }
              return compareTuples(a.keys, b.keys)
            })
            const kept = sorted.slice(0, size)
            const rest = sorted.slice(size).reduce((sum, { docCount }) => sum + docCount, 0)
            return {
              kind: 'multi',
              keyed: false,
              json: { doc_count_error_upper_bound: 0, sum_other_doc_count: rest },
              buckets: kept.map(({ keys, docCount, results }): BucketSkeleton => {
                const texts = keys.map((key, part) =>
                  key === null ? '' : (sources[part]?.format.text(key) ?? String(plainJson(key))),
                )
                const asString = texts.join('|')
                const shown = keys.map((key, part) => (key === null ? null : (sources[part]?.format.json(key) ?? null)))
                const json: JsonObject = { key: shown, key_as_string: asString, doc_count: docCount }
                return { key: asString, name: asString, json, docCount, results }
              }),
            }
          },
        }
      },
    }
  },
}

function compareTuples(a: readonly Parameters<typeof compareKeys>[0][], b: typeof a): number {
  for (const [part, key] of a.entries()) {
    const difference = compareKeys(key, b[part] ?? null)
    if (difference !== 0) return difference
  }
  return 0
}
