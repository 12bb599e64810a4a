import type { TimeZone } from '../../core/dates/time-zone.ts'
import { ElkhornError, illegalArgument, unreachable } from '../../core/errors.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import { bestOf, withBoost } from '../bind/combine.ts'
import { hasStringTerms, isText, queryShardException, searchAnalyzer, tooManyClauses, type BindContext } from '../bind/context.ts'
import { existsQuery } from '../bind/exists.ts'
import type { WeightedField } from '../bind/field-names.ts'
import { parseFuzziness, type Fuzziness } from '../bind/fuzziness.ts'
import { metadataTerms } from '../bind/metadata.ts'
import { minimumShouldMatch } from '../bind/minimum-should-match.ts'
import { checkRegexp, patternQuery } from '../bind/pattern.ts'
import { rangeQuery } from '../bind/range.ts'
import type { ScalarBounds } from '../bind/scalar-bounds.ts'
import { termQuery } from '../bind/term.ts'
import { fuzzyTerm, leniently, matchQuery, phraseQuery, type FuzzyOptions } from '../bind/text.ts'
import type { LuceneClause, LuceneQuery } from './lucene-ast.ts'
import { LuceneSyntaxError, parseLucene } from './parse-lucene.ts'

export interface LuceneOptions {
  /** Fields of what names none. */
  readonly fields: readonly WeightedField[]
  readonly lenient: boolean
  readonly defaultOperator: 'or' | 'and'
  readonly analyzer: string | undefined
  readonly quoteAnalyzer: string | undefined
  readonly allowLeadingWildcard: boolean
  readonly minimumShouldMatch: string | undefined
  readonly phraseSlop: number
  readonly fuzzy: FuzzyOptions
  readonly tieBreaker: number | undefined
  readonly type: 'best_fields' | 'most_fields' | 'cross_fields' | 'phrase' | 'phrase_prefix' | 'bool_prefix'
  readonly zone: TimeZone | undefined
  /** Phrases ask the field of this ending where there is one (`.exact`). */
  readonly quoteFieldSuffix: string | undefined
}

/**
 * Binds a text in Lucene's query language.
 * @throws ElkhornError `query_shard_exception` (400) where the text is not of the language
 */
export function bindLucene(text: string, options: LuceneOptions, context: BindContext): Query {
  let parsed: LuceneQuery
  try {
    parsed = parseLucene(text)
  } catch (error) {
    if (!(error instanceof LuceneSyntaxError)) throw error
    const cause = new ElkhornError('parse_exception', 400, `Cannot parse '${text}': ${error.message}`)
    throw queryShardException(context, `Failed to parse query [${text}]`, cause)
  }
  return new Binder(text, options, context).whole(parsed)
}

class Binder {
  private readonly text: string
  private readonly options: LuceneOptions
  private readonly context: BindContext

  constructor(text: string, options: LuceneOptions, context: BindContext) {
    this.text = text
    this.options = options
    this.context = context
  }

  whole(query: LuceneQuery): Query {
    const minimum = this.options.minimumShouldMatch
    if (query.kind === 'clauses') return this.clauses(query.clauses, undefined, minimum) ?? matchNone
    if (minimum !== undefined && query.kind === 'words') {
      return this.bind(query, undefined, minimum) ?? matchNone
    }
    return this.bind(query, undefined) ?? matchNone
  }

  /** `undefined` for what an analyzer left nothing of: it is neither required nor forbidden then. */
  private bind(query: LuceneQuery, outer: string | undefined, minimum?: string): Query | undefined {
    if (query.kind === 'clauses') return this.clauses(query.clauses, outer, undefined)
    const path = query.field ?? outer
    const bound = this.leaf(query, path, minimum)
    return bound && withBoost(bound, query.boost)
  }

  private leaf(
    query: Exclude<LuceneQuery, { kind: 'clauses' }>,
    path: string | undefined,
    minimum: string | undefined,
  ): Query | undefined {
    switch (query.kind) {
      case 'group':
        return this.bind(query.query, path)
      case 'words':
        return this.words(query.words, path, query.field !== undefined, minimum)
      case 'phrase':
        return this.phrase(query.text, query.slop, path)
      case 'fuzzy':
        return this.fuzzy(query.text, query.similarity, path)
      case 'wildcard':
        return this.wildcard(query.pattern, path)
      case 'regexp': {
        checkRegexp(query.regexp, this.context)
        const pattern = { kind: 'regexp', regexp: query.regexp, ignoreCase: false } as const
        return this.each(path, ({ field }) => patternQuery(field, pattern, this.context, true))
      }
      case 'range': {
        const { from, to, includeFrom, includeTo } = query
        return this.range(path, { lower: from, includeLower: includeFrom, upper: to, includeUpper: includeTo })
      }
      default:
        return unreachable(query)
    }
  }

