import { charge, step } from '../budget.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { illegalArgument, JavaError, noSuchElement } from '../java-error.ts'
import {
  collectionOf,
  indexIn,
  iterate,
  JavaArray,
  JavaCollection,
  JavaIterator,
  JavaList,
  JavaSet,
  listOf,
  NamedList,
  PriorityQueue,
  ReadOnlyCollection,
  ReadOnlyList,
  SubList,
} from '../values/collections.ts'
import { compareValues, equalValues, hashOfList } from '../values/equality.ts'
import { EntryMap, mapOf, ReadOnlyMap, SortedMap } from '../values/maps.ts'
import { JavaStream } from '../values/streams.ts'
import { textOf } from '../values/text.ts'
import { numberOf, type Value } from '../values/value.ts'
import { pathValue } from './paths.ts'

type One = (value: Value) => Value
type Test = (value: Value) => boolean
type Compare = (a: Value, b: Value) => number

const ELEMENT_BYTES = 16

function listFrom(items: Iterable<Value>): Value[] {
  const list: Value[] = []
  for (const item of items) {
    charge(ELEMENT_BYTES)
    list.push(item)
  }
  return list
}

function* picked(items: Iterable<Value>, test: Test): Iterable<Value> {
  for (const item of items) if (test(item)) yield item
}

function* mapped(items: Iterable<Value>, map: One): Iterable<Value> {
  for (const item of items) yield map(item)
}

/** The first result of a function that is not null. */
function firstResult(items: Iterable<Value>, map: One, missing: Value): Value {
  for (const item of items) {
    const result = map(item)
    if (result !== null) return result
  }
  return missing
}

export function grouped(items: Iterable<Value>, key: One): EntryMap {
  const groups = new EntryMap('java.util.LinkedHashMap')
  for (const item of items) {
    const name = key(item)
    const group = groups.get(name)
    charge(ELEMENT_BYTES)
    if (Array.isArray(group)) group.push(item)
    else groups.put(name, [item])
  }
  return groups
}

const iterable = classTable<Iterable<Value>>({
  name: 'java.lang.Iterable',
  receive: iterate,
  methods: {
    'void forEach(Consumer)': (self, use: One) => {
      for (const item of self) use(item)
    },
    'Iterator iterator()': (self) => new JavaIterator([...self]),
    'boolean any(Predicate)': (self, test: Test) => {
      for (const item of self) if (test(item)) return true
      return false
    },
    'Collection asCollection()': (self) => listFrom(self),
    'List asList()': (self) => listFrom(self),
    'def each(Consumer)': (self, use: One) => {
      for (const item of self) use(item)
      return self instanceof JavaCollection ? self.self : self
    },
    'def eachWithIndex(ObjIntConsumer)': (self, use: (value: Value, at: number) => void) => {
      let at = 0
      for (const item of self) {
        use(item, at)
        at += 1
      }
      return self instanceof JavaCollection ? self.self : self
    },
    'boolean every(Predicate)': (self, test: Test) => {
      for (const item of self) if (!test(item)) return false
      return true
    },
    'List findResults(Function)': (self, map: One) => listFrom(picked(mapped(self, map), (result) => result !== null)),
    'Map groupBy(Function)': grouped,
    'String join(String)': (self, separator: string) => {
      const parts = listFrom(self).map(textOf)
      charge(parts.reduce((sum, part) => sum + part.length + separator.length, 0))
      return parts.join(separator)
    },
    'double sum()': (self) => {
      let sum = 0
      for (const item of self) sum += numberOf(item)
      return sum
    },
    'double sum(ToDoubleFunction)': (self, map: (value: Value) => number) => {
      let sum = 0
      for (const item of self) sum += map(item)
      return sum
    },
  },
})

