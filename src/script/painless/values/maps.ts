import { charge } from '../budget.ts'
import { concurrentModification, unsupported } from '../java-error.ts'
import { equalMaps, equalValues, hashOf, hashOfMap, keyOf, keyOfMap } from './equality.ts'
import { hashOrder, plainEntries } from './plain-entries.ts'
import { mapText, textOf } from './text.ts'
import { isPlainMap, JavaObject, type Value } from './value.ts'

/** Rough bytes of an entry of a map or set. */
const ENTRY_BYTES = 48

/** Any Map. Absent is null; the order of the entries is the one that Java would have. */
export abstract class JavaMap extends JavaObject {
  abstract readonly size: number
  abstract get(key: Value): Value
  abstract has(key: Value): boolean
  /** Answers the value before. */
  abstract put(key: Value, value: Value): Value
  /** Answers the value that was there. */
  abstract delete(key: Value): Value
  abstract clear(): void
  /** What a change of the map would not touch. */
  abstract snapshot(): readonly (readonly [Value, Value])[]

  /** The value that stands for the map in the script: a part of a document is itself. */
  get self(): Value {
    return this
  }

  /** @throws JavaError when entries come or go meanwhile */
  *entries(): Iterable<readonly [Value, Value]> {
    const entries = this.snapshot()
    for (const entry of entries) {
      if (this.size !== entries.length) throw concurrentModification()
      yield entry
    }
  }

  override toText(): string {
    return mapText(this.entries(), this)
  }
  override equalTo(other: Value): boolean {
    return (other instanceof JavaMap || isPlainMap(other)) && equalMaps(this, other)
  }
  override hash(): number {
    return hashOfMap(this)
  }
  override key(): unknown {
    return keyOfMap(this)
  }
  override toJson(): Value {
    const plain: Record<string, Value> = {}
    for (const [key, value] of this.snapshot()) setMember(plain, textOf(key), value)
    return plain
  }
}

/** A map of a class that scripts can make: HashMap, LinkedHashMap and the like. */
export class EntryMap extends JavaMap {
  readonly #className: string
  readonly #hashed: boolean
  readonly #entries = new Map<unknown, [Value, Value]>()
  #order: readonly (readonly [Value, Value])[] | undefined
  /** Size of Java's table; it grows and never shrinks. */
  #capacity: number

  constructor(className = 'java.util.HashMap', capacity = 16) {
    super()
    this.#className = className
    this.#hashed = HASHED.has(className)
    this.#capacity = capacity
  }

  get className(): string {
    return this.#className
  }
  get size(): number {
    return this.#entries.size
  }
  get(key: Value): Value {
    const entry = this.#entries.get(keyOf(key))
    return entry === undefined ? null : entry[1]
  }
  has(key: Value): boolean {
    return this.#entries.has(keyOf(key))
  }
  put(key: Value, value: Value): Value {
    const known = keyOf(key)
    const entry = this.#entries.get(known)
    this.#order = undefined
    if (entry !== undefined) {
      const before = entry[1]
      this.#entries.set(known, [entry[0], value])
      return before
    }
    charge(ENTRY_BYTES)
    this.#entries.set(known, [key, value])
    while (this.#entries.size > this.#capacity * 0.75) this.#capacity *= 2
    return null
  }
  delete(key: Value): Value {
    const known = keyOf(key)
    const before = this.#entries.get(known)
    if (before === undefined) return null
    this.#entries.delete(known)
    this.#order = undefined
    return before[1]
  }
  clear(): void {
    this.#entries.clear()
    this.#order = undefined
  }
  snapshot(): readonly (readonly [Value, Value])[] {
    this.#order ??= this.#hashed ? hashOrder([...this.#entries.values()], this.#capacity) : [...this.#entries.values()]
    return this.#order
  }
}

const HASHED = new Set(['java.util.HashMap', 'java.util.HashSet', 'java.util.Hashtable', 'java.util.IdentityHashMap'])

/** A part of a document as a Map. */
export class PlainMap extends JavaMap {
  readonly #plain: Record<string, Value>

  constructor(plain: Record<string, Value>) {
    super()
    this.#plain = plain
  }

