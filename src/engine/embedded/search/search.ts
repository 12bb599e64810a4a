import type { EngineHit, EngineSearch, EngineSearchResult, SearchTarget } from '../../engine.ts'
import type { AggregationResults } from '../../../query/aggregation.ts'
import type { Lanes } from '../lanes.ts'
import { sql } from '../sql.ts'
import type { Tables } from '../tables.ts'
import { searchHits } from './hits/hits.ts'
import type { EncodeId } from './hits/page.ts'
import { countMatches, type Total } from './hits/total.ts'
import { and } from './query/condition.ts'
import { createScoring, type Scoring } from './score/scoring.ts'
import { LengthStatistics } from './score/statistics.ts'
import { createStatements, isTimeout, type Statements } from './statement.ts'
import { openTargets, type Target } from './target.ts'

export interface SearchOptions {
  readonly lanes: Lanes
  readonly tables: Tables
  /** Ids that the engine makes: encodings of sequence numbers. */
  readonly ids: { readonly encode: EncodeId; readonly decode: (uuid: string, id: string) => number | undefined }
  /** Milliseconds that only ever grow. */
  readonly now: () => number
}

export interface Search {
  search(request: EngineSearch): Promise<EngineSearchResult>
  count(targets: readonly SearchTarget[], signal: AbortSignal): Promise<number>
}

const COUNT_TIMEOUT_MS = 60_000

/** Turns searches into statements, and rows back into answers. */
export function createSearch({ lanes, tables, ids, now }: SearchOptions): Search {
  const lengths = new LengthStatistics()

  async function search(request: EngineSearch): Promise<EngineSearchResult> {
    const { signal, timeoutMs } = request
    const statements = createStatements({ lanes, lane: 'reader', signal, timeoutMs, now })
    const alsoAsked = (): readonly [] => []
    const open = await openTargets(request.targets, { tables, decodeId: ids.decode, statements, alsoAsked })
    try {
      return await answer(request, open.targets, statements)
    } finally {
      open.release()
    }
  }

  async function answer(request: EngineSearch, open: readonly Target[], statements: Statements): Promise<EngineSearchResult> {
    const scoring = needsScores(request) ? await createScoring(open, lengths, statements) : NO_SCORING
    const { minScore } = request
    const targets = minScore === undefined ? open : open.map((target) => withMinimum(target, minScore, scoring))
    const parts = new Parts()
    const [hits, total, maxScore] = await Promise.all([
      parts.run(() => searchHits(request, targets, { statements, encodeId: ids.encode, scoring }), []),
      parts.run(() => totalOf(request, targets, statements), { value: 0, relation: 'gte' } as const),
      Promise.resolve(null),
    ])
    parts.failIfNothing()
    if (request.aggregations.length > 0) throw new Error('aggregations are not computed yet')
    const aggregations: AggregationResults = new Map()
    return { hits, total, maxScore: maxScore ?? highest(hits), aggregations, timedOut: parts.timedOut > 0 }
  }

  async function count(asked: readonly SearchTarget[], signal: AbortSignal): Promise<number> {
    const statements = createStatements({ lanes, lane: 'reader', signal, timeoutMs: COUNT_TIMEOUT_MS, now })
    const open = await openTargets(asked, { tables, decodeId: ids.decode, statements, alsoAsked: () => [] })
    try {
      return (await countMatches(open.targets, Infinity, statements)).value
    } finally {
      open.release()
    }
  }

  return { search, count }
}

function needsScores({ size, from, sort, trackScores, minScore }: EngineSearch): boolean {
  if (minScore !== undefined) return true
  return from + size > 0 && (sort.length === 0 || trackScores || sort.some(({ field }) => field === '_score'))
}

const NO_SCORING: Scoring = {
  varies: false,
  of: () => sql`0`,
  announce: () => ({ kind: 'always' }),
  atLeast: () => ({ kind: 'always' }),
}

function withMinimum(target: Target, minScore: number, scoring: Scoring): Target {
  return { ...target, matches: and([target.matches, scoring.atLeast(minScore, target), scoring.announce(target)]) }
}

async function totalOf(
  { trackTotalHits }: EngineSearch,
  targets: readonly Target[],
  statements: Statements,
): Promise<Total | undefined> {
  return trackTotalHits > 0 ? countMatches(targets, trackTotalHits, statements) : undefined
}

function highest(hits: readonly EngineHit[]): number | null {
  return hits.reduce<number | null>((max, { score }) => (score === null ? max : Math.max(score, max ?? score)), null)
}

/** Parts of one answer, of which some may run out of time. */
class Parts {
  timedOut = 0
  #ran = 0
  #error: unknown

  async run<T>(part: () => Promise<T>, ifTimedOut: T): Promise<T> {
    this.#ran++
    try {
      return await part()
    } catch (error) {
      if (!isTimeout(error)) throw error
      this.timedOut++
      this.#error = error
      return ifTimedOut
    }
  }

  failIfNothing(): void {
    if (this.timedOut > 0 && this.timedOut === this.#ran) throw this.#error
  }
}