const collection = classTable<JavaCollection>({
  name: 'java.util.Collection',
  extends: ['java.lang.Iterable'],
  receive: collectionOf,
  methods: {
    'Iterator iterator()': (self) => JavaIterator.of(self),
    'boolean add(def)': (self, value: Value) => self.add(value),
    'boolean addAll(Collection)': (self, other: Value) => addAll(self, collectionOf(other).snapshot()),
    'void clear()': (self) => self.clear(),
    'boolean contains(def)': (self, value: Value) => self.contains(value),
    'boolean containsAll(Collection)': (self, other: Value) =>
      collectionOf(other)
        .snapshot()
        .every((item) => self.contains(item)),
    'boolean isEmpty()': (self) => self.size === 0,
    'boolean remove(def)': (self, value: Value) => self.remove(value),
    'boolean removeAll(Collection)': (self, other: Value) => {
      const others = collectionOf(other)
      return removeWhere(self, (item) => others.contains(item))
    },
    'boolean removeIf(Predicate)': removeWhere,
    'boolean retainAll(Collection)': (self, other: Value) => {
      const others = collectionOf(other)
      return removeWhere(self, (item) => !others.contains(item))
    },
    'int size()': (self) => self.size,
    'Stream stream()': (self) => JavaStream.of('def', self),
    'def[] toArray()': (self) => new JavaArray('def', listFrom(self.snapshot())),
    'def[] toArray(def[])': (self) => new JavaArray('def', listFrom(self.snapshot())),
    'List collect(Function)': (self, map: One) => listFrom(mapped(self, map)),
    'def collect(Collection, Function)': (self, target: Value, map: One) => {
      addAll(collectionOf(target), listFrom(mapped(self, map)))
      return target
    },
    'def find(Predicate)': (self, test: Test) => {
      for (const item of picked(self, test)) return item
      return null
    },
    'List findAll(Predicate)': (self, test: Test) => listFrom(picked(self, test)),
    'def findResult(Function)': (self, map: One) => firstResult(self, map, null),
    'def findResult(def, Function)': (self, missing: Value, map: One) => firstResult(self, map, missing),
    'List split(Predicate)': (self, test: Test) => {
      const parts: [Value[], Value[]] = [[], []]
      for (const item of self) parts[test(item) ? 0 : 1].push(item)
      return parts
    },
  },
})

function addAll(self: JavaCollection, items: readonly Value[]): boolean {
  let changed = false
  for (const item of items) {
    step()
    changed = self.add(item) || changed
  }
  return changed
}

function removeWhere(self: JavaCollection, test: Test): boolean {
  if (self instanceof JavaList) {
    const kept = self.items.filter((item) => !test(item))
    if (kept.length === self.size) return false
    self.edit((items) => {
      items.length = 0
      for (const item of kept) items.push(item)
    })
    return true
  }
  const gone = self.snapshot().filter(test)
  for (const item of gone) self.remove(item)
  return gone.length > 0
}

function checkPosition(at: number, length: number): void {
  if (at < 0 || at > length) throw new JavaError('java.lang.IndexOutOfBoundsException', `Index: ${at}, Size: ${length}`)
}

function lastIndexIn(items: readonly Value[], value: Value): number {
  for (let at = items.length - 1; at >= 0; at--) if (equalValues(items[at] ?? null, value)) return at
  return -1
}

