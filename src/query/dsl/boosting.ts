import type { JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { clause, type ParseQuery } from './clause.ts'
import { findsNothing } from './finds-nothing.ts'
import { parsingException } from './errors.ts'
import { common, number, objectAt, readObject, type Member } from './reading.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "boosting": { "positive": …, "negative": …, "negative_boost": 0.5 } }` */
export interface BoostingQuery {
  readonly kind: 'boosting'
  readonly positive: UnboundQuery
  readonly negative: UnboundQuery
  readonly negativeBoost: number
  readonly boost: number | undefined
}

export function parseBoosting(json: JsonValue, at: Member, parse: ParseQuery): BoostingQuery {
  const read = readObject(json, at, { ...common, positive: clause(parse), negative: clause(parse), negative_boost: number })
  const { positive, negative, negative_boost: negativeBoost, boost } = read
  const end = { node: objectAt(json, at), part: 'end' } as const
  if (!positive) throw parsingException("[boosting] query requires 'positive' query to be set'", end)
  if (!negative) throw parsingException("[boosting] query requires 'negative' query to be set'", end)
  if (negativeBoost === undefined || negativeBoost < 0) {
    throw parsingException("[boosting] query requires 'negative_boost' to be set to be a positive value'", end)
  }
  return { kind: 'boosting', positive, negative, negativeBoost, boost }
}

export function bindBoosting(query: BoostingQuery, context: BindContext, bind: BindQuery): Query {
  if (findsNothing(query.positive)) return matchNone
  const positive = bind(query.positive, context)
  const negative = bind(query.negative, context)
  if (positive.kind === 'none') return matchNone
  if (negative.kind === 'none') return withBoost(positive, query.boost)
  return withBoost({ kind: 'boosting', positive, negative, negativeBoost: query.negativeBoost }, query.boost)
}
