import { parseDurationMs } from '../core/duration.ts'
import { illegalArgument } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { MAX_LONG } from '../core/long.ts'
import { noAggregations, parseAggregations } from './aggs/parse-aggregations.ts'
import { contentException, didYouMean, parsingException, tokenName } from './dsl/errors.ts'
import { namedQueries } from './dsl/named-queries.ts'
import { parseQuery } from './dsl/parse-query.ts'
import { bool, int, number, text, valuePlace, type Member } from './dsl/reading.ts'
import { parseHighlight } from './highlight/highlight-request.ts'
import type { UnboundQuery } from './dsl/unbound.ts'
import {
  DEFAULT_SIZE,
  DEFAULT_TRACK_TOTAL_HITS,
  RAW_PARTS,
  type FieldRequest,
  type RawPart,
  type SearchRequest,
  type SourceFilter,
  type UrlParameters,
} from './search-request.ts'
import { parseSort, parseSortParameter } from './sort.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Reads one member of a search body into the request. */
type ReadPart = (value: JsonValue, at: Member, request: Mutable<SearchRequest>) => void

type Shape = 'object' | 'array' | 'scalar'

/** Members of a search body, and which shapes of JSON they may have. */
const PARTS: Readonly<Record<string, { readonly shapes: readonly Shape[]; readonly read: ReadPart }>> = {
  query: { shapes: ['object'], read: (value, _, request) => addQuery('query', value, request) },
  post_filter: { shapes: ['object'], read: (value, _, request) => addQuery('postFilter', value, request) },
  aggs: { shapes: ['object'], read: (value, at, request) => (request.aggregations = parseAggregations(value, at)) },
  aggregations: { shapes: ['object'], read: (value, at, request) => (request.aggregations = parseAggregations(value, at)) },
  sort: { shapes: ['object', 'array', 'scalar'], read: (value, _, request) => (request.sort = parseSort(value)) },
  from: { shapes: ['scalar'], read: (value, at, request) => (request.from = notNegative(int(value, at), 'from')) },
  size: { shapes: ['scalar'], read: (value, at, request) => (request.size = notNegative(int(value, at), 'size')) },
  search_after: { shapes: ['array'], read: (value, _, request) => (request.searchAfter = readSearchAfter(value)) },
  _source: { shapes: ['object', 'array', 'scalar'], read: (value, at, request) => (request.source = readSource(value, at)) },
  fields: { shapes: ['array'], read: (value, at, request) => (request.fields = readFields(value, at)) },
  docvalue_fields: { shapes: ['array'], read: (value, at, request) => (request.docvalueFields = readFields(value, at)) },
  stored_fields: { shapes: ['array', 'scalar'], read: (value, at, request) => (request.storedFields = texts(value, at)) },
  track_total_hits: {
    shapes: ['scalar'],
    read: (value, at, request) => (request.trackTotalHits = readTrackTotalHits(value, at)),
  },
  track_scores: { shapes: ['scalar'], read: (value, at, request) => (request.trackScores = bool(value, at)) },
  min_score: { shapes: ['scalar'], read: (value, at, request) => (request.minScore = number(value, at)) },
  timeout: { shapes: ['scalar'], read: (value, at, request) => (request.timeoutMs = readTimeout(text(value, at))) },
  terminate_after: { shapes: ['scalar'], read: (value, at, request) => (request.terminateAfter = afterSome(int(value, at))) },
  version: { shapes: ['scalar'], read: (value, at, request) => (request.version = bool(value, at)) },
  seq_no_primary_term: { shapes: ['scalar'], read: (value, at, request) => (request.seqNoPrimaryTerm = bool(value, at)) },
  explain: { shapes: ['scalar'], read: (value, at, request) => (request.explain = bool(value, at)) },
  profile: { shapes: ['scalar'], read: (value, at, request) => (request.profile = bool(value, at)) },
  ...Object.fromEntries(RAW_PARTS.map((name) => [name, { shapes: ['object', 'array'], read: rawPart(name) }])),
}

function emptyRequest(): Mutable<SearchRequest> {
  return {
    query: undefined,
    namedQueries: [],
    postFilter: undefined,
    aggregations: noAggregations,
    sort: [],
    from: 0,
    size: DEFAULT_SIZE,
    searchAfter: undefined,
    source: { kind: 'all' },
    fields: [],
    docvalueFields: [],
    storedFields: undefined,
    trackTotalHits: DEFAULT_TRACK_TOTAL_HITS,
    trackScores: false,
    minScore: undefined,
    timeoutMs: undefined,
    terminateAfter: 0,
    version: false,
    seqNoPrimaryTerm: false,
    explain: false,
    profile: false,
    raw: {},
  }
}

/**
 * Reads the body of a search and the parameters of its URL, which win over the body.
 * @param body `undefined` for a request without one
 * @throws ElkhornError `parsing_exception`, `x_content_parse_exception`, `illegal_argument_exception` (400)
 */