  /** Lucene's classic rules: AND makes both of its sides required, OR is what stands between by default. */
  private clauses(clauses: readonly LuceneClause[], outer: string | undefined, minimum: string | undefined): Query | undefined {
    const bound: { query: Query; occur: 'must' | 'should' | 'must_not' }[] = []
    const and = this.options.defaultOperator === 'and'
    for (const { conjunction, modifier, query } of clauses) {
      const before = bound[bound.length - 1]
      if (before && before.occur !== 'must_not') {
        if (conjunction === 'and') before.occur = 'must'
        else if (and && conjunction === 'or') before.occur = 'should'
      }
      const one = this.bind(query, outer)
      if (!one) continue
      const required = and ? modifier === 'must' || conjunction !== 'or' : modifier === 'must' || conjunction === 'and'
      bound.push({ query: one, occur: modifier === 'must_not' ? 'must_not' : required ? 'must' : 'should' })
    }
    if (bound.length === 0) return undefined
    if (bound.length > this.context.limits.maxClauses) throw tooManyClauses(this.context.limits.maxClauses)
    const of = (occur: string): Query[] => bound.filter((one) => one.occur === occur).map((one) => one.query)
    const [must, should, mustNot] = [of('must'), of('should'), of('must_not').filter((query) => query.kind !== 'none')]
    const [only] = bound
    if (bound.length === 1 && only && only.occur !== 'must_not') return only.query
    const needed =
      minimum !== undefined ? minimumShouldMatch(minimum, should.length) : must.length === 0 && should.length > 0 ? 1 : 0
    if (must.some((query) => query.kind === 'none')) return matchNone
    const possible = should.filter((query) => query.kind !== 'none')
    if (needed > possible.length) return matchNone
    return { kind: 'bool', must, filter: [], should: possible, mustNot, minimumShouldMatch: needed }
  }

  private words(
    words: readonly string[],
    path: string | undefined,
    isFielded: boolean,
    minimum: string | undefined,
  ): Query | undefined {
    const [first = ''] = words
    if (path !== undefined) {
      if (path === '_exists_') return existsQuery(words.join(' '), this.context)
      const meta = metadataTerms(path, words, this.context)
      if (meta) return meta
    }
    if (isFielded && words.length === 1) {
      const comparison = parseComparison(first)
      if (comparison) return this.range(path, comparison)
    }
    const text = words.join(' ')
    const { defaultOperator, analyzer, lenient, type } = this.options
    if (this.analyzesToNothing(path, text, analyzer)) return undefined
    if (type === 'phrase' || type === 'phrase_prefix') return this.phrase(text, undefined, path, type === 'phrase_prefix')
    const options = {
      operator: defaultOperator,
      analyzer,
      lenient,
      zeroTerms: 'none',
      lastIsPrefix: type === 'bool_prefix',
      minimumShouldMatch: minimum,
    } as const
    return this.each(path, ({ field }) => matchQuery(field, text, options, this.context))
  }

  private analyzesToNothing(path: string | undefined, text: string, analyzer: string | undefined): boolean {
    const fields = this.fields(path)
    return (
      fields.length > 0 &&
      fields.every(({ field }) => isText(field) && searchAnalyzer(field, analyzer, this.context).analyze(text).length === 0)
    )
  }

  private phrase(text: string, slop: number | undefined, path: string | undefined, lastIsPrefix = false): Query | undefined {
    if (path === '_exists_') return existsQuery(text, this.context)
    const meta = path === undefined ? undefined : metadataTerms(path, [text], this.context)
    if (meta) return meta
    const { quoteAnalyzer, analyzer, lenient, phraseSlop, fuzzy, quoteFieldSuffix } = this.options
    if (this.analyzesToNothing(path, text, quoteAnalyzer ?? analyzer)) return undefined
    const options = {
      slop: slop ?? phraseSlop,
      analyzer: quoteAnalyzer ?? analyzer,
      zeroTerms: 'none',
      lenient,
      lastIsPrefix,
      maxExpansions: fuzzy.maxExpansions,
    } as const
    return this.each(path, ({ field }) => {
      const exact = quoteFieldSuffix === undefined ? undefined : this.context.fields.find(field.path + quoteFieldSuffix)
      return phraseQuery(exact ?? field, text, options, this.context)
    })
  }

