import type { JsonValue } from '../../core/json.ts'
import type { Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { clause, type ParseQuery } from './clause.ts'
import { parsingException } from './errors.ts'
import { common, objectAt, readObject, type Member } from './reading.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "constant_score": { "filter": … } }` */
export interface ConstantScoreQuery {
  readonly kind: 'constant_score'
  readonly filter: UnboundQuery
  readonly boost: number | undefined
}

export function parseConstantScore(json: JsonValue, at: Member, parse: ParseQuery): ConstantScoreQuery {
  const read = readObject(json, at, { ...common, filter: clause(parse) })
  if (!read.filter)
    throw parsingException("[constant_score] requires a 'filter' element", { node: objectAt(json, at), part: 'end' })
  return { kind: 'constant_score', filter: read.filter, boost: read.boost }
}

export function bindConstantScore(query: ConstantScoreQuery, context: BindContext, bind: BindQuery): Query {
  const filter = bind(query.filter, context)
  return filter.kind === 'none' ? filter : withBoost({ kind: 'constant_score', query: filter }, query.boost)
}
