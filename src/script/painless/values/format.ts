import { JavaError } from '../java-error.ts'
import { compareDoubles } from './equality.ts'
import { longOf } from './def-math.ts'
import { textOf } from './text.ts'
import { BoxedNumber, CHAR, classNameOf, FLOAT, kindOf, LONG, numberOf, type Value } from './value.ts'

const SPECIFIER = /%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([tT]?[a-zA-Z%])/g
/** Widths and precisions beyond this would only fill memory. */
const MAX_WIDTH = 10_000

/** `String.format` for texts, numbers, characters and booleans. @throws JavaError as Java's Formatter does */
export function formatText(format: string, values: readonly Value[]): string {
  let next = 0
  let last = 0
  const stray = /%(?!(?:\d+\$)?[-#+ 0,(<]*\d*(?:\.\d+)?[tT]?[a-zA-Z%])/.exec(format)
  if (stray) throw formatError('UnknownFormatConversionException', `Conversion = '%'`)
  return format.replaceAll(
    SPECIFIER,
    (
      written,
      index: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      kind: string,
    ) => {
      if (kind === 'n') return '\n'
      if (kind === '%') return pad('%', flags, width)
      let at: number
      if (index !== undefined) at = Number(index) - 1
      else if (flags.includes('<')) at = last
      else {
        at = next
        next += 1
      }
      last = at
      if (at >= values.length) throw formatError('MissingFormatArgumentException', `Format specifier '${written}'`)
      const places = precision === undefined ? undefined : Math.min(Number(precision), MAX_WIDTH)
      return pad(convert(kind, flags, width, places, values[at] ?? null), flags, width)
    },
  )
}

function formatError(name: string, text: string): JavaError {
  return new JavaError(`java.util.${name}`, text)
}

function pad(text: string, flags: string, width: string | undefined): string {
  const size = Math.min(Number(width ?? 0), MAX_WIDTH)
  return flags.includes('-') ? text.padEnd(size) : text.padStart(size)
}

function convert(kind: string, flags: string, width: string | undefined, precision: number | undefined, value: Value): string {
  const upper = kind !== kind.toLowerCase()
  const text = convertLower(kind.toLowerCase(), flags, width, precision, value)
  return upper ? text.toUpperCase() : text
}

function convertLower(
  kind: string,
  flags: string,
  width: string | undefined,
  precision: number | undefined,
  value: Value,
): string {
  switch (kind) {
    case 's':
      return textOf(value).slice(0, precision)
    case 'b':
      return String(value === null ? false : typeof value === 'boolean' ? value : true).slice(0, precision)
    case 'c': {
      if (value === null) return 'null'
      if (value instanceof BoxedNumber && value.kind === CHAR) return value.toText()
      if (kindOf(value) > 0 && kindOf(value) < LONG) return String.fromCodePoint(numberOf(value))
      throw mismatch(kind, value)
    }
    case 'd':
    case 'x':
    case 'o':
      return value === null ? 'null' : wholeText(kind, flags, width, value)
    case 'e':
    case 'f':
    case 'g':
      return value === null ? 'null' : decimalText(kind, flags, width, precision ?? 6, value)
    default:
      throw formatError('UnknownFormatConversionException', `Conversion = '${kind}'`)
  }
}

function mismatch(kind: string, value: Value): JavaError {
  return formatError('IllegalFormatConversionException', `${kind} != ${classNameOf(value)}`)
}

function wholeText(kind: 'd' | 'x' | 'o', flags: string, width: string | undefined, value: Value): string {
  const numberKind = kindOf(value)
  if (numberKind === 0 || numberKind === CHAR || numberKind >= FLOAT) throw mismatch(kind, value)
  const whole = BigInt(longOf(value))
  if (kind !== 'd') {
    const radix = kind === 'x' ? 16 : 8
    const digits = BigInt.asUintN(numberKind === LONG ? 64 : 32, whole).toString(radix)
    const prefix = flags.includes('#') ? (kind === 'x' ? '0x' : '0') : ''
    return zeroFill('', prefix + digits, flags, width)
  }
  const size = String(whole < 0n ? -whole : whole)
  return signed(whole < 0n, flags.includes(',') ? grouped(size) : size, flags, width)
}

function decimalText(kind: 'e' | 'f' | 'g', flags: string, width: string | undefined, precision: number, value: Value): string {
  if (kindOf(value) < FLOAT) throw mismatch(kind, value)
  const number = numberOf(value)
  if (!Number.isFinite(number))
    return Number.isNaN(number) ? 'NaN' : signed(number < 0, 'Infinity', flags.replace('0', ''), width)
  const size = Math.abs(number)
  let text: string
  if (kind === 'f') text = roundHalfUp(size, textOf(value), precision)
  else if (kind === 'e') text = scientific(size, precision)
  else text = general(size, precision === 0 ? 1 : precision)
  if (flags.includes(',')) text = grouped(text)
  return signed(compareDoubles(number, 0) < 0, text, flags, width)
}

const scientific = (size: number, precision: number): string =>
  size.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2')

function general(size: number, precision: number): string {
  if (size !== 0 && (size < 1e-4 || size >= 10 ** precision)) return scientific(size, precision - 1)
  const digitsBefore = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1
  return size.toFixed(Math.max(0, Math.min(100, precision - digitsBefore)))
}

/** Java rounds the decimal that it would print, halves away from zero; `toFixed` rounds the binary value. */
function roundHalfUp(size: number, printed: string, places: number): string {
  const decimal = /^-?(\d+)\.(\d+)(?:E(-?\d+))?$/.exec(printed)
  if (!decimal) return size.toFixed(Math.min(places, 100))
  const [, whole = '', fraction = '', exponent = '0'] = decimal
  const shift = Number(exponent) - fraction.length
  let digits = BigInt(whole + fraction)
  const move = shift + places
  if (move >= 0) digits *= 10n ** BigInt(move)
  else {
    const divisor = 10n ** BigInt(-move)
    digits = (digits * 2n + divisor) / (divisor * 2n)
  }
  const text = String(digits).padStart(places + 1, '0')
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
}

function grouped(text: string): string {
  const [whole = '', ...rest] = text.split('.')
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...rest].join('.')
}

function signed(negative: boolean, text: string, flags: string, width: string | undefined): string {
  if (negative && flags.includes('(')) return `(${text})`
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  return zeroFill(sign, text, flags, width)
}

function zeroFill(sign: string, text: string, flags: string, width: string | undefined): string {
  if (!flags.includes('0')) return sign + text
  return sign + text.padStart(Math.min(Number(width ?? 0), MAX_WIDTH) - sign.length, '0')
}
