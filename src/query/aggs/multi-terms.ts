import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { int, listOf, oneOf, raw, readObject, text, bool } from '../dsl/reading.ts'
import type { FieldValue } from '../field.ts'
import { jsonText } from '../value-format.ts'
import { BY_COUNT, bucketOrder, docCountError, withTieBreak } from './bucket-order.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { bindSource, readSource, sourceMembers, type BoundSource } from './values-source.ts'

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
    const order = withTieBreak(read.order ?? BY_COUNT)
    return {
      bind(context) {
        const sources = requests.map((request) => bindSource(request, 'multi_terms', 'terms', context))
        return {
          aggregation: { kind: 'multi_terms', sources: sources.map(({ source }) => source), size, order, minDocCount },
          typedKey: 'multi_terms',
          shape(result) {
            const { buckets, otherDocCount = 0, bucketCount: found = 0 } = result.kind === 'buckets' ? result : { buckets: [] }
            const error = docCountError({ size, shardSize: read.shard_size, order, found })
            return {
              kind: 'multi',
              keyed: false,
              json: { doc_count_error_upper_bound: error, sum_other_doc_count: otherDocCount },
              buckets: buckets.map(({ keys = [], docCount, children }): BucketSkeleton => {
                const shown = keys.map((key, part) => shownKey(key, sources[part]))
                const asString = shown.map((one) => (one === null ? '' : jsonText(one))).join('|')
                const json: JsonObject = {
                  key: shown,
                  key_as_string: asString,
                  doc_count: docCount,
                  ...(read.show_term_doc_count_error === true ? { doc_count_error_upper_bound: error } : {}),
                }
                return { key: asString, name: asString, json, docCount, results: children }
              }),
            }
          },
        }
      },
    }
  },
}

/** Unlike in `terms`, dates and whatever has a format are texts, and booleans are booleans. */
function shownKey(key: FieldValue | null, source: BoundSource | undefined): JsonValue {
  if (key === null || source === undefined) return null
  const asText = source.format.text(key)
  return source.field?.type === 'boolean' ? asText === 'true' : (asText ?? source.format.json(key))
}
