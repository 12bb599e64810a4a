import { matchNone, type Query } from '../ast.ts'

/** Multiplies the score of a query. */
export function withBoost(query: Query, boost: number | undefined): Query {
  if (boost === undefined || boost === 1 || query.kind === 'none') return query
  return { ...query, boost: (query.boost ?? 1) * boost }
}

/** At least `minimum` of the queries. */
export function anyOf(queries: readonly Query[], minimum = 1): Query {
  const [only] = queries
  if (queries.length < minimum || only === undefined) return matchNone
  if (queries.length === 1) return only
  return { kind: 'bool', must: [], filter: [], should: queries, mustNot: [], minimumShouldMatch: minimum }
}

export function allOf(queries: readonly Query[]): Query {
  const [only] = queries
  if (only === undefined) return { kind: 'all' }
  if (queries.length === 1) return only
  return { kind: 'bool', must: queries, filter: [], should: [], mustNot: [], minimumShouldMatch: 0 }
}

/** The best of the queries scores. */
export function bestOf(queries: readonly Query[], tieBreaker: number): Query {
  const [only] = queries
  if (only === undefined) return matchNone
  return queries.length === 1 ? only : { kind: 'dis_max', queries, tieBreaker }
}
