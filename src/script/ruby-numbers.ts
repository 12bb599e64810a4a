import { float, type Float } from '../core/float.ts'

const PLAIN_DIGITS = /^[0-9]+$/

/** Ruby's `String#to_i`: the whole number at the start, 0 where there is none. Beyond 2^53 a `bigint`. */
export function textToInteger(text: string): number | bigint {
  if (text.length < 16 && PLAIN_DIGITS.test(text)) return Number(text)
  const digits = /^\s*([+-]?\d+(?:_\d+)*)/.exec(text)?.[1]
  if (digits === undefined) return 0
  const plain = digits.replaceAll('_', '')
  const value = Number(plain)
  return Number.isSafeInteger(value) ? (value === 0 ? 0 : value) : BigInt(plain.replace(/^\+/, ''))
}

/** Ruby's `String#to_f`: the number at the start, 0.0 where there is none. */
export function textToFloat(text: string): number | Float {
  const digits = /^\s*([+-]?(?:\d+(?:_\d+)*)?(?:\.\d+(?:_\d+)*)?(?:(?<=\d)[eE][+-]?\d+)?)/.exec(text)?.[1]
  return float(digits === undefined || !/\d/.test(digits) ? 0 : Number(digits.replaceAll('_', '')))
}
