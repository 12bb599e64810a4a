import type { LuceneClause, LuceneQuery } from './lucene-ast.ts'

/** What is wrong with a text in Lucene's language. Offsets are UTF-16 units from 0. */
export class LuceneSyntaxError extends Error {
  readonly offset: number
  /** What stood there; empty at the end. */
  readonly found: string
  readonly expected: readonly string[]

  constructor(text: string, offset: number, found: string, expected: readonly string[]) {
    const before = text.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - before.lastIndexOf('\n') - 1
    const what = found === '' ? '<EOF>' : found
    const wanted = expected.length === 0 ? '' : `: expected ${expected.join(', ')}`
    super(`Encountered "${what}" at line ${line}, column ${column}${wanted}`)
    this.name = 'LuceneSyntaxError'
    this.offset = offset
    this.found = found
    this.expected = expected
  }
}

const MAX_DEPTH = 100

/** Reads a query in Lucene's language; an empty text is a query without clauses. @throws LuceneSyntaxError */
export function parseLucene(text: string): LuceneQuery {
  return new Parser(text).parse()
}

type Token =
  | {
      readonly kind: 'and' | 'or' | 'not' | 'plus' | 'minus' | 'open' | 'close' | 'colon' | 'caret' | 'range_open' | 'end'
      readonly text: string
      readonly start: number
      readonly end: number
    }
  | {
      readonly kind: 'word' | 'wildcard' | 'quoted' | 'regexp' | 'tilde' | 'bare'
      readonly text: string
      readonly start: number
      readonly end: number
    }

const SPACE = ' \t\n\r\u3000'
/** Characters that end a word unless a backslash stands before them. */
const SPECIAL = '+-!():^[]"{}~*?\\/'

class Parser {
  private readonly text: string
  private readonly tokens: Token[] = []
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  parse(): LuceneQuery {
    if (this.text.trim() === '') return { kind: 'clauses', clauses: [] }
    const query = this.query('end')
    if (this.peek().kind !== 'end') throw this.unexpected(['end of query'])
    return query
  }

  private query(end: 'end' | 'close'): LuceneQuery {
    this.depth += 1
    if (this.depth > MAX_DEPTH) throw this.unexpected([`at most ${MAX_DEPTH} levels of parentheses`])
    const clauses: LuceneClause[] = []
    do {
      clauses.push(...this.clause(clauses.length === 0))
    } while (this.peek().kind !== 'end' && this.peek().kind !== end)
    this.depth -= 1
    const [only] = clauses
    if (clauses.length === 1 && only && only.modifier === undefined) return only.query
    return { kind: 'clauses', clauses }
  }

  private clause(first: boolean): LuceneClause[] {
    let conjunction: 'and' | 'or' | undefined
    const token = this.peek()
    if (!first && (token.kind === 'and' || token.kind === 'or')) {
      conjunction = token.kind
      this.at += 1
    }
    const modifier = this.modifier()
    // Bare words in a row are one text, but not those that an operator claims.
    if (conjunction === undefined && modifier === undefined && this.isBareWord(0) && this.isBareWord(1) && !this.isOperator(2)) {
      const words: string[] = []
      while (this.isBareWord(0) && (words.length === 0 || !this.isOperator(1))) words.push(unescape(this.next().text))
      return [{ conjunction, modifier, query: { kind: 'words', words, field: undefined, boost: undefined } }]
    }
    return [{ conjunction, modifier, query: this.fielded() }]
  }

  private modifier(): 'must' | 'must_not' | undefined {
    const { kind } = this.peek()
    if (kind === 'plus') {
      this.at += 1
      return 'must'
    }
    if (kind === 'minus' || kind === 'not') {
      this.at += 1
      return 'must_not'
    }
    return undefined
  }

  /** A word that no field, boost or fuzziness belongs to. */
  private isBareWord(ahead: number): boolean {
    const { kind } = this.peek(ahead)
    const behind = this.peek(ahead + 1).kind
    return kind === 'word' && behind !== 'colon' && behind !== 'caret' && behind !== 'tilde'
  }

