import { sql } from '../../sql.ts'
import { uint } from '../columns.ts'
import { where } from '../query/condition.ts'
import type { Settings, Statements } from '../statement.ts'
import { tableName, type Target } from '../target.ts'
import type { KnownCounts } from './known-counts.ts'

export interface Total {
  readonly value: number
  readonly relation: 'eq' | 'gte'
}

export interface CountContext {
  readonly statements: Statements
  readonly counts: KnownCounts
}

/** What is counted of a target. */
type Counted = Pick<Target, 'layout' | 'from' | 'matches'>

/** Counts the matches up to `limit`, which may be infinite; counting stops a little behind it. */
export async function countMatches(targets: readonly Counted[], limit: number, context: CountContext): Promise<Total> {
  const counts = await Promise.all(targets.map((target) => countOf(target, limit, context)))
  const sum = counts.reduce((a, b) => a + b, 0)
  return upTo(sum, limit)
}

export function upTo(count: number, limit: number): Total {
  return count > limit ? { value: limit, relation: 'gte' } : { value: count, relation: 'eq' }
}

/** As `countMatches` of one target, but that it may come to a little more than the limit. */
export async function countOf(
  target: Counted,
  limit: number,
  { statements, counts }: CountContext,
  settings?: Settings,
): Promise<number> {
  const from = sql`FROM ${tableName(target)} ${where(target.matches)}`
  // A table's own number of rows needs no limit.
  const isLimited = Number.isFinite(limit) && target.matches.kind === 'test'
  const asked = statements.withDefined(isLimited ? sql`FROM (SELECT 1 ${from} LIMIT ${limit + 1})` : from)
  const known = counts.get(target.layout, asked.text)
  if (known !== undefined) return known
  const [row] = await statements.select({ count: uint(sql`count()`) }, asked, settings)
  const count = row?.count ?? 0
  if (target.layout.overtaken?.() !== true) counts.learn(target.layout, asked.text, count)
  return count
}
