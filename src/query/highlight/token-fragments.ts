import type { HighlightedField } from './highlight-request.ts'
import type { MarkedText, MarkText } from './marked-text.ts'
import { matchesByPart } from './matches-by-part.ts'
import type { Match, Span } from './matched-spans.ts'

/** A part of a text between two tokens. */
interface Fragment extends Span {
  readonly text: string
  readonly matches: readonly Match[]
  readonly place: number
}

/**
 * Parts of about the same length with matches, as Lucene's first Highlighter makes them: each ends with a token; all of each
 * text where `fragments` is 0. Those of each text with the most different terms come first.
 */
export function tokenFragments(texts: readonly MarkedText[], field: HighlightedField, mark: MarkText): readonly string[] {
  const best = texts.flatMap((value) =>
    cut(value, field)
      .filter(({ matches }) => matches.length > 0)
      .toSorted((a, b) => telling(b) - telling(a) || a.place - b.place)
      .slice(0, field.fragments || Infinity),
  )
  const shown = field.byScore ? best.toSorted((a, b) => telling(b) - telling(a)) : best
  return shown.slice(0, field.fragments || Infinity).map((fragment) => mark(fragment, fragment.start, fragment.end))
}

/** How many different terms a fragment has. */
const telling = ({ matches }: Fragment): number => new Set(matches.map(({ term }) => term)).size

function cut(value: MarkedText, { fragments, fragmentSize, fragmenter }: HighlightedField): readonly Fragment[] {
  const { text, matches, tokens } = value
  const ends: number[] = []
  let last = 0
  for (const [at, { start, end }] of tokens.entries()) {
    // Tokens that overlap go together.
    if (at > 0 && start >= last && fragments > 0) {
      const isFull = end >= fragmentSize * (ends.length + 1)
      if (isFull && (fragmenter === 'simple' || text.length - end >= Math.floor(fragmentSize / 2))) ends.push(last)
    }
    last = Math.max(last, end)
  }
  const starts = [0, ...ends]
  return matchesByPart(matches, starts).map((own, place) => {
    const [start = 0, end = text.length] = starts.slice(place, place + 2)
    return { text, place, start, end, matches: own }
  })
}

/** The beginning of the first text up to the end of a token; for documents in which nothing matched. */
export function firstTokens([first]: readonly MarkedText[], size: number): readonly string[] {
  if (first === undefined) return []
  const isPast = first.tokens.findIndex(({ end }) => end > size)
  const end = (isPast < 0 ? first.tokens.at(-1) : first.tokens[isPast - 1])?.end
  return end === undefined || end === 0 ? [] : [first.text.slice(0, end)]
}
