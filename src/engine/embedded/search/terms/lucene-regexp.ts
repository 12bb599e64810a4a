import { ElkhornError, illegalArgument } from '../../../../core/errors.ts'
import { re2Char, re2Literal } from './re2.ts'

/**
 * Lucene's regular expressions (org.apache.lucene.util.automaton.RegExp, all optional operators on) as tests that the
 * engine can run. RE2 knows no complement and no intersection: at the top of a pattern they become NOT and AND; inside of
 * one they are refused.
 */
export type RegexpTest =
  | { readonly kind: 'matches'; readonly re2: string }
  | { readonly kind: 'not'; readonly test: RegexpTest }
  | { readonly kind: 'and' | 'or'; readonly tests: readonly RegexpTest[] }

/** What stands for `\d` and its kin within a class; the negated ones leave out control characters below space that separate terms. */
const SHORTHANDS: Readonly<Record<string, string>> = {
  d: '0-9',
  D: '\\x{0}\\x{3}-\\x{2f}\\x{3a}-\\x{10ffff}',
  s: '\\x{9}\\x{a}\\x{d}\\x{20}',
  S: '\\x{0}\\x{3}-\\x{8}\\x{b}\\x{c}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}',
  w: '0-9A-Za-z_',
  W: '\\x{0}\\x{3}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}',
}

/** RE2's own limit of a counted repeat. */
const MAX_REPEAT = 1000
const MAX_DEPTH = 200

export interface RegexpOptions {
  /** ASCII letters only, as in Lucene. */
  readonly ignoreCase: boolean
  /** Characters, as RE2 spells them within a class, that nothing but themselves matches: separators of terms. */
  readonly separators?: string
}

/** @throws ElkhornError `illegal_argument_exception` naming the pattern and the place. */
export function parseLuceneRegexp(pattern: string, options: RegexpOptions): RegexpTest {
  return new Parser(pattern, options).parse()
}

class Parser {
  private readonly characters: readonly string[]
  private readonly pattern: string
  private readonly ignoreCase: boolean
  private readonly separators: string
  private at = 0
  private depth = 0

  constructor(pattern: string, { ignoreCase, separators = '' }: RegexpOptions) {
    this.pattern = pattern
    this.characters = Array.from(pattern)
    this.ignoreCase = ignoreCase
    this.separators = separators
  }

  parse(): RegexpTest {
    if (this.characters.length === 0) return matches('')
    const test = this.union()
    if (this.at < this.characters.length) this.fail('end-of-string expected')
    return test
  }

  private union(): RegexpTest {
    if (++this.depth > MAX_DEPTH) this.fail('nested too deeply')
    const tests = [this.intersection()]
    while (this.take('|')) tests.push(this.intersection())
    this.depth--
    const [first] = tests
    if (first !== undefined && tests.length === 1) return first
    const plain = tests.flatMap((test) => (test.kind === 'matches' ? [test.re2] : []))
    return plain.length === tests.length ? matches(`(?:${plain.join('|')})`) : { kind: 'or', tests }
  }

  private intersection(): RegexpTest {
    const tests = [this.concatenation()]
    while (this.take('&')) tests.push(this.concatenation())
    const [first] = tests
    return first !== undefined && tests.length === 1 ? first : { kind: 'and', tests }
  }

  private concatenation(): RegexpTest {
    const tests: RegexpTest[] = []
    while (this.more() && !this.peek(')|&')) tests.push(this.repetition())
    const [first] = tests
    if (first === undefined) {
      if (!this.more() || this.peek(')')) this.fail('expected an expression')
      this.fail('an operator has no expression before it')
    }
    if (tests.length === 1) return first
    return matches(tests.map((test) => this.plain(test)).join(''))
  }

  private repetition(): RegexpTest {
    let test = this.complement()
    while (this.more() && this.peek('?*+{')) {
      const inner = `(?:${this.plain(test)})`
      if (this.take('?')) test = matches(`${inner}?`)
      else if (this.take('*')) test = matches(`${inner}*`)
      else if (this.take('+')) test = matches(`${inner}+`)
      else test = matches(inner + this.counts())
    }
    return test
  }

  /** `{n}`, `{n,}`, `{n,m}` */
  private counts(): string {
    this.expect('{')
    const least = this.integer()
    let most: number | undefined = least
    if (this.take(',')) most = this.peek('}') ? undefined : this.integer()
    this.expect('}')
    if (least > MAX_REPEAT || (most ?? 0) > MAX_REPEAT) this.fail(`repeats of more than ${MAX_REPEAT} are not supported`)
    if (most !== undefined && most < least) this.fail(`a repeat ends below its start`)
    return most === undefined ? `{${least},}` : `{${least},${most}}`
  }

  private complement(): RegexpTest {
    return this.take('~') ? { kind: 'not', test: this.complement() } : this.characterClass()
  }

  private characterClass(): RegexpTest {
    if (!this.take('[')) return this.simple()
    const negated = this.take('^')
    let members = ''
    do members += this.classMember()
    while (this.more() && !this.peek(']'))
    this.expect(']')
    return matches(negated ? `[^${members}${this.separators}]` : `[${members}]`)
  }

