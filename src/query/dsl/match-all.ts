import { matchAll, matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { JsonValue } from '../../core/json.ts'
import { common, readObject, type Member } from './reading.ts'

export interface MatchAllQuery {
  readonly kind: 'match_all'
  readonly boost: number | undefined
}

export function parseMatchAll(json: JsonValue, at: Member): MatchAllQuery {
  return { kind: 'match_all', boost: readObject(json, at, common, 'object').boost }
}

export function bindMatchAll(query: MatchAllQuery): Query {
  return withBoost(matchAll, query.boost)
}

export interface MatchNoneQuery {
  readonly kind: 'match_none'
}

export function parseMatchNone(json: JsonValue, at: Member): MatchNoneQuery {
  readObject(json, at, common, 'object')
  return { kind: 'match_none' }
}

export function bindMatchNone(): Query {
  return matchNone
}
