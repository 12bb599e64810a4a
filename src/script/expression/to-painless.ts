import { CompileError } from '../painless/syntax/compile-error.ts'
import { FUNCTIONS } from './functions.ts'
import { tokenize, type Token } from './tokens.ts'

/** Painless that means the same as an expression: as a number, and as a condition, where 0 is false. */
interface Painless {
  readonly number: string
  readonly condition: string
}

/** Expressions within expressions: deeper ones are refused. */
const MAX_DEPTH = 100

/** Binary operators, those that bind loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>', '>>>'],
  ['+', '-'],
  ['*', '/', '%'],
]

/** What scripts are given by name, beside their parameters. */
const VARIABLES = new Set(['_score', '_value'])

/** Members of a date that `doc['field'].date` has, and the methods of before, with what they are in Painless. */
const DATE_PARTS: Readonly<Record<string, string>> = {
  'date.year': 'getYear()',
  'date.monthOfYear': 'getMonthValue()',
  'date.dayOfMonth': 'getDayOfMonth()',
  'date.dayOfWeek': 'getDayOfWeekEnum().getValue()',
  'date.dayOfYear': 'getDayOfYear()',
  'date.hourOfDay': 'getHour()',
  'date.minuteOfHour': 'getMinute()',
  'date.secondOfMinute': 'getSecond()',
  'getYear()': 'getYear()',
  'getMonth()': 'getMonthValue() - 1',
  'getDayOfMonth()': 'getDayOfMonth()',
  'getHourOfDay()': 'getHour()',
  'getMinutes()': 'getMinute()',
  'getSeconds()': 'getSecond()',
}

/**
 * Translates a script in Lucene's expressions: arithmetic of doubles in JavaScript's notation, with fields (`doc['a'].value`, 0
 * where there is none), parameters by their names, and functions.
 * https://www.elastic.co/guide/en/elasticsearch/reference/7.17/modules-scripting-expression.html
 * @throws CompileError
 */
export function expressionToPainless(source: string, returnsBoolean: boolean): string {
  const { number, condition } = new Translation(source).whole()
  return returnsBoolean ? condition : number
}

class Translation {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(source: string) {
    this.#tokens = tokenize(source)
  }

  whole(): Painless {
    const made = this.#choice()
    if (this.#token.kind !== 'end') throw unexpected(this.#token)
    return made
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token
  }

  #accept(text: string): boolean {
    const isNext = this.#token.kind === 'operator' && this.#token.text === text
    if (isNext) this.#at += 1
    return isNext
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw unexpected(this.#token)
  }

  #choice(): Painless {
    if (++this.#depth > MAX_DEPTH) throw new CompileError('expression is nested too deeply', this.#token.offset)
    const asked = this.#binary(0)
    let made = asked
    if (this.#accept('?')) {
      const yes = this.#choice()
      this.#expect(':')
      made = number(`(${asked.condition} ? ${yes.number} : ${this.#choice().number})`)
    }
    this.#depth -= 1
    return made
  }

  #binary(level: number): Painless {
    const operators = LEVELS[level]
    if (!operators) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const operator = operators.find((one) => this.#accept(one))
      if (operator === undefined) return left
      left = joined(operator, left, this.#binary(level + 1))
    }
  }

  #unary(): Painless {
    const { offset } = this.#token
    const operator = ['-', '+', '!', '~'].find((one) => this.#accept(one))
    if (operator === undefined) return this.#primary()
    if (++this.#depth > MAX_DEPTH) throw new CompileError('expression is nested too deeply', offset)
    const operand = this.#unary()
    this.#depth -= 1
    switch (operator) {
      case '-':
        return number(`(-${operand.number})`)
      case '!':
        return condition(`!(${operand.condition})`)
      case '~':
        return number(`(double) (~((long) ${operand.number}))`)
      default:
        return operand
    }
  }

  #primary(): Painless {
    const token = this.#token
    if (token.kind === 'number') {
      this.#at += 1
      return number(Number.isInteger(token.value) ? `${token.value}.0` : String(token.value))
    }
    if (this.#accept('(')) {
      const inner = this.#choice()
      this.#expect(')')
      return inner
    }
    if (token.kind !== 'name') throw unexpected(token)
    this.#at += 1
    if (token.text === 'doc') return this.#field(token)
    if (this.#accept('(')) return this.#call(token)
    if (VARIABLES.has(token.text)) return number(`((double) ${token.text})`)
    return number(`((double) params['${token.text}'])`)
  }

  #call({ text, offset }: Token): Painless {
    const values: string[] = []
    if (!this.#accept(')')) {
      do values.push(this.#choice().number)
      while (this.#accept(','))
      this.#expect(')')
    }
    const made = FUNCTIONS[text]
    if (!made || made.length !== values.length)
      throw new CompileError(`Unrecognized function call (${text}) with arity (${values.length})`, offset)
    return number(`(${made(...values)})`)
  }

  #field(doc: Token): Painless {
    this.#expect('[')
    const name = this.#token
    if (name.kind !== 'text') throw unexpected(name)
    this.#at += 1
    this.#expect(']')
    const place = `doc['${name.text.replaceAll(/['\\]/g, (one) => `\\${one}`)}']`
    const members: string[] = []
    while (this.#accept('.')) {
      const member = this.#token
      if (member.kind !== 'name') throw unexpected(member)
      this.#at += 1
      if (this.#accept('(')) {
        this.#expect(')')
        members.push(`${member.text}()`)
      } else members.push(member.text)
    }
    const asked = members.join('.')
    const valueOr0 = (value: string): Painless => number(`(${place}.size() == 0 ? 0.0 : (double) (${value}))`)
    switch (asked) {
      case '':
      case 'value':
      case 'getValue()':
        return valueOr0(`${place}.value`)
      case 'lat':
      case 'lon':
        return valueOr0(`${place}.${asked}`)
      case 'empty':
      case 'isEmpty()':
        return condition(`(${place}.size() == 0)`)
      case 'length':
      case 'size()':
      case 'count()':
        return number(`((double) ${place}.size())`)
    }
    const part = DATE_PARTS[asked]
    if (part === undefined)
      throw new CompileError(`Member variable [${asked}] does not exist for field [${name.text}] in expressions`, doc.offset)
    return valueOr0(`${place}.value.${part}`)
  }
}

function joined(operator: string, left: Painless, right: Painless): Painless {
  switch (operator) {
    case '||':
    case '&&':
      return condition(`(${left.condition} ${operator} ${right.condition})`)
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return condition(`(${left.number} ${operator} ${right.number})`)
    case '|':
    case '^':
    case '&':
      return number(`((double) ((long) ${left.number} ${operator} (long) ${right.number}))`)
    case '<<':
    case '>>':
    case '>>>':
      return number(`((double) ((long) ${left.number} ${operator} (int) ${right.number}))`)
    default:
      return number(`(${left.number} ${operator} ${right.number})`)
  }
}

const number = (text: string): Painless => ({ number: text, condition: `(${text} != 0.0)` })
const condition = (text: string): Painless => ({ number: `(${text} ? 1.0 : 0.0)`, condition: text })

function unexpected({ kind, text, offset }: Token): CompileError {
  return new CompileError(kind === 'end' ? 'Unexpected end of expression' : `Unexpected token [${text}]`, offset)
}
