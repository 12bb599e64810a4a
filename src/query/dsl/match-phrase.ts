import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import type { Scalar } from '../bind/typed-value.ts'
import { phraseQuery, type PhraseOptions } from '../bind/text.ts'
import { queryText } from './match.ts'
import { boost, int, oneOf, optionalText, raw, readObject, singleField, text, type Member } from './reading.ts'

/** `{ "match_phrase": { "message": "quick fox" } }`, and `match_phrase_prefix`, whose last word stands for a beginning. */
export interface MatchPhraseQuery {
  readonly kind: 'match_phrase'
  readonly field: string
  readonly value: Scalar
  readonly options: PhraseOptions
  readonly boost: number | undefined
}

export const DEFAULT_MAX_EXPANSIONS = 50

const members = {
  query: raw,
  slop: int,
  analyzer: optionalText,
  zero_terms_query: oneOf('none', 'all'),
  boost,
  _name: text,
} as const

export function parseMatchPhrase(json: JsonValue, at: Member): MatchPhraseQuery {
  const { field, value, at: member } = singleField(json, at, [])
  const read = readObject(isJsonObject(value) ? value : { query: value }, member, members)
  return phrase(field, queryText(read.query, value, member), {
    ...read,
    lastIsPrefix: false,
    maxExpansions: DEFAULT_MAX_EXPANSIONS,
  })
}

export function parseMatchPhrasePrefix(json: JsonValue, at: Member): MatchPhraseQuery {
  const { field, value, at: member } = singleField(json, at, [])
  const read = readObject(isJsonObject(value) ? value : { query: value }, member, { ...members, max_expansions: int })
  const maxExpansions = read.max_expansions ?? DEFAULT_MAX_EXPANSIONS
  if (maxExpansions < 0) throw illegalArgument('No negative maxExpansions allowed.')
  return phrase(field, queryText(read.query, value, member), { ...read, lastIsPrefix: true, maxExpansions })
}

interface PhraseMembers {
  readonly slop: number | undefined
  readonly analyzer: string | undefined
  readonly zero_terms_query: 'none' | 'all' | undefined
  readonly boost: number | undefined
  readonly lastIsPrefix: boolean
  readonly maxExpansions: number
}

function phrase(field: string, value: Scalar, read: PhraseMembers): MatchPhraseQuery {
  const slop = read.slop ?? 0
  if (slop < 0) throw illegalArgument('No negative slop allowed.')
  const { analyzer, lastIsPrefix, maxExpansions, boost } = read
  const options = { slop, analyzer, zeroTerms: read.zero_terms_query ?? 'none', lenient: false, lastIsPrefix, maxExpansions }
  return { kind: 'match_phrase', field, value, options, boost }
}

export function bindMatchPhrase(query: MatchPhraseQuery, context: BindContext): Query {
  const field = context.fields.find(query.field)
  if (!field) return matchNone
  return withBoost(phraseQuery(field, query.value, query.options, context), query.boost)
}
