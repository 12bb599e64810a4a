import type { EngineHit, EngineSearch } from '../../../engine.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { ALWAYS, and, type Condition } from '../query/condition.ts'
import { rangeCondition } from '../query/range.ts'
import type { SearchLimits } from '../limits.ts'
import type { Scoring } from '../score/scoring.ts'
import { asksTimeAlone } from '../split-minutes.ts'
import type { Target } from '../target.ts'
import { bestOfWord } from './best-of-word.ts'
import { earlyPart } from './early-part.ts'
import { type EncodeId, type FoundHit, loadSources, type PageRequest, SCORE, type SelectedHits, selectHits } from './page.ts'
import { afterCondition } from './search-after.ts'
import type { CountContext } from './total.ts'
import { bindSort, type BoundSortKey, compareSortValues } from './sort-key.ts'

export interface HitsContext extends CountContext {
  readonly encodeId: EncodeId
  readonly scoring: Scoring
  readonly limits: SearchLimits
}

export interface HitsRequest extends Pick<EngineSearch, 'from' | 'size' | 'sort' | 'searchAfter' | 'trackScores' | 'source'> {
  /** Count all matches along with the page, where that costs less than counting them by themselves. */
  readonly mayCount: boolean
}

export interface HitsPage {
  readonly hits: readonly EngineHit[]
  /** All matches, where they were counted or known. */
  readonly total: number | undefined
}

/** The page of hits that a search asks for: the best of each target, merged, with the sources of the page alone. */
export async function searchHits(request: HitsRequest, targets: readonly Target[], context: HitsContext): Promise<HitsPage> {
  const { scoring } = context
  const byScore = request.sort.length === 0 && scoring.varies
  const sort = bindSort(byScore ? BY_SCORE : request.sort, targets, () => SCORE)
  const scored =
    byScore || request.trackScores || request.sort.length === 0 || request.sort.some(({ field }) => field === '_score')
  const pageOf = (target: Target, offset: number, limit: number, source: boolean): PageRequest => ({
    sort,
    within: request.searchAfter === undefined ? ALWAYS : afterCondition(sort, request.searchAfter, target),
    after: request.searchAfter?.[0] ?? undefined,
    offset,
    limit,
    source,
    score: scored ? (one) => scoring.of(one) : undefined,
    announce: scored ? scoring.announce(target) : ALWAYS,
  })

  const [only] = targets
  if (only !== undefined && targets.length === 1) {
    const page = pageOf(only, request.from, request.size, request.source)
    const word = byScore && request.searchAfter === undefined ? scoring.word(only) : undefined
    if (word !== undefined) return bestOfWord(only, word, page, context)
    const early = earlyHits(request, targets, context)
    const first = early && (await selectHits(early, page, context.statements, context.encodeId))
    if (first?.hits.length === page.limit) return first
    const count = request.mayCount && request.searchAfter === undefined && only.isDear
    return pick(only, { ...page, count }, context)
  }
  const wanted = request.from + request.size
  const ask = async (target: Target): Promise<FoundHit[]> =>
    (await pick(target, { ...pageOf(target, 0, wanted, false), row: request.source }, context)).hits
  const page = (await gather(targets, sort, wanted, ask)).slice(request.from, wanted)
  if (!request.source) return { hits: page, total: undefined }
  const sources = await sourcesOf(page, targets, sort, context)
  return { hits: page.map((hit) => ({ ...hit, row: undefined, source: sources(hit) })), total: undefined }
}

/** Where the hits of a search in the order of arrival are looked for first, if that is less than everything. */
export function earlyHits(
  { from, size, sort, searchAfter }: Omit<HitsRequest, 'mayCount'>,
  [only, ...others]: readonly Target[],
  { scoring }: Pick<HitsContext, 'scoring'>,
): Target | undefined {
  if (only === undefined || others.length > 0 || size === 0) return undefined
  if (sort.length > 0 || scoring.varies || searchAfter !== undefined) return undefined
  return earlyPart(only, from + size)
}

const BY_SCORE = [{ field: '_score', order: 'desc', missing: 'last', mode: 'max' }] as const

/** The first `wanted` hits of all targets. Targets in the order of time are asked one after the other, until it is enough. */
async function gather(
  targets: readonly Target[],
  sort: readonly BoundSortKey[],
  wanted: number,
  ask: (target: Target) => Promise<FoundHit[]>,
): Promise<readonly FoundHit[]> {
  const merge = (hits: readonly FoundHit[]): FoundHit[] =>
    hits.toSorted((a, b) => compareSortValues(sort, a.sort, b.sort) || a.target - b.target || a.seqNo - b.seqNo).slice(0, wanted)
  const first = sort[0]
  if (first === undefined || !targets.every((target) => readsByTime(first, target))) {
    return merge((await Promise.all(targets.map(ask))).flat())
  }
  const newestFirst = first.key.order === 'desc'
  const start = ({ layout }: Target): number => (newestFirst ? -(layout.maxTime ?? -Infinity) : (layout.minTime ?? Infinity))
  let hits: FoundHit[] = []
  for (const target of targets.toSorted((a, b) => start(a) - start(b))) {
    const last = hits.length < wanted ? undefined : hits.at(-1)?.sort[0]
    if (typeof last === 'number' && start(target) > (newestFirst ? -last : last)) break
    hits = merge([...hits, ...(await ask(target))])
  }
  return hits
}

