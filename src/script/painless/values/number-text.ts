import { numberFormat } from '../java-error.ts'
import { wrapLong, type Long } from './long.ts'

/** `Integer.parseInt` and `Long.parseLong`: digits of the radix, a sign, nothing around. @throws JavaError */
export function parseInteger(text: string | null, radix: number, bits: 32 | 64): Long {
  if (text === null) throw numberFormat('Cannot parse null string: null')
  const negative = text.startsWith('-')
  const digits = text.slice(negative || text.startsWith('+') ? 1 : 0)
  const value = digitsValue(digits, radix)
  const signed = value === undefined ? undefined : negative ? -value : value
  if (signed === undefined || signed !== BigInt.asIntN(bits, signed)) {
    throw numberFormat(`For input string: "${text}"${radix === 10 ? '' : ` under radix ${radix}`}`)
  }
  return wrapLong(signed)
}

function digitsValue(digits: string, radix: number): bigint | undefined {
  if (digits === '' || digits.length > 70) return undefined
  let value = 0n
  for (const char of digits) {
    const digit = /[0-9a-zA-Z]/.test(char) ? Number.parseInt(char, radix) : NaN
    if (Number.isNaN(digit)) return undefined
    value = value * BigInt(radix) + BigInt(digit)
  }
  return value
}

const DECIMAL = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[fFdD]?$/

/** `Double.parseDouble`: white space around is ignored. @throws JavaError */
export function parseDouble(text: string): number {
  const trimmed = text.trim()
  if (DECIMAL.test(trimmed)) return Number(trimmed.replace(/[fFdD]$/, '').replace(/^\+/, ''))
  const hex = HEX.exec(trimmed)
  if (hex && (hex[2] !== '' || hex[3] !== '')) {
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = hex
    const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length)
    return sign === '-' ? -value : value
  }
  throw numberFormat(trimmed === '' ? 'empty String' : `For input string: "${text}"`)
}
