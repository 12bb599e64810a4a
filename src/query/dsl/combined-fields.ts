import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { isText, queryShardException, searchAnalyzer, type BindContext } from '../bind/context.ts'
import { selectFields } from '../bind/field-names.ts'
import type { Scalar } from '../bind/typed-value.ts'
import { parsingException } from './errors.ts'
import { queryText } from './match.ts'
import { acrossFields } from './multi-match.ts'
import { bool, common, listOf, objectAt, oneOf, raw, readObject, text, type Member } from './reading.ts'

/** `{ "combined_fields": { "query": "database systems", "fields": ["title^2", "body"] } }`: several texts taken as one. */
export interface CombinedFieldsQuery {
  readonly kind: 'combined_fields'
  readonly value: Scalar
  readonly fields: readonly string[]
  readonly operator: 'or' | 'and'
  readonly minimumShouldMatch: string | undefined
  readonly zeroTerms: 'none' | 'all'
  readonly boost: number | undefined
}

export function parseCombinedFields(json: JsonValue, at: Member): CombinedFieldsQuery {
  const read = readObject(json, at, {
    ...common,
    query: raw,
    fields: listOf(text),
    operator: oneOf('or', 'and'),
    minimum_should_match: text,
    zero_terms_query: oneOf('none', 'all'),
    auto_generate_synonyms_phrase_query: bool,
  })
  const end = { node: objectAt(json, at), part: 'end' } as const
  if (read.query === undefined) throw parsingException('[combined_fields] requires [query]', end)
  if (!read.fields || read.fields.length === 0) throw parsingException('[combined_fields] requires [fields]', end)
  return {
    kind: 'combined_fields',
    value: queryText(read.query, json, at),
    fields: read.fields,
    operator: read.operator ?? 'or',
    minimumShouldMatch: read.minimum_should_match,
    zeroTerms: read.zero_terms_query ?? 'none',
    boost: read.boost,
  }
}

/** Each word is found in any of the fields; its score is that of the best of them, where Lucene counts them together. */
export function bindCombinedFields(query: CombinedFieldsQuery, context: BindContext): Query {
  const { fields } = selectFields(query.fields, context)
  const other = fields.find(({ field }) => !isText(field))
  if (other) {
    throw illegalArgument(`Field [${other.field.path}] of type [${other.field.type}] does not support [combined_fields] queries`)
  }
  const small = fields.find(({ boost }) => boost !== undefined && boost < 1)
  if (small)
    throw illegalArgument(`[combined_fields] requires field boosts to be >= 1.0, but [${small.field.path}] has [${small.boost}]`)
  const analyzers = new Set(fields.map(({ field }) => searchAnalyzer(field, undefined, context).name))
  if (analyzers.size > 1)
    throw queryShardException(context, 'All fields in [combined_fields] query must have the same search analyzer')
  const { value, operator, minimumShouldMatch, zeroTerms } = query
  const options = { operator, minimumShouldMatch, zeroTerms, lenient: false }
  const question = { value, type: 'cross_fields', options, slop: 0, maxExpansions: 50, tieBreaker: 0 } as const
  return withBoost(acrossFields(fields, question, context), query.boost)
}
