import type { JsonValue } from '../../core/json.ts'
import type { Query } from '../ast.ts'
import { bestOf, withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { clauses, type ParseQuery } from './clause.ts'
import { parsingException } from './errors.ts'
import { common, number, objectAt, readObject, type Member } from './reading.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "dis_max": { "queries": […], "tie_breaker": 0.7 } }` */
export interface DisMaxQuery {
  readonly kind: 'dis_max'
  readonly queries: readonly UnboundQuery[]
  readonly tieBreaker: number
  readonly boost: number | undefined
}

export function parseDisMax(json: JsonValue, at: Member, parse: ParseQuery): DisMaxQuery {
  const read = readObject(json, at, { ...common, queries: clauses(parse), tie_breaker: number })
  if (!read.queries || read.queries.length === 0) {
    throw parsingException("[dis_max] requires 'queries' field with at least one clause", {
      node: objectAt(json, at),
      part: 'end',
    })
  }
  return { kind: 'dis_max', queries: read.queries, tieBreaker: read.tie_breaker ?? 0, boost: read.boost }
}

export function bindDisMax(query: DisMaxQuery, context: BindContext, bind: BindQuery): Query {
  const queries = query.queries.map((one) => bind(one, context)).filter((one) => one.kind !== 'none')
  return withBoost(bestOf(queries, query.tieBreaker), query.boost)
}
