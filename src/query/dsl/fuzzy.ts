import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { hasStringTerms, type BindContext } from '../bind/context.ts'
import { autoFuzziness, parseFuzziness } from '../bind/fuzziness.ts'
import { DEFAULT_FUZZY, fuzzyTerm, type FuzzyOptions } from '../bind/text.ts'
import { parsingException } from './errors.ts'
import { bool, boost, int, readObject, singleField, text, type Member } from './reading.ts'

/** `{ "fuzzy": { "user": "ki" } }` */
export interface FuzzyQuery {
  readonly kind: 'fuzzy'
  readonly field: string
  readonly term: string
  readonly options: FuzzyOptions
  /** Scores nothing but the boost (`rewrite`). */
  readonly isConstant: boolean
  readonly boost: number | undefined
}

export function parseFuzzy(json: JsonValue, at: Member): FuzzyQuery {
  const { field, value, at: member } = singleField(json, at, ['_name'])
  const long = isJsonObject(value)
    ? readObject(value, member, {
        value: text,
        term: text,
        fuzziness: text,
        prefix_length: int,
        max_expansions: int,
        transpositions: bool,
        rewrite: text,
        boost,
        _name: text,
      })
    : undefined
  const term = long ? (long.value ?? long.term) : text(value, member)
  if (term === undefined) throw parsingException(`[fuzzy] on [${field}] needs a [value]`, { node: member.node, part: 'end' })
  const options = {
    fuzziness: long?.fuzziness === undefined ? autoFuzziness : parseFuzziness(long.fuzziness),
    prefixLength: long?.prefix_length ?? DEFAULT_FUZZY.prefixLength,
    maxExpansions: long?.max_expansions ?? DEFAULT_FUZZY.maxExpansions,
    transpositions: long?.transpositions ?? DEFAULT_FUZZY.transpositions,
  }
  const isConstant = long?.rewrite?.startsWith('constant_score') ?? false
  return { kind: 'fuzzy', field, term, options, isConstant, boost: long?.boost }
}

export function bindFuzzy(query: FuzzyQuery, context: BindContext): Query {
  const field = context.fields.find(query.field)
  if (!field) return matchNone
  if (!hasStringTerms(field)) {
    throw illegalArgument(
      `Can only use fuzzy queries on keyword and text fields - not on [${field.path}] which is of type [${field.type}]`,
    )
  }
  const terms = fuzzyTerm(field, query.term, query.options, context)
  return withBoost(query.isConstant ? { kind: 'constant_score', query: terms } : terms, query.boost)
}