const list = classTable<JavaList>({
  name: 'java.util.List',
  extends: ['java.util.Collection'],
  receive: listOf,
  methods: {
    'boolean add(def)': (self, value: Value) => self.add(value),
    'void add(int, def)': (self, at: number, value: Value) => {
      checkPosition(at, self.size)
      charge(ELEMENT_BYTES)
      self.edit((items) => items.splice(at, 0, value))
    },
    'boolean addAll(int, Collection)': (self, at: number, other: Value) => {
      checkPosition(at, self.size)
      const added = listFrom(collectionOf(other).snapshot())
      self.edit((items) => items.splice(at, 0, ...added))
      return added.length > 0
    },
    'def get(int)': (self, at: number) => self.at(at),
    'int indexOf(def)': (self, value: Value) => indexIn(self.items, value),
    'int lastIndexOf(def)': (self, value: Value) => lastIndexIn(self.items, value),
    'int getLength()': (self) => self.size,
    'ListIterator listIterator()': (self) => JavaIterator.of(self),
    'ListIterator listIterator(int)': (self, from: number) => {
      checkPosition(from, self.size)
      const iterator = JavaIterator.of(self)
      for (let at = 0; at < from; at++) iterator.next()
      return iterator
    },
    'def remove(int)': (self, at: number) => {
      const value = self.at(at)
      self.edit((items) => items.splice(at, 1))
      return value
    },
    'void replaceAll(UnaryOperator)': (self, map: One) => {
      const changed = self.items.map(map)
      self.edit((items) => changed.forEach((item, at) => (items[at] = item)))
    },
    'def set(int, def)': (self, at: number, value: Value) => self.setAt(at, value),
    'void sort(Comparator?)': (self, compare: Compare | null) => self.edit((items) => items.sort(compare ?? compareValues)),
    'List subList(int, int)': (self, from: number, to: number) => {
      if (from < 0) throw new JavaError('java.lang.IndexOutOfBoundsException', `fromIndex = ${from}`)
      if (to > self.size) throw new JavaError('java.lang.IndexOutOfBoundsException', `toIndex = ${to}`)
      if (from > to) throw illegalArgument(`fromIndex(${from}) > toIndex(${to})`)
      return new SubList(self, from, to)
    },
    'def getByPath(String)': (self, path: string) => pathValue(self.self, path),
    'def getByPath(String, def)': (self, path: string, missing: Value) => pathValue(self.self, path, { missing }),
  },
})

const arrayList = classTable<JavaList>({
  name: 'java.util.ArrayList',
  extends: ['java.util.List'],
  constructors: {
    'ArrayList()': () => [],
    'ArrayList(Collection)': (other: Value) => listFrom(collectionOf(other).snapshot()),
  },
  methods: { 'def clone()': (self) => listFrom(self.items), 'void trimToSize()': () => null },
})

/** Lists of other names that behave as one. */
function namedList(name: string, parents: readonly string[], methods: ClassTable<JavaList>['methods'] = {}): ClassTable {
  const short = name.slice(name.lastIndexOf('.') + 1)
  return classTable<JavaList>({
    name,
    extends: parents,
    receive: listOf,
    constructors: {
      [`${short}()`]: () => new NamedList(name),
      ...(name === 'java.util.Stack'
        ? {}
        : { [`${short}(Collection)`]: (other: Value) => new NamedList(name, listFrom(collectionOf(other).snapshot())) }),
    },
    methods: { 'def clone()': (self) => new NamedList(name, listFrom(self.items)), ...methods },
  })
}

// --- queues ---

/** The first (or last) element of a queue, gone from it if asked. */
function end(self: JavaCollection, which: 'first' | 'last', take: boolean): { readonly value: Value } | undefined {
  if (self instanceof PriorityQueue) return self.size === 0 ? undefined : { value: take ? self.poll() : self.peek() }
  const queue = self as JavaList
  if (queue.size === 0) return undefined
  const value = queue.at(which === 'first' ? 0 : queue.size - 1)
  if (take) queue.edit((items) => (which === 'first' ? items.shift() : items.pop()))
  return { value }
}

function needed(found: { readonly value: Value } | undefined): Value {
  if (found === undefined) throw noSuchElement()
  return found.value
}

function addFirst(self: JavaCollection, value: Value): void {
  charge(ELEMENT_BYTES)
  ;(self as JavaList).edit((items) => items.unshift(value))
}

const queue = classTable<JavaCollection>({
  name: 'java.util.Queue',
  extends: ['java.util.Collection'],
  receive: collectionOf,
  methods: {
    'def element()': (self) => needed(end(self, 'first', false)),
    'boolean offer(def)': (self, value: Value) => self.add(value),
    'def peek()': (self) => end(self, 'first', false)?.value ?? null,
    'def poll()': (self) => end(self, 'first', true)?.value ?? null,
    'def remove()': (self) => needed(end(self, 'first', true)),
  },
})

