import type { EngineHit, EngineInnerHits, EngineInnerPage, EngineSearch, EngineSearchResult, SearchTarget } from '../../engine.ts'
import type { AggregationResults, NamedAggregation } from '../../../query/aggregation.ts'
import type { Query } from '../../../query/ast.ts'
import type { ScopePath } from '../../../query/nested-objects.ts'
import type { Tables } from '../tables.ts'
import { KnownCardinalities } from './aggs/known-cardinalities.ts'
import { planAggregations } from './aggs/plan.ts'
import { tellsMatching, type TreeContext, TreeRun } from './aggs/tree-run.ts'
import type { ScratchLanes } from './computed/scratch-table.ts'
import { countDuring } from './hits/count-during.ts'
import { earlyHits, type HitsContext, searchHits } from './hits/hits.ts'
import type { EncodeId } from './hits/page.ts'
import { KnownCounts } from './hits/known-counts.ts'
import { type CountContext, countMatches, type Total, upTo } from './hits/total.ts'
import { answerKey, KnownAnswers } from './known-answers.ts'
import { objectsOfHits } from './nested/inner-hits.ts'
import { Lookups } from './nested/lookups.ts'
import { sortKeysWithin, withSortValues } from './nested/sort-values.ts'
import { and } from './query/condition.ts'
import { computeScored, createScorer, createScoring, type Scoring, UNSCORED, waitsForScore } from './score/scoring.ts'
import { CorpusStatistics } from './score/statistics.ts'
import { SEARCH_LIMITS, type SearchLimits } from './limits.ts'
import { asksTimeAlone, splitMinutes } from './split-minutes.ts'
import { createStatements, isTimeout, type Statements } from './statement.ts'
import { openTargets, type Target, type TargetOptions } from './target.ts'

export interface SearchOptions {
  readonly lanes: ScratchLanes
  readonly tables: Tables
  /** Ids that the engine makes: encodings of sequence numbers. */
  readonly ids: { readonly encode: EncodeId; readonly decode: (uuid: string, id: string) => number | undefined }
  /** Milliseconds that only ever grow. */
  readonly now: () => number
  readonly limits?: SearchLimits
}

export interface Search {
  search(request: EngineSearch): Promise<EngineSearchResult>
  innerHits(request: EngineInnerHits): Promise<readonly EngineInnerPage[]>
  count(targets: readonly SearchTarget[], signal: AbortSignal): Promise<number>
  /** What was answered without hits. */
  readonly answers: Pick<KnownAnswers, 'clear' | 'drop' | 'usage'>
}

const COUNT_TIMEOUT_MS = 60_000

