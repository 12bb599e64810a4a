import type { TermPattern } from './ast.ts'

/**
 * A rule of the `intervals` query: which stretches of a text it finds. A stretch is from the position of a token to that of
 * another; of two that lie within each other the shorter one counts (Clarke, Cormack, Burkowski, *An algebra for structured
 * text search*, 1995). Leaves name their field: rules over several fields compare positions.
 */
export type IntervalRule =
  /** Each place where one of the tokens stands. */
  | { readonly kind: 'tokens'; readonly field: string; readonly tokens: readonly string[] }
  | { readonly kind: 'pattern'; readonly field: string; readonly pattern: Exclude<TermPattern, { kind: 'fuzzy' }> }
  /** Tokens within so many edits after a common prefix. */
  | {
      readonly kind: 'near'
      readonly field: string
      readonly term: string
      readonly edits: number
      readonly prefixLength: number
    }
  | { readonly kind: 'any_of'; readonly rules: readonly IntervalRule[] }
  /** Stretches over one of each; at most `maxGaps` positions between them belong to none, any number for -1. */
  | { readonly kind: 'all_of'; readonly rules: readonly IntervalRule[]; readonly ordered: boolean; readonly maxGaps: number }
  | { readonly kind: 'related'; readonly rule: IntervalRule; readonly relation: IntervalRelation; readonly to: IntervalRule }

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

/** All tokens that leaves name, for marking what matched. */
export function namedTokens(rule: IntervalRule): readonly { readonly field: string; readonly tokens: readonly string[] }[] {
  switch (rule.kind) {
    case 'tokens':
      return [rule]
    case 'any_of':
    case 'all_of':
      return rule.rules.flatMap(namedTokens)
    case 'related':
      return namedTokens(rule.rule)
    default:
      return []
  }
}
