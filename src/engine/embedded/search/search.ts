import type { EngineHit, EngineSearch, EngineSearchResult, SearchTarget } from '../../engine.ts'
import type { AggregationResults, NamedAggregation } from '../../../query/aggregation.ts'
import type { Query } from '../../../query/ast.ts'
import type { Lanes } from '../lanes.ts'
import { sql } from '../sql.ts'
import type { Tables } from '../tables.ts'
import { KnownCardinalities } from './aggs/known-cardinalities.ts'
import { planAggregations } from './aggs/plan.ts'
import { GROUP_LIMITS, type GroupLimits, type TreeContext, TreeRun } from './aggs/tree-run.ts'
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
  readonly limits?: GroupLimits
}

export interface Search {
  search(request: EngineSearch): Promise<EngineSearchResult>
  count(targets: readonly SearchTarget[], signal: AbortSignal): Promise<number>
}

const COUNT_TIMEOUT_MS = 60_000

/** Turns searches into statements, and rows back into answers. */
export function createSearch({ lanes, tables, ids, now, limits = GROUP_LIMITS }: SearchOptions): Search {
  const lengths = new LengthStatistics()
  const cardinalities = new KnownCardinalities()

  async function search(request: EngineSearch): Promise<EngineSearchResult> {
    const { signal, timeoutMs } = request
    const statements = createStatements({ lanes, lane: 'reader', signal, timeoutMs, now })
    const alsoAsked = (position: number): Query[] => filtersOf(request.aggregations, position)
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
    const hitsContext = { statements, encodeId: ids.encode, scoring }
    const [hits, total, aggregations] = await Promise.all([
      parts.run(() => searchHits(request, targets, hitsContext), []),
      parts.run(() => totalOf(request, targets, statements), { value: 0, relation: 'gte' } as const),
      parts.run(
        () => aggregate(request, { ...hitsContext, targets, cardinalities, limits, maxBuckets: request.maxBuckets }),
        NO_AGGREGATIONS,
      ),
    ])
    parts.failIfNothing()
    return { hits, total, maxScore: highest(hits), aggregations, timedOut: parts.timedOut > 0 }
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

function needsScores({ size, from, sort, trackScores, minScore, aggregations }: EngineSearch): boolean {
  const hits = from + size > 0 && (sortsByScore(sort) || trackScores)
  return minScore !== undefined || hits || aggregations.some(scoresHits)
}

function sortsByScore(sort: EngineSearch['sort']): boolean {
  return sort.length === 0 || sort.some(({ field }) => field === '_score')
}

function scoresHits({ aggregation, children }: NamedAggregation): boolean {
  const own = (aggregation.kind === 'top_hits' || aggregation.kind === 'top_metrics') && sortsByScore(aggregation.sort)
  return own || children.some(scoresHits)
}

const NO_AGGREGATIONS: AggregationResults = new Map()

async function aggregate({ aggregations }: EngineSearch, context: TreeContext): Promise<AggregationResults> {
  if (aggregations.length === 0) return NO_AGGREGATIONS
  return new TreeRun(context).run(await planAggregations(aggregations, context))
}

/** Queries within aggregations, as one target is asked them. */
function filtersOf(aggregations: readonly NamedAggregation[], position: number): Query[] {
  return aggregations.flatMap(({ aggregation, children }) => {
    const filters =
      aggregation.kind === 'filter'
        ? [aggregation.query]
        : aggregation.kind === 'filters'
          ? aggregation.filters.map(({ query }) => query)
          : []
    return [...filters.flatMap((filter) => filter[position] ?? []), ...filtersOf(children, position)]
  })
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
