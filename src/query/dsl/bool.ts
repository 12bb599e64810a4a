import type { JsonValue } from '../../core/json.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { tooManyClauses, type BindContext } from '../bind/context.ts'
import { minimumShouldMatch } from '../bind/minimum-should-match.ts'
import { clauses, type ParseQuery } from './clause.ts'
import { findsNothing } from './finds-nothing.ts'
import { bool, common, readObject, text, type Member } from './reading.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "bool": { "must": […], "filter": […], "should": […], "must_not": […] } }` */
export interface BoolQuery {
  readonly kind: 'bool'
  readonly must: readonly UnboundQuery[]
  readonly filter: readonly UnboundQuery[]
  readonly should: readonly UnboundQuery[]
  readonly mustNot: readonly UnboundQuery[]
  readonly minimumShouldMatch: string | undefined
  readonly boost: number | undefined
}

export function parseBool(json: JsonValue, at: Member, parse: ParseQuery): BoolQuery {
  const read = readObject(
    json,
    at,
    {
      ...common,
      must: clauses(parse),
      filter: clauses(parse),
      should: clauses(parse),
      must_not: clauses(parse),
      mustNot: clauses(parse),
      minimum_should_match: text,
      adjust_pure_negative: bool,
    },
    'object',
  )
  return {
    kind: 'bool',
    must: read.must ?? [],
    filter: read.filter ?? [],
    should: read.should ?? [],
    mustNot: read.must_not ?? read.mustNot ?? [],
    minimumShouldMatch: read.minimum_should_match,
    boost: read.boost,
  }
}

export function bindBool(query: BoolQuery, context: BindContext, bind: BindQuery): Query {
  const count = query.must.length + query.filter.length + query.should.length + query.mustNot.length
  if (count === 0) return withBoost(matchAll, query.boost)
  if (count > context.limits.maxClauses) throw tooManyClauses(context.limits.maxClauses)
  if ([...query.must, ...query.filter].some(findsNothing)) return matchNone
  const bindAll = (queries: readonly UnboundQuery[]): Query[] => queries.map((one) => bind(one, context))
  const must = bindAll(query.must)
  const filter = bindAll(query.filter)
  const should = bindAll(query.should)
  const mustNot = bindAll(query.mustNot).filter((one) => one.kind !== 'none')
  if (must.some(isNone) || filter.some(isNone) || mustNot.some((one) => one.kind === 'all')) return matchNone
  const optional = should.length > 0 && (must.length > 0 || filter.length > 0)
  // Where nothing else must match one of them has to, whatever is asked.
  const least = optional || should.length === 0 ? 0 : 1
  // Of a query that only excludes, Lucene's own "everything else" forgets how many had to match.
  const onlyExcludes = query.mustNot.length === count
  const minimum =
    query.minimumShouldMatch === undefined || onlyExcludes
      ? least
      : Math.max(least, minimumShouldMatch(query.minimumShouldMatch, should.length))
  // Optional clauses that cannot match have no say, but they counted.
  const possible = should.filter((one) => !isNone(one))
  if (minimum > possible.length) return matchNone
  return withBoost({ kind: 'bool', must, filter, should: possible, mustNot, minimumShouldMatch: minimum }, query.boost)
}

const isNone = (query: Query): boolean => query.kind === 'none'
