import type { Token } from '../analysis/token.ts'
import type { Bounds, Phrase, Query } from '../ast.ts'
import { intervalLeaves } from '../interval-rule.ts'
import type { HighlightedField } from './highlight-request.ts'
import { termMatcher } from '../term-matcher.ts'

/** UTF-16 offsets into a text, the end excluded. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What was found, with what makes it one with others: a term, or what a pattern stands for. */
export interface Match extends Span {
  readonly term: string
}

/** Finds what a query matched among the tokens of a text. */
export type FindMatches = (tokens: readonly Token[]) => readonly Match[]

/**
 * What a query looks for in a field, or in any field where `path` is `undefined`. What must not match is no match, and what
 * asks for no words (numbers, ids, exists) marks none.
 * @param how `fvh` marks a phrase as one instead of word by word; `plain` knows no patterns of `intervals`
 */
export function matchFinders(query: Query, path: string | undefined, how: HighlightedField['type']): readonly FindMatches[] {
  const isWanted = (field: string): boolean => path === undefined || field === path
  switch (query.kind) {
    case 'bool':
      return [...query.must, ...query.filter, ...query.should].flatMap((inner) => matchFinders(inner, path, how))
    case 'dis_max':
      return query.queries.flatMap((inner) => matchFinders(inner, path, how))
    case 'constant_score':
    case 'function_score':
    case 'nested':
      return matchFinders(query.query, path, how)
    case 'boosting':
      return matchFinders(query.positive, path, how)
    case 'terms':
      return isWanted(query.field) ? [termsFinder(query.values.map(String))] : []
    case 'tokens':
      return isWanted(query.field) ? [termsFinder(query.tokens)] : []
    case 'pattern': {
      if (!isWanted(query.field)) return []
      const matches = termMatcher(query.pattern)
      return [
        (tokens) =>
          together(
            query,
            how,
            tokens.filter(({ term }) => matches(term)),
          ),
      ]
    }
    case 'range':
      return isWanted(query.field) ? rangeFinders(query.bounds, how) : []
    case 'intervals':
      return intervalLeaves(query.rule).flatMap((leaf) => {
        if (leaf.kind === 'tokens') return isWanted(leaf.field) ? [termsFinder(leaf.tokens)] : []
        return leaf.kind === 'pattern' && how !== 'plain' ? matchFinders(leaf, path, how) : []
      })
    case 'phrase':
      return isWanted(query.field) ? [(tokens) => phraseSpans(query.phrase, tokens, how === 'fvh')] : []
    default:
      return []
  }
}

/** All terms of a pattern or a range count as one, but not for the plain highlighter. */
function together(of: object, how: HighlightedField['type'], tokens: readonly Token[]): readonly Match[] {
  if (how === 'plain') return tokens
  const term = JSON.stringify(of)
  return tokens.map(({ start, end }) => ({ start, end, term }))
}

function termsFinder(terms: readonly string[]): FindMatches {
  const wanted = new Set(terms)
  return (tokens) => tokens.filter(({ term }) => wanted.has(term))
}

/** Words between two words, in the order of their bytes. */
function rangeFinders(bounds: Bounds, how: HighlightedField['type']): readonly FindMatches[] {
  const { gte, gt, lte, lt } = bounds
  const ends = [gte, gt, lte, lt].filter((end) => end !== undefined)
  if (ends.length === 0 || !ends.every((end) => typeof end === 'string')) return []
  const [from, after, to, before] = [gte, gt, lte, lt].map((end) => (end === undefined ? undefined : Buffer.from(String(end))))
  const isWithin = (term: Buffer): boolean =>
    (from === undefined || term.compare(from) >= 0) &&
    (after === undefined || term.compare(after) > 0) &&
    (to === undefined || term.compare(to) <= 0) &&
    (before === undefined || term.compare(before) < 0)
  return [
    (tokens) =>
      together(
        bounds,
        how,
        tokens.filter(({ term }) => isWithin(Buffer.from(term))),
      ),
  ]
}

/** Wherever all tokens of a phrase stand in order, with as many moves as it forgives. */
function phraseSpans({ places, slop, lastIsPrefix }: Phrase, tokens: readonly Token[], joined: boolean): readonly Match[] {
  const candidates = places.map(({ tokens: wanted }, at) => {
    const isPrefix = lastIsPrefix && at === places.length - 1
    const matching = tokens.filter(({ term }) =>
      isPrefix ? wanted.some((prefix) => term.startsWith(prefix)) : wanted.includes(term),
    )
    return [...new Map(matching.map((token) => [token.position, token])).values()]
  })
  const spans: Match[] = []
  for (const first of candidates[0] ?? []) {
    const start = first.position - (places[0]?.position ?? 0)
    const found: Token[] = []
    let moves = 0
    for (const [at, place] of places.entries()) {
      const wanted = start + place.position
      const nearest = nearestTo(wanted, candidates[at] ?? [])
      if (!nearest) break
      moves = Math.max(moves, Math.abs(nearest.position - wanted))
      found.push(nearest)
    }
    if (found.length < places.length || moves > slop) continue
    const ends = {
      start: Math.min(...found.map((token) => token.start)),
      end: Math.max(...found.map((token) => token.end)),
      term: found.map(({ term }) => term).join(' '),
    }
    spans.push(...(joined ? [ends] : found))
  }
  return spans
}

/** Of tokens in the order of their positions; of two that are as near, the one behind. */
function nearestTo(position: number, tokens: readonly Token[]): Token | undefined {
  let [from, to] = [0, tokens.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((tokens[middle]?.position ?? Infinity) < position) from = middle + 1
    else to = middle
  }
  const [before, behind] = [tokens[from - 1], tokens[from]]
  if (before === undefined || behind === undefined) return before ?? behind
  return behind.position - position <= position - before.position ? behind : before
}

/** In order, each once. */
export function inOrder(matches: readonly Match[]): readonly Match[] {
  const unique = new Map(matches.map((match) => [`${match.start} ${match.end} ${match.term}`, match]))
  return [...unique.values()].toSorted((a, b) => a.start - b.start || a.end - b.end)
}
