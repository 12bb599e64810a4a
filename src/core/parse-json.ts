import type { JsonValue } from './json.ts'

/** Nested objects and arrays of one text, as Elasticsearch's parser bounds them. */
const MAX_DEPTH = 1000

/** A run of digits long enough to hold a whole number that a double cannot. */
const MAYBE_BEYOND_DOUBLE = /\d{16}/

/** What is wrong with a JSON text, and where. Lines and columns count from 1, columns in UTF-16 units. */
export class JsonSyntaxError extends Error {
  readonly line: number
  readonly column: number
  /** The text ends where more was to come. */
  readonly isEnd: boolean

  constructor(message: string, line: number, column: number, isEnd = false) {
    super(message)
    this.isEnd = isEnd
    this.name = 'JsonSyntaxError'
    this.line = line
    this.column = column
  }
}

/**
 * Parses JSON text and keeps whole numbers beyond 2^53 exact, as `bigint`.
 *
 * The usual text goes through the native parser. Comments (`//`, `#` and C style) are skipped, as Elasticsearch does.
 * @throws JsonSyntaxError
 */
export function parseJsonExact(text: string): JsonValue {
  if (!MAYBE_BEYOND_DOUBLE.test(text)) {
    try {
      return JSON.parse(text) as JsonValue
    } catch {
      // The slow parser says what is wrong and where, or accepts the comments.
    }
  }
  return parseJsonWith(text, exactNumber) as JsonValue
}

/** Offsets of an object or array in its text: where it begins, its closing bracket, and each of its members. */
export interface NodePlaces {
  start: number
  end: number
  /** By name or index: where the name and the value begin. */
  readonly members: Map<string | number, { readonly key: number; readonly value: number }>
}

/** A number written with a fraction or an exponent: `20.0` is not the whole number 20 to a dynamic mapping. */
export class DecimalLiteral {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  get value(): number {
    return Number(this.text)
  }
}

/** As `parseJsonExact`, with `DecimalLiteral`s for numbers that were not written as whole ones. */
export function parseJsonLiterals(text: string): unknown {
  return parseJsonWith(text, (literal) => (isWhole(literal) ? exactNumber(literal) : new DecimalLiteral(literal)))
}

function isWhole(literal: string): boolean {
  return !/[.eE]/.test(literal)
}

export function exactNumber(literal: string): number | bigint {
  const value = Number(literal)
  return Number.isSafeInteger(value) || !isWhole(literal) ? value : BigInt(literal)
}

/**
 * The slow parser behind `parseJsonExact`: exact positions in errors, numbers as `number` makes them from their literal.
 * A key that stands twice in an object is an error, and so is anything after the value. `places` learns where every
 * object and array stands.
 */
export function parseJsonWith(
  text: string,
  number: (literal: string) => unknown,
  places?: (node: object, places: NodePlaces) => void,
): unknown {
  let at = 0
  let depth = 0

  const fail = (message: string, position = at): never => {
    const before = text.slice(0, position)
    const line = before.split('\n').length
    throw new JsonSyntaxError(message, line, position - before.lastIndexOf('\n'), position >= text.length && text !== '')
  }

  const unexpected = (expected: string): never =>
    at >= text.length
      ? fail(`unexpected end of input, expected ${expected}`)
      : fail(`unexpected character [${String.fromCodePoint(text.codePointAt(at) ?? 0)}], expected ${expected}`)

  const skipSpace = (): void => {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || (code === 0xfeff && at === 0)) continue
      if (code === 0x23) skipLine()
      else if (code === 0x2f && text[at + 1] === '/') skipLine()
      else if (code === 0x2f && text[at + 1] === '*') {
        const end = text.indexOf('*/', at + 2)
        if (end < 0) fail('unexpected end of input within a comment', text.length)
        at = end + 1
      } else return
    }
  }

  const skipLine = (): void => {
    const end = text.indexOf('\n', at)
    at = end < 0 ? text.length : end
  }

  const value = (): unknown => {
    const char = text[at]
    if (char === '{') return object()
    if (char === '[') return array()
    if (char === '"') return string()
    if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) return numberLiteral()
    for (const [word, meaning] of WORDS) {
      if (text.startsWith(word, at) && !/[A-Za-z0-9_]/.test(text[at + word.length] ?? '')) {
        at += word.length
        return meaning
      }
    }
    return unexpected('a value')
  }

  const enter = (): void => {
    depth += 1
    if (depth > MAX_DEPTH) fail(`nesting is deeper than the maximum of [${MAX_DEPTH}]`)
    at += 1
    skipSpace()
  }

  const object = (): unknown => {
    const place = openPlace()
    enter()
    const result: Record<string, unknown> = {}
    if (text[at] !== '}') {
      for (;;) {
        if (text[at] !== '"') unexpected('a double-quoted field name')
        const start = at
        const key = string()
        if (Object.hasOwn(result, key)) fail(`Duplicate field '${key}'`, start)
        skipSpace()
        if (text[at] !== ':') unexpected('a colon')
        at += 1
        skipSpace()
        place?.members.set(key, { key: start, value: at })
        const entry = value()
        // Assignment would set the prototype.
        if (key === '__proto__')
          Object.defineProperty(result, key, { value: entry, enumerable: true, writable: true, configurable: true })
        else result[key] = entry
        skipSpace()
        if (text[at] === '}') break
        if (text[at] !== ',') unexpected('a comma or the end of the object')
        at += 1
        skipSpace()
      }
    }
    return close(result, place)
  }

  const array = (): unknown => {
    const place = openPlace()
    enter()
    const result: unknown[] = []
    if (text[at] !== ']') {
      for (;;) {
        place?.members.set(result.length, { key: at, value: at })
        result.push(value())
        skipSpace()
        if (text[at] === ']') break
        if (text[at] !== ',') unexpected('a comma or the end of the array')
        at += 1
        skipSpace()
      }
    }
    return close(result, place)
  }

  const openPlace = (): NodePlaces | undefined => (places ? { start: at, end: at, members: new Map() } : undefined)

  const close = (node: object, place: NodePlaces | undefined): unknown => {
    if (place && places) {
      place.end = at
      places(node, place)
    }
    at += 1
    depth -= 1
    return node
  }

  const string = (): string => {
    const start = at
    let escaped = false
    for (at += 1; ; at++) {
      const code = text.charCodeAt(at)
      if (Number.isNaN(code)) fail('unexpected end of input within a string', text.length)
      if (code < 0x20) fail(`unescaped control character (code ${code}) within a string`)
      if (code === 0x5c) {
        escaped = true
        at += 1
      } else if (code === 0x22) break
    }
    at += 1
    if (!escaped) return text.slice(start + 1, at - 1)
    try {
      return JSON.parse(text.slice(start, at)) as string
    } catch {
      return fail('invalid escape sequence within a string', start)
    }
  }

  const numberLiteral = (): unknown => {
    NUMBER.lastIndex = at
    const literal = NUMBER.exec(text)?.[0]
    if (literal === undefined) return unexpected('a number')
    at += literal.length
    if (/[A-Za-z0-9_.]/.test(text[at] ?? '')) unexpected('the end of the number')
    return number(literal)
  }

  skipSpace()
  const result = value()
  skipSpace()
  if (at < text.length) unexpected('the end of the text')
  return result
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const WORDS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]
