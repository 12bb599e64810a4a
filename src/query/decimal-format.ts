import { illegalArgument } from '../core/errors.ts'

/**
 * The part of Java's `DecimalFormat` that number formats in requests use: `0.00`, `#,##0.###`, `000`, `0.0%`, `0.###E0`,
 * text around them, quotes, and a second pattern behind `;` for negative numbers. Rounds half to even.
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function decimalFormat(pattern: string): (value: number) => string {
  const [positive = '', negative] = splitPatterns(pattern)
  const main = parsePattern(positive, pattern)
  const minus = negative === undefined ? { ...main, prefix: `-${main.prefix}` } : { ...main, ...affixes(negative) }
  return (value) => {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞'
    const text = printNumber(Math.abs(value), main)
    const { prefix, suffix } = value < 0 || Object.is(value, -0) ? minus : main
    return prefix + text + suffix
  }
}

interface NumberPattern {
  readonly prefix: string
  readonly suffix: string
  readonly minInteger: number
  readonly minFraction: number
  readonly maxFraction: number
  /** Digits between two commas; 0 for none. */
  readonly grouping: number
  readonly factor: number
  /** Digits of the exponent; 0 for plain numbers. */
  readonly exponent: number
}

function splitPatterns(pattern: string): string[] {
  return pattern.split(/;(?=(?:[^']*'[^']*')*[^']*$)/)
}

const NUMBER_PART = /^((?:[^'#0,.]|'[^']*')*)([#0,]*)(?:\.([0#]*))?(?:E(0+))?((?:[^'#0,.]|'[^']*')*)$/s

function parsePattern(text: string, whole: string): NumberPattern {
  const match = NUMBER_PART.exec(text)
  const integer = match?.[2] ?? ''
  const fraction = match?.[3] ?? ''
  if (!match || (integer === '' && fraction === '') || /0.*#/.test(integer.replaceAll(',', '')) || /#.*0/.test(fraction)) {
    throw illegalArgument(`Malformed pattern "${whole}"`)
  }
  const comma = integer.lastIndexOf(',')
  const suffix = match[5] ?? ''
  const affix = unquote(match[1] ?? '') + unquote(suffix)
  return {
    prefix: unquote(match[1] ?? ''),
    suffix: unquote(suffix),
    minInteger: integer.replaceAll(/[^0]/g, '').length,
    minFraction: fraction.replaceAll('#', '').length,
    maxFraction: fraction.length,
    grouping: comma < 0 ? 0 : integer.length - comma - 1,
    factor: affix.includes('%') ? 100 : affix.includes('‰') ? 1000 : 1,
    exponent: match[4]?.length ?? 0,
  }
}

function affixes(text: string): { prefix: string; suffix: string } {
  const match = NUMBER_PART.exec(text)
  return { prefix: unquote(match?.[1] ?? '-'), suffix: unquote(match?.[5] ?? '') }
}

function unquote(text: string): string {
  return text.replaceAll("''", '\0').replaceAll("'", '').replaceAll('\0', "'")
}

function printNumber(value: number, pattern: NumberPattern): string {
  if (pattern.exponent > 0) {
    const power = value === 0 ? 0 : Math.floor(Math.log10(value)) - Math.max(0, pattern.minInteger - 1)
    const mantissa = printPlain(value / 10 ** power, pattern)
    return `${mantissa}E${power < 0 ? '-' : ''}${String(Math.abs(power)).padStart(pattern.exponent, '0')}`
  }
  return printPlain(value * pattern.factor, pattern)
}

function printPlain(value: number, { minInteger, minFraction, maxFraction, grouping }: NumberPattern): string {
  const [integer = '0', fraction = ''] = roundHalfEven(value, maxFraction).split('.')
  let end = fraction.length
  while (end > minFraction && fraction[end - 1] === '0') end -= 1
  const padded = (integer === '0' && minInteger === 0 ? '' : integer).padStart(minInteger, '0')
  const grouped = grouping > 0 ? padded.replace(new RegExp(`\\B(?=(\\d{${grouping}})+$)`, 'g'), ',') : padded
  return end > 0 ? `${grouped}.${fraction.slice(0, end)}` : grouped === '' ? '0' : grouped
}

/** `digits` places of the exact binary value; a tie goes to the even neighbour. */
function roundHalfEven(value: number, digits: number): string {
  // `toFixed` is exact too, but takes ties upwards.
  const upwards = value.toFixed(Math.min(100, digits))
  const exact = value.toFixed(Math.min(100, digits + 30))
  if (!/^50*$/.test(exact.slice(exact.indexOf('.') + 1 + digits)) || !/[13579]$/.test(upwards)) return upwards
  const down = String(BigInt(upwards.replace('.', '')) - 1n).padStart(digits + 1, '0')
  return digits === 0 ? down : `${down.slice(0, -digits)}.${down.slice(-digits)}`
}
