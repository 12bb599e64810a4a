import { JavaError, errorType } from '../java-error.ts'
import type { BinaryOperator } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import { isNumeric, isPrimitive, OBJECT, promoteNumbers, STRING, type Type } from '../types.ts'
import {
  add,
  and,
  concat,
  divide,
  equal,
  identical,
  multiply,
  or,
  ordered,
  remainder,
  shift,
  subtract,
  xor,
  type ArithmeticOperator,
  type BitOperator,
  type OrderOperator,
  type ShiftOperator,
} from '../values/def-math.ts'
import { equalValues } from '../values/equality.ts'
import { Pattern } from '../values/pattern.ts'
import { textOf } from '../values/text.ts'
import type { Value } from '../values/value.ts'
import { asDef, cast, type Compiling } from './compiling.ts'
import { AT, type Eval, ofTwo, type Typed } from './frame.ts'
import { arithmeticOf, bitsOf, equalityOf, orderOf, shiftOf } from './operators.ts'

/** What errors call an operator. */
export const OPERATION_NAMES: Readonly<Record<string, string>> = {
  '*': 'multiplication operation',
  '/': 'division operation',
  '%': 'remainder operation',
  '+': 'addition operation',
  '-': 'subtraction operation',
  '=~': 'find operation',
  '==~': 'match operation',
  '<<': 'left shift operation',
  '>>': 'right shift operation',
  '>>>': 'unsigned right shift operation',
  '<': 'less than operation',
  '<=': 'less than or equals operation',
  '>': 'greater than operation',
  '>=': 'greater than or equals operation',
  '==': 'equals operation',
  '!=': 'not equals operation',
  '===': 'reference equals operation',
  '!==': 'reference not equals operation',
  '&': 'bitwise and operation',
  '^': 'bitwise xor operation',
  '|': 'boolean or operation',
  '&&': 'boolean and operation',
  '||': 'boolean or operation',
}

/** Compiles `left operator right`. @throws CompileError */
export function compileBinary(compiling: Compiling, operator: BinaryOperator, left: Typed, right: Typed, offset: number): Typed {
  const made = typedBinary(compiling, operator, left, right, offset)
  return { ...fold(made, operator, left, right), describes: `result not used from ${OPERATION_NAMES[operator]} [${operator}]` }
}

function typedBinary(compiling: Compiling, operator: BinaryOperator, left: Typed, right: Typed, offset: number): Typed {
  switch (operator) {
    case '+':
      return compileAdd(compiling, left, right, offset)
    case '-':
    case '*':
    case '/':
    case '%':
      return compileArithmetic(compiling, operator, left, right, offset)
    case '&':
    case '|':
    case '^':
      return compileBits(compiling, operator, left, right, offset)
    case '<<':
    case '>>':
    case '>>>':
      return compileShift(compiling, operator, left, right, offset)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(compiling, operator, left, right, offset)
    case '==':
    case '!=':
      return compileEquality(compiling, operator === '!=', left, right, offset)
    case '===':
    case '!==':
      return compileIdentity(compiling, operator === '!==', left, right, offset)
    case '&&':
    case '||': {
      const l = cast(compiling, left, 'boolean').eval
      const r = cast(compiling, right, 'boolean').eval
      const run: Eval = operator === '&&' ? (frame) => l(frame) === true && r(frame) : (frame) => l(frame) === true || r(frame)
      return { type: 'boolean', offset, eval: run }
    }
    default:
      return compileMatch(compiling, operator === '=~', left, right, offset)
  }
}

/** Arithmetic on constants happens at once; so does its failure. */
function fold(typed: Typed, operator: BinaryOperator, left: Typed, right: Typed): Typed {
  if (left.constant === undefined || right.constant === undefined || !FOLDED.has(operator) || typed.type === 'def') return typed
  try {
    const value = typed.eval([])
    return { ...typed, eval: () => value, constant: { value } }
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    throw new CompileError(error.text ?? '', typed.offset, errorType(error.className))
  }
}

const FOLDED: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '>>>'])

