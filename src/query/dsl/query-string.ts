import { timeZone } from '../../core/dates/time-zone.ts'
import type { JsonValue } from '../../core/json.ts'
import { withBoost } from '../bind/combine.ts'
import type { Query } from '../ast.ts'
import type { BindContext } from '../bind/context.ts'
import { selectFields } from '../bind/field-names.ts'
import { autoFuzziness, parseFuzziness } from '../bind/fuzziness.ts'
import { bindLucene, type LuceneOptions } from '../lucene/bind-lucene.ts'
import { escapeLucene } from '../lucene/print-lucene.ts'
import { parsingException } from './errors.ts'
import { bool, common, int, listOf, number, objectAt, oneOf, optionalText, readObject, text, type Member } from './reading.ts'

/** `{ "query_string": { "query": "level:ERROR AND took:>100" } }`: Lucene's own language. */
export interface QueryStringQuery {
  readonly kind: 'query_string'
  readonly query: string
  readonly fields: readonly string[]
  readonly lenient: boolean | undefined
  readonly options: Omit<LuceneOptions, 'fields' | 'lenient'>
  readonly boost: number | undefined
}

export function parseQueryString(json: JsonValue, at: Member): QueryStringQuery {
  const node = objectAt(json, at)
  const read = readObject(json, at, {
    ...common,
    query: text,
    fields: listOf(text),
    default_field: optionalText,
    default_operator: oneOf('or', 'and'),
    analyzer: optionalText,
    quote_analyzer: optionalText,
    allow_leading_wildcard: bool,
    analyze_wildcard: bool,
    lenient: bool,
    minimum_should_match: text,
    phrase_slop: int,
    fuzziness: text,
    fuzzy_prefix_length: int,
    fuzzy_max_expansions: int,
    fuzzy_transpositions: bool,
    fuzzy_rewrite: text,
    rewrite: text,
    tie_breaker: number,
    time_zone: optionalText,
    type: oneOf('best_fields', 'most_fields', 'cross_fields', 'phrase', 'phrase_prefix', 'bool_prefix'),
    escape: bool,
    quote_field_suffix: optionalText,
    max_determinized_states: int,
    enable_position_increments: bool,
    auto_generate_synonyms_phrase_query: bool,
  })
  if (read.query === undefined) throw parsingException('[query_string] must be provided with a [query]', { node, part: 'end' })
  if (read.default_field !== undefined && read.fields !== undefined) {
    throw parsingException('[query_string] cannot use [fields] parameter in conjunction with [default_field]', {
      node,
      part: 'end',
    })
  }
  return {
    kind: 'query_string',
    query: read.escape === true ? escapeLucene(read.query) : read.query,
    fields: read.fields ?? (read.default_field === undefined ? [] : [read.default_field]),
    lenient: read.lenient,
    options: {
      defaultOperator: read.default_operator ?? 'or',
      analyzer: read.analyzer,
      quoteAnalyzer: read.quote_analyzer,
      allowLeadingWildcard: read.allow_leading_wildcard ?? true,
      minimumShouldMatch: read.minimum_should_match,
      phraseSlop: read.phrase_slop ?? 0,
      fuzzy: {
        fuzziness: read.fuzziness === undefined ? autoFuzziness : parseFuzziness(read.fuzziness),
        prefixLength: read.fuzzy_prefix_length ?? 0,
        maxExpansions: read.fuzzy_max_expansions ?? 50,
        transpositions: read.fuzzy_transpositions ?? true,
      },
      tieBreaker: read.tie_breaker,
      type: read.type ?? 'best_fields',
      zone: read.time_zone === undefined ? undefined : timeZone(read.time_zone),
      quoteFieldSuffix: read.quote_field_suffix,
    },
    boost: read.boost,
  }
}

export function bindQueryString(query: QueryStringQuery, context: BindContext): Query {
  const selection = selectFields(query.fields, context)
  const options = { ...query.options, fields: selection.fields, lenient: query.lenient ?? selection.all }
  return withBoost(bindLucene(query.query, options, context), query.boost)
}
