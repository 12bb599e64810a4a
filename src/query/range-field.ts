import type { FieldType, RangeEnd, RangeValue } from './field.ts'

/** Field types whose values are ranges, and the type of the ends. */
const ENDS = {
  integer_range: 'integer',
  long_range: 'long',
  float_range: 'float',
  double_range: 'double',
  date_range: 'date',
  ip_range: 'ip',
} as const satisfies Partial<Record<FieldType, FieldType>>

export type RangeType = keyof typeof ENDS

/** How the range of a document lies to the one that is asked for. */
export type RangeRelation = 'intersects' | 'contains' | 'within'

export const RANGE_TYPES = Object.keys(ENDS) as readonly RangeType[]

export function isRangeType(type: FieldType): type is RangeType {
  return Object.hasOwn(ENDS, type)
}

export function endType(type: RangeType): (typeof ENDS)[RangeType] {
  return ENDS[type]
}

const FLOAT_MAX = 3.4028234663852886e38
const IP_MIN = new Uint8Array(16)
const IP_MAX = new Uint8Array(16).fill(0xff)

/** The least and the greatest value that a range may reach: its end where none is given. */
const LIMITS: Readonly<Record<RangeType, RangeValue>> = {
  integer_range: { from: -(2 ** 31), to: 2 ** 31 - 1 },
  long_range: { from: -(2n ** 63n), to: 2n ** 63n - 1n },
  date_range: { from: -(2n ** 63n), to: 2n ** 63n - 1n },
  float_range: { from: -Infinity, to: Infinity },
  double_range: { from: -Infinity, to: Infinity },
  ip_range: { from: IP_MIN, to: IP_MAX },
}

export function limitsOf(type: RangeType): RangeValue {
  return LIMITS[type]
}

/** The value right above, or below: `undefined` where there is none. So ranges that leave their ends out become such that do not. */
export function neighbour(end: RangeEnd, type: RangeType, direction: 1 | -1): RangeEnd | undefined {
  if (end instanceof Uint8Array) return nextAddress(end, direction)
  const { from, to } = LIMITS[type]
  if (end === (direction > 0 ? to : from)) return undefined
  if (type === 'double_range') return nextDouble(Number(end), direction)
  if (type === 'float_range') return nextFloat(Number(end), direction)
  return compact(BigInt(end) + BigInt(direction))
}

function compact(whole: bigint): number | bigint {
  const number = Number(whole)
  return Number.isSafeInteger(number) ? number : whole
}

function nextAddress(address: Uint8Array, direction: 1 | -1): Uint8Array | undefined {
  const next = address.slice()
  const [carried, becomes] = direction > 0 ? [0xff, 0] : [0, 0xff]
  for (let i = 15; i >= 0; i--) {
    const byte = next[i] ?? 0
    if (byte !== carried) {
      next[i] = byte + direction
      return next
    }
    next[i] = becomes
  }
  return undefined
}

/** Floats of one sign are in the order of their bits. */
function nextDouble(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * Number.MIN_VALUE
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(value > 0 ? direction : -direction))
  return view.getFloat64(0)
}

function nextFloat(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * 2 ** -149
  if (value === direction * FLOAT_MAX) return direction * Infinity
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  view.setInt32(0, view.getInt32(0) + (value > 0 ? direction : -direction))
  return view.getFloat32(0)
}

/** Order of two ends of the same type. */
export function compareEnds(a: RangeEnd, b: RangeEnd): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

export function isRangeValue(value: unknown): value is RangeValue {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value
}

/** Whether a stored range lies so to the asked one. */
export function isRelatedRange(stored: RangeValue, asked: RangeValue, relation: RangeRelation): boolean {
  if (relation === 'intersects') return compareEnds(stored.from, asked.to) <= 0 && compareEnds(stored.to, asked.from) >= 0
  const [outer, inner] = relation === 'contains' ? [stored, asked] : [asked, stored]
  return compareEnds(outer.from, inner.from) <= 0 && compareEnds(outer.to, inner.to) >= 0
}
