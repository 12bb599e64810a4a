import { illegalArgument } from '../../../core/errors.ts'
import type { Parameters } from '../parameters.ts'
import type { Token, TokenFilter } from '../token.ts'
import { checkGrams, type AnalysisLimits } from '../tokenizers.ts'

/** Grams of each token, at its place and with its offsets. */
export function ngramFilter(parameters: Parameters, limits: AnalysisLimits): TokenFilter {
  const min = parameters.int('min_gram', 1)
  const max = parameters.int('max_gram', 2)
  checkGrams(min, max)
  if (max - min > limits.maxNgramDiff) {
    throw illegalArgument(
      `The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: [${limits.maxNgramDiff}] but was [${max - min}]. This limit can be set by changing the [index.max_ngram_diff] index level setting.`,
    )
  }
  return grams(parameters.bool('preserve_original', false), min, max, (chars) => {
    const found: string[] = []
    for (let from = 0; from < chars.length; from++) {
      for (let size = min; size <= max && from + size <= chars.length; size++) found.push(chars.slice(from, from + size).join(''))
    }
    return found
  })
}

export function edgeNgramFilter(parameters: Parameters): TokenFilter {
  const min = parameters.int('min_gram', 1)
  const max = parameters.int('max_gram', 2)
  checkGrams(min, max)
  const fromEnd = parameters.text('side', 'front') === 'back'
  return grams(parameters.bool('preserve_original', false), min, max, (chars) => {
    const found: string[] = []
    for (let size = min; size <= max && size <= chars.length; size++) {
      found.push((fromEnd ? chars.slice(chars.length - size) : chars.slice(0, size)).join(''))
    }
    return found
  })
}

function grams(
  keepOriginal: boolean,
  min: number,
  max: number,
  split: (chars: readonly string[]) => readonly string[],
): TokenFilter {
  return (tokens) =>
    tokens.flatMap((token) => {
      const chars = [...token.term]
      const terms = [...split(chars)]
      if (keepOriginal && (chars.length < min || chars.length > max)) terms.push(token.term)
      return terms.map((term) => ({ ...token, term }))
    })
}

/** Runs of neighbouring tokens as one token (`please divide`, `divide this`). */
export function shingleFilter(parameters: Parameters, limits: AnalysisLimits): TokenFilter {
  const min = parameters.int('min_shingle_size', 2)
  const max = parameters.int('max_shingle_size', 2)
  if (min < 2 || max < min)
    throw illegalArgument(`[max_shingle_size] and [min_shingle_size] must be at least 2, the first not the smaller`)
  const unigrams = parameters.bool('output_unigrams', true)
  const difference = max - min + (unigrams ? 1 : 0)
  if (difference > limits.maxShingleDiff) {
    throw illegalArgument(
      `In Shingle TokenFilter the difference between max_shingle_size and min_shingle_size (and +1 if outputting unigrams) must be less than or equal to: [${limits.maxShingleDiff}] but was [${difference}]. This limit can be set by changing the [index.max_shingle_diff] index level setting.`,
    )
  }
  const unigramsIfNone = parameters.bool('output_unigrams_if_no_shingles', false)
  const separator = parameters.text('token_separator', ' ')
  const filler = parameters.text('filler_token', '_')
  return (tokens) => {
    const slots = fillHoles(tokens, filler)
    const result: Token[] = []
    for (const [at, slot] of slots.entries()) {
      if (unigrams && slot.token) result.push(slot.token)
      for (let size = min; size <= max && at + size <= slots.length; size++) {
        const parts = slots.slice(at, at + size)
        if (parts.every((part) => !part.token)) continue
        const shingle = joinSlots(parts, separator)
        result.push({ ...shingle, positionLength: unigrams ? size : size - min + 1 })
      }
    }
    return result.length === 0 && unigramsIfNone ? tokens : result
  }
}

interface Slot {
  readonly term: string
  readonly position: number
  readonly start: number
  readonly end: number
  readonly token: Token | undefined
}

function fillHoles(tokens: readonly Token[], filler: string): Slot[] {
  const slots: Slot[] = []
  let next = 0
  for (const token of tokens) {
    for (; next < token.position; next++)
      slots.push({ term: filler, position: next, start: token.start, end: token.start, token: undefined })
    slots.push({ term: token.term, position: token.position, start: token.start, end: token.end, token })
    next = token.position + 1
  }
  return slots
}

function joinSlots(parts: readonly Slot[], separator: string): Token {
  return {
    term: parts.map((part) => part.term).join(separator),
    position: parts[0]?.position ?? 0,
    positionLength: 1,
    start: parts[0]?.start ?? 0,
    end: parts[parts.length - 1]?.end ?? 0,
    type: 'shingle',
  }
}
