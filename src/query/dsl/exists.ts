import type { JsonValue } from '../../core/json.ts'
import type { Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { existsQuery } from '../bind/exists.ts'
import { parsingException } from './errors.ts'
import { common, objectAt, readObject, text, type Member } from './reading.ts'

/** `{ "exists": { "field": "user" } }` */
export interface ExistsQuery {
  readonly kind: 'exists'
  readonly field: string
  readonly boost: number | undefined
}

export function parseExists(json: JsonValue, at: Member): ExistsQuery {
  const read = readObject(json, at, { ...common, field: text })
  if (read.field === undefined)
    throw parsingException('[exists] must be provided with a [field]', { node: objectAt(json, at), part: 'end' })
  return { kind: 'exists', field: read.field, boost: read.boost }
}

export function bindExists(query: ExistsQuery, context: BindContext): Query {
  return withBoost(existsQuery(query.field, context), query.boost)
}
