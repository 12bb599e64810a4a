import { PipelineConfigError, type Position } from './ast.ts'

/**
 * Reads a pipeline file from left to right. The language has no tokens apart from their place (`/` opens a pattern only
 * after `=~`, `[` a field or a list), so the parser asks for what it expects.
 */
export class Scanner {
  readonly #file: string
  readonly #text: string
  #at = 0
  readonly #lineStarts: readonly number[]

  constructor(file: string, text: string) {
    this.#file = file
    this.#text = text
    const starts = [0]
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
    this.#lineStarts = starts
    if (text.startsWith('\ufeff')) this.#at = 1
  }

  get offset(): number {
    return this.#at
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  position(offset = this.#at): Position {
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { file: this.#file, line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 }
  }

  /** Skips white space and `#` comments. Answers whether there were any. */
  skipSpace(): boolean {
    const start = this.#at
    for (;;) {
      const char = this.#text[this.#at]
      if (char === ' ' || char === '\t' || char === '\r' || char === '\n') this.#at += 1
      else if (char === '#') {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = end < 0 ? this.#text.length : end + 1
      } else return this.#at > start
    }
  }

  peek(text: string): boolean {
    return this.#text.startsWith(text, this.#at)
  }

  /** Takes `text` if it stands here. */
  take(text: string): boolean {
    if (!this.peek(text)) return false
    this.#at += text.length
    return true
  }

  /** Takes a whole word: `in` but not the start of `input`. */
  takeWord(word: string): boolean {
    if (!this.peekWord(word)) return false
    this.#at += word.length
    return true
  }

  peekWord(word: string): boolean {
    return this.peek(word) && !/[A-Za-z0-9_-]/.test(this.#text[this.#at + word.length] ?? '')
  }

  /** Takes what a sticky expression matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  /**
   * Takes text up to the closing `quote`. A backslash right before the quote keeps it inside, and nothing else escapes:
   * `"C:\\"` does not end here, in Logstash neither.
   */
  quoted(quote: string, what: string): string {
    const start = this.#at
    this.#at += 1
    for (let i = this.#at; i < this.#text.length; i++) {
      const char = this.#text[i]
      if (char === '\\' && this.#text[i + 1] === quote) i += 1
      else if (char === quote) {
        const content = this.#text.slice(this.#at, i)
        this.#at = i + 1
        return content
      }
    }
    throw new PipelineConfigError(`the ${what} that begins here has no closing ${quote}`, this.position(start))
  }

  back(offset: number): void {
    this.#at = offset
  }

  expect(text: string, context: string): void {
    if (!this.take(text)) this.fail(`${text} ${context}`)
  }

  /** @throws PipelineConfigError always: says what was expected and what stands here instead. */
  fail(expected: string, offset = this.#at): never {
    throw new PipelineConfigError(`expected ${expected}, found ${this.#found(offset)}`, this.position(offset))
  }

  #found(offset: number): string {
    if (offset >= this.#text.length) return 'the end of the file'
    const word = /^(?:[A-Za-z0-9_-]+|=>|[=!]~|==|!=|[<>]=?|[^])/u.exec(this.#text.slice(offset, offset + 40))?.[0] ?? ''
    return word === '\n' || word === '\r' ? 'the end of the line' : `[${word}]`
  }
}
