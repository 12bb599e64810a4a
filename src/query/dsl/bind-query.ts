import { ElkhornError, unreachable } from '../../core/errors.ts'
import type { Query } from '../ast.ts'
import { queryShardException, type BindContext } from '../bind/context.ts'
import { rewriteQuery } from '../bind/rewrite.ts'
import { bindBool } from './bool.ts'
import { bindBoosting } from './boosting.ts'
import { bindCombinedFields } from './combined-fields.ts'
import { bindConstantScore } from './constant-score.ts'
import { bindDisMax } from './dis-max.ts'
import { bindDistanceFeature } from './distance-feature.ts'
import { bindExists } from './exists.ts'
import { bindFunctionScore } from './function-score.ts'
import { bindFuzzy } from './fuzzy.ts'
import { bindGeoBoundingBox, bindGeoDistance, bindGeoPolygon } from './geo.ts'
import { bindGeoGrid } from './geo-grid.ts'
import { bindGeoShape } from './geo-shape.ts'
import { bindIds } from './ids.ts'
import { bindIntervals } from './intervals.ts'
import { bindHasChild, bindHasParent, bindParentId } from './join.ts'
import { bindKql } from './kql.ts'
import { bindMatchAll, bindMatchNone } from './match-all.ts'
import { bindMatchPhrase } from './match-phrase.ts'
import { bindMatch, bindMatchBoolPrefix } from './match.ts'
import { bindMultiMatch } from './multi-match.ts'
import { bindNested } from './nested.ts'
import { bindPercolate } from './percolate.ts'
import { bindPinned } from './pinned.ts'
import { bindPrefix } from './prefix.ts'
import { bindQueryString } from './query-string.ts'
import { bindRange } from './range.ts'
import { bindRankFeature } from './rank-feature.ts'
import { bindRegexp } from './regexp.ts'
import { bindScriptScore } from './script-score.ts'
import { bindScript } from './script.ts'
import { bindSimpleQueryString } from './simple-query-string.ts'
import { bindSpan } from './span.ts'
import { bindTerm } from './term.ts'
import { bindTermsSet } from './terms-set.ts'
import { bindTerms } from './terms.ts'
import { refuseExpensive } from './expensive.ts'
import type { UnboundQuery } from './unbound.ts'
import { bindWildcard } from './wildcard.ts'

/** Errors about a value, which Elasticsearch reports as the query's failure with the value's below it. */
const WRAPPED = new Set([
  'number_format_exception',
  'illegal_argument_exception',
  'too_many_clauses',
  'script_exception',
  'document_parsing_exception',
])

/**
 * Binds a query to one index: fields are found, values typed, texts analyzed; what cannot match becomes `none`.
 * @throws ElkhornError `query_shard_exception`, `parse_exception` (400)
 */
export function bindQuery(query: UnboundQuery, context: BindContext): Query {
  try {
    return bind(query, context)
  } catch (error) {
    if (!(error instanceof ElkhornError) || !WRAPPED.has(error.type)) throw error
    throw queryShardException(context, `failed to create query: ${error.reason}`, error)
  }
}

/** As `bindQuery` and rewritten, for queries of aggregations and rescorers: there the error of a value is not told as that of a query. */
export function bindPart(query: UnboundQuery, context: BindContext): Query {
  return rewriteQuery(bind(query, context), context)
}

function bind(query: UnboundQuery, context: BindContext): Query {
  if (context.limits.allowExpensive === false) refuseExpensive(query, context)
  switch (query.kind) {
    case 'bool':
      return bindBool(query, context, bind)
    case 'boosting':
      return bindBoosting(query, context, bind)
    case 'combined_fields':
      return bindCombinedFields(query, context)
    case 'constant_score':
      return bindConstantScore(query, context, bind)
    case 'dis_max':
      return bindDisMax(query, context, bind)
    case 'distance_feature':
      return bindDistanceFeature(query, context)
    case 'exists':
      return bindExists(query, context)
    case 'function_score':
      return bindFunctionScore(query, context, bind)
    case 'fuzzy':
      return bindFuzzy(query, context)
    case 'geo_bounding_box':
      return bindGeoBoundingBox(query, context)
    case 'geo_distance':
      return bindGeoDistance(query, context)
    case 'geo_grid':
      return bindGeoGrid(query, context)
    case 'geo_polygon':
      return bindGeoPolygon(query, context)
    case 'geo_shape':
      return bindGeoShape(query, context)
    case 'has_child':
      return bindHasChild(query, context, bind)
    case 'has_parent':
      return bindHasParent(query, context, bind)
    case 'ids':
      return bindIds(query)
    case 'intervals':
      return bindIntervals(query, context)
    case 'kql':
      return bindKql(query, context, bind)
    case 'match':
      return bindMatch(query, context)
    case 'match_all':
      return bindMatchAll(query)
    case 'match_bool_prefix':
      return bindMatchBoolPrefix(query, context)
    case 'match_none':
      return bindMatchNone()
    case 'match_phrase':
      return bindMatchPhrase(query, context)
    case 'multi_match':
      return bindMultiMatch(query, context)
    case 'nested':
      return bindNested(query, context, bind)
    case 'parent_id':
      return bindParentId(query, context)
    case 'percolate':
      return bindPercolate(query, context)
    case 'pinned':
      return bindPinned(query, context, bind)
    case 'prefix':
      return bindPrefix(query, context)
    case 'query_string':
      return bindQueryString(query, context)
    case 'range':
      return bindRange(query, context)
    case 'rank_feature':
      return bindRankFeature(query, context)
    case 'regexp':
      return bindRegexp(query, context)
    case 'script':
      return bindScript(query, context)
    case 'script_score':
      return bindScriptScore(query, context, bind)
    case 'simple_query_string':
      return bindSimpleQueryString(query, context)
    case 'span':
      return bindSpan(query, context, bind)
    case 'term':
      return bindTerm(query, context)
    case 'terms':
      return bindTerms(query, context)
    case 'terms_set':
      return bindTermsSet(query, context)
    case 'wildcard':
      return bindWildcard(query, context)
    default:
      return unreachable(query)
  }
}
