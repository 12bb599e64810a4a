import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseRequestJson } from '../../core/request-json.ts'
import { searchOptions, type IndicesOptions } from '../../index/names/resolve-names.ts'
import { count } from '../../index/search/count.ts'
import { searchPointInTime } from '../../index/search/point-in-time.ts'
import type { LookupContext } from '../../index/search/looked-up-document.ts'
import { resolveLookups } from '../../index/search/lookups.ts'
import { readKeepAlive, startScroll } from '../../index/search/scroll.ts'
import { search, type SearchPrinting } from '../../index/search/search.ts'
import { bindTargets, openTargets, type Where } from '../../index/search/targets.ts'
import { strings } from '../../index/templates/parse-template.ts'
import { describeQuery } from '../../query/describe-query.ts'
import { parseQuery } from '../../query/dsl/parse-query.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import { parseSearch, queryOfUrl } from '../../query/parse-search.ts'
import type { SearchRequest, UrlParameters } from '../../query/search-request.ts'
import type { ApiContext } from '../api-context.ts'
import { errorBody } from '../http/error-json.ts'
import { checkContentType } from '../http/media-type.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { expandWildcards, indicesOptions, NAMES_PARAMS, namesOf } from '../indices/names.ts'
import { shardCounts } from './index-maintenance.ts'

export const QUERY_PARAMS = ['q', 'df', 'analyzer', 'analyze_wildcard', 'default_operator', 'lenient']
export const SEARCH_PARAMS = [
  ...NAMES_PARAMS,
  ...QUERY_PARAMS,
  'allow_partial_search_results',
  'batched_reduce_size',
  'ccs_minimize_roundtrips',
  'docvalue_fields',
  'explain',
  'force_synthetic_source',
  'from',
  'include_named_queries_score',
  'max_concurrent_shard_requests',
  'min_compatible_shard_node',
  'pre_filter_shard_size',
  'preference',
  'request_cache',
  'rest_total_hits_as_int',
  'routing',
  'scroll',
  'search_type',
  'seq_no_primary_term',
  'size',
  'sort',
  'stats',
  'stored_fields',
  'suggest_field',
  'suggest_mode',
  'suggest_size',
  'suggest_text',
  'terminate_after',
  'timeout',
  'track_scores',
  'track_total_hits',
  'typed_keys',
  'version',
  '_source',
  '_source_includes',
  '_source_excludes',
  '_source_include',
  '_source_exclude',
]

export const searchRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/_search', '/{index}/_search'],
    action: 'indices:data/read/search',
    params: SEARCH_PARAMS,
    handler: searchOne,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_msearch', '/{index}/_msearch'],
    action: 'indices:data/read/msearch',
    params: [
      ...NAMES_PARAMS,
      'max_concurrent_searches',
      'max_concurrent_shard_requests',
      'pre_filter_shard_size',
      'rest_total_hits_as_int',
      'search_type',
      'typed_keys',
      'ccs_minimize_roundtrips',
    ],
    handler: searchMany,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_count', '/{index}/_count'],
    action: 'indices:data/read/search',
    params: [...NAMES_PARAMS, ...QUERY_PARAMS, 'min_score', 'preference', 'routing', 'terminate_after'],
    handler: countOne,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_validate/query', '/{index}/_validate/query'],
    action: 'indices:admin/validate/query',
    params: [...NAMES_PARAMS, ...QUERY_PARAMS, 'explain', 'rewrite', 'all_shards'],
    handler: validate,
  },
]

export function urlParameters({ query }: ApiRequest): UrlParameters {
  return Object.fromEntries(query.names.map((name) => [name, query.text(name)]))
}

export async function searchOne(request: ApiRequest, context: ApiContext): Promise<Answer> {
  return { status: 200, text: await (await readSearch(request, context))(request.signal) }
}

/** What a request asks for, to be run until a signal of its own aborts. @throws ElkhornError 400 */
export async function readSearch(request: ApiRequest, context: ApiContext): Promise<(signal: AbortSignal) => Promise<string>> {
  const { query, access } = request
  checkSearchType(query.text('search_type'))
  const totalAsInt = query.boolean('rest_total_hits_as_int', false)
  const where: Where = {
    names: namesOf(request),
    options: indicesOptions(query, searchOptions),
    action: 'indices:data/read/search',
  }
  const body = await resolveLookups(request.json(), lookupContext(request, context, where))
  const plain = withExactTotal(parseSearch(body, urlParameters(request)), body, query.has('track_total_hits'), totalAsInt)
  const parsed = withRequestCache(plain, query.has('request_cache') ? query.boolean('request_cache', true) : undefined)
  const printing = {
    typedKeys: query.boolean('typed_keys', false),
    namedScores: query.boolean('include_named_queries_score', false),
    totalAsInt,
    node: context.node.id,
    allowPartial: query.boolean('allow_partial_search_results', true),
  }
  const scroll = query.text('scroll')
  if (scroll !== undefined) {
    const scrolling = { ...printing, keepAliveMs: readKeepAlive(scroll, 'scroll') }
    return (signal) => startScroll(context.index, access, where, parsed, scrolling, signal)
  }
  return (signal) => searchNow({ access, signal }, context, where, parsed, printing)
}