const deque = classTable<JavaCollection>({
  name: 'java.util.Deque',
  extends: ['java.util.Queue'],
  receive: collectionOf,
  methods: {
    'void addFirst(def)': addFirst,
    'void addLast(def)': (self, value: Value) => void self.add(value),
    'Iterator descendingIterator()': (self) => new JavaIterator(self.snapshot().toReversed(), self),
    'def getFirst()': (self) => needed(end(self, 'first', false)),
    'def getLast()': (self) => needed(end(self, 'last', false)),
    'boolean offerFirst(def)': (self, value: Value) => {
      addFirst(self, value)
      return true
    },
    'boolean offerLast(def)': (self, value: Value) => self.add(value),
    'def peekFirst()': (self) => end(self, 'first', false)?.value ?? null,
    'def peekLast()': (self) => end(self, 'last', false)?.value ?? null,
    'def pollFirst()': (self) => end(self, 'first', true)?.value ?? null,
    'def pollLast()': (self) => end(self, 'last', true)?.value ?? null,
    'def pop()': (self) => needed(end(self, 'first', true)),
    'void push(def)': addFirst,
    'boolean remove(def)': (self, value: Value) => self.remove(value),
    'def removeFirst()': (self) => needed(end(self, 'first', true)),
    'boolean removeFirstOccurrence(def)': (self, value: Value) => self.remove(value),
    'def removeLast()': (self) => needed(end(self, 'last', true)),
    'boolean removeLastOccurrence(def)': (self, value: Value) => {
      const at = lastIndexIn((self as JavaList).items, value)
      if (at >= 0) (self as JavaList).edit((items) => items.splice(at, 1))
      return at >= 0
    },
  },
})

const emptyStack = (): JavaError => new JavaError('java.util.EmptyStackException', null)

const stackMethods: NonNullable<ClassTable<JavaList>['methods']> = {
  'boolean empty()': (self) => self.size === 0,
  'def peek()': (self) => {
    if (self.size === 0) throw emptyStack()
    return self.at(self.size - 1)
  },
  'def pop()': (self) => {
    if (self.size === 0) throw emptyStack()
    return self.edit((items) => items.pop()) ?? null
  },
  'def push(def)': (self, value: Value) => {
    self.add(value)
    return value
  },
  'int search(def)': (self, value: Value) => {
    const at = lastIndexIn(self.items, value)
    return at < 0 ? -1 : self.size - at
  },
}

const vectorMethods: NonNullable<ClassTable<JavaList>['methods']> = {
  'void addElement(def)': (self, value: Value) => void self.add(value),
  'def elementAt(int)': (self, at: number) => self.at(at),
  'def firstElement()': (self) => needed(end(self, 'first', false)),
  'def lastElement()': (self) => needed(end(self, 'last', false)),
  'void insertElementAt(def, int)': (self, value: Value, at: number) => {
    checkPosition(at, self.size)
    self.edit((items) => items.splice(at, 0, value))
  },
  'void removeAllElements()': (self) => self.clear(),
  'boolean removeElement(def)': (self, value: Value) => self.remove(value),
  'void removeElementAt(int)': (self, at: number) => {
    self.at(at)
    self.edit((items) => items.splice(at, 1))
  },
  'void setElementAt(def, int)': (self, value: Value, at: number) => void self.setAt(at, value),
}

const priorityQueue = classTable<PriorityQueue>({
  name: 'java.util.PriorityQueue',
  extends: ['java.util.Queue'],
  constructors: {
    'PriorityQueue()': () => new PriorityQueue(compareValues),
    'PriorityQueue(Comparator)': (compare: Compare) => new PriorityQueue(compare),
  },
})

// --- sets ---

const set = classTable<JavaCollection>({
  name: 'java.util.Set',
  extends: ['java.util.Collection'],
  receive: collectionOf,
  methods: { 'boolean remove(def)': (self, value: Value) => self.remove(value) },
})

function hashSet(name: string, parents: readonly string[]): ClassTable {
  const short = name.slice(name.lastIndexOf('.') + 1)
  return classTable<JavaSet>({
    name,
    extends: parents,
    constructors: {
      [`${short}()`]: () => new JavaSet(name),
      [`${short}(Collection)`]: (other: Value) => {
        const items = collectionOf(other).snapshot()
        const made = new JavaSet(name, new EntryMap(name, tableSize(items.length)))
        addAll(made, items)
        return made
      },
    },
    methods: {
      'def clone()': (self) => {
        const made = new JavaSet(name)
        addAll(made, self.snapshot())
        return made
      },
    },
  })
}

