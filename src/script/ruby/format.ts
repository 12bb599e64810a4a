import { ArgumentError, KeyError, raise, TypeErrorClass } from './errors.ts'
import type { Machine } from './machine.ts'
import { textToFloat, textToInteger } from '../ruby-numbers.ts'
import { whole } from './numbers.ts'
import { classOf, inspect, isInteger, isNumber, toNumber, toText } from './semantics.ts'
import { RHash, RString, RSymbol, type Value } from './value.ts'

const DIRECTIVE = /%([-+ 0#]*)(?:<(\w+)>|\{(\w+)\})?([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?(?:<(\w+)>)?([diufFeEgGaAxXobBcsp%])?/g
const MAX_WIDTH = 10_000

/** `format`: text with `%d`, `%05.2f`, `%-10s`, `%<name>s` and `%{name}`. @throws RubyError */
export function formatText(machine: Machine, pattern: string, args: readonly Value[]): string {
  let next = 0
  const take = (): Value => {
    if (next >= args.length) return raise(ArgumentError, 'too few arguments')
    return args[next++] ?? null
  }
  const named = (name: string): Value => {
    const [hash] = args
    if (!(hash instanceof RHash)) return raise(ArgumentError, 'one hash required')
    const value = hash.get(new RSymbol(name))
    return value === undefined ? raise(KeyError, `key<${name}> not found`) : value
  }
  const result = pattern.replaceAll(
    DIRECTIVE,
    (
      whole: string,
      flagsBefore: string,
      angle: string | undefined,
      brace: string | undefined,
      flagsAfter: string,
      widthText: string | undefined,
      precisionText: string | undefined,
      angleAfter: string | undefined,
      kind: string | undefined,
    ) => {
      if (kind === '%') return '%'
      const flags = flagsBefore + flagsAfter
      const size = (text: string | undefined): number | undefined => {
        if (text === undefined) return undefined
        const value = text === '*' ? Number(take()) : Number(text)
        return Math.abs(value) > MAX_WIDTH ? raise(ArgumentError, `width too big`) : value
      }
      const width = size(widthText) ?? 0
      const precision = size(precisionText)
      if (brace !== undefined) {
        // `%{name}` takes no letter: what follows is text.
        return pad(toText(named(brace)), width, flags.includes('-')) + (kind ?? '')
      }
      if (kind === undefined)
        return raise(
          ArgumentError,
          whole === '%' ? 'incomplete format specifier; use %% (double %) instead' : `malformed format string - ${whole}`,
        )
      const name = angle ?? angleAfter
      const value = name === undefined ? take() : named(name)
      return formatOne(value, kind, flags, Math.abs(width), precision, width < 0)
    },
  )
  machine.allocate(result.length)
  return result
}

function formatOne(
  value: Value,
  kind: string,
  flags: string,
  width: number,
  precision: number | undefined,
  leftByWidth: boolean,
): string {
  const left = leftByWidth || flags.includes('-')
  switch (kind) {
    case 's':
    case 'p': {
      const text = kind === 's' ? toText(value) : inspect(value)
      return pad(precision === undefined ? text : text.slice(0, precision), width, left)
    }
    case 'c':
      return pad(isInteger(value) ? String.fromCodePoint(Number(value)) : toText(value).slice(0, 1), width, left)
    case 'd':
    case 'i':
    case 'u': {
      const number = integerOf(value)
      const digits = (number < 0n ? -number : number).toString().padStart(precision ?? 0, '0')
      return padNumber(sign(number < 0n, flags), digits, width, left, flags.includes('0') && precision === undefined)
    }
    case 'x':
    case 'X':
    case 'o':
    case 'b':
    case 'B': {
      const base = kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 2
      const number = integerOf(value)
      const digits = (number < 0n ? -number : number).toString(base).padStart(precision ?? 0, '0')
      const prefix = flags.includes('#') ? { o: '0', x: '0x', X: '0X', b: '0b', B: '0B' }[kind] : ''
      const shown = kind === 'X' ? digits.toUpperCase() : digits
      return padNumber(sign(number < 0n, flags) + prefix, shown, width, left, flags.includes('0') && precision === undefined)
    }
    default: {
      const number = floatOf(value)
      const negative = number < 0 || Object.is(number, -0)
      const digits = floatDigits(Math.abs(number), kind, precision ?? 6, flags.includes('#'))
      return padNumber(sign(negative, flags), digits, width, left, flags.includes('0') && Number.isFinite(number))
    }
  }
}

function integerOf(value: Value): bigint {
  if (isInteger(value)) return BigInt(value)
  if (isNumber(value)) return BigInt(whole(Math.floor(toNumber(value))))
  if (value instanceof RString) {
    if (!/^\s*[+-]?\d[\d_]*\s*$/.test(value.value)) return raise(ArgumentError, `invalid value for Integer(): ${inspect(value)}`)
    return BigInt(textToInteger(value.value))
  }
  return raise(
    TypeErrorClass,
    value === null ? "can't convert nil into Integer" : `can't convert ${classOf(value).name} into Integer`,
  )
}

function floatOf(value: Value): number {
  if (isNumber(value)) return toNumber(value)
  if (value instanceof RString) {
    if (!/^\s*[+-]?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/.test(value.value))
      return raise(ArgumentError, `invalid value for Float(): ${inspect(value)}`)
    return toNumber(textToFloat(value.value))
  }
  return raise(
    TypeErrorClass,
    value === null ? "can't convert nil into Float" : `can't convert ${classOf(value).name} into Float`,
  )
}

function floatDigits(value: number, kind: string, precision: number, alternate: boolean): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return 'Inf'
  switch (kind) {
    case 'f':
    case 'F':
      return fixed(value, precision)
    case 'e':
    case 'E': {
      const text = value.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2')
      return kind === 'E' ? text.toUpperCase() : text
    }
    default: {
      const digits = precision === 0 ? 1 : precision
      const exponent = value === 0 ? 0 : Number(value.toExponential(Math.min(digits - 1, 100)).split('e')[1])
      const plain = exponent < -4 || exponent >= digits
      const text = plain
        ? value.toExponential(Math.min(digits - 1, 100)).replace(/e([+-])(\d)$/, 'e$10$2')
        : fixed(value, Math.max(0, digits - 1 - exponent))
      const short = alternate ? text : text.replace(/(\.\d*?)0+(?=$|e)/, '$1').replace(/\.(?=$|e)/, '')
      return kind === 'G' ? short.toUpperCase() : short
    }
  }
}

/** Digits after the point, rounded from the shortest text of the number, halves to even, as Ruby does: 2.675 is 2.68. */
function fixed(value: number, precision: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const digits = BigInt(mantissa.replace('.', ''))
  const fraction = mantissa.length - (mantissa.includes('.') ? 2 : 1) - Number(exponent)
  const cut = fraction - precision
  let scaled = cut <= 0 ? digits * 10n ** BigInt(-cut) : digits / 10n ** BigInt(cut)
  if (cut > 0) {
    const twice = (digits % 10n ** BigInt(cut)) * 2n
    const unit = 10n ** BigInt(cut)
    if (twice > unit || (twice === unit && scaled % 2n === 1n)) scaled += 1n
  }
  const text = scaled.toString().padStart(precision + 1, '0')
  return precision === 0 ? text : `${text.slice(0, -precision)}.${text.slice(-precision)}`
}

function sign(negative: boolean, flags: string): string {
  if (negative) return '-'
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}

function padNumber(prefix: string, digits: string, width: number, left: boolean, zeros: boolean): string {
  if (zeros && !left) return prefix + digits.padStart(width - prefix.length, '0')
  return pad(prefix + digits, width, left)
}

function pad(text: string, width: number, left: boolean): string {
  return left ? text.padEnd(width) : text.padStart(width)
}
