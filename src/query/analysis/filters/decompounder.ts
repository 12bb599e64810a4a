import { illegalArgument } from '../../../core/errors.ts'
import type { Parameters } from '../parameters.ts'
import type { Token, TokenFilter } from '../token.ts'

/** Adds the words of a list that a long word is made of, at its own place. */
export function dictionaryDecompounder(parameters: Parameters): TokenFilter {
  const list = parameters.list('word_list')
  if (!list)
    throw illegalArgument(
      `word_list must be provided for [${parameters.name}], either as a path to a file, or directly: a path is not supported, give the words`,
    )
  const words = new Set(list)
  const minWord = parameters.int('min_word_size', 5)
  const minPart = parameters.int('min_subword_size', 2)
  const maxPart = parameters.int('max_subword_size', 15)
  const onlyLongest = parameters.bool('only_longest_match', false)
  return (tokens) =>
    tokens.flatMap((token) => {
      if (token.term.length < minWord) return [token]
      return [token, ...partsOf(token, (part) => words.has(part), { minPart, maxPart, onlyLongest })]
    })
}

function partsOf(
  token: Token,
  isWord: (part: string) => boolean,
  { minPart, maxPart, onlyLongest }: { readonly minPart: number; readonly maxPart: number; readonly onlyLongest: boolean },
): Token[] {
  const parts: Token[] = []
  for (let from = 0; from <= token.term.length - minPart; from++) {
    const found: string[] = []
    for (let length = minPart; length <= maxPart && from + length <= token.term.length; length++) {
      const part = token.term.slice(from, from + length)
      if (isWord(part)) found.push(part)
    }
    for (const term of onlyLongest ? found.slice(-1) : found) parts.push({ ...token, term, positionLength: 1 })
  }
  return parts
}