  private classMember(): string {
    const shorthand = this.shorthand()
    if (shorthand !== undefined) return shorthand
    const from = this.character()
    if (!this.peek('-') || this.characters[this.at + 1] === ']') return this.member(from)
    this.expect('-')
    const to = this.character()
    if ((from.codePointAt(0) ?? 0) > (to.codePointAt(0) ?? 0)) this.fail(`the range ${from}-${to} is empty`)
    return `${re2Char(from)}-${re2Char(to)}`
  }

  private member(character: string): string {
    if (!this.ignoreCase || !/[a-z]/i.test(character)) return re2Char(character)
    return character.toLowerCase() + character.toUpperCase()
  }

  /** `\d` and its kin: ASCII, as Lucene has them. */
  private shorthand(): string | undefined {
    const next = this.characters[this.at + 1]
    if (!this.peek('\\') || next === undefined || !/[dDsSwW]/.test(next)) return undefined
    this.at += 2
    return SHORTHANDS[next] ?? ''
  }

  private simple(): RegexpTest {
    if (this.take('.')) return matches(this.any())
    if (this.take('#')) return matches('[^\\x{0}-\\x{10ffff}]')
    if (this.take('@')) return matches(`${this.any()}*`)
    if (this.take('"')) return matches(re2Literal(this.until('"'), this.ignoreCase))
    if (this.take('(')) {
      if (this.take(')')) return matches('')
      const test = this.union()
      this.expect(')')
      return test.kind === 'matches' ? matches(`(?:${test.re2})`) : test
    }
    if (this.take('<')) return matches(this.interval(this.until('>')))
    const shorthand = this.shorthand()
    return matches(shorthand === undefined ? re2Char(this.character(), this.ignoreCase) : `[${shorthand}]`)
  }

  private any(): string {
    return this.separators === '' ? '.' : `[^${this.separators}]`
  }

  /** `<1-100>`; leading zeros count where both ends have the same number of digits. */
  private interval(text: string): string {
    const bounds = /^(\d+)-(\d+)$/.exec(text)
    if (!bounds) this.fail(`<${text}> is no interval of numbers`)
    const [, first = '', second = ''] = bounds
    const [low, high] = Number(first) <= Number(second) ? [first, second] : [second, first]
    const width = first.length === second.length ? first.length : 0
    return `(?:${numberRange(Number(low), Number(high), width).join('|')})`
  }

  private character(): string {
    this.take('\\')
    const character = this.characters[this.at]
    if (character === undefined) this.fail('unexpected end-of-string')
    this.at++
    return character
  }

  private integer(): number {
    const start = this.at
    while (/\d/.test(this.characters[this.at] ?? '')) this.at++
    if (this.at === start) this.fail('integer expected')
    return Number(this.characters.slice(start, this.at).join(''))
  }

  private until(end: string): string {
    const start = this.at
    while (this.more() && !this.peek(end)) this.at++
    const text = this.characters.slice(start, this.at).join('')
    this.expect(end)
    return text
  }

  private plain(test: RegexpTest): string {
    if (test.kind !== 'matches')
      this.fail('complement (~) and intersection (&) work only around whole patterns, not inside of one')
    return test.re2
  }

  private more(): boolean {
    return this.at < this.characters.length
  }

  private peek(anyOf: string): boolean {
    const character = this.characters[this.at]
    return character !== undefined && anyOf.includes(character)
  }

  private take(character: string): boolean {
    if (this.characters[this.at] !== character) return false
    this.at++
    return true
  }

  private expect(character: string): void {
    if (!this.take(character)) this.fail(`expected '${character}'`)
  }

  private fail(problem: string): never {
    const position = this.characters.slice(0, this.at).join('').length
    throw illegalArgument(`failed to parse regexp [${this.pattern}]: ${problem} at position ${position}`)
  }
}

function matches(re2: string): RegexpTest {
  return { kind: 'matches', re2 }
}

/** Patterns that together match the whole numbers from `low` to `high`, padded with zeros to `width`, or with any number of them. */
export function numberRange(low: number, high: number, width: number): string[] {
  if (!Number.isSafeInteger(high)) {
    throw new ElkhornError('illegal_argument_exception', 400, `the interval <${low}-${high}> of a regexp is too large`)
  }
  const patterns: string[] = []
  for (let start = low; start <= high;) {
    const size = largestBlock(start, high, start > 0 || width > 0)
    const steps = Math.min(9 - (Math.floor(start / size) % 10), Math.floor((high - start + 1) / size) - 1)
    const free = Math.round(Math.log10(size))
    const digits = String(Math.floor(start / size))
    const head = digits.slice(0, -1)
    const last = Number(digits.slice(-1))
    const lastPattern = steps === 0 ? String(last) : `[${last}-${last + steps}]`
    const tail = free === 0 ? '' : `[0-9]{${free}}`
    const padding = width === 0 ? '0*' : '0'.repeat(Math.max(0, width - digits.length - free))
    patterns.push(padding + head + lastPattern + tail)
    start += size * (steps + 1)
  }
  return patterns
}

/** A power of ten: so many numbers from `start` on share their leading digits and do not pass `high`. */
function largestBlock(start: number, high: number, mayGrow: boolean): number {
  if (!mayGrow) return 1
  let size = 1
  while (start % (size * 10) === 0 && start + size * 10 - 1 <= high) size *= 10
  return size
}
