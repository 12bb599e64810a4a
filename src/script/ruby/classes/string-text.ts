import { toIndex } from '../numbers.ts'
import { RRange, type Value } from '../value.ts'

const SURROGATE = /[\ud800-\udfff]/

/** Whether every UTF-16 unit is a character: then places in the text are places of characters. */
function isPlain(text: string): boolean {
  return !SURROGATE.test(text)
}

export function charactersOf(text: string): string[] {
  return isPlain(text) ? text.split('') : Array.from(text)
}

export function lengthOf(text: string): number {
  return isPlain(text) ? text.length : Array.from(text).length
}

/** A piece by the place of its first character and its length; `undefined` when it begins beyond the end. */
export function sliceText(text: string, start: number, length: number): string | undefined {
  const size = lengthOf(text)
  const from = start < 0 ? size + start : start
  if (from < 0 || from > size || length < 0) return undefined
  return isPlain(text)
    ? text.slice(from, from + length)
    : Array.from(text)
        .slice(from, from + length)
        .join('')
}

/** Where a range of places begins and how long it is, for something of `size` elements; `undefined` when out of it. */
export function rangeOf(range: RRange, size: number): { readonly start: number; readonly length: number } | undefined {
  const begin = range.begin === null ? 0 : toIndex(range.begin)
  const end = range.end === null ? -1 : toIndex(range.end)
  const from = begin < 0 ? size + begin : begin
  if (from < 0 || from > size) return undefined
  const last = end < 0 ? size + end : end
  const exclusive = range.exclusive && range.end !== null
  return { start: from, length: Math.max(0, Math.min(last, size) - from + (exclusive ? 0 : 1)) }
}

/** Place of a character from the place of its UTF-16 unit. */
export function characterIndex(text: string, unit: number): number {
  return lengthOf(text.slice(0, unit))
}

/** Place of a UTF-16 unit from the place of its character. */
export function unitIndex(text: string, character: number): number {
  return isPlain(text) ? character : Array.from(text).slice(0, character).join('').length
}

/** The characters that `tr`, `delete`, `count` and `squeeze` mean: ranges, and `^` for all others. */
export function characterMatcher(spec: string): (char: string) => boolean {
  const negated = spec.length > 1 && spec.startsWith('^')
  const members = new Set(expandCharacters(negated ? spec.slice(1) : spec))
  return (char) => members.has(char) !== negated
}

export function matchesAll(specs: readonly string[]): (char: string) => boolean {
  const matchers = specs.map(characterMatcher)
  return (char) => matchers.every((matches) => matches(char))
}

/** `a-e` written out; a backslash takes the next character as it is. */
export function expandCharacters(spec: string): string[] {
  const source = Array.from(spec)
  const result: string[] = []
  for (let i = 0; i < source.length; i++) {
    let char = source[i] ?? ''
    if (char === '\\' && i + 1 < source.length) char = source[++i] ?? ''
    else if (source[i + 1] === '-' && i + 2 < source.length) {
      const last = source[i + 2]?.codePointAt(0) ?? 0
      for (let code = char.codePointAt(0) ?? 0; code <= last && result.length < 70_000; code++)
        result.push(String.fromCodePoint(code))
      i += 2
      continue
    }
    result.push(char)
  }
  return result
}

/** Ruby's `tr`. */
export function translate(text: string, from: string, to: string, squeeze: boolean): string {
  const negated = from.length > 1 && from.startsWith('^')
  const source = expandCharacters(negated ? from.slice(1) : from)
  const target = expandCharacters(to)
  const last = target.at(-1) ?? ''
  const map = new Map<string, string>()
  for (const [index, char] of source.entries()) if (!map.has(char)) map.set(char, target[index] ?? last)
  let previous: string | undefined
  let result = ''
  for (const char of text) {
    const replacement = negated ? (map.has(char) ? undefined : last) : map.get(char)
    if (replacement === undefined) {
      result += char
      previous = undefined
    } else if (!squeeze || replacement !== previous) {
      result += replacement
      previous = replacement
    }
  }
  return result
}

/** The text that follows in order: `az` → `ba`, `Zz9` → `AAa0`. */
export function successor(text: string): string {
  if (text === '') return ''
  const chars = Array.from(text)
  const hasAlphanumeric = /[A-Za-z0-9]/.test(text)
  for (let i = chars.length - 1; i >= 0; i--) {
    const char = chars[i] ?? ''
    if (hasAlphanumeric && !/[A-Za-z0-9]/.test(char)) continue
    if (!hasAlphanumeric) {
      chars[i] = String.fromCodePoint((char.codePointAt(0) ?? 0) + 1)
      return chars.join('')
    }
    const wrapped = char === 'z' ? 'a' : char === 'Z' ? 'A' : char === '9' ? '0' : undefined
    if (wrapped === undefined) {
      chars[i] = String.fromCharCode(char.charCodeAt(0) + 1)
      return chars.join('')
    }
    chars[i] = wrapped
    const before = chars.slice(0, i).findLastIndex((one) => /[A-Za-z0-9]/.test(one))
    if (before < 0) {
      chars.splice(i, 0, wrapped === '0' ? '1' : wrapped)
      return chars.join('')
    }
  }
  return chars.join('')
}

/** Index argument or range, as `[]` and `slice` take them. */
export function isRange(value: Value | undefined): value is RRange {
  return value instanceof RRange
}
