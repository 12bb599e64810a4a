import type { Query } from '../ast.ts'
import type { BindContext } from '../bind/context.ts'
import type { BoolQuery } from './bool.ts'
import type { BoostingQuery } from './boosting.ts'
import type { CombinedFieldsQuery } from './combined-fields.ts'
import type { ConstantScoreQuery } from './constant-score.ts'
import type { DisMaxQuery } from './dis-max.ts'
import type { DistanceFeatureQuery } from './distance-feature.ts'
import type { ExistsQuery } from './exists.ts'
import type { FunctionScoreQuery } from './function-score.ts'
import type { FuzzyQuery } from './fuzzy.ts'
import type { GeoBoundingBoxQuery, GeoDistanceQuery, GeoPolygonQuery } from './geo.ts'
import type { GeoGridQuery } from './geo-grid.ts'
import type { GeoShapeQuery } from './geo-shape.ts'
import type { IdsQuery } from './ids.ts'
import type { IntervalsQuery } from './intervals.ts'
import type { HasChildQuery, HasParentQuery, ParentIdQuery } from './join.ts'
import type { KqlQuery } from './kql.ts'
import type { MatchAllQuery, MatchNoneQuery } from './match-all.ts'
import type { MatchPhraseQuery } from './match-phrase.ts'
import type { MatchBoolPrefixQuery, MatchQuery } from './match.ts'
import type { MultiMatchQuery } from './multi-match.ts'
import type { NestedQuery } from './nested.ts'
import type { PercolateQuery } from './percolate.ts'
import type { PinnedQuery } from './pinned.ts'
import type { PrefixQuery } from './prefix.ts'
import type { QueryStringQuery } from './query-string.ts'
import type { RangeQuery } from './range.ts'
import type { RankFeatureQuery } from './rank-feature.ts'
import type { RegexpQuery } from './regexp.ts'
import type { ScriptScoreQuery } from './script-score.ts'
import type { ScriptQuery } from './script.ts'
import type { SimpleQueryStringQuery } from './simple-query-string.ts'
import type { SpanQuery } from './span.ts'
import type { TermQuery } from './term.ts'
import type { TermsSetQuery } from './terms-set.ts'
import type { TermsQuery } from './terms.ts'
import type { WildcardQuery } from './wildcard.ts'

/** A query of the DSL, checked and typed, but of no index yet: fields are names, values are what the request said. */
export type UnboundQuery =
  | BoolQuery
  | BoostingQuery
  | CombinedFieldsQuery
  | ConstantScoreQuery
  | DisMaxQuery
  | DistanceFeatureQuery
  | ExistsQuery
  | FunctionScoreQuery
  | FuzzyQuery
  | GeoBoundingBoxQuery
  | GeoDistanceQuery
  | GeoGridQuery
  | GeoPolygonQuery
  | GeoShapeQuery
  | HasChildQuery
  | HasParentQuery
  | IdsQuery
  | IntervalsQuery
  | KqlQuery
  | MatchAllQuery
  | MatchBoolPrefixQuery
  | MatchNoneQuery
  | MatchPhraseQuery
  | MatchQuery
  | MultiMatchQuery
  | NestedQuery
  | ParentIdQuery
  | PercolateQuery
  | PinnedQuery
  | PrefixQuery
  | QueryStringQuery
  | RangeQuery
  | RankFeatureQuery
  | RegexpQuery
  | ScriptQuery
  | ScriptScoreQuery
  | SimpleQueryStringQuery
  | SpanQuery
  | TermQuery
  | TermsQuery
  | TermsSetQuery
  | WildcardQuery

/** Binds any query, given to queries that hold others. */
export type BindQuery = (query: UnboundQuery, context: BindContext) => Query
