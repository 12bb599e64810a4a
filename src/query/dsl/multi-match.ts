import type { JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { anyOf, allOf, bestOf, withBoost } from '../bind/combine.ts'
import type { Field } from '../field.ts'
import { isText, searchAnalyzer, type BindContext } from '../bind/context.ts'
import { selectFields, type WeightedField } from '../bind/field-names.ts'
import { minimumShouldMatch } from '../bind/minimum-should-match.ts'
import type { Scalar } from '../bind/typed-value.ts'
import { leniently, matchQuery, phraseQuery, type MatchOptions } from '../bind/text.ts'
import { parsingException } from './errors.ts'
import { matchMembers, matchOptions, queryText } from './match.ts'
import { DEFAULT_MAX_EXPANSIONS } from './match-phrase.ts'
import { int, listOf, number, objectAt, oneOf, raw, readObject, text, type Member } from './reading.ts'

const TYPES = ['best_fields', 'most_fields', 'cross_fields', 'phrase', 'phrase_prefix', 'bool_prefix'] as const
export type MultiMatchType = (typeof TYPES)[number]

/** `{ "multi_match": { "query": "quick fox", "fields": ["title^3", "body"] } }` */
export interface MultiMatchQuery {
  readonly kind: 'multi_match'
  readonly fields: readonly string[]
  readonly value: Scalar
  readonly type: MultiMatchType
  readonly options: MatchOptions
  readonly lenient: boolean | undefined
  readonly slop: number
  readonly maxExpansions: number
  readonly tieBreaker: number | undefined
  readonly boost: number | undefined
}

export function parseMultiMatch(json: JsonValue, at: Member): MultiMatchQuery {
  const node = objectAt(json, at)
  const read = readObject(json, at, {
    ...matchMembers,
    query: raw,
    fields: listOf(text),
    type: oneOf(...TYPES),
    slop: int,
    tie_breaker: number,
  })
  if (read.query === undefined) throw parsingException('No text specified for multi_match query', { node, part: 'end' })
  return {
    kind: 'multi_match',
    fields: read.fields ?? [],
    value: queryText(read.query, json, at),
    type: read.type ?? 'best_fields',
    options: matchOptions(read),
    lenient: read.lenient,
    slop: read.slop ?? 0,
    maxExpansions: read.max_expansions ?? DEFAULT_MAX_EXPANSIONS,
    tieBreaker: read.tie_breaker,
    boost: read.boost,
  }
}

export function bindMultiMatch(query: MultiMatchQuery, context: BindContext): Query {
  const { fields, all } = selectFields(query.fields, context)
  return withBoost(
    acrossFields(fields, { ...query, options: { ...query.options, lenient: query.lenient ?? all } }, context),
    query.boost,
  )
}

export type FieldsQuestion = Pick<MultiMatchQuery, 'value' | 'type' | 'options' | 'slop' | 'maxExpansions' | 'tieBreaker'>

/** Asks several fields for a text and combines their answers as the type says. */
export function acrossFields(fields: readonly WeightedField[], question: FieldsQuestion, context: BindContext): Query {
  const { value, type, options, slop, maxExpansions, tieBreaker } = question
  if (type === 'cross_fields') return crossFields(fields, question, context)
  const queries = fields.map(({ field, boost }) => {
    if (type === 'phrase' || type === 'phrase_prefix') {
      const { analyzer, zeroTerms, lenient } = options
      const phrase = {
        slop,
        analyzer,
        zeroTerms,
        lenient,
        maxExpansions,
        lastIsPrefix: type === 'phrase_prefix',
      }
      return withBoost(phraseQuery(field, value, phrase, context), boost)
    }
    return withBoost(matchQuery(field, value, { ...options, lastIsPrefix: type === 'bool_prefix' }, context), boost)
  })
  const summing = type === 'most_fields' || type === 'bool_prefix'
  return bestOf(
    queries.filter((query) => query.kind !== 'none'),
    tieBreaker ?? (summing ? 1 : 0),
  )
}

/** What fields are told apart by, which is not what they do: `standard` is another one than the default that does the same. */
const analyzerName = ({ parameters }: Field, asked: string | undefined): string =>
  asked ?? parameters.searchAnalyzer ?? parameters.analyzer ?? 'default'

/**
 * Words may be spread over the fields: each word must be in one of them. Fields are taken together where they are
 * analyzed alike. Lucene also blends their statistics, so scores differ from its.
 */
function crossFields(fields: readonly WeightedField[], question: FieldsQuestion, context: BindContext): Query {
  const { value, options, tieBreaker = 0 } = question
  const groups = new Map<string, WeightedField[]>()
  for (const weighted of fields) {
    const key = isText(weighted.field) ? analyzerName(weighted.field, options.analyzer) : ` ${weighted.field.path}`
    groups.set(key, [...(groups.get(key) ?? []), weighted])
  }
  const queries: Query[] = []
  for (const group of groups.values()) {
    const [first] = group
    if (!first) continue
    if (group.length === 1 || !isText(first.field)) {
      for (const { field, boost } of group) queries.push(withBoost(matchQuery(field, value, options, context), boost))
      continue
    }
    const tokens = searchAnalyzer(first.field, options.analyzer, context).analyze(String(value))
    const terms = [...new Set(tokens.map((token) => token.term))].map((term) =>
      bestOf(
        group.map(({ field, boost }) => withBoost({ kind: 'tokens', field: field.path, tokens: [term], minimum: 1 }, boost)),
        tieBreaker,
      ),
    )
    if (terms.length === 0) continue
    const minimum =
      options.minimumShouldMatch === undefined ? 1 : Math.max(1, minimumShouldMatch(options.minimumShouldMatch, terms.length))
    queries.push(options.operator === 'and' ? allOf(terms) : anyOf(terms, minimum))
  }
  const possible = queries.map((query) => leniently(options.lenient, () => query)).filter((query) => query.kind !== 'none')
  return possible.length === 0 ? matchNone : bestOf(possible, tieBreaker)
}
