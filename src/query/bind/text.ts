import { ElkhornError } from '../../core/errors.ts'
import type { Token } from '../analysis/token.ts'
import { matchAll, matchNone, type Phrase, type Query } from '../ast.ts'
import { completionLetters } from '../completion-letters.ts'
import type { Field } from '../field.ts'
import { anyOf } from './combine.ts'
import { isText, queryShardException, searchAnalyzer, tooManyClauses, type BindContext } from './context.ts'
import type { Fuzziness } from './fuzziness.ts'
import { minimumShouldMatch } from './minimum-should-match.ts'
import { patternQuery } from './pattern.ts'
import { termQuery } from './term.ts'
import type { Scalar } from './typed-value.ts'
import { isPlain, segments } from './token-graph.ts'

export interface MatchOptions {
  readonly operator: 'or' | 'and'
  readonly minimumShouldMatch?: string | undefined
  readonly analyzer?: string | undefined
  readonly fuzzy?: FuzzyOptions | undefined
  /** What matches when the analyzer left nothing of the text. */
  readonly zeroTerms: 'none' | 'all'
  /** Values that the field's type cannot hold match nothing instead of being refused. */
  readonly lenient: boolean
  /** The last token stands for all that begin with it. */
  readonly lastIsPrefix?: boolean | undefined
}

export interface FuzzyOptions {
  readonly fuzziness: Fuzziness
  readonly prefixLength: number
  readonly maxExpansions: number
  readonly transpositions: boolean
}

export const DEFAULT_FUZZY = { prefixLength: 0, maxExpansions: 50, transpositions: true } as const

/** Documents that have the words of a text: all or some of its tokens, or for other fields the value itself. */
export function matchQuery(field: Field, value: Scalar, options: MatchOptions, context: BindContext): Query {
  if (!isText(field)) return leniently(options.lenient, () => valueQuery(field, value, options, context))
  const tokens = searchAnalyzer(field, options.analyzer, context).analyze(String(value))
  if (tokens.length === 0) return options.zeroTerms === 'all' ? matchAll : matchNone
  const last = tokens[tokens.length - 1]
  // A single word that something follows, if only a comma, is whole (MatchQuery.analyzeTerm).
  const isWhole = tokens.length === 1 && last !== undefined && last.end < String(value).length
  if (options.lastIsPrefix && last && !isWhole) return withPrefix(field, tokens, last, options, context)
  return tokensQuery(field, tokens, options, context)
}

function valueQuery(field: Field, value: Scalar, options: MatchOptions, context: BindContext): Query {
  const { fuzzy } = options
  if (fuzzy && field.type === 'keyword') return fuzzyTerm(field, String(value), fuzzy, context)
  if (options.lastIsPrefix && field.type === 'keyword') {
    return patternQuery(field, { kind: 'prefix', prefix: String(value), ignoreCase: false }, context)
  }
  return wholeValue(field, value, context)
}

/** A field that is no text has the value itself; a completion what its analyzer makes of it, as one term. */
function wholeValue(field: Field, value: Scalar, context: BindContext): Query {
  if (field.type !== 'completion') return termQuery(field, value, context)
  const letters = completionLetters(String(value))
  return letters === '' ? matchNone : termQuery(field, letters, context)
}

/** Runs `make`; where it refuses the request's value and that shall be forgiven, nothing matches. */
export function leniently(lenient: boolean, make: () => Query): Query {
  if (!lenient) return make()
  try {
    return make()
  } catch (error) {
    if (error instanceof ElkhornError) return matchNone
    throw error
  }
}

function tokensQuery(field: Field, tokens: readonly Token[], options: MatchOptions, context: BindContext): Query {
  if (isPlain(tokens) && !options.fuzzy) {
    const terms = tokens.map((token) => token.term)
    const distinct = new Set(terms)
    if (distinct.size > context.limits.maxClauses) throw tooManyClauses(context.limits.maxClauses)
    if (distinct.size === terms.length) {
      const minimum = minimumOf(options, terms.length)
      return minimum > terms.length ? matchNone : { kind: 'tokens', field: field.path, tokens: terms, minimum }
    }
  }
  const clauses = segments(tokens).map(({ ways }) => segmentQuery(field, ways, options, context))
  if (clauses.length > context.limits.maxClauses) throw tooManyClauses(context.limits.maxClauses)
  return clausesOf(clauses, options)
}

function segmentQuery(field: Field, ways: readonly (readonly Token[])[], options: MatchOptions, context: BindContext): Query {
  const single = ways.filter((way) => way.length === 1).map((way) => way[0]?.term ?? '')
  const [first] = single
  const queries: Query[] = []
  if (single.length === 1 && first !== undefined && options.fuzzy) queries.push(fuzzyTerm(field, first, options.fuzzy, context))
  else if (single.length > 0) queries.push({ kind: 'tokens', field: field.path, tokens: [...new Set(single)], minimum: 1 })
  for (const way of ways) {
    if (way.length < 2) continue
    requirePlaces(field, context)
    queries.push(phraseOf(field, way, 0, false, 0))
  }
  return anyOf(queries)
}

