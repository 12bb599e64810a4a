import { unreachable } from '../../core/errors.ts'
import type { HighlightedField } from './highlight-request.ts'
import { type MarkedText, marker, type MarkText, trimmed } from './marked-text.ts'
import type { Match, Span } from './matched-spans.ts'
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
  readonly value: MarkedText
  readonly matches: readonly Match[]
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' })
const words = new Intl.Segmenter('en', { granularity: 'word' })

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
  return shown.map(({ fragment: { value, start, end } }) => trimmed(mark(value, start, end)))
}

/** Sentences with matches; those that are too long in pieces of whole words. */
function cut(value: MarkedText, { fragmentSize }: HighlightedField): Fragment[] {
  const { text, matches } = value
  const bounds = text.length <= fragmentSize ? [{ start: 0, end: text.length }] : sentencePieces(text, fragmentSize)
  return bounds.flatMap(({ start, end }, at) => {
    // A match belongs to the piece that it begins in.
    const next = bounds[at + 1]?.start ?? Infinity
    const own = matches.filter((match) => match.start >= start && match.start < next)
    if (own.length === 0) return []
    return [{ value, matches: own, start, end: Math.max(end, ...own.map((match) => match.end)) }]
  })
}

function sentencePieces(text: string, size: number): Span[] {
  return [...sentences.segment(text)].flatMap(({ segment, index }) =>
    pieces(text, { start: index, end: index + segment.length }, size),
  )
}

function pieces(text: string, { start, end }: Span, size: number): Span[] {
  if (end - start <= size) return [{ start, end }]
  const parts: Span[] = []
  let from = start
  let to = start
  for (const { segment, index } of words.segment(text.slice(start, end))) {
    const wordEnd = start + index + segment.length
    if (wordEnd - from > size && to > from) {
      parts.push({ start: from, end: to })
      from = to
    }
    to = wordEnd
  }
  return [...parts, { start: from, end: to }]
}
