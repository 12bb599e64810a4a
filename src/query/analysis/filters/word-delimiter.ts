import type { Parameters } from '../parameters.ts'
import type { Token, TokenFilter } from '../token.ts'

interface Options {
  readonly wordParts: boolean
  readonly numberParts: boolean
  readonly catenateWords: boolean
  readonly catenateNumbers: boolean
  readonly catenateAll: boolean
  readonly preserveOriginal: boolean
  readonly splitOnCaseChange: boolean
  readonly splitOnNumerics: boolean
  readonly stemPossessive: boolean
  readonly protectedWords: ReadonlySet<string>
}

/**
 * Splits tokens into their words and numbers (`PowerShot500-42` → Power, Shot, 500, 42) and joins runs of them again as
 * asked. `word_delimiter` and `word_delimiter_graph` differ only in how places are counted for the joined ones.
 */
export function wordDelimiterFilter(parameters: Parameters, graph: boolean): TokenFilter {
  const options: Options = {
    wordParts: parameters.bool('generate_word_parts', true),
    numberParts: parameters.bool('generate_number_parts', true),
    catenateWords: parameters.bool('catenate_words', false),
    catenateNumbers: parameters.bool('catenate_numbers', false),
    catenateAll: parameters.bool('catenate_all', false),
    preserveOriginal: parameters.bool('preserve_original', false),
    splitOnCaseChange: parameters.bool('split_on_case_change', true),
    splitOnNumerics: parameters.bool('split_on_numerics', true),
    stemPossessive: parameters.bool('stem_english_possessive', true),
    protectedWords: new Set(parameters.list('protected_words') ?? []),
  }
  return (tokens) => {
    const result: Token[] = []
    let shift = 0
    for (const token of tokens) {
      const moved = shift === 0 ? token : { ...token, position: token.position + shift }
      if (options.protectedWords.has(token.term)) {
        result.push(moved)
        continue
      }
      const made = splitToken(moved, options, graph)
      result.push(...made)
      const width = Math.max(1, ...made.map((one) => one.position - moved.position + 1))
      shift += width - 1
    }
    return result
  }
}

interface Part {
  readonly start: number
  readonly end: number
  readonly isNumber: boolean
}

function splitToken(token: Token, options: Options, graph: boolean): Token[] {
  const parts = findParts(token.term, options)
  const whole = parts.length === 1 && parts[0]?.start === 0 && parts[0].end === token.term.length
  if (parts.length === 0) return options.preserveOriginal ? [token] : []
  if (whole) return [token]
  /** Parts that stand by themselves take places; joined ones share the place of their first part. */
  const placed: Token[] = []
  let place = 0
  const placeOf: number[] = []
  const make = (from: number, to: number, at: number, length: number): Token => {
    const [first, last] = [parts[from], parts[to]]
    const term = parts
      .slice(from, to + 1)
      .map((part) => token.term.slice(part.start, part.end))
      .join('')
    const sameLength = token.end - token.start === token.term.length
    return {
      ...token,
      term,
      position: token.position + at,
      positionLength: graph ? length : 1,
      start: sameLength ? token.start + (first?.start ?? 0) : token.start,
      end: sameLength ? token.start + (last?.end ?? 0) : token.end,
    }
  }
  for (const [index, part] of parts.entries()) {
    placeOf.push(place)
    const kept = part.isNumber ? options.numberParts : options.wordParts
    if (kept) {
      placed.push(make(index, index, place, 1))
      place += 1
    }
  }
  const width = Math.max(1, place)
  const add = (from: number, to: number): void => {
    if (to === from && (parts[from]?.isNumber ? options.numberParts : options.wordParts)) return
    placed.push(make(from, to, placeOf[from] ?? 0, Math.max(1, (placeOf[to] ?? 0) - (placeOf[from] ?? 0) + 1)))
  }
  for (let from = 0; from < parts.length;) {
    let to = from
    while (parts[to + 1]?.isNumber === parts[from]?.isNumber && to + 1 < parts.length) to += 1
    if (parts[from]?.isNumber ? options.catenateNumbers : options.catenateWords) add(from, to)
    from = to + 1
  }
  if (options.catenateAll && parts.length > 1) add(0, parts.length - 1)
  const seen = new Set<string>()
  const distinct = placed.filter((made) => {
    const key = `${made.term}\0${made.position}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
  if (options.preserveOriginal) distinct.push({ ...token, positionLength: graph ? width : 1 })
  return distinct.toSorted((a, b) => a.position - b.position || b.end - a.end)
}

function findParts(term: string, options: Options): Part[] {
  const parts: Part[] = []
  for (const run of term.matchAll(/[\p{L}\p{Nd}\p{M}]+/gu)) {
    const before = parts[parts.length - 1]
    const possessive =
      options.stemPossessive && /^s$/i.test(run[0]) && /['’]/.test(term[run.index - 1] ?? '') && before?.end === run.index - 1
    if (possessive) continue
    let start = 0
    const text = run[0]
    for (let at = 1; at <= text.length; at++) {
      if (at < text.length && !isBoundary(text[at - 1] ?? '', text[at] ?? '', text[at + 1], options)) continue
      const piece = text.slice(start, at)
      parts.push({ start: run.index + start, end: run.index + at, isNumber: /^\p{Nd}+$/u.test(piece) })
      start = at
    }
  }
  return parts
}

function isBoundary(before: string, after: string, next: string | undefined, options: Options): boolean {
  const digitBefore = /\p{Nd}/u.test(before)
  const digitAfter = /\p{Nd}/u.test(after)
  if (digitBefore !== digitAfter) return options.splitOnNumerics
  if (!options.splitOnCaseChange) return false
  // "PowerShot" splits before the S; "SDs" does not split inside.
  return /\p{Ll}/u.test(before) && /\p{Lu}/u.test(after) && next !== ''
}