export function parseSearch(body: JsonValue | undefined, parameters: UrlParameters = {}): SearchRequest {
  const request = emptyRequest()
  if (body !== undefined) {
    if (!isJsonObject(body)) {
      const place = { node: typeof body === 'object' && body !== null ? body : {}, part: 'start' } as const
      throw parsingException(`Expected [START_OBJECT] but found [${tokenName(body)}]`, place)
    }
    for (const [key, value] of Object.entries(body)) {
      const part = Object.hasOwn(PARTS, key) ? PARTS[key] : undefined
      const at: Member = { node: body, key, owner: key }
      if (value === undefined || value === null || !part?.shapes.includes(shapeOf(value))) {
        const hint = part ? '' : didYouMean(key, Object.keys(PARTS))
        throw parsingException(`Unknown key for a ${tokenName(value ?? null)} in [${key}].${hint}`, valuePlace(at))
      }
      part.read(value, at, request)
    }
  }
  readParameters(parameters, request)
  return request
}

function shapeOf(value: JsonValue): Shape {
  if (Array.isArray(value)) return 'array'
  return isJsonObject(value) ? 'object' : 'scalar'
}

function rawPart(name: RawPart): ReadPart {
  return (value, _, request) => {
    const isEmpty = Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0
    if (isEmpty) return
    // Read again with the index at hand; what is wrong with it by itself is said now.
    if (name === 'highlight') parseHighlight(value)
    request.raw = { ...request.raw, [name]: value }
  }
}

function notNegative(value: number, name: string): number {
  if (value < 0) throw illegalArgument(`[${name}] parameter cannot be negative, found [${value}]`)
  return value
}

function afterSome(documents: number): number {
  if (documents < 0) throw illegalArgument('terminateAfter must be > 0')
  return documents
}

function readSearchAfter(value: JsonValue): readonly JsonValue[] {
  const values = Array.isArray(value) ? (value as readonly JsonValue[]) : []
  if (values.length === 0) throw illegalArgument('Values must contains at least one value.')
  return values
}

function readTrackTotalHits(value: JsonValue, at: Member): number {
  if (value === true || value === 'true') return Infinity
  if (value === false || value === 'false') return 0
  const count = int(value, at)
  if (count === -1) return Infinity
  if (count < 0) throw illegalArgument(`[track_total_hits] parameter must be positive or equals to -1, got ${count}`)
  return count
}

/** `-1` for no limit. */
function readTimeout(written: string): number | undefined {
  const ms = parseDurationMs(written, 'timeout')
  return ms < 0 ? undefined : ms
}

function texts(value: JsonValue, at: Member): readonly string[] {
  if (!Array.isArray(value)) return [text(value, at)]
  return value.map((entry: JsonValue, index) => text(entry, { node: value, key: index, owner: at.owner }))
}

/** `true`, `false`, a pattern, a list of them, or `{ includes, excludes }`. */
export function readSource(value: JsonValue, at: Member): SourceFilter {
  if (typeof value === 'boolean') return value ? { kind: 'all', asked: true } : { kind: 'none' }
  if (typeof value === 'string') return { kind: 'some', includes: [value], excludes: [] }
  if (Array.isArray(value)) return { kind: 'some', includes: texts(value, at), excludes: [] }
  if (!isJsonObject(value)) {
    throw parsingException(`Expected one of [VALUE_BOOLEAN, START_OBJECT] but found [${tokenName(value)}]`, valuePlace(at))
  }
  let includes: readonly string[] = []
  let excludes: readonly string[] = []
  for (const [key, patterns] of Object.entries(value)) {
    const place: Member = { node: value, key, owner: '_source' }
    if (key === 'includes' || key === 'include') includes = texts(patterns ?? null, place)
    else if (key === 'excludes' || key === 'exclude') excludes = texts(patterns ?? null, place)
    else throw parsingException(`Unknown key for a ${tokenName(patterns)} in [${key}].`, valuePlace(place))
  }
  return { kind: 'some', includes, excludes }
}

/** Names, or `{ "field": …, "format": … }`. */
export function readFields(value: JsonValue, at: Member): readonly FieldRequest[] {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  return list.map((entry) => {
    if (typeof entry === 'string') return { field: entry, format: undefined, includeUnmapped: false }
    if (!isJsonObject(entry))
      throw parsingException(
        `Expected [VALUE_STRING] or [START_OBJECT] in [${at.key}] but found [${tokenName(entry)}]`,
        valuePlace(at),
      )
    return readField(entry)
  })
}

const FIELD_KEYS = ['field', 'format', 'include_unmapped']

function readField(entry: JsonObject): FieldRequest {
  const unknown = Object.keys(entry).find((key) => !FIELD_KEYS.includes(key))
  if (unknown !== undefined) {
    throw contentException(`[docvalues_field] unknown field [${unknown}]${didYouMean(unknown, FIELD_KEYS)}`, {
      node: entry,
      part: { key: unknown },
    })
  }
  const { field, format } = entry
  if (typeof field !== 'string') throw contentException('Required [field]', { node: entry, part: 'start' })
  return { field, format: typeof format === 'string' ? format : undefined, includeUnmapped: entry['include_unmapped'] === true }
}