/** The table that Java's HashSet and HashMap make for a collection: it decides their order. */
export function tableSize(count: number): number {
  const needed = Math.max(Math.floor(count / 0.75) + 1, 16)
  return 2 ** Math.ceil(Math.log2(needed))
}

function sortedOf(self: JavaCollection): SortedMap {
  return (self as JavaSet).map as SortedMap
}

function treeSet(items: readonly Value[], compare: Compare = compareValues): JavaSet {
  const made = new JavaSet('java.util.TreeSet', new SortedMap(compare))
  addAll(made, items)
  return made
}

function neighbor(self: JavaCollection, place: number): Value {
  return sortedOf(self).entryAt(place)?.[0] ?? null
}

function subTree(self: JavaCollection, test: Test): JavaSet {
  const map = sortedOf(self)
  return treeSet(self.snapshot().filter(test), map.compare)
}

function pollTree(self: JavaCollection, place: number): Value {
  const key = neighbor(self, place)
  if (self.size > 0) self.remove(key)
  return key
}

const sortedSet = classTable<JavaCollection>({
  name: 'java.util.SortedSet',
  extends: ['java.util.Set'],
  receive: collectionOf,
  methods: {
    'def first()': (self) => {
      if (self.size === 0) throw noSuchElement()
      return neighbor(self, 0)
    },
    'def last()': (self) => {
      if (self.size === 0) throw noSuchElement()
      return neighbor(self, self.size - 1)
    },
    'SortedSet headSet(def)': (self, to: Value) => subTree(self, (item) => sortedOf(self).compare(item, to) < 0),
    'SortedSet tailSet(def)': (self, from: Value) => subTree(self, (item) => sortedOf(self).compare(item, from) >= 0),
    'SortedSet subSet(def, def)': (self, from: Value, to: Value) =>
      subTree(self, (item) => sortedOf(self).compare(item, from) >= 0 && sortedOf(self).compare(item, to) < 0),
  },
})

const navigableSet = classTable<JavaCollection>({
  name: 'java.util.NavigableSet',
  extends: ['java.util.SortedSet'],
  receive: collectionOf,
  methods: {
    'def ceiling(def)': (self, key: Value) => neighbor(self, sortedOf(self).place(key)),
    'def higher(def)': (self, key: Value) => neighbor(self, sortedOf(self).place(key, true)),
    'def floor(def)': (self, key: Value) => neighbor(self, sortedOf(self).place(key, true) - 1),
    'def lower(def)': (self, key: Value) => neighbor(self, sortedOf(self).place(key) - 1),
    'def pollFirst()': (self) => pollTree(self, 0),
    'def pollLast()': (self) => pollTree(self, self.size - 1),
    'Iterator descendingIterator()': (self) => new JavaIterator(self.snapshot().toReversed(), self),
    'NavigableSet descendingSet()': (self) => {
      const { compare } = sortedOf(self)
      return treeSet(self.snapshot(), (a, b) => compare(b, a))
    },
    'NavigableSet headSet(def, boolean)': (self, to: Value, inclusive: boolean) =>
      subTree(self, (item) => sortedOf(self).compare(item, to) < (inclusive ? 1 : 0)),
    'NavigableSet tailSet(def, boolean)': (self, from: Value, inclusive: boolean) =>
      subTree(self, (item) => sortedOf(self).compare(item, from) >= (inclusive ? 0 : 1)),
  },
})

const treeSetClass = classTable<JavaSet>({
  name: 'java.util.TreeSet',
  extends: ['java.util.NavigableSet'],
  constructors: {
    'TreeSet()': () => treeSet([]),
    // A TreeSet can be made with a Comparator or, in Java, of a collection; what is passed tells which.
    'TreeSet(Comparator)': (compare: Compare) => treeSet([], compare),
  },
  methods: { 'def clone()': (self) => treeSet(self.snapshot(), sortedOf(self).compare) },
})

// --- iterators ---

