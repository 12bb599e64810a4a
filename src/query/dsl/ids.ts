import type { JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { common, listOf, readObject, text, type Member } from './reading.ts'

/** `{ "ids": { "values": ["1", "2"] } }` */
export interface IdsQuery {
  readonly kind: 'ids'
  readonly values: readonly string[]
  readonly boost: number | undefined
}

export function parseIds(json: JsonValue, at: Member): IdsQuery {
  const read = readObject(json, at, { ...common, values: listOf(text), type: listOf(text) }, 'object')
  return { kind: 'ids', values: read.values ?? [], boost: read.boost }
}

export function bindIds(query: IdsQuery): Query {
  if (query.values.length === 0) return matchNone
  return withBoost({ kind: 'ids', ids: [...new Set(query.values)] }, query.boost)
}
