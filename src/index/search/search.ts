import type { IndexAccess } from '../../core/access.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { RawJson } from '../../core/raw-json.ts'
import type { Engine, EngineHit, EngineSearch, EngineSearchResult, SearchTarget } from '../../engine/engine.ts'
import type { AggregationResults } from '../../query/aggregation.ts'
import type { TopHitsOptions } from '../../query/aggs/definition.ts'
import { bindAggregations, type BoundAggregations } from '../../query/aggs/run-aggregations.ts'
import { parseHighlight } from '../../query/highlight/highlight-request.ts'
import { readFields, readSource } from '../../query/parse-search.ts'
import type { Field, FieldValue } from '../../query/field.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import { bindSearchAfter, bindSort, SHARD_DOC, type SortKey } from '../../query/sort.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { strings } from '../templates/parse-template.ts'
import { clusterSetting } from '../settings/cluster-settings.ts'
import { booleanSetting, numberSetting } from '../settings/index-settings.ts'
import { withRuntimeFields } from './bind-context.ts'
import { collapseField, parseCollapse, printGroup, searchCollapsed, type Collapse, type CollapsedHit } from './collapse.ts'
import { explainHits, type Explanation } from './explain.ts'
import { indexBoosts } from './index-boosts.ts'
import { innerHitsOf, printInnerHits, type InnerHits } from './inner-hits.ts'
import { matchedQueries, type BoundName } from './matched-queries.ts'
import { percolationsOf } from './percolate/percolations.ts'
import { HitPrinter, joinObjects, printScore, type HitOptions } from './print-hit.ts'
import { allShardsFailed, printFailure, reduced, type SearchFailure } from './search-failure.ts'
import { profileSearch } from './profile.ts'
import { checkRescore, parseRescore, type Rescorer, searchRescored } from './rescore.ts'
import type { Reader } from './open-readers.ts'
import { readSlice } from './slice.ts'
import { parseScriptFields } from './script-fields.ts'
import { suggest } from './suggest/suggest.ts'
import { skipIndices } from './skip-indices.ts'
import { bindTargets, openTargets, type Searched, type SearchedIndex, type Where } from './targets.ts'

/** How the answer is written, beside what the request itself says. */
export interface SearchPrinting {
  readonly typedKeys: boolean
  readonly totalAsInt: boolean
  /** Id of this node, which failures name. */
  readonly node: string
  /** Where only some indices fail: answer with the others. */
  readonly allowPartial: boolean
  /** Sources of hits as JSON strings. */
  readonly sourceAsText?: boolean
  /** Named queries with the scores that they gave. */
  readonly namedScores?: boolean
}

/** Which page of which moment is asked for; without it the first page of now. */
export interface PageOf {
  readonly reader: Reader
  /** Hits with the same sort values are told apart by an order of their own, so that pages neither repeat nor skip any. */
  readonly tie: 'shown' | 'hidden' | 'none'
  /** Sort values of the last hit of the page before, the tie among them. */
  readonly after?: readonly (FieldValue | null)[]
  readonly from?: number
  /** Matches, where they were counted for an earlier page. */
  readonly total?: EngineSearchResult['total']
}

/** A page of hits: the answer, and what the next page begins after. */
export interface SearchedPage {
  readonly text: string
  readonly hits: readonly EngineHit[]
  readonly total: EngineSearchResult['total']
}

/** How long a search may take that does not say. */
const DEFAULT_TIMEOUT_MS = 5 * 60_000

/**
 * Runs a search over the indices that names stand for and writes the answer as JSON text: sources are copied byte for byte.
 * @throws ElkhornError for what is wrong with the request; `search_phase_execution_exception` when no index could answer
 */
