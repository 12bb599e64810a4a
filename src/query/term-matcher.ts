import { unreachable } from '../core/errors.ts'
import type { TermPattern } from './ast.ts'
import { matchesLuceneRegexp, parseLuceneRegexp } from './lucene-regexp.ts'

/** A test of single terms: what a pattern means, in JavaScript. Linear for wildcards, without backtracking for regexps. */
export function termMatcher(pattern: TermPattern): (term: string) => boolean {
  switch (pattern.kind) {
    case 'prefix': {
      const { ignoreCase } = pattern
      const prefix = foldCase(pattern.prefix, ignoreCase)
      return (term) => foldCase(term, ignoreCase).startsWith(prefix)
    }
    case 'wildcard': {
      const { ignoreCase } = pattern
      const parts = wildcardParts(foldCase(pattern.wildcard, ignoreCase))
      return (term) => matchesWildcardParts(parts, [...foldCase(term, ignoreCase)])
    }
    case 'regexp': {
      const regexp = parseLuceneRegexp(pattern.regexp)
      return (term) => matchesLuceneRegexp(regexp, term, pattern.ignoreCase)
    }
    case 'fuzzy': {
      const prefix = [...pattern.term].slice(0, pattern.prefixLength).join('')
      return (term) =>
        term.startsWith(prefix) && editDistance(pattern.term, term, pattern.transpositions, pattern.edits) <= pattern.edits
    }
    default:
      return unreachable(pattern)
  }
}

function foldCase(text: string, ignoreCase: boolean): string {
  return ignoreCase ? text.toLowerCase() : text
}

/** `*`, `?` or one literal character each. */
type WildcardPart = { readonly kind: 'run' } | { readonly kind: 'any' } | { readonly kind: 'char'; readonly char: string }

function wildcardParts(wildcard: string): readonly WildcardPart[] {
  const parts: WildcardPart[] = []
  const chars = [...wildcard]
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? ''
    if (char === '*') parts.push({ kind: 'run' })
    else if (char === '?') parts.push({ kind: 'any' })
    else if (char === '\\' && at + 1 < chars.length) parts.push({ kind: 'char', char: chars[++at] ?? '' })
    else parts.push({ kind: 'char', char })
  }
  return parts
}

/** Greedy with one way back: to the last `*`, one character further. */
function matchesWildcardParts(parts: readonly WildcardPart[], chars: readonly string[]): boolean {
  let part = 0
  let at = 0
  let runPart = -1
  let runAt = 0
  while (at < chars.length) {
    const current = parts[part]
    if (current?.kind === 'run') {
      runPart = part
      runAt = at
      part += 1
    } else if (current !== undefined && (current.kind === 'any' || current.char === chars[at])) {
      part += 1
      at += 1
    } else if (runPart >= 0) {
      runAt += 1
      at = runAt
      part = runPart + 1
    } else return false
  }
  return parts.slice(part).every((rest) => rest.kind === 'run')
}

/** Edits from one text to another in code points, at most `limit` + 1; swapped neighbours are one edit where asked. */
export function editDistance(from: string, to: string, transpositions: boolean, limit: number): number {
  const a = [...from]
  const b = [...to]
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1
      let edits = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + cost)
      if (transpositions && row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, (beforeLast[column - 2] ?? 0) + 1)
      }
      current.push(edits)
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}
