import type { JsonValue } from '../core/json.ts'
import type { AggregationTree } from './aggs/parse-aggregations.ts'
import type { NamedQuery } from './dsl/named-queries.ts'
import type { UnboundQuery } from './dsl/unbound.ts'
import type { UnboundSortKey } from './sort.ts'

/** A search as it was asked, checked and typed, of no index yet. Absent parts have their defaults. */
export interface SearchRequest {
  /** `undefined`: everything. */
  readonly query: UnboundQuery | undefined
  /** Of the query and the filter behind it: hits say which of them matched. */
  readonly namedQueries: readonly NamedQuery[]
  /** Filters hits, but not what aggregations see. */
  readonly postFilter: UnboundQuery | undefined
  readonly aggregations: AggregationTree
  readonly sort: readonly UnboundSortKey[]
  readonly from: number
  readonly size: number
  readonly searchAfter: readonly JsonValue[] | undefined
  readonly source: SourceFilter
  /** `fields`: values as the mapping reads them. */
  readonly fields: readonly FieldRequest[]
  readonly docvalueFields: readonly FieldRequest[]
  /** `_none_` leaves out even `_source`; fields are not stored apart here, so other names find nothing. */
  readonly storedFields: readonly string[] | undefined
  /** Matches are counted up to this many; `Infinity` for all, 0 for no total. */
  readonly trackTotalHits: number
  readonly trackScores: boolean
  readonly minScore: number | undefined
  readonly timeoutMs: number | undefined
  /** Documents looked at before the search ends early; 0 for all. */
  readonly terminateAfter: number
  readonly version: boolean
  readonly seqNoPrimaryTerm: boolean
  readonly explain: boolean
  readonly profile: boolean
  /** Whether an answer may be one that was given before; where a request does not say, the settings of the indices do. */
  readonly requestCache?: boolean
  /** Parts that others read, by their names in the request; empty objects and lists are left out. */
  readonly raw: Readonly<Partial<Record<RawPart, JsonValue>>>
}

export const RAW_PARTS = [
  'highlight',
  'collapse',
  'rescore',
  'suggest',
  'script_fields',
  'runtime_mappings',
  'slice',
  'pit',
  'indices_boost',
  'ext',
  'stats',
  'knn',
] as const
export type RawPart = (typeof RAW_PARTS)[number]

/** Which parts of `_source` a hit shows. */
export type SourceFilter =
  /** `asked`: the request says so, also where it would not be shown otherwise. */
  | { readonly kind: 'all'; readonly asked?: boolean }
  | { readonly kind: 'none' }
  /** Paths with `*`; empty `includes` for all. */
  | { readonly kind: 'some'; readonly includes: readonly string[]; readonly excludes: readonly string[] }

export interface FieldRequest {
  /** A path, also with `*`. */
  readonly field: string
  readonly format: string | undefined
  readonly includeUnmapped: boolean
}

export const DEFAULT_SIZE = 10
/** Matches counted where a request does not say. */
export const DEFAULT_TRACK_TOTAL_HITS = 10_000

export type UrlParameters = Readonly<Record<string, string | undefined>>
