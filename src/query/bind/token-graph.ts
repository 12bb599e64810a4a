import type { Token } from '../analysis/token.ts'

/** A stretch of an analyzed text: alternatives between two places that every alternative passes. */
export interface Segment {
  /** Ways through it, each of one or more tokens in order. One token's own alternatives are ways of length one. */
  readonly ways: readonly (readonly Token[])[]
  /** Position of its first token. */
  readonly position: number
}

/** More ways than this through one stretch are not followed: synonyms of synonyms grow without bound. */
const MAX_WAYS = 64

/**
 * Cuts tokens into stretches: usually one position each, longer where a synonym of several tokens runs beside another
 * (`ny` beside `new york`).
 */
export function segments(tokens: readonly Token[]): readonly Segment[] {
  const result: Segment[] = []
  let at = 0
  while (at < tokens.length) {
    const first = tokens[at]
    if (!first) break
    let end = first.position + 1
    let next = at
    // All that begins before the stretch's end belongs to it, and may move the end.
    for (let token = tokens[next]; token !== undefined && token.position < end; token = tokens[next]) {
      end = Math.max(end, token.position + token.positionLength)
      next += 1
    }
    result.push({ position: first.position, ways: findWays(tokens.slice(at, next), first.position, end) })
    at = next
  }
  return result
}

function findWays(tokens: readonly Token[], from: number, to: number): readonly (readonly Token[])[] {
  if (to === from + 1) return tokens.map((token) => [token])
  const ways: (readonly Token[])[] = []
  const walk = (position: number, way: readonly Token[]): void => {
    if (ways.length >= MAX_WAYS) return
    if (position >= to) {
      ways.push(way)
      return
    }
    const here = tokens.filter((token) => token.position === position)
    // A hole of a removed word: the way goes on behind it.
    if (here.length === 0) walk(position + 1, way)
    for (const token of here) walk(position + token.positionLength, [...way, token])
  }
  walk(from, [])
  return ways.filter((way) => way.length > 0)
}

export function isPlain(tokens: readonly Token[]): boolean {
  return tokens.every((token, index) => token.positionLength === 1 && token.position !== tokens[index - 1]?.position)
}
