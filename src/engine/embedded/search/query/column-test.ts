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

/** Documents in which one of these terms is indexed: answered from the index, the columns are not read. */
export function anyIndexed(column: StoredColumn, terms: Sql): Condition {
  const names = column.arrayName === undefined ? [column.name] : [column.name, column.arrayName]
  return or(
    names.map((name) => {
      const call = sql`hasAnyTokens(${identifier(name)}, ${terms})`
      return leaf(call, { nullable: column.storage !== 'tokens' && name === column.name, indexCalls: [call] })
    }),
  )
}

export function allIndexed(column: StoredColumn, tokens: readonly string[]): Condition {
  if (tokens.length === 0) return NEVER
  const call = sql`hasAllTokens(${identifier(column.name)}, ${tokens})`
  return leaf(call, { nullable: false, indexCalls: [call] })
}
