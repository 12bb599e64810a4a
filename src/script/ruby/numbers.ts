import type { Float } from '../../core/float.ts'
import { float } from '../../core/float.ts'
import {
  ArgumentError,
  FloatDomainError,
  NoMethodError,
  raise,
  RubyLimitError,
  TypeErrorClass,
  ZeroDivisionError,
} from './errors.ts'
import type { Machine } from './machine.ts'
import { classOf, inspect, isNumber, toNumber } from './semantics.ts'
import type { Value } from './value.ts'

type Number_ = number | bigint | Float

/** Results of integer arithmetic: a `number` while it is exact. */
export function integer(value: bigint): number | bigint {
  return value >= -0x1fffffffffffffn && value <= 0x1fffffffffffffn ? Number(value) : value
}

function isWhole(value: Number_): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}

/** The right operand of arithmetic. @throws RubyError `TypeError` when it is no number */
function operand(left: Number_, right: Value): Number_ {
  if (isNumber(right)) return right
  const what = right === null || typeof right === 'boolean' ? inspect(right) : classOf(right).name
  return raise(TypeErrorClass, `${what} can't be coerced into ${classOf(left).name}`)
}

export function add(left: Number_, right: Value): Value {
  const other = operand(left, right)
  if (isWhole(left) && isWhole(other)) {
    if (typeof left === 'number' && typeof other === 'number') {
      const sum = left + other
      if (Number.isSafeInteger(sum)) return sum
    }
    return integer(BigInt(left) + BigInt(other))
  }
  return float(toNumber(left) + toNumber(other))
}

export function subtract(left: Number_, right: Value): Value {
  const other = operand(left, right)
  if (isWhole(left) && isWhole(other)) {
    if (typeof left === 'number' && typeof other === 'number') {
      const difference = left - other
      if (Number.isSafeInteger(difference)) return difference
    }
    return integer(BigInt(left) - BigInt(other))
  }
  return float(toNumber(left) - toNumber(other))
}

export function multiply(left: Number_, right: Value): Value {
  const other = operand(left, right)
  if (isWhole(left) && isWhole(other)) {
    if (typeof left === 'number' && typeof other === 'number') {
      const product = left * other
      if (Number.isSafeInteger(product)) return product === 0 ? 0 : product
    }
    return product(BigInt(left), BigInt(other))
  }
  return float(toNumber(left) * toNumber(other))
}

/** Longest factor of a product, in hexadecimal digits. */
const MAX_FACTOR_DIGITS = 20_000

function product(left: bigint, other: bigint): number | bigint {
  // Beyond the largest double it is worth counting digits.
  for (const factor of [left, other]) {
    if (!Number.isFinite(Number(factor)) && factor.toString(16).length > MAX_FACTOR_DIGITS)
      throw new RubyLimitError('the script made a number of too many digits')
  }
  return integer(left * other)
}

/** Whole numbers divide downwards: -7 / 2 is -4. */
export function divide(left: Number_, right: Value): Value {
  const other = operand(left, right)
  return isWhole(left) && isWhole(other) ? floorDivide(left, other) : float(toNumber(left) / toNumber(other))
}

function floorDivide(left: number | bigint, other: number | bigint): number | bigint {
  if (Number(other) === 0) return raise(ZeroDivisionError, 'divided by 0')
  if (typeof left === 'number' && typeof other === 'number') {
    const quotient = Math.floor(left / other)
    // Beyond 2^53 / other the quotient of doubles may be rounded.
    if (Math.abs(left) < 2 ** 52) return quotient === 0 ? 0 : quotient
  }
  const [a, b] = [BigInt(left), BigInt(other)]
  const quotient = a / b
  return integer(a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient)
}

/** The remainder has the sign of the divisor: -7 % 3 is 2. */
export function modulo(left: Number_, right: Value): Value {
  const other = operand(left, right)
  if (isWhole(left) && isWhole(other)) {
    if (Number(other) === 0) return raise(ZeroDivisionError, 'divided by 0')
    if (typeof left === 'number' && typeof other === 'number') {
      const rest = left % other
      return rest !== 0 && rest < 0 !== other < 0 ? rest + other : rest === 0 ? 0 : rest
    }
    const [a, b] = [BigInt(left), BigInt(other)]
    const rest = a % b
    return integer(rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest)
  }
  const [a, b] = [toNumber(left), toNumber(other)]
  const rest = a % b
  return float(rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest)
}

