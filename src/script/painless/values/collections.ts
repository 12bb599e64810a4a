import { charge } from '../budget.ts'
import {
  classCast,
  concurrentModification,
  indexOutOfBounds,
  JavaError,
  noSuchElement,
  nullPointer,
  unsupported,
} from '../java-error.ts'
import { equalLists, equalValues, hashOf, hashOfList, keyOf, keyOfList } from './equality.ts'
import { EntryMap, type JavaMap, MapEntry } from './maps.ts'
import { listText } from './text.ts'
import { classNameOf, identityText, JavaObject, type Value } from './value.ts'

/** Rough bytes of an element of a list. */
const ELEMENT_BYTES = 16

/** Any Collection: a list, a set, a view of a map, a queue. */
export abstract class JavaCollection extends JavaObject {
  abstract readonly size: number
  /** The elements now, in order; a change of the collection does not touch the answer. */
  abstract snapshot(): readonly Value[]
  abstract contains(value: Value): boolean
  /** Whether it changed. */
  abstract add(value: Value): boolean
  /** Takes one equal element out. Whether there was one. */
  abstract remove(value: Value): boolean
  abstract clear(): void

  /** The value that stands for the collection in the script: an array of a document is itself. */
  get self(): Value {
    return this
  }

  /** @throws JavaError when elements come or go meanwhile */
  *[Symbol.iterator](): Iterator<Value> {
    const items = this.snapshot()
    for (const item of items) {
      if (this.size !== items.length) throw concurrentModification()
      yield item
    }
  }

  override toText(): string {
    return listText(this.snapshot(), this)
  }
  override toJson(): Value {
    return [...this.snapshot()]
  }
}

/** Any List. */
export abstract class JavaList extends JavaCollection {
  /** The elements themselves: not to be changed. */
  abstract readonly items: readonly Value[]
  /** Changes the elements. @throws JavaError where the list refuses changes */
  abstract edit<Result>(change: (items: Value[]) => Result): Result

  get size(): number {
    return this.items.length
  }
  snapshot(): readonly Value[] {
    return this.items.slice()
  }
  /** Live: what an iterator of Java's would see. */
  override *[Symbol.iterator](): Iterator<Value> {
    const length = this.items.length
    for (let at = 0; at !== this.items.length; at++) {
      if (this.items.length !== length) throw concurrentModification()
      yield this.items[at] ?? null
    }
  }
  contains(value: Value): boolean {
    return indexIn(this.items, value) >= 0
  }
  add(value: Value): boolean {
    charge(ELEMENT_BYTES)
    this.edit((items) => items.push(value))
    return true
  }
  remove(value: Value): boolean {
    const at = indexIn(this.items, value)
    if (at >= 0) this.edit((items) => items.splice(at, 1))
    return at >= 0
  }
  clear(): void {
    this.edit((items) => {
      items.length = 0
    })
  }
  /** @throws JavaError `index_out_of_bounds_exception` */
  at(index: number): Value {
    const { items } = this
    if (index < 0 || index >= items.length) throw indexOutOfBounds(index, items.length)
    return items[index] ?? null
  }
  setAt(index: number, value: Value): Value {
    const before = this.at(index)
    this.edit((items) => {
      items[index] = value
    })
    return before
  }

  override equalTo(other: Value): boolean {
    return (other instanceof JavaList || Array.isArray(other)) && equalLists(this.items, listOf(other).items)
  }
  override hash(): number {
    return hashOfList(this.items)
  }
  override key(): unknown {
    return keyOfList(this.items)
  }
}

export function indexIn(items: readonly Value[], value: Value): number {
  return typeof value === 'string' ? items.indexOf(value) : items.findIndex((item) => equalValues(item, value))
}