const iterator = classTable<JavaIterator>({
  name: 'java.util.Iterator',
  methods: {
    'void forEachRemaining(Consumer)': (self, use: One) => {
      while (self.hasNext()) use(self.next())
    },
    'boolean hasNext()': (self) => self.hasNext(),
    'def next()': (self) => self.next(),
    'void remove()': (self) => self.remove(),
  },
})

const listIterator = classTable<JavaIterator>({
  name: 'java.util.ListIterator',
  extends: ['java.util.Iterator'],
  methods: {
    'boolean hasPrevious()': (self) => self.hasPrevious(),
    'int nextIndex()': (self) => self.nextIndex(),
    'int previousIndex()': (self) => self.nextIndex() - 1,
    'def previous()': (self) => self.previous(),
    'void set(def)': (self, value: Value) => self.set(value),
  },
})

// --- Collections and Arrays ---

function extreme(items: JavaCollection, compare: Compare, sign: 1 | -1): Value {
  const [first, ...rest] = items.snapshot()
  if (items.size === 0) throw noSuchElement()
  return rest.reduce((best, item) => (sign * compare(item, best) > 0 ? item : best), first ?? null)
}

function binarySearch(value: Value, key: Value, compare: Compare): number {
  const { items } = listOf(value)
  let low = 0
  let high = items.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const order = compare(items[middle] ?? null, key)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return -low - 1
}

function swap(value: Value, a: number, b: number): void {
  const self = listOf(value)
  self.setAt(a, self.setAt(b, self.at(a)))
}

const emptyList = new ReadOnlyList([])
const emptySet = new ReadOnlyCollection(new JavaSet(), 'java.util.Collections.EmptySet')
const emptyMap = new ReadOnlyMap(new EntryMap())

function setOf(...items: Value[]): JavaSet {
  const made = new JavaSet()
  addAll(made, items)
  return made
}

const collections = classTable({
  name: 'java.util.Collections',
  constants: { 'List EMPTY_LIST': emptyList, 'Map EMPTY_MAP': emptyMap, 'Set EMPTY_SET': emptySet },
  statics: {
    'boolean addAll(Collection, def[])': (target: Value, items: JavaArray) => addAll(collectionOf(target), items.items),
    'int binarySearch(List, def)': (self: Value, key: Value) => binarySearch(self, key, compareValues),
    'int binarySearch(List, def, Comparator)': binarySearch,
    'boolean disjoint(Collection, Collection)': (a: Value, b: Value) => {
      const others = collectionOf(b)
      return !collectionOf(a)
        .snapshot()
        .some((item) => others.contains(item))
    },
    'List emptyList()': () => emptyList,
    'Map emptyMap()': () => emptyMap,
    'Set emptySet()': () => emptySet,
    'Iterator emptyIterator()': () => new JavaIterator([]),
    'void fill(List, def)': (self: Value, value: Value) => listOf(self).edit((items) => items.fill(value)),
    'int frequency(Collection, def)': (self: Value, value: Value) =>
      collectionOf(self)
        .snapshot()
        .filter((item) => equalValues(item, value)).length,
    'def max(Collection)': (self: Value) => extreme(collectionOf(self), compareValues, 1),
    'def max(Collection, Comparator)': (self: Value, compare: Compare) => extreme(collectionOf(self), compare, 1),
    'def min(Collection)': (self: Value) => extreme(collectionOf(self), compareValues, -1),
    'def min(Collection, Comparator)': (self: Value, compare: Compare) => extreme(collectionOf(self), compare, -1),
    'List nCopies(int, def)': (count: number, value: Value) => {
      if (count < 0) throw illegalArgument(`List length = ${count}`)
      charge(8 * count)
      return new ReadOnlyList(Array.from<Value>({ length: count }).fill(value))
    },
    'boolean replaceAll(List, def, def)': (self: Value, from: Value, to: Value) => {
      const target = listOf(self)
      const changed = target.items.map((item) => (equalValues(item, from) ? to : item))
      const any = target.items.some((item) => equalValues(item, from))
      target.edit((items) => changed.forEach((item, at) => (items[at] = item)))
      return any
    },
    'void reverse(List)': (self: Value) => listOf(self).edit((items) => items.reverse()),
    'Comparator reverseOrder()': () => (a: Value, b: Value) => compareValues(b, a),
    'Comparator reverseOrder(Comparator)': (compare: Compare) => (a: Value, b: Value) => compare(b, a),
    'void rotate(List, int)': (self: Value, distance: number) => {
      const target = listOf(self)
      const { size } = target
      if (size === 0) return
      const by = ((distance % size) + size) % size
      target.edit((items) => items.unshift(...items.splice(size - by, by)))
    },
    'Set singleton(def)': (value: Value) => new ReadOnlyCollection(setOf(value), 'java.util.Collections.SingletonSet'),
    'List singletonList(def)': (value: Value) => new ReadOnlyList([value]),
    'Map singletonMap(def, def)': (key: Value, value: Value) => {
      const made = new EntryMap()
      made.put(key, value)
      return new ReadOnlyMap(made)
    },
    'void sort(List)': (self: Value) => listOf(self).edit((items) => items.sort(compareValues)),
    'void sort(List, Comparator)': (self: Value, compare: Compare) => listOf(self).edit((items) => items.sort(compare)),
    'void swap(List, int, int)': swap,
    'Collection unmodifiableCollection(Collection)': (self: Value) =>
      new ReadOnlyCollection(collectionOf(self), 'java.util.Collections.UnmodifiableCollection'),
    'List unmodifiableList(List)': (self: Value) => new ReadOnlyList(listOf(self).items),
    'Map unmodifiableMap(Map)': (self: Value) => new ReadOnlyMap(mapOf(self)),
    'Set unmodifiableSet(Set)': (self: Value) =>
      new ReadOnlyCollection(collectionOf(self), 'java.util.Collections.UnmodifiableSet'),
  },
})

