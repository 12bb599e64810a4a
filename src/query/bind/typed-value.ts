import { illegalArgument } from '../../core/errors.ts'
import { roundToHalf } from '../../core/half-float.ts'
import { parseIp } from '../../core/ip.ts'
import { numberFormat } from '../dsl/errors.ts'
import type { Field } from '../field.ts'

/** A value of a query, before its field says what it means. */
export type Scalar = string | number | bigint | boolean

export function ipValue(text: string): Uint8Array {
  const bytes = parseIp(text)
  if (!bytes) throw illegalArgument(`'${text}' is not an IP string literal.`)
  return bytes
}

export function isWhole(field: Field): boolean {
  return ['long', 'integer', 'short', 'byte', 'unsigned_long', 'token_count', 'murmur3'].includes(field.type)
}

/** A number as it was given, and as the field's type would keep it: whole numbers cut off towards zero. */
export interface NumericValue {
  readonly given: number | bigint
  readonly rounded: number | bigint
}

const WHOLE_RANGES: Readonly<Record<string, readonly [name: string, min: bigint, max: bigint]>> = {
  long: ['a long', -(2n ** 63n), 2n ** 63n - 1n],
  integer: ['an integer', -(2n ** 31n), 2n ** 31n - 1n],
  short: ['an integer', -(2n ** 31n), 2n ** 31n - 1n],
  byte: ['an integer', -(2n ** 31n), 2n ** 31n - 1n],
  token_count: ['an integer', -(2n ** 31n), 2n ** 31n - 1n],
  murmur3: ['a long', -(2n ** 63n), 2n ** 63n - 1n],
  unsigned_long: ['an unsigned long', 0n, 2n ** 64n - 1n],
}

/** @throws ElkhornError `number_format_exception`, `illegal_argument_exception` (400) */
export function numericValue(field: Field, value: Scalar): NumericValue {
  const number = toNumber(value)
  const range = WHOLE_RANGES[field.type]
  if (range) {
    const [name, min, max] = range
    if (typeof number === 'number' && !Number.isFinite(number)) throw outOfRange(value, name)
    const whole = typeof number === 'bigint' ? number : BigInt(Math.trunc(number))
    if (whole < min || whole > max) throw outOfRange(value, name)
    return { given: number, rounded: compact(whole) }
  }
  const double = Number(number)
  const rounded = roundFraction(field, double)
  if (!Number.isFinite(rounded)) throw illegalArgument(`[${field.type}] supports only finite values, but got [${rounded}]`)
  return { given: double, rounded }
}

function outOfRange(value: Scalar, name: string): Error {
  return illegalArgument(`Value [${String(value)}] is out of range for ${name}`)
}

function toNumber(value: Scalar): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') throw numberFormat(String(value))
  if (/^[-+]?\d+$/.test(value)) return compact(BigInt(value))
  if (!/^\s*[-+]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[fFdD]?)\s*$/.test(value)) throw numberFormat(value)
  return Number(value.trim().replace(/[fFdD]$/, ''))
}

/** Numbers as far as they are exact, bigints beyond. */
export function compact(whole: bigint): number | bigint {
  return whole >= BigInt(Number.MIN_SAFE_INTEGER) && whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : whole
}

function roundFraction(field: Field, double: number): number {
  switch (field.type) {
    case 'float':
      return Math.fround(double)
    case 'half_float':
      return roundToHalf(double)
    case 'scaled_float': {
      const factor = field.parameters.scalingFactor ?? 1
      return Math.floor(double * factor + 0.5) / factor
    }
    default:
      return double
  }
}
