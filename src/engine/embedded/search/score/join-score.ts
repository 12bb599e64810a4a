import type { Query } from '../../../../query/ast.ts'
import { SEQ_NO } from '../../layout.ts'
import { identifier, sql } from '../../sql.ts'
import type { Lookups } from '../nested/lookups.ts'
import { together } from '../nested/nested-score.ts'
import { ALWAYS, announced, where } from '../query/condition.ts'
import { compileQuery, type QueryScope } from '../query/compile.ts'
import { childRows, documentId, matchingRows } from '../query/join.ts'
import { tableOf } from '../query/nested.ts'
import type { Score } from './score.ts'

export type JoinQuery = Extract<Query, { kind: 'has_child' | 'has_parent' }>

const ONE: Score = { kind: 'constant', value: 1 }
const NOTHING: Score = { kind: 'constant', value: 0 }

/** What children add to the score of their parent, or a parent to that of its children. */
export async function joinScore(
  query: JoinQuery,
  scope: QueryScope,
  scoreOf: (query: Query, scope: QueryScope) => Promise<Score>,
  lookups: Lookups,
): Promise<Score> {
  if (query.kind === 'has_child' ? query.scoreMode === 'none' : !query.isScored) return ONE
  const score = await scoreOf(query.query, scope)
  const called = score.kind === 'constant' ? ALWAYS : announced(score.conditions)
  const value = score.kind === 'constant' ? sql`toFloat64(${score.value})` : score.value
  const table = tableOf(scope.layout)
  const seqNo = identifier(SEQ_NO)
  if (query.kind === 'has_child') {
    const children = childRows(query, scope, compileQuery, called)
    if (!children || query.scoreMode === 'none') return NOTHING
    const scores = sql`SELECT ${children.parent} AS parent, toFloat64(toFloat32(${together(value, query.scoreMode)})) AS score ${children.rows} GROUP BY parent`
    const parents = sql`SELECT ${seqNo} AS seq, ${documentId(scope)} AS id FROM ${table} ${where(scope.join?.visible ?? ALWAYS)}`
    return found(
      await lookups.fill(
        sql`SELECT seq, score FROM (${parents}) AS p INNER JOIN (${scores}) AS c ON p.id = c.parent`,
        sql`Float64`,
      ),
    )
  }
  const column = scope.layout.column(query.parentId)
  const parents = matchingRows(query.query, scope, compileQuery, called)
  if (!column || !parents) return NOTHING
  const scores = sql`SELECT ${documentId(scope)} AS id, toFloat64(${value}) AS score ${parents}`
  const children = sql`SELECT ${seqNo} AS seq, assumeNotNull(toString(${identifier(column.name)})) AS parent FROM ${table} ${where(scope.join?.visible ?? ALWAYS)}`
  return found(
    await lookups.fill(
      sql`SELECT seq, score FROM (${children}) AS c INNER JOIN (${scores}) AS p ON p.id = c.parent`,
      sql`Float64`,
    ),
  )
}

const found = (value: ReturnType<typeof sql>): Score => ({ kind: 'varies', value, conditions: [] })
