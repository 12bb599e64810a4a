import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { parseJsonExact } from '../../../core/parse-json.ts'
import { printJson } from '../../../core/print-json.ts'
import { bindAggregations } from '../../../query/aggs/run-aggregations.ts'
import { ComputedFields } from '../../../query/computed/computed-fields.ts'
import { addRuntimeFields } from '../../../query/computed/runtime-fields.ts'
import { bindQuery } from '../../../query/dsl/bind-query.ts'
import { parseSearch } from '../../../query/parse-search.ts'
import { bindSearchAfter, bindSort, printSortValue } from '../../../query/sort.ts'
import { scriptsForTests } from '../../../query/testing/scripts-for-tests.ts'
import type { Engine, IndexSchema } from '../../engine.ts'
import { contextOf } from './simple-mapper.ts'

/** The parts of a search's answer that an engine decides. */
export interface SearchAnswer {
  readonly total: number
  readonly hits: readonly { readonly id: string; readonly score: number | null; readonly sort: readonly JsonValue[] }[]
  readonly maxScore: number | null
  readonly aggregations: JsonObject
}

/** Runs a search body against one index of an engine, from its JSON to the JSON of its aggregations. */
export async function runSearch(
  engine: Engine,
  index: IndexSchema,
  body: JsonValue,
  now: number,
  maxBuckets = 65_535,
): Promise<SearchAnswer> {
  const request = parseSearch(body)
  const computed = new ComputedFields(index.fields, scriptsForTests())
  if (isJsonObject(request.raw.runtime_mappings)) addRuntimeFields(request.raw.runtime_mappings, computed)
  const context = { ...contextOf(index, now), fields: computed, computed }
  const aggregations = bindAggregations(request.aggregations, { indices: [context], maxBuckets })
  const sort = bindSort(request.sort, [context])
  const {
    hits,
    total,
    maxScore,
    aggregations: results,
  } = await engine.search({
    targets: [{ schema: index, query: request.query ? bindQuery(request.query, context) : { kind: 'all' }, computed }],
    from: request.from,
    size: request.size,
    sort,
    ...(request.searchAfter ? { searchAfter: bindSearchAfter(request.searchAfter, sort, [context]) } : {}),
    trackTotalHits: Infinity,
    trackScores: request.trackScores,
    ...(request.minScore === undefined ? {} : { minScore: request.minScore }),
    source: true,
    aggregations: aggregations.engine,
    maxBuckets,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  })
  const printSort = (values: readonly unknown[], keys: typeof sort): JsonValue[] =>
    keys.map((key, at) =>
      printSortValue((values[at] ?? null) as Parameters<typeof printSortValue>[0], key, computed.find(key.field)),
    )
  return {
    total: total?.value ?? 0,
    hits: hits.map(({ id, score, sort: values }) => ({ id, score, sort: asRead(printSort(values, sort)) })),
    maxScore,
    aggregations: asRead(
      aggregations.shape(results, {
        typedKeys: false,
        formatHit: (hit, options) => ({
          _id: hit.id,
          _score: hit.score,
          ...(options.sort.length > 0 ? { sort: printSort(hit.sort, options.sort) } : {}),
        }),
      }),
    ),
  }
}

/** JSON as clients read it: without what only printing tells apart. */
const asRead = <Json extends JsonValue>(json: Json): Json => parseJsonExact(printJson(json)) as Json
