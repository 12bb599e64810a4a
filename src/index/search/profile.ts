import type { JsonObject } from '../../core/json.ts'
import type { Engine, EngineSearch, SearchTarget } from '../../engine/engine.ts'
import type { NamedAggregation } from '../../query/aggregation.ts'
import type { Query } from '../../query/ast.ts'
import { describeQuery } from '../../query/describe-query.ts'

/** Parts of one query that are measured; what lies deeper is not. */
const MAX_PARTS = 64

/**
 * Where the time of a search goes, in the shape of Elasticsearch: every index, every part of the query and every
 * aggregation at the top is asked for alone, one after the other, and the time is that of its answer. There are no steps
 * of an iterator here: a breakdown knows the statement alone.
 */
export async function profileSearch(engine: Engine, search: EngineSearch, node: string): Promise<JsonObject> {
  const shards: JsonObject[] = []
  for (const target of search.targets) shards.push(await profileTarget(engine, search, target, node))
  return { shards }
}

async function profileTarget(engine: Engine, search: EngineSearch, target: SearchTarget, node: string): Promise<JsonObject> {
  const { searchAfter: _after, ...request } = search
  const alone: EngineSearch = { ...request, targets: [target], aggregations: [] }
  const summed: EngineSearch = { ...alone, from: 0, size: 0, sort: [], trackTotalHits: 0, trackScores: false, source: false }
  const counted: EngineSearch = { ...summed, trackTotalHits: Infinity }
  const timeOf = async (one: EngineSearch): Promise<number> => {
    const started = performance.now()
    await engine.search(one)
    return Math.round((performance.now() - started) * 1e6)
  }
  let parts = 0
  const profileQuery = async (query: Query, nanos: number): Promise<JsonObject> => {
    const children: JsonObject[] = []
    for (const part of partsOf(query)) {
      parts += 1
      if (parts > MAX_PARTS) break
      children.push(await profileQuery(part, await timeOf({ ...counted, targets: [{ ...target, query: part }] })))
    }
    return {
      type: queryType(query),
      description: describeQuery(query),
      ...measured(nanos),
      ...(children.length > 0 && { children }),
    }
  }
  const nanos = await timeOf(alone)
  const query = await profileQuery(target.query, nanos)
  const collector = { name: 'statement', reason: search.size > 0 ? 'search_top_hits' : 'search_count', time_in_nanos: nanos }
  const aggregations: JsonObject[] = []
  for (const one of search.aggregations) {
    aggregations.push(profileAggregation(one, await timeOf({ ...summed, aggregations: [one] })))
  }
  return {
    id: `[${node}][${target.schema.name}][0]`,
    searches: [{ query: [query], rewrite_time: 0, collector: [collector] }],
    aggregations,
  }
}

function measured(nanos: number): JsonObject {
  return { time_in_nanos: nanos, breakdown: { statement: nanos, statement_count: 1 } }
}

/** What is within others is computed along with them: it has no time of its own. */
function profileAggregation({ name, aggregation, children }: NamedAggregation, nanos: number | undefined): JsonObject {
  return {
    type: `${camelCase(aggregation.kind)}Aggregator`,
    description: name,
    ...(nanos === undefined ? { time_in_nanos: 0, breakdown: {}, debug: { measured_with: 'parent' } } : measured(nanos)),
    ...(children.length > 0 && { children: children.map((child) => profileAggregation(child, undefined)) }),
  }
}

function camelCase(kind: string): string {
  return kind.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function partsOf(query: Query): readonly Query[] {
  switch (query.kind) {
    case 'bool':
      return [...query.must, ...query.filter, ...query.should, ...query.mustNot]
    case 'dis_max':
      return query.queries
    case 'constant_score':
    case 'function_score':
      return [query.query]
    case 'boosting':
      return [query.positive, query.negative]
    default:
      return []
  }
}

/** By the names of Lucene's, which clients know. */
const QUERY_TYPES: Readonly<Partial<Record<Query['kind'], string>>> = {
  all: 'MatchAllDocsQuery',
  none: 'MatchNoDocsQuery',
  range: 'PointRangeQuery',
  exists: 'FieldExistsQuery',
  phrase: 'PhraseQuery',
  intervals: 'IntervalQuery',
  ids: 'TermInSetQuery',
  bool: 'BooleanQuery',
  constant_score: 'ConstantScoreQuery',
  dis_max: 'DisjunctionMaxQuery',
  boosting: 'BoostingQuery',
  function_score: 'FunctionScoreQuery',
  nested: 'ToParentBlockJoinQuery',
}

function queryType(query: Query): string {
  switch (query.kind) {
    case 'terms':
      return query.values.length === 1 ? 'TermQuery' : 'TermInSetQuery'
    case 'tokens':
      return query.tokens.length === 1 ? 'TermQuery' : 'BooleanQuery'
    case 'pattern':
      return `${camelCase(query.pattern.kind)}Query`
    default:
      return QUERY_TYPES[query.kind] ?? `${camelCase(query.kind)}Query`
  }
}
