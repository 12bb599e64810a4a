import { setOwn, type Fields, type FieldValue } from '../../core/event.ts'
import { parseIsoInstant } from '../../core/dates/iso-instant.ts'
import { Float, float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'

/** A text that is no EDN; tells the place of what is wrong. */
export class EdnError extends Error {}

const MAX_DEPTH = 200
const SPACE = /(?:[\s,]|;[^\n]*)*/y
const TOKEN = /[^\s,;"()[\]{}]+/y
const INTEGER = /^[+-]?\d+N?$/
const DECIMAL = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?M?$/
const CHARACTERS: Readonly<Record<string, string>> = { newline: '\n', return: '\r', space: ' ', tab: '\t' }
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', '"': '"', '\\': '\\', b: '\b', f: '\f' }
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Reads a value of EDN (https://github.com/edn-format/edn): names are texts without their colon, sets and lists are lists,
 * `#inst` is a time, and of other tags the value stays.
 * @throws EdnError
 */
export function parseEdn(text: string): FieldValue {
  const reader = new EdnReader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

class EdnReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  end(): void {
    this.#skip()
    if (this.#at < this.#text.length) this.#fail('more than one value')
  }

  value(depth: number): FieldValue {
    if (depth > MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} levels`)
    this.#skip()
    const start = this.#text[this.#at]
    if (start === undefined) return this.#fail('the text ends')
    if (start === '"') return this.#string()
    if (start === '(' || start === '[') return this.#items(start, depth)
    if (start === '{') return this.#map(depth)
    if (start === '\\') return this.#character()
    if (start === '#') return this.#tagged(depth)
    return this.#atom(this.#match(TOKEN) ?? this.#fail(`[${start}] begins no value`))
  }

  #items(opening: string, depth: number): FieldValue[] {
    this.#at += 1
    const closing = CLOSING[opening] ?? ''
    const items: FieldValue[] = []
    for (;;) {
      this.#skip()
      if (this.#text.startsWith(closing, this.#at)) break
      items.push(this.value(depth + 1))
    }
    this.#at += 1
    return items
  }

  #map(depth: number): Fields {
    const items = this.#items('{', depth)
    if (items.length % 2 === 1) this.#fail('a map has a key without a value')
    const fields: Fields = {}
    for (let i = 0; i < items.length; i += 2) setOwn(fields, keyOf(items[i]), items[i + 1] ?? null)
    return fields
  }

  #string(): string {
    let text = ''
    for (this.#at += 1; ; this.#at += 1) {
      const char = this.#text[this.#at]
      if (char === undefined) return this.#fail('a text does not end')
      if (char === '"') break
      if (char !== '\\') {
        text += char
        continue
      }
      this.#at += 1
      const escape = this.#text[this.#at] ?? ''
      const hex = escape === 'u' ? /^[0-9A-Fa-f]{4}/.exec(this.#text.slice(this.#at + 1, this.#at + 5))?.[0] : undefined
      const meant = hex === undefined ? ESCAPES[escape] : String.fromCharCode(Number.parseInt(hex, 16))
      if (meant === undefined) return this.#fail(`\\${escape} in a text`)
      text += meant
      this.#at += hex === undefined ? 0 : 4
    }
    this.#at += 1
    return text
  }

  #character(): string {
    this.#at += 1
    const name = this.#match(TOKEN) ?? this.#text[this.#at++] ?? this.#fail('the text ends')
    const hex = /^u([0-9A-Fa-f]{4})$/.exec(name)?.[1]
    return CHARACTERS[name] ?? (hex === undefined ? name : String.fromCharCode(Number.parseInt(hex, 16)))
  }

  #tagged(depth: number): FieldValue {
    this.#at += 1
    if (this.#text[this.#at] === '{') return this.#items('{', depth)
    if (this.#text[this.#at] === '_') {
      this.#at += 1
      this.value(depth + 1)
      return this.value(depth + 1)
    }
    const tag = this.#match(TOKEN)
    const value = this.value(depth + 1)
    const at = tag === 'inst' && typeof value === 'string' ? parseIsoInstant(value) : NaN
    return Number.isNaN(at) ? value : new Timestamp(at)
  }

  #atom(token: string): FieldValue {
    if (token === 'nil') return null
    if (token === 'true' || token === 'false') return token === 'true'
    if (INTEGER.test(token)) {
      const value = BigInt(token.replace(/^\+|N$/g, ''))
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
    }
    if (DECIMAL.test(token)) return float(Number(token.replace(/M$/, '')))
    return token.replace(/^:/, '')
  }

  #skip(): void {
    SPACE.lastIndex = this.#at
    SPACE.exec(this.#text)
    this.#at = SPACE.lastIndex
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #fail(what: string): never {
    throw new EdnError(`no EDN at character ${this.#at + 1}: ${what}`)
  }
}

function keyOf(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : printEdn(value ?? null)
}

/** The value as EDN: fields are maps whose keys are texts. */
export function printEdn(value: FieldValue): string {
  if (value === null) return 'nil'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return `${value}N`
  if (value instanceof Timestamp) return `#inst "${value.toString()}"`
  if (Array.isArray(value)) return `[${value.map(printEdn).join(' ')}]`
  if (value instanceof Float) return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value)
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)} ${printEdn(one ?? null)}`)
    .join(', ')}}`
}
