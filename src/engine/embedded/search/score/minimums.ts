import { illegalArgument } from '../../../../core/errors.ts'
import type { Query } from '../../../../query/ast.ts'
import type { QueryScope } from '../query/compile.ts'
import { ALWAYS, and, announced, type Condition, leaf, NEVER } from '../query/condition.ts'
import { sql } from '../../sql.ts'
import type { Score } from './score.ts'

export type ScoreOf = (query: Query, scope: QueryScope) => Promise<Score>

type FunctionScore = Extract<Query, { kind: 'function_score' }>

/**
 * What the documents of those parts of queries score that have a `min_score`: as conditions, which the parts are compiled
 * with. Inner parts come first: whether they match is part of what is around them.
 */
export async function findMinimums(
  queries: readonly Query[],
  scope: QueryScope,
  scoreOf: ScoreOf,
): Promise<ReadonlyMap<Query, Condition>> {
  const minimums = new Map<Query, Condition>()
  for (const query of queries.flatMap((one) => [...bounded(one)])) {
    const { minScore = -Infinity, ...unbounded } = query
    minimums.set(query, atLeast(await scoreOf(unbounded, { ...scope, minimums }), minScore))
  }
  return minimums
}

function atLeast(score: Score, minimum: number): Condition {
  if (score.kind === 'constant') return score.value >= minimum ? ALWAYS : NEVER
  return and([leaf(sql`${score.value} >= ${minimum}`, { nullable: false }), announced(score.conditions)])
}

function* bounded(query: Query): Generator<FunctionScore> {
  switch (query.kind) {
    case 'bool':
      for (const inner of [query.must, query.filter, query.should, query.mustNot].flat()) yield* bounded(inner)
      return
    case 'constant_score':
      yield* bounded(query.query)
      return
    case 'dis_max':
      for (const inner of query.queries) yield* bounded(inner)
      return
    case 'boosting':
      yield* bounded(query.positive)
      yield* bounded(query.negative)
      return
    case 'nested':
      for (const _ of bounded(query.query))
        throw illegalArgument(`[min_score] within a [nested] query is not supported: set it around that of [${query.path}]`)
      return
    case 'function_score':
      yield* bounded(query.query)
      for (const { filter } of query.functions) yield* bounded(filter)
      if (query.minScore !== undefined) yield query
      return
    default:
      return
  }
}
