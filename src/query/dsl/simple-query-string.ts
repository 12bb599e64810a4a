import { unreachable } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import { allOf, anyOf, bestOf, withBoost } from '../bind/combine.ts'
import { hasStringTerms, isText, searchAnalyzer, type BindContext } from '../bind/context.ts'
import { selectFields, type WeightedField } from '../bind/field-names.ts'
import { minimumShouldMatch } from '../bind/minimum-should-match.ts'
import { patternQuery } from '../bind/pattern.ts'
import type { Field } from '../field.ts'
import { fuzzyTerm, leniently, matchQuery, phraseQuery } from '../bind/text.ts'
import { parsingException } from './errors.ts'
import { bool, common, int, listOf, objectAt, oneOf, optionalText, readObject, text, type Member } from './reading.ts'

/** `{ "simple_query_string": { "query": "\"fried eggs\" +(eggplant | potato) -frittata" } }`: forgives every mistake. */
export interface SimpleQueryStringQuery {
  readonly kind: 'simple_query_string'
  readonly query: string
  readonly fields: readonly string[]
  readonly defaultOperator: 'or' | 'and'
  readonly analyzer: string | undefined
  readonly lenient: boolean | undefined
  readonly minimumShouldMatch: string | undefined
  readonly flags: ReadonlySet<Flag>
  readonly fuzzyPrefixLength: number
  readonly fuzzyMaxExpansions: number
  readonly fuzzyTranspositions: boolean
  readonly boost: number | undefined
}

const FLAGS = ['AND', 'NOT', 'OR', 'PREFIX', 'PHRASE', 'PRECEDENCE', 'ESCAPE', 'WHITESPACE', 'FUZZY', 'NEAR', 'SLOP'] as const
type Flag = (typeof FLAGS)[number]

export function parseSimpleQueryString(json: JsonValue, at: Member): SimpleQueryStringQuery {
  const node = objectAt(json, at)
  const read = readObject(json, at, {
    ...common,
    query: text,
    fields: listOf(text),
    default_operator: oneOf('or', 'and'),
    analyzer: optionalText,
    flags: text,
    lenient: bool,
    minimum_should_match: text,
    analyze_wildcard: bool,
    quote_field_suffix: optionalText,
    fuzzy_prefix_length: int,
    fuzzy_max_expansions: int,
    fuzzy_transpositions: bool,
    auto_generate_synonyms_phrase_query: bool,
  })
  if (read.query === undefined) throw parsingException('[simple_query_string] query text missing', { node, part: 'end' })
  return {
    kind: 'simple_query_string',
    query: read.query,
    fields: read.fields ?? [],
    defaultOperator: read.default_operator ?? 'or',
    analyzer: read.analyzer,
    lenient: read.lenient,
    minimumShouldMatch: read.minimum_should_match,
    flags: readFlags(read.flags ?? 'ALL', node),
    fuzzyPrefixLength: read.fuzzy_prefix_length ?? 0,
    fuzzyMaxExpansions: read.fuzzy_max_expansions ?? 50,
    fuzzyTranspositions: read.fuzzy_transpositions ?? true,
    boost: read.boost,
  }
}

function readFlags(written: string, node: object): ReadonlySet<Flag> {
  const flags = new Set<Flag>()
  for (const name of written.toUpperCase().split('|')) {
    if (name === 'ALL' || name === '-1') return new Set(FLAGS)
    if (name === 'NONE') continue
    const flag = FLAGS.find((one) => one === name)
    if (flag === undefined)
      throw parsingException(`Unknown simple_query_string flag [${name}]`, { node, part: { value: 'flags' } })
    flags.add(flag)
  }
  return flags
}

type Part =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'fuzzy'; readonly text: string; readonly edits: 1 | 2 }
  | { readonly kind: 'phrase'; readonly text: string; readonly slop: number }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Part[] }
  | { readonly kind: 'not'; readonly part: Part }

/**
 * Reads the language from left to right, as Lucene's SimpleQueryParser does: a change of operator puts all before it into one
 * part. Never fails.
 */
export function parseSimpleQuery(source: string, defaultOperator: 'or' | 'and', flags: ReadonlySet<Flag>): Part | undefined {
  return new SimpleReader(source, defaultOperator === 'and' ? 'all' : 'any', flags).read(0)
}

class SimpleReader {
  readonly #source: string
  readonly #defaultOperation: 'all' | 'any'
  readonly #flags: ReadonlySet<Flag>
  #at = 0
  #top: Part | undefined
  #operation: 'all' | 'any' | undefined
  #previous: 'all' | 'any' | undefined
  #negated = false

  constructor(source: string, defaultOperation: 'all' | 'any', flags: ReadonlySet<Flag>) {
    this.#source = source
    this.#defaultOperation = defaultOperation
    this.#flags = flags
  }