export async function search(
  context: IndexContext,
  access: IndexAccess,
  where: Where,
  request: SearchRequest,
  printing: SearchPrinting,
  signal: AbortSignal,
): Promise<string> {
  if (request.raw.slice !== undefined) {
    throw new ElkhornError(
      'action_request_validation_exception',
      400,
      'Validation Failed: 1: [slice] can only be used with [scroll] or [point-in-time] requests;',
    )
  }
  const opened = await openTargets(context, access, where, context.clock.now())
  const { text } = await searchPage(context, access, { ...where, opened }, request, printing, signal)
  return text
}

/** As `search`, over indices that are open already, at a moment that was kept. */
export async function searchPage(
  context: IndexContext,
  access: IndexAccess,
  where: Where & { readonly opened: Searched; readonly page?: PageOf },
  request: SearchRequest,
  printing: SearchPrinting,
  signal: AbortSignal,
): Promise<SearchedPage> {
  const started = performance.now()
  refuseUnsupported(request)
  const now = context.clock.now()
  const { opened, page } = where
  const boosts = indexBoosts(
    { catalog: context.catalog, access, action: where.action, now },
    request.raw.indices_boost,
    where.options,
  )
  const options: PreparedRequest = { ...request, boosts, page, sourceAsText: printing.sourceAsText === true }
  const searched = skipIndices(context.engine, options, opened.searched)
  const skipped = opened.searched.length - searched.length
  const prepared = prepare(context, access, options, searched, opened.failures)
  const { failures } = prepared
  if (failures.length > 0 && (prepared.bound.length === 0 || !printing.allowPartial))
    throw allShardsFailed(failures, printing.node)
  try {
    const searches = prepared.bound.length > 0 && !onlySuggests(request)
    const result = searches ? await runInTime(context, prepared, request, printing, signal) : nothingFound(request)
    const tookMs = Math.round(performance.now() - started)
    for (const { index } of prepared.bound) {
      if (result.known !== undefined) index.counters[result.known ? 'knownAnswers' : 'newAnswers'] += 1
      index.counters.searches += 1
      index.counters.searchMs += tookMs
    }
    const groups = await groupsOf(context, prepared, request, printing, { access, signal })
    const inner = await innerHitsFor(context, prepared, request, printing, { access, signal, hits: result.hits })
    const suggested = await suggestFor(context, prepared, request, printing, signal)
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS
    const explained = request.explain
      ? await explainHits(context.engine, { targets: prepared.hits.targets, hits: result.hits, timeoutMs, signal })
      : undefined
    const matched = await matchedQueries(context.engine, prepared.named, {
      hits: result.hits,
      withScores: printing.namedScores === true,
      timeoutMs,
      signal,
    })
    const profile =
      request.profile && searches && !result.timedOut
        ? await profileSearch(context.engine, engineSearch(context, prepared, request, signal), printing.node)
        : undefined
    const text = printAnswer(result, prepared, request, printing, {
      tookMs,
      indices: opened.indices,
      skipped,
      access,
      suggested,
      groups,
      inner,
      explained,
      matched,
      profile,
    })
    return { text, hits: result.hits, total: result.total }
  } catch (error) {
    throw failedScript(error, prepared.bound, printing)
  }
}

async function groupsOf(
  { engine, catalog }: Pick<IndexContext, 'engine' | 'catalog'>,
  { collapse, bound, hits }: Prepared,
  request: SearchRequest,
  { totalAsInt }: SearchPrinting,
  { access, signal }: { readonly access: IndexAccess; readonly signal: AbortSignal },
): Promise<readonly Awaited<ReturnType<typeof printGroup>>[]> {
  if (!collapse) return []
  const base = {
    maxBuckets: Number(clusterSetting(catalog, 'search.max_buckets')),
    timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    signal,
  }
  const search = (one: EngineSearch): Promise<EngineSearchResult> => engine.search(one)
  const { fields, groups } = collapse
  const printing = { searched: bound, targets: hits.targets, fields, query: request.query, access, search, base, totalAsInt }
  return Promise.all(groups.map((group) => printGroup(group, collapse.request, printing)))
}

