import type { Match } from './matched-spans.ts'

/**
 * The matches of each part of a text: those that begin in it.
 * @param matches in the order of their beginnings
 * @param starts where the parts begin, in order
 */
export function matchesByPart(matches: readonly Match[], starts: readonly number[]): readonly (readonly Match[])[] {
  let at = 0
  return starts.map((_, part) => {
    const first = at
    const next = starts[part + 1] ?? Infinity
    while ((matches[at]?.start ?? Infinity) < next) at += 1
    return matches.slice(first, at)
  })
}
