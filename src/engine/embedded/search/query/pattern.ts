import type { Query } from '../../../../query/ast.ts'
import { termMatcher } from '../../../../query/term-matcher.ts'
import type { StoredColumn } from '../../layout.ts'
import { identifier } from '../../sql.ts'
import type { Expansion } from '../terms/expand.ts'
import { needsExpansion, patternTest, type TestablePattern, tokenScanTest } from '../terms/pattern-test.ts'
import { anyIndexed, anyValue } from './column-test.ts'
import { type Condition, leaf, NEVER, or } from './condition.ts'
import { termsCondition } from './terms.ts'

/** One of the document's terms matches. */
export function patternCondition(
  { pattern }: Extract<Query, { kind: 'pattern' }>,
  column: StoredColumn,
  expansion: Expansion | undefined,
): Condition {
  const indexed = indexedCondition(column, expansion)
  // The index skips the empty term.
  if (indexed !== undefined)
    return column.termIndex && termMatcher(pattern)('') ? or([indexed, termsCondition(column, [''])]) : indexed
  if (needsExpansion(pattern)) return NEVER
  const testable = pattern as TestablePattern
  if (column.storage === 'tokens') return leaf(tokenScanTest(identifier(column.name), testable), { nullable: false })
  return anyValue(column, (term) => patternTest(term, testable))
}

function indexedCondition(column: StoredColumn, expansion: Expansion | undefined): Condition | undefined {
  if (expansion?.kind === 'dictionary') return anyIndexed(column, expansion.terms)
  if (expansion?.kind !== 'terms') return undefined
  return termsCondition(
    column,
    expansion.terms.map(({ term }) => term),
  )
}
