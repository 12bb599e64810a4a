import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { patternQuery } from '../bind/pattern.ts'
import { parsingException } from './errors.ts'
import { bool, boost, readObject, singleField, text, type Member } from './reading.ts'

/** `{ "prefix": { "user": "ki" } }` */
export interface PrefixQuery {
  readonly kind: 'prefix'
  readonly field: string
  readonly prefix: string
  readonly ignoreCase: boolean
  readonly boost: number | undefined
}

export function parsePrefix(json: JsonValue, at: Member): PrefixQuery {
  const { field, value, at: member } = singleField(json, at, ['_name'])
  const long = isJsonObject(value)
    ? readObject(value, member, { value: text, prefix: text, case_insensitive: bool, rewrite: text, boost, _name: text })
    : undefined
  const prefix = long ? (long.value ?? long.prefix) : text(value, member)
  if (prefix === undefined) throw parsingException(`[prefix] on [${field}] needs a [value]`, { node: member.node, part: 'end' })
  return { kind: 'prefix', field, prefix, ignoreCase: long?.case_insensitive ?? false, boost: long?.boost }
}

export function bindPrefix(query: PrefixQuery, context: BindContext): Query {
  const { prefix, ignoreCase } = query
  if (query.field === '_index') return context.index.name.startsWith(prefix) ? matchAll : matchNone
  const field = context.fields.find(query.field)
  if (!field) return matchNone
  return withBoost(patternQuery(field, { kind: 'prefix', prefix, ignoreCase }, context), query.boost)
}
