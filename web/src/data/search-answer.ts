import type { JsonObject } from '../../../src/core/json.ts'
import type { Hit, SearchAnswer as WireAnswer } from '../../../src/ui-api/wire/query.ts'

/** What a search found, in the pages' own words. */
export interface SearchAnswer {
  /** Figures may be too low: time ran out, or an index could not answer. */
  readonly partial: boolean
  readonly total: { readonly value: number; readonly relation: 'eq' | 'gte' } | undefined
  readonly hits: readonly Hit[]
  readonly aggregations: JsonObject
}

export function readAnswer({ timed_out: timedOut, _shards: shards, hits, aggregations }: WireAnswer): SearchAnswer {
  return { partial: timedOut || shards.failed > 0, total: hits.total, hits: hits.hits, aggregations: aggregations ?? {} }
}
