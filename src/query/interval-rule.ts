import type { Bounds, TermPattern } from './ast.ts'

/**
 * A rule of the `intervals` query or of a span query: which stretches of a text it finds. A stretch is from the position of a
 * token to that of another. Of two that lie within each other the shorter one counts (Clarke, Cormack, Burkowski, *An algebra
 * for structured text search*, 1995), but for span queries (`all`). Leaves name their field: rules over several fields compare
 * positions.
 */
export type IntervalRule =
  /** Each place where one of the tokens stands. */
  | { readonly kind: 'tokens'; readonly field: string; readonly tokens: readonly string[] }
  | IntervalPattern
  /** Tokens within so many edits after a common prefix. */
  | {
      readonly kind: 'near'
      readonly field: string
      readonly term: string
      readonly edits: number
      readonly prefixLength: number
    }
  /** Tokens between two others. */
  | { readonly kind: 'between'; readonly field: string; readonly bounds: Bounds }
  | { readonly kind: 'any_of'; readonly rules: readonly IntervalRule[]; readonly all?: boolean }
  /** Stretches over one of each; at most `maxGaps` positions between them belong to none, any number for -1. */
  | {
      readonly kind: 'all_of'
      readonly rules: readonly IntervalRule[]
      readonly ordered: boolean
      readonly maxGaps: number
      readonly all?: boolean
    }
  /** Behind another rule in order: so many positions, whatever stands there. */
  | { readonly kind: 'gap'; readonly width: number }
  /** Those that end within so many positions of the beginning. */
  | { readonly kind: 'first'; readonly rule: IntervalRule; readonly end: number }
  /** `before` and `after`: so many positions around a stretch count as its own. */
  | {
      readonly kind: 'related'
      readonly rule: IntervalRule
      readonly relation: IntervalRelation
      readonly to: IntervalRule
      readonly before?: number
      readonly after?: number
    }

/** Each place where a token stands that a pattern matches. */
export interface IntervalPattern {
  readonly kind: 'pattern'
  readonly field: string
  readonly pattern: TermPattern
}

/** How a stretch lies to another one. The `not_` ones ask that there is none. */
export type IntervalRelation =
  | 'containing'
  | 'contained_by'
  | 'not_containing'
  | 'not_contained_by'
  | 'overlapping'
  | 'not_overlapping'
  | 'before'
  | 'after'

/** The rules at the ends: those that must be found, and those that say where. */
export function intervalLeaves(rule: IntervalRule): readonly IntervalRule[] {
  switch (rule.kind) {
    case 'any_of':
    case 'all_of':
      return rule.rules.flatMap(intervalLeaves)
    case 'first':
      return intervalLeaves(rule.rule)
    case 'related':
      return rule.relation.startsWith('not_')
        ? intervalLeaves(rule.rule)
        : [...intervalLeaves(rule.rule), ...intervalLeaves(rule.to)]
    default:
      return [rule]
  }
}

/** All patterns, also of what must not be found. */
export function intervalPatterns(rule: IntervalRule): readonly IntervalPattern[] {
  switch (rule.kind) {
    case 'pattern':
      return [rule]
    case 'any_of':
    case 'all_of':
      return rule.rules.flatMap(intervalPatterns)
    case 'first':
      return intervalPatterns(rule.rule)
    case 'related':
      return [...intervalPatterns(rule.rule), ...intervalPatterns(rule.to)]
    default:
      return []
  }
}

/** Positions that a stretch of a rule takes at least: what is wider scores less. */
export function leastWidth(rule: IntervalRule): number {
  switch (rule.kind) {
    case 'any_of':
      return Math.min(...rule.rules.map(leastWidth))
    case 'all_of':
      return rule.rules.reduce((sum, one) => sum + leastWidth(one), 0)
    case 'first':
    case 'related':
      return leastWidth(rule.rule)
    case 'gap':
      return rule.width
    default:
      return 1
  }
}