/** Hits of one target, read in the order of time where that is what the sort begins with. */
async function pick(target: Target, page: PageRequest, { statements, encodeId }: HitsContext): Promise<SelectedHits> {
  if (page.limit === 0) return { hits: [], total: undefined }
  const first = page.sort[0]
  const window =
    page.count !== true && first !== undefined && readsByTime(first, target) ? firstWindow(target, first, page) : undefined
  if (window === undefined) return selectHits(target, page, statements, encodeId)
  const found = await selectHits(
    target,
    { ...page, within: and([page.within, window.condition]), ordered: window.ordered },
    statements,
    encodeId,
  )
  if (found.hits.length === page.limit || window.condition.kind === 'always') return found
  return selectHits(target, { ...page, ordered: window.orderedBeyond }, statements, encodeId)
}

/** Whether a table's own order is that of the sort. */
export function readsByTime({ key }: BoundSortKey, { schema, layout }: Target): boolean {
  if (key.field !== schema.timeField || layout.hasMissingTime) return false
  const column = layout.column(key.field)
  return column !== undefined && column.arrayName === undefined && column.name === layout.timeColumn
}

/** A window holds so many times the documents that are wanted: they come in bursts. */
const WINDOW_MARGIN = 16
/** Reading in order has one thread; beyond so many rows a scan of all with all threads is not slower. */
const ORDERED_ROWS = 500_000

interface Window {
  readonly condition: Condition
  /** Read in the order of the key, which ends as soon as the page is full. */
  readonly ordered: Sql | undefined
  /** The same for everything, if the window does not fill the page. */
  readonly orderedBeyond: Sql | undefined
}

/**
 * The newest (or oldest) stretch of time to look at first. Without further filters it is just wide enough for the page:
 * 7 ms with the sources of 100 documents, 11 when read in order. With filters its width says little, so it is read in
 * order: 10 to 14 ms for filters that half of 2 M documents pass, 35 to 45 when all are scanned.
 */
function firstWindow(target: Target, first: BoundSortKey, { offset, limit, after }: PageRequest): Window {
  const { layout, schema, time, query } = target
  const { minuteColumn, slotMinutes, minTime, maxTime } = layout
  const column = layout.column(first.key.field)
  if (
    column === undefined ||
    minuteColumn === undefined ||
    slotMinutes === undefined ||
    minTime === undefined ||
    maxTime === undefined
  ) {
    return { condition: ALWAYS, ordered: undefined, orderedBeyond: undefined }
  }
  const newestFirst = first.key.order === 'desc'
  const inOrder = sql`intDiv(${identifier(minuteColumn)}, ${slotMinutes}) ${newestFirst ? sql`DESC` : sql`ASC`}`
  const plain = asksTimeAlone(query, schema.timeField)
  const rows = plain ? (offset + limit) * WINDOW_MARGIN : ORDERED_ROWS
  const last = typeof after === 'number' ? after : undefined
  const from = Math.max(minTime, time.from, newestFirst ? -Infinity : (last ?? -Infinity))
  const to = Math.min(maxTime + 1, time.to, newestFirst ? (last ?? Infinity) + 1 : Infinity)
  const widthMs = Math.ceil((rows * (maxTime - minTime + 1)) / layout.rows)
  if (widthMs * 2 >= to - from) return { condition: ALWAYS, ordered: inOrder, orderedBeyond: undefined }
  const condition = rangeCondition(column, newestFirst ? { gte: to - widthMs } : { lt: from + widthMs }, layout)
  return plain
    ? { condition, ordered: undefined, orderedBeyond: inOrder }
    : { condition, ordered: inOrder, orderedBeyond: undefined }
}

/** Sources of hits that were found without them. */
export async function sourcesOf(
  found: readonly FoundHit[],
  targets: readonly Target[],
  sort: readonly BoundSortKey[],
  { statements }: HitsContext,
): Promise<(hit: EngineHit) => Uint8Array | undefined> {
  const sources = new Map<number, ReadonlyMap<number, Uint8Array>>()
  await Promise.all(
    targets.map(async (target) => {
      const hits = found.filter((hit) => hit.target === target.position)
      if (hits.length > 0) sources.set(target.position, await loadSources(target, hits, spanOf(hits, target, sort), statements))
    }),
  )
  return (hit) => sources.get(hit.target)?.get(hit.seqNo)
}

/** The time between the first and the last hit, where the sort tells it: only that part of the table is looked at. */
function spanOf(hits: readonly EngineHit[], target: Target, sort: readonly BoundSortKey[]): Condition {
  const at = sort.findIndex(({ key }) => key.field === target.schema.timeField)
  const column = at < 0 ? undefined : target.layout.column(sort[at]?.key.field ?? '')
  const times = hits.flatMap((hit) => (typeof hit.sort[at] === 'number' ? [hit.sort[at]] : []))
  if (column === undefined || column.arrayName !== undefined || times.length < hits.length) return ALWAYS
  return rangeCondition(column, { gte: Math.min(...times), lte: Math.max(...times) }, target.layout)
}
