import { charge } from '../budget.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { noSuchElement, nullPointer } from '../java-error.ts'
import { collectionOf, JavaSet, MapView } from '../values/collections.ts'
import { compareValues, equalValues } from '../values/equality.ts'
import { EntryMap, type JavaMap, MapEntry, mapOf, SortedMap } from '../values/maps.ts'
import type { Value } from '../values/value.ts'
import { tableSize } from './collections.ts'
import { pathValue } from './paths.ts'

type Two = (a: Value, b: Value) => Value
type TestTwo = (a: Value, b: Value) => boolean
type Compare = (a: Value, b: Value) => number

function putAll(self: JavaMap, other: JavaMap): JavaMap {
  for (const [key, value] of other.snapshot()) self.put(key, value)
  return self
}

/** Puts what a function made of a key; null takes the key away. */
function putComputed(self: JavaMap, key: Value, value: Value): Value {
  if (value === null) self.delete(key)
  else self.put(key, value)
  return value
}

function* results(self: JavaMap, map: Two): Iterable<Value> {
  for (const [key, value] of self.entries()) {
    charge(16)
    yield map(key, value)
  }
}

function found(self: JavaMap, map: Two, missing: Value): Value {
  for (const result of results(self, map)) if (result !== null) return result
  return missing
}

const map = classTable<JavaMap>({
  name: 'java.util.Map',
  receive: mapOf,
  methods: {
    'void clear()': (self) => self.clear(),
    'def compute(def, BiFunction)': (self, key: Value, change: Two) => putComputed(self, key, change(key, self.get(key))),
    'def computeIfAbsent(def, Function)': (self, key: Value, make: (key: Value) => Value) => {
      const before = self.get(key)
      if (before !== null) return before
      const made = make(key)
      if (made !== null) self.put(key, made)
      return made
    },
    'def computeIfPresent(def, BiFunction)': (self, key: Value, change: Two) => {
      const before = self.get(key)
      return before === null ? null : putComputed(self, key, change(key, before))
    },
    'boolean containsKey(def)': (self, key: Value) => self.has(key),
    'boolean containsValue(def)': (self, value: Value) => self.snapshot().some(([, one]) => equalValues(one, value)),
    'Set entrySet()': (self) => new MapView(self, 'entries'),
    'void forEach(BiConsumer)': (self, use: Two) => {
      for (const [key, value] of self.entries()) use(key, value)
    },
    'def get(def)': (self, key: Value) => self.get(key),
    'def getOrDefault(def, def)': (self, key: Value, missing: Value) => (self.has(key) ? self.get(key) : missing),
    'boolean isEmpty()': (self) => self.size === 0,
    'Set keySet()': (self) => new MapView(self, 'keys'),
    'def merge(def, def, BiFunction)': (self, key: Value, value: Value, combine: Two) => {
      if (value === null) throw nullPointer(null)
      const before = self.get(key)
      return putComputed(self, key, before === null ? value : combine(before, value))
    },
    'def put(def, def)': (self, key: Value, value: Value) => self.put(key, value),
    'void putAll(Map)': (self, other: Value) => void putAll(self, mapOf(other)),
    'def putIfAbsent(def, def)': (self, key: Value, value: Value) => {
      const before = self.get(key)
      if (before === null) self.put(key, value)
      return before
    },
    'def remove(def)': (self, key: Value) => self.delete(key),
    'boolean remove(def, def)': (self, key: Value, value: Value) => {
      if (!self.has(key) || !equalValues(self.get(key), value)) return false
      self.delete(key)
      return true
    },
    'def replace(def, def)': (self, key: Value, value: Value) => (self.has(key) ? self.put(key, value) : null),
    'boolean replace(def, def, def)': (self, key: Value, before: Value, value: Value) => {
      if (!self.has(key) || !equalValues(self.get(key), before)) return false
      self.put(key, value)
      return true
    },
    'void replaceAll(BiFunction)': (self, change: Two) => {
      for (const [key, value] of self.snapshot()) self.put(key, change(key, value))
    },
    'int size()': (self) => self.size,
    'Collection values()': (self) => new MapView(self, 'values'),
    'List collect(BiFunction)': (self, make: Two) => [...results(self, make)],
    'def collect(Collection, BiFunction)': (self, target: Value, make: Two) => {
      for (const result of results(self, make)) collectionOf(target).add(result)
      return target
    },
    'int count(BiPredicate)': (self, test: TestTwo) => self.snapshot().filter(([key, value]) => test(key, value)).length,
    'def each(BiConsumer)': (self, use: Two) => {
      for (const [key, value] of self.entries()) use(key, value)
      return self.self
    },
    'boolean every(BiPredicate)': (self, test: TestTwo) => self.snapshot().every(([key, value]) => test(key, value)),
    'Map.Entry find(BiPredicate)': (self, test: TestTwo) => {
      const entry = self.snapshot().find(([key, value]) => test(key, value))
      return entry === undefined ? null : new MapEntry(entry[0], entry[1], self)
    },
    'Map findAll(BiPredicate)': (self, test: TestTwo) => {
      const made = new EntryMap(self.className.endsWith('TreeMap') ? 'java.util.LinkedHashMap' : 'java.util.HashMap')
      for (const [key, value] of self.entries()) if (test(key, value)) made.put(key, value)
      return made
    },
    'def findResult(BiFunction)': (self, make: Two) => found(self, make, null),
    'def findResult(def, BiFunction)': (self, missing: Value, make: Two) => found(self, make, missing),
    'List findResults(BiFunction)': (self, make: Two) => [...results(self, make)].filter((result) => result !== null),
    'Map groupBy(BiFunction)': (self, key: Two) => {
      const groups = new EntryMap()
      for (const [name, value] of self.entries()) {
        const group = key(name, value)
        const known = groups.get(group)
        const members = known instanceof EntryMap ? known : new EntryMap()
        if (members !== known) groups.put(group, members)
        members.put(name, value)
      }
      return groups
    },
    'def getByPath(String)': (self, path: string) => pathValue(self.self, path),
    'def getByPath(String, def)': (self, path: string, missing: Value) => pathValue(self.self, path, { missing }),
  },
})

