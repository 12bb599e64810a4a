import type { KqlQuery, KqlText } from './kql-ast.ts'

/** What could stand at a place, as the message names it. */
export type KqlExpectation =
  | 'field name'
  | 'value'
  | '":", "<", "<=", ">" or ">="'
  | 'AND'
  | 'OR'
  | '"("'
  | '")"'
  | '"{"'
  | '"}"'
  | 'closing quote'
  | 'end of input'

/** What is wrong with a text in Kibana's query language, where, and what would fit. */
export class KqlSyntaxError extends Error {
  /** UTF-16 units from the start of the text. */
  readonly offset: number
  readonly expected: readonly KqlExpectation[]
  /** The text with an arrow below the place, for plain output. */
  readonly excerpt: string

  constructor(text: string, offset: number, expected: readonly KqlExpectation[]) {
    const found = offset >= text.length ? 'end of input' : `"${String.fromCodePoint(text.codePointAt(offset) ?? 0)}"`
    const list =
      expected.length > 1
        ? `${expected.slice(0, -1).join(', ')} or ${expected[expected.length - 1]}`
        : (expected[0] ?? 'something else')
    super(`Expected ${list} but ${found} found.`)
    this.name = 'KqlSyntaxError'
    this.offset = offset
    this.expected = expected
    this.excerpt = `${text}\n${'-'.repeat(offset)}^`
  }
}

const MAX_DEPTH = 100

/**
 * Reads a query in Kibana's language: `and`, `or`, `not` in any case, `field: value`, lists of values in parentheses,
 * ranges with `<` and `>`, wildcards, quotes, `\` before what would mean something, `field: { … }` for nested objects.
 * @throws KqlSyntaxError
 */
export function parseKql(text: string): KqlQuery {
  return new Parser(text).parse()
}

/** Characters that end a bare word unless escaped. */
const SPECIAL = '():<>"{}'

class Parser {
  private readonly text: string
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  parse(): KqlQuery {
    this.skipSpace()
    if (this.at >= this.text.length) return { kind: 'all' }
    const query = this.or(() => this.expression())
    if (this.at < this.text.length) throw this.fail('AND', 'OR', 'end of input')
    return query
  }

  private or(one: () => KqlQuery): KqlQuery {
    return this.joined('or', () => this.joined('and', () => this.not(one)))
  }

  private joined(kind: 'and' | 'or', one: () => KqlQuery): KqlQuery {
    const clauses = [one()]
    while (this.takeWord(kind)) clauses.push(one())
    const [only] = clauses
    return clauses.length === 1 && only ? only : { kind, clauses }
  }

  private not(one: () => KqlQuery): KqlQuery {
    if (this.takeWord('not')) {
      return this.deeper(() => ({ kind: 'not', clause: this.not(one) }))
    }
    if (!this.take('(')) return one()
    return this.deeper(() => {
      const inner = this.or(one)
      if (!this.take(')')) throw this.fail('AND', 'OR', '")"')
      return inner
    })
  }

  private deeper(read: () => KqlQuery): KqlQuery {
    this.depth += 1
    if (this.depth > MAX_DEPTH) throw this.fail('field name', 'value')
    const query = read()
    this.depth -= 1
    return query
  }

  /** `field: value`, `field: (a or b)`, `field > 5`, `field: { … }`, or a value alone. */
  private expression(): KqlQuery {
    const first = this.readText('field name', 'value', '"("')
    const operator = this.takeRange()
    if (operator) return { kind: 'range', field: first, operator, value: this.readText('value') }
    if (!this.take(':')) return { kind: 'is', field: undefined, value: first }
    if (this.take('{')) {
      return this.deeper(() => {
        const query = this.or(() => this.expression())
        if (!this.take('}')) throw this.fail('AND', 'OR', '"}"')
        return { kind: 'nested', path: first, query }
      })
    }
    // Within the parentheses behind a field everything is a value of it.
    const value = (): KqlQuery => ({ kind: 'is', field: first, value: this.readText('value', '"("') })
    if (!this.take('(')) return { kind: 'is', field: first, value: this.readText('value', '"("', '"{"') }
    return this.deeper(() => {
      const list = this.or(value)
      if (!this.take(')')) throw this.fail('AND', 'OR', '")"')
      return list
    })
  }