  private isOperator(ahead: number): boolean {
    const { kind } = this.peek(ahead)
    return kind === 'and' || kind === 'or'
  }

  private fielded(): LuceneQuery {
    const name = this.peek()
    let field: string | undefined
    if (this.peek(1).kind === 'colon' && (name.kind === 'word' || (name.kind === 'wildcard' && name.text === '*'))) {
      field = unescape(name.text)
      this.at += 2
    }
    const token = this.next()
    switch (token.kind) {
      case 'open': {
        const query = this.query('close')
        if (this.peek().kind !== 'close') throw this.unexpected(['")"', 'AND', 'OR', 'a term'])
        this.at += 1
        return { kind: 'group', field, query, boost: this.boost() }
      }
      case 'word':
      case 'wildcard':
      case 'bare': {
        const { similarity, boost } = this.suffixes()
        if (similarity !== undefined) return { kind: 'fuzzy', field, text: unescape(token.text), similarity, boost }
        if (token.kind === 'wildcard') return { kind: 'wildcard', field, pattern: token.text, boost }
        return { kind: 'words', field, words: [token.kind === 'bare' ? token.text : unescape(token.text)], boost }
      }
      case 'quoted': {
        const { similarity, boost } = this.suffixes()
        const slop =
          similarity === undefined || Number.isNaN(Number(similarity)) || similarity === ''
            ? undefined
            : Math.trunc(Number(similarity))
        return { kind: 'phrase', field, text: unescape(token.text.slice(1, -1)), slop, boost }
      }
      case 'regexp':
        return { kind: 'regexp', field, regexp: token.text.slice(1, -1).replaceAll('\\/', '/'), boost: this.boost() }
      case 'range_open':
        return this.range(field, token)
      default:
        this.at -= 1
        throw this.unexpected(['a term', 'a phrase', '"("', '"["', '"{"', 'a regular expression'])
    }
  }

  /** `~2^3` or `^3~2`. */
  private suffixes(): { similarity: string | undefined; boost: number | undefined } {
    let similarity: string | undefined
    let boost = this.boost()
    if (this.peek().kind === 'tilde') {
      similarity = this.next().text.slice(1)
      boost ??= this.boost()
    }
    return { similarity, boost }
  }

  private boost(): number | undefined {
    if (this.peek().kind !== 'caret') return undefined
    const { text, start } = this.next()
    const factor = Number(text.slice(1))
    if (text.length === 1 || Number.isNaN(factor)) throw new LuceneSyntaxError(this.text, start, text, ['a number behind ^'])
    return factor
  }

