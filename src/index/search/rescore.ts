import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Engine, EngineHit, EngineSearch, EngineSearchResult } from '../../engine/engine.ts'
import type { Query } from '../../query/ast.ts'
import { bindPart } from '../../query/dsl/bind-query.ts'
import { parseQuery } from '../../query/dsl/parse-query.ts'
import { int, number, objectAt, oneOf, raw, readObject, type Member } from '../../query/dsl/reading.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import { numberSetting } from '../settings/index-settings.ts'
import type { SearchedIndex } from './targets.ts'

/** `rescore`: the best hits of a search get other scores, by a query that would cost too much for all of them. */
export interface Rescorer {
  readonly windowSize: number
  readonly query: UnboundQuery
  readonly queryWeight: number
  readonly rescoreWeight: number
  readonly mode: (typeof MODES)[number]
}

const MODES = ['total', 'multiply', 'avg', 'max', 'min'] as const
const DEFAULT_WINDOW = 10

/** @throws ElkhornError (400) */
export function parseRescore(json: JsonValue): readonly Rescorer[] {
  const list = Array.isArray(json) ? (json as readonly JsonValue[]) : [json]
  return list.map((one, key) => {
    const at: Member = { node: list, key, owner: 'rescore' }
    const read = readObject(one, at, { window_size: int, query: raw }, 'object')
    if (read.query === undefined) throw illegalArgument('missing rescore type')
    const within = readObject(
      read.query,
      { node: objectAt(one, at), key: 'query', owner: 'query' },
      { rescore_query: raw, query_weight: number, rescore_query_weight: number, score_mode: oneOf(...MODES) },
      'object',
    )
    if (within.rescore_query === undefined) throw illegalArgument('Required [rescore_query]')
    return {
      windowSize: read.window_size ?? DEFAULT_WINDOW,
      query: parseQuery(within.rescore_query),
      queryWeight: within.query_weight ?? 1,
      rescoreWeight: within.rescore_query_weight ?? 1,
      mode: within.score_mode ?? 'total',
    }
  })
}

/** @throws ElkhornError (400) for a window that an index does not allow */
export function checkRescore(rescorers: readonly Rescorer[], searched: readonly SearchedIndex[]): void {
  for (const { index } of searched) {
    const limit = numberSetting(index.settings, 'index.max_rescore_window')
    for (const { windowSize } of rescorers) {
      if (windowSize > limit) {
        throw illegalArgument(
          `Rescore window [${windowSize}] is too large. It must be less than [${limit}]. This prevents allocating massive heaps for storing the results to be rescored. This limit can be set by changing the [index.max_rescore_window] index level setting.`,
        )
      }
    }
  }
}

/** Searches with a page that holds the largest window, scores the hits within each window anew, and cuts the page out. */
export async function searchRescored(
  engine: Engine,
  request: EngineSearch,
  rescorers: readonly Rescorer[],
  searched: readonly SearchedIndex[],
): Promise<EngineSearchResult> {
  const { from, size } = request
  // What is wrong with them is told whatever the search finds.
  for (const { query } of rescorers) for (const { bind } of searched) bindPart(query, bind)
  const wanted = Math.max(from + size, ...rescorers.map(({ windowSize }) => windowSize))
  const found = await engine.search({ ...request, from: 0, size: wanted, trackScores: true })
  let { hits } = found
  for (const rescorer of rescorers) hits = await rescored(engine, request, hits, rescorer, searched)
  const maxScore = hits.length > 0 ? Math.max(...hits.map(({ score }) => score ?? 0)) : null
  return { ...found, hits: hits.slice(from, from + size), maxScore }
}

async function rescored(
  engine: Engine,
  request: EngineSearch,
  hits: readonly EngineHit[],
  rescorer: Rescorer,
  searched: readonly SearchedIndex[],
): Promise<readonly EngineHit[]> {
  const window = hits.slice(0, rescorer.windowSize)
  if (window.length === 0) return hits
  const targets = request.targets.map((target, position) => {
    const bind = searched[position]?.bind
    const ids = window.filter((hit) => hit.target === position).map(({ id }) => id)
    const query = bind && ids.length > 0 ? bindPart(rescorer.query, bind) : ({ kind: 'none' } as const)
    return { ...target, query: amongIds(query, ids) }
  })
  const { minScore: _min, searchAfter: _after, ...rest } = request
  const second = await engine.search({
    ...rest,
    targets,
    from: 0,
    size: window.length,
    sort: [],
    source: false,
    trackTotalHits: 0,
    trackScores: true,
    aggregations: [],
  })
  const scores = new Map(second.hits.map(({ target, id, score }) => [`${target} ${id}`, score ?? 0]))
  const changed = window.map((hit): EngineHit => {
    const own = (hit.score ?? 0) * rescorer.queryWeight
    const other = scores.get(`${hit.target} ${hit.id}`)
    const score = other === undefined ? own : combined(own, other * rescorer.rescoreWeight, rescorer.mode)
    return { ...hit, score: Math.fround(score) }
  })
  return [...changed.toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0)), ...hits.slice(window.length)]
}

function amongIds(query: Query, ids: readonly string[]): Query {
  if (query.kind === 'none') return query
  return { kind: 'bool', must: [query], filter: [{ kind: 'ids', ids }], should: [], mustNot: [], minimumShouldMatch: 0 }
}

function combined(own: number, other: number, mode: Rescorer['mode']): number {
  switch (mode) {
    case 'multiply':
      return own * other
    case 'avg':
      return (own + other) / 2
    case 'max':
      return Math.max(own, other)
    case 'min':
      return Math.min(own, other)
    default:
      return own + other
  }
}
