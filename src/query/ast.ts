import type { Field, FieldValue, GeoPoint, RangeValue } from './field.ts'
import type { IntervalRule } from './interval-rule.ts'
import type { RangeRelation } from './range-field.ts'
import type { RankFunction } from './rank-feature.ts'
import type { ShapeRelation } from './shape-relation.ts'
import type { DistanceMode } from './distance-mode.ts'

/**
 * What a search asks, after its fields and values were bound to one index: KQL, Lucene and the query DSL all end here.
 *
 * Field names are full paths that exist in the index, values are what the field's type holds (`FieldValue`), text is
 * analyzed. What cannot match in this index has become `none` already, so an engine only ever folds over these cases.
 * `boost` multiplies the score of its node; where absent it is 1.
 */
export type Query =
  | { readonly kind: 'all'; readonly boost?: number }
  | { readonly kind: 'none' }
  /** Any of the values, exactly. Scores as a constant when there are several. */
  | { readonly kind: 'terms'; readonly field: string; readonly values: readonly FieldValue[]; readonly boost?: number }
  | { readonly kind: 'range'; readonly field: string; readonly bounds: Bounds; readonly boost?: number }
  /** Ranges of a document of which one lies so to the given one. */
  | {
      readonly kind: 'range_relation'
      readonly field: string
      readonly range: RangeValue
      readonly relation: RangeRelation
      readonly boost?: number
    }
  | { readonly kind: 'exists'; readonly field: string; readonly boost?: number }
  /** Terms that a pattern matches: of a keyword the whole value, of a text field any one token. */
  | { readonly kind: 'pattern'; readonly field: string; readonly pattern: TermPattern; readonly boost?: number }
  /** Tokens of a text field: at least `minimum` different ones of them. */
  | {
      readonly kind: 'tokens'
      readonly field: string
      readonly tokens: readonly string[]
      readonly minimum: number
      readonly boost?: number
    }
  /** Tokens of a text field in order; see `Phrase`. */
  | { readonly kind: 'phrase'; readonly field: string; readonly phrase: Phrase; readonly boost?: number }
  /**
   * Stretches of text that a rule finds. The score is constant; with `scoredBy` that of all its tokens as one term of that
   * field, which stands there as often as there are stretches, long ones counting less.
   */
  | { readonly kind: 'intervals'; readonly rule: IntervalRule; readonly scoredBy?: string; readonly boost?: number }
  | { readonly kind: 'ids'; readonly ids: readonly string[]; readonly boost?: number }
  /** Documents that were written with a routing: with one of these, or any. */
  | { readonly kind: 'routing'; readonly values?: readonly string[]; readonly boost?: number }
  | {
      readonly kind: 'bool'
      readonly must: readonly Query[]
      /** Must match, without a say in the score. */
      readonly filter: readonly Query[]
      readonly should: readonly Query[]
      readonly mustNot: readonly Query[]
      /** How many of `should` must match. Resolved: percentages and the default are already numbers. */
      readonly minimumShouldMatch: number
      readonly boost?: number
    }
  | { readonly kind: 'constant_score'; readonly query: Query; readonly boost?: number }
  /** The best of its clauses scores, the others add `tieBreaker` times theirs. */
  | { readonly kind: 'dis_max'; readonly queries: readonly Query[]; readonly tieBreaker: number; readonly boost?: number }
  /** Matches of `positive`; those that `negative` matches, too, score `negativeBoost` times as much. */
  | {
      readonly kind: 'boosting'
      readonly positive: Query
      readonly negative: Query
      readonly negativeBoost: number
      readonly boost?: number
    }
  /** Matches of `query`, with scores that functions change. `boost` is that of the query, before them. */
  | {
      readonly kind: 'function_score'
      readonly query: Query
      readonly functions: readonly ScoreFunction[]
      /** Documents that score less do not match. */
      readonly minScore?: number
      /** The boost multiplies what the functions made instead. */
      readonly boostsResult?: boolean
      /** How the functions that apply become one factor; 1 where none does. */
      readonly scoreMode: 'multiply' | 'sum' | 'avg' | 'first' | 'max' | 'min'
      /** How that factor, at most `maxBoost`, meets the score of the query. */
      readonly boostMode: 'multiply' | 'replace' | 'sum' | 'avg' | 'max' | 'min'
      readonly maxBoost: number
      readonly boost?: number
    }
  /** Documents with a value: `boost * pivot / (pivot + distance)`, of several values the nearest; in meters or the field's own unit of time. */
  | {
      readonly kind: 'distance_feature'
      readonly field: string
      readonly origin: GeoPoint | number
      readonly pivot: number
      readonly boost?: number
    }
  /** Documents that have a feature, scored by its value; `feature` names one of a field of several. */
  | {
      readonly kind: 'rank_feature'
      readonly field: string
      readonly feature?: string
      readonly function: RankFunction
      readonly boost?: number
    }
  /** At least as many different ones of the values as a whole number of the document says, and at least one. */
  | {
      readonly kind: 'terms_set'
      readonly field: string
      readonly values: readonly FieldValue[]
      readonly minimumField: string
      readonly boost?: number
    }
  /** Points within a polygon that crosses no date line. */
  | { readonly kind: 'geo_polygon'; readonly field: string; readonly points: readonly GeoPoint[]; readonly boost?: number }
  /** Shapes that lie so to the one of the query, which is written as WKT. */
  | {
      readonly kind: 'shape'
      readonly field: string
      readonly shape: string
      readonly relation: ShapeRelation
      readonly boost?: number
    }
  /** Those with nested objects of a path that match; the query is about these objects, whose scores make one. */
  | {
      readonly kind: 'nested'
      readonly path: string
      readonly query: Query
      readonly scoreMode: NestedScoreMode
      readonly boost?: number
    }
  /** Documents with at least `least` and at most `most` children that match, which name them in a hidden field. */
  | {
      readonly kind: 'has_child'
      readonly parentId: string
      /** About the children. */
      readonly query: Query
      readonly scoreMode: NestedScoreMode
      readonly least: number
      readonly most: number
      readonly boost?: number
    }
  /** Documents that name one that matches as their parent, and may score what it does. */
  | {
      readonly kind: 'has_parent'
      readonly parentId: string
      /** About the parents. */
      readonly query: Query
      readonly isScored: boolean
      readonly boost?: number
    }
  | {
      readonly kind: 'geo_distance'
      readonly field: string
      readonly center: GeoPoint
      readonly distanceMeters: number
      readonly boost?: number
    }
  | {
      readonly kind: 'geo_box'
      readonly field: string
      readonly topLeft: GeoPoint
      readonly bottomRight: GeoPoint
      readonly boost?: number
    }

