import { matchesWildcard } from '../../core/wildcard.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { patternQuery } from '../bind/pattern.ts'
import { parsingException } from './errors.ts'
import { bool, boost, readObject, singleField, text, type Member } from './reading.ts'

/** `{ "wildcard": { "user": "k*y" } }` */
export interface WildcardQuery {
  readonly kind: 'wildcard'
  readonly field: string
  readonly wildcard: string
  readonly ignoreCase: boolean
  readonly boost: number | undefined
}

export function parseWildcard(json: JsonValue, at: Member): WildcardQuery {
  const { field, value, at: member } = singleField(json, at, ['_name'])
  const long = isJsonObject(value)
    ? readObject(value, member, { value: text, wildcard: text, case_insensitive: bool, rewrite: text, boost, _name: text })
    : undefined
  const wildcard = long ? (long.value ?? long.wildcard) : text(value, member)
  if (wildcard === undefined)
    throw parsingException(`[wildcard] on [${field}] needs a [value]`, { node: member.node, part: 'end' })
  return { kind: 'wildcard', field, wildcard, ignoreCase: long?.case_insensitive ?? false, boost: long?.boost }
}

export function bindWildcard(query: WildcardQuery, context: BindContext): Query {
  const { wildcard, ignoreCase } = query
  if (query.field === '_index') return matchesWildcard(wildcard, context.index.name) ? matchAll : matchNone
  const field = context.fields.find(query.field)
  if (!field) return matchNone
  return withBoost(patternQuery(field, { kind: 'wildcard', wildcard, ignoreCase }, context), query.boost)
}
