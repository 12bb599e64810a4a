import { ElkhornError } from '../../core/errors.ts'
import { printJson } from '../../core/print-json.ts'
import type { Query } from '../ast.ts'
import { intervalLeaves } from '../interval-rule.ts'
import type { BindContext } from './context.ts'

/**
 * Equal clauses of a query become one, with the sum of their boosts, as Lucene rewrites a `bool` (BooleanQuery.rewrite): a text
 * that repeats a word a hundred times costs no more than one that has it once.
 * @throws ElkhornError `too_many_nested_clauses` (400) where it has too many of them all the same
 */
export function rewriteQuery(query: Query, { limits }: Pick<BindContext, 'limits'>): Query {
  const rewritten = rewrite(query)
  if (countClauses(rewritten) > limits.maxClauses)
    throw new ElkhornError(
      'too_many_nested_clauses',
      400,
      `Query contains too many nested clauses; maxClauseCount is set to ${limits.maxClauses}`,
    )
  return rewritten
}

function rewrite(query: Query): Query {
  switch (query.kind) {
    case 'bool': {
      const should = rewriteAll(query.should)
      return {
        ...query,
        must: summed(rewriteAll(query.must)),
        filter: distinct(rewriteAll(query.filter)),
        // Each of those that count towards a minimum counts.
        should: query.minimumShouldMatch > 1 ? should : summed(should),
        mustNot: distinct(rewriteAll(query.mustNot)),
      }
    }
    case 'dis_max': {
      const queries = rewriteAll(query.queries)
      // The best of several equal ones is any; the others add to it where there is a tie breaker.
      return { ...query, queries: query.tieBreaker === 0 ? distinct(queries) : queries }
    }
    case 'constant_score':
    case 'function_score':
    case 'nested':
    case 'has_child':
    case 'has_parent':
      return { ...query, query: rewrite(query.query) }
    case 'boosting':
      return { ...query, positive: rewrite(query.positive), negative: rewrite(query.negative) }
    default:
      return query
  }
}

const rewriteAll = (queries: readonly Query[]): readonly Query[] => queries.map(rewrite)

function summed(clauses: readonly Query[]): readonly Query[] {
  return merge(clauses, withoutBoost, (one, other) => ({ ...one, boost: boostOf(one) + boostOf(other) }))
}

function distinct(clauses: readonly Query[]): readonly Query[] {
  return merge(
    clauses,
    (one) => one,
    (one) => one,
  )
}

/** One of each group of clauses that are alike, where the first of them stood. */
function merge(
  clauses: readonly Query[],
  alike: (clause: Query) => unknown,
  join: (one: Query, other: Query) => Query,
): readonly Query[] {
  if (clauses.length < 2) return clauses
  const groups = new Map<unknown, Query>()
  for (const clause of clauses) {
    const key = isPlain(clause) ? printJson(alike(clause)) : clause
    const same = groups.get(key)
    groups.set(key, same === undefined ? clause : join(same, clause))
  }
  return [...groups.values()]
}

/** Whether all that a query says is in its JSON; what a script computes is not. */
function isPlain(query: Query): boolean {
  switch (query.kind) {
    case 'function_score':
      return false
    case 'bool':
      return [query.must, query.filter, query.should, query.mustNot].every((clauses) => clauses.every(isPlain))
    case 'dis_max':
      return query.queries.every(isPlain)
    case 'constant_score':
    case 'nested':
    case 'has_child':
    case 'has_parent':
      return isPlain(query.query)
    case 'boosting':
      return isPlain(query.positive) && isPlain(query.negative)
    default:
      return true
  }
}

const boostOf = (query: Query): number => ('boost' in query ? (query.boost ?? 1) : 1)

function withoutBoost(query: Query): unknown {
  return { ...query, boost: undefined }
}

/** As Lucene counts them: every term of a query's leaves that is looked for by itself. */
function countClauses(query: Query): number {
  const all = (queries: readonly Query[]): number => queries.reduce((sum, inner) => sum + countClauses(inner), 0)
  switch (query.kind) {
    case 'bool':
      return all([query.must, query.filter, query.should, query.mustNot].flat())
    case 'constant_score':
    case 'nested':
    case 'has_child':
    case 'has_parent':
      return countClauses(query.query)
    case 'dis_max':
      return all(query.queries)
    case 'boosting':
      return countClauses(query.positive) + countClauses(query.negative)
    case 'function_score':
      return countClauses(query.query) + all(query.functions.map(({ filter }) => filter))
    case 'tokens':
      return query.tokens.length
    case 'intervals':
      return intervalLeaves(query.rule).length
    default:
      return 1
  }
}
