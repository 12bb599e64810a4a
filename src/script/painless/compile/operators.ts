import type { ArithmeticOperator, BitOperator, OrderOperator, ShiftOperator } from '../values/def-math.ts'
import { divideInt, remainderInt } from '../values/def-math.ts'
import {
  addLong,
  andLong,
  divideLong,
  multiplyLong,
  orLong,
  remainderLong,
  shiftLeftLong,
  shiftRightLong,
  shiftRightUnsignedLong,
  subtractLong,
  xorLong,
  type Long,
} from '../values/long.ts'
import type { Type } from '../types.ts'
import type { Eval, Frame } from './frame.ts'

/*
 * Operators on values of one primitive type, as closures over their operands. What a closure answers is held as its type
 * says, so these casts are where that promise becomes TypeScript's.
 */
type Int = (frame: Frame) => number
type Longs = (frame: Frame) => Long

export function arithmeticOf(operator: ArithmeticOperator, type: Type, left: Eval, right: Eval): Eval {
  const [l, r] = [left as Int, right as Int]
  if (type === 'long') return longArithmetic(operator, left as Longs, right as Longs)
  if (type === 'int') {
    switch (operator) {
      case '+':
        return (frame) => (l(frame) + r(frame)) | 0
      case '-':
        return (frame) => (l(frame) - r(frame)) | 0
      case '*':
        return (frame) => Math.imul(l(frame), r(frame))
      case '/':
        return (frame) => divideInt(l(frame), r(frame))
      default:
        return (frame) => remainderInt(l(frame), r(frame))
    }
  }
  const exact = doubleArithmetic(operator, l, r)
  return type === 'float' ? (frame) => Math.fround(exact(frame)) : exact
}

function doubleArithmetic(operator: ArithmeticOperator, l: Int, r: Int): Int {
  switch (operator) {
    case '+':
      return (frame) => l(frame) + r(frame)
    case '-':
      return (frame) => l(frame) - r(frame)
    case '*':
      return (frame) => l(frame) * r(frame)
    case '/':
      return (frame) => l(frame) / r(frame)
    default:
      return (frame) => l(frame) % r(frame)
  }
}

function longArithmetic(operator: ArithmeticOperator, l: Longs, r: Longs): Longs {
  switch (operator) {
    case '+':
      return (frame) => addLong(l(frame), r(frame))
    case '-':
      return (frame) => subtractLong(l(frame), r(frame))
    case '*':
      return (frame) => multiplyLong(l(frame), r(frame))
    case '/':
      return (frame) => divideLong(l(frame), r(frame))
    default:
      return (frame) => remainderLong(l(frame), r(frame))
  }
}

export function bitsOf(operator: BitOperator, type: Type, left: Eval, right: Eval): Eval {
  if (type === 'long') {
    const [l, r] = [left as Longs, right as Longs]
    const apply = { '&': andLong, '|': orLong, '^': xorLong }[operator]
    return (frame) => apply(l(frame), r(frame))
  }
  const [l, r] = [left as Int, right as Int]
  switch (operator) {
    case '&':
      return (frame) => l(frame) & r(frame)
    case '|':
      return (frame) => l(frame) | r(frame)
    default:
      return (frame) => l(frame) ^ r(frame)
  }
}

/** `right` is an int. */
export function shiftOf(operator: ShiftOperator, type: Type, left: Eval, right: Eval): Eval {
  const r = right as Int
  if (type === 'long') {
    const l = left as Longs
    const apply = { '<<': shiftLeftLong, '>>': shiftRightLong, '>>>': shiftRightUnsignedLong }[operator]
    return (frame) => apply(l(frame), r(frame))
  }
  const l = left as Int
  switch (operator) {
    case '<<':
      return (frame) => l(frame) << r(frame)
    case '>>':
      return (frame) => l(frame) >> r(frame)
    default:
      return (frame) => (l(frame) >>> r(frame)) | 0
  }
}

/** Numbers and bigints compare by value, so `long` needs no case of its own. */
export function orderOf(operator: OrderOperator, left: Eval, right: Eval): Eval {
  const [l, r] = [left as Int, right as Int]
  switch (operator) {
    case '<':
      return (frame) => l(frame) < r(frame)
    case '<=':
      return (frame) => l(frame) <= r(frame)
    case '>':
      return (frame) => l(frame) > r(frame)
    default:
      return (frame) => l(frame) >= r(frame)
  }
}

/** Both are of one primitive type. */
export function equalityOf(negated: boolean, left: Eval, right: Eval): Eval {
  return negated ? (frame) => left(frame) !== right(frame) : (frame) => left(frame) === right(frame)
}
