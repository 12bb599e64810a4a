/** One token of an analyzed text. Filters make new ones; none is changed in place. */
export interface Token {
  readonly term: string
  /** Place in the order of tokens, from 0. Two at one place are alternatives; a hole is a token that was removed. */
  readonly position: number
  /** How many places it spans: more than 1 for a synonym that stands for several tokens. */
  readonly positionLength: number
  /** UTF-16 offsets into the original text, the end excluded. */
  readonly start: number
  readonly end: number
  /** Lucene's token types: `<ALPHANUM>`, `<NUM>`, `word`, `SYNONYM`, … */
  readonly type: string
  /** Stemmers leave it as it is (`keyword_marker`). */
  readonly keyword?: boolean
}

/** Splits text, which has passed the character filters, into tokens. Offsets are those of the text it is given. */
export type Tokenizer = (text: string) => Token[]

export type TokenFilter = (tokens: readonly Token[]) => readonly Token[]

/** Text whose characters were changed, and where each of them came from. */
export interface FilteredText {
  readonly text: string
  /** Offset in the original text of an offset in the changed text. */
  original(offset: number): number
}

export type CharFilter = (text: string) => FilteredText

/**
 * Turns text into tokens, the same for documents and for queries: a chain of character filters, one tokenizer and token
 * filters.
 */
export interface Analyzer {
  readonly name: string
  analyze(text: string): readonly Token[]
  /**
   * The quick way of the standard analyzer: true when `text` is plain ASCII and `spans` was filled. Then the terms are
   * the lower-cased pieces of the text, at positions 0, 1, 2, …; false says to `analyze`.
   */
  readonly asciiSpans: ((text: string, spans: TokenSpans) => boolean) | undefined
  /** Changes the characters of one term as the analyzer would, without splitting it: for prefixes and wildcards. */
  normalize(term: string): string
  /** The parts, for `_analyze` with `explain`. */
  readonly parts: AnalyzerParts
}

export interface AnalyzerParts {
  readonly charFilters: readonly Named<CharFilter>[]
  readonly tokenizer: Named<Tokenizer>
  readonly filters: readonly Named<TokenFilter>[]
}

export interface Named<Part> {
  readonly name: string
  readonly part: Part
  /** Changes characters only, one token in and one out: what `normalize` runs. */
  readonly normalizes?: boolean
}

/** Where tokens are in a text, without an object for each; used again for every text. */
export class TokenSpans {
  count = 0
  starts = new Int32Array(64)
  ends = new Int32Array(64)

  clear(): void {
    this.count = 0
  }

  add(start: number, end: number): void {
    const at = this.count
    if (at === this.starts.length) this.grow()
    this.starts[at] = start
    this.ends[at] = end
    this.count = at + 1
  }

  private grow(): void {
    const { starts, ends } = this
    this.starts = new Int32Array(starts.length * 2)
    this.ends = new Int32Array(ends.length * 2)
    this.starts.set(starts)
    this.ends.set(ends)
  }
}
