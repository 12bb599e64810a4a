import type { StoredColumn } from '../../layout.ts'
import { sql } from '../../sql.ts'
import { indexedToken } from '../../token-column.ts'
import { allIndexed, anyIndexed } from './column-test.ts'
import { atLeast, type Condition, NEVER } from './condition.ts'
import { termsCondition } from './terms.ts'

/** At least `minimum` different ones of the tokens stand in the document. */
export function tokensCondition(column: StoredColumn, tokens: readonly string[], minimum: number): Condition {
  const distinct = [...new Set(tokens.map(indexedToken))]
  if (minimum > distinct.length) return NEVER
  if (column.storage !== 'tokens') {
    return atLeast(
      Math.max(1, minimum),
      distinct.map((token) => termsCondition(column, [token])),
    )
  }
  if (minimum <= 1) return anyIndexed(column, sql`${distinct}`)
  if (minimum === distinct.length) return allIndexed(column, distinct)
  return atLeast(
    minimum,
    distinct.map((token) => anyIndexed(column, sql`${[token]}`)),
  )
}