async function innerHitsFor(
  { engine }: Pick<IndexContext, 'engine'>,
  { innerHits, bound: searched }: Prepared,
  request: SearchRequest,
  { totalAsInt, node }: SearchPrinting,
  { access, signal, hits }: { readonly access: IndexAccess; readonly signal: AbortSignal; readonly hits: readonly EngineHit[] },
): Promise<readonly (string | undefined)[]> {
  const base = { timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal }
  return printInnerHits(innerHits, hits, { searched, access, engine, base, totalAsInt, node })
}

type Group = Awaited<ReturnType<typeof printGroup>>

/** What a hit shows beside itself: of its group, and of its nested objects. */
function withInner(group: Group | undefined, innerHits: string | undefined): Group | undefined {
  return innerHits === undefined ? group : { fields: group?.fields, innerHits: joinObjects(group?.innerHits, innerHits) }
}

/** Suggestions alone are no search: there are no hits then, instead of all documents. */
const onlySuggests = ({ raw, query, postFilter, aggregations }: SearchRequest): boolean =>
  raw.suggest !== undefined && query === undefined && postFilter === undefined && aggregations.aggregations.length === 0

async function suggestFor(
  context: IndexContext,
  { bound, printer }: Prepared,
  { raw }: SearchRequest,
  { typedKeys }: SearchPrinting,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  if (raw.suggest === undefined) return undefined
  return suggest(raw.suggest, { context, searched: bound, signal }, { typedKeys, printHit: (hit) => printer.print(hit) })
}

/** Parts of the request that are read, but that nothing answers yet: silence would be a wrong answer. */
function refuseUnsupported({ raw }: SearchRequest): void {
  const {
    ext: _ext,
    stats: _stats,
    indices_boost: _boost,
    pit: _pit,
    slice: _slice,
    highlight: _highlight,
    collapse: _collapse,
    runtime_mappings: _runtime,
    suggest: _suggest,
    script_fields: _scripts,
    rescore: _rescore,
    ...others
  } = raw
  const [name] = Object.keys(others)
  if (name !== undefined) throw illegalArgument(`[${name}] in a search is not supported yet`)
}

/** A request with what its `indices_boost` came to and how its sources are printed. */
type PreparedRequest = SearchRequest & {
  readonly boosts: ReadonlyMap<string, number>
  readonly page: PageOf | undefined
  readonly sourceAsText: boolean
}

interface Prepared {
  readonly bound: readonly SearchedIndex[]
  readonly failures: readonly SearchFailure[]
  readonly hits: Pick<EngineSearch, 'targets' | 'sort' | 'searchAfter'>
  /** With `post_filter` aggregations see more than the hits do: they are a search of their own. */
  readonly unfiltered: EngineSearch['targets'] | undefined
  /** All that may be seen, whatever the query is. */
  readonly everything: EngineSearch['targets']
  readonly aggregations: BoundAggregations
  readonly printer: HitPrinter
  /** Hits of one value of a field each; `groups` are filled by the search. */
  readonly collapse:
    | { readonly request: Collapse; readonly fields: readonly Field[]; groups: readonly CollapsedHit[] }
    | undefined
  readonly innerHits: readonly InnerHits[]
  readonly named: readonly BoundName[]
  readonly rescorers: readonly Rescorer[]
  readonly from: number | undefined
  readonly knownTotal: EngineSearchResult['total']
}

/**
 * Binds all parts of a request. What some indices cannot do makes those fail and not the others, so the binding is done
 * again without them.
 */
function prepare(
  context: IndexContext,
  access: IndexAccess,
  request: PreparedRequest,
  searched: readonly SearchedIndex[],
  earlier: readonly SearchFailure[],
): Prepared {
  const failures = [...earlier]
  const usable = searched.flatMap((one) => {
    try {
      return [{ one, alone: prepareAll(context, access, request, [one]) }]
    } catch (error) {
      if (!(error instanceof ElkhornError)) throw error
      failures.push({ index: one.index, error })
      return []
    }
  })
  const [only] = usable
  if (only !== undefined && usable.length === 1) return { ...only.alone, failures }
  const all = usable.map(({ one }) => one)
  return { ...prepareAll(context, access, request, all), failures }
}

