import type { Bounds } from '../../../../query/ast.ts'
import type { StoredColumn, TableLayout } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { anyValue } from './column-test.ts'
import { ALWAYS, type Condition, leaf, NEVER } from './condition.ts'
import { literal } from './literal.ts'

export function rangeCondition(column: StoredColumn, bounds: Bounds, layout: TableLayout): Condition {
  if (column.name === layout.timeColumn) return timeCondition(column, timeBounds(bounds), layout)
  return anyValue(column, (x) => withinBounds(x, bounds, column))
}

/** NULL for NULL. Bounds that hold nothing at all leave a test that the value exists. */
export function withinBounds(value: Sql, bounds: Bounds, { storage }: StoredColumn): Sql {
  const tests: Sql[] = []
  if (bounds.gte !== undefined) tests.push(sql`${value} >= ${literal(bounds.gte, storage)}`)
  if (bounds.gt !== undefined) tests.push(sql`${value} > ${literal(bounds.gt, storage)}`)
  if (bounds.lte !== undefined) tests.push(sql`${value} <= ${literal(bounds.lte, storage)}`)
  if (bounds.lt !== undefined) tests.push(sql`${value} < ${literal(bounds.lt, storage)}`)
  return tests.length === 0 ? sql`isNotNull(${value})` : sql`(${joinSql(tests, ' AND ')})`
}

/** Whole milliseconds, `from` included, `to` not. */
export interface TimeBounds {
  readonly from: number
  readonly to: number
}

export const ALL_TIME: TimeBounds = { from: -Infinity, to: Infinity }

export function timeBounds(bounds: Bounds): TimeBounds {
  const from = Math.max(
    bounds.gte === undefined ? -Infinity : Math.ceil(Number(bounds.gte)),
    bounds.gt === undefined ? -Infinity : Math.floor(Number(bounds.gt)) + 1,
  )
  const to = Math.min(
    bounds.lt === undefined ? Infinity : Math.ceil(Number(bounds.lt)),
    bounds.lte === undefined ? Infinity : Math.floor(Number(bounds.lte)) + 1,
  )
  return { from, to }
}

const MINUTE_MS = 60_000

/**
 * Times are read only where they must be: a bound beyond what the table holds says nothing, one at a full minute asks the
 * column of minutes, which is a fiftieth as large (1 instead of 8 CPU-ms over 2 M rows). `indexHint` keeps the key in play.
 */
function timeCondition(column: StoredColumn, { from, to }: TimeBounds, layout: TableLayout): Condition {
  const { minTime, maxTime, minuteColumn } = layout
  if (minTime === undefined || maxTime === undefined || from >= to || from > maxTime || to <= minTime) return NEVER
  const time = identifier(column.name)
  const tests: Sql[] = []
  const hints: Sql[] = []
  const byMinute = minuteColumn !== undefined && hasExactMinutes(layout) ? identifier(minuteColumn) : undefined
  if (from > minTime) {
    const test = sql`${time} >= ${from}`
    if (byMinute && from % MINUTE_MS === 0) {
      tests.push(sql`${byMinute} >= ${from / MINUTE_MS}`)
      hints.push(test)
    } else tests.push(test)
  }
  if (to <= maxTime) {
    const test = sql`${time} < ${to}`
    if (byMinute && to % MINUTE_MS === 0) {
      tests.push(sql`${byMinute} < ${to / MINUTE_MS}`)
      hints.push(test)
    } else tests.push(test)
  }
  // The value that stands for a missing time lies below or above all others: one open side may let it in.
  if (column.missing !== undefined && layout.hasMissingTime && (from <= minTime || to > maxTime)) {
    tests.push(sql`${time} != ${column.missing}`)
  }
  if (tests.length === 0) return ALWAYS
  if (hints.length > 0) tests.push(sql`indexHint(${joinSql(hints, ' AND ')})`)
  const exact = tests.filter((test) => !test.text.startsWith('indexHint('))
  const test = leaf(sql`(${joinSql(exact, ' AND ')})`, { nullable: false })
  return test.kind === 'test' ? { ...test, is: sql`(${joinSql(tests, ' AND ')})` } : test
}

/** Whether every time in the table fits the column of minutes, which clamps what does not. */
export function hasExactMinutes({ minTime, maxTime }: TableLayout): boolean {
  const limit = 2 ** 31 * MINUTE_MS
  return minTime !== undefined && maxTime !== undefined && minTime > -limit && maxTime < limit - MINUTE_MS
}
