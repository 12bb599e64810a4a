import type { HighlightedField } from './highlight-request.ts'
import type { Match } from './matched-spans.ts'
import type { Token } from '../analysis/token.ts'

/** One value of a field and what was found in it, in order. */
export interface MarkedText {
  readonly text: string
  readonly matches: readonly Match[]
  readonly tokens: readonly Token[]
}

/** A part of a text with its matches between tags. */
export type MarkText = (marked: Pick<MarkedText, 'text' | 'matches'>, from: number, to: number) => string

/** @param several whether the tags of a list take turns; otherwise the first are those of every match */
export function marker({ preTags, postTags }: HighlightedField, html: boolean, several: boolean): MarkText {
  const show = (part: string): string => (html ? escapeHtml(part) : part)
  return ({ text, matches }, from, to) => {
    let marked = ''
    let at = from
    let number = 0
    for (const { start, end: own } of matches) {
      // A match may go on behind the end of the part.
      const end = Math.min(own, to)
      if (end <= at || start >= to) continue
      const turn = several ? number++ : 0
      const [pre, post] = [preTags[turn % preTags.length] ?? '', postTags[turn % postTags.length] ?? '']
      // Of one that begins within another only what is left is marked.
      marked += `${show(text.slice(at, Math.max(at, start)))}${pre}${show(text.slice(Math.max(at, start), end))}${post}`
      at = end
    }
    return marked + show(text.slice(at, Math.max(at, to)))
  }
}

/** Without what Java's `trim` takes away. */
export const trimmed = (text: string): string => text.replaceAll(/^[\0-\x20]+|[\0-\x20]+$/g, '')

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#x27;')
    .replaceAll('/', '&#x2F;')
}