function prepareAll(
  context: IndexContext,
  access: IndexAccess,
  request: PreparedRequest,
  given: readonly SearchedIndex[],
): Omit<Prepared, 'failures'> {
  const { page } = request
  const runtime = request.raw.runtime_mappings
  const searched = given.map((one) => ({
    ...one,
    bind: withRuntimeFields(one.bind, isJsonObject(runtime) ? runtime : undefined),
  }))
  if (page?.from === undefined) for (const { index } of searched) checkWindow(index, request)
  const { targets, failures } = bindTargets(searched, request.query, { postFilter: request.postFilter, boosts: request.boosts })
  const [failure] = failures
  if (failure) throw failure.error
  const binds = searched.map(({ bind }) => bind)
  const asked = bindSort(isByScoreAlone(request, page) ? [] : request.sort, binds)
  const isTied = page && page.tie !== 'none' && !(request.searchAfter && request.searchAfter.length === asked.length)
  const engineSort = isTied ? withTie(asked) : asked
  const sort = page?.tie === 'hidden' ? engineSort.slice(0, asked.length) : engineSort
  const searchAfter = page?.after ?? (request.searchAfter ? bindSearchAfter(request.searchAfter, engineSort, binds) : undefined)
  const aggregations = bindAggregations(request.aggregations, {
    indices: binds,
    seen: searched.map(({ filters }) => filters),
    maxBuckets: maxBuckets(context),
  })
  const { raw, query } = request
  const rescorers = raw.rescore === undefined ? [] : parseRescore(raw.rescore)
  if (rescorers.length > 0 && asked.some(({ field }) => field !== '_score'))
    throw illegalArgument('Cannot use [sort] option in conjunction with [rescore].')
  checkRescore(rescorers, searched)
  const highlight = raw.highlight === undefined ? {} : { highlight: { request: parseHighlight(raw.highlight), query } }
  const scripts = raw.script_fields === undefined ? {} : { scriptFields: parseScriptFields(raw.script_fields) }
  const percolations = percolationsOf(query)
  const printer = new HitPrinter(searched, { ...request, ...highlight, ...scripts, percolations, sort }, access)
  printer.prepare()
  const hasAggregations = aggregations.engine.length > 0
  return {
    bound: searched,
    hits: { targets: momentOf(targets, page, request), sort: engineSort, ...(searchAfter ? { searchAfter } : {}) },
    unfiltered:
      request.postFilter && hasAggregations ? momentOf(bindTargets(searched, request.query).targets, page, request) : undefined,
    everything: momentOf(bindTargets(searched, undefined).targets, page, request),
    aggregations,
    printer,
    collapse: collapseOf(request, page, searched),
    innerHits: innerHitsOf(request.query),
    named: request.namedQueries.map(({ name, query }) => ({
      name,
      targets: momentOf(bindTargets(searched, query).targets, page, request),
    })),
    rescorers,
    from: page?.from,
    knownTotal: page?.total,
  }
}

/** To sort by score is what happens anyway: hits show no sort values then. */
function isByScoreAlone({ sort }: SearchRequest, page: PageOf | undefined): boolean {
  const [only] = sort
  return sort.length === 1 && only?.field === '_score' && only.order === 'desc' && page === undefined
}

function collapseOf(request: SearchRequest, page: PageOf | undefined, searched: readonly SearchedIndex[]): Prepared['collapse'] {
  const { collapse } = request.raw
  if (collapse === undefined) return undefined
  const parsed = parseCollapse(collapse, request, page?.tie === 'hidden')
  return { request: parsed, fields: searched.map((one) => collapseField(parsed, one)), groups: [] }
}

