import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { checkRegexp, patternQuery } from '../bind/pattern.ts'
import { withOperators } from '../lucene-regexp.ts'
import { parsingException } from './errors.ts'
import { bool, boost, int, readObject, singleField, text, type Member } from './reading.ts'

/** `{ "regexp": { "user": "k.*y" } }`, in Lucene's own syntax. */
export interface RegexpQuery {
  readonly kind: 'regexp'
  readonly field: string
  readonly regexp: string
  readonly ignoreCase: boolean
  readonly boost: number | undefined
}

export function parseRegexp(json: JsonValue, at: Member): RegexpQuery {
  const { field, value, at: member } = singleField(json, at, ['_name'])
  const long = isJsonObject(value)
    ? readObject(value, member, {
        value: text,
        flags: text,
        flags_value: int,
        case_insensitive: bool,
        max_determinized_states: int,
        rewrite: text,
        boost,
        _name: text,
      })
    : undefined
  const written = long ? long.value : text(value, member)
  if (written === undefined) throw parsingException(`[regexp] on [${field}] needs a [value]`, { node: member.node, part: 'end' })
  const regexp = long?.flags === undefined ? written : withOperators(written, long.flags)
  return { kind: 'regexp', field, regexp, ignoreCase: long?.case_insensitive ?? false, boost: long?.boost }
}

export function bindRegexp(query: RegexpQuery, context: BindContext): Query {
  checkRegexp(query.regexp, context)
  const field = context.fields.find(query.field)
  if (!field) return matchNone
  return withBoost(
    patternQuery(field, { kind: 'regexp', regexp: query.regexp, ignoreCase: query.ignoreCase }, context),
    query.boost,
  )
}
