import { unreachable } from '../../../../core/errors.ts'
import type { NestedScoreMode, Query } from '../../../../query/ast.ts'
import { sql, type Sql } from '../../sql.ts'
import { ALWAYS, announced, where } from '../query/condition.ts'
import { compileQuery, type QueryScope } from '../query/compile.ts'
import { holder, nestedScope, tableOf } from '../query/nested.ts'
import type { Score } from '../score/score.ts'
import type { Lookups } from './lookups.ts'

type NestedQuery = Extract<Query, { kind: 'nested' }>

const NOTHING: Score = { kind: 'constant', value: 0 }

/**
 * What nested objects that match add to the score of what holds them. Where all of them score the same, so does every
 * holder, unless they are added up.
 */
export async function nestedScore(
  { path, query, scoreMode }: NestedQuery,
  scope: QueryScope,
  scoreOf: (query: Query, scope: QueryScope) => Promise<Score>,
  lookups: Lookups,
): Promise<Score> {
  const inner = nestedScope(path, scope)
  if (inner === undefined || scoreMode === 'none') return NOTHING
  const matching = compileQuery(query, inner)
  if (matching.kind === 'never') return NOTHING
  const score = await scoreOf(query, inner)
  if (score.kind === 'constant' && scoreMode !== 'sum') return score
  const called = score.kind === 'constant' ? ALWAYS : announced(score.conditions)
  const key = holder(inner.layout, scope.layout)
  const value = together(score.kind === 'constant' ? sql`${score.value}` : score.value, scoreMode)
  const select = sql`SELECT ${key} AS holder, toFloat64(toFloat32(${value})) FROM ${tableOf(inner.layout)} ${where(matching, called)} GROUP BY holder`
  return { kind: 'varies', value: await lookups.fill(select, sql`Float64`), conditions: [] }
}

/** One score of those of several documents. */
export function together(value: Sql, mode: Exclude<NestedScoreMode, 'none'>): Sql {
  switch (mode) {
    case 'avg':
      return sql`avg(${value})`
    case 'sum':
      return sql`sum(${value})`
    case 'min':
      return sql`min(${value})`
    case 'max':
      return sql`max(${value})`
    default:
      return unreachable(mode)
  }
}
