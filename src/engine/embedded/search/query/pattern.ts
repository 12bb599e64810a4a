import type { Query } from '../../../../query/ast.ts'
import type { StoredColumn } from '../../layout.ts'
import { identifier, sql } from '../../sql.ts'
import type { Expansion } from '../terms/expand.ts'
import { patternTest, tokenScanTest } from '../terms/pattern-test.ts'
import { anyIndexed, anyValue } from './column-test.ts'
import { type Condition, leaf, NEVER } from './condition.ts'
import { termsCondition } from './terms.ts'

/** One of the document's terms matches. */
export function patternCondition(
  { pattern }: Extract<Query, { kind: 'pattern' }>,
  column: StoredColumn,
  expansion: Expansion | undefined,
): Condition {
  if (expansion?.kind === 'terms') {
    return termsCondition(
      column,
      expansion.terms.map(({ term }) => term),
    )
  }
  if (expansion?.kind === 'dictionary') return anyIndexed(column, expansion.terms)
  if (pattern.kind === 'fuzzy') return NEVER
  if (column.storage === 'tokens') return leaf(tokenScanTest(identifier(column.name), pattern), { nullable: false })
  return anyValue(column, (term) => sql`${patternTest(term, pattern)}`)
}
