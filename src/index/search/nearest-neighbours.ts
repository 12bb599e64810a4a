import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { boost, int, listOf, number, raw, readObject, text } from '../../query/dsl/reading.ts'
import { parseQuery } from '../../query/dsl/parse-query.ts'
import type { VectorSimilarity } from '../../query/vector.ts'
import type { LookupContext } from './looked-up-document.ts'
import { PLAIN_SEARCH } from './plain-search.ts'
import { bindTargets, openTargets } from './targets.ts'

/** Neighbours of a search that does not say how many. */
const DEFAULT_K = 10
const MAX_CANDIDATES = 10_000

/** What the similarity of a field makes of two vectors, as a score: the same that Elasticsearch gives. */
const SCORES: Readonly<Record<VectorSimilarity, string>> = {
  cosine: 'return (1.0 + cosineSimilarity(params.vector, params.field)) / 2.0',
  dot_product: 'return (1.0 + dotProduct(params.vector, params.field)) / 2.0',
  l2_norm: 'double d = l2norm(params.vector, params.field); return 1.0 / (1.0 + d * d)',
  max_inner_product: 'double d = dotProduct(params.vector, params.field); return d < 0 ? 1.0 / (1.0 - d) : d + 1.0',
}

/** Beside other queries documents may be asked that have no vector. */
const WHERE_THERE_IS_ONE = 'if (doc[params.field].size() == 0) return 0.0; '

/** The score of a similarity, of those that have one at least. */
const LEAST_SCORES: Readonly<Record<VectorSimilarity, (similarity: number) => number>> = {
  cosine: (similarity) => (1 + similarity) / 2,
  dot_product: (similarity) => (1 + similarity) / 2,
  l2_norm: (distance) => 1 / (1 + distance * distance),
  max_inner_product: (similarity) => (similarity < 0 ? 1 / (1 - similarity) : similarity + 1),
}

/**
 * The query that `knn` comes to: its `k` nearest documents, by their ids, with the scores of their distances. They are found
 * by computing all distances, so they are exact.
 * @throws ElkhornError 400
 */
export async function nearestNeighbours(json: JsonObject, lookup: LookupContext): Promise<JsonObject> {
  const asked = readObject(
    json,
    { node: { knn: json }, key: 'knn', owner: 'knn' },
    {
      field: text,
      query_vector: listOf(number),
      query_vector_builder: raw,
      k: int,
      num_candidates: int,
      filter: raw,
      similarity: number,
      boost,
      _name: text,
    },
  )
  const { field: path, query_vector: vector, k = asked.num_candidates ?? DEFAULT_K, num_candidates: candidates = k } = asked
  if (asked.query_vector_builder !== undefined)
    throw illegalArgument('[query_vector_builder] of [knn] is not supported: there is no inference; give the [query_vector]')
  if (path === undefined) throw illegalArgument('Required [field]')
  if (vector === undefined) throw illegalArgument('either [query_vector_builder] or [query_vector] must be provided')
  if (k < 1) throw illegalArgument('[k] must be greater than 0')
  if (candidates < k) throw illegalArgument(`[num_candidates] cannot be less than [k]`)
  if (candidates > MAX_CANDIDATES) throw illegalArgument(`[num_candidates] cannot exceed [${MAX_CANDIDATES}]`)

  const { context, access, where, signal } = lookup
  const { searched } = await openTargets(context, access, where, context.clock.now())
  const field = searched.map(({ bind }) => bind.fields.find(path)).find((one) => one !== undefined)
  if (!field) return { match_none: {} }
  if (field.type !== 'dense_vector') throw illegalArgument(`[knn] queries are only supported on [dense_vector] fields`)
  const { dims, vectorSimilarity: similarity = 'cosine' } = field.parameters
  if (dims !== undefined && dims !== vector.length)
    throw illegalArgument(`the query vector has a different dimension [${vector.length}] than the index vectors [${dims}]`)
  const scoredBy = (filter: readonly JsonValue[]): JsonObject => ({
    script_score: {
      query: { bool: { filter: [{ exists: { field: path } }, ...filter] } },
      script: { source: WHERE_THERE_IS_ONE + SCORES[similarity], params: { vector, field: path } },
      ...(asked.similarity !== undefined && { min_score: LEAST_SCORES[similarity](asked.similarity) }),
    },
  })
  const filters = asked.filter === undefined ? [] : Array.isArray(asked.filter) ? asked.filter : [asked.filter]
  const { targets, bound, failures } = bindTargets(searched, parseQuery(scoredBy(filters as readonly JsonValue[])))
  const [failure] = failures
  if (failure) throw failure.error
  const { hits } = await context.engine.search({ ...PLAIN_SEARCH, targets, size: k, trackScores: true, source: false, signal })
  if (hits.length === 0) return { match_none: {} }
  const nearest = bound.flatMap(({ index }, target) => {
    const values = hits.filter((hit) => hit.target === target).map(({ id }) => id)
    return values.length === 0 ? [] : [{ bool: { filter: [{ term: { _index: index.name } }, { ids: { values } }] } }]
  })
  const { boost: factor, _name: name } = asked
  const scored = scoredBy([{ bool: { should: nearest } }])
  if (factor === undefined && name === undefined) return scored
  const more = { ...(factor !== undefined && { boost: factor }), ...(name !== undefined && { _name: name }) }
  return { script_score: { ...(scored['script_score'] as JsonObject), ...more } }
}

/** A search with the neighbours of its `knn` among what its query asks for; what both find adds up its scores. */
export async function withNeighbours(body: JsonObject, lookup: LookupContext): Promise<JsonObject> {
  const { knn, query, ...others } = body
  const asked = (Array.isArray(knn) ? knn : [knn]) as readonly JsonValue[]
  const clauses = await Promise.all(
    asked.map((one) => {
      if (!isJsonObject(one)) throw illegalArgument('[knn] of a search is an object, or a list of some')
      return nearestNeighbours(one, lookup)
    }),
  )
  const all = [...(query === undefined || query === null ? [] : [query]), ...clauses]
  return { ...others, query: all.length === 1 ? (all[0] ?? null) : { bool: { should: all } } }
}
