import type { Engine, EngineHit, SearchTarget } from '../../engine/engine.ts'
import type { Query } from '../../query/ast.ts'
import { describeQuery } from '../../query/describe-query.ts'
import { PLAIN_SEARCH } from './plain-search.ts'
import { printScore } from './print-hit.ts'

/** How a score comes about, as `explain` shows it. */
export interface Explanation {
  readonly value: number
  readonly description: string
  readonly details: readonly Explanation[]
}

/** Which documents of which targets, and how long it may take. */
export interface ExplainRequest {
  readonly targets: readonly SearchTarget[]
  readonly hits: readonly Pick<EngineHit, 'target' | 'id' | 'seqNo' | 'score'>[]
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Parts of one query whose scores are looked at; what lies deeper is not taken apart. */
const MAX_PARTS = 64
/** Statements of one explanation that run side by side. */
const AT_ONCE = 4

/** What a query gives to those of some hits that it matches. */
type ScoresOf<Hit> = (query: Query) => Promise<ReadonlyMap<Hit, number | null>>

/**
 * Takes the scores that a query gives to hits apart: every part of it is asked for the score that it gives to them, so what
 * an explanation says is what the engine computed. Hits that the query does not match have none.
 */
export async function explain<Hit>(
  query: Query,
  hits: readonly Hit[],
  scoresOf: ScoresOf<Hit>,
): Promise<ReadonlyMap<Hit, Explanation>> {
  const parts: Part[] = []
  const root = partOf(query, 1, parts)
  const scores = new Map<Part, ReadonlyMap<Hit, number | null>>()
  const waiting = [...parts]
  const work = async (): Promise<void> => {
    for (let part = waiting.shift(); part; part = waiting.shift()) scores.set(part, await scoresOf(part.query))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const scoreOf = (part: Part, hit: Hit): number | undefined => {
    const score = scores.get(part)?.get(hit)
    return score === undefined ? undefined : Number(printScore(score ?? 0))
  }
  return new Map(
    hits.flatMap((hit) => {
      const explanation = explanationOf(root, (part) => scoreOf(part, hit))
      return explanation === undefined ? [] : [[hit, explanation] as const]
    }),
  )
}

/** The scores of hits of a search. In their order; `undefined` where the query does not match. */
export async function explainHits(
  engine: Pick<Engine, 'search'>,
  { targets, hits, timeoutMs, signal }: ExplainRequest,
): Promise<readonly (Explanation | undefined)[]> {
  const explained = new Map<object, Explanation>()
  for (const [position, target] of targets.entries()) {
    const own = hits.filter((hit) => hit.target === position)
    if (own.length === 0) continue
    const scoresOf: ScoresOf<(typeof own)[number]> = async (query) => {
      const asked = [{ ...target, query: among(query, own) }]
      const limits = { size: own.length, trackScores: true, timeoutMs, signal }
      const found = await engine.search({ ...PLAIN_SEARCH, ...limits, targets: asked })
      const bySeqNo = new Map(found.hits.map(({ seqNo, score }) => [seqNo, score]))
      return new Map(own.flatMap((hit) => (bySeqNo.has(hit.seqNo) ? [[hit, bySeqNo.get(hit.seqNo) ?? null] as const] : [])))
    }
    for (const [hit, explanation] of await explain(target.query, own, scoresOf)) explained.set(hit, explanation)
  }
  return hits.map((hit) => {
    const { score } = hit
    const found = explained.get(hit)
    // What was rescored has another score than its query gives.
    if (found === undefined || score === null || Number(printScore(score)) === found.value) return found
    return { value: Number(printScore(score)), description: 'rescored, from:', details: [found] }
  })
}

/** A part of a query, with what it gets from the parts around as its own boost. */
interface Part {
  readonly query: Query
  readonly description: string
  readonly children: readonly Part[]
  /** Has to match and adds nothing. */
  readonly isFilter: boolean
}

function partOf(query: Query, boost: number, parts: Part[], isFilter = false): Part {
  const part: { -readonly [K in keyof Part]: Part[K] } = {
    query: boost === 1 ? query : { ...ALONE, must: [query], boost },
    description: descriptionOf(query),
    children: [],
    isFilter,
  }
  parts.push(part)
  if (isFilter) return part
  const inner = boost * ('boost' in query ? (query.boost ?? 1) : 1)
  const scored = (children: readonly Query[]): readonly Part[] =>
    children.slice(0, Math.max(0, MAX_PARTS - parts.length)).map((child) => partOf(child, inner, parts))
  switch (query.kind) {
    case 'bool': {
      const filters = query.filter.slice(0, Math.max(0, MAX_PARTS - parts.length))
      part.children = [...scored([...query.must, ...query.should]), ...filters.map((child) => partOf(child, 1, parts, true))]
      break
    }
    case 'tokens': {
      const { field, tokens } = query
      if (tokens.length > 1)
        part.children = scored(tokens.map((token) => ({ kind: 'tokens', field, tokens: [token], minimum: 1 })))
      break
    }
    case 'dis_max':
      part.children = scored(query.queries)
      break
    case 'boosting':
      part.children = scored([query.positive])
      break
    case 'function_score':
      part.children = scored([query.query])
      break
    default:
  }
  return part
}

const ALONE = { kind: 'bool', must: [], filter: [], should: [], mustNot: [], minimumShouldMatch: 0 } as const

/** What a query matches of some documents: which those are says nothing about the score. */
export function among(query: Query, hits: readonly { readonly id: string }[]): Query {
  return { ...ALONE, must: [query], filter: [{ kind: 'ids', ids: hits.map(({ id }) => id) }] }
}

function explanationOf(part: Part, scoreOf: (part: Part) => number | undefined): Explanation | undefined {
  const value = scoreOf(part)
  if (value === undefined) return undefined
  if (part.isFilter) {
    const clause: Explanation = { value: 0, description: '# clause', details: [] }
    const matched: Explanation = { value, description: part.description, details: [] }
    return { value: 0, description: 'match on required clause, product of:', details: [clause, matched] }
  }
  const details = part.children.flatMap((child) => explanationOf(child, scoreOf) ?? [])
  return { value, description: part.description, details }
}

function descriptionOf(query: Query): string {
  const name = describeQuery(query)
  switch (query.kind) {
    case 'bool':
      return 'sum of:'
    case 'dis_max':
      return query.tieBreaker === 0 ? 'max of:' : `max plus ${query.tieBreaker} times others of:`
    case 'function_score':
      return 'function score, product of:'
    case 'boosting':
      return `${name}, of:`
    case 'tokens':
      return query.tokens.length > 1 ? 'sum of:' : `weight(${name}) [BM25]`
    case 'phrase':
      return `weight(${name}) [BM25]`
    case 'terms':
      return query.values.length === 1 && typeof query.values[0] === 'string'
        ? `weight(${name}) [BM25]`
        : `ConstantScore(${name})`
    case 'all':
    case 'constant_score':
    case 'nested':
    case 'distance_feature':
      return name
    default:
      return `ConstantScore(${name})`
  }
}
