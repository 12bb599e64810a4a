import { Float } from '../../core/float.ts'
import type { ComparisonOperator, Condition, Operand } from '../../script/condition.ts'
import {
  PipelineConfigError,
  type Arm,
  type BranchStatement,
  type Entry,
  type LeniencyWarning,
  type Option,
  type PipelineDefinition,
  type PluginStatement,
  type Position,
  type Section,
  type Statement,
  type Value,
} from './ast.ts'
import { unescapeText } from './escapes.ts'
import { Scanner } from './scanner.ts'

export interface ParseOptions {
  /** Name of the file, for positions. */
  readonly file: string
  /** `config.support_escapes`: `\n`, `\t`, `\"` … in quoted strings mean what they mean elsewhere. */
  readonly supportEscapes?: boolean
  /** `compat: lenient`: near misses are accepted, and told to `warn`. */
  readonly lenient?: boolean
  readonly warn?: (warning: LeniencyWarning) => void
}

/**
 * Parses a file of Logstash's pipeline language.
 * @throws PipelineConfigError with line, column and what was expected
 */
export function parsePipeline(text: string, options: ParseOptions): PipelineDefinition {
  return new Parser(text, options).file()
}

/** Parses what stands between `if` and `{`. @throws PipelineConfigError */
export function parseCondition(text: string, options: ParseOptions): Condition {
  return new Parser(text, options).wholeCondition()
}