function hashMap(name: string, parents: readonly string[]): ClassTable {
  const short = name.slice(name.lastIndexOf('.') + 1)
  return classTable<JavaMap>({
    name,
    extends: parents,
    constructors: {
      [`${short}()`]: () => new EntryMap(name),
      [`${short}(Map)`]: (other: Value) => {
        const from = mapOf(other)
        return putAll(new EntryMap(name, tableSize(from.size)), from)
      },
    },
    methods: { 'def clone()': (self) => putAll(new EntryMap(name), self) },
  })
}

// --- sorted maps ---

const sortedOf = (self: JavaMap): SortedMap => self as SortedMap

function entry(self: JavaMap, place: number): MapEntry | null {
  const at = sortedOf(self).entryAt(place)
  return at === undefined ? null : new MapEntry(at[0], at[1])
}

const keyAt = (self: JavaMap, place: number): Value => sortedOf(self).entryAt(place)?.[0] ?? null

function neededKey(self: JavaMap, place: number): Value {
  if (self.size === 0) throw noSuchElement()
  return keyAt(self, place)
}

function subTree(self: JavaMap, test: (key: Value) => boolean): SortedMap {
  const made = new SortedMap(sortedOf(self).compare)
  for (const [key, value] of self.snapshot()) if (test(key)) made.put(key, value)
  return made
}

function keysOf(self: JavaMap, compare: Compare): JavaSet {
  const made = new JavaSet('java.util.TreeSet', new SortedMap(compare))
  for (const [key] of self.snapshot()) made.add(key)
  return made
}

function poll(self: JavaMap, place: number): MapEntry | null {
  const taken = entry(self, place)
  if (taken !== null) self.delete(taken.entryKey)
  return taken
}

const sortedMap = classTable<JavaMap>({
  name: 'java.util.SortedMap',
  extends: ['java.util.Map'],
  methods: {
    'def firstKey()': (self) => neededKey(self, 0),
    'def lastKey()': (self) => neededKey(self, self.size - 1),
    'SortedMap headMap(def)': (self, to: Value) => subTree(self, (key) => sortedOf(self).compare(key, to) < 0),
    'SortedMap tailMap(def)': (self, from: Value) => subTree(self, (key) => sortedOf(self).compare(key, from) >= 0),
    'SortedMap subMap(def, def)': (self, from: Value, to: Value) =>
      subTree(self, (key) => sortedOf(self).compare(key, from) >= 0 && sortedOf(self).compare(key, to) < 0),
  },
})