function compileAdd(compiling: Compiling, left: Typed, right: Typed, offset: number): Typed {
  if (left.type === STRING || right.type === STRING) {
    const l = textEval(compiling, left)
    const r = textEval(compiling, right)
    return { type: STRING, offset, eval: (frame) => concat(l(frame), r(frame)) }
  }
  return compileArithmetic(compiling, '+', left, right, offset)
}

function textEval(compiling: Compiling, typed: Typed): (frame: unknown[]) => string {
  const value = asDef(compiling, typed)
  return (frame) => {
    const one = value(frame)
    return typeof one === 'string' ? one : textOf(one)
  }
}

const DEF_ARITHMETIC = { '+': add, '-': subtract, '*': multiply, '/': divide, '%': remainder }

function compileArithmetic(compiling: Compiling, operator: ArithmeticOperator, left: Typed, right: Typed, offset: number): Typed {
  if (left.type === 'def' || right.type === 'def') return onDefs(compiling, DEF_ARITHMETIC[operator], left, right, offset)
  const type = promote(compiling, operator, left, right, offset)
  const l = cast(compiling, left, type)
  const r = cast(compiling, right, type)
  const run = arithmeticOf(operator, type, l.eval, r.eval)
  const canFail = (operator === '/' || operator === '%') && (type === 'int' || type === 'long')
  if (!canFail || r.constant?.value === undefined || r.constant.value === 0) {
    return { type, offset, eval: canFail ? located(run, offset) : run }
  }
  return { type, offset, eval: run }
}

function located(run: Eval, offset: number): Eval {
  return (frame) => {
    frame[AT] = offset
    return run(frame)
  }
}

function onDefs(compiling: Compiling, apply: (a: Value, b: Value) => Value, left: Typed, right: Typed, offset: number): Typed {
  return ofTwo('def', offset, asDef(compiling, left), asDef(compiling, right), apply)
}

/** The type of numbers that two operands meet in. @throws CompileError */
function promote(
  compiling: Compiling,
  operator: BinaryOperator,
  left: Typed,
  right: Typed,
  offset: number,
  decimals = true,
): Type {
  const type = promoteNumbers(left.type, right.type, decimals)
  if (type !== undefined) return type
  if (!decimals && (isNumeric(left.type) || isNumeric(right.type)))
    return promoteNumbers(wholeOf(left.type), wholeOf(right.type)) ?? 'int'
  if (isNumeric(left.type) !== isNumeric(right.type)) {
    // Told as the cast that fails: the other operand to the number's type.
    const numeric = isNumeric(left.type) ? left : right
    return promoteNumbers(numeric.type, 'int', decimals) ?? 'int'
  }
  if (isWrapped(left.type) || isWrapped(right.type)) {
    cast(compiling, left, 'int')
    cast(compiling, right, 'int')
  }
  throw new CompileError(
    `cannot apply the ${OPERATOR_NAMES[operator]} operator [${operator}] to the types [${left.type}] and [${right.type}]`,
    offset,
    'class_cast_exception',
  )
}

const wholeOf = (type: Type): Type => (type === 'float' || type === 'double' ? 'int' : type)

const isWrapped = (type: Type): boolean => /^java\.lang\.(?:Integer|Long|Double|Float|Short|Byte|Character)$/.test(type)

const OPERATOR_NAMES: Readonly<Record<string, string>> = {
  '*': 'multiplication',
  '/': 'division',
  '%': 'remainder',
  '+': 'addition',
  '-': 'subtraction',
  '<<': 'left shift',
  '>>': 'right shift',
  '>>>': 'unsigned right shift',
  '<': 'less than',
  '<=': 'less than or equals',
  '>': 'greater than',
  '>=': 'greater than or equals',
  '&': 'bitwise and',
  '^': 'bitwise xor',
  '|': 'boolean or',
}

const DEF_BITS = { '&': and, '|': or, '^': xor }

function compileBits(compiling: Compiling, operator: BitOperator, left: Typed, right: Typed, offset: number): Typed {
  if (left.type === 'def' || right.type === 'def') return onDefs(compiling, DEF_BITS[operator], left, right, offset)
  if (operator === '^' && left.type === 'boolean' && right.type === 'boolean') {
    return { type: 'boolean', offset, eval: equalityOf(true, left.eval, right.eval) }
  }
  const type = promote(compiling, operator, left, right, offset, false)
  return { type, offset, eval: bitsOf(operator, type, cast(compiling, left, type).eval, cast(compiling, right, type).eval) }
}

