import type { Bounds } from '../../query/ast.ts'
import type { FieldValue } from '../../query/field.ts'
import { isRangeValue } from '../../query/range-field.ts'

/**
 * Order of two values of one field: numbers by size, strings by their code points (as UTF-8 sorts), bytes from the left,
 * false before true.
 */
export function compareValues(a: FieldValue, b: FieldValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b)
  const [left, right] = [typeof a === 'boolean' ? Number(a) : a, typeof b === 'boolean' ? Number(b) : b]
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0
  throw new Error(`values of different kinds: ${typeof a} and ${typeof b}`)
}

export function sameValue(a: FieldValue, b: FieldValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b) === 0
  if (typeof a === 'object' || typeof b === 'object') return false
  return isNumber(a) && isNumber(b) ? a == b : a === b
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function compareText(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** A text that is equal for equal values, and only for those. */
export function valueKey(value: FieldValue): string {
  if (value instanceof Uint8Array) return `b${value.join(',')}`
  if (isRangeValue(value)) return `r${valueKey(value.from)}:${valueKey(value.to)}`
  if (typeof value === 'object') return `g${value.lat},${value.lon}`
  return typeof value === 'string' ? `s${value}` : `n${String(Number.isInteger(value) ? BigInt(value) : value)}`
}

export function inBounds(value: FieldValue, { gte, gt, lte, lt }: Bounds): boolean {
  if (gte !== undefined && compareValues(value, gte) < 0) return false
  if (gt !== undefined && compareValues(value, gt) <= 0) return false
  if (lte !== undefined && compareValues(value, lte) > 0) return false
  return lt === undefined || compareValues(value, lt) < 0
}
