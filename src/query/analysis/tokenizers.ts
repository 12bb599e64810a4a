import { illegalArgument } from '../../core/errors.ts'
import { javaRegex } from './java-regex.ts'
import { classicTokenizer } from './classic-tokenizer.ts'
import { classicLogTokens, standardLogTokens } from './log-tokenizers.ts'
import { lowerCase } from './lower-case.ts'
import type { Parameters } from './parameters.ts'
import { MAX_TOKEN_LENGTH, standardTokens } from './standard-tokenizer.ts'
import type { Token, Tokenizer } from './token.ts'

export type TokenizerFactory = (parameters: Parameters, limits: AnalysisLimits) => Tokenizer

/** Index settings that bound what components may produce. */
export interface AnalysisLimits {
  /** `index.max_ngram_diff` */
  readonly maxNgramDiff: number
  /** `index.max_shingle_diff` */
  readonly maxShingleDiff: number
}

export const DEFAULT_LIMITS: AnalysisLimits = { maxNgramDiff: 1, maxShingleDiff: 3 }

/** All tokenizers by the name that settings give as `type`; those without required parameters can be named directly. */
export const TOKENIZERS: Readonly<Record<string, TokenizerFactory>> = {
  standard: (parameters) => {
    const max = parameters.int('max_token_length', MAX_TOKEN_LENGTH)
    return (text) => standardTokens(text, max)
  },
  letter: () => matching(/\p{L}+/gu),
  lowercase: () => (text) => matching(/\p{L}+/gu)(text).map((token) => ({ ...token, term: lowerCase(token.term) })),
  whitespace: (parameters) => whitespace(parameters.int('max_token_length', MAX_TOKEN_LENGTH)),
  keyword: () => (text) => (text === '' ? [] : [word(text, 0, text.length, 0)]),
  pattern: (parameters) => {
    const expression = javaRegex(parameters.text('pattern', '\\W+'), parameters.optionalText('flags'))
    const group = parameters.int('group', -1)
    return group < 0 ? splitting(expression) : capturing(expression, group)
  },
  simple_pattern: (parameters) => matching(javaRegex(parameters.text('pattern', ''), undefined)),
  simple_pattern_split: (parameters) => splitting(javaRegex(parameters.text('pattern', ''), undefined)),
  ngram: (parameters, limits) => ngram(parameters, limits),
  nGram: (parameters, limits) => ngram(parameters, limits),
  edge_ngram: (parameters) => edgeNgram(parameters),
  edgeNGram: (parameters) => edgeNgram(parameters),
  path_hierarchy: (parameters) => pathHierarchy(parameters),
  PathHierarchy: (parameters) => pathHierarchy(parameters),
  char_group: (parameters) => charGroup(parameters),
  uax_url_email: (parameters) => urlEmail(parameters.int('max_token_length', MAX_TOKEN_LENGTH)),
  thai: () => thai,
  ml_classic: () => classicLogTokens,
  ml_standard: () => standardLogTokens,
  classic: (parameters) => classicTokenizer(parameters.int('max_token_length', MAX_TOKEN_LENGTH)),
}

function word(term: string, start: number, end: number, position: number, type = 'word'): Token {
  return { term, position, positionLength: 1, start, end, type }
}

/** The platform copies all of its text with every word that it finds, so that long ones are given to it in parts of so many characters. */
const THAI_PART_LENGTH = 500

/** Words of Thai, which are written without spaces: found by the dictionary of the platform's Unicode library. */
function thai(text: string): Token[] {
  const tokens: Token[] = []
  const words = new Intl.Segmenter('th', { granularity: 'word' })
  for (let from = 0, to; from < text.length; from = to) {
    to = thaiPartEnd(text, from)
    for (const { segment, index, isWordLike } of words.segment(text.slice(from, to))) {
      if (isWordLike === true) tokens.push(word(segment, from + index, from + index + segment.length, tokens.length))
    }
  }
  return tokens
}

/** Behind the last space, at which words always end; of a part without one, where it is full. */
function thaiPartEnd(text: string, from: number): number {
  const full = from + THAI_PART_LENGTH
  if (full >= text.length) return text.length
  const space = text.slice(from, full).search(/\s\S*$/)
  if (space >= 0) return from + space + 1
  const isHalf = /[\uDC00-\uDFFF]/.test(text[full] ?? '')
  return isHalf ? full - 1 : full
}

function matching(expression: RegExp): Tokenizer {
  return (text) => {
    const tokens: Token[] = []
    for (const match of text.matchAll(expression)) {
      if (match[0] !== '') tokens.push(word(match[0], match.index, match.index + match[0].length, tokens.length))
    }
    return tokens
  }
}

