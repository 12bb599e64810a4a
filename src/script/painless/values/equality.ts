import { Float } from '../../../core/float.ts'
import { classCast, nullPointer } from '../java-error.ts'
import { BoxedNumber, classNameOf, DOUBLE, isPlainMap, JavaObject, kindOf, numberOf, type Value } from './value.ts'

/** Objects that compare with others of their class (`Comparable`): dates, enums and so on. */
export interface Comparable {
  compareTo(other: Value): number
}

/** What maps are compared by. */
interface EntriesView {
  readonly size: number
  get(key: Value): Value
  has(key: Value): boolean
  entries(): Iterable<readonly [Value, Value]>
}

/** A part of a document, or a Map, which has these methods itself. */
function entriesView(value: Value): EntriesView {
  if (!isPlainMap(value)) return value as EntriesView
  const entries = new Map<Value, Value>(Object.entries(value))
  return { size: entries.size, get: (key) => entries.get(key) ?? null, has: (key) => entries.has(key), entries: () => entries }
}

/** Java's `equals`, where null equals null only: an Integer is no Long. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Float) return b instanceof Float && Object.is(a.value, b.value)
  if (a instanceof JavaObject) return a.equalTo(b)
  if (b instanceof JavaObject) return b.equalTo(a)
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b)
  if (Array.isArray(b)) return false
  return isPlainMap(b) && equalMaps(a, b)
}

export function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, at) => equalValues(item, b[at]))
}

export function equalMaps(a: Value, b: Value): boolean {
  const [left, right] = [entriesView(a), entriesView(b)]
  if (left.size !== right.size) return false
  for (const [key, value] of left.entries()) if (!right.has(key) || !equalValues(value, right.get(key))) return false
  return true
}

/** Java's `hashCode`, for the classes that scripts meet; it decides the order of HashMaps. */
export function hashOf(value: Value): number {
  switch (typeof value) {
    case 'string':
      return hashOfText(value)
    case 'number':
      if ((value | 0) === value) return value
      return Number.isSafeInteger(value) ? hashOfLong(BigInt(value)) : hashOfDouble(value)
    case 'boolean':
      return value ? 1231 : 1237
    case 'bigint':
      return hashOfLong(value)
    default:
      break
  }
  if (value === null || value === undefined) return 0
  if (value instanceof JavaObject) return value.hash()
  if (value instanceof Float) return hashOfDouble(value.value)
  return Array.isArray(value) ? hashOfList(value) : hashOfMap(value)
}

function hashOfText(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return hash
}

function hashOfLong(value: bigint): number {
  return Number(BigInt.asIntN(32, value ^ (BigInt.asUintN(64, value) >> 32n)))
}

const bits = new DataView(new ArrayBuffer(8))

function hashOfDouble(value: number): number {
  bits.setFloat64(0, value)
  return bits.getInt32(0) ^ bits.getInt32(4)
}

export function hashOfList(items: readonly Value[]): number {
  let hash = 1
  for (const item of items) hash = (Math.imul(hash, 31) + hashOf(item)) | 0
  return hash
}

export function hashOfMap(map: Value): number {
  let hash = 0
  for (const [key, value] of entriesView(map).entries()) hash = (hash + (hashOf(key) ^ hashOf(value))) | 0
  return hash
}

/** What stands for a value in a JavaScript `Map`: the same for values that are equal. */
export function keyOf(value: Value): unknown {
  if (typeof value === 'string') return value.startsWith('\u0000') ? `\u0000s${value}` : value
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof JavaObject) return value.key()
  if (value instanceof Float) return `\u0000${DOUBLE}:${value.value}`
  if (Array.isArray(value)) return keyOfList(value)
  return keyOfMap(value)
}

const identities = new WeakMap<object, number>()
let nextIdentity = 0

/** A text that is equal for equal keys, to be joined with others. */
function keyText(value: Value): string {
  const key = keyOf(value)
  if (typeof key === 'object' && key !== null) {
    let identity = identities.get(key)
    if (identity === undefined) identities.set(key, (identity = nextIdentity += 1))
    return `@${identity}`
  }
  const text = String(key)
  return `${typeof key}${text.length}:${text}`
}

export function keyOfList(items: readonly Value[]): string {
  return `\u0000[${items.map(keyText).join(',')}`
}

export function keyOfMap(map: Value): string {
  const parts: string[] = []
  for (const [key, value] of entriesView(map).entries()) parts.push(`${keyText(key)}=${keyText(value)}`)
  return `\u0000{${parts.toSorted().join(',')}`
}

/**
 * Natural order: numbers of one class, strings by UTF-16 units, false before true, and objects that know.
 * @throws JavaError `class_cast_exception` for values of different classes
 */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b)
  if (a === null || b === null) throw nullPointer(null)
  const kind = kindOf(a)
  if (kind !== 0 && kind === kindOf(b)) {
    if (typeof a === 'bigint' || typeof b === 'bigint') return BigInt(longValue(a)) < BigInt(longValue(b)) ? -1 : a === b ? 0 : 1
    return compareDoubles(numberOf(a), numberOf(b))
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof JavaObject && 'compareTo' in a && classNameOf(a) === classNameOf(b))
    return (a as JavaObject & Comparable).compareTo(b)
  const [left, right] = [classNameOf(a), classNameOf(b)]
  throw classCast(
    left === right
      ? `class ${left} cannot be cast to class java.lang.Comparable`
      : `class ${left} cannot be cast to class ${right} (${left} and ${right} are in module java.base of loader 'bootstrap')`,
  )
}

function longValue(value: Value): number | bigint {
  return typeof value === 'bigint' ? value : value instanceof BoxedNumber ? value.value : (value as number)
}

/** Java's `Double.compare`: -0.0 before 0.0, NaN last. */
export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return a !== 0 ? 0 : Number(Object.is(b, -0)) - Number(Object.is(a, -0))
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** Java's `compareTo`: the difference of the first units that differ, or of the lengths. */
export function compareTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let at = 0; at < shared; at++) {
    const difference = a.charCodeAt(at) - b.charCodeAt(at)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
