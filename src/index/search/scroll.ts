import type { IndexAccess } from '../../core/access.ts'
import { parseDurationMs } from '../../core/duration.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { noAggregations } from '../../query/aggs/parse-aggregations.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import type { IndexContext } from '../index-context.ts'
import { searchOptions } from '../names/resolve-names.ts'
import { clusterSetting } from '../settings/cluster-settings.ts'
import { numberSetting } from '../settings/index-settings.ts'
import { missingContext, type Reader, type ReaderLimits, type Scroll } from './open-readers.ts'
import { searchPage, type PageOf, type SearchPrinting } from './search.ts'
import { openTargets, type Searched, type Where } from './targets.ts'

/** Starts a scroll: the first page of a search over the indices as they are now. @returns the answer as text */
export async function startScroll(
  context: IndexContext,
  access: IndexAccess,
  where: Where,
  request: SearchRequest,
  printing: SearchPrinting & { readonly keepAliveMs: number },
  signal: AbortSignal,
): Promise<string> {
  checkScrollable(request)
  const searched = await openTargets(context, access, where, context.clock.now())
  checkBatchSize(searched, request)
  const scroll: Scroll = {
    request,
    after: undefined,
    sent: 0,
    byPlace: request.sort.length === 0 && scoresVary(request),
    total: undefined,
  }
  const reader = await openReader(context, access, searched, { keepAliveMs: printing.keepAliveMs, scroll })
  for (const { index } of searched.searched) index.counters.scrolls += 1
  try {
    return await nextPage(context, access, reader, scroll, printing, signal)
  } catch (error) {
    context.readers.scrolls.close(reader.id, reader.owner)
    throw error
  }
}

/** The next page of a scroll. @throws ElkhornError `search_context_missing_exception` (404) when it has ended */
export async function continueScroll(
  context: IndexContext,
  access: IndexAccess,
  id: string,
  printing: SearchPrinting & { readonly keepAliveMs: number | undefined },
  signal: AbortSignal,
): Promise<string> {
  const reader = context.readers.scrolls.use(
    id,
    access.principal.name,
    printing.keepAliveMs,
    limitsOf(context, 'scroll').maxKeepAliveMs,
  )
  if (!reader.scroll) throw missingContext(id)
  checkStillThere(context, reader)
  return nextPage(context, access, reader, reader.scroll, printing, signal)
}

async function nextPage(
  context: IndexContext,
  access: IndexAccess,
  reader: Reader,
  scroll: Scroll,
  printing: SearchPrinting,
  signal: AbortSignal,
): Promise<string> {
  const isFirst = scroll.total === undefined
  const page: PageOf = {
    reader,
    tie: scroll.byPlace ? 'none' : 'hidden',
    ...(scroll.byPlace ? { from: scroll.sent } : {}),
    ...(scroll.after ? { after: scroll.after } : {}),
    ...(scroll.total ? { total: scroll.total } : {}),
  }
  const { request } = scroll
  const own: SearchRequest = {
    ...request,
    ...(isFirst ? {} : { aggregations: noAggregations, trackTotalHits: 0 }),
    // Hits in the order of arrival have a score nevertheless.
    trackScores: request.trackScores || request.sort.length === 0,
  }
  const where = { ...anyNames, opened: reader.searched, page }
  const { text, hits, total } = await searchPage(context, access, where, own, printing, signal)
  scroll.sent += hits.length
  if (isFirst) scroll.total = total
  if (!scroll.byPlace) scroll.after = hits.at(-1)?.sort ?? scroll.after
  return `{"_scroll_id":"${reader.id}",${text.slice(1)}`
}

/** Names play no part any more but for `indices_boost`. */
const anyNames: Where = { names: [], options: searchOptions, action: 'indices:data/read/scroll' }

/** Keeps a moment of indices, with all that was written before it. */
export async function openReader(
  context: IndexContext,
  access: IndexAccess,
  searched: Searched,
  options: { readonly keepAliveMs: number; readonly scroll?: Scroll },
): Promise<Reader> {
  const uuids = searched.searched.map(({ index }) => index.uuid)
  // What is not searchable yet would appear in the middle of the pages.
  await context.engine.refresh(uuids)
  const stats = await context.engine.stats(uuids)
  const kind = options.scroll ? 'scroll' : 'pit'
  return context.readers[options.scroll ? 'scrolls' : 'pits'].open(
    {
      id: `${context.newUuid()}${context.newUuid()}`,
      owner: access.principal.name,
      searched,
      upTo: new Map([...stats].map(([uuid, { maxSeqNo }]) => [uuid, maxSeqNo])),
      ...options,
    },
    limitsOf(context, kind),
  )
}

export function limitsOf({ catalog }: IndexContext, kind: 'scroll' | 'pit'): ReaderLimits {
  return {
    maxOpen: kind === 'scroll' ? Number(clusterSetting(catalog, 'search.max_open_scroll_context')) : MAX_OPEN_PITS,
    maxKeepAliveMs: parseDurationMs(clusterSetting(catalog, 'search.max_keep_alive'), 'search.max_keep_alive'),
  }
}

/** Points in time at once. */
const MAX_OPEN_PITS = 300

/** @throws ElkhornError `search_context_missing_exception` (404) when one of its indices is gone or was closed */
export function checkStillThere({ catalog }: IndexContext, { id, searched }: Reader): void {
  for (const { index } of searched.searched) {
    if (catalog.findByUuid(index.uuid) === undefined || index.closed) throw missingContext(id)
  }
}

function checkScrollable(request: SearchRequest): void {
  const problems: string[] = []
  if (request.from > 0) problems.push('using [from] is not allowed in a scroll context')
  if (request.size === 0) problems.push('[size] cannot be [0] in a scroll context')
  if (request.trackTotalHits === 0) problems.push('disabling [track_total_hits] is not allowed in a scroll context')
  if (request.raw.rescore !== undefined) problems.push('using [rescore] is not allowed in a scroll context')
  if (request.requestCache === true) problems.push('[request_cache] cannot be used in a scroll context')
  if (request.raw.pit !== undefined) problems.push('using [point in time] is not allowed in a scroll context')
  if (problems.length > 0) {
    const list = problems.map((problem, at) => `${at + 1}: ${problem};`).join(' ')
    throw new ElkhornError('action_request_validation_exception', 400, `Validation Failed: ${list}`)
  }
  if (request.searchAfter) throw illegalArgument('`search_after` cannot be used in a scroll context.')
  if (request.raw.collapse !== undefined) throw illegalArgument('cannot use `collapse` in a scroll context')
}

function checkBatchSize({ searched }: Searched, { size }: SearchRequest): void {
  for (const { index } of searched) {
    const limit = numberSetting(index.settings, 'index.max_result_window')
    if (size > limit) {
      throw illegalArgument(
        `Batch size is too large, size must be less than or equal to: [${limit}] but was [${size}]. Scroll batch sizes cost as much memory as result windows so they are controlled by the [index.max_result_window] index level setting.`,
      )
    }
  }
}

/** Whether hits can have different scores: those of a search without a query, or of its filters alone, cannot. */
function scoresVary({ query, raw }: SearchRequest): boolean {
  if (raw.indices_boost !== undefined) return true
  return query !== undefined && query.kind !== 'match_all'
}

/** `scroll` of a URL or body. @throws ElkhornError (400) */
export function readKeepAlive(written: unknown, name: string): number {
  const ms = parseDurationMs(typeof written === 'string' ? written : String(written), name)
  if (ms <= 0) throw illegalArgument(`[${name}] must be a positive time, was [${String(written)}]`)
  return ms
}
