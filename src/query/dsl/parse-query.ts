import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { positionOf } from '../../core/request-json.ts'
import { parseBool } from './bool.ts'
import { parseBoosting } from './boosting.ts'
import type { ParseQuery } from './clause.ts'
import { parseCombinedFields } from './combined-fields.ts'
import { parseConstantScore } from './constant-score.ts'
import { parseDisMax } from './dis-max.ts'
import { didYouMean, namedObjectNotFound, parsingException } from './errors.ts'
import { parseDistanceFeature } from './distance-feature.ts'
import { parseExists } from './exists.ts'
import { parseFuzzy } from './fuzzy.ts'
import { parseFunctionScore } from './function-score.ts'
import { parseGeoBoundingBox, parseGeoDistance, parseGeoPolygon } from './geo.ts'
import { parseGeoGrid } from './geo-grid.ts'
import { parseGeoShape } from './geo-shape.ts'
import { parseIds } from './ids.ts'
import { parseIntervals } from './intervals.ts'
import { parseHasChild, parseHasParent, parseParentId } from './join.ts'
import { parseKqlQuery } from './kql.ts'
import { parseMatchAll, parseMatchNone } from './match-all.ts'
import { parseMatchPhrase, parseMatchPhrasePrefix } from './match-phrase.ts'
import { parseMatch, parseMatchBoolPrefix } from './match.ts'
import { parseMultiMatch } from './multi-match.ts'
import { parseNested } from './nested.ts'
import { parsePercolate } from './percolate.ts'
import { parsePinned } from './pinned.ts'
import { parsePrefix } from './prefix.ts'
import { parseQueryString } from './query-string.ts'
import { parseRange } from './range.ts'
import { valuePlace, type Member } from './reading.ts'
import { parseRankFeature } from './rank-feature.ts'
import { parseRegexp } from './regexp.ts'
import { parseScriptScore } from './script-score.ts'
import { parseScriptQuery } from './script.ts'
import { parseSimpleQueryString } from './simple-query-string.ts'
import {
  parseFieldMaskingSpan,
  parseSpanContaining,
  parseSpanFirst,
  parseSpanMulti,
  parseSpanNear,
  parseSpanNot,
  parseSpanOr,
  parseSpanTerm,
  parseSpanWithin,
} from './span.ts'
import { parseTerm } from './term.ts'
import { parseTermsSet } from './terms-set.ts'
import { parseTerms } from './terms.ts'
import type { UnboundQuery } from './unbound.ts'
import { parseWildcard } from './wildcard.ts'
import { parseWrapper } from './wrapper.ts'

/**
 * All queries of the DSL by name: a new one is a file, a line here, one in `unbound.ts`, one in `bind-query.ts` and an example
 * in `examples.ts`.
 */
const QUERIES = {
  bool: parseBool,
  boosting: parseBoosting,
  combined_fields: parseCombinedFields,
  constant_score: parseConstantScore,
  dis_max: parseDisMax,
  distance_feature: parseDistanceFeature,
  exists: parseExists,
  field_masking_span: parseFieldMaskingSpan,
  function_score: parseFunctionScore,
  fuzzy: parseFuzzy,
  geo_bounding_box: parseGeoBoundingBox,
  geo_distance: parseGeoDistance,
  geo_grid: parseGeoGrid,
  geo_polygon: parseGeoPolygon,
  geo_shape: parseGeoShape,
  has_child: parseHasChild,
  has_parent: parseHasParent,
  ids: parseIds,
  intervals: parseIntervals,
  kql: parseKqlQuery,
  match: parseMatch,
  match_all: parseMatchAll,
  match_bool_prefix: parseMatchBoolPrefix,
  match_none: parseMatchNone,
  match_phrase: parseMatchPhrase,
  match_phrase_prefix: parseMatchPhrasePrefix,
  multi_match: parseMultiMatch,
  nested: parseNested,
  parent_id: parseParentId,
  percolate: parsePercolate,
  pinned: parsePinned,
  prefix: parsePrefix,
  query_string: parseQueryString,
  range: parseRange,
  rank_feature: parseRankFeature,
  regexp: parseRegexp,
  script: parseScriptQuery,
  script_score: parseScriptScore,
  simple_query_string: parseSimpleQueryString,
  span_containing: parseSpanContaining,
  span_first: parseSpanFirst,
  span_multi: parseSpanMulti,
  span_near: parseSpanNear,
  span_not: parseSpanNot,
  span_or: parseSpanOr,
  span_term: parseSpanTerm,
  span_within: parseSpanWithin,
  term: parseTerm,
  terms: parseTerms,
  terms_set: parseTermsSet,
  wildcard: parseWildcard,
  wrapper: parseWrapper,
} satisfies Readonly<Record<string, (json: JsonValue, at: Member, parse: ParseQuery) => UnboundQuery>>

export type QueryName = keyof typeof QUERIES

export const QUERY_NAMES = Object.keys(QUERIES) as readonly QueryName[]

const isQueryName = (name: string): name is QueryName => Object.hasOwn(QUERIES, name)

/** Queries within queries; deeper ones are refused before they cost anything. */
const MAX_DEPTH = 30

/**
 * Reads a query of the DSL.
 * @throws ElkhornError `parsing_exception`, `x_content_parse_exception`, `illegal_argument_exception` (400)
 */
export function parseQuery(json: JsonValue): UnboundQuery {
  return parseAt(json, { node: { query: json }, key: 'query', owner: '_na' }, 0)
}

/** Queries of Elasticsearch that this program knows of and does not answer, and what to do instead. */
const NOT_HERE: Readonly<Record<string, string>> = {
  knn: 'neighbours are found where documents are searched or counted',
  sparse_vector: 'vectors are kept, but not searched',
  semantic: 'texts are kept, but there is no inference',
  shape: 'cartesian shapes are kept, but not searched; use [geo_shape]',
}

function parseAt(json: JsonValue, at: Member, depth: number): UnboundQuery {
  if (depth > MAX_DEPTH) {
    throw illegalArgument(
      `The nested depth of the query exceeds the maximum nested depth for queries set in [indices.query.bool.max_nested_depth], which is [${MAX_DEPTH}]`,
    )
  }
  if (!isJsonObject(json)) throw parsingException('[_na] query malformed, must start with start_object', valuePlace(at))
  const [name, second] = Object.keys(json)
  if (name === undefined) {
    const position = positionOf(json, 'end')
    throw illegalArgument(`query malformed, empty clause found${position ? ` at [${position.line}:${position.column}]` : ''}`)
  }
  const value = json[name]
  const parse = isQueryName(name) ? QUERIES[name] : undefined
  if (value === undefined || !isJsonObject(value)) {
    throw parsingException(`[${name}] query malformed, no start_object after query name`, { node: json, part: { value: name } })
  }
  const missing = Object.hasOwn(NOT_HERE, name) ? NOT_HERE[name] : undefined
  if (!parse && missing !== undefined) throw illegalArgument(`[${name}] queries are not supported: ${missing}`)
  if (!parse) {
    const place = { node: json, part: { value: name } }
    throw parsingException(`unknown query [${name}]${didYouMean(name, QUERY_NAMES)}`, place, namedObjectNotFound(name, place))
  }
  const query = parse(value, { node: json, key: name, owner: name }, (inner, place) => parseAt(inner, place, depth + 1))
  if (second !== undefined) {
    throw parsingException(`[${name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]`, {
      node: json,
      part: { key: second },
    })
  }
  return query
}