const navigableMap = classTable<JavaMap>({
  name: 'java.util.NavigableMap',
  extends: ['java.util.SortedMap'],
  methods: {
    'Map.Entry ceilingEntry(def)': (self, key: Value) => entry(self, sortedOf(self).place(key)),
    'def ceilingKey(def)': (self, key: Value) => keyAt(self, sortedOf(self).place(key)),
    'Map.Entry higherEntry(def)': (self, key: Value) => entry(self, sortedOf(self).place(key, true)),
    'def higherKey(def)': (self, key: Value) => keyAt(self, sortedOf(self).place(key, true)),
    'Map.Entry floorEntry(def)': (self, key: Value) => entry(self, sortedOf(self).place(key, true) - 1),
    'def floorKey(def)': (self, key: Value) => keyAt(self, sortedOf(self).place(key, true) - 1),
    'Map.Entry lowerEntry(def)': (self, key: Value) => entry(self, sortedOf(self).place(key) - 1),
    'def lowerKey(def)': (self, key: Value) => keyAt(self, sortedOf(self).place(key) - 1),
    'Map.Entry firstEntry()': (self) => entry(self, 0),
    'Map.Entry lastEntry()': (self) => entry(self, self.size - 1),
    'Map.Entry pollFirstEntry()': (self) => poll(self, 0),
    'Map.Entry pollLastEntry()': (self) => poll(self, self.size - 1),
    'NavigableMap descendingMap()': (self) => {
      const { compare } = sortedOf(self)
      return putAll(new SortedMap((a, b) => compare(b, a)), self)
    },
    'NavigableSet navigableKeySet()': (self) => keysOf(self, sortedOf(self).compare),
    'NavigableSet descendingKeySet()': (self) => keysOf(self, (a, b) => sortedOf(self).compare(b, a)),
    'NavigableMap headMap(def, boolean)': (self, to: Value, inclusive: boolean) =>
      subTree(self, (key) => sortedOf(self).compare(key, to) < (inclusive ? 1 : 0)),
    'NavigableMap tailMap(def, boolean)': (self, from: Value, inclusive: boolean) =>
      subTree(self, (key) => sortedOf(self).compare(key, from) >= (inclusive ? 0 : 1)),
  },
})

const treeMap = classTable<JavaMap>({
  name: 'java.util.TreeMap',
  extends: ['java.util.NavigableMap'],
  constructors: {
    'TreeMap()': () => new SortedMap(compareValues),
    'TreeMap(Comparator)': (compare: Compare) => new SortedMap(compare),
  },
  methods: { 'def clone()': (self) => putAll(new SortedMap(sortedOf(self).compare), self) },
})

const keyOf = (value: Value): Value => (value as MapEntry).entryKey
const valueOf = (value: Value): Value => (value as MapEntry).value

const mapEntry = classTable<MapEntry>({
  name: 'java.util.Map.Entry',
  statics: {
    'Comparator comparingByKey()': () => (a: Value, b: Value) => compareValues(keyOf(a), keyOf(b)),
    'Comparator comparingByKey(Comparator)': (compare: Compare) => (a: Value, b: Value) => compare(keyOf(a), keyOf(b)),
    'Comparator comparingByValue()': () => (a: Value, b: Value) => compareValues(valueOf(a), valueOf(b)),
    'Comparator comparingByValue(Comparator)': (compare: Compare) => (a: Value, b: Value) => compare(valueOf(a), valueOf(b)),
  },
  methods: {
    'def getKey()': (self) => self.entryKey,
    'def getValue()': (self) => self.value,
    'def setValue(def)': (self, value: Value) => self.set(value),
  },
})

export const mapClasses: readonly ClassTable[] = [
  map,
  hashMap('java.util.HashMap', ['java.util.Map']),
  hashMap('java.util.LinkedHashMap', ['java.util.HashMap']),
  hashMap('java.util.Hashtable', ['java.util.Map']),
  hashMap('java.util.IdentityHashMap', ['java.util.Map']),
  sortedMap,
  navigableMap,
  treeMap,
  mapEntry,
  classTable({ name: 'java.util.Collections.UnmodifiableMap', extends: ['java.util.Map'] }),
]