/** Ends in an order that tells all documents apart; what `_doc` says is part of it. */
function withTie(keys: readonly SortKey[]): readonly SortKey[] {
  const place = keys.findIndex(({ field }) => field === '_doc' || field === '_shard_doc')
  const own = keys[place]
  return own ? [...keys.slice(0, place), { ...own, field: SHARD_DOC.field }] : [...keys, SHARD_DOC]
}

/** Targets as they were at the moment of the page, and of those the slice that is asked for. */
function momentOf(targets: readonly SearchTarget[], page: PageOf | undefined, { raw }: SearchRequest): readonly SearchTarget[] {
  if (!page) return targets
  return targets.map((target) => {
    const seqNoTo = page.reader.upTo.get(target.schema.uuid) ?? -1
    const slice = raw.slice === undefined ? undefined : readSlice(raw.slice, target.schema)
    if (!slice) return { ...target, seqNoTo }
    const start = (id: number): number => Math.floor(((seqNoTo + 1) * id) / slice.max)
    return { ...target, seqNoTo, seqNoFrom: start(slice.id), seqNoBefore: start(slice.id + 1) }
  })
}

const maxBuckets = ({ catalog }: IndexContext): number => Number(clusterSetting(catalog, 'search.max_buckets'))

function checkWindow(index: IndexState, { from, size }: SearchRequest): void {
  const limit = numberSetting(index.settings, 'index.max_result_window')
  if (from + size > limit) {
    throw illegalArgument(
      `Result window is too large, from + size must be less than or equal to: [${limit}] but was [${from + size}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.`,
    )
  }
}

/** A script that fails for a document, or answers what it may not, fails its index; no other part of an answer is worth having then. */
function failedScript(error: unknown, [first]: readonly SearchedIndex[], { node }: SearchPrinting): unknown {
  const isScript = error instanceof ElkhornError && FAILURES.has(error.type) && first !== undefined
  return isScript ? allShardsFailed([{ index: first.index, error }], node) : error
}

const FAILURES: ReadonlySet<string> = new Set(['script_exception', 'illegal_argument_exception'])

/** What the engine is asked, with all aggregations that look at the query. */
function engineSearch(context: IndexContext, prepared: Prepared, request: SearchRequest, signal: AbortSignal): EngineSearch {
  return {
    ...prepared.hits,
    from: prepared.from ?? (request.size === 0 ? 0 : request.from),
    size: request.size,
    trackTotalHits:
      request.terminateAfter > 0 ? Math.min(request.terminateAfter, request.trackTotalHits) : request.trackTotalHits,
    trackScores: request.trackScores,
    ...(request.minScore === undefined ? {} : { minScore: request.minScore }),
    source: request.size > 0 && prepared.printer.needsSource,
    aggregations: prepared.aggregations.engine,
    mayBeKnown: mayBeKnown(request, prepared.bound),
    maxBuckets: maxBuckets(context),
    timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    signal,
  }
}

/** Whether Elasticsearch's request cache would be asked. */
function mayBeKnown({ size, profile, requestCache }: SearchRequest, bound: readonly SearchedIndex[]): boolean {
  if (size > 0 || profile) return false
  return requestCache ?? bound.every(({ index }) => booleanSetting(index.settings, 'index.requests.cache.enable'))
}

