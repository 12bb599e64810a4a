import { isJsonObject } from '../../core/json.ts'
import type { Engine } from '../../engine/engine.ts'
import type { AggregationTree } from '../../query/aggs/parse-aggregations.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import { withRuntimeFields } from './bind-context.ts'
import { bindTargets, type SearchedIndex } from './targets.ts'

/** With more indices than that, those that cannot match are found first (`pre_filter_shard_size`). */
const MIN_INDICES = 128

/**
 * The indices that are worth preparing a search for: of many daily ones, those of the asked days. What is wrong with a request
 * in the others is not told, as in Elasticsearch. One always stays, for an answer that has a shape.
 */
export function skipIndices(
  engine: Engine,
  { query, aggregations, raw }: Pick<SearchRequest, 'query' | 'aggregations' | 'raw'>,
  searched: readonly SearchedIndex[],
): readonly SearchedIndex[] {
  if (searched.length <= MIN_INDICES || query === undefined) return searched
  if (raw.suggest !== undefined || looksAtAll(aggregations)) return searched
  const runtime = isJsonObject(raw.runtime_mappings) ? raw.runtime_mappings : undefined
  const kept = searched.filter((one) => mayMatch(engine, { ...one, bind: withRuntimeFields(one.bind, runtime) }, query))
  return kept.length > 0 ? kept : searched.slice(0, 1)
}

/** What a query cannot be asked is kept: it is a failure to tell of. */
function mayMatch(engine: Engine, one: SearchedIndex, query: NonNullable<SearchRequest['query']>): boolean {
  const [target] = bindTargets([one], query).targets
  return target === undefined || engine.mayMatch(target)
}

/** Whether some aggregation also tells of documents that the query does not find. */
function looksAtAll({ aggregations }: AggregationTree): boolean {
  return aggregations.some(
    ({ type, request, children }) =>
      type === 'global' || type.startsWith('significant_') || request['min_doc_count'] === 0 || looksAtAll(children),
  )
}