const NAME = /[A-Za-z0-9_-]+/y
const NUMBER = /-?[0-9]+(?:\.[0-9]*)?/y
const BAREWORD = /[A-Za-z_][A-Za-z0-9_]*/y
const FIELD = /(?:\[[^\][,]+\])+/y
/** What may be meant for text, up to white space or what the language uses itself. */
const UNQUOTED = /(?:[$%]\{[^}\s]*\}|[^\s,[\]{}"'#=>])+/y
const MAX_DEPTH = 200
/** As other languages write `else if`. */
const ELSE_IFS = ['elseif', 'elsif', 'elif'] as const
const SECTIONS: readonly Section[] = ['input', 'filter', 'output']
const COMPARISONS: readonly ComparisonOperator[] = ['==', '!=', '<=', '>=', '<', '>']
const LOGIC = ['and', 'or', 'xor', 'nand'] as const

class Parser {
  readonly #scan: Scanner
  readonly #options: ParseOptions
  #depth = 0

  constructor(text: string, options: ParseOptions) {
    this.#scan = new Scanner(options.file, text)
    this.#options = options
  }

  file(): PipelineDefinition {
    const scan = this.#scan
    const sections: Record<Section, Statement[]> = { input: [], filter: [], output: [] }
    for (scan.skipSpace(); !scan.atEnd; scan.skipSpace()) {
      const start = scan.offset
      const name = scan.match(NAME)
      const section = SECTIONS.find((known) => known === name)
      if (section !== undefined) {
        scan.skipSpace()
        scan.expect('{', `to begin the ${section} section`)
        sections[section].push(...this.#section(section))
      } else if (this.#options.lenient === true && scan.take('}')) {
        scan.skipSpace()
        if (!scan.atEnd) scan.fail('input, filter or output', start)
        this.#warn('W-BRACE', 'a } too many at the end was skipped', start)
      } else if (name !== undefined && this.#options.lenient === true) {
        scan.back(start)
        this.#warn('W-FRAGMENT', `[${name}] stands outside of a section: read as part of filter { … }`, start)
        sections.filter.push(this.#statement())
      } else scan.fail('input, filter or output', start)
    }
    return { inputs: sections.input, filters: sections.filter, outputs: sections.output }
  }

  wholeCondition(): Condition {
    this.#scan.skipSpace()
    const condition = this.#condition()
    this.#scan.skipSpace()
    if (!this.#scan.atEnd) this.#scan.fail('and, or, xor, nand or the end of the condition')
    return condition
  }

  /** Statements up to and with the closing brace, and those of a section of the same kind within. */
  #section(section: Section): Statement[] {
    const scan = this.#scan
    return this.#body(`the ${section} section`, () => {
      const start = scan.offset
      if (this.#options.lenient !== true || !scan.takeWord(section)) return undefined
      scan.skipSpace()
      scan.expect('{', `to begin the ${section} section`)
      this.#warn(
        'W-NESTED-SECTION',
        `${section} within ${section}: its statements are read as if they stood in the outer one`,
        start,
      )
      return this.#section(section)
    })
  }

  /**
   * Statements up to and with the closing brace.
   * @param others statements of another form that stand here
   */
  #body(owner: string, others?: () => readonly Statement[] | undefined): Statement[] {
    const scan = this.#scan
    this.#enter()
    const statements: Statement[] = []
    for (;;) {
      scan.skipSpace()
      if (scan.take('}')) break
      if (scan.atEnd) scan.fail(`} to end ${owner}`)
      const inner = others?.()
      if (inner !== undefined) statements.push(...inner)
      else statements.push(this.#statement())
    }
    this.#depth -= 1
    return statements
  }

  #statement(): Statement {
    const start = this.#scan.offset
    if (this.#scan.peekWord('if')) {
      // A plug-in could be called `if`; then a brace follows at once.
      this.#scan.takeWord('if')
      this.#scan.skipSpace()
      if (!this.#scan.peek('{')) return this.#branch(start)
      this.#scan.back(start)
    }
    if (this.#scan.peekWord('else')) this.#scan.fail('if before else')
    return this.#plugin('if or the name of a plug-in')
  }

  #branch(start: number): BranchStatement {
    const scan = this.#scan
    const arms: Arm[] = [this.#arm(start)]
    for (;;) {
      const before = scan.offset
      scan.skipSpace()
      const elseAt = scan.offset
      const joined = this.#options.lenient === true ? ELSE_IFS.find((word) => scan.takeWord(word)) : undefined
      if (joined !== undefined) {
        this.#warn('W-ELSE-IF', `${joined} is read as else if`, elseAt)
        scan.skipSpace()
        arms.push(this.#arm(elseAt))
        continue
      }
      if (!scan.takeWord('else')) {
        scan.back(before)
        return { kind: 'branch', arms, otherwise: undefined, position: scan.position(start) }
      }
      scan.skipSpace()
      if (scan.takeWord('if')) {
        scan.skipSpace()
        arms.push(this.#arm(elseAt))
        continue
      }
      scan.expect('{', 'or if after else')
      return { kind: 'branch', arms, otherwise: this.#body('else'), position: scan.position(start) }
    }
  }

  #arm(start: number): Arm {
    const scan = this.#scan
    const condition = this.#condition()
    scan.skipSpace()
    if (!scan.take('{')) scan.fail('and, or, xor, nand or { after the condition')
    return { condition, body: this.#body('the body of if'), position: scan.position(start) }
  }

  #plugin(expected: string): PluginStatement {
    const scan = this.#scan
    const position = scan.position()
    const name = this.#name() ?? scan.fail(expected)
    scan.skipSpace()
    scan.expect('{', `after the plug-in [${name}]`)
    this.#enter()
    const options: Option[] = []
    for (;;) {
      const spaced = scan.skipSpace()
      if (scan.take('}')) break
      if (scan.atEnd) scan.fail(`} to end [${name}]`)
      if (scan.peek(',')) {
        this.#lenientComma(`an option of [${name}] or }`)
        continue
      }
      if (options.length > 0 && !spaced && this.#options.lenient !== true) scan.fail('white space between two options')
      options.push(this.#option(name))
    }
    this.#depth -= 1
    return { kind: 'plugin', name, options, position }
  }

  #option(plugin: string): Option {
    const scan = this.#scan
    const position = scan.position()
    const name = this.#name() ?? scan.fail(`the name of an option of [${plugin}] or }`)
    scan.skipSpace()
    this.#arrow(`after the option [${name}]`)
    scan.skipSpace()
    return { name, value: this.#value(`a value for [${name}]`), position }
  }

  #arrow(context: string): void {
    const scan = this.#scan
    const start = scan.offset
    if (scan.take('=>')) return
    if (this.#options.lenient !== true || !(scan.take('=') || scan.take(':'))) scan.fail(`=> ${context}`)
    this.#warn('W-ARROW', `= and : ${context} are read as =>`, start)
  }

  #name(): string | undefined {
    return this.#quotedText()?.text ?? this.#scan.match(NAME)
  }

  #value(expected: string): Value {
    const scan = this.#scan
    const start = scan.offset
    const position = scan.position()
    const quoted = this.#quotedText()
    if (quoted !== undefined) return { kind: 'string', ...quoted, position }
    if (scan.peek('[')) return this.#array(position)
    if (scan.peek('{')) return this.#hash(position)
    const unquoted = this.#unquoted()
    if (unquoted !== undefined) return { kind: 'string', text: unquoted, quote: 'none', position }
    const number = this.#number()
    if (number !== undefined) {
      if (scan.match(/[A-Za-z0-9_.]/y) !== undefined) {
        throw new PipelineConfigError(`expected ${expected}, found text that begins with a number: put it in quotes`, position)
      }
      return { kind: 'number', ...number, position }
    }
    const word = scan.match(BAREWORD)
    if (word === undefined) return scan.fail(expected)
    const afterWord = scan.offset
    scan.match(/[A-Za-z0-9_-]*/y)
    scan.skipSpace()
    if (scan.peek('{')) {
      scan.back(start)
      return { kind: 'plugin', plugin: this.#plugin(expected), position }
    }
    scan.back(afterWord)
    return { kind: 'string', text: word, quote: 'none', position }
  }

  /** Text that needs quotes and has none: a path, an address, a variable. */
  #unquoted(): string | undefined {
    const scan = this.#scan
    const start = scan.offset
    if (this.#options.lenient !== true) return undefined
    const text = scan.match(UNQUOTED)
    if (text !== undefined && !/^(?:-?[0-9]+(?:\.[0-9]*)?|[A-Za-z_][A-Za-z0-9_]*)$/.test(text)) {
      scan.skipSpace()
      // Names of plug-ins may hold what texts without quotes do not.
      if (!scan.peek('{')) {
        this.#warn('W-QUOTES', `${text} needs quotes, and is read as if it had them`, start)
        scan.back(start)
        scan.match(UNQUOTED)
        return text
      }
    }
    scan.back(start)
    return undefined
  }

  #quotedText(): { readonly text: string; readonly quote: '"' | "'" } | undefined {
    const quote = this.#scan.peek('"') ? '"' : this.#scan.peek("'") ? "'" : undefined
    if (quote === undefined) return undefined
    const raw = this.#scan.quoted(quote, 'string')
    return { text: this.#options.supportEscapes === true ? unescapeText(raw) : raw, quote }
  }

  #number(): { readonly value: number | Float; readonly text: string } | undefined {
    const text = this.#scan.match(NUMBER)
    if (text === undefined) return undefined
    const value = Number(text)
    return { value: text.includes('.') && Number.isInteger(value) ? new Float(value) : value, text }
  }

  #array(position: Position): Value {
    const scan = this.#scan
    scan.take('[')
    this.#enter()
    const items: Value[] = []
    for (scan.skipSpace(); !scan.take(']'); scan.skipSpace()) {
      if (items.length > 0) {
        if (!scan.take(',')) scan.fail(', or ] in an array')
        scan.skipSpace()
        if (scan.peek(']')) {
          this.#lenientComma('a value after the comma', false)
          continue
        }
      }
      items.push(this.#value('a value or ] in an array'))
    }
    this.#depth -= 1
    return { kind: 'array', items, position }
  }

  #hash(position: Position): Value {
    const scan = this.#scan
    scan.take('{')
    this.#enter()
    const entries: Entry[] = []
    for (scan.skipSpace(); !scan.take('}'); scan.skipSpace()) {
      if (scan.peek(',')) {
        this.#lenientComma('a key or } in a hash')
        continue
      }
      const entryPosition = scan.position()
      const key = this.#quotedText()?.text ?? this.#number()?.text ?? scan.match(NAME) ?? scan.fail('a key or } in a hash')
      scan.skipSpace()
      this.#arrow(`after the key [${key}]`)
      scan.skipSpace()
      const value = this.#value(`a value for [${key}]`)
      if (entries.some((entry) => entry.key === key)) {
        throw new PipelineConfigError(`the key [${key}] stands twice in one hash`, entryPosition)
      }
      entries.push({ key, value, position: entryPosition })
    }
    this.#depth -= 1
    return { kind: 'hash', entries, position }
  }

  /** `and` and `nand` bind closer than `or` and `xor`; equal ones go from left to right. */
  #condition(): Condition {
    return this.#logic(['or', 'xor'], () => this.#logic(['and', 'nand'], () => this.#expression()))
  }

  #logic(operators: readonly (typeof LOGIC)[number][], part: () => Condition): Condition {
    const scan = this.#scan
    let left = part()
    for (;;) {
      const before = scan.offset
      scan.skipSpace()
      const operator = operators.find((word) => scan.takeWord(word))
      if (operator === undefined) {
        scan.back(before)
        return left
      }
      scan.skipSpace()
      left = { kind: operator, left, right: part() }
    }
  }

  #expression(): Condition {
    const scan = this.#scan
    const start = scan.offset
    if (scan.take('!')) {
      scan.skipSpace()
      if (scan.peek('(')) return { kind: 'not', condition: this.#parenthesised() }
      const field = scan.match(FIELD)
      if (field === undefined) return scan.fail('a field or ( after !')
      return { kind: 'not', condition: { kind: 'truthy', operand: { kind: 'field', reference: field } } }
    }
    if (scan.peekWord('not')) {
      if (this.#options.lenient !== true) scan.fail('a field, a value, ! or (')
      scan.takeWord('not')
      this.#warn('W-NOT', 'not before an expression is read as !', start)
      scan.skipSpace()
      return { kind: 'not', condition: this.#expression() }
    }
    if (scan.peek('(')) return this.#parenthesised()
    return this.#comparison()
  }

  #parenthesised(): Condition {
    const scan = this.#scan
    scan.take('(')
    this.#enter()
    scan.skipSpace()
    const inner = this.#condition()
    scan.skipSpace()
    scan.expect(')', 'to close the condition')
    this.#depth -= 1
    return inner
  }

  #comparison(): Condition {
    const scan = this.#scan
    const start = scan.offset
    const left = this.#operand('a field, a value, ! or (')
    const before = scan.offset
    scan.skipSpace()
    if (scan.takeWord('in')) {
      scan.skipSpace()
      return { kind: 'in', left, right: this.#operand('a field, a list or a string after in') }
    }
    if (scan.takeWord('not')) {
      scan.skipSpace()
      if (!scan.takeWord('in')) scan.fail('in after not')
      scan.skipSpace()
      return { kind: 'not', condition: { kind: 'in', left, right: this.#operand('a field, a list or a string after not in') } }
    }
    for (const operator of ['=~', '!~'] as const) {
      if (!scan.take(operator)) continue
      scan.skipSpace()
      const pattern = scan.peek('/') ? this.#flaggedRegex() : this.#quotedText()?.text
      if (pattern === undefined) return scan.fail(`a /pattern/ or a string after ${operator}`)
      const match: Condition = { kind: 'match', left, pattern }
      return operator === '=~' ? match : { kind: 'not', condition: match }
    }
    const operator = COMPARISONS.find((symbol) => scan.take(symbol))
    if (operator !== undefined) {
      scan.skipSpace()
      return { kind: 'compare', operator, left, right: this.#operand(`a field or a value after ${operator}`) }
    }
    if (scan.peek('=')) scan.fail('== to compare (one = is no operator)')
    scan.back(before)
    if (left.kind !== 'field') scan.fail('a comparison, in or =~ after a constant', start)
    return { kind: 'truthy', operand: left }
  }

  /** Letters behind an expression, as other languages have them; Logstash's has none. */
  #flaggedRegex(): string {
    const pattern = this.#regex()
    const start = this.#scan.offset
    const flags = this.#options.lenient === true ? this.#scan.match(/[imx]+(?![A-Za-z0-9_-])/y) : undefined
    if (flags === undefined) return pattern
    this.#warn('W-REGEX-FLAGS', `/…/${flags} is read as /(?${flags})…/`, start)
    return `(?${flags})${pattern}`
  }

  #regex(): string {
    return this.#scan.quoted('/', 'pattern')
  }

  #operand(expected: string): Operand {
    const scan = this.#scan
    const start = scan.offset
    const quoted = this.#quotedText()
    if (quoted !== undefined) return { kind: 'value', value: quoted.text }
    const number = this.#number()
    if (number !== undefined) return { kind: 'value', value: number.value }
    const field = scan.match(FIELD)
    if (field !== undefined) {
      const single = /^\[\s*(?:"([^"]*)"|'([^']*)')\s*\]$/.exec(field)
      if (single === null || this.#options.lenient !== true) return { kind: 'field', reference: field }
      this.#warn('W-ONE-ELEMENT-LIST', `${field} is read as a list of one string; Logstash reads a field of that name`, start)
      return { kind: 'list', values: [{ kind: 'value', value: single[1] ?? single[2] ?? '' }] }
    }
    if (scan.peek('[')) return this.#operandList()
    if (scan.peek('/')) return { kind: 'regex', pattern: this.#regex() }
    const word = scan.match(BAREWORD)
    if (word === undefined) return scan.fail(expected, start)
    if (scan.peek('(')) throw new PipelineConfigError(`[${word}(…)]: the language has no functions`, scan.position(start))
    if (this.#options.lenient === true && (word === 'true' || word === 'false')) {
      this.#warn('W-BAREWORD', `${word} without quotes is read as "${word}", which equals the boolean`, start)
      return { kind: 'value', value: word }
    }
    return scan.fail(expected, start)
  }

  #operandList(): Operand {
    const scan = this.#scan
    scan.take('[')
    this.#enter()
    const values: Operand[] = []
    for (scan.skipSpace(); !scan.take(']'); scan.skipSpace()) {
      if (values.length > 0) {
        if (!scan.take(',')) scan.fail(', or ] in a list')
        scan.skipSpace()
        if (scan.peek(']')) {
          this.#lenientComma('a value after the comma', false)
          continue
        }
      }
      values.push(this.#operand('a value or ] in a list'))
    }
    this.#depth -= 1
    return { kind: 'list', values }
  }

  /** A comma that Logstash does not have there: between hash entries or options, or before a closing bracket. */
  #lenientComma(expected: string, take = true): void {
    const start = this.#scan.offset
    if (this.#options.lenient !== true) this.#scan.fail(expected)
    if (take) this.#scan.take(',')
    this.#warn('W-COMMA', 'a comma that does not belong here was skipped', start)
  }

  #enter(): void {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) {
      throw new PipelineConfigError(`nested deeper than ${MAX_DEPTH} levels`, this.#scan.position())
    }
  }

  #warn(name: string, message: string, offset: number): void {
    this.#options.warn?.({ name, message, position: this.#scan.position(offset) })
  }
}
