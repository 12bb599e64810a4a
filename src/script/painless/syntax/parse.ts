import type {
  Argument,
  BinaryOperator,
  Block,
  Declaration,
  Expression,
  FunctionNode,
  Parameter,
  Script,
  Statement,
  Trap,
} from './ast.ts'
import { CompileError } from './compile-error.ts'
import { tokenize, type Token } from './tokens.ts'

/** Blocks and expressions within each other: deeper ones would end our own stack. */
const MAX_NESTING = 200
/** Operations one after the other, `a + b + c` or `a.b.c`: what is compiled of them nests as deep. */
const MAX_CHAIN = 1000

/** Binary operators by how tightly they bind; all are left-associative. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '===': 6,
  '!==': 6,
  instanceof: 7,
  '<': 8,
  '<=': 8,
  '>': 8,
  '>=': 8,
  '<<': 9,
  '>>': 9,
  '>>>': 9,
  '=~': 10,
  '==~': 10,
  '+': 11,
  '-': 11,
  '*': 12,
  '/': 12,
  '%': 12,
}

const ASSIGNMENTS: Readonly<Record<string, BinaryOperator | undefined>> = {
  '=': undefined,
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '&=': '&',
  '^=': '^',
  '|=': '|',
  '<<=': '<<',
  '>>=': '>>',
  '>>>=': '>>>',
}

/** Reads a script. Precedence climbing over the grammar of Painless 7.10. @throws CompileError */
export function parseScript(text: string): Script {
  return new Parser(tokenize(text)).script()
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #nesting = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  script(): Script {
    const functions: FunctionNode[] = []
    while (this.#startsFunction()) functions.push(this.#function())
    const statements: Statement[] = []
    while (this.#peek().kind !== 'end') statements.push(this.#statement(false))
    return { functions, statements }
  }

  // --- tokens ---

  #peek(ahead = 0): Token {
    const last = this.#tokens.length - 1
    return this.#tokens[Math.min(this.#at + ahead, last)] as Token
  }

  #next(): Token {
    const token = this.#peek()
    this.#at += 1
    return token
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead)
    return (token.kind === 'operator' || token.kind === 'keyword') && token.text === text
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at += 1
    return true
  }

  #expect(...texts: readonly string[]): Token {
    const [first = ''] = texts
    if (this.#is(first)) return this.#next()
    throw this.#mismatch(texts.map((text) => `'${text}'`))
  }

  #name(): Token {
    const token = this.#peek()
    if (token.kind !== 'name') throw this.#mismatch(['ID'])
    return this.#next()
  }

  #mismatch(expected: readonly string[]): CompileError {
    const token = this.#peek()
    const found = token.kind === 'end' ? 'end of script' : `token ['${token.text}']`
    const list = expected.length === 1 ? (expected[0] ?? '') : `{${expected.join(', ')}}`
    return new CompileError(
      `unexpected ${found}${token.kind === 'end' ? '.' : ` was expecting one of [${list}].`}`,
      token.offset,
      'illegal_argument_exception',
      token.kind === 'end' ? 'no_viable_alt_exception' : expected[0] === '<EOF>' ? undefined : 'input_mismatch_exception',
    )
  }

  #unexpected(token = this.#peek()): CompileError {
    return new CompileError(
      token.kind === 'end' ? 'unexpected end of script.' : `invalid sequence of tokens near ['${token.text}'].`,
      token.offset,
      'illegal_argument_exception',
      'no_viable_alt_exception',
    )
  }

  #nested<Node>(read: () => Node): Node {
    this.#nesting += 1
    if (this.#nesting > MAX_NESTING) {
      throw new CompileError(`the script nests deeper than [${MAX_NESTING}] levels`, this.#peek().offset)
    }
    const node = read()
    this.#nesting -= 1
    return node
  }

  // --- types ---

  /** How many tokens from `from` on make a type; 0 for none. */
  #typeLength(from: number): number {
    const token = this.#peek(from)
    let length = 0
    if (token.kind === 'primitive') length = 1
    else if (token.kind === 'name') {
      length = 1
      while (this.#is('.', from + length) && this.#peek(from + length + 1).kind === 'member') length += 2
    } else return 0
    while (this.#is('[', from + length) && this.#is(']', from + length + 1)) length += 2
    return length
  }

  #type(): string {
    const length = this.#typeLength(0)
    if (length === 0) throw this.#unexpected()
    return this.#takeType(length)
  }

  #takeType(length: number): string {
    let text = ''
    for (let i = 0; i < length; i++) text += this.#next().text
    return text
  }

  // --- functions ---

  #startsFunction(): boolean {
    const type = this.#typeLength(0)
    return type > 0 && this.#peek(type).kind === 'name' && this.#is('(', type + 1)
  }

  #function(): FunctionNode {
    const { offset } = this.#peek()
    const returns = this.#type()
    const name = this.#name().text
    this.#expect('(')
    const parameters: Parameter[] = []
    if (!this.#is(')')) {
      do {
        const start = this.#peek().offset
        const type = this.#type()
        parameters.push({ offset: start, type, name: this.#name().text })
      } while (this.#take(','))
    }
    this.#expect(')')
    return { offset, returns, name, parameters, body: this.#block() }
  }

  // --- statements ---

  #block(): Block {
    const { offset } = this.#expect('{')
    return this.#nested(() => {
      const statements: Statement[] = []
      while (!this.#is('}')) {
        if (this.#peek().kind === 'end') throw this.#unexpected()
        statements.push(this.#statement(true))
      }
      this.#expect('}')
      return { kind: 'block', offset, statements }
    })
  }

  /** A block, or one statement as a block. */
  #trailer(): Block {
    if (this.#is('{')) return this.#block()
    const { offset } = this.#peek()
    return { kind: 'block', offset, statements: [this.#nested(() => this.#statement(false))] }
  }

  /** `last`: it may be the last of a block and end with that. */
  #statement(last: boolean): Statement {
    const { offset, kind, text } = this.#peek()
    if (kind === 'keyword') {
      switch (text) {
        case 'if':
          return this.#if(offset)
        case 'while':
          return this.#while(offset)
        case 'for':
          return this.#for(offset)
        case 'try':
          return this.#try(offset)
        case 'do':
          return this.#endStatement(this.#do(offset), last)
        case 'continue':
        case 'break':
          this.#next()
          return this.#endStatement({ kind: text, offset }, last)
        case 'return': {
          this.#next()
          const bare = this.#is(';') || this.#is('}') || this.#peek().kind === 'end'
          return this.#endStatement({ kind: 'return', offset, value: bare ? undefined : this.#expression() }, last)
        }
        case 'throw':
          this.#next()
          return this.#endStatement({ kind: 'throw', offset, value: this.#expression() }, last)
        default:
          break
      }
    }
    if (this.#startsDeclaration()) return this.#endStatement(this.#declaration(), last)
    return this.#endStatement({ kind: 'expression', offset, expression: this.#expression() }, last)
  }

  /** A statement without a block ends with a semicolon, the script, or its block. */
  #endStatement(statement: Statement, last: boolean): Statement {
    if (this.#take(';') || (last && this.#is('}')) || this.#peek().kind === 'end') return statement
    throw this.#mismatch(['<EOF>', "';'"])
  }

  #if(offset: number): Statement {
    this.#next()
    const condition = this.#inParentheses()
    const whenTrue = this.#is(';') ? this.#emptyBranch() : this.#trailer()
    const otherwise = this.#take('else') ? this.#trailer() : undefined
    return { kind: 'if', offset, condition, whenTrue, otherwise }
  }

  #emptyBranch(): never {
    throw this.#unexpected()
  }

  #inParentheses(): Expression {
    this.#expect('(')
    const expression = this.#expression()
    this.#expect(')')
    return expression
  }

  #while(offset: number): Statement {
    this.#next()
    const condition = this.#inParentheses()
    return { kind: 'while', offset, condition, body: this.#take(';') ? undefined : this.#trailer() }
  }

  #do(offset: number): Statement {
    this.#next()
    const body = this.#block()
    if (!this.#take('while')) throw this.#mismatch(["'while'"])
    return { kind: 'do', offset, body, condition: this.#inParentheses() }
  }

  #for(offset: number): Statement {
    this.#next()
    this.#expect('(')
    const type = this.#typeLength(0)
    if (this.#peek().kind === 'name' && this.#is('in', 1)) {
      const name = this.#name().text
      this.#next()
      return this.#each(offset, 'def', name)
    }
    if (type > 0 && this.#peek(type).kind === 'name' && this.#is(':', type + 1)) {
      const written = this.#takeType(type)
      const name = this.#name().text
      this.#next()
      return this.#each(offset, written, name)
    }
    const initializer = this.#is(';') ? undefined : this.#initializer()
    this.#expect(';')
    const condition = this.#is(';') ? undefined : this.#expression()
    this.#expect(';')
    const afterthought = this.#is(')') ? undefined : this.#expression()
    this.#expect(')')
    const body = this.#take(';') ? undefined : this.#trailer()
    return { kind: 'for', offset, initializer, condition, afterthought, body }
  }

  #each(offset: number, type: string, name: string): Statement {
    const iterated = this.#expression()
    this.#expect(')')
    return { kind: 'each', offset, type, name, iterated, body: this.#trailer() }
  }

  #initializer(): Statement {
    if (this.#startsDeclaration()) return this.#declaration()
    const { offset } = this.#peek()
    return { kind: 'expression', offset, expression: this.#expression() }
  }

  #startsDeclaration(): boolean {
    const type = this.#typeLength(0)
    return type > 0 && this.#peek(type).kind === 'name'
  }

  #declaration(): Statement {
    const { offset } = this.#peek()
    const type = this.#type()
    const declarations: Declaration[] = []
    do {
      const name = this.#name()
      const value = this.#take('=') ? this.#expression() : undefined
      declarations.push({ offset: name.offset, type, name: name.text, value })
    } while (this.#take(','))
    return { kind: 'declare', offset, declarations }
  }

  #try(offset: number): Statement {
    this.#next()
    const body = this.#block()
    const traps: Trap[] = []
    while (this.#is('catch')) {
      const start = this.#next().offset
      this.#expect('(')
      const type = this.#type()
      const name = this.#name().text
      this.#expect(')')
      traps.push({ offset: start, type, name, body: this.#block() })
    }
    if (traps.length === 0) throw this.#mismatch(["'catch'"])
    return { kind: 'try', offset, body, traps }
  }

  // --- expressions ---

  #expression(): Expression {
    return this.#nested(() => {
      const { offset } = this.#peek()
      const left = this.#elvis()
      if (this.#take('?')) {
        const whenTrue = this.#expression()
        this.#expect(':')
        return { kind: 'conditional', offset, condition: left, whenTrue, otherwise: this.#expression() }
      }
      const token = this.#peek()
      if (token.kind === 'operator' && Object.hasOwn(ASSIGNMENTS, token.text)) {
        this.#next()
        return { kind: 'assign', offset, operator: ASSIGNMENTS[token.text], target: left, value: this.#expression() }
      }
      return left
    })
  }

  /** `a ?: b ?: c` groups to the right. */
  #elvis(): Expression {
    const { offset } = this.#peek()
    const left = this.#binary(1)
    if (!this.#take('?:')) return left
    return { kind: 'elvis', offset, left, right: this.#nested(() => this.#elvis()) }
  }

  #binary(minimum: number): Expression {
    const { offset } = this.#peek()
    let left = this.#unary()
    for (let links = 0; ; links++) {
      const token = this.#peek()
      if (links > MAX_CHAIN) throw tooManyLinks(token)
      const precedence = token.kind === 'operator' || token.text === 'instanceof' ? PRECEDENCE[token.text] : undefined
      if (precedence === undefined || precedence < minimum) return left
      this.#next()
      if (token.text === 'instanceof') {
        left = { kind: 'instanceof', offset, value: left, type: this.#type() }
        continue
      }
      const right = this.#nested(() => this.#binary(precedence + 1))
      left = { kind: 'binary', offset, operator: token.text as BinaryOperator, left, right }
    }
  }

  #unary(): Expression {
    const { offset, kind, text } = this.#peek()
    if (kind === 'operator') {
      switch (text) {
        case '++':
        case '--':
          this.#next()
          return { kind: 'step', offset, target: this.#chain(), by: text === '++' ? 1 : -1, postfix: false }
        case '-':
          if (this.#isBareNumber(1)) {
            this.#next()
            return this.#number(true, offset)
          }
          this.#next()
          return { kind: 'unary', offset, operator: text, operand: this.#nested(() => this.#unary()) }
        case '+':
        case '!':
        case '~':
          this.#next()
          return { kind: 'unary', offset, operator: text, operand: this.#nested(() => this.#unary()) }
        case '(': {
          const type = this.#castLength()
          if (type === 0) break
          this.#next()
          const written = this.#takeType(type)
          this.#expect(')')
          return { kind: 'cast', offset, type: written, value: this.#nested(() => this.#unary()) }
        }
        default:
          break
      }
    }
    const chain = this.#chain()
    const after = this.#peek()
    if (after.kind === 'operator' && (after.text === '++' || after.text === '--')) {
      this.#next()
      return { kind: 'step', offset, target: chain, by: after.text === '++' ? 1 : -1, postfix: true }
    }
    return chain
  }

  #isBareNumber(ahead: number): boolean {
    const { kind } = this.#peek(ahead)
    const number = kind === 'integer' || kind === 'decimal' || kind === 'hex' || kind === 'octal'
    return number && !this.#is('.', ahead + 1) && !this.#is('[', ahead + 1)
  }

  /** Length of the type in parentheses that come next, if they are a cast. */
  #castLength(): number {
    const type = this.#typeLength(1)
    if (type === 0 || !this.#is(')', type + 1)) return 0
    if (this.#peek(1).kind === 'primitive') return type
    const after = this.#peek(type + 2)
    switch (after.kind) {
      case 'name':
      case 'integer':
      case 'decimal':
      case 'hex':
      case 'octal':
      case 'string':
      case 'regex':
      case 'primitive':
        return type
      case 'keyword':
        return ['new', 'true', 'false', 'null', 'this'].includes(after.text) ? type : 0
      case 'operator':
        return ['(', '!', '~'].includes(after.text) || (after.text === '[' && this.#is(']', type)) ? type : 0
      default:
        return 0
    }
  }

  #chain(): Expression {
    let object = this.#primary()
    for (let links = 0; ; links++) {
      const { offset } = this.#peek()
      if (links > MAX_CHAIN) throw tooManyLinks(this.#peek())
      const nullSafe = this.#is('?.')
      if (nullSafe || this.#is('.')) {
        this.#next()
        const member = this.#next()
        if (member.kind !== 'member' && member.kind !== 'index') throw this.#unexpected(member)
        if (member.kind === 'member' && this.#is('(')) {
          object = { kind: 'call', offset, object, name: member.text, arguments: this.#arguments(), nullSafe }
        } else object = { kind: 'member', offset, object, name: member.text, nullSafe }
      } else if (this.#is('[')) {
        this.#next()
        const index = this.#expression()
        this.#expect(']')
        object = { kind: 'element', offset, object, index }
      } else return object
    }
  }

  #primary(): Expression {
    const token = this.#peek()
    const { offset } = token
    switch (token.kind) {
      case 'integer':
      case 'decimal':
      case 'hex':
      case 'octal':
        return this.#number(false, offset)
      case 'string':
        this.#next()
        return { kind: 'string', offset, value: token.text }
      case 'regex': {
        this.#next()
        const end = token.text.lastIndexOf('/')
        return { kind: 'regex', offset, pattern: token.text.slice(1, end), flags: token.text.slice(end + 1) }
      }
      case 'name': {
        this.#next()
        if (this.#is('(')) return { kind: 'local call', offset, name: token.text, arguments: this.#arguments() }
        return { kind: 'name', offset, name: token.text }
      }
      case 'keyword':
        return this.#keyword(token)
      case 'operator':
        if (token.text === '(') return this.#inParentheses()
        if (token.text === '[') return this.#listOrMap()
        throw this.#unexpected()
      default:
        throw this.#unexpected()
    }
  }

  #keyword({ offset, text }: Token): Expression {
    switch (text) {
      case 'true':
      case 'false':
        this.#next()
        return { kind: 'boolean', offset, value: text === 'true' }
      case 'null':
        this.#next()
        return { kind: 'null', offset }
      case 'new':
        this.#next()
        return this.#new(offset)
      default:
        throw this.#unexpected()
    }
  }

  #number(negative: boolean, offset: number): Expression {
    const { kind, text } = this.#next()
    if (kind === 'hex') return { kind: 'number', offset, text: text.slice(2), radix: 16, negative }
    if (kind === 'octal') return { kind: 'number', offset, text: text.slice(1), radix: 8, negative }
    if (kind === 'decimal' || /[fFdD]$/.test(text)) return { kind: 'decimal', offset, text, negative }
    return { kind: 'number', offset, text, radix: 10, negative }
  }

  #listOrMap(): Expression {
    const { offset } = this.#next()
    if (this.#take(']')) return { kind: 'list', offset, items: [] }
    if (this.#is(':') && this.#is(']', 1)) {
      this.#next()
      this.#next()
      return { kind: 'map', offset, entries: [] }
    }
    const first = this.#expression()
    if (this.#take(':')) {
      const entries: [Expression, Expression][] = [[first, this.#expression()]]
      while (this.#take(',')) {
        const key = this.#expression()
        this.#expect(':')
        entries.push([key, this.#expression()])
      }
      this.#expect(']', ',')
      return { kind: 'map', offset, entries }
    }
    const items = [first]
    while (this.#take(',')) items.push(this.#expression())
    this.#expect(']', ',')
    return { kind: 'list', offset, items }
  }

  #new(offset: number): Expression {
    const type = this.#type()
    if (type.endsWith('[]') && this.#is('{')) {
      this.#next()
      const items: Expression[] = []
      if (!this.#is('}')) {
        do items.push(this.#expression())
        while (this.#take(','))
      }
      this.#expect('}')
      return { kind: 'array', offset, type: type.slice(0, -2), items }
    }
    if (this.#is('[')) {
      const lengths: Expression[] = []
      while (this.#take('[')) {
        lengths.push(this.#expression())
        this.#expect(']')
      }
      return { kind: 'new array', offset, type, lengths }
    }
    if (!this.#is('(')) throw this.#unexpected()
    return { kind: 'new', offset, type, arguments: this.#arguments() }
  }

  // --- arguments: lambdas and references to functions stand only here ---

  #arguments(): readonly Argument[] {
    this.#expect('(')
    const list: Argument[] = []
    if (!this.#is(')')) {
      do list.push(this.#argument())
      while (this.#take(','))
    }
    this.#expect(')', ',')
    return list
  }

  #argument(): Argument {
    const { offset, text, kind } = this.#peek()
    const lambda = this.#lambdaParameters()
    if (lambda) {
      this.#expect('->')
      return { kind: 'lambda', offset, parameters: lambda, body: this.#is('{') ? this.#block() : this.#expression() }
    }
    const type = this.#typeLength(0)
    if (type > 0 && this.#is('::', type)) return this.#reference(offset, this.#takeType(type))
    if (kind === 'keyword' && text === 'this' && this.#is('::', 1)) {
      this.#next()
      return this.#reference(offset, 'this')
    }
    return this.#expression()
  }

  #reference(offset: number, of: string): Argument {
    this.#expect('::')
    const token = this.#next()
    if (token.kind !== 'name' && token.text !== 'new') throw this.#unexpected(token)
    return { kind: 'reference', offset, of, name: token.text }
  }

  /** The parameters of a lambda, when one comes next: `x ->`, `(x, y) ->`, `(String s, int i) ->`. */
  #lambdaParameters(): Parameter[] | undefined {
    if (!this.#is('(')) {
      const type = this.#typeLength(0)
      if (this.#peek().kind === 'name' && this.#is('->', 1)) {
        const { offset, text } = this.#next()
        return [{ offset, type: undefined, name: text }]
      }
      if (type > 0 && this.#peek(type).kind === 'name' && this.#is('->', type + 1)) return [this.#lambdaParameter()]
      return undefined
    }
    const close = this.#closingParenthesis()
    if (close === undefined || !this.#is('->', close + 1)) return undefined
    this.#next()
    const parameters: Parameter[] = []
    if (!this.#is(')')) {
      do parameters.push(this.#lambdaParameter())
      while (this.#take(','))
    }
    this.#expect(')', ',')
    return parameters
  }

  #lambdaParameter(): Parameter {
    const { offset } = this.#peek()
    const type = this.#typeLength(0)
    const typed = type > 0 && this.#peek(type).kind === 'name'
    const written = typed ? this.#takeType(type) : undefined
    return { offset, type: written, name: this.#name().text }
  }

  /** Where the parenthesis that comes next is closed, if what is inside could be parameters. */
  #closingParenthesis(): number | undefined {
    for (let ahead = 1; ; ahead++) {
      const token = this.#peek(ahead)
      if (token.kind === 'operator') {
        if (token.text === ')') return ahead
        if (![',', '.', '[', ']'].includes(token.text)) return undefined
      } else if (token.kind !== 'name' && token.kind !== 'primitive' && token.kind !== 'member') return undefined
    }
  }
}

function tooManyLinks({ offset }: Token): CompileError {
  return new CompileError(`the script has more than [${MAX_CHAIN}] operations one after the other`, offset)
}