  read(depth: number): Part | undefined {
    while (this.#at < this.#source.length) {
      if (this.#is('-', 'NOT')) {
        this.#negated = !this.#negated
        this.#at++
        continue
      }
      if (this.#is('(', 'PRECEDENCE')) this.#readGroup(depth)
      else if (this.#is('"', 'PHRASE')) this.#readPhrase()
      else if (this.#is('+', 'AND')) this.#operate('all')
      else if (this.#is('|', 'OR')) this.#operate('any')
      else if (this.#is(')', 'PRECEDENCE') || this.#isSpace()) this.#at++
      else this.#readWord()
      // What is negated stands right behind the sign.
      this.#negated = false
    }
    return this.#top
  }

  #is(char: string, flag: Flag): boolean {
    return this.#source[this.#at] === char && this.#flags.has(flag)
  }

  #isSpace(): boolean {
    return /[ \t\n\r]/.test(this.#source[this.#at] ?? '') && this.#flags.has('WHITESPACE')
  }

  #endsWord(): boolean {
    return (
      this.#is('"', 'PHRASE') ||
      this.#is('|', 'OR') ||
      this.#is('+', 'AND') ||
      this.#is('(', 'PRECEDENCE') ||
      this.#is(')', 'PRECEDENCE') ||
      this.#isSpace()
    )
  }

  /** The first operator counts, and none before the first part. */
  #operate(operation: 'all' | 'any'): void {
    if (this.#top) this.#operation ??= operation
    this.#at++
  }

  #add(part: Part): void {
    const branch: Part = this.#negated ? { kind: 'not', part } : part
    const top = this.#top
    if (!top) this.#top = branch
    else {
      const current = this.#operation ?? this.#defaultOperation
      const goesOn = this.#previous === current && (top.kind === 'all' || top.kind === 'any')
      this.#top = { kind: current, parts: [...(goesOn ? top.parts : [top]), branch] }
      this.#previous = current
    }
    this.#operation = undefined
  }

  /** What stands in brackets; an opening one that is never closed means nothing. */
  #readGroup(depth: number): void {
    const start = ++this.#at
    let open = 1
    for (; this.#at < this.#source.length; this.#at++) {
      if (this.#is('\\', 'ESCAPE')) this.#at++
      else if (this.#source[this.#at] === '(') open++
      else if (this.#source[this.#at] === ')' && --open === 0) break
    }
    const end = this.#at
    if (end >= this.#source.length) {
      this.#at = start
      return
    }
    this.#at = end + 1
    if (end === start) this.#operation = undefined
    else if (depth < MAX_DEPTH) {
      const inner = new SimpleReader(this.#source.slice(start, end), this.#defaultOperation, this.#flags).read(depth + 1)
      if (inner) this.#add(inner)
    }
  }

  /** What stands in quotes, with `~` and a number behind them; an opening quote that is never closed means nothing. */
  #readPhrase(): void {
    const start = ++this.#at
    let text = ''
    for (; this.#at < this.#source.length && this.#source[this.#at] !== '"'; this.#at++) {
      if (this.#is('\\', 'ESCAPE')) this.#at++
      text += this.#source[this.#at] ?? ''
    }
    const end = this.#at
    if (end >= this.#source.length) {
      this.#at = start
      return
    }
    this.#at = end + 1
    let slop = 0
    if (end > start && this.#is('~', 'NEAR')) {
      slop = this.#at + 1 < this.#source.length ? this.#readEdits() : 0
      // What ends the number goes with it.
      this.#at++
    }
    if (end === start) this.#operation = undefined
    else this.#add({ kind: 'phrase', text, slop })
  }

  #readWord(): void {
    let text = ''
    let prefix = false
    for (; this.#at < this.#source.length && !this.#endsWord(); this.#at++) {
      if (this.#is('\\', 'ESCAPE')) {
        this.#at++
        text += this.#source[this.#at] ?? ''
        prefix = false
        continue
      }
      if (text !== '' && this.#is('~', 'FUZZY')) {
        const edits = Math.min(this.#readEdits(), 2)
        this.#add(edits === 0 ? { kind: 'word', text } : { kind: 'fuzzy', text, edits: edits === 1 ? 1 : 2 })
        return
      }
      prefix = text !== '' && this.#is('*', 'PREFIX')
      text += this.#source[this.#at]
    }
    if (text !== '') this.#add(prefix ? { kind: 'prefix', text: text.slice(0, -1) } : { kind: 'word', text })
  }

  /** The number behind `~`: two where there is none, zero for what is no number. */
  #readEdits(): number {
    const start = ++this.#at
    while (this.#at < this.#source.length && !this.#endsWord()) this.#at++
    const written = this.#source.slice(start, this.#at)
    if (written === '') return 2
    return /^\+?\d{1,9}$/.test(written) ? Number(written) : 0
  }
}

const MAX_DEPTH = 50

export function bindSimpleQueryString(query: SimpleQueryStringQuery, context: BindContext): Query {
  const { fields, all } = selectFields(query.fields, context)
  const part = parseSimpleQuery(query.query, query.defaultOperator, query.flags)
  if (!part) return matchNone
  const settings = { query, fields, lenient: query.lenient ?? all, context }
  if (saysNothing(part, settings)) return matchNone
  const minimum = query.minimumShouldMatch
  if (part.kind === 'any' && minimum !== undefined) {
    const parts = bindParts(part.parts, settings)
    return withBoost(anyOf(parts, Math.max(1, minimumShouldMatch(minimum, parts.length))), query.boost)
  }
  // One word in one field may be several tokens, which then are the clauses.
  const isAlone = part.kind === 'word' && fields.length === 1
  const bound = bindPart(part, isAlone ? { ...settings, minimum } : settings)
  // What a field refuses is told in any case.
  return minimum !== undefined && asksTooMany(part, minimum) ? matchNone : withBoost(bound, query.boost)
}

/** Whether more optional clauses are to match than there are: none beside required ones, one (all documents) beside what is negated. */
function asksTooMany({ kind }: Part, minimum: string): boolean {
  if (kind !== 'all' && kind !== 'not') return false
  const optional = kind === 'not' ? 1 : 0
  return minimumShouldMatch(minimum, optional) > optional
}

interface Settings {
  readonly query: SimpleQueryStringQuery
  readonly fields: readonly WeightedField[]
  readonly lenient: boolean
  readonly context: BindContext
  /** `minimum_should_match` of the tokens of a word. */
  readonly minimum?: string | undefined
}

/** Words of which nothing is left in any field, as of stop words, are no clauses: not even negated ones. */
function saysNothing(part: Part, settings: Settings): boolean {
  switch (part.kind) {
    case 'word':
    case 'phrase': {
      const { fields, query, context } = settings
      const isEmpty = (field: Field): boolean => searchAnalyzer(field, query.analyzer, context).analyze(part.text).length === 0
      return fields.length > 0 && fields.every(({ field }) => isText(field) && isEmpty(field))
    }
    case 'not':
      return saysNothing(part.part, settings)
    case 'all':
    case 'any':
      return part.parts.every((one) => saysNothing(one, settings))
    default:
      return false
  }
}

const bindParts = (parts: readonly Part[], settings: Settings): Query[] =>
  parts.filter((one) => !saysNothing(one, settings)).map((one) => bindPart(one, settings))

function bindPart(part: Part, settings: Settings): Query {
  const { query, lenient, context } = settings
  switch (part.kind) {
    case 'word': {
      const options = {
        operator: query.defaultOperator,
        minimumShouldMatch: settings.minimum,
        analyzer: query.analyzer,
        zeroTerms: 'none',
        lenient,
      } as const
      return each(settings, (field) => matchQuery(field, part.text, options, context))
    }
    case 'prefix':
      return each(settings, (field) =>
        patternQuery(field, { kind: 'prefix', prefix: part.text, ignoreCase: false }, context, true),
      )
    case 'fuzzy': {
      const fuzzy = {
        fuzziness: { edits: () => part.edits },
        prefixLength: query.fuzzyPrefixLength,
        maxExpansions: query.fuzzyMaxExpansions,
        transpositions: query.fuzzyTranspositions,
      }
      return each(settings, (field) => {
        if (!hasStringTerms(field)) return matchNone
        const term = isText(field) ? searchAnalyzer(field, query.analyzer, context).normalize(part.text) : part.text
        return fuzzyTerm(field, term, fuzzy, context)
      })
    }
    case 'phrase': {
      const options = {
        slop: part.slop,
        analyzer: query.analyzer,
        zeroTerms: 'none',
        lenient,
        lastIsPrefix: false,
        maxExpansions: 50,
      } as const
      return each(settings, (field) => phraseQuery(field, part.text, options, context))
    }
    case 'all':
      return allOf(bindParts(part.parts, settings))
    case 'any':
      return anyOf(bindParts(part.parts, settings))
    case 'not':
      return {
        kind: 'bool',
        must: [matchAll],
        filter: [],
        should: [],
        mustNot: [bindPart(part.part, settings)],
        minimumShouldMatch: 0,
      }
    default:
      return unreachable(part)
  }
}

function each({ fields, lenient }: Settings, make: (field: WeightedField['field']) => Query): Query {
  const queries = fields.map(({ field, boost }) =>
    withBoost(
      leniently(lenient, () => make(field)),
      boost,
    ),
  )
  return bestOf(
    queries.filter((query) => query.kind !== 'none'),
    1,
  )
}
