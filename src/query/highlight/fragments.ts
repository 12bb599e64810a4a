import type { HighlightedField } from './highlight-request.ts'
import { mergeSpans, type Span } from './matched-spans.ts'

/** One value of a field and what was found in it. */
export interface MarkedText {
  readonly text: string
  readonly spans: readonly Span[]
}

interface Fragment extends MarkedText {
  /** Position in the text that it is a part of. */
  readonly from: number
  readonly to: number
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' })
const words = new Intl.Segmenter('en', { granularity: 'word' })

/** The best parts of the texts with their matches between tags; all of each text where `fragments` is 0. */
export function fragmentsOf(texts: readonly MarkedText[], field: HighlightedField, html: boolean): readonly string[] {
  const matched = texts.map(({ text, spans }) => ({ text, spans: mergeSpans(spans) }))
  const some = matched.filter(({ spans }) => spans.length > 0)
  if (some.length === 0) return field.noMatchSize > 0 ? beginning(texts, field.noMatchSize, html) : []
  if (field.fragments === 0) return some.map((one) => mark({ ...one, from: 0, to: one.text.length }, field, html))
  const all = some.flatMap((one) => cut(one, field))
  const best = all
    .map((fragment, place) => ({ fragment, place }))
    .toSorted((a, b) => b.fragment.spans.length - a.fragment.spans.length || a.place - b.place)
    .slice(0, field.fragments)
  const shown = field.byScore ? best : best.toSorted((a, b) => a.place - b.place)
  return shown.map(({ fragment }) => mark(fragment, field, html))
}

function beginning(texts: readonly MarkedText[], size: number, html: boolean): readonly string[] {
  const text = texts[0]?.text
  if (text === undefined || text === '') return []
  const [first] =
    text.length <= size
      ? [text]
      : pieces(text, { start: 0, end: text.length }, size).map(({ start, end }) => text.slice(start, end))
  return first === undefined ? [] : [(html ? escapeHtml(first) : first).trim()]
}

/** Sentences with matches; those that are too long in pieces of whole words. */
function cut({ text, spans }: MarkedText, { fragmentSize }: HighlightedField): Fragment[] {
  const bounds = text.length <= fragmentSize ? [{ start: 0, end: text.length }] : sentencePieces(text, fragmentSize)
  return bounds.flatMap(({ start, end }, at) => {
    // A match belongs to the piece that it begins in.
    const next = bounds[at + 1]?.start ?? Infinity
    const own = spans.filter((span) => span.start >= start && span.start < next)
    if (own.length === 0) return []
    return [{ text, spans: own, from: start, to: Math.max(end, ...own.map((span) => span.end)) }]
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

function mark({ text, spans, from, to }: Fragment, { preTags, postTags }: HighlightedField, html: boolean): string {
  const show = (part: string): string => (html ? escapeHtml(part) : part)
  let marked = ''
  let at = from
  for (const [number, { start, end }] of spans.entries()) {
    const [pre, post] = [preTags[number % preTags.length] ?? '', postTags[number % postTags.length] ?? '']
    marked += `${show(text.slice(at, start))}${pre}${show(text.slice(start, end))}${post}`
    at = end
  }
  // Sentences carry the spaces behind them.
  return (marked + show(text.slice(at, to))).trim()
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#x27;')
    .replaceAll('/', '&#x2F;')
}
