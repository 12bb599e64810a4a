import { compileJavaRegexp, type JavaRegexp } from '../../regexp/java-regexp.ts'
import { boundedSearch, TimeLimit, TimeLimitError } from '../../regexp/time-limit.ts'
import type { RubyMatch, RubyRegexp } from '../../regexp/ruby-regexp.ts'
import { step } from '../budget.ts'
import { illegalArgument, illegalState, indexOutOfBounds, JavaError, nullPointer } from '../java-error.ts'
import { textOf } from './text.ts'
import { identityText, JavaObject, type Value } from './value.ts'

/** One search may take this long before it is stopped. */
const LIMIT_MILLIS = 250

let sharedLimit: TimeLimit | undefined

const FLAG_BITS: readonly (readonly [string, number])[] = [
  ['i', 2],
  ['x', 4],
  ['m', 8],
  ['l', 16],
  ['s', 32],
  ['u', 64],
  ['c', 128],
  ['U', 256],
]

/** `java.util.regex.Pattern`. */
export class Pattern extends JavaObject {
  readonly source: string
  readonly flags: string
  readonly #compiled: JavaRegexp

  private constructor(source: string, flags: string, compiled: JavaRegexp) {
    super()
    this.source = source
    this.flags = flags
    this.#compiled = compiled
  }

  /** @throws Error for what is no regular expression */
  static compile(source: string, flags = ''): Pattern {
    return new Pattern(source, flags, compileJavaRegexp(source, flags))
  }

  /** `text =~ pattern` and `text ==~ pattern`. @throws JavaError */
  static test(pattern: Value, text: Value, find: boolean): boolean {
    if (!(pattern instanceof Pattern))
      throw nullPointer('Cannot invoke "java.util.regex.Pattern.matcher(CharSequence)" because the pattern is null')
    if (text === null) throw nullPointer('Cannot invoke "java.lang.CharSequence.length()" because "this.text" is null')
    return (find ? pattern.search(textOf(text), 0) : pattern.searchWhole(textOf(text))) !== undefined
  }

  get className(): string {
    return 'java.util.regex.Pattern'
  }
  get flagBits(): number {
    return FLAG_BITS.reduce((sum, [letter, bit]) => (this.flags.includes(letter) ? sum | bit : sum), 0)
  }
  get groupCount(): number {
    return this.#compiled.groupCount
  }
  get names(): ReadonlyMap<string, number> {
    return this.#compiled.names
  }
  toText(): string {
    return this.source
  }

  search(text: string, from: number): RubyMatch | undefined {
    return this.#run(this.#compiled.regexp, text, from)
  }

  searchWhole(text: string): RubyMatch | undefined {
    return this.#run(this.#compiled.whole, text, 0)
  }

  /** @throws JavaError `circuit_breaking_exception` when the search takes too long */
  #run(regexp: RubyRegexp, text: string, from: number): RubyMatch | undefined {
    step()
    sharedLimit ??= new TimeLimit()
    try {
      return boundedSearch(regexp, sharedLimit, LIMIT_MILLIS)(text, from)
    } catch (error) {
      if (!(error instanceof TimeLimitError)) throw error
      throw new JavaError(
        'org.opensearch.common.breaker.CircuitBreakingException',
        `[scripting] Regular expression took too long, pattern: [${this.source}], limit: [${LIMIT_MILLIS}ms], length of the text: [${text.length}]`,
      )
    }
  }
}

/** `java.util.regex.Matcher`. */
export class Matcher extends JavaObject {
  readonly pattern: Pattern
  readonly text: string
  #match: RubyMatch | undefined
  #next = 0
  #appended = 0

  constructor(pattern: Pattern, text: string) {
    super()
    this.pattern = pattern
    this.text = text
  }
  get className(): string {
    return 'java.util.regex.Matcher'
  }
  toText(): string {
    return identityText(this, this.className)
  }

  find(): boolean {
    if (this.#next > this.text.length) return this.#found(undefined)
    return this.#found(this.pattern.search(this.text, this.#next))
  }
  findFrom(at: number): boolean {
    if (at < 0 || at > this.text.length) throw indexOutOfBounds(at, this.text.length)
    this.#next = at
    return this.find()
  }
  matches(): boolean {
    return this.#found(this.pattern.searchWhole(this.text))
  }
  lookingAt(): boolean {
    const match = this.pattern.search(this.text, 0)
    return this.#found(match?.index === 0 ? match : undefined)
  }
  reset(): this {
    this.#match = undefined
    this.#next = 0
    this.#appended = 0
    return this
  }
  #found(match: RubyMatch | undefined): boolean {
    this.#match = match
    // An empty match is not found twice at one place.
    if (match !== undefined) this.#next = match.end > match.index ? match.end : match.end + 1
    return match !== undefined
  }
  /** @throws JavaError before a match, and for a group that there is not */
  group(index: number): string | null {
    return this.#current().groups[this.#groupIndex(index)] ?? null
  }
  named(name: string): string | null {
    const index = this.pattern.names.get(name)
    if (index === undefined) throw illegalArgument(`No group with name <${name}>`)
    return this.group(index)
  }
  /** UTF-16 units; -1 for a group that took no part. Groups but the whole are found by their text. */
  start(index: number): number {
    const match = this.#current()
    if (index === 0) return match.index
    const text = match.groups[this.#groupIndex(index)]
    return text === undefined ? -1 : this.text.indexOf(text, match.index)
  }
  end(index: number): number {
    const match = this.#current()
    if (index === 0) return match.end
    const start = this.start(index)
    return start < 0 ? -1 : start + (match.groups[index] ?? '').length
  }
  #current(): RubyMatch {
    if (this.#match === undefined) throw illegalState('No match found')
    return this.#match
  }
  #groupIndex(index: number): number {
    if (index < 0 || index > this.pattern.groupCount) {
      throw new JavaError('java.lang.IndexOutOfBoundsException', `No group ${index}`)
    }
    return index
  }
  /** Every match, or the first, replaced by what `print` makes of it. */
  replace(all: boolean, print: (matcher: Matcher) => string): string {
    this.reset()
    let result = ''
    while (this.find()) {
      const { index, end } = this.#current()
      result += this.text.slice(this.#appended, index) + print(this)
      this.#appended = end
      if (!all) break
    }
    result += this.text.slice(this.#appended)
    this.reset()
    return result
  }
}

/** Java's replacement text: `$1`, `${name}`, a backslash takes the next character literally. @throws JavaError */
export function expandReplacement(replacement: string, matcher: Matcher): string {
  return replacement.replaceAll(
    /\\([\s\S])|\$(?:\{(\w+)\}|(\d+))|([\\$])/g,
    (_, literal: string | undefined, name: string | undefined, digits: string | undefined, lone: string | undefined) => {
      if (literal !== undefined) return literal
      if (name !== undefined) return matcher.named(name) ?? ''
      if (lone !== undefined) {
        throw illegalArgument(lone === '\\' ? 'character to be escaped is missing' : 'Illegal group reference')
      }
      // As many digits as name a group that there is.
      let used = digits ?? ''
      while (used.length > 1 && Number(used) > matcher.pattern.groupCount) used = used.slice(0, -1)
      return (matcher.group(Number(used)) ?? '') + (digits ?? '').slice(used.length)
    },
  )
}

/** `Pattern.quote`. */
export function quotePattern(text: string): string {
  return `\\Q${text.replaceAll('\\E', '\\E\\\\E\\Q')}\\E`
}
