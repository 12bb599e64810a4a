/** What `key=value` text is cut by. */
export interface KeyValueOptions {
  /** Characters between pairs. */
  readonly fieldSplit: string
  /** Characters between a key and its value. */
  readonly valueSplit: string
  /** Expressions instead of the characters. */
  readonly fieldSplitPattern: string | undefined
  readonly valueSplitPattern: string | undefined
  /** Whether `(…)`, `[…]` and `<…>` hold a value together as quotes do. */
  readonly brackets: boolean
  /** Whether spaces may stand around what is between key and value. */
  readonly lenient: boolean
}

/** A pair as it was written, without quotes or brackets. */
export type KeyValue = readonly [key: string, value: string]

/** How many characters a separator takes at a place; 0 where there is none. */
type SeparatorAt = (text: string, at: number) => number

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '(': ')', '[': ']', '<': '>' }

/**
 * Compiles the reader of such text: `a=1 b="two words" c=[3]`. It takes the pairs it finds and passes over the rest, as
 * Logstash's filter does; every character is looked at once.
 *
 * @throws SyntaxError for an expression that is none
 */
export function compileKeyValues(options: KeyValueOptions): (text: string) => KeyValue[] {
  const field = options.fieldSplitPattern === undefined ? anyOf(options.fieldSplit) : matching(options.fieldSplitPattern)
  const value = options.valueSplitPattern === undefined ? anyOf(options.valueSplit) : matching(options.valueSplitPattern)
  const scanner: Scanner = { field, value, lenient: options.lenient, brackets: options.brackets }
  return (text) => scan(text, scanner)
}

interface Scanner {
  readonly field: SeparatorAt
  readonly value: SeparatorAt
  readonly lenient: boolean
  readonly brackets: boolean
}

function scan(text: string, { field, value, lenient, brackets }: Scanner): KeyValue[] {
  const found: KeyValue[] = []
  const spaces = (at: number): number => {
    if (lenient) while (text[at] === ' ') at += 1
    return at
  }
  const keyEnds: SeparatorAt = (_text, at) => field(text, at) || value(text, at)
  let at = 0
  while (at < text.length) {
    const separator = keyEnds(text, at)
    if (separator > 0) {
      at += separator
      continue
    }
    const keyEnd = runEnd(text, at, keyEnds)
    const splitAt = spaces(keyEnd)
    const splitLength = value(text, splitAt)
    if (splitLength === 0) {
      at = keyEnd
      continue
    }
    const start = spaces(splitAt + splitLength)
    const held = heldTogether(text, start, brackets, field)
    const end = held === undefined ? runEnd(text, start, field) : held + 1
    found.push([text.slice(at, keyEnd), held === undefined ? text.slice(start, end) : text.slice(start + 1, held)])
    at = end + field(text, end)
  }
  return found
}

/** Where the text up to a separator ends. An escaped space does not end it. */
function runEnd(text: string, start: number, separator: SeparatorAt): number {
  let at = start
  while (at < text.length) {
    if (text[at] === '\\' && text[at + 1] === ' ') at += 2
    else if (separator(text, at) > 0) break
    else at += 1
  }
  return Math.min(at, text.length)
}

/** The place of the closing quote or bracket, when there is one and the value ends with it. */
function heldTogether(text: string, start: number, brackets: boolean, field: SeparatorAt): number | undefined {
  const open = text[start] ?? ''
  const close = brackets || open === '"' || open === "'" ? CLOSING[open] : undefined
  if (close === undefined) return undefined
  const end = text.indexOf(close, start + 1)
  return end >= 0 && (end + 1 === text.length || field(text, end + 1) > 0) ? end : undefined
}

/** Any of some characters; escapes that the user wrote (`\t`, `\s`) keep their meaning. */
function anyOf(characters: string): SeparatorAt {
  const source = characters.replaceAll(/\\([^tnrsdwfv\\\]^-])/g, '$1').replaceAll(/[\]^[-]/g, '\\$&')
  const one = source === '' ? /(?!)/ : new RegExp(`[${source}]`)
  const low = Array.from({ length: 128 }, (_, code) => one.test(String.fromCharCode(code)))
  return (text, at) => {
    const code = text.charCodeAt(at)
    return (code < 128 ? low[code] : at < text.length && one.test(text[at] ?? '')) ? 1 : 0
  }
}

function matching(pattern: string): SeparatorAt {
  const expression = new RegExp(pattern, 'y')
  return (text, at) => {
    expression.lastIndex = at
    return expression.exec(text)?.[0].length ?? 0
  }
}
