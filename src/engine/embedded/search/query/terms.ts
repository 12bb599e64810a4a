import type { FieldValue } from '../../../../query/field.ts'
import type { StoredColumn } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { indexedToken } from '../../token-column.ts'
import { anyIndexed, anyValue } from './column-test.ts'
import { and, type Condition, flag, leaf, NEVER, or } from './condition.ts'
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

/** As many of the values as another field of the document says, at least one. */
export function termsSetCondition(
  column: StoredColumn,
  values: readonly FieldValue[],
  minimum: StoredColumn | undefined,
): Condition {
  if (minimum === undefined) return NEVER
  const each = values.map((value) => termsCondition(column, [value]))
  const count = joinSql([...each.map(flag), sql`0`], ' + ')
  const enough = leaf(sql`${count} >= ${leastOf(minimum)}`, { nullable: true })
  // That some are there follows, and lets the index answer what it can.
  return and([or(each), enough])
}

/** The least of a document's values. */
function leastOf({ name, arrayName }: StoredColumn): Sql {
  if (arrayName === undefined) return identifier(name)
  return sql`if(empty(${identifier(arrayName)}), ${identifier(name)}, arrayMin(${identifier(arrayName)}))`
}