function clausesOf(clauses: readonly Query[], options: MatchOptions): Query {
  const [only] = clauses
  if (clauses.length === 1 && only) return only
  const minimum = minimumOf(options, clauses.length)
  if (minimum > clauses.length) return matchNone
  const all = options.operator === 'and'
  return {
    kind: 'bool',
    must: all ? clauses : [],
    filter: [],
    should: all ? [] : clauses,
    mustNot: [],
    minimumShouldMatch: all ? 0 : minimum,
  }
}

/**
 * A minimum is about several clauses, a single one knows none. Infinite, so nothing, where all clauses are required and a
 * minimum of optional ones besides: as Lucene has it.
 */
function minimumOf(options: MatchOptions, clauses: number): number {
  const asked = options.minimumShouldMatch
  if (clauses === 1) return 1
  if (options.operator === 'and') return asked !== undefined && minimumShouldMatch(asked, 0) > 0 ? Infinity : clauses
  return asked === undefined ? 1 : Math.max(1, minimumShouldMatch(asked, clauses))
}

function withPrefix(field: Field, tokens: readonly Token[], last: Token, options: MatchOptions, context: BindContext): Query {
  const before = tokens.slice(0, -1)
  const clauses = segments(before).map(({ ways }) => segmentQuery(field, ways, options, context))
  clauses.push(patternQuery(field, { kind: 'prefix', prefix: last.term, ignoreCase: false }, context))
  return clausesOf(clauses, options)
}

/** Terms within some edits of a term; the term itself where none is allowed. */
export function fuzzyTerm(field: Field, term: string, options: FuzzyOptions, context: BindContext): Query {
  const edits = options.fuzziness.edits(term)
  // Letters that must be the same may be all that there are (FuzzyQuery.getTermsEnum).
  if (edits === 0 || options.prefixLength >= [...term].length)
    return isText(field) ? { kind: 'tokens', field: field.path, tokens: [term], minimum: 1 } : termQuery(field, term, context)
  const { prefixLength, maxExpansions, transpositions } = options
  return patternQuery(field, { kind: 'fuzzy', term, edits, prefixLength, maxExpansions, transpositions }, context)
}

export interface PhraseOptions {
  readonly slop: number
  readonly analyzer?: string | undefined
  readonly zeroTerms: 'none' | 'all'
  readonly lenient: boolean
  readonly lastIsPrefix: boolean
  readonly maxExpansions: number
}

/** Documents that have the tokens of a text in its order. Other fields than text: the value itself. */
export function phraseQuery(field: Field, value: Scalar, options: PhraseOptions, context: BindContext): Query {
  if (!isText(field)) {
    return leniently(options.lenient, () => {
      if (!options.lastIsPrefix) return wholeValue(field, value, context)
      throw new ElkhornError(
        'illegal_argument_exception',
        400,
        `Can only use phrase prefix queries on text fields - not on [${field.path}] which is of type [${field.type}]`,
      )
    })
  }
  const tokens = searchAnalyzer(field, options.analyzer, context).analyze(String(value))
  const [first] = tokens
  if (!first) return options.zeroTerms === 'all' ? matchAll : matchNone
  if (tokens.length === 1) {
    if (options.lastIsPrefix) return phraseOf(field, tokens, 0, true, options.maxExpansions)
    return { kind: 'tokens', field: field.path, tokens: [first.term], minimum: 1 }
  }
  requirePlaces(field, context)
  if (tokens.every((token) => token.positionLength === 1))
    return phraseOf(field, tokens, options.slop, options.lastIsPrefix, options.maxExpansions)
  return anyOf(wholeWays(tokens).map((way) => phraseOf(field, way, options.slop, options.lastIsPrefix, options.maxExpansions)))
}

function requirePlaces(field: Field, context: BindContext): void {
  if (field.parameters.indexOptions === undefined) return
  const reason = `field:[${field.path}] was indexed without position data; cannot run PhraseQuery`
  const cause = new ElkhornError('illegal_state_exception', 400, reason)
  throw queryShardException(context, `failed to create query: ${reason}`, cause)
}

/** Every way through a graph of tokens from its start to its end, places counted along the way. */
function wholeWays(tokens: readonly Token[]): readonly (readonly Token[])[] {
  let ways: (readonly Token[])[] = [[]]
  for (const segment of segments(tokens)) {
    const longer: (readonly Token[])[] = []
    for (const way of ways) {
      const end = way.length === 0 ? 0 : (way[way.length - 1]?.position ?? 0) + 1
      for (const more of segment.ways) {
        if (longer.length < MAX_PHRASES)
          longer.push([...way, ...more.map((token, index) => ({ ...token, position: end + index }))])
      }
    }
    ways = longer
  }
  return ways
}

const MAX_PHRASES = 128

function phraseOf(field: Field, tokens: readonly Token[], slop: number, lastIsPrefix: boolean, maxExpansions: number): Query {
  const start = tokens[0]?.position ?? 0
  const places: { tokens: string[]; position: number }[] = []
  for (const token of tokens) {
    const place = places[places.length - 1]
    if (place && place.position === token.position - start) place.tokens.push(token.term)
    else places.push({ tokens: [token.term], position: token.position - start })
  }
  const [only] = places
  if (places.length === 1 && only && !lastIsPrefix)
    return { kind: 'tokens', field: field.path, tokens: [...new Set(only.tokens)], minimum: 1 }
  const phrase: Phrase = { places, slop, lastIsPrefix, maxExpansions }
  return { kind: 'phrase', field: field.path, phrase }
}