/** Turns searches into statements, and rows back into answers. */
export function createSearch({ lanes, tables, ids, now, limits = SEARCH_LIMITS }: SearchOptions): Search {
  const corpus = new CorpusStatistics()
  const cardinalities = new KnownCardinalities()
  const counts = new KnownCounts()
  const answers = new KnownAnswers()

  const opening = (statements: Statements, lookups: Lookups): TargetOptions => ({
    tables,
    lanes,
    decodeId: ids.decode,
    encodeId: ids.encode,
    statements,
    alsoAsked: () => [],
    alsoNamed: [],
    scoreOf: createScorer(corpus, statements, lookups),
    scriptDocuments: limits.scriptDocuments,
  })

  async function search(request: EngineSearch): Promise<EngineSearchResult> {
    const { signal, timeoutMs } = request
    const statements = createStatements({ lanes, lane: 'reader', signal, timeoutMs, now, memoryBytes: limits.statementBytes })
    const alsoAsked = (position: number): Query[] => filtersOf(request.aggregations, position)
    const all = request.aggregations.some(asksForEmptyTerms)
    const alsoNamed = [request.aggregations, request.sort]
    const alsoRelatives = request.aggregations.some(asksForRelatives)
    const lookups = new Lookups(lanes, statements, limits.statementBytes)
    const options = { ...opening(statements, lookups), alsoAsked, alsoNamed, alsoRelatives, all }
    const open = await openTargets(request.targets, options).catch(async (error: unknown) => {
      await lookups.drop()
      throw error
    })
    try {
      const key = answerKey(request, open.targets)
      const known = key === undefined ? undefined : answers.get(key)
      if (known !== undefined) return { ...known, known: true }
      const keys = [...request.sort.map((key) => ({ key, scope: '' })), ...sortKeysWithin(request.aggregations)]
      const targets = await withSortValues(open.targets, keys, lookups, statements)
      const found = await answer(request, targets, statements, lookups)
      if (key === undefined) return found
      if (!open.targets.some(({ layout }) => layout.overtaken?.() === true)) answers.learn(key, uuidsOf(open.targets), found)
      return { ...found, known: false }
    } finally {
      await Promise.all([open.release(), lookups.drop()])
    }
  }

  async function answer(
    request: EngineSearch,
    open: readonly Target[],
    statements: Statements,
    lookups: Lookups,
  ): Promise<EngineSearchResult> {
    const isScored = needsScores(request) || open.some(waitsForScore)
    const scoring = isScored ? await createScoring(open, createScorer(corpus, statements, lookups)) : UNSCORED
    for (const target of open) await computeScored(target, scoring)
    const { minScore } = request
    const targets = minScore === undefined ? open : open.map((target) => withMinimum(target, minScore, scoring))
    const parts = new Parts()
    const hitsContext: HitsContext = { statements, encodeId: ids.encode, scoring, limits, counts }
    const treeContext: TreeContext = {
      ...hitsContext,
      targets,
      parts: minScore === undefined ? targets.flatMap((target) => splitMinutes(target, limits.minuteRows)) : targets,
      cardinalities,
      maxBuckets: request.maxBuckets,
    }
    const summed = request.aggregations.length === 0 ? undefined : await planTree(request, treeContext)
    const countsItself = summed?.tellsMatching !== true
    const [page, aggregations] = await Promise.all([
      wantsHits(request, countsItself)
        ? parts.run(() => pageAndTotal(request, targets, hitsContext, countsItself), TIMED_OUT)
        : NO_HITS,
      summed === undefined ? NO_AGGREGATIONS : parts.run(() => summed.run(), NO_AGGREGATIONS),
    ])
    const { hits } = page
    const uncounted = page.total === undefined && request.trackTotalHits > 0
    const total = uncounted
      ? await parts.run(() => totalOf(request, targets, summed?.matching(), hitsContext), UNCOUNTED)
      : page.total
    const best = hidesBest(request) ? await parts.run(() => bestHit(targets, hitsContext), NO_HITS) : page
    parts.failIfNothing()
    return { hits, total, maxScore: highest(best.hits), aggregations, timedOut: parts.timedOut > 0 }
  }

  async function innerHits(request: EngineInnerHits): Promise<readonly EngineInnerPage[]> {
    const { signal, timeoutMs, schema, computed } = request
    const statements = createStatements({ lanes, lane: 'reader', signal, timeoutMs, now, memoryBytes: limits.statementBytes })
    const lookups = new Lookups(lanes, statements, limits.statementBytes)
    const options = { ...opening(statements, lookups), alsoNamed: [request.query, request.sort], all: true }
    const open = await openTargets([{ schema, query: { kind: 'all' }, ...(computed && { computed }) }], options)
    try {
      const [documents] = open.targets
      if (documents === undefined) return request.holders.map(() => ({ total: 0, maxScore: null, hits: [] }))
      const score = (target: Target): Promise<Scoring> => createScoring([target], options.scoreOf)
      const keys = request.sort.map((key) => ({ key, scope: request.path }))
      const prepare = async (target: Target): Promise<Target> =>
        (await withSortValues([target], keys, lookups, statements))[0] ?? target
      const context = { statements, encodeId: ids.encode, limits, counts, score, prepare }
      return await objectsOfHits(request, { ...documents, position: request.target }, context)
    } finally {
      await Promise.all([open.release(), lookups.drop()])
    }
  }

  async function count(asked: readonly SearchTarget[], signal: AbortSignal): Promise<number> {
    const memoryBytes = limits.statementBytes
    const statements = createStatements({ lanes, lane: 'reader', signal, timeoutMs: COUNT_TIMEOUT_MS, now, memoryBytes })
    const lookups = new Lookups(lanes, statements, limits.statementBytes)
    const open = await openTargets(asked, opening(statements, lookups)).catch(async (error: unknown) => {
      await lookups.drop()
      throw error
    })
    try {
      return (await countMatches(open.targets, Infinity, { statements, counts })).value
    } finally {
      await Promise.all([open.release(), lookups.drop()])
    }
  }

  return { search, innerHits, count, answers }
}

const uuidsOf = (targets: readonly Target[]): readonly string[] => [...new Set(targets.map(({ layout }) => layout.uuid))]

function needsScores({ size, from, sort, trackScores, minScore, aggregations }: EngineSearch): boolean {
  const hits = from + size > 0 && (sortsByScore(sort) || trackScores)
  return minScore !== undefined || hits || aggregations.some(scoresHits)
}

function sortsByScore(sort: EngineSearch['sort']): boolean {
  return sort.length === 0 || sort.some(({ field }) => field === '_score')
}

function scoresHits({ aggregation, children }: NamedAggregation): boolean {
  const top = (aggregation.kind === 'top_hits' || aggregation.kind === 'top_metrics') && sortsByScore(aggregation.sort)
  const collects = aggregation.kind === 'collected' && aggregation.of.some(({ readsScore }) => readsScore)
  const own = top || collects || aggregation.kind === 'sampler'
  return own || children.some(scoresHits)
}

const NO_AGGREGATIONS: AggregationResults = new Map()

/** A tree of aggregations, ready to be computed. */
interface PlannedTree {
  /** Whether it will probably know the number of matches. */
  readonly tellsMatching: boolean
  run(): Promise<AggregationResults>
  matching(): number | undefined
}