function compileShift(compiling: Compiling, operator: ShiftOperator, left: Typed, right: Typed, offset: number): Typed {
  if (left.type === 'def' || right.type === 'def') {
    return onDefs(compiling, (a, b) => shift(operator, a, b), left, right, offset)
  }
  const type = promoteNumbers(left.type, left.type, false)
  if (type === undefined || promoteNumbers(right.type, right.type, false) === undefined) {
    throw new CompileError(
      `cannot apply the ${OPERATOR_NAMES[operator]} operator [${operator}] to the types [${left.type}] and [${right.type}]`,
      offset,
      'class_cast_exception',
    )
  }
  const places = cast(compiling, right, 'int', { explicit: true })
  return { type, offset, eval: shiftOf(operator, type, cast(compiling, left, type).eval, places.eval) }
}

function compileOrder(compiling: Compiling, operator: OrderOperator, left: Typed, right: Typed, offset: number): Typed {
  if (left.type === 'def' || right.type === 'def') {
    const compared = onDefs(compiling, (a, b) => ordered(operator, a, b), left, right, offset)
    return { ...compared, type: 'boolean' }
  }
  const type = promote(compiling, operator, left, right, offset)
  return { type: 'boolean', offset, eval: orderOf(operator, cast(compiling, left, type).eval, cast(compiling, right, type).eval) }
}

function compileEquality(compiling: Compiling, negated: boolean, left: Typed, right: Typed, offset: number): Typed {
  refuseNulls(left, right, offset)
  if (left.type === 'def' || right.type === 'def') {
    const [l, r] = [asDef(compiling, left), asDef(compiling, right)]
    const run: Eval = negated ? (frame) => !equal(l(frame), r(frame)) : (frame) => equal(l(frame), r(frame))
    return { type: 'boolean', offset, eval: run }
  }
  if (isPrimitive(left.type) && isPrimitive(right.type)) return comparePrimitives(compiling, negated, left, right, offset)
  const [l, r] = [cast(compiling, left, OBJECT).eval, cast(compiling, right, OBJECT).eval]
  const run: Eval = negated ? (frame) => !equalValues(l(frame), r(frame)) : (frame) => equalValues(l(frame), r(frame))
  return { type: 'boolean', offset, eval: run }
}

function comparePrimitives(compiling: Compiling, negated: boolean, left: Typed, right: Typed, offset: number): Typed {
  const both = left.type === 'boolean' && right.type === 'boolean'
  const type = both ? 'boolean' : (promoteNumbers(left.type, right.type) ?? 'int')
  const [l, r] = [cast(compiling, left, type).eval, cast(compiling, right, type).eval]
  return { type: 'boolean', offset, eval: equalityOf(negated, l, r) }
}

function compileIdentity(compiling: Compiling, negated: boolean, left: Typed, right: Typed, offset: number): Typed {
  refuseNulls(left, right, offset)
  if (isPrimitive(left.type) && isPrimitive(right.type)) return comparePrimitives(compiling, negated, left, right, offset)
  const [l, r] = [asDef(compiling, left), asDef(compiling, right)]
  // Two texts of the program are two objects where Painless compares them as references.
  const texts = left.constant !== undefined && right.constant !== undefined
  const run: Eval = texts ? () => negated : (frame) => identical(l(frame), r(frame)) !== negated
  return { type: 'boolean', offset, eval: run }
}

function refuseNulls(left: Typed, right: Typed, offset: number): void {
  if (left.isNull === true && right.isNull === true) throw new CompileError('extraneous comparison of [null] constants', offset)
}

function compileMatch(compiling: Compiling, find: boolean, left: Typed, right: Typed, offset: number): Typed {
  const text = cast(compiling, left, 'java.lang.CharSequence').eval
  const pattern = cast(compiling, right, 'java.util.regex.Pattern').eval
  return ofTwo('boolean', offset, text, pattern, (input, expression) => Pattern.test(expression, input, find))
}
