import type { Phrase } from '../../query/ast.ts'
import type { PlacedToken } from './document.ts'

/** How often a phrase stands in a text: 1 for each exact match, less for those that take some moves; 0 for none. */
export function phraseFrequency(phrase: Phrase, tokens: readonly PlacedToken[], isExpansion: (term: string) => boolean): number {
  const last = phrase.places.length - 1
  const positions = phrase.places.map((place, index) => {
    const matches = phrase.lastIsPrefix && index === last ? isExpansion : (term: string): boolean => place.tokens.includes(term)
    // Where the phrase would have to begin for this token to stand in its place.
    return tokens.filter(({ term }) => matches(term)).map(({ position }) => ({ position, start: position - place.position }))
  })
  if (positions.some((list) => list.length === 0)) return 0
  return phrase.slop === 0 ? exactMatches(positions) : sloppyMatches(positions, phrase.slop)
}

type Positions = readonly (readonly { readonly position: number; readonly start: number }[])[]

function exactMatches(positions: Positions): number {
  const [first = [], ...others] = positions
  const starts = new Set(first.map(({ start }) => start))
  return [...starts].filter((start) => others.every((list) => list.some((one) => one.start === start))).length
}

/**
 * Every way to place the tokens whose starts lie at most `slop` apart, no position taken twice. Lucene counts the
 * narrowest match at each first token, weighted by how far apart they are.
 */
function sloppyMatches(positions: Positions, slop: number): number {
  const narrowest = new Map<number, number>()
  const place = (index: number, taken: readonly number[], low: number, high: number): void => {
    if (high - low > slop) return
    const list = positions[index]
    if (!list) {
      const first = taken[0] ?? 0
      narrowest.set(first, Math.min(narrowest.get(first) ?? Infinity, high - low))
      return
    }
    for (const { position, start } of list) {
      if (!taken.includes(position)) place(index + 1, [...taken, position], Math.min(low, start), Math.max(high, start))
    }
  }
  place(0, [], Infinity, -Infinity)
  let frequency = 0
  for (const distance of narrowest.values()) frequency += 1 / (1 + distance)
  return frequency
}
