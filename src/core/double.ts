import type { JsonValue } from './json.ts'
import { RawJson } from './raw-json.ts'

/** Java's text of a double: `1.0`, `1.0E10`, `1.0E-5`. */
export function printDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value)
    return text.includes('.') ? text : `${text}.0`
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}

/** Java's text of a float: the shortest decimal that reads back as the same 32 bits. */
export function printFloat32(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return printDouble(short)
  }
  return printDouble(Number(value.toPrecision(9)))
}

/** A double in JSON as Elasticsearch writes it: `4.0` where a whole number would be `4`. */
export function doubleJson(value: number): JsonValue {
  return (Number.isFinite(value) ? new RawJson(printDouble(value)) : value) as JsonValue
}

/** A score in JSON: of the doubles that a float can be, the shortest. */
export function floatJson(value: number): JsonValue {
  return (Number.isFinite(value) ? new RawJson(printFloat32(Math.fround(value))) : value) as JsonValue
}