/** An array of a document, or an ArrayList that a script made. */
class PlainList extends JavaList {
  readonly #items: Value[]
  constructor(items: Value[]) {
    super()
    this.#items = items
  }
  get className(): string {
    return 'java.util.ArrayList'
  }
  override get self(): Value {
    return this.#items
  }
  get items(): readonly Value[] {
    return this.#items
  }
  edit<Result>(change: (items: Value[]) => Result): Result {
    return change(this.#items)
  }
}

/** LinkedList, ArrayDeque, Stack and Vector: lists by another name. */
export class NamedList extends JavaList {
  readonly #className: string
  readonly #items: Value[]
  constructor(className: string, items: Value[] = []) {
    super()
    this.#className = className
    this.#items = items
  }
  get className(): string {
    return this.#className
  }
  get items(): readonly Value[] {
    return this.#items
  }
  edit<Result>(change: (items: Value[]) => Result): Result {
    return change(this.#items)
  }
}

/** A list that refuses changes. */
export class ReadOnlyList extends JavaList {
  readonly #items: readonly Value[]
  constructor(items: readonly Value[]) {
    super()
    this.#items = items
  }
  get className(): string {
    return 'java.util.Collections.UnmodifiableRandomAccessList'
  }
  get items(): readonly Value[] {
    return this.#items
  }
  edit(): never {
    throw unsupported()
  }
}

/** A part of a list: changes go through. */
export class SubList extends JavaList {
  readonly #list: JavaList
  readonly #from: number
  #to: number
  constructor(list: JavaList, from: number, to: number) {
    super()
    this.#list = list
    this.#from = from
    this.#to = to
  }
  get className(): string {
    return 'java.util.ArrayList.SubList'
  }
  get items(): readonly Value[] {
    return this.#list.items.slice(this.#from, this.#to)
  }
  edit<Result>(change: (items: Value[]) => Result): Result {
    const part = [...this.items]
    const result = change(part)
    this.#list.edit((items) => items.splice(this.#from, this.#to - this.#from, ...part))
    this.#to = this.#from + part.length
    return result
  }
}

/** A PriorityQueue: the least element first. */
export class PriorityQueue extends JavaCollection {
  readonly #compare: (a: Value, b: Value) => number
  readonly #items: Value[] = []
  constructor(compare: (a: Value, b: Value) => number) {
    super()
    this.#compare = compare
  }
  get className(): string {
    return 'java.util.PriorityQueue'
  }
  get size(): number {
    return this.#items.length
  }
  snapshot(): readonly Value[] {
    return this.#items.slice()
  }
  contains(value: Value): boolean {
    return indexIn(this.#items, value) >= 0
  }
  add(value: Value): boolean {
    charge(ELEMENT_BYTES)
    let at = this.#items.length
    while (at > 0 && this.#compare(this.#items[at - 1] ?? null, value) > 0) at -= 1
    this.#items.splice(at, 0, value)
    return true
  }
  remove(value: Value): boolean {
    const at = indexIn(this.#items, value)
    if (at >= 0) this.#items.splice(at, 1)
    return at >= 0
  }
  clear(): void {
    this.#items.length = 0
  }
  peek(): Value {
    return this.#items[0] ?? null
  }
  poll(): Value {
    return this.#items.shift() ?? null
  }
}

/** A Set: the keys of a map of the same kind. */
export class JavaSet extends JavaCollection {
  readonly #className: string
  readonly map: JavaMap
  constructor(className = 'java.util.HashSet', map: JavaMap = new EntryMap(className)) {
    super()
    this.#className = className
    this.map = map
  }
  get className(): string {
    return this.#className
  }
  get size(): number {
    return this.map.size
  }
  snapshot(): readonly Value[] {
    return this.map.snapshot().map(([key]) => key)
  }
  contains(value: Value): boolean {
    return this.map.has(value)
  }
  add(value: Value): boolean {
    if (this.map.has(value)) return false
    this.map.put(value, true)
    return true
  }
  remove(value: Value): boolean {
    const had = this.map.has(value)
    this.map.delete(value)
    return had
  }
  clear(): void {
    this.map.clear()
  }
  override equalTo(other: Value): boolean {
    return isSet(other) && other.size === this.size && this.snapshot().every((item) => other.contains(item))
  }
  override hash(): number {
    return this.snapshot().reduce<number>((sum, item) => (sum + hashOf(item)) | 0, 0)
  }
  override key(): unknown {
    return `\u0000{}${keyOfList(this.snapshot().toSorted((a, b) => (String(keyOf(a)) < String(keyOf(b)) ? -1 : 1)))}`
  }
}

/** `keySet()`, `values()` or `entrySet()` of a map: what is removed here goes from the map. */
export class MapView extends JavaCollection {
  readonly #map: JavaMap
  readonly #part: 'keys' | 'values' | 'entries'
  constructor(map: JavaMap, part: 'keys' | 'values' | 'entries') {
    super()
    this.#map = map
    this.#part = part
  }
  get className(): string {
    return { keys: 'java.util.HashMap.KeySet', values: 'java.util.HashMap.Values', entries: 'java.util.HashMap.EntrySet' }[
      this.#part
    ]
  }
  get isSet(): boolean {
    return this.#part !== 'values'
  }
  get size(): number {
    return this.#map.size
  }
  snapshot(): readonly Value[] {
    const entries = this.#map.snapshot()
    if (this.#part === 'keys') return entries.map(([key]) => key)
    if (this.#part === 'values') return entries.map(([, value]) => value)
    return entries.map(([key, value]) => new MapEntry(key, value, this.#map))
  }
  contains(value: Value): boolean {
    return this.#part === 'keys' ? this.#map.has(value) : indexIn(this.snapshot(), value) >= 0
  }
  add(): boolean {
    throw unsupported()
  }
  remove(value: Value): boolean {
    const at = indexIn(this.snapshot(), value)
    const entry = this.#map.snapshot()[at]
    if (at < 0 || entry === undefined) return false
    this.#map.delete(entry[0])
    return true
  }
  clear(): void {
    this.#map.clear()
  }
  override equalTo(other: Value): boolean {
    return this.isSet && isSet(other) && other.size === this.size && this.snapshot().every((item) => other.contains(item))
  }
  override hash(): number {
    return this.snapshot().reduce<number>((sum, item) => (sum + hashOf(item)) | 0, 0)
  }
}

/** `Collections.unmodifiableCollection` and `…Set`. */
export class ReadOnlyCollection extends JavaCollection {
  readonly #inner: JavaCollection
  readonly className: string
  constructor(inner: JavaCollection, className: string) {
    super()
    this.#inner = inner
    this.className = className
  }
  get isSet(): boolean {
    return isSet(this.#inner)
  }
  get size(): number {
    return this.#inner.size
  }
  snapshot(): readonly Value[] {
    return this.#inner.snapshot()
  }
  contains(value: Value): boolean {
    return this.#inner.contains(value)
  }
  add(): boolean {
    throw unsupported()
  }
  remove(): boolean {
    throw unsupported()
  }
  clear(): void {
    throw unsupported()
  }
  override equalTo(other: Value): boolean {
    return this.#inner.equalTo(other instanceof ReadOnlyCollection ? other.#inner : other)
  }
}

export function isSet(value: Value): value is JavaCollection {
  return value instanceof JavaSet || ((value instanceof MapView || value instanceof ReadOnlyCollection) && value.isSet)
}

/** An array of Java's: `int[]`, `def[]`. Its elements are held as their type says: see `types.ts`. */
export class JavaArray extends JavaObject {
  /** Canonical name of the element type: `int`, `java.lang.String`, `int[]`. */
  readonly elementType: string
  readonly items: unknown[]
  constructor(elementType: string, items: unknown[]) {
    super()
    this.elementType = elementType
    this.items = items
  }
  get className(): string {
    return `${this.elementType === 'def' ? 'java.lang.Object' : this.elementType}[]`
  }
  override toText(): string {
    const letter = ARRAY_LETTERS[this.elementType]
    return identityText(this, letter === undefined ? `[L${this.className.slice(0, -2)};` : `[${letter}`)
  }
  override toJson(): Value {
    return [...this.items]
  }
}

const ARRAY_LETTERS: Readonly<Record<string, string>> = {
  boolean: 'Z',
  byte: 'B',
  short: 'S',
  char: 'C',
  int: 'I',
  long: 'J',
  float: 'F',
  double: 'D',
}

export function listOf(value: Value): JavaList {
  return value instanceof JavaList ? value : new PlainList(value as Value[])
}

export function isList(value: Value): boolean {
  return Array.isArray(value) || value instanceof JavaList
}

export function collectionOf(value: Value): JavaCollection {
  return value instanceof JavaCollection ? value : new PlainList(value as Value[])
}

/** What `for` goes over: elements of a collection or another Iterable. @throws JavaError */
export function iterate(value: Value): Iterable<Value> {
  if (Array.isArray(value)) return new PlainList(value)
  if (value instanceof JavaCollection || value instanceof JavaIterator) return value
  if (value === null) throw nullPointer('Cannot invoke "Object.getClass()" because "value" is null')
  throw classCast(`Cannot iterate over [${classNameOf(value)}]`)
}

/** An Iterator or ListIterator over elements; `take` removes the last one that it gave. */
export class JavaIterator extends JavaObject implements Iterable<Value> {
  readonly #items: readonly Value[]
  readonly #source: JavaCollection | undefined
  /** How many elements the source had when this iterator last looked. */
  #expected: number
  #at = 0
  #removed = 0
  #last = -1
  constructor(items: readonly Value[], source?: JavaCollection) {
    super()
    this.#items = items
    this.#source = source
    this.#expected = source?.size ?? 0
  }
  static of(collection: JavaCollection): JavaIterator {
    return new JavaIterator(collection.snapshot(), collection)
  }
  get className(): string {
    return 'java.util.Iterator'
  }
  hasNext(): boolean {
    return this.#at < this.#items.length
  }
  hasPrevious(): boolean {
    return this.#at > 0
  }
  nextIndex(): number {
    return this.#at - this.#removed
  }
  next(): Value {
    this.#check()
    if (this.#at >= this.#items.length) throw noSuchElement()
    this.#last = this.#at
    this.#at += 1
    return this.#items[this.#last] ?? null
  }
  previous(): Value {
    this.#check()
    if (this.#at <= 0) throw noSuchElement()
    this.#at -= 1
    this.#last = this.#at
    return this.#items[this.#last] ?? null
  }
  #check(): void {
    if (this.#source !== undefined && this.#source.size !== this.#expected) throw concurrentModification()
  }
  remove(): void {
    const source = this.#source
    if (this.#last < 0 || source === undefined) throw new JavaError('java.lang.IllegalStateException', null)
    if (source instanceof JavaList) {
      const at = this.#last - this.#removed
      source.edit((items) => items.splice(at, 1))
    } else source.remove(this.#items[this.#last] ?? null)
    this.#removed += 1
    this.#expected = source.size
    this.#last = -1
  }
  set(value: Value): void {
    if (this.#last < 0 || !(this.#source instanceof JavaList)) throw new JavaError('java.lang.IllegalStateException', null)
    this.#source.setAt(this.#last - this.#removed, value)
  }
  *[Symbol.iterator](): Iterator<Value> {
    while (this.hasNext()) yield this.next()
  }
  toText(): string {
    return identityText(this, 'java.util.Iterator')
  }
}
