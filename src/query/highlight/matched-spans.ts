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

/** Finds what a query matched among the tokens of a text. */
export type FindSpans = (tokens: readonly Token[]) => readonly Span[]

/**
 * What a query looks for in a field, or in any field where `path` is `undefined`. What must not match is no match, and what
 * asks for no words (numbers, ids, exists) marks none.
 * @param how `fvh` marks a phrase as one instead of word by word; `plain` knows no patterns of `intervals`
 */
export function spanFinders(query: Query, path: string | undefined, how: HighlightedField['type']): readonly FindSpans[] {
  const isWanted = (field: string): boolean => path === undefined || field === path
  switch (query.kind) {
    case 'bool':
      return [...query.must, ...query.filter, ...query.should].flatMap((inner) => spanFinders(inner, path, how))
    case 'dis_max':
      return query.queries.flatMap((inner) => spanFinders(inner, path, how))
    case 'constant_score':
    case 'function_score':
    case 'nested':
      return spanFinders(query.query, path, how)
    case 'boosting':
      return spanFinders(query.positive, path, how)
    case 'terms':
      return isWanted(query.field) ? [termsFinder(query.values.map(String))] : []
    case 'tokens':
      return isWanted(query.field) ? [termsFinder(query.tokens)] : []
    case 'pattern': {
      if (!isWanted(query.field)) return []
      const matches = termMatcher(query.pattern)
      return [(tokens) => tokens.filter(({ term }) => matches(term))]
    }
    case 'range':
      return isWanted(query.field) ? rangeFinders(query.bounds) : []
    case 'intervals':
      return intervalLeaves(query.rule).flatMap((leaf) => {
        if (leaf.kind === 'tokens') return isWanted(leaf.field) ? [termsFinder(leaf.tokens)] : []
        return leaf.kind === 'pattern' && how !== 'plain' ? spanFinders(leaf, path, how) : []
      })
    case 'phrase':
      return isWanted(query.field) ? [(tokens) => phraseSpans(query.phrase, tokens, how === 'fvh')] : []
    default:
      return []
  }
}

function termsFinder(terms: readonly string[]): FindSpans {
  const wanted = new Set(terms)
  return (tokens) => tokens.filter(({ term }) => wanted.has(term))
}

/** Words between two words, in the order of their bytes. */
function rangeFinders({ gte, gt, lte, lt }: Bounds): readonly FindSpans[] {
  const ends = [gte, gt, lte, lt].filter((end) => end !== undefined)
  if (ends.length === 0 || !ends.every((end) => typeof end === 'string')) return []
  const [from, after, to, before] = [gte, gt, lte, lt].map((end) => (end === undefined ? undefined : Buffer.from(String(end))))
  const isWithin = (term: Buffer): boolean =>
    (from === undefined || term.compare(from) >= 0) &&
    (after === undefined || term.compare(after) > 0) &&
    (to === undefined || term.compare(to) <= 0) &&
    (before === undefined || term.compare(before) < 0)
  return [(tokens) => tokens.filter(({ term }) => isWithin(Buffer.from(term)))]
}

/** Wherever all tokens of a phrase stand in order, with as many moves as it forgives. */
function phraseSpans({ places, slop, lastIsPrefix }: Phrase, tokens: readonly Token[], joined: boolean): readonly Span[] {
  const candidates = places.map(({ tokens: wanted }, at) => {
    const isPrefix = lastIsPrefix && at === places.length - 1
    const matching = tokens.filter(({ term }) =>
      isPrefix ? wanted.some((prefix) => term.startsWith(prefix)) : wanted.includes(term),
    )
    return new Map(matching.map((token) => [token.position, token]))
  })
  const reach = Math.min(slop, tokens.at(-1)?.position ?? 0)
  const spans: Span[] = []
  for (const first of candidates[0]?.values() ?? []) {
    const start = first.position - (places[0]?.position ?? 0)
    const found: Token[] = []
    let moves = 0
    for (const [at, place] of places.entries()) {
      const wanted = start + place.position
      const nearest = nearestTo(wanted, candidates[at] ?? new Map(), reach)
      if (!nearest) break
      moves = Math.max(moves, Math.abs(nearest.position - wanted))
      found.push(nearest)
    }
    if (found.length < places.length || moves > slop) continue
    const ends = { start: Math.min(...found.map((token) => token.start)), end: Math.max(...found.map((token) => token.end)) }
    spans.push(...(joined ? [ends] : found))
  }
  return spans
}

function nearestTo(position: number, tokens: ReadonlyMap<number, Token>, reach: number): Token | undefined {
  for (let distance = 0; distance <= reach; distance++) {
    const token = tokens.get(position + distance) ?? tokens.get(position - distance)
    if (token) return token
  }
  return undefined
}

/** Spans in order, those that touch each other's characters made one. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1)
    if (last && start < last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}
