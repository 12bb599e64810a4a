import { unreachable } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import { allOf, anyOf, bestOf, withBoost } from '../bind/combine.ts'
import { hasStringTerms, isText, searchAnalyzer, type BindContext } from '../bind/context.ts'
import { selectFields, type WeightedField } from '../bind/field-names.ts'
import { minimumShouldMatch } from '../bind/minimum-should-match.ts'
import { patternQuery } from '../bind/pattern.ts'
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
  | { readonly kind: 'fuzzy'; readonly text: string; readonly edits: 0 | 1 | 2 }
  | { readonly kind: 'phrase'; readonly text: string; readonly slop: number }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Part[] }
  | { readonly kind: 'not'; readonly part: Part }

/** Reads the language from left to right: a change of operator puts all before it into one part. Never fails. */
export function parseSimpleQuery(source: string, defaultOperator: 'or' | 'and', flags: ReadonlySet<Flag>): Part | undefined {
  let at = 0
  const wordEnds = (char: string): boolean =>
    (/\s/.test(char) && flags.has('WHITESPACE')) ||
    (char === '"' && flags.has('PHRASE')) ||
    (char === '|' && flags.has('OR')) ||
    (char === '+' && flags.has('AND')) ||
    ((char === '(' || char === ')') && flags.has('PRECEDENCE'))

  const number = (): number => {
    const digits = /^\d*/.exec(source.slice(at + 1))?.[0] ?? ''
    at += 1 + digits.length
    return digits === '' ? 1 : Number(digits)
  }

  const word = (): Part | undefined => {
    let text = ''
    let prefix = false
    let edits: number | undefined
    for (; at < source.length; at++) {
      const char = source[at] ?? ''
      if (char === '\\' && flags.has('ESCAPE')) {
        at += 1
        text += source[at] ?? ''
        prefix = false
        continue
      }
      if (wordEnds(char)) break
      if (char === '~' && text !== '' && flags.has('FUZZY') && /^~\d*(?:$|[\s"|+()])/.test(source.slice(at))) {
        edits = number()
        break
      }
      prefix = char === '*' && text !== ''
      text += char
    }
    if (text === '') return undefined
    if (edits !== undefined) return { kind: 'fuzzy', text, edits: edits >= 2 ? 2 : edits === 1 ? 1 : 0 }
    return prefix && flags.has('PREFIX') ? { kind: 'prefix', text: text.slice(0, -1) } : { kind: 'word', text }
  }

  const phrase = (): Part | undefined => {
    let text = ''
    let end = at + 1
    for (; end < source.length && source[end] !== '"'; end++) {
      if (source[end] === '\\' && flags.has('ESCAPE')) end += 1
      text += source[end] ?? ''
    }
    // A quote that is never closed is no quote.
    if (end >= source.length) {
      at += 1
      return undefined
    }
    at = end + 1
    const slop = source[at] === '~' && flags.has('NEAR') ? number() : 0
    return text === '' ? undefined : { kind: 'phrase', text, slop }
  }

  const group = (depth: number): Part | undefined => {
    let top: Part | undefined
    let operation: 'all' | 'any' | undefined
    let previous: 'all' | 'any' | undefined
    let negated = false
    const add = (part: Part | undefined): void => {
      if (!part) return
      const branch: Part = negated ? { kind: 'not', part } : part
      negated = false
      if (!top) top = branch
      else {
        const current = operation ?? (defaultOperator === 'and' ? 'all' : 'any')
        const parts = previous === current && (top.kind === 'all' || top.kind === 'any') ? top.parts : [top]
        top = { kind: current, parts: [...parts, branch] }
        previous = current
      }
      operation = undefined
    }
    while (at < source.length) {
      const char = source[at] ?? ''
      if (char === '(' && flags.has('PRECEDENCE')) {
        at += 1
        if (depth < MAX_DEPTH) add(group(depth + 1))
      } else if (char === ')' && flags.has('PRECEDENCE')) {
        at += 1
        if (depth > 0) return top
      } else if (char === '"' && flags.has('PHRASE')) add(phrase())
      else if ((char === '+' && flags.has('AND')) || (char === '|' && flags.has('OR'))) {
        if (operation === undefined && top) operation = char === '+' ? 'all' : 'any'
        at += 1
      } else if (char === '-' && flags.has('NOT')) {
        negated = !negated
        at += 1
      } else if (/\s/.test(char) && flags.has('WHITESPACE')) at += 1
      else {
        const before = at
        add(word())
        if (at === before) at += 1
      }
    }
    return top
  }

  return group(0)
}

const MAX_DEPTH = 50

export function bindSimpleQueryString(query: SimpleQueryStringQuery, context: BindContext): Query {
  const { fields, all } = selectFields(query.fields, context)
  const part = parseSimpleQuery(query.query, query.defaultOperator, query.flags)
  if (!part) return matchNone
  const settings = { query, fields, lenient: query.lenient ?? all, context }
  const minimum = query.minimumShouldMatch
  if (part.kind === 'any' && minimum !== undefined) {
    const parts = part.parts.map((one) => bindPart(one, settings))
    return withBoost(anyOf(parts, Math.max(1, minimumShouldMatch(minimum, parts.length))), query.boost)
  }
  return withBoost(bindPart(part, settings), query.boost)
}

interface Settings {
  readonly query: SimpleQueryStringQuery
  readonly fields: readonly WeightedField[]
  readonly lenient: boolean
  readonly context: BindContext
}

function bindPart(part: Part, settings: Settings): Query {
  const { query, lenient, context } = settings
  switch (part.kind) {
    case 'word': {
      const options = { operator: query.defaultOperator, analyzer: query.analyzer, zeroTerms: 'none', lenient } as const
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
      return allOf(part.parts.map((one) => bindPart(one, settings)))
    case 'any':
      return anyOf(part.parts.map((one) => bindPart(one, settings)))
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