  /** Ranges have words of their own: the lexer stops in front of them. */
  private range(field: string | undefined, open: Token): LuceneQuery {
    const includeFrom = open.text === '['
    let at = open.end
    const skip = (): void => {
      while (at < this.text.length && SPACE.includes(this.text[at] ?? '')) at += 1
    }
    const bound = (): string => {
      skip()
      const rest = this.text.slice(at)
      const match = /^"(?:[^"\\]|\\[\s\S])*"|^[^\s\]}]+/.exec(rest)
      if (!match) throw new LuceneSyntaxError(this.text, at, this.text[at] ?? '', ['a bound of the range'])
      at += match[0].length
      return match[0].startsWith('"') ? `"${unescape(match[0].slice(1, -1))}` : unescape(match[0])
    }
    const from = bound()
    skip()
    // The word between may be left out.
    const to = bound()
    const last = to === 'TO' ? bound() : to
    skip()
    const close = this.text[at]
    if (close !== ']' && close !== '}') throw new LuceneSyntaxError(this.text, at, close ?? '', ['"]"', '"}"'])
    this.restartLexer(at + 1)
    const value = (written: string): string | undefined => (written === '*' ? undefined : written.replace(/^"/, ''))
    return {
      kind: 'range',
      field,
      from: value(from),
      to: value(last),
      includeFrom,
      includeTo: close === ']',
      boost: this.boost(),
    }
  }

  private peek(ahead = 0): Token {
    while (this.tokens.length <= this.at + ahead) {
      const last = this.tokens[this.tokens.length - 1]
      if (last?.kind === 'end' || last?.kind === 'range_open') return { ...last, kind: last.kind }
      this.tokens.push(this.lex(last?.end ?? 0))
    }
    return this.tokens[this.at + ahead] ?? this.lex(this.text.length)
  }

  private next(): Token {
    const token = this.peek()
    this.at += 1
    return token
  }

  /** Goes on reading at an offset; nothing was read beyond a range's bracket. */
  private restartLexer(offset: number): void {
    this.tokens.length = this.at
    this.tokens.push(this.lex(offset))
  }

  private lex(from: number): Token {
    const { text } = this
    let start = from
    while (start < text.length && SPACE.includes(text[start] ?? '')) start += 1
    const char = text[start]
    if (char === undefined) return { kind: 'end', text: '', start, end: start }
    const make = (kind: Token['kind'], end: number): Token => ({ kind, text: text.slice(start, end), start, end })
    switch (char) {
      case '(':
        return make('open', start + 1)
      case ')':
        return make('close', start + 1)
      case ':':
        return make('colon', start + 1)
      case '[':
      case '{':
        return make('range_open', start + 1)
      case '+':
      case '-':
      case '!':
        // In front of a space the operator is a word by itself.
        if (SPACE.includes(text[start + 1] ?? 'x')) return make('bare', start + 1)
        return make(char === '+' ? 'plus' : char === '-' ? 'minus' : 'not', start + 1)
      case '"': {
        const end = endOfQuoted(text, start, '"')
        if (end < 0) throw new LuceneSyntaxError(text, start, text.slice(start), ['a closing quote'])
        return make('quoted', end)
      }
      case '/': {
        const end = endOfQuoted(text, start, '/')
        if (end < 0) throw new LuceneSyntaxError(text, start, text.slice(start), ['a closing /'])
        return make('regexp', end)
      }
      case '~': {
        let end = start + 1
        while (end < text.length && isWordChar(text, end)) end += 1
        return make('tilde', end)
      }
      case '^': {
        const end = /^[+-]?[\d.]*/.exec(text.slice(start + 1))?.[0].length ?? 0
        return make('caret', start + 1 + end)
      }
      case ']':
      case '}':
        throw new LuceneSyntaxError(text, start, char, ['a term'])
      default:
        return this.lexWord(start)
    }
  }

  private lexWord(start: number): Token {
    const { text } = this
    let end = start
    let wild = false
    while (end < text.length) {
      const char = text[end] ?? ''
      if (char === '*' || char === '?') {
        wild = true
        end += 1
      } else if (char === '\\') {
        if (end + 1 >= text.length) throw new LuceneSyntaxError(text, end, char, ['a character behind the backslash'])
        end += 2
      } else if (isWordChar(text, end)) end += 1
      else break
    }
    const word = text.slice(start, end)
    const kind = wild
      ? 'wildcard'
      : word === 'AND' || word === '&&'
        ? 'and'
        : word === 'OR' || word === '||'
          ? 'or'
          : word === 'NOT'
            ? 'not'
            : 'word'
    return { kind, text: word, start, end }
  }

  private unexpected(expected: readonly string[]): LuceneSyntaxError {
    const { text, start } = this.peek()
    return new LuceneSyntaxError(this.text, start, text, expected)
  }
}

/** Within a word plus and minus are characters like others. */
function isWordChar(text: string, at: number): boolean {
  const char = text[at] ?? ' '
  return char === '-' || char === '+' || (!SPACE.includes(char) && !SPECIAL.includes(char))
}

/** End of a text in quotes, behind the closing one; -1 where it is missing. */
function endOfQuoted(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote) return at + 1
  }
  return -1
}

/** Takes backslashes away; `\u0041` is a character by its code. */
function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? char : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
