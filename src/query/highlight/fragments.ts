import { unreachable } from '../../core/errors.ts'
import { type Breaks, sentencesOf, wordsOf } from './breaks.ts'
import type { HighlightedField } from './highlight-request.ts'
import { type MarkedText, marker, type MarkText, trimmed } from './marked-text.ts'
import type { Match, Span } from './matched-spans.ts'
import { matchesByPart } from './matches-by-part.ts'
import { beginning, bestPassages } from './passages.ts'
import { firstTokens, tokenFragments } from './token-fragments.ts'

/** The best parts of the texts with their matches between tags; all of each text where `fragments` is 0. */
export function fragmentsOf(texts: readonly MarkedText[], field: HighlightedField, html: boolean): readonly string[] {
  const mark = marker(field, html, field.type === 'fvh')
  const isPlain = field.type === 'plain'
  if (texts.every(({ matches }) => matches.length === 0)) {
    if (field.noMatchSize <= 0) return []
    return isPlain ? firstTokens(texts, field.noMatchSize) : beginning(texts, field.noMatchSize, mark)
  }
  switch (field.type) {
    case 'unified':
      return bestPassages(texts, field, mark)
    case 'plain':
      return tokenFragments(texts, field, mark)
    case 'fvh':
      return sentenceFragments(texts, field, mark)
    default:
      return unreachable(field.type)
  }
}

interface Fragment extends Span {
  readonly text: string
  readonly matches: readonly Match[]
}

/** Sentences with the most matches: what the fast vector highlighter shows, about. */
function sentenceFragments(texts: readonly MarkedText[], field: HighlightedField, mark: MarkText): readonly string[] {
  if (field.fragments === 0)
    return texts.filter(({ matches }) => matches.length > 0).map((one) => trimmed(mark(one, 0, one.text.length)))
  const best = texts
    .flatMap((one) => cut(one, field))
    .map((fragment, place) => ({ fragment, place }))
    .toSorted((a, b) => b.fragment.matches.length - a.fragment.matches.length || a.place - b.place)
    .slice(0, field.fragments)
  const shown = field.byScore ? best : best.toSorted((a, b) => a.place - b.place)
  return shown.map(({ fragment }) => trimmed(mark(fragment, fragment.start, fragment.end)))
}

/** Sentences with matches; those that are too long in pieces of whole words. A match belongs to the piece that it begins in. */
function cut({ text, matches }: MarkedText, { fragmentSize }: HighlightedField): Fragment[] {
  const bounds = text.length <= fragmentSize ? [{ start: 0, end: text.length }] : sentencePieces(text, fragmentSize)
  const byPiece = matchesByPart(
    matches,
    bounds.map(({ start }) => start),
  )
  return bounds.flatMap(({ start, end }, at) => {
    const own = byPiece[at] ?? []
    return own.length === 0
      ? []
      : [{ text, matches: own, start, end: own.reduce((last, match) => Math.max(last, match.end), end) }]
  })
}

function sentencePieces(text: string, size: number): Span[] {
  const words = wordsOf(text)
  return partsOf({ start: 0, end: text.length }, sentencesOf(text)).flatMap((sentence) =>
    sentence.end - sentence.start <= size ? [sentence] : pieces(partsOf(sentence, words), size),
  )
}

/** As many words each as fit. */
function pieces(words: readonly Span[], size: number): Span[] {
  const made: { start: number; end: number }[] = []
  for (const { start, end } of words) {
    const last = made.at(-1)
    if (last === undefined || end - last.start > size) made.push({ start, end })
    else last.end = end
  }
  return made
}

function partsOf({ start, end }: Span, breaks: Breaks): Span[] {
  const parts: Span[] = []
  for (let from = start; from < end;) {
    const to = Math.min(end, breaks.following(from))
    parts.push({ start: from, end: to })
    from = to
  }
  return parts
}