export type NestedScoreMode = 'avg' | 'sum' | 'min' | 'max' | 'none'

/** One function of `function_score`: applies to the documents that `filter` matches. */
export interface ScoreFunction {
  readonly filter: Query
  readonly weight: number
  readonly value:
    | { readonly kind: 'one' }
    /** `modifier(factor * value)`, of several values the least; `missing` stands in where there is none. */
    | {
        readonly kind: 'field'
        readonly field: string
        readonly factor: number
        readonly modifier: FactorModifier
        readonly missing: number
      }
    /** 1 up to `offset` from the origin, `decay` at `scale` beyond; 1 without a value. */
    | {
        readonly kind: 'decay'
        readonly field: string
        readonly shape: 'gauss' | 'exp' | 'linear'
        readonly origin: GeoPoint | number
        readonly scale: number
        readonly offset: number
        readonly decay: number
        /** What of the distances beyond `offset` counts where there are several values. */
        readonly mode: DistanceMode
      }
    /** From 0 up to, not including, 1: the same for the same seed and sequence number. */
    | { readonly kind: 'random'; readonly seed: number }
    /** What a script computes; it may read the score of the query. */
    | { readonly kind: 'script'; readonly field: Field }
}

export type FactorModifier = 'none' | 'log' | 'log1p' | 'log2p' | 'ln' | 'ln1p' | 'ln2p' | 'square' | 'sqrt' | 'reciprocal'

/** At most one of `gte` and `gt`, at most one of `lte` and `lt`. */
export interface Bounds {
  readonly gte?: FieldValue
  readonly gt?: FieldValue
  readonly lte?: FieldValue
  readonly lt?: FieldValue
}

/** Patterns over terms. All but `regexp` may ignore case (ASCII and simple Unicode folding, as Lucene). */
export type TermPattern =
  | { readonly kind: 'prefix'; readonly prefix: string; readonly ignoreCase: boolean }
  /** `*` any run, `?` one character; a backslash takes the next character literally. */
  | { readonly kind: 'wildcard'; readonly wildcard: string; readonly ignoreCase: boolean }
  /** Lucene's regular expressions, anchored at both ends. */
  | { readonly kind: 'regexp'; readonly regexp: string; readonly ignoreCase: boolean }
  /** Damerau-Levenshtein distance up to `edits` after the first `prefixLength` characters. */
  | {
      readonly kind: 'fuzzy'
      readonly term: string
      readonly edits: 0 | 1 | 2
      readonly prefixLength: number
      readonly transpositions: boolean
      readonly maxExpansions: number
    }

export interface Phrase {
  /** Each place holds one or more tokens (synonyms) and its position relative to the first, so holes are kept. */
  readonly places: readonly { readonly tokens: readonly string[]; readonly position: number }[]
  /** How many moves of a token are forgiven. */
  readonly slop: number
  /** The last place stands for all tokens that begin with its (single) token: `match_phrase_prefix`. */
  readonly lastIsPrefix: boolean
  /** With `lastIsPrefix`: how many tokens it may stand for. */
  readonly maxExpansions: number
}

export const matchAll: Query = { kind: 'all' }
export const matchNone: Query = { kind: 'none' }
