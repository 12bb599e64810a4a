import { Float } from '../../core/float.ts'
import type { Argument, Expression as Node, Script, Statement } from '../../script/painless/syntax/ast.ts'
import type { Field } from '../field.ts'
import { VECTOR_FUNCTIONS } from '../vector.ts'
import type { Comparison, DatePart, Expression, ExpressionType, FunctionName, MathName, NumberType } from './expression.ts'

/** What a script is folded against. */
export interface FoldScope {
  /** Fields that it may read. */
  find(path: string): Field | undefined
  readonly params: Readonly<Record<string, unknown>>
  /** The type of `_value`, where there is one. */
  readonly own?: ExpressionType
  /** The script gives its value to `emit`, once at most. */
  readonly emits: boolean
  /** The type that its callers want. */
  readonly returns: ExpressionType
}

/** Nodes of the result: alternatives repeat what follows them. */
const MAX_NODES = 400

class Refused extends Error {}
const refused = new Refused('the script is more than an expression')

/**
 * A script of Painless as an expression: arithmetic, comparisons, texts, parts of dates, alternatives, variables that are
 * set once. `undefined` for everything else, which runs as it is. The script has been compiled, so it makes sense.
 */
export function foldScript(script: Script, scope: FoldScope): Expression | undefined {
  if (script.functions.length > 0) return undefined
  try {
    return new Fold(scope).statements(script.statements, { variables: new Map(), emitted: undefined })
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

/** What an expression of the script stands for on the way to a value. */
type Operand =
  | { readonly kind: 'value'; readonly value: Expression }
  | { readonly kind: 'doc values'; readonly field: Field }
  | { readonly kind: 'weekday'; readonly of: Expression }
  | { readonly kind: 'instant'; readonly of: Expression }

interface Variable {
  readonly type: string
  readonly operand: Operand
}

interface State {
  /** What each variable holds at this place of the script. */
  readonly variables: ReadonlyMap<string, Variable>
  readonly emitted: Expression | undefined
}

class Fold {
  readonly #scope: FoldScope
  #nodes = 0

  constructor(scope: FoldScope) {
    this.#scope = scope
  }

  statements(list: readonly Statement[], state: State): Expression {
    if (++this.#nodes > MAX_NODES) throw refused
    const [first, ...rest] = list
    if (first === undefined) return state.emitted ?? this.#nothing()
    switch (first.kind) {
      case 'block':
        return this.statements([...first.statements, ...rest], state)
      case 'if': {
        const condition = this.#boolean(first.condition, state)
        const whenTrue = this.statements([...(first.whenTrue?.statements ?? []), ...rest], state)
        const otherwise = this.statements([...(first.otherwise?.statements ?? []), ...rest], state)
        return { kind: 'if', type: this.#scope.returns, condition, whenTrue, otherwise }
      }
      case 'declare': {
        const variables = new Map(state.variables)
        for (const { name, type, value } of first.declarations) {
          if (value === undefined) throw refused
          variables.set(name, { type, operand: declared(type, this.#operand(value, { ...state, variables })) })
        }
        return this.statements(rest, { ...state, variables })
      }
      case 'return':
        if (first.value === undefined) return state.emitted ?? this.#nothing()
        return this.#answer(first.value, state)
      case 'expression': {
        const { expression } = first
        const assigned = this.#assigned(expression, state)
        if (assigned) return this.statements(rest, assigned)
        if (this.#scope.emits) {
          const [argument] = expression.kind === 'local call' && expression.name === 'emit' ? expression.arguments : []
          if (argument === undefined || state.emitted !== undefined) throw refused
          return this.statements(rest, { ...state, emitted: this.#answer(argument, state) })
        }
        if (rest.length > 0) throw refused
        return this.#answer(expression, state)
      }
      default:
        throw refused
    }
  }

  #nothing(): Expression {
    return { kind: 'nothing', type: this.#scope.returns }
  }

  /** The value of the script, as its callers want it. */
  #answer(node: Argument, state: State): Expression {
    if (node.kind === 'null') return this.#nothing()
    return answered(this.#value(node, state), this.#scope.returns)
  }

  #value(node: Argument, state: State): Expression {
    const operand = this.#operand(node, state)
    if (operand.kind !== 'value') throw refused
    return operand.value
  }

  #boolean(node: Node, state: State): Expression {
    const value = this.#value(node, state)
    if (value.type !== 'boolean') throw refused
    return value
  }

  #operand(node: Argument, state: State): Operand {
    if (++this.#nodes > MAX_NODES) throw refused
    switch (node.kind) {
      case 'boolean':
      case 'string':
        return constant(node.kind, node.value)
      case 'number':
      case 'decimal':
        return numberConstant(node)
      case 'name':
        return this.#variable(node.name, state)
      case 'unary':
        return this.#unary(node, state)
      case 'binary':
        return this.#binary(node, state)
      case 'conditional': {
        const condition = this.#boolean(node.condition, state)
        const [whenTrue, otherwise] = [this.#value(node.whenTrue, state), this.#value(node.otherwise, state)]
        if (whenTrue.type !== otherwise.type) throw refused
        return value({ kind: 'if', type: whenTrue.type, condition, whenTrue, otherwise })
      }
      case 'cast':
        return value(cast(this.#value(node.value, state), node.type))
      case 'member':
        if (node.nullSafe) throw refused
        return this.#member(node, state)
      case 'element': {
        if (node.object.kind !== 'name') throw refused
        if (node.object.name === 'doc') return { kind: 'doc values', field: this.#field(this.#text(node.index, state)) }
        if (node.object.name === 'params') return this.#parameter(this.#text(node.index, state))
        throw refused
      }
      case 'call':
        if (node.nullSafe) throw refused
        return this.#call(node, state)
      case 'local call':
        return this.#vector(node, state) ?? this.#saturation(node, state)
      default:
        throw refused
    }
  }

  #variable(name: string, state: State): Operand {
    const local = state.variables.get(name)
    if (local) return local.operand
    if (name === '_score') return value({ kind: 'score', type: 'double' })
    if (name === '_value' && this.#scope.own) return value({ kind: 'own', type: this.#scope.own })
    throw refused
  }

  /** `x = 1`, `x += 1` as a statement: from here on the variable stands for something else. */
  #assigned(node: Node, state: State): State | undefined {
    if (node.kind !== 'assign' || node.target.kind !== 'name') return undefined
    const { name } = node.target
    const before = state.variables.get(name)
    if (!before) throw refused
    const { type } = before
    const { operator, target: left, value: right, offset } = node
    const made = this.#operand(operator === undefined ? right : { kind: 'binary', offset, operator, left, right }, state)
    // A compound assignment casts; a plain one widens only.
    const isCast = operator !== undefined && made.kind === 'value' && isNumber(made.value.type) && type !== 'def'
    const operand = isCast ? value(cast(made.value, type)) : declared(type, made)
    return { ...state, variables: new Map(state.variables).set(name, { type, operand }) }
  }

  /** A string that is known already. */
  #text(node: Node, state: State): string {
    const known = this.#value(node, state)
    if (known.kind !== 'constant' || typeof known.value !== 'string') throw refused
    return known.value
  }

  #field(path: string): Field {
    const field = this.#scope.find(path)
    if (!field) throw refused
    return field
  }

  #parameter(name: string): Operand {
    const given = Object.hasOwn(this.#scope.params, name) ? this.#scope.params[name] : undefined
    if (given instanceof Float) return constant('double', given.value)
    switch (typeof given) {
      case 'string':
      case 'boolean':
        return constant(typeof given === 'string' ? 'string' : 'boolean', given)
      case 'number':
        if ((given | 0) === given) return constant('int', given)
        return constant(Number.isSafeInteger(given) ? 'long' : 'double', given)
      default:
        throw refused
    }
  }

  #unary(node: Extract<Node, { kind: 'unary' }>, state: State): Operand {
    const of = this.#value(node.operand, state)
    if (node.operator === '!' && of.type === 'boolean') return value({ kind: 'not', type: 'boolean', of })
    if (!isNumber(of.type)) throw refused
    if (node.operator === '+') return value(of)
    if (node.operator !== '-') throw refused
    // Zero less a double would lose the sign of zero.
    if (of.type === 'double') return value(arithmetic('*', { kind: 'constant', type: 'double', value: -1 }, of))
    return value(arithmetic('-', { kind: 'constant', type: 'int', value: 0 }, of))
  }

  #binary(node: Extract<Node, { kind: 'binary' }>, state: State): Operand {
    const { operator } = node
    const [left, right] = [this.#value(node.left, state), this.#value(node.right, state)]
    switch (operator) {
      case '&&':
      case '||':
        if (left.type !== 'boolean' || right.type !== 'boolean') throw refused
        return value({ kind: operator === '&&' ? 'and' : 'or', type: 'boolean', left, right })
      case '+':
        if (left.type === 'string' || right.type === 'string') {
          return value({ kind: 'function', type: 'string', name: 'concat', of: [toText(left), toText(right)] })
        }
        return value(arithmetic(operator, left, right))
      case '-':
      case '*':
      case '/':
      case '%':
        return value(arithmetic(operator, left, right))
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return value(compare(operator, left, right))
      default:
        throw refused
    }
  }

  /** `object.name`, which is `object.getName()` for most. */
  #member(node: Extract<Node, { kind: 'member' }>, state: State): Operand {
    const { object, name } = node
    if (object.kind === 'name' && !state.variables.has(object.name)) {
      if (object.name === 'doc') return { kind: 'doc values', field: this.#field(name) }
      if (object.name === 'params') return this.#parameter(name)
      if (object.name === 'Math' && name === 'PI') return constant('double', Math.PI)
      if (object.name === 'Math' && name === 'E') return constant('double', Math.E)
      // `doc.a.b.value`: the parser sees a path of names.
    }
    return this.#get(this.#operand(object, state), `get${name.charAt(0).toUpperCase()}${name.slice(1)}`)
  }

  #call(node: Extract<Node, { kind: 'call' }>, state: State): Operand {
    const { object, name } = node
    const given = node.arguments
    if (object.kind === 'name' && !state.variables.has(object.name) && object.name === 'Math') {
      return this.#math(
        name,
        given.map((argument) => this.#value(argument, state)),
      )
    }
    const self = this.#operand(object, state)
    const [argument] = given
    if (argument === undefined) return this.#get(self, name)
    if (given.length > 1) throw refused
    if (self.kind === 'doc values' && name === 'get') {
      const at = this.#value(argument, state)
      if (at.kind === 'constant' && at.value === 0) return firstOf(self.field)
      throw refused
    }
    if (self.kind !== 'value' || self.value.type !== 'string') throw refused
    const other = this.#value(argument, state)
    if (other.type !== 'string') throw refused
    const test = TEXT_TESTS[name]
    if (test !== undefined) return value({ kind: 'function', type: 'boolean', name: test, of: [self.value, other] })
    if (name === 'equals') return value(compare('==', self.value, other))
    throw refused
  }

  /** A method without arguments, or the getter of a member. */
  #get(self: Operand, name: string): Operand {
    if (self.kind === 'doc values') {
      switch (name) {
        case 'getValue':
          return firstOf(self.field)
        case 'size':
        case 'getLength':
          return value({ kind: 'size', type: 'int', field: self.field })
        case 'isEmpty':
        case 'getEmpty':
          return value(compare('==', { kind: 'size', type: 'int', field: self.field }, ZERO))
        default:
          throw refused
      }
    }
    if (self.kind === 'weekday') {
      if (name === 'getValue') return value(self.of)
      if (name === 'ordinal') return value(arithmetic('-', self.of, { kind: 'constant', type: 'int', value: 1 }))
      throw refused
    }
    if (self.kind === 'instant') {
      if (name === 'toEpochMilli') return value(millisOf(self.of))
      if (name === 'getEpochSecond') return value(part('epoch_second', self.of, 'long'))
      throw refused
    }
    return this.#getOfValue(self.value, name)
  }

  #getOfValue(self: Expression, name: string): Operand {
    if (self.type === 'date') {
      if (name === 'getMillis') return value(millisOf(self))
      if (name === 'toEpochSecond') return value(part('epoch_second', self, 'long'))
      if (name === 'toInstant') return { kind: 'instant', of: self }
      if (name === 'getDayOfWeekEnum') return { kind: 'weekday', of: part('day_of_week', self, 'int') }
      if (name === 'getDayOfWeek') return value(part('day_of_week', self, 'int'))
      const known = DATE_PARTS[name]
      if (known !== undefined) return value(part(known, self, 'int'))
    }
    if (self.type === 'string') {
      if (name === 'length') return value({ kind: 'function', type: 'int', name: 'length', of: [self] })
      if (name === 'isEmpty') return value({ kind: 'function', type: 'boolean', name: 'is_empty', of: [self] })
      if (name === 'toString') return value(self)
    }
    if (name === 'toString' && (self.type === 'int' || self.type === 'long')) return value(toText(self))
    const number = NUMBER_METHODS[name]
    if (number !== undefined && isNumber(self.type)) return value(cast(self, number))
    throw refused
  }

  /** `cosineSimilarity(params.vector, 'field')` and its kin. */
  #vector({ name, arguments: given }: Extract<Node, { kind: 'local call' }>, state: State): Operand | undefined {
    const known = VECTOR_FUNCTIONS.find((one) => one === name)
    if (known === undefined) return undefined
    const [list, path] = given
    if (!path || path.kind === 'null' || path.kind === 'lambda') throw refused
    const field = this.#scope.find(this.#text(path as Node, state))
    const vector = this.#numbers(list)
    if (field?.type !== 'dense_vector' || !vector) throw refused
    return value({ kind: 'vector', type: 'double', name: known, field, vector })
  }

  /** A list of numbers among the parameters. */
  #numbers(node: Argument | undefined): readonly number[] | undefined {
    if (node?.kind !== 'member' || node.object.kind !== 'name' || node.object.name !== 'params') return undefined
    const list = this.#scope.params[node.name]
    if (!Array.isArray(list)) return undefined
    const numbers = list.map((one: unknown) => (one instanceof Float ? one.value : typeof one === 'bigint' ? Number(one) : one))
    return numbers.every((one) => typeof one === 'number') ? numbers : undefined
  }

  /** Of the functions of scores the one that is plain arithmetic. */
  #saturation(node: Extract<Node, { kind: 'local call' }>, state: State): Operand {
    const [given, pivot] = node.arguments
    if (node.name !== 'saturation' || !given || !pivot || node.arguments.length > 2) throw refused
    const [of, half] = [widened(this.#value(given, state), 'double'), widened(this.#value(pivot, state), 'double')]
    return value(arithmetic('/', of, arithmetic('+', half, of)))
  }

  #math(name: string, given: readonly Expression[]): Operand {
    if (!given.every(({ type }) => isNumber(type))) throw refused
    const of = given.map((one) => convert(one, 'double'))
    if (MATH[name] !== given.length) throw refused
    const type = name === 'round' ? 'long' : 'double'
    return value({ kind: 'function', type, name: name as MathName, of })
  }
}

const ZERO: Expression = { kind: 'constant', type: 'int', value: 0 }

/** Functions of `Math` by their number of arguments. */
const MATH: Readonly<Partial<Record<string, number>>> = {
  abs: 1,
  sqrt: 1,
  cbrt: 1,
  pow: 2,
  exp: 1,
  log: 1,
  log10: 1,
  floor: 1,
  ceil: 1,
  round: 1,
  sin: 1,
  cos: 1,
  tan: 1,
  min: 2,
  max: 2,
} satisfies Record<MathName, number>

const DATE_PARTS: Readonly<Partial<Record<string, DatePart>>> = {
  getYear: 'year',
  getMonthValue: 'month',
  getMonthOfYear: 'month',
  getDayOfMonth: 'day_of_month',
  getDayOfYear: 'day_of_year',
  getHour: 'hour',
  getHourOfDay: 'hour',
  getMinute: 'minute',
  getMinuteOfHour: 'minute',
  getSecond: 'second',
  getSecondOfMinute: 'second',
  getMillisOfSecond: 'millisecond',
}

const TEXT_TESTS: Readonly<Partial<Record<string, FunctionName>>> = {
  startsWith: 'starts_with',
  endsWith: 'ends_with',
  contains: 'contains',
}

const NUMBER_METHODS: Readonly<Partial<Record<string, NumberType>>> = {
  intValue: 'int',
  longValue: 'long',
  doubleValue: 'double',
}

const value = (expression: Expression): Operand => ({ kind: 'value', value: expression })

function constant(type: ExpressionType, known: string | number | boolean): Operand {
  return value({ kind: 'constant', type, value: known })
}

function numberConstant(node: Extract<Node, { kind: 'number' | 'decimal' }>): Operand {
  const sign = node.negative ? -1 : 1
  if (node.kind === 'decimal') {
    if (!/^[\d.]+(?:[eE][+-]?\d+)?[dD]?$/.test(node.text)) throw refused
    return constant('double', sign * Number.parseFloat(node.text))
  }
  const [, digits, suffix = ''] = /^(\d+)([lLdD]?)$/.exec(node.text) ?? []
  if (digits === undefined || node.radix !== 10) throw refused
  const whole = sign * Number(digits)
  if (!Number.isSafeInteger(whole)) throw refused
  return constant(suffix === '' ? 'int' : suffix.toLowerCase() === 'l' ? 'long' : 'double', whole)
}

function firstOf(field: Field): Operand {
  const type = TYPES[field.type]
  if (type === undefined) throw refused
  return value({ kind: 'first', type, field })
}

/** What the values of a field are to a script; fields of other types are left to it. */
const TYPES: Readonly<Partial<Record<Field['type'], ExpressionType>>> = {
  keyword: 'string',
  wildcard: 'string',
  long: 'long',
  integer: 'long',
  short: 'long',
  byte: 'long',
  double: 'double',
  float: 'double',
  half_float: 'double',
  scaled_float: 'double',
  boolean: 'boolean',
  date: 'date',
}

/** The type of `_value` for values of a field. */
export function ownTypeOf(field: Field): ExpressionType | undefined {
  return field.type === 'date' || field.type === 'boolean' ? undefined : TYPES[field.type]
}

function part(name: DatePart, of: Expression, type: 'int' | 'long'): Expression {
  return { kind: 'function', type, name, of: [of] }
}

function millisOf(date: Expression): Expression {
  return { kind: 'convert', type: 'long', of: date }
}

function isNumber(type: ExpressionType): type is NumberType {
  return type === 'int' || type === 'long' || type === 'double'
}

function promoted(left: ExpressionType, right: ExpressionType): NumberType {
  if (!isNumber(left) || !isNumber(right)) throw refused
  if (left === 'double' || right === 'double') return 'double'
  return left === 'long' || right === 'long' ? 'long' : 'int'
}

function arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: Expression, right: Expression): Expression {
  const type = promoted(left.type, right.type)
  return { kind: 'arithmetic', type, operator, left: convert(left, type), right: convert(right, type) }
}

function compare(operator: Comparison, left: Expression, right: Expression): Expression {
  if (isNumber(left.type) && isNumber(right.type)) {
    const type = promoted(left.type, right.type)
    return { kind: 'compare', type: 'boolean', operator, left: convert(left, type), right: convert(right, type) }
  }
  const comparable = left.type === right.type && (left.type === 'string' || left.type === 'boolean')
  if (!comparable || (operator !== '==' && operator !== '!=')) throw refused
  return { kind: 'compare', type: 'boolean', operator, left, right }
}

function convert(of: Expression, type: ExpressionType): Expression {
  if (of.type === type) return of
  if (of.kind === 'constant' && isNumber(of.type) && isNumber(type)) return { ...of, type }
  return { kind: 'convert', type, of }
}

/** Widens, as Java does unasked. */
function widened(of: Expression, type: NumberType): Expression {
  if (promoted(of.type, type) !== type) throw refused
  return convert(of, type)
}

/** `(int)x`. */
function cast(of: Expression, type: string): Expression {
  if (type === 'def' || type === of.type) return of
  if (!isNumber(of.type) || (type !== 'int' && type !== 'long' && type !== 'double')) throw refused
  return { kind: 'convert', type, of }
}

function declared(type: string, operand: Operand): Operand {
  if (type === 'def') return operand
  if (operand.kind !== 'value') throw refused
  const of = operand.value
  if (type === 'String' && of.type === 'string') return operand
  if (type === 'boolean' && of.type === 'boolean') return operand
  if (type === 'int' || type === 'long' || type === 'double') return value(widened(of, type))
  throw refused
}

function toText(of: Expression): Expression {
  if (of.type === 'double' || of.type === 'date') throw refused
  return convert(of, 'string')
}

function answered(of: Expression, type: ExpressionType): Expression {
  if (of.type === type) return of
  if (type === 'string') return toText(of)
  if (type === 'date' && (of.type === 'int' || of.type === 'long')) return convert(of, type)
  if (type === 'double' && (of.type === 'int' || of.type === 'long')) return convert(of, type)
  if (type === 'long' && of.type === 'int') return convert(of, type)
  throw refused
}