async function planTree({ aggregations }: EngineSearch, context: TreeContext): Promise<PlannedTree> {
  const plan = await planAggregations(aggregations, context)
  const tree = new TreeRun(context)
  return { tellsMatching: tellsMatching(plan), run: () => tree.run(plan), matching: () => tree.matching }
}

function asksForEmptyTerms({ aggregation, children }: NamedAggregation): boolean {
  return (aggregation.kind === 'terms' && aggregation.minDocCount === 0) || children.some(asksForEmptyTerms)
}

function asksForRelatives({ aggregation, children }: NamedAggregation): boolean {
  return aggregation.kind === 'relatives' || children.some(asksForRelatives)
}

/** Queries within aggregations, as one target is asked them. */
function filtersOf(aggregations: readonly NamedAggregation[], position: number, scope: ScopePath = ''): Query[] {
  return aggregations.flatMap(({ aggregation, children }) => {
    const inside = aggregation.kind === 'nested' || aggregation.kind === 'reverse_nested' ? aggregation.path : scope
    const filters =
      aggregation.kind === 'filter'
        ? [aggregation.query]
        : aggregation.kind === 'filters'
          ? aggregation.filters.map(({ query }) => query)
          : aggregation.kind === 'relatives'
            ? [aggregation.relations.map((relation): Query => relation?.query ?? { kind: 'none' })]
            : []
    const own = filters.flatMap((filter) => filter[position] ?? [])
    return [...own.map((query) => asWithin(query, scope)), ...filtersOf(children, position, inside)]
  })
}

/** A query about nested objects, as one about documents. */
function asWithin(query: Query, scope: ScopePath): Query {
  return scope === '' ? query : { kind: 'nested', path: scope, query, scoreMode: 'none' }
}

function withMinimum(target: Target, minScore: number, scoring: Scoring): Target {
  return { ...target, matches: and([target.matches, scoring.atLeast(minScore, target), scoring.announce(target)]) }
}

const NO_HITS: PageAndTotal = { hits: [], total: undefined }
const UNCOUNTED: Total = { value: 0, relation: 'gte' }
const TIMED_OUT: PageAndTotal = { hits: [], total: UNCOUNTED }

function wantsHits({ size, trackTotalHits }: EngineSearch, counts: boolean): boolean {
  return size > 0 || (counts && trackTotalHits > 0)
}

/** The number of matches that the aggregations told, or else counts them. */
async function totalOf(
  { trackTotalHits: limit }: EngineSearch,
  targets: readonly Target[],
  matching: number | undefined,
  context: CountContext,
): Promise<Total> {
  return matching === undefined ? countMatches(targets, limit, context) : upTo(matching, limit)
}

interface PageAndTotal {
  readonly hits: readonly EngineHit[]
  readonly total: Total | undefined
}

/** The page and the number of matches: side by side, or together where one pass over the documents tells both. */
async function pageAndTotal(
  request: EngineSearch,
  targets: readonly Target[],
  context: HitsContext,
  counts: boolean,
): Promise<PageAndTotal> {
  const limit = counts ? request.trackTotalHits : 0
  const [only] = targets
  const together =
    request.size > 0 && limit > 0 && targets.length === 1 && only !== undefined && mayTellTotal(only, request, context)
  const [page, counted] = await Promise.all([
    searchHits({ ...request, mayCount: together }, targets, context),
    limit > 0 && !together ? countAll(request, targets, limit, context) : undefined,
  ])
  if (page.total !== undefined && limit > 0) return { hits: page.hits, total: upTo(page.total, limit) }
  const total = together ? await countMatches(targets, limit, context) : counted
  return { hits: page.hits, total }
}

/** Matches beside a page: what is searched for by time alone is counted by minutes. */
function countAll({ minScore }: EngineSearch, targets: readonly Target[], limit: number, context: CountContext): Promise<Total> {
  const [only] = targets
  if (only === undefined || targets.length > 1 || minScore !== undefined) return countMatches(targets, limit, context)
  const isByTime = asksTimeAlone(only.query, only.schema.timeField)
  return isByTime ? countDuring(only, limit, context) : countMatches(targets, limit, context)
}

/** Whether the page of hits is likely to know the number of matches. */
function mayTellTotal(target: Target, request: EngineSearch, context: HitsContext): boolean {
  if (context.scoring.word(target) !== undefined) return true
  return target.isDear && earlyHits(request, [target], context) === undefined
}

/** Whether the page may lack the best of the documents that are scored. */
function hidesBest({ from, size, sort, searchAfter, trackScores }: EngineSearch): boolean {
  return size > 0 && (sort.length === 0 ? from > 0 || searchAfter !== undefined : trackScores)
}

async function bestHit(targets: readonly Target[], context: HitsContext): Promise<PageAndTotal> {
  const alone = { from: 0, size: 1, sort: [], trackScores: true, source: false, mayCount: false }
  return { hits: (await searchHits(alone, targets, context)).hits, total: undefined }
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