function readParameters(parameters: UrlParameters, request: Mutable<SearchRequest>): void {
  const { q, sort, _source: source, timeout } = parameters
  if (q !== undefined) request.query = queryOfUrl(q, parameters)
  if (sort !== undefined) request.sort = parseSortParameter(sort)
  request.from = intParameter(parameters, 'from') ?? request.from
  request.size = intParameter(parameters, 'size') ?? request.size
  notNegative(request.from, 'from')
  notNegative(request.size, 'size')
  const includes = listParameter(parameters, '_source_includes') ?? listParameter(parameters, '_source_include')
  const excludes = listParameter(parameters, '_source_excludes') ?? listParameter(parameters, '_source_exclude')
  if (source !== undefined || includes || excludes) request.source = sourceOfUrl(source, includes, excludes)
  const fieldNames = (name: string): readonly FieldRequest[] | undefined =>
    listParameter(parameters, name)?.map((field) => ({ field, format: undefined, includeUnmapped: false }))
  request.docvalueFields = fieldNames('docvalue_fields') ?? request.docvalueFields
  request.storedFields = listParameter(parameters, 'stored_fields') ?? request.storedFields
  const track = parameters['track_total_hits']
  if (track !== undefined) {
    if (!/^(?:true|false|-?\d+)$/.test(track))
      throw illegalArgument(`Failed to parse int parameter [track_total_hits] with value [${track}]`)
    request.trackTotalHits = readTrackTotalHits(track, { node: {}, key: 'track_total_hits', owner: 'track_total_hits' })
  }
  if (timeout !== undefined) request.timeoutMs = readTimeout(timeout)
  const terminateAfter = intParameter(parameters, 'terminate_after')
  if (terminateAfter !== undefined) request.terminateAfter = afterSome(terminateAfter)
  request.trackScores = boolParameter(parameters, 'track_scores') ?? request.trackScores
  request.version = boolParameter(parameters, 'version') ?? request.version
  request.seqNoPrimaryTerm = boolParameter(parameters, 'seq_no_primary_term') ?? request.seqNoPrimaryTerm
  request.explain = boolParameter(parameters, 'explain') ?? request.explain
}

function addQuery(part: 'query' | 'postFilter', value: JsonValue, request: Mutable<SearchRequest>): void {
  request[part] = parseQuery(value)
  request.namedQueries = [...request.namedQueries, ...namedQueries(value)]
}

/** The query of `?q=`, in Lucene's language, with the parameters that belong to it. */
export function queryOfUrl(q: string, parameters: UrlParameters): UnboundQuery {
  const { df, default_operator: operator, analyzer } = parameters
  if (operator !== undefined && !/^(?:and|or)$/i.test(operator)) {
    throw illegalArgument(`No enum constant org.elasticsearch.index.query.Operator.${operator.toUpperCase()}`)
  }
  return parseQuery({
    query_string: {
      query: q,
      ...(df === undefined ? {} : { default_field: df }),
      ...(operator === undefined ? {} : { default_operator: operator }),
      ...(analyzer === undefined ? {} : { analyzer }),
      ...optionalBool(parameters, 'lenient'),
      ...optionalBool(parameters, 'analyze_wildcard'),
    },
  })
}

function optionalBool(parameters: UrlParameters, name: string): JsonObject {
  const value = boolParameter(parameters, name)
  return value === undefined ? {} : { [name]: value }
}

function sourceOfUrl(
  source: string | undefined,
  includes: readonly string[] | undefined,
  excludes: readonly string[] | undefined,
): SourceFilter {
  if (source === 'false') return { kind: 'none' }
  const patterns = source === undefined || source === 'true' || source === '' ? [] : source.split(',')
  const all = [...patterns, ...(includes ?? [])]
  return all.length === 0 && !excludes ? { kind: 'all' } : { kind: 'some', includes: all, excludes: excludes ?? [] }
}

function listParameter(parameters: UrlParameters, name: string): readonly string[] | undefined {
  const value = parameters[name]
  return value === undefined ? undefined : value.split(',').filter((part) => part !== '')
}

function intParameter(parameters: UrlParameters, name: string): number | undefined {
  const value = parameters[name]
  if (value === undefined) return undefined
  if (!/^-?\d+$/.test(value) || Math.abs(Number(value)) > MAX_LONG)
    throw illegalArgument(`Failed to parse int parameter [${name}] with value [${value}]`)
  return Number(value)
}

/** A parameter without a value means true. */
function boolParameter(parameters: UrlParameters, name: string): boolean | undefined {
  const value = parameters[name]
  if (value === undefined) return undefined
  if (value === '' || value === 'true') return true
  if (value === 'false') return false
  throw illegalArgument(`Failed to parse value [${value}] as only [true] or [false] are allowed.`)
}
