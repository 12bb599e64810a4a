import type { StoredColumn } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { type Condition, leaf, NEVER, or } from './condition.ts'

/** A test that holds for a document when any one of its values passes. `test` must be NULL for NULL. */
export function anyValue(column: StoredColumn, test: (value: Sql) => Sql): Condition {
  const single = leaf(test(identifier(column.name)), { nullable: column.missing === undefined })
  if (column.arrayName === undefined) return single
  return or([single, leaf(sql`arrayExists(x -> ${test(sql`x`)}, ${identifier(column.arrayName)})`, { nullable: false })])
}

/** As `anyValue` for the two columns of points. */
export function anyPoint(column: StoredColumn, test: (lat: Sql, lon: Sql) => Sql): Condition {
  const single = leaf(test(identifier(column.name), identifier(`${column.name}_lon`)), { nullable: true })
  if (column.arrayName === undefined) return single
  const [lat, lon] = [identifier(column.arrayName), identifier(`${column.arrayName}_lon`)]
  return or([single, leaf(sql`arrayExists((y, x) -> ${test(sql`y`, sql`x`)}, ${lat}, ${lon})`, { nullable: false })])
}

/** The document has a value. */
export function exists(column: StoredColumn): Condition {
  const name = identifier(column.name)
  // Text is not nullable; its length lies in a column of its own, so that no text is read.
  if (column.storage === 'tokens') return leaf(sql`${name}.size > 0`, { nullable: false })
  const single =
    column.missing === undefined
      ? leaf(sql`isNotNull(${name})`, { nullable: false })
      : leaf(sql`${name} != ${column.missing}`, { nullable: false })
  if (column.arrayName === undefined) return single
  return or([single, leaf(sql`notEmpty(${identifier(column.arrayName)})`, { nullable: false })])
}

/**
 * Documents in which one of these terms is indexed: answered from the index, the columns are not read.
 *
 * A call of `hasAnyTokens` must stand in WHERE as a plain part of AND, OR and NOT (see `announced`). Anywhere else it is
 * not only slow: the function then splits the value at everything that is no letter, whatever the index does.
 */
export function anyIndexed(column: StoredColumn, terms: Sql): Condition {
  const parts = [indexCall(sql`hasAnyTokens(${identifier(column.name)}, ${terms})`, column)]
  if (column.arrayName !== undefined) parts.push(indexCall(sql`hasAnyTokens(${identifier(column.arrayName)}, ${terms})`))
  return or(parts)
}

export function allIndexed(column: StoredColumn, tokens: readonly string[]): Condition {
  return tokens.length === 0 ? NEVER : indexCall(sql`hasAllTokens(${identifier(column.name)}, ${tokens})`)
}

/** `nullable`: the column, where it holds NULL for documents without a value. */
function indexCall(call: Sql, nullable?: StoredColumn): Condition {
  const isNot =
    nullable === undefined || nullable.storage === 'tokens'
      ? sql`NOT ${call}`
      : sql`(isNull(${identifier(nullable.name)}) OR NOT ${call})`
  return { kind: 'test', is: call, isNot, indexCalls: [{ call, isNot }] }
}