  private fuzzy(text: string, similarity: string, path: string | undefined): Query {
    const options = { ...this.options.fuzzy, fuzziness: fuzzinessOf(similarity, this.options.fuzzy.fuzziness) }
    return this.each(path, ({ field }) => {
      if (!hasStringTerms(field)) return termQuery(field, text, this.context)
      const term = isText(field) ? searchAnalyzer(field, this.options.analyzer, this.context).normalize(text) : text
      return fuzzyTerm(field, term, options, this.context)
    })
  }

  private wildcard(pattern: string, path: string | undefined): Query {
    if (pattern === '*') {
      if (path === '*' || (path === undefined && this.options.lenient && this.options.fields.length > 1)) return matchAll
      if (path === '_exists_') return matchAll
      if (path !== undefined) return existsQuery(path, this.context)
      return bestOf(
        this.options.fields.map(({ field }) => existsQuery(field.path, this.context)),
        0,
      )
    }
    if (/^[*?]/.test(pattern) && !this.options.allowLeadingWildcard) {
      const cause = new ElkhornError(
        'parse_exception',
        400,
        `Cannot parse '${this.text}': '*' or '?' not allowed as first character in WildcardQuery`,
      )
      throw queryShardException(this.context, `Failed to parse query [${this.text}]`, cause)
    }
    const prefix = /^((?:[^*?\\]|\\.)+)\*$/s.exec(pattern)?.[1]?.replace(/\\(.)/gs, '$1')
    return this.each(path, ({ field }) =>
      patternQuery(
        field,
        prefix === undefined
          ? { kind: 'wildcard', wildcard: pattern, ignoreCase: false }
          : { kind: 'prefix', prefix, ignoreCase: false },
        this.context,
        true,
      ),
    )
  }

  private range(path: string | undefined, bounds: ScalarBounds): Query {
    return this.each(path, ({ field }) => {
      const analyzer = isText(field) ? searchAnalyzer(field, this.options.analyzer, this.context) : undefined
      const change = (bound: ScalarBounds['lower']): ScalarBounds['lower'] =>
        bound === undefined || !analyzer ? bound : analyzer.normalize(String(bound))
      return rangeQuery(
        field,
        { ...bounds, lower: change(bounds.lower), upper: change(bounds.upper) },
        { zone: this.options.zone },
        this.context,
      )
    })
  }

  private fields(path: string | undefined): readonly WeightedField[] {
    if (path === undefined) return this.options.fields
    const exact = this.context.fields.find(path)
    const found = exact ? [exact] : path.includes('*') ? this.context.fields.match(path) : []
    return found.map((field) => ({ field, boost: 1 }))
  }

  /** Asks every field; the best answer scores. */
  private each(path: string | undefined, make: (field: WeightedField) => Query): Query {
    const patterns = path?.includes('*') === true
    const queries = this.fields(path).map((one) =>
      withBoost(
        leniently(this.options.lenient || patterns, () => make(one)),
        one.boost,
      ),
    )
    const possible = queries.filter((query) => query.kind !== 'none')
    const summing = this.options.type === 'most_fields' || this.options.type === 'bool_prefix'
    return bestOf(possible, this.options.tieBreaker ?? (summing ? 1 : 0))
  }
}

/** `>5`, `>=5`, `<5`, `<=5` behind a field. */
function parseComparison(word: string): ScalarBounds | undefined {
  const match = /^([<>])(=?)(.+)$/s.exec(word)
  const value = match?.[3]
  if (!match || value === undefined) return undefined
  const includes = match[2] === '='
  if (match[1] === '>') return { lower: value, includeLower: includes, upper: undefined, includeUpper: true }
  return { lower: undefined, includeLower: true, upper: value, includeUpper: includes }
}

/** Edits, or (as Lucene once had it) a similarity below 1. */
function fuzzinessOf(similarity: string, otherwise: Fuzziness): Fuzziness {
  if (similarity === '') return otherwise
  const number = Number(similarity)
  if (Number.isNaN(number)) return parseFuzziness(similarity)
  if (number < 0) throw illegalArgument('Minimum similarity for a FuzzyQuery has to be between 0.0f and 1.0f !')
  if (number >= 1) return { edits: () => (number >= 2 ? 2 : 1) }
  return {
    edits(term) {
      const edits = Math.trunc((1 - number) * [...term].length)
      return edits <= 0 ? 0 : edits === 1 ? 1 : 2
    },
  }
}