  private takeRange(): '<' | '<=' | '>' | '>=' | undefined {
    const char = this.text[this.at]
    if (char !== '<' && char !== '>') return undefined
    this.at += 1
    if (this.text[this.at] !== '=') {
      this.skipSpace()
      return char
    }
    this.at += 1
    this.skipSpace()
    return `${char}=`
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false
    this.at += 1
    this.skipSpace()
    return true
  }

  /** A keyword stands apart from other words. */
  private takeWord(word: string): boolean {
    const length = this.keywordAt(this.at)
    if (length !== word.length || this.text.slice(this.at, this.at + length).toLowerCase() !== word) return false
    this.at += length
    this.skipSpace()
    return true
  }

  /** Length of the keyword at a position, 0 for none. */
  private keywordAt(at: number): number {
    const match = /^(?:and|or|not)(?=[\s(]|$)/i.exec(this.text.slice(at, at + 4))
    if (!match) return 0
    const before = this.text[at - 1]
    return before === undefined || /[\s()]/.test(before) ? match[0].length : 0
  }

  private readText(...expected: KqlExpectation[]): KqlText {
    const start = this.at
    if (this.text[start] === '"') return this.readQuoted()
    const pieces = ['']
    let end = start
    const add = (piece: string): void => {
      pieces[pieces.length - 1] += piece
    }
    while (this.at < this.text.length) {
      const char = this.text[this.at] ?? ''
      if (char === '\\') {
        const escape = this.readEscape()
        add(escape)
        end = this.at
      } else if (SPECIAL.includes(char)) break
      else if (/\s/.test(char)) {
        const from = this.at
        this.skipSpace()
        // Words in a row are one value; what follows may be a keyword, or nothing.
        if (this.at >= this.text.length || SPECIAL.includes(this.text[this.at] ?? '') || this.keywordAt(this.at) > 0) break
        add(this.text.slice(from, this.at))
      } else if (this.at === start && this.keywordAt(this.at) > 0) break
      else {
        if (char === '*') pieces.push('')
        else add(char)
        this.at += 1
        end = this.at
      }
    }
    if (end === start) throw this.fail(...expected)
    return { pieces, quoted: false, start, end }
  }

  private readEscape(): string {
    const rest = this.text.slice(this.at + 1)
    const keyword = /^(?:and|or|not)/i.exec(rest)?.[0]
    const unicode = /^u([0-9a-fA-F]{4})/.exec(rest)
    if (unicode) {
      this.at += 6
      return String.fromCharCode(Number.parseInt(unicode[1] ?? '', 16))
    }
    const char = rest[0]
    if (char === 't' || char === 'r' || char === 'n') {
      this.at += 2
      // `\not` is the word, `\n` a new line.
      if (keyword?.toLowerCase() === 'not') {
        this.at += 2
        return keyword
      }
      return { t: '\t', r: '\r', n: '\n' }[char]
    }
    if (keyword !== undefined) {
      this.at += 1 + keyword.length
      return keyword
    }
    if (char !== undefined && /[\\():<>"*{}]/.test(char)) {
      this.at += 2
      return char
    }
    // A backslash before anything else is itself, as in Windows paths.
    this.at += 1
    return '\\'
  }

  private readQuoted(): KqlText {
    const start = this.at
    let text = ''
    for (let at = start + 1; at < this.text.length; at++) {
      const char = this.text[at] ?? ''
      if (char === '"') {
        this.at = at + 1
        const end = this.at
        this.skipSpace()
        return { pieces: [text], quoted: true, start, end }
      }
      if (char !== '\\') {
        text += char
        continue
      }
      const next = this.text[at + 1] ?? ''
      const unicode = /^u([0-9a-fA-F]{4})/.exec(this.text.slice(at + 1))
      if (unicode) {
        text += String.fromCharCode(Number.parseInt(unicode[1] ?? '', 16))
        at += 5
      } else if (/[\\"trn]/.test(next)) {
        text += { t: '\t', r: '\r', n: '\n' }[next] ?? next
        at += 1
      } else text += char
    }
    this.at = this.text.length
    throw this.fail('closing quote')
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1
  }

  private fail(...expected: KqlExpectation[]): KqlSyntaxError {
    return new KqlSyntaxError(this.text, this.at, expected)
  }
}
