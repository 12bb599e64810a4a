import { sql } from '../../sql.ts'
import { uint } from '../columns.ts'
import { where } from '../query/condition.ts'
import type { Statements } from '../statement.ts'
import { tableName, type Target } from '../target.ts'

export interface Total {
  readonly value: number
  readonly relation: 'eq' | 'gte'
}

/** Counts the matches up to `limit`, which may be infinite; counting stops a little behind it. */
export async function countMatches(targets: readonly Target[], limit: number, statements: Statements): Promise<Total> {
  const counts = await Promise.all(targets.map((target) => countOf(target, limit, statements)))
  const sum = counts.reduce((a, b) => a + b, 0)
  return upTo(sum, limit)
}

export function upTo(count: number, limit: number): Total {
  return count > limit ? { value: limit, relation: 'gte' } : { value: count, relation: 'eq' }
}

async function countOf(target: Target, limit: number, statements: Statements): Promise<number> {
  const from = sql`FROM ${tableName(target)} ${where(target.matches)}`
  // A table's own number of rows needs no limit.
  const counted =
    Number.isFinite(limit) && target.matches.kind === 'test' ? sql`FROM (SELECT 1 ${from} LIMIT ${limit + 1})` : from
  const [row] = await statements.select({ count: uint(sql`count()`) }, counted)
  return row?.count ?? 0
}
