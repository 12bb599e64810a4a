import { charge } from '../budget.ts'
import { arithmetic, classCast, nullPointer } from '../java-error.ts'
import { equalValues } from './equality.ts'
import {
  addLong,
  andLong,
  divideLong,
  multiplyLong,
  negateLong,
  notLong,
  orLong,
  remainderLong,
  shiftLeftLong,
  shiftRightLong,
  shiftRightUnsignedLong,
  subtractLong,
  xorLong,
  type Long,
} from './long.ts'
import { textOf } from './text.ts'
import {
  BoxedNumber,
  boxDouble,
  boxLong,
  CHAR,
  classNameOf,
  DOUBLE,
  FLOAT,
  INT,
  JavaByte,
  JavaChar,
  JavaFloat,
  JavaShort,
  BYTE,
  kindOf,
  LONG,
  numberOf,
  SHORT,
  type Value,
} from './value.ts'

/** Operations on `def`: the classes of the values decide at run time what happens, as if they were declared so. */

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type BitOperator = '&' | '|' | '^'
export type ShiftOperator = '<<' | '>>' | '>>>'
export type OrderOperator = '<' | '<=' | '>' | '>='

export function longOf(value: Value): Long {
  return typeof value === 'number' || typeof value === 'bigint' ? value : numberOf(value)
}

function cannotApply(operator: string, a: Value, b: Value): Error {
  if (a === null || b === null) {
    return nullPointer(`Cannot invoke "Object.getClass()" because "${a === null ? 'left' : 'right'}" is null`)
  }
  return classCast(`Cannot apply [${operator}] operation to types [${classNameOf(a)}] and [${classNameOf(b)}].`)
}

/** The wider number class of two values. @throws JavaError where one is no number */
function promote(operator: string, a: Value, b: Value): number {
  const left = kindOf(a)
  const right = kindOf(b)
  if (left === 0 || right === 0) throw cannotApply(operator, a, b)
  return Math.max(left, right, INT)
}

const isInt = (value: Value): value is number => typeof value === 'number' && (value | 0) === value

export function add(a: Value, b: Value): Value {
  if (isInt(a) && isInt(b)) return (a + b) | 0
  if (typeof a === 'string' || typeof b === 'string') return concat(textOf(a), textOf(b))
  switch (promote('+', a, b)) {
    case DOUBLE:
      return boxDouble(numberOf(a) + numberOf(b))
    case LONG:
      return boxLong(addLong(longOf(a), longOf(b)))
    case FLOAT:
      return new JavaFloat(Math.fround(numberOf(a) + numberOf(b)))
    default:
      return (numberOf(a) + numberOf(b)) | 0
  }
}

export function concat(a: string, b: string): string {
  const text = a + b
  if (text.length > 256) charge(text.length)
  return text
}

export function subtract(a: Value, b: Value): Value {
  if (isInt(a) && isInt(b)) return (a - b) | 0
  switch (promote('-', a, b)) {
    case DOUBLE:
      return boxDouble(numberOf(a) - numberOf(b))
    case LONG:
      return boxLong(subtractLong(longOf(a), longOf(b)))
    case FLOAT:
      return new JavaFloat(Math.fround(numberOf(a) - numberOf(b)))
    default:
      return (numberOf(a) - numberOf(b)) | 0
  }
}

export function multiply(a: Value, b: Value): Value {
  if (isInt(a) && isInt(b)) return Math.imul(a, b)
  switch (promote('*', a, b)) {
    case DOUBLE:
      return boxDouble(numberOf(a) * numberOf(b))
    case LONG:
      return boxLong(multiplyLong(longOf(a), longOf(b)))
    case FLOAT:
      return new JavaFloat(Math.fround(numberOf(a) * numberOf(b)))
    default:
      return Math.imul(numberOf(a), numberOf(b))
  }
}

export function divideInt(a: number, b: number): number {
  if (b === 0) throw arithmetic('/ by zero')
  return (a / b) | 0
}

export function remainderInt(a: number, b: number): number {
  if (b === 0) throw arithmetic('/ by zero')
  return (a % b) | 0
}

export function divide(a: Value, b: Value): Value {
  switch (promote('/', a, b)) {
    case DOUBLE:
      return boxDouble(numberOf(a) / numberOf(b))
    case LONG:
      return boxLong(divideLong(longOf(a), longOf(b)))
    case FLOAT:
      return new JavaFloat(Math.fround(numberOf(a) / numberOf(b)))
    default:
      return divideInt(numberOf(a), numberOf(b))
  }
}

export function remainder(a: Value, b: Value): Value {
  switch (promote('%', a, b)) {
    case DOUBLE:
      return boxDouble(numberOf(a) % numberOf(b))
    case LONG:
      return boxLong(remainderLong(longOf(a), longOf(b)))
    case FLOAT:
      return new JavaFloat(Math.fround(numberOf(a) % numberOf(b)))
    default:
      return remainderInt(numberOf(a), numberOf(b))
  }
}

