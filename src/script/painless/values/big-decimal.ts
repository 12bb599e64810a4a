import { arithmetic, illegalArgument, numberFormat } from '../java-error.ts'
import { boxDouble, JavaObject, type Value } from './value.ts'

export const roundingModes = ['UP', 'DOWN', 'CEILING', 'FLOOR', 'HALF_UP', 'HALF_DOWN', 'HALF_EVEN', 'UNNECESSARY'] as const
export type RoundingMode = (typeof roundingModes)[number]

export function roundingMode(name: string): RoundingMode {
  const mode = roundingModes.find((one) => one === name)
  if (mode === undefined) throw illegalArgument(`No enum constant java.math.RoundingMode.${name}`)
  return mode
}

/** Digits that a number may have: a script must not fill memory with one. */
const MAX_DIGITS = 10_000

/** `java.math.BigDecimal`: `unscaled` divided by 10 to the `scale`. */
export class BigDecimal extends JavaObject {
  readonly unscaled: bigint
  readonly scale: number

  constructor(unscaled: bigint, scale: number) {
    super()
    if (Math.abs(scale) > MAX_DIGITS) throw arithmetic('Overflow')
    this.unscaled = unscaled
    this.scale = scale
  }

  /** @throws JavaError */
  static parse(text: string): BigDecimal {
    const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? []
    if (!match || whole + fraction === '' || text.length > MAX_DIGITS)
      throw numberFormat(`Character array is not a number: [${text}]`)
    const digits = BigInt(whole + fraction)
    return new BigDecimal(sign === '-' ? -digits : digits, fraction.length - Number(exponent))
  }

  get className(): string {
    return 'java.math.BigDecimal'
  }
  get precision(): number {
    return String(this.unscaled).replace('-', '').length
  }
  negate(): BigDecimal {
    return new BigDecimal(-this.unscaled, this.scale)
  }
  add(other: BigDecimal): BigDecimal {
    const scale = Math.max(this.scale, other.scale)
    return new BigDecimal(this.#at(scale) + other.#at(scale), scale)
  }
  multiply(other: BigDecimal): BigDecimal {
    return new BigDecimal(this.unscaled * other.unscaled, this.scale + other.scale)
  }
  pow(exponent: number): BigDecimal {
    if (exponent < 0 || exponent > 999_999_999 || exponent * this.precision > MAX_DIGITS) throw arithmetic('Invalid operation')
    return new BigDecimal(this.unscaled ** BigInt(exponent), this.scale * exponent)
  }
  /** The exact quotient. @throws JavaError where its digits never end */
  divide(other: BigDecimal): BigDecimal {
    if (other.unscaled === 0n) throw arithmetic(this.unscaled === 0n ? 'Division undefined' : 'Division by zero')
    const preferred = this.scale - other.scale
    const places = Math.min(MAX_DIGITS, Math.ceil((10 * other.precision) / 3) + this.precision + Math.abs(preferred))
    const numerator = this.unscaled * 10n ** BigInt(places)
    if (numerator % other.unscaled !== 0n) {
      throw arithmetic('Non-terminating decimal expansion; no exact representable decimal result.')
    }
    let quotient = new BigDecimal(numerator / other.unscaled, preferred + places)
    while (quotient.scale > preferred && quotient.unscaled % 10n === 0n) {
      quotient = new BigDecimal(quotient.unscaled / 10n, quotient.scale - 1)
    }
    return quotient
  }
  divideTo(other: BigDecimal, scale: number, mode: RoundingMode): BigDecimal {
    if (other.unscaled === 0n) throw arithmetic('/ by zero')
    const move = scale + other.scale - this.scale
    const numerator = move >= 0 ? this.unscaled * 10n ** BigInt(move) : this.unscaled
    const denominator = move >= 0 ? other.unscaled : other.unscaled * 10n ** BigInt(-move)
    return new BigDecimal(roundedQuotient(numerator, denominator, mode), scale)
  }
  remainder(other: BigDecimal): BigDecimal {
    if (other.unscaled === 0n) throw arithmetic('Division by zero')
    const scale = Math.max(this.scale, other.scale)
    return new BigDecimal(this.#at(scale) % other.#at(scale), scale)
  }
  movePoint(places: number): BigDecimal {
    const moved = new BigDecimal(this.unscaled, this.scale - places)
    return moved.scale < 0 ? moved.setScale(0, 'UNNECESSARY') : moved
  }
  setScale(scale: number, mode: RoundingMode): BigDecimal {
    if (scale >= this.scale) return new BigDecimal(this.#at(scale), scale)
    return new BigDecimal(roundedQuotient(this.unscaled, 10n ** BigInt(this.scale - scale), mode), scale)
  }
  strip(): BigDecimal {
    let { unscaled, scale } = this
    if (unscaled === 0n) return new BigDecimal(0n, 0)
    while (unscaled % 10n === 0n) {
      unscaled /= 10n
      scale -= 1
    }
    return new BigDecimal(unscaled, scale)
  }
  #at(scale: number): bigint {
    return this.unscaled * 10n ** BigInt(scale - this.scale)
  }
  toBigInt(): bigint {
    return this.scale <= 0 ? this.#at(0) : this.unscaled / 10n ** BigInt(this.scale)
  }
  toNumber(): number {
    return Number(this.toText())
  }
  toPlainText(): string {
    if (this.scale <= 0) return String(this.#at(0))
    const negative = this.unscaled < 0n
    const digits = String(negative ? -this.unscaled : this.unscaled).padStart(this.scale + 1, '0')
    return `${negative ? '-' : ''}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`
  }
  toText(): string {
    const digits = String(this.unscaled).replace('-', '')
    const exponent = digits.length - 1 - this.scale
    if (this.scale >= 0 && exponent >= -6) return this.toPlainText()
    const rest = digits.slice(1)
    return `${this.unscaled < 0n ? '-' : ''}${digits[0] ?? '0'}${rest === '' ? '' : `.${rest}`}E${exponent < 0 ? '' : '+'}${exponent}`
  }
  override toJson(): Value {
    return boxDouble(this.toNumber())
  }
  override equalTo(other: Value): boolean {
    return other instanceof BigDecimal && other.unscaled === this.unscaled && other.scale === this.scale
  }
  override key(): unknown {
    return `\u0000decimal:${this.unscaled}:${this.scale}`
  }
  override hash(): number {
    return (31 * Number(BigInt.asIntN(32, this.unscaled)) + this.scale) | 0
  }
  compareTo(other: Value): number {
    const right = other as BigDecimal
    const scale = Math.max(this.scale, right.scale)
    const [a, b] = [this.#at(scale), right.#at(scale)]
    return a < b ? -1 : a > b ? 1 : 0
  }
}

function roundedQuotient(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  const quotient = numerator / denominator
  const rest = numerator % denominator
  if (rest === 0n) return quotient
  const negative = numerator < 0n !== denominator < 0n
  const away = quotient + (negative ? -1n : 1n)
  const size = (value: bigint): bigint => (value < 0n ? -value : value)
  const half = size(rest) * 2n - size(denominator)
  switch (mode) {
    case 'UP':
      return away
    case 'DOWN':
      return quotient
    case 'CEILING':
      return negative ? quotient : away
    case 'FLOOR':
      return negative ? away : quotient
    case 'HALF_UP':
      return half >= 0n ? away : quotient
    case 'HALF_DOWN':
      return half > 0n ? away : quotient
    case 'HALF_EVEN':
      return half > 0n || (half === 0n && quotient % 2n !== 0n) ? away : quotient
    default:
      throw arithmetic('Rounding necessary')
  }
}