/** Where partial answers are allowed, a search that takes longer than it asked for answers that it found nothing in time. */
async function runInTime(
  context: IndexContext,
  prepared: Prepared,
  request: SearchRequest,
  { allowPartial }: SearchPrinting,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<typeof run>>> {
  try {
    return await run(context, prepared, request, signal)
  } catch (error) {
    const isLate = error instanceof ElkhornError && error.type === 'search_timeout_exception'
    if (!isLate || request.timeoutMs === undefined || !allowPartial) throw error
    return { ...nothingFound(request), timedOut: true }
  }
}

async function run(
  context: IndexContext,
  prepared: Prepared,
  request: SearchRequest,
  signal: AbortSignal,
): Promise<EngineSearchResult & { readonly background: AggregationResults }> {
  const { engine } = context
  const { aggregations, unfiltered } = prepared
  const common = engineSearch(context, prepared, request, signal)
  const sumUp = async (targets: EngineSearch['targets'], asked: BoundAggregations['engine']): Promise<AggregationResults> => {
    if (asked.length === 0) return new Map()
    const { searchAfter: _after, minScore, ...rest } = common
    const alone = { ...rest, targets, sort: [], from: 0, size: 0, trackTotalHits: 0, source: false, trackScores: false }
    if (targets === unfiltered && minScore !== undefined)
      return (await engine.search({ ...alone, minScore, aggregations: asked })).aggregations
    return (await engine.search({ ...alone, aggregations: asked })).aggregations
  }
  const asked = { ...common, aggregations: unfiltered ? [] : aggregations.engine }
  const { collapse } = prepared
  const grouped =
    collapse &&
    searchCollapsed((one) => engine.search(one), asked, collapse.fields).then(({ result, hits: groups }) => {
      collapse.groups = groups
      return { ...result, hits: groups.map(({ hit }) => hit) }
    })
  const [found, apart, global] = await Promise.all([
    grouped ?? searchPageOf(engine, asked, prepared),
    unfiltered ? sumUp(unfiltered, aggregations.engine) : new Map(),
    sumUp(prepared.everything, aggregations.global),
  ])
  const results = new Map([...found.aggregations, ...apart, ...global])
  const background = await sumUp(prepared.everything, aggregations.background(results))
  return { ...found, aggregations: results, background }
}

async function searchPageOf(engine: Engine, request: EngineSearch, { rescorers, bound }: Prepared): Promise<EngineSearchResult> {
  return rescorers.length > 0 && request.size > 0 ? searchRescored(engine, request, rescorers, bound) : engine.search(request)
}

function nothingFound({ trackTotalHits }: SearchRequest): EngineSearchResult & { readonly background: AggregationResults } {
  return {
    hits: [],
    total: trackTotalHits === 0 ? undefined : { value: 0, relation: 'eq' },
    maxScore: null,
    aggregations: new Map(),
    background: new Map(),
    timedOut: false,
  }
}

function printAnswer(
  result: EngineSearchResult & { readonly background: AggregationResults },
  prepared: Prepared,
  request: SearchRequest,
  printing: SearchPrinting,
  about: {
    readonly tookMs: number
    readonly indices: readonly IndexState[]
    /** So many of them were not asked, as they cannot match. */
    readonly skipped: number
    readonly access: IndexAccess
    readonly suggested: JsonObject | undefined
    /** What hits show of their groups, in their order. */
    readonly groups: readonly Awaited<ReturnType<typeof printGroup>>[]
    /** Nested objects that hits show, in their order. */
    readonly inner: readonly (string | undefined)[]
    readonly explained: readonly (Explanation | undefined)[] | undefined
    /** Named queries that matched hits, in their order. */
    readonly matched: readonly (string | undefined)[]
    readonly profile: JsonObject | undefined
  },
): string {
  const { hits, total, timedOut } = result
  // Where scores are not what decides which hits are the best, the best score is not known.
  const maxScore = prepared.hits.sort.length > 0 && !request.trackScores ? null : result.maxScore
  const terminated = request.terminateAfter > 0 ? `"terminated_early":${(total?.value ?? 0) >= request.terminateAfter},` : ''
  const shards = printShards(about.indices, prepared.failures, printing.node, about.skipped)
  const printedTotal = printTotal(prepared.knownTotal ?? total, printing.totalAsInt)
  const printedHits = hits
    .map((hit, i) => {
      const explanation = about.explained?.[i]
      const explained = explanation && { node: printing.node, explanation }
      const more = { ...withInner(about.groups[i], about.inner[i]), matchedQueries: about.matched[i] }
      return prepared.printer.print(hit, more, explained)
    })
    .join(',')
  let text = `{"took":${about.tookMs},"timed_out":${timedOut},${terminated}${shards},"hits":{${printedTotal}"max_score":${printScore(maxScore)},"hits":[${printedHits}]}`
  if (request.aggregations.aggregations.length > 0 || request.aggregations.pipelines.length > 0) {
    const formatHit = (hit: EngineHit, options: TopHitsOptions): JsonObject =>
      topHit(prepared.bound, hit, { ...options, query: request.query }, about.access)
    const shapeOptions = { formatHit, typedKeys: printing.typedKeys, background: result.background }
    text += `,"aggregations":${printJson(reduced(() => prepared.aggregations.shape(result.aggregations, shapeOptions)))}`
  }
  if (about.profile) text += `,"profile":${printJson(about.profile)}`
  if (about.suggested) text += `,"suggest":${printJson(about.suggested)}`
  return `${text}}`
}

export function printShards(
  indices: readonly IndexState[],
  failures: readonly SearchFailure[],
  node: string,
  skipped = 0,
): string {
  const total = indices.reduce((sum, { shards }) => sum + shards, 0)
  const failed = failures.reduce((sum, { index }) => sum + index.shards, 0)
  const list = failures.length > 0 ? `,"failures":${JSON.stringify(failures.map((failure) => printFailure(failure, node)))}` : ''
  return `"_shards":{"total":${total},"successful":${total - failed},"skipped":${skipped},"failed":${failed}${list}}`
}

function printTotal(total: EngineSearchResult['total'], asInt: boolean): string {
  if (!total) return asInt ? '"total":-1,' : ''
  return asInt ? `"total":${total.value},` : `"total":{"value":${total.value},"relation":"${total.relation}"},`
}

/** A hit within a bucket, with the same printing as any other; it goes into the answer as text. */
function topHit(
  searched: readonly SearchedIndex[],
  hit: EngineHit,
  { request, sort, query }: TopHitsOptions & { readonly query: SearchRequest['query'] },
  access: IndexAccess,
): JsonObject {
  let printer = topHitPrinters.get(request)
  if (printer?.searched !== searched) {
    printer = { searched, printer: new HitPrinter(searched, topHitOptions(request, sort, query), access) }
    topHitPrinters.set(request, printer)
  }
  return new RawJson(printer.printer.print(hit)) as unknown as JsonObject
}

/** By the request's own object: there is one for all buckets of an aggregation. */
const topHitPrinters = new WeakMap<JsonObject, { readonly searched: readonly SearchedIndex[]; readonly printer: HitPrinter }>()

function topHitOptions(request: JsonObject, sort: readonly SortKey[], query: SearchRequest['query']): HitOptions {
  const at = (key: string) => ({ node: request, key, owner: 'top_hits' })
  const {
    _source: source,
    fields,
    docvalue_fields: docvalues,
    stored_fields: stored,
    script_fields: scripts,
    highlight,
  } = request
  if (request['explain'] === true) throw illegalArgument('[explain] in top_hits is not supported yet')
  return {
    source: source === undefined ? { kind: 'all' } : readSource(source, at('_source')),
    fields: fields === undefined ? [] : readFields(fields, at('fields')),
    docvalueFields: docvalues === undefined ? [] : readFields(docvalues, at('docvalue_fields')),
    storedFields: stored === undefined ? undefined : strings(stored),
    ...(scripts === undefined ? {} : { scriptFields: parseScriptFields(scripts) }),
    version: request['version'] === true,
    seqNoPrimaryTerm: request['seq_no_primary_term'] === true,
    sort,
    ...(highlight === undefined || highlight === null ? {} : { highlight: { request: parseHighlight(highlight), query } }),
  }
}
