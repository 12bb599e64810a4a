import { sentencesOf, wordsOf } from './breaks.ts'
import type { HighlightedField } from './highlight-request.ts'
import { type MarkedText, type MarkText, trimmed } from './marked-text.ts'
import type { Match, Span } from './matched-spans.ts'

/** Where the values of a field are put together, one character lies between two of them. */
const SEPARATOR_LENGTH = 1

/** A part of a value with its matches; offsets are those of the value. */
interface Passage extends Span {
  readonly value: MarkedText
  readonly matches: readonly Match[]
  /** Of the value, where all values are put together. */
  readonly offset: number
}

/**
 * The passages that tell the most, as Lucene's UnifiedHighlighter finds them: a passage is where the first match behind the
 * one before it lies, whole sentences as far as they fit; all of each value where `fragments` is 0. Passages in the order of the text, or the best first.
 */
export function bestPassages(texts: readonly MarkedText[], field: HighlightedField, mark: MarkText): readonly string[] {
  const passages = passagesOf(texts, field)
  const contentLength = texts.reduce((sum, { text }) => sum + text.length + SEPARATOR_LENGTH, -SEPARATOR_LENGTH)
  const frequencies = new Map<string, number>()
  for (const { term } of texts.flatMap(({ matches }) => matches)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
  const scored = passages.map((passage, place) => ({ passage, place, score: scoreOf(passage, contentLength, frequencies) }))
  // Of equal ones the later stay.
  const best = scored.toSorted((a, b) => b.score - a.score || b.place - a.place).slice(0, field.fragments || Infinity)
  const inOrder = best.toSorted((a, b) => a.place - b.place)
  const shown = field.byScore ? inOrder.toSorted((a, b) => b.score - a.score) : inOrder
  return shown.map(({ passage: { value, matches, start, end } }) => trimmed(mark({ text: value.text, matches }, start, end)))
}

/** The beginning of the first text up to the next end of a word; for documents in which nothing matched. */
export function beginning(texts: readonly MarkedText[], size: number, mark: MarkText): readonly string[] {
  const text = texts.find((one) => one.text !== '')?.text
  if (text === undefined) return []
  const end = text.length <= size ? text.length : wordsOf(text).following(size)
  return [trimmed(mark({ text, matches: [] }, 0, end))]
}

function passagesOf(texts: readonly MarkedText[], { fragments, fragmentSize, boundaries }: HighlightedField): readonly Passage[] {
  const passages: Passage[] = []
  let offset = 0
  for (const value of texts) {
    const boundsAt =
      fragments === 0
        ? () => ({ start: 0, end: value.text.length })
        : boundaries === 'word'
          ? wordBounds(value.text)
          : sentenceBounds(value.text, fragmentSize)
    let last: { start: number; end: number; matches: Match[] } | undefined
    // There is nothing to show of an empty value.
    for (const match of value.text === '' ? [] : value.matches) {
      if (last === undefined || match.start >= last.end) {
        last = { ...boundsAt(match.start), matches: [] }
        passages.push({ value, offset, ...last })
      }
      last.matches.push(match)
    }
    offset += value.text.length + SEPARATOR_LENGTH
  }
  return passages
}

type BoundsAt = (offset: number) => Span

const wordBounds = (text: string): BoundsAt => {
  const words = wordsOf(text)
  return (offset) => ({ start: words.atOrBefore(offset), end: words.following(offset) })
}

/**
 * Sentences up to `size` characters around a match; of a longer one the words around the match. Asked for growing offsets.
 * @param size 0 for one sentence, however long
 */
function sentenceBounds(text: string, size: number): BoundsAt {
  const sentences = sentencesOf(text)
  if (size <= 0) return (offset) => ({ start: sentences.atOrBefore(offset), end: sentences.following(offset) })
  const words = wordsOf(text)
  let window: Span = { start: -1, end: -1 }
  let end = -1
  return (offset) => {
    let start
    if (offset >= window.start && offset + 1 < window.end) {
      start = end
      end = window.end
    } else {
      start = sentences.atOrBefore(offset)
      end = sentences.following(offset)
      while (end - start < size && end < text.length) {
        const next = sentences.following(end)
        if (next - start > size) break
        end = next
      }
      window = { start, end }
    }
    if (end - start > size) {
      if (offset + 1 - size > start) start = Math.max(start, words.atOrBefore(offset - size))
      const behind = offset + 1 + Math.max(0, size - (offset + 1 - start))
      if (behind < window.end) end = Math.min(window.end, words.following(behind))
    }
    return { start, end }
  }
}

/** The length of passages and texts that the score takes for usual, in characters. */
const PIVOT = 87
const K1 = 1.2
const B = 0.75

/** Like BM25, the passages for documents, and a little more for what comes first: Lucene's PassageScorer. */
function scoreOf(
  { matches, start, end, offset }: Passage,
  contentLength: number,
  frequencies: ReadonlyMap<string, number>,
): number {
  const usual = K1 * (1 - B + (B * (end - start)) / PIVOT)
  const within = new Map<string, number>()
  for (const { term } of matches) within.set(term, (within.get(term) ?? 0) + 1)
  const sum = [...within].reduce((score, [term, count]) => {
    const weight = (K1 + 1) * Math.log(1 + (1 + contentLength / PIVOT + 0.5) / ((frequencies.get(term) ?? 0) + 0.5))
    return score + (count / (count + usual)) * weight
  }, 0)
  return sum * (1 + 1 / Math.log(PIVOT + offset + start))
}
