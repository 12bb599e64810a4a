import type { Engine, EngineHit, SearchTarget } from '../../engine/engine.ts'
import { matchNone } from '../../query/ast.ts'
import { among } from './explain.ts'
import { PLAIN_SEARCH } from './plain-search.ts'
import { printScore } from './print-hit.ts'

/** A named query, bound to the targets of the search. */
export interface BoundName {
  readonly name: string
  readonly targets: readonly SearchTarget[]
}

interface Asked {
  readonly hits: readonly EngineHit[]
  /** Whether the scores that the queries gave are shown. */
  readonly withScores: boolean
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * `matched_queries` of each hit as JSON text, in the order of the hits: each named query is asked about the hits alone.
 * `undefined` where none matched.
 */
export async function matchedQueries(
  engine: Engine,
  names: readonly BoundName[],
  { hits, withScores, timeoutMs, signal }: Asked,
): Promise<readonly (string | undefined)[]> {
  if (hits.length === 0) return []
  const matched = hits.map((): [string, number][] => [])
  const places = new Map(hits.map((hit, i) => [`${hit.target} ${hit.seqNo}`, i]))
  for (const { name, targets } of names) {
    const asked = targets.map((target, position) => {
      const own = hits.filter((hit) => hit.target === position)
      return { ...target, query: own.length === 0 ? matchNone : among(target.query, own) }
    })
    const search = { ...PLAIN_SEARCH, targets: asked, size: hits.length, source: false, trackScores: withScores }
    for (const { target, seqNo, score } of (await engine.search({ ...search, timeoutMs, signal })).hits) {
      const place = places.get(`${target} ${seqNo}`)
      if (place !== undefined) matched[place]?.push([name, score ?? 0])
    }
  }
  return matched.map((own) => {
    if (own.length === 0) return undefined
    if (!withScores) return JSON.stringify(own.map(([name]) => name))
    return `{${own.map(([name, score]) => `${JSON.stringify(name)}:${printScore(score)}`).join(',')}}`
  })
}