/** For queries that ask for documents of the indices that a request names. */
export const lookupContext = ({ access, signal }: ApiRequest, { index: context }: ApiContext, where: Where): LookupContext => ({
  context,
  access,
  where,
  signal,
})

/** A search of the indices as they are, or as a point in time has them. */
function searchNow(
  { access, signal }: Pick<ApiRequest, 'access' | 'signal'>,
  { index }: ApiContext,
  where: Where,
  parsed: SearchRequest,
  printing: SearchPrinting,
): Promise<string> {
  if (parsed.raw.pit === undefined) return search(index, access, where, parsed, printing, signal)
  if (where.names.length > 0) {
    throw new ElkhornError(
      'action_request_validation_exception',
      400,
      'Validation Failed: 1: [indices] cannot be used with point in time. Do not specify any index with point in time.;',
    )
  }
  return searchPointInTime(index, access, parsed, printing, signal)
}

function checkSearchType(type: string | undefined): void {
  if (type === undefined || type === 'query_then_fetch' || type === 'dfs_query_then_fetch') return
  throw illegalArgument(`No search type for [${type}]`)
}

function withRequestCache(parsed: SearchRequest, requestCache: boolean | undefined): SearchRequest {
  return requestCache === undefined ? parsed : { ...parsed, requestCache }
}

/** A total that is a plain number has to be exact: it is counted to the end unless the request says otherwise. */
function withExactTotal(parsed: SearchRequest, body: JsonObject | undefined, inUrl: boolean, asInt: boolean): SearchRequest {
  if (!asInt) return parsed
  const given = inUrl || body?.['track_total_hits'] !== undefined
  if (!given) return { ...parsed, trackTotalHits: Infinity }
  if (parsed.trackTotalHits !== Infinity && parsed.trackTotalHits !== 0) {
    throw illegalArgument(
      `[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got ${parsed.trackTotalHits}`,
    )
  }
  return parsed
}

async function searchMany(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const started = performance.now()
  const searches = readSearches(request)
  const read = await Promise.all(searches.map((one) => readOneOfMany(request, context, one)))
  const responses = await Promise.all(read.map((search) => search()))
  return { status: 200, text: `{"took":${Math.round(performance.now() - started)},"responses":[${responses.join(',')}]}` }
}

/** One header and one body of `_msearch`. */
export interface OneOfMany {
  readonly header: JsonObject
  readonly body: JsonValue
}

/** @throws ElkhornError 400 naming what is wrong with the lines */
export function readSearches(request: ApiRequest): readonly OneOfMany[] {
  const { body } = request
  const source = request.query.text('source')
  if (body.length === 0 && source === undefined)
    throw new ElkhornError('parse_exception', 400, 'request body or source parameter is required')
  if (body.length > 0) checkContentType(request.header('content-type'))
  const text = body.length > 0 ? body.toString('utf8') : (source ?? '')
  if (!text.endsWith('\n')) throw illegalArgument('The msearch request must be terminated by a newline [\\n]')
  const lines = text.split('\n').slice(0, -1)
  const searches: OneOfMany[] = []
  for (let at = 0; at + 1 < lines.length || at < lines.length; at += 2) {
    const headerText = (lines[at] ?? '').trim()
    const header = headerText === '' ? {} : parseRequestJson(headerText)
    if (!isJsonObject(header)) throw illegalArgument('an msearch header must be an object')
    const bodyText = lines[at + 1]
    if (bodyText === undefined) break
    searches.push({ header, body: bodyText.trim() === '' ? {} : parseRequestJson(bodyText) })
  }
  if (searches.length === 0) {
    throw new ElkhornError('action_request_validation_exception', 400, 'Validation Failed: 1: no requests added;')
  }
  return searches
}

/**
 * One of many searches, to be run: what fails then is an answer as well.
 * @throws ElkhornError 400 for one that says nothing, which refuses all of them
 */
export async function readOneOfMany(
  request: ApiRequest,
  context: ApiContext,
  { header, body }: OneOfMany,
): Promise<() => Promise<string>> {
  const { query } = request
  const where = headerTarget(request, header)
  const totalAsInt = query.boolean('rest_total_hits_as_int', false)
  let resolved: JsonValue
  try {
    resolved = await resolveLookups(body, lookupContext(request, context, where))
  } catch (error) {
    const failure = failureOf(error)
    return () => Promise.resolve(failure)
  }
  const given = isJsonObject(resolved) ? resolved : undefined
  const { request_cache: cached } = header
  const plain = withExactTotal(parseSearch(resolved), given, false, totalAsInt)
  const parsed = withRequestCache(plain, cached === undefined ? undefined : String(cached) !== 'false')
  const printing = {
    typedKeys: query.boolean('typed_keys', false),
    totalAsInt,
    node: context.node.id,
    allowPartial: header['allow_partial_search_results'] !== false,
  }
  return async () => {
    try {
      const text = await searchNow(request, context, where, parsed, printing)
      return `${text.slice(0, -1)},"status":200}`
    } catch (error) {
      return failureOf(error)
    }
  }
}

