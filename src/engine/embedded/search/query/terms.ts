import type { FieldValue } from '../../../../query/field.ts'
import type { StoredColumn } from '../../layout.ts'
import { sql } from '../../sql.ts'
import { indexedToken } from '../../token-column.ts'
import { anyIndexed, anyValue } from './column-test.ts'
import { type Condition, NEVER, or } from './condition.ts'
import { literal, literalList, textOf } from './literal.ts'

/** One of the document's values is one of these. */
export function termsCondition(column: StoredColumn, values: readonly FieldValue[]): Condition {
  const [first] = values
  if (first === undefined) return NEVER
  if (column.storage === 'tokens') return anyIndexed(column, sql`${values.map((value) => indexedToken(textOf(value)))}`)
  if (column.termIndex) {
    // The index skips the empty term.
    const indexed = values.filter((value) => value !== '')
    const parts = indexed.length > 0 ? [anyIndexed(column, literalList(indexed, column.storage))] : []
    return or(indexed.length === values.length ? parts : [...parts, anyValue(column, (x) => sql`${x} = ''`)])
  }
  if (values.length === 1) return anyValue(column, (x) => sql`${x} = ${literal(first, column.storage)}`)
  const list = literalList(values, column.storage)
  return anyValue(column, (x) => sql`${x} IN ${list}`)
}
