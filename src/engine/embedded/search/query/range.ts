import type { Bounds } from '../../../../query/ast.ts'
import type { StoredColumn, TableLayout } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { anyValue } from './column-test.ts'
import { ALWAYS, type Condition, leaf, NEVER } from './condition.ts'
import { literal } from './literal.ts'

export function rangeCondition(column: StoredColumn, bounds: Bounds, layout: TableLayout): Condition {
  if (column.name === layout.timeColumn) return timeCondition(column, timeBounds(bounds), layout)
  if (column.storage === 'tokens') return anyToken(column, bounds)
  return anyValue(column, (x) => withinBounds(x, bounds, column))
}

/** Texts are asked for their tokens, one by one; what begins with `\x02` is none (see `token-column.ts`). */
function anyToken(column: StoredColumn, bounds: Bounds): Condition {
  const tokens = sql`splitByChar(${'\x01'}, ${identifier(column.name)})`
  const isToken = sql`notEmpty(t) AND NOT startsWith(t, ${'\x02'})`
  return leaf(sql`arrayExists(t -> ${isToken} AND ${withinBounds(sql`t`, bounds, column)}, ${tokens})`, { nullable: false })
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

export const MINUTE_MS = 60_000

/**
 * A bound beyond what the table holds says nothing. The others ask the column of minutes: a fiftieth as large as the times
 * (1 instead of 8 CPU-ms over 2 M rows), and what the key begins with, so that other times are not looked at. The times
 * themselves are read only where a bound lies within a minute.
 */
function timeCondition(column: StoredColumn, { from, to }: TimeBounds, layout: TableLayout): Condition {
  const { minTime, maxTime, minuteColumn } = layout
  if (minTime === undefined || maxTime === undefined || from >= to || from > maxTime || to <= minTime) return NEVER
  const time = identifier(column.name)
  const minute = minuteColumn !== undefined && hasExactMinutes(layout) ? identifier(minuteColumn) : undefined
  const tests: Sql[] = []
  if (from > minTime) {
    if (minute) tests.push(sql`${minute} >= ${Math.floor(from / MINUTE_MS)}`)
    if (!minute || from % MINUTE_MS !== 0) tests.push(sql`${time} >= ${from}`)
  }
  if (to <= maxTime) {
    if (minute) tests.push(sql`${minute} <= ${Math.floor((to - 1) / MINUTE_MS)}`)
    if (!minute || to % MINUTE_MS !== 0) tests.push(sql`${time} < ${to}`)
  }
  // The value that stands for a missing time lies below or above all others: one open side may let it in.
  if (column.missing !== undefined && layout.hasMissingTime && (from <= minTime || to > maxTime)) {
    tests.push(sql`${time} != ${column.missing}`)
  }
  return tests.length === 0 ? ALWAYS : leaf(sql`(${joinSql(tests, ' AND ')})`, { nullable: false })
}

/** Whether every time in the table fits the column of minutes, which clamps what does not. */
export function hasExactMinutes({ minTime, maxTime }: TableLayout): boolean {
  const limit = 2 ** 31 * MINUTE_MS
  return minTime !== undefined && maxTime !== undefined && minTime > -limit && maxTime < limit - MINUTE_MS
}