function bits(operator: BitOperator, a: Value, b: Value): number {
  const kind = promote(operator, a, b)
  if (kind > LONG) throw cannotApply(operator, a, b)
  return kind
}

export function and(a: Value, b: Value): Value {
  if (typeof a === 'boolean' && typeof b === 'boolean') return a && b
  return bits('&', a, b) === LONG ? boxLong(andLong(longOf(a), longOf(b))) : numberOf(a) & numberOf(b)
}

export function or(a: Value, b: Value): Value {
  if (typeof a === 'boolean' && typeof b === 'boolean') return a || b
  return bits('|', a, b) === LONG ? boxLong(orLong(longOf(a), longOf(b))) : numberOf(a) | numberOf(b)
}

export function xor(a: Value, b: Value): Value {
  if (typeof a === 'boolean' && typeof b === 'boolean') return a !== b
  return bits('^', a, b) === LONG ? boxLong(xorLong(longOf(a), longOf(b))) : numberOf(a) ^ numberOf(b)
}

/** The class of what is shifted decides; the distance is cut to an int. */
export function shift(operator: ShiftOperator, a: Value, b: Value): Value {
  const kind = kindOf(a)
  const distance = kindOf(b)
  if (kind === 0 || distance === 0 || kind > LONG || distance > LONG) throw cannotApply(operator, a, b)
  const places = Number(BigInt.asIntN(32, BigInt(longOf(b))))
  if (kind !== LONG) return shiftInt(operator, numberOf(a), places)
  switch (operator) {
    case '<<':
      return boxLong(shiftLeftLong(longOf(a), places))
    case '>>':
      return boxLong(shiftRightLong(longOf(a), places))
    default:
      return boxLong(shiftRightUnsignedLong(longOf(a), places))
  }
}

function shiftInt(operator: ShiftOperator, value: number, places: number): number {
  switch (operator) {
    case '<<':
      return value << places
    case '>>':
      return value >> places
    default:
      return (value >>> places) | 0
  }
}

/** `==`: numbers by value whatever their class, others by `equals`. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return !Number.isNaN(a)
  if (a === null || b === null) return false
  const left = kindOf(a)
  if (left !== 0) {
    const right = kindOf(b)
    if (right !== 0) return left <= LONG && right <= LONG ? longOf(a) === longOf(b) : numberOf(a) === numberOf(b)
  }
  return equalValues(a, b)
}

/** `===` on references. Small numbers and texts of the program are one object each in Java, mostly. */
export function identical(a: Value, b: Value): boolean {
  if (a === b) return typeof a !== 'number' || ((a | 0) === a && a >= -128 && a <= 127)
  return a instanceof BoxedNumber && b instanceof BoxedNumber && a.equalTo(b) && a.value >= -128 && a.value <= 127
}

export function ordered(operator: OrderOperator, a: Value, b: Value): boolean {
  const kind = promote(operator, a, b)
  const [left, right] = kind === LONG ? [longOf(a), longOf(b)] : [numberOf(a), numberOf(b)]
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    default:
      return left >= right
  }
}

export function negate(value: Value): Value {
  switch (requireKind('-', value)) {
    case DOUBLE:
      return boxDouble(-numberOf(value))
    case FLOAT:
      return new JavaFloat(-numberOf(value))
    case LONG:
      return boxLong(negateLong(longOf(value)))
    default:
      return (0 - numberOf(value)) | 0
  }
}

/** `+x`: what is narrower than an Integer becomes one. */
export function plus(value: Value): Value {
  const kind = requireKind('+', value)
  return kind < INT ? numberOf(value) : value
}

export function not(value: Value): Value {
  const kind = requireKind('~', value)
  if (kind > LONG) throw classCast(`Cannot apply [~] operation to type [${classNameOf(value)}]`)
  return kind === LONG ? boxLong(notLong(longOf(value))) : ~numberOf(value)
}

function requireKind(operator: string, value: Value): number {
  const kind = kindOf(value)
  if (kind !== 0) return kind
  if (value === null) throw nullPointer('Cannot invoke "Object.getClass()" because "unary" is null')
  throw classCast(`Cannot apply [${operator}] operation to type [${classNameOf(value)}]`)
}

/** `x++` on a def keeps the class of `x`. */
export function increment(value: Value, by: 1 | -1): Value {
  switch (kindOf(value)) {
    case BYTE:
      return new JavaByte(((numberOf(value) + by) << 24) >> 24)
    case SHORT:
      return new JavaShort(((numberOf(value) + by) << 16) >> 16)
    case CHAR:
      return new JavaChar((numberOf(value) + by) & 0xffff)
    default:
      return add(value, by)
  }
}
