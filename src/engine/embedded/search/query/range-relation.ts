import type { RangeValue } from '../../../../query/field.ts'
import type { RangeRelation } from '../../../../query/range-field.ts'
import type { StoredColumn } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { endStorage, isRangeStorage, RANGE_TO } from '../../tables/column-shape.ts'
import { type Condition, leaf, NEVER, or } from './condition.ts'
import { literal } from './literal.ts'

/** One of the document's ranges lies so to the asked one; the ends of both belong to them. */
export function rangeRelationCondition(column: StoredColumn, asked: RangeValue, relation: RangeRelation): Condition {
  const { storage, name, arrayName } = column
  if (!isRangeStorage(storage)) return NEVER
  const [from, to] = [literal(asked.from, endStorage(storage)), literal(asked.to, endStorage(storage))]
  const tests = {
    intersects: (lower: Sql, upper: Sql): Sql => sql`(${lower} <= ${to} AND ${upper} >= ${from})`,
    contains: (lower: Sql, upper: Sql): Sql => sql`(${lower} <= ${from} AND ${upper} >= ${to})`,
    within: (lower: Sql, upper: Sql): Sql => sql`(${lower} >= ${from} AND ${upper} <= ${to})`,
  }
  const test = tests[relation]
  const single = leaf(test(identifier(name), identifier(name + RANGE_TO)), { nullable: true })
  if (arrayName === undefined) return single
  const lists = [identifier(arrayName), identifier(arrayName + RANGE_TO)] as const
  return or([single, leaf(sql`arrayExists((x, y) -> ${test(sql`x`, sql`y`)}, ${lists[0]}, ${lists[1]})`, { nullable: false })])
}