function splitting(expression: RegExp): Tokenizer {
  return (text) => {
    const tokens: Token[] = []
    let start = 0
    const add = (end: number): void => {
      if (end > start) tokens.push(word(text.slice(start, end), start, end, tokens.length))
    }
    for (const match of text.matchAll(expression)) {
      add(match.index)
      start = match.index + match[0].length
    }
    add(text.length)
    return tokens
  }
}

function capturing(expression: RegExp, group: number): Tokenizer {
  const withIndices = new RegExp(expression.source, `${expression.flags}d`)
  return (text) => {
    const tokens: Token[] = []
    for (const match of text.matchAll(withIndices)) {
      const place = match.indices?.[group]
      if (place && place[1] > place[0]) tokens.push(word(text.slice(place[0], place[1]), place[0], place[1], tokens.length))
    }
    return tokens
  }
}

/** Java's whitespace: no no-break spaces. */
// eslint-disable-next-line no-control-regex -- they are space to Java
const NO_SPACE = /[^\u0009-\u000d\u001c-\u0020\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+/gu

function whitespace(maxLength: number): Tokenizer {
  return (text) => {
    const tokens: Token[] = []
    for (const match of text.matchAll(NO_SPACE)) {
      const end = match.index + match[0].length
      for (let at = match.index; at < end; at += maxLength) {
        const cut = Math.min(end, at + maxLength)
        tokens.push(word(text.slice(at, cut), at, cut, tokens.length))
      }
    }
    return tokens
  }
}

const CHARACTER_CLASSES: Readonly<Record<string, RegExp>> = {
  letter: /\p{L}/u,
  digit: /\p{Nd}/u,
  whitespace: /\s/u,
  punctuation: /\p{P}/u,
  symbol: /\p{S}/u,
}

function characterClass(name: string, parameters: Parameters): (char: string) => boolean {
  if (name === 'custom') {
    const custom = parameters.requiredText('custom_token_chars')
    return (char) => custom.includes(char)
  }
  const expression = CHARACTER_CLASSES[name]
  if (!expression) {
    throw illegalArgument(
      `Unknown token type: '${name}', must be one of [${[...Object.keys(CHARACTER_CLASSES), 'custom'].join(', ')}]`,
    )
  }
  return (char) => expression.test(char)
}

/** Runs of characters that grams are made of: `token_chars`, all of the text where it is empty. */
function gramRuns(parameters: Parameters): (text: string) => { chars: string[]; offsets: number[] }[] {
  const classes = (parameters.list('token_chars') ?? []).map((name) => characterClass(name, parameters))
  const kept = (char: string): boolean => classes.length === 0 || classes.some((test) => test(char))
  return (text) => {
    const runs: { chars: string[]; offsets: number[] }[] = []
    let run: { chars: string[]; offsets: number[] } | undefined
    let at = 0
    for (const char of text) {
      if (kept(char)) {
        if (!run) {
          run = { chars: [], offsets: [] }
          runs.push(run)
        }
        run.chars.push(char)
        run.offsets.push(at)
      } else run = undefined
      at += char.length
      run?.offsets.splice(run.chars.length, 1, at)
    }
    return runs
  }
}

function ngram(parameters: Parameters, limits: AnalysisLimits): Tokenizer {
  const min = parameters.int('min_gram', 1)
  const max = parameters.int('max_gram', 2)
  checkGrams(min, max)
  if (max - min > limits.maxNgramDiff) {
    throw illegalArgument(
      `The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: [${limits.maxNgramDiff}] but was [${max - min}]. This limit can be set by changing the [index.max_ngram_diff] index level setting.`,
    )
  }
  const runs = gramRuns(parameters)
  return (text) => {
    const tokens: Token[] = []
    for (const { chars, offsets } of runs(text)) {
      for (let from = 0; from < chars.length; from++) {
        for (let size = min; size <= max && from + size <= chars.length; size++) {
          const [start, end] = [offsets[from] ?? 0, offsets[from + size] ?? 0]
          tokens.push(word(text.slice(start, end), start, end, tokens.length))
        }
      }
    }
    return tokens
  }
}

function edgeNgram(parameters: Parameters): Tokenizer {
  const min = parameters.int('min_gram', 1)
  const max = parameters.int('max_gram', 2)
  checkGrams(min, max)
  const runs = gramRuns(parameters)
  return (text) => {
    const tokens: Token[] = []
    for (const { chars, offsets } of runs(text)) {
      for (let size = min; size <= max && size <= chars.length; size++) {
        const [start, end] = [offsets[0] ?? 0, offsets[size] ?? 0]
        tokens.push(word(text.slice(start, end), start, end, tokens.length))
      }
    }
    return tokens
  }
}

export function checkGrams(min: number, max: number): void {
  if (min < 1) throw illegalArgument('minGram must be greater than zero')
  if (min > max) throw illegalArgument('minGram must not be greater than maxGram')
}

function pathHierarchy(parameters: Parameters): Tokenizer {
  const delimiter = oneChar(parameters, 'delimiter', '/')
  const replacement = oneChar(parameters, 'replacement', delimiter)
  const skip = parameters.int('skip', 0)
  const reverse = parameters.bool('reverse', false)
  return (text) => {
    const cuts: number[] = []
    for (let at = 0; at < text.length; at++) if (text[at] === delimiter) cuts.push(at)
    const term = (start: number, end: number): string => text.slice(start, end).replaceAll(delimiter, replacement)
    const tokens: Token[] = []
    if (text === '') return tokens
    if (reverse) {
      const starts = [0, ...cuts.map((cut) => cut + 1)]
      const ends = [...cuts.map((cut) => cut + 1), text.length]
      const end = ends[ends.length - 1 - skip]
      if (end === undefined) return tokens
      for (const start of starts) if (start < end) tokens.push(word(term(start, end), start, end, 0))
      return tokens
    }
    const ends = [...cuts.filter((cut) => cut > 0), ...(text.endsWith(delimiter) ? [] : [text.length])]
    if (text.endsWith(delimiter)) ends.push(text.length)
    const start = skip === 0 ? 0 : ends[skip - 1]
    if (start === undefined) return tokens
    for (const end of new Set(ends.slice(skip))) if (end > start) tokens.push(word(term(start, end), start, end, 0))
    return tokens
  }
}

function oneChar(parameters: Parameters, key: string, otherwise: string): string {
  const value = parameters.text(key, otherwise)
  if (value.length !== 1) throw illegalArgument(`${key} must be a one char value`)
  return value
}

function charGroup(parameters: Parameters): Tokenizer {
  const tests = (parameters.list('tokenize_on_chars') ?? []).map((entry): ((char: string) => boolean) => {
    const expression = CHARACTER_CLASSES[entry]
    if (expression) return (char) => expression.test(char)
    const char = entry
      .replace(/^\\n$/, '\n')
      .replace(/^\\t$/, '\t')
      .replace(/^\\\\$/, '\\')
    return (other) => other === char
  })
  const maxLength = parameters.int('max_token_length', MAX_TOKEN_LENGTH)
  return (text) => {
    const tokens: Token[] = []
    let start = 0
    const add = (end: number): void => {
      for (; start < end; start = Math.min(end, start + maxLength)) {
        const cut = Math.min(end, start + maxLength)
        tokens.push(word(text.slice(start, cut), start, cut, tokens.length))
      }
    }
    let at = 0
    for (const char of text) {
      if (tests.some((test) => test(char))) {
        add(at)
        start = at + char.length
      }
      at += char.length
    }
    add(text.length)
    return tokens
  }
}

const URL =
  /(?:https?|ftps?|file):\/\/[^\s<>"'`{}|\\^]*[^\s<>"'`{}|\\^.,;:!?)]|(?<![\p{L}\p{N}@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|org|net|edu|gov|mil|int|info|io|dev|app|de|uk|fr|jp|cn|us|eu)(?:\/[^\s<>"']*)?(?![\p{L}\p{N}@-])/giu
const EMAIL =
  /[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}/gu

/** The standard tokenizer, but URLs and mail addresses are tokens. */
function urlEmail(maxLength: number): Tokenizer {
  return (text) => {
    const special = [...text.matchAll(EMAIL)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      type: '<EMAIL>',
    }))
    for (const match of text.matchAll(URL)) {
      const found = { start: match.index, end: match.index + match[0].length, type: '<URL>' }
      if (!special.some((other) => other.start < found.end && found.start < other.end)) special.push(found)
    }
    special.sort((a, b) => a.start - b.start)
    const tokens: Token[] = []
    const plain = (from: number, to: number): void => {
      for (const token of standardTokens(text.slice(from, to), maxLength)) {
        tokens.push({ ...token, start: token.start + from, end: token.end + from, position: tokens.length })
      }
    }
    let at = 0
    for (const { start, end, type } of special) {
      plain(at, start)
      tokens.push(word(text.slice(start, end), start, end, tokens.length, type))
      at = end
    }
    plain(at, text.length)
    return tokens
  }
}
