import { arithmetic } from '../java-error.ts'

/**
 * A 64-bit integer: a `number` within 2^53, a `bigint` only beyond. Sums and products of everyday size never leave doubles;
 * what does is computed again exactly and wraps at 64 bits, as in Java.
 */
export type Long = number | bigint

export const MIN_LONG = -9_223_372_036_854_775_808n
export const MAX_LONG = 9_223_372_036_854_775_807n

/** The lowest 64 bits. */
export function wrapLong(value: bigint): Long {
  const wrapped = BigInt.asIntN(64, value)
  return wrapped >= -MAX_SAFE && wrapped <= MAX_SAFE ? Number(wrapped) : wrapped
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

export function addLong(a: Long, b: Long): Long {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return wrapLong(BigInt(a) + BigInt(b))
}

export function subtractLong(a: Long, b: Long): Long {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  return wrapLong(BigInt(a) - BigInt(b))
}

export function multiplyLong(a: Long, b: Long): Long {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isSafeInteger(product)) return product + 0 // no -0
  }
  return wrapLong(BigInt(a) * BigInt(b))
}

/** Rounds towards zero. @throws JavaError */
export function divideLong(a: Long, b: Long): Long {
  if (b === 0) throw arithmetic('/ by zero')
  // The exact multiple below divides without rounding; a plain quotient could round up.
  if (typeof a === 'number' && typeof b === 'number') return (a - (a % b)) / b + 0
  return wrapLong(BigInt(a) / BigInt(b))
}

/** Has the sign of `a`. @throws JavaError */
export function remainderLong(a: Long, b: Long): Long {
  if (b === 0) throw arithmetic('/ by zero')
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0
  return wrapLong(BigInt(a) % BigInt(b))
}

export function negateLong(a: Long): Long {
  return typeof a === 'number' ? 0 - a : wrapLong(-a)
}

/** `a` and `b` as bits: `and`, `or`, `xor` and shifts are rare enough for bigint, unless both fit 32 bits. */
export function andLong(a: Long, b: Long): Long {
  return isInt(a) && isInt(b) ? a & b : wrapLong(BigInt(a) & BigInt(b))
}

export function orLong(a: Long, b: Long): Long {
  return isInt(a) && isInt(b) ? a | b : wrapLong(BigInt(a) | BigInt(b))
}

export function xorLong(a: Long, b: Long): Long {
  return isInt(a) && isInt(b) ? a ^ b : wrapLong(BigInt(a) ^ BigInt(b))
}

export function notLong(a: Long): Long {
  if (isInt(a)) return ~a
  return typeof a === 'bigint' ? wrapLong(~a) : -a - 1
}

export function shiftLeftLong(a: Long, places: number): Long {
  return wrapLong(BigInt(a) << BigInt(places & 63))
}

export function shiftRightLong(a: Long, places: number): Long {
  return wrapLong(BigInt(a) >> BigInt(places & 63))
}

export function shiftRightUnsignedLong(a: Long, places: number): Long {
  return wrapLong(BigInt.asUintN(64, BigInt(a)) >> BigInt(places & 63))
}

/** Below, equal, above: negative, 0, positive. JavaScript compares numbers and bigints by value. */
export function compareLong(a: Long, b: Long): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function isInt(value: Long): value is number {
  return typeof value === 'number' && (value | 0) === value
}

// --- conversions, as Java casts ---

/** The lowest 32 bits. */
export function longToInt(value: Long): number {
  if (typeof value === 'bigint') return Number(BigInt.asIntN(32, value))
  return (value | 0) === value ? value : Number(BigInt.asIntN(32, BigInt(value)))
}

export function longToDouble(value: Long): number {
  return typeof value === 'number' ? value : Number(value)
}

/** Truncates; NaN is 0, what is too large is the largest. */
export function doubleToInt(value: number): number {
  if (value >= 2_147_483_647) return 2_147_483_647
  if (value <= -2_147_483_648) return -2_147_483_648
  return value | 0
}

/** Truncates; NaN is 0, what is too large is the largest. */
export function doubleToLong(value: number): Long {
  if (Number.isNaN(value)) return 0
  const whole = Math.trunc(value)
  if (Number.isSafeInteger(whole)) return whole + 0
  if (whole >= 2 ** 63) return MAX_LONG
  if (whole <= -(2 ** 63)) return MIN_LONG
  return wrapLong(BigInt(whole))
}

export const intToByte = (value: number): number => (value << 24) >> 24
export const intToShort = (value: number): number => (value << 16) >> 16
export const intToChar = (value: number): number => value & 0xffff