/** Largest result of a power, in bits. */
const MAX_POWER_BITS = 200_000

export function power(machine: Machine, left: Number_, right: Value): Value {
  const other = operand(left, right)
  if (isWhole(left) && isWhole(other) && Number(other) >= 0) {
    const bits = BigInt(left).toString(2).length * Number(other)
    if (bits > MAX_POWER_BITS && Math.abs(Number(left)) > 1) return raise(ArgumentError, 'the result of ** is too large')
    machine.allocate(Math.ceil(bits / 16))
    return integer(BigInt(left) ** BigInt(other))
  }
  const result = toNumber(left) ** toNumber(other)
  // A whole number to a negative power is a fraction in Ruby; here it is the float of that value.
  return float(result)
}

/** `floor`, `ceil`, `truncate` and `to_i` of a float. @throws RubyError `FloatDomainError` */
export function whole(value: number): number | bigint {
  if (!Number.isFinite(value)) return raise(FloatDomainError, Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity')
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  return integer(BigInt(value))
}

/** `round` with digits after the point: half away from zero, as the decimal text reads (5.015 → 5.02). */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits >= 15) return value
  const scale = 10 ** digits
  const scaled = value * scale
  if (!Number.isFinite(scaled)) return value
  let rounded = Math.sign(scaled) * Math.round(Math.abs(scaled))
  if (value > 0) {
    if ((rounded + 0.5) / scale <= value) rounded += 1
  } else if ((rounded - 0.5) / scale >= value) rounded -= 1
  return rounded / scale
}

/** `floor`, `ceil` or `truncate` with digits after the point. */
export function roundWith(how: (value: number) => number, value: number, digits: number): number {
  if (!Number.isFinite(value) || digits >= 15) return value
  const scale = 10 ** digits
  const scaled = value * scale
  const near = Math.round(scaled)
  // 1.1 * 10 is no whole number in binary although it is meant to be.
  return (Math.abs(near / scale - value) === 0 ? near : how(scaled)) / scale
}

/** Digits before the point: `1234.round(-2)` is 1200. */
export function roundInteger(
  value: number | bigint,
  digits: number,
  how: 'round' | 'floor' | 'ceil' | 'truncate',
): number | bigint {
  if (digits >= 0) return value
  const unit = 10n ** BigInt(-digits)
  const n = BigInt(value)
  const down = n >= 0n || n % unit === 0n ? n / unit : n / unit - 1n
  const rest = n - down * unit
  switch (how) {
    case 'floor':
      return integer(down * unit)
    case 'ceil':
      return integer((rest === 0n ? down : down + 1n) * unit)
    case 'truncate':
      return integer((n / unit) * unit)
    default: {
      const up = n >= 0n ? rest * 2n >= unit : rest * 2n > unit
      return integer((up ? down + 1n : down) * unit)
    }
  }
}

/** An integer argument. @throws RubyError `TypeError` */
export function toIndex(value: Value): number {
  if (isNumber(value)) return Math.trunc(toNumber(value))
  return raise(
    TypeErrorClass,
    value === null
      ? 'no implicit conversion from nil to integer'
      : `no implicit conversion of ${classOf(value).name} into Integer`,
  )
}

export function toFloat(value: Value): number {
  if (isNumber(value)) return toNumber(value)
  if (value === null) return raise(TypeErrorClass, "can't convert nil into Float")
  return raise(TypeErrorClass, `can't convert ${classOf(value).name} into Float`)
}

export function noMethod(name: string, receiver: Value): never {
  const shown =
    receiver === null || typeof receiver === 'boolean'
      ? `${inspect(receiver)}:${classOf(receiver).name}`
      : describeReceiver(receiver)
  return raise(NoMethodError, `undefined method \`${name}' for ${shown}`)
}

function describeReceiver(receiver: Value): string {
  const text = inspect(receiver)
  return text.startsWith('#<') ? text : `${text.length > 65 ? `#<${classOf(receiver).name}>` : text}:${classOf(receiver).name}`
}
