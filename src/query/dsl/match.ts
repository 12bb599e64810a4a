import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { parseFuzziness } from '../bind/fuzziness.ts'
import { metadataTerms } from '../bind/metadata.ts'
import { isScalar } from '../bind/term.ts'
import type { Scalar } from '../bind/typed-value.ts'
import { DEFAULT_FUZZY, matchQuery, type FuzzyOptions, type MatchOptions } from '../bind/text.ts'
import { parsingException } from './errors.ts'
import {
  bool,
  boost,
  int,
  number,
  oneOf,
  optionalText,
  raw,
  readObject,
  singleField,
  text,
  valuePlace,
  type Member,
} from './reading.ts'

/** `{ "match": { "message": "quick fox" } }` */
export interface MatchQuery {
  readonly kind: 'match'
  readonly field: string
  readonly value: Scalar
  readonly options: MatchOptions
  readonly boost: number | undefined
}

/** Members that all queries of the match family understand. */
export const matchMembers = {
  operator: oneOf('or', 'and'),
  minimum_should_match: text,
  analyzer: optionalText,
  fuzziness: text,
  prefix_length: int,
  max_expansions: int,
  fuzzy_transpositions: bool,
  fuzzy_rewrite: text,
  lenient: bool,
  zero_terms_query: oneOf('none', 'all'),
  auto_generate_synonyms_phrase_query: bool,
  cutoff_frequency: number,
  boost,
  _name: text,
} as const

export type MatchMembers = { readonly [K in keyof typeof matchMembers]: ReturnType<(typeof matchMembers)[K]> | undefined }

export function matchOptions(read: MatchMembers): MatchOptions {
  return {
    operator: read.operator ?? 'or',
    minimumShouldMatch: read.minimum_should_match,
    analyzer: read.analyzer,
    fuzzy: fuzzyOptions(read),
    zeroTerms: read.zero_terms_query ?? 'none',
    lenient: read.lenient ?? false,
  }
}

export function fuzzyOptions(
  read: Pick<MatchMembers, 'fuzziness' | 'prefix_length' | 'max_expansions' | 'fuzzy_transpositions'>,
): FuzzyOptions | undefined {
  if (read.fuzziness === undefined) return undefined
  return {
    fuzziness: parseFuzziness(read.fuzziness),
    prefixLength: read.prefix_length ?? DEFAULT_FUZZY.prefixLength,
    maxExpansions: read.max_expansions ?? DEFAULT_FUZZY.maxExpansions,
    transpositions: read.fuzzy_transpositions ?? DEFAULT_FUZZY.transpositions,
  }
}

export function parseMatch(json: JsonValue, at: Member): MatchQuery {
  const { field, value, at: member } = singleField(json, at, [])
  const read = readObject(isJsonObject(value) ? value : { query: value }, member, { ...matchMembers, query: raw })
  return { kind: 'match', field, value: queryText(read.query, value, member), options: matchOptions(read), boost: read.boost }
}

/** The `query` of a query, which must be a single value. */
export function queryText(query: JsonValue | undefined, value: JsonValue, at: Member): Scalar {
  if (query !== undefined && isScalar(query)) return query
  if (query === undefined && isJsonObject(value))
    throw parsingException('No text specified for text query', { node: value, part: 'end' })
  if (query === null || query === undefined) throw parsingException(`[${at.owner}] requires query value`, valuePlace(at))
  throw parsingException(
    `[${at.owner}] unknown token [${Array.isArray(query) ? 'START_ARRAY' : 'START_OBJECT'}] after [query]`,
    valuePlace(at),
  )
}

export function bindMatch(query: MatchQuery, context: BindContext): Query {
  const meta = metadataTerms(query.field, [query.value], context)
  if (meta) return withBoost(meta, query.boost)
  const field = context.fields.find(query.field)
  if (!field) return matchNone
  return withBoost(matchQuery(field, query.value, query.options, context), query.boost)
}

/** `{ "match_bool_prefix": { "message": "quick brown f" } }` */
export interface MatchBoolPrefixQuery {
  readonly kind: 'match_bool_prefix'
  readonly field: string
  readonly value: Scalar
  readonly options: MatchOptions
  readonly boost: number | undefined
}

export function parseMatchBoolPrefix(json: JsonValue, at: Member): MatchBoolPrefixQuery {
  const { field, value, at: member } = singleField(json, at, [])
  const read = readObject(isJsonObject(value) ? value : { query: value }, member, { ...matchMembers, query: raw })
  const options = { ...matchOptions(read), lastIsPrefix: true }
  return { kind: 'match_bool_prefix', field, value: queryText(read.query, value, member), options, boost: read.boost }
}

export function bindMatchBoolPrefix(query: MatchBoolPrefixQuery, context: BindContext): Query {
  return bindMatch({ ...query, kind: 'match' }, context)
}
