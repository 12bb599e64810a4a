/**
 * A float whose value is a whole number: `20.0` is not the integer 20 to a mapping, to Ruby's division, or in print. Other
 * floats are plain numbers. Never changes.
 */
export class Float {
  /** How many were printed natively, which writes `20`: whoever prints fields looks whether it met one. */
  static printedNatively = 0
  readonly value: number

  constructor(value: number) {
    this.value = value
  }

  toJSON(): number {
    Float.printedNatively += 1
    return this.value
  }
}

/** A number as a float: boxed when it is whole. */
export function float(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value
}

/** The text of a float, as Ruby prints it: `20.0`, `0.1`, `1.0e+20`. It reads back as the same float, in JSON too. */
export function printFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0.0'
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude >= 1e15 || magnitude < 1e-4)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    const sign = exponent.startsWith('-') ? '-' : '+'
    return `${digits.includes('.') ? digits : `${digits}.0`}e${sign}${exponent.slice(1).padStart(2, '0')}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