  get className(): string {
    return 'java.util.HashMap'
  }
  override get self(): Value {
    return this.#plain
  }
  get size(): number {
    return Object.keys(this.#plain).length
  }
  get(key: Value): Value {
    return typeof key === 'string' ? getMember(this.#plain, key) : null
  }
  has(key: Value): boolean {
    return typeof key === 'string' && Object.hasOwn(this.#plain, key)
  }
  put(key: Value, value: Value): Value {
    const name = textOf(key)
    const before = getMember(this.#plain, name)
    charge(ENTRY_BYTES)
    setMember(this.#plain, name, value)
    return before
  }
  delete(key: Value): Value {
    if (typeof key !== 'string') return null
    const before = getMember(this.#plain, key)
    delete this.#plain[key]
    return before
  }
  clear(): void {
    for (const name of Object.keys(this.#plain)) delete this.#plain[name]
  }
  snapshot(): readonly (readonly [Value, Value])[] {
    return plainEntries(this.#plain)
  }
}

/** Reads an own member: a plain read of `constructor` would answer a function of JavaScript's. */
export function getMember(plain: Readonly<Record<string, Value>>, name: string): Value {
  return Object.hasOwn(plain, name) ? (plain[name] ?? null) : null
}

/** Sets an own member whatever its name: plain assignment to `__proto__` would set the prototype. */
export function setMember(plain: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') Object.defineProperty(plain, name, { value, enumerable: true, writable: true, configurable: true })
  else plain[name] = value
}

export function mapOf(value: Value): JavaMap {
  return value instanceof JavaMap ? value : new PlainMap(value as Record<string, Value>)
}

/** A map that refuses changes: `Collections.unmodifiableMap` and what Elasticsearch hands out. */
export class ReadOnlyMap extends JavaMap {
  readonly #map: JavaMap

  constructor(map: JavaMap) {
    super()
    this.#map = map
  }
  get className(): string {
    return 'java.util.Collections.UnmodifiableMap'
  }
  get size(): number {
    return this.#map.size
  }
  get(key: Value): Value {
    return this.#map.get(key)
  }
  has(key: Value): boolean {
    return this.#map.has(key)
  }
  put(): Value {
    throw unsupported()
  }
  delete(): Value {
    throw unsupported()
  }
  clear(): void {
    throw unsupported()
  }
  snapshot(): readonly (readonly [Value, Value])[] {
    return this.#map.snapshot()
  }
}

/** Orders two keys: negative, 0 or positive. */
export type Compare = (a: Value, b: Value) => number

/** TreeMap: entries in the order of their keys. */
export class SortedMap extends JavaMap {
  readonly compare: Compare
  readonly #entries: [Value, Value][] = []

  constructor(compare: Compare) {
    super()
    this.compare = compare
  }
  get className(): string {
    return 'java.util.TreeMap'
  }
  get size(): number {
    return this.#entries.length
  }
  /** Place of the first entry whose key is not below (with `above`: is above) the key. */
  place(key: Value, above = false): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = this.compare(this.#entries[middle]?.[0] ?? null, key)
      if (order < 0 || (above && order === 0)) low = middle + 1
      else high = middle
    }
    return low
  }
  #find(key: Value): [Value, Value] | undefined {
    const entry = this.#entries[this.place(key)]
    return entry !== undefined && this.compare(entry[0], key) === 0 ? entry : undefined
  }
  get(key: Value): Value {
    return this.#find(key)?.[1] ?? null
  }
  has(key: Value): boolean {
    return this.#find(key) !== undefined
  }
  put(key: Value, value: Value): Value {
    const entry = this.#find(key)
    if (entry !== undefined) {
      const before = entry[1]
      entry[1] = value
      return before
    }
    if (this.#entries.length === 0) this.compare(key, key) // refuses what has no order
    charge(ENTRY_BYTES)
    this.#entries.splice(this.place(key), 0, [key, value])
    return null
  }
  delete(key: Value): Value {
    const entry = this.#find(key)
    if (entry === undefined) return null
    this.#entries.splice(this.#entries.indexOf(entry), 1)
    return entry[1]
  }
  clear(): void {
    this.#entries.length = 0
  }
  snapshot(): readonly (readonly [Value, Value])[] {
    return this.#entries.map(([key, value]) => [key, value])
  }
  entryAt(at: number): readonly [Value, Value] | undefined {
    return this.#entries[at]
  }
}

/** An entry of a map; setting its value changes the map. */
export class MapEntry extends JavaObject {
  readonly entryKey: Value
  #value: Value
  readonly #map: JavaMap | undefined

  constructor(key: Value, value: Value, map?: JavaMap) {
    super()
    this.entryKey = key
    this.#value = value
    this.#map = map
  }
  get className(): string {
    return 'java.util.Map.Entry'
  }
  get value(): Value {
    return this.#value
  }
  set(value: Value): Value {
    const before = this.#value
    this.#value = value
    this.#map?.put(this.entryKey, value)
    return before
  }
  override toText(): string {
    return `${textOf(this.entryKey)}=${textOf(this.#value)}`
  }
  override equalTo(other: Value): boolean {
    return other instanceof MapEntry && equalValues(this.entryKey, other.entryKey) && equalValues(this.#value, other.value)
  }
  override hash(): number {
    return hashOf(this.entryKey) ^ hashOf(this.#value)
  }
  override toJson(): Value {
    return { [textOf(this.entryKey)]: this.#value }
  }
}
