import { floatJson } from '../../core/double.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { bool, int, raw, readObject } from '../dsl/reading.ts'
import { bindSort, parseSort } from '../sort.ts'
import type { AggregationDefinition } from './definition.ts'

/** `index.max_inner_result_window` */
const MAX_WINDOW = 100

/** The first documents of each bucket. */
export const topHits: AggregationDefinition = {
  name: 'top_hits',
  holdsOthers: false,
  parse(json, at, name) {
    const read = readObject(json, at, {
      from: int,
      size: int,
      sort: raw,
      _source: raw,
      fields: raw,
      docvalue_fields: raw,
      stored_fields: raw,
      script_fields: raw,
      highlight: raw,
      explain: bool,
      version: bool,
      seq_no_primary_term: bool,
      track_scores: bool,
    })
    const from = read.from ?? 0
    const size = read.size ?? 3
    if (from < 0) throw illegalArgument(`[from] must be greater than or equal to 0. Found [${from}] in [${name}]`)
    if (size < 0) throw illegalArgument(`[size] must be greater than or equal to 0. Found [${size}] in [${name}]`)
    if (from + size > MAX_WINDOW) {
      throw illegalArgument(
        `Top hits result window is too large, the top hits aggregator [${name}]'s from + size must be less than or equal to: [${MAX_WINDOW}] but was [${from + size}]. This limit can be set by changing the [index.max_inner_result_window] index level setting.`,
      )
    }
    const sort = read.sort === undefined ? [] : parseSort(read.sort)
    const request: JsonObject = isJsonObject(json) ? json : {}
    return {
      bind(context) {
        const keys = bindSort(sort, context.indices)
        return {
          aggregation: { kind: 'top_hits', from, size, sort: keys },
          typedKey: 'top_hits',
          shape(result, context) {
            const { total, maxScore, hits } = result.kind === 'hits' ? result : { total: 0, maxScore: null, hits: [] }
            return {
              kind: 'metric',
              exact: true,
              json: {
                hits: {
                  total: { value: total, relation: 'eq' },
                  max_score: maxScore === null ? null : floatJson(maxScore),
                  hits: hits.map((hit) => context.formatHit(hit, { request, sort: keys })),
                },
              },
            }
          },
        }
      },
    }
  },
}