const arrays = classTable({
  name: 'java.util.Arrays',
  statics: {
    'List asList(Object[])': (array: JavaArray) => new NamedList('java.util.Arrays.ArrayList', [...array.items]),
    'boolean deepEquals(Object[], Object[])': (a: JavaArray, b: JavaArray) =>
      a.items.length === b.items.length && a.items.every((item, at) => equalValues(item, b.items[at] ?? null)),
    'int deepHashCode(Object[])': (array: JavaArray) => hashOfList(array.items),
    'String deepToString(Object[])': (array: JavaArray) => `[${array.items.map((item) => textOf(item)).join(', ')}]`,
  },
})

/** Classes of values that no script makes by name, listed so that their methods are found. */
const unnamed: readonly ClassTable[] = [
  ['java.util.Collections.UnmodifiableRandomAccessList', 'java.util.List'],
  ['java.util.ArrayList.SubList', 'java.util.List'],
  ['java.util.Arrays.ArrayList', 'java.util.List'],
  ['java.util.HashMap.KeySet', 'java.util.Set'],
  ['java.util.HashMap.EntrySet', 'java.util.Set'],
  ['java.util.HashMap.Values', 'java.util.Collection'],
  ['java.util.Collections.UnmodifiableCollection', 'java.util.Collection'],
  ['java.util.Collections.UnmodifiableSet', 'java.util.Set'],
  ['java.util.Collections.EmptySet', 'java.util.Set'],
  ['java.util.Collections.SingletonSet', 'java.util.Set'],
].map(([name = '', parent = '']) => classTable({ name, extends: [parent] }))

export const collectionClasses: readonly ClassTable[] = [
  iterable,
  collection,
  list,
  arrayList,
  queue,
  deque,
  namedList('java.util.LinkedList', ['java.util.List', 'java.util.Deque']),
  namedList('java.util.ArrayDeque', ['java.util.Deque']),
  namedList('java.util.Vector', ['java.util.List'], vectorMethods),
  namedList('java.util.Stack', ['java.util.Vector'], stackMethods),
  priorityQueue,
  set,
  hashSet('java.util.HashSet', ['java.util.Set']),
  hashSet('java.util.LinkedHashSet', ['java.util.HashSet']),
  sortedSet,
  navigableSet,
  treeSetClass,
  iterator,
  listIterator,
  collections,
  arrays,
  ...unnamed,
]
