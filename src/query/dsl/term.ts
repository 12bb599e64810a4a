import type { JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { queryShardException, type BindContext } from '../bind/context.ts'
import { hasStringTerms } from '../bind/context.ts'
import { metadataTerms } from '../bind/metadata.ts'
import { escapeWildcard, patternQuery } from '../bind/pattern.ts'
import { isScalar, termQuery } from '../bind/term.ts'
import type { Scalar } from '../bind/typed-value.ts'
import { parsingException } from './errors.ts'
import { bool, boost, raw, readObject, singleField, text, valuePlace, type Member } from './reading.ts'

/** `{ "term": { "level": "error" } }` */
export interface TermQuery {
  readonly kind: 'term'
  readonly field: string
  readonly value: Scalar
  readonly ignoreCase: boolean
  readonly boost: number | undefined
}

export function parseTerm(json: JsonValue, at: Member): TermQuery {
  const { field, value, at: member, beside } = singleField(json, at)
  if (Array.isArray(value)) throw parsingException('[term] query does not support array of values', valuePlace(member))
  const long = isJsonObject(value)
    ? readObject(value, member, { value: raw, term: raw, boost, case_insensitive: bool, _name: text })
    : undefined
  const given = long ? (long.value ?? long.term) : value
  if (given === undefined || !isScalar(given)) {
    const place = isJsonObject(value) ? { node: value, part: 'end' as const } : valuePlace(member)
    throw parsingException(`[term] value cannot be null: [${field}] needs one`, place)
  }
  return {
    kind: 'term',
    field,
    value: given,
    ignoreCase: long?.case_insensitive ?? false,
    boost: long?.boost ?? readObject(beside, at, { boost, _name: text }).boost,
  }
}

export function bindTerm(query: TermQuery, context: BindContext): Query {
  const { field: path, value, ignoreCase, boost } = query
  const meta = metadataTerms(path, [value], context)
  if (meta) return withBoost(meta, boost)
  const field = context.fields.find(path)
  if (!field) return matchNone
  if (!ignoreCase) return withBoost(termQuery(field, value, context), boost)
  if (!hasStringTerms(field)) {
    throw queryShardException(
      context,
      `[${path}] field which is of type [${field.type}], does not support case insensitive term queries`,
    )
  }
  // Lucene's automaton of an empty text in any case accepts nothing, not even that text.
  if (value === '') return matchNone
  const wildcard = escapeWildcard(String(value))
  return withBoost(patternQuery(field, { kind: 'wildcard', wildcard, ignoreCase: true }, context), boost)
}