/** The answer of a search that failed among others. @throws what is no error of the caller's */
function failureOf(error: unknown): string {
  if (!(error instanceof ElkhornError)) throw error
  return JSON.stringify(errorBody(error, { trace: false }))
}

const HEADER_KEYS = [
  'index',
  'indices',
  'search_type',
  'preference',
  'routing',
  'request_cache',
  'allow_partial_search_results',
  'ignore_unavailable',
  'allow_no_indices',
  'expand_wildcards',
  'ignore_throttled',
  'ccs_minimize_roundtrips',
  'max_concurrent_shard_requests',
  'project_routing',
]

function headerTarget(request: ApiRequest, header: JsonObject): Where {
  for (const key of Object.keys(header)) {
    if (!HEADER_KEYS.includes(key)) throw illegalArgument(`key [${key}] is not supported in the metadata section`)
  }
  const type = header['search_type']
  if (typeof type === 'string') checkSearchType(type)
  const named = strings(header['index'] ?? header['indices']).flatMap((name) => name.split(','))
  const defaults = indicesOptions(request.query, searchOptions)
  const expand = header['expand_wildcards']
  const flag = (key: string, fallback: boolean): boolean =>
    header[key] === undefined ? fallback : header[key] === true || header[key] === 'true'
  const options: IndicesOptions = {
    ...defaults,
    ignoreUnavailable: flag('ignore_unavailable', defaults.ignoreUnavailable),
    allowNoIndices: flag('allow_no_indices', defaults.allowNoIndices),
    ...(expand === undefined ? {} : expandWildcards(strings(expand).flatMap((word) => word.split(',')))),
  }
  return { names: named.length > 0 ? named : namesOf(request), options, action: 'indices:data/read/search' }
}

/** The query of a body that has nothing else, or of the URL. @throws ElkhornError `parsing_exception` */
/** The query of a request that has nothing else. @throws ElkhornError 400 */
export async function onlyQuery(request: ApiRequest, context: ApiContext, where: Where): Promise<UnboundQuery | undefined> {
  const q = request.query.text('q')
  if (q !== undefined) return queryOfUrl(q, urlParameters(request))
  const body = await resolveLookups(request.json(), lookupContext(request, context, where))
  for (const key of Object.keys(body ?? {})) {
    if (key !== 'query')
      throw new ElkhornError('parsing_exception', 400, `request does not support [${key}]`, { details: { line: 1, col: 2 } })
  }
  const query = body?.['query']
  return query === undefined || query === null ? undefined : parseQuery(query)
}

async function countOne(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const terminateAfter = request.query.integer('terminate_after') ?? 0
  if (terminateAfter < 0) throw illegalArgument('terminateAfter must be > 0')
  const where: Where = {
    names: namesOf(request),
    options: indicesOptions(request.query, searchOptions),
    action: 'indices:data/read/search',
  }
  const options = { node: context.node.id, terminateAfter, signal: request.signal }
  return {
    status: 200,
    text: await count(context.index, request.access, where, await onlyQuery(request, context, where), options),
  }
}

async function validate(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const where: Where = {
    names: namesOf(request),
    options: indicesOptions(request.query, searchOptions),
    action: 'indices:admin/validate/query',
  }
  const opened = await openTargets(context.index, request.access, where, context.index.clock.now())
  const rewrites = request.query.boolean('rewrite', false)
  const explains = request.query.boolean('explain', false) || rewrites
  const shards = { ...shardCounts(opened.indices.slice(0, 1)), total: 1, successful: 1, failed: 0 }
  let query: UnboundQuery | undefined
  try {
    query = await onlyQuery(request, context, where)
  } catch (error) {
    if (!(error instanceof ElkhornError)) throw error
    const explanation = { valid: false, error: `org.elasticsearch.common.ParsingException: ${error.reason}; [${error.type}]` }
    return ok({ ...(explains ? explanation : { valid: false }) })
  }
  const { targets, failures } = bindTargets(opened.searched, query, { asWritten: !rewrites })
  const explanations = [
    ...targets.map(({ schema, query: bound }) => ({ index: schema.name, valid: true, explanation: describeQuery(bound) })),
    ...failures.map(({ index, error }) => ({
      index: index.name,
      valid: false,
      error: `[${index.name}/${index.uuid}] ${error.reason}`,
    })),
  ]
  return ok({ _shards: shards, valid: failures.length === 0, ...(explains ? { explanations } : {}) })
}
