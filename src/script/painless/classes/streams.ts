import { charge } from '../budget.ts'
import { box } from '../casts.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { illegalArgument, illegalState } from '../java-error.ts'
import { collectionOf, JavaArray, type JavaCollection, JavaIterator, JavaSet } from '../values/collections.ts'
import { compareDoubles, compareValues, keyOf } from '../values/equality.ts'
import { addLong, compareLong, longToDouble, type Long } from '../values/long.ts'
import { EntryMap, JavaMap, mapOf } from '../values/maps.ts'
import { OptionalValue } from '../values/optional.ts'
import { JavaStream, type StreamType } from '../values/streams.ts'
import { textOf } from '../values/text.ts'
import { boxDouble, boxLong, JavaLong, JavaObject, type Value } from '../values/value.ts'

type Items = Iterable<unknown>
type Map1 = (value: unknown) => unknown
type Map2 = (a: unknown, b: unknown) => unknown
type Test = (value: unknown) => boolean
type Compare = (a: unknown, b: unknown) => number

const ELEMENT_BYTES = 16

// --- steps, lazy ---

function* mapped(items: Items, map: Map1): Items {
  for (const item of items) yield map(item)
}

function* filtered(items: Items, test: Test): Items {
  for (const item of items) if (test(item)) yield item
}

function* flattened(items: Items, map: Map1): Items {
  for (const item of items) {
    const inner = map(item)
    if (inner !== null) yield* (inner as JavaStream).take()
  }
}

function* limited(items: Items, limit: number): Items {
  if (limit <= 0) return
  let left = limit
  for (const item of items) {
    yield item
    left -= 1
    if (left === 0) return
  }
}

function* skipped(items: Items, count: number): Items {
  let left = count
  for (const item of items) {
    if (left > 0) left -= 1
    else yield item
  }
}

function* seen(items: Items, use: Map1): Items {
  for (const item of items) {
    use(item)
    yield item
  }
}

function* distinct(items: Items): Items {
  const known = new Set<unknown>()
  for (const item of items) {
    const key = keyOf(item)
    if (known.has(key)) continue
    charge(ELEMENT_BYTES)
    known.add(key)
    yield item
  }
}

function* sorted(items: Items, compare: Compare): Items {
  yield* collected(items).sort(compare)
}

function* joined(a: Items, b: Items): Items {
  yield* a
  yield* b
}

function* counting(from: Long, to: Long, last: boolean): Items {
  for (let at = from; last ? compareLong(at, to) <= 0 : compareLong(at, to) < 0; at = addLong(at, 1)) yield at
}

function collected(items: Items): unknown[] {
  const all: unknown[] = []
  for (const item of items) {
    charge(ELEMENT_BYTES)
    all.push(item)
  }
  return all
}

function checkSize(size: Long): number {
  if (compareLong(size, 0) < 0) throw illegalArgument(String(size))
  return Number(size)
}

/** What every kind of stream has; `type` is of its elements, `label` of its interfaces: `Int`, or nothing. */
function sharedMethods(
  type: StreamType,
  label: '' | 'Int' | 'Long' | 'Double',
): Record<string, (self: JavaStream, ...values: never[]) => unknown> {
  const stream = `${label}Stream`
  const optional = `Optional${label}`
  const first = (self: JavaStream): OptionalValue => {
    for (const item of self.take()) return OptionalValue.of(type, item)
    return OptionalValue.empty(type)
  }
  const each = (self: JavaStream, use: Map1): void => {
    for (const item of self.take()) use(item)
  }
  return {
    [`boolean allMatch(${label}Predicate)`]: (self, test: Test) => {
      for (const item of self.take()) if (!test(item)) return false
      return true
    },
    [`boolean anyMatch(${label}Predicate)`]: (self, test: Test) => {
      for (const item of self.take()) if (test(item)) return true
      return false
    },
    [`boolean noneMatch(${label}Predicate)`]: (self, test: Test) => {
      for (const item of self.take()) if (test(item)) return false
      return true
    },
    'long count()': (self) => {
      let count = 0
      for (const _ of self.take()) count += 1
      return count
    },
    [`${stream} distinct()`]: (self) => self.onward(type, distinct),
    [`${stream} filter(${label}Predicate)`]: (self, test: Test) => self.onward(type, (items) => filtered(items, test)),
    [`${optional} findAny()`]: first,
    [`${optional} findFirst()`]: first,
    [`${stream} flatMap(${label}Function)`]: (self, map: Map1) => self.onward(type, (items) => flattened(items, map)),
    [`void forEach(${label}Consumer)`]: each,
    [`void forEachOrdered(${label}Consumer)`]: each,
    'Iterator iterator()': (self) => new JavaIterator(collected(mapped(self.take(), box(type) as Map1))),
    [`${stream} limit(long)`]: (self, size: Long) => {
      const limit = checkSize(size)
      return self.onward(type, (items) => limited(items, limit))
    },
    [`${stream} skip(long)`]: (self, size: Long) => {
      const count = checkSize(size)
      return self.onward(type, (items) => skipped(items, count))
    },
    [`${stream} peek(${label}Consumer)`]: (self, use: Map1) => self.onward(type, (items) => seen(items, use)),
    [`${optional} reduce(${label === '' ? '' : label}BinaryOperator)`]: (self, combine: Map2) =>
      reduced(type, self.take(), combine),
    [`${type} reduce(${type}, ${label}BinaryOperator)`]: (self, start: unknown, combine: Map2) => {
      let result = start
      for (const item of self.take()) result = combine(result, item)
      return result
    },
    [`${stream} sequential()`]: (self) => self,
    'BaseStream unordered()': (self) => self,
    'boolean isParallel()': () => false,
    'void close()': () => null,
  }
}

function reduced(type: StreamType, items: Items, combine: Map2): OptionalValue {
  let result: unknown
  let any = false
  for (const item of items) {
    result = any ? combine(result, item) : item
    any = true
  }
  return any ? OptionalValue.of(type, result) : OptionalValue.empty(type)
}

const best =
  (compare: Compare, sign: 1 | -1): Map2 =>
  (a, b) =>
    sign * compare(a, b) >= 0 ? a : b

const stream = classTable<JavaStream>({
  name: 'java.util.stream.Stream',
  extends: ['java.util.stream.BaseStream'],
  statics: {
    'Stream concat(Stream, Stream)': (a: JavaStream, b: JavaStream) => JavaStream.of('def', joined(a.take(), b.take())),
    'Stream empty()': () => JavaStream.of('def', []),
    'Stream of(def[])': (values: JavaArray) => JavaStream.of('def', values.items),
  },
  methods: {
    ...sharedMethods('def', ''),
    'def collect(Collector)': (self, collector: Collector) => collector.collect(self.take()),
    'def collect(Supplier, BiConsumer, BiConsumer)': (self, supply: () => Value, add: Map2) => {
      const target = supply()
      for (const item of self.take()) add(target, item)
      return target
    },
    'DoubleStream flatMapToDouble(Function)': (self, map: Map1) => self.onward('double', (items) => flattened(items, map)),
    'IntStream flatMapToInt(Function)': (self, map: Map1) => self.onward('int', (items) => flattened(items, map)),
    'LongStream flatMapToLong(Function)': (self, map: Map1) => self.onward('long', (items) => flattened(items, map)),
    'Stream map(Function)': (self, map: Map1) => self.onward('def', (items) => mapped(items, map)),
    'DoubleStream mapToDouble(ToDoubleFunction)': (self, map: Map1) => self.onward('double', (items) => mapped(items, map)),
    'IntStream mapToInt(ToIntFunction)': (self, map: Map1) => self.onward('int', (items) => mapped(items, map)),
    'LongStream mapToLong(ToLongFunction)': (self, map: Map1) => self.onward('long', (items) => mapped(items, map)),
    'Optional max(Comparator)': (self, compare: Compare) => reduced('def', self.take(), best(compare, 1)),
    'Optional min(Comparator)': (self, compare: Compare) => reduced('def', self.take(), best(compare, -1)),
    'def reduce(def, BiFunction, BinaryOperator)': (self, start: Value, combine: Map2) => {
      let result = start
      for (const item of self.take()) result = combine(result, item)
      return result
    },
    'Stream sorted()': (self) => self.onward('def', (items) => sorted(items, compareValues)),
    'Stream sorted(Comparator)': (self, compare: Compare) => self.onward('def', (items) => sorted(items, compare)),
    'def[] toArray()': (self) => new JavaArray('def', collected(self.take())),
    'def[] toArray(IntFunction)': (self) => new JavaArray('def', collected(self.take())),
  },
})

const baseStream = classTable<JavaStream>({ name: 'java.util.stream.BaseStream', methods: {} })

/** Sums, extremes and mean of numbers of one type. */
class Statistics extends JavaObject {
  readonly #type: Exclude<StreamType, 'def'>
  count = 0
  sum: Long = 0
  min: unknown
  max: unknown

  constructor(type: Exclude<StreamType, 'def'>) {
    super()
    this.#type = type
  }
  get className(): string {
    return `java.util.${LABELS[this.#type]}SummaryStatistics`
  }
  add(value: unknown): void {
    const compare = COMPARE[this.#type]
    this.count += 1
    this.sum = this.#type === 'double' ? Number(this.sum) + (value as number) : addLong(this.sum, value as Long)
    if (this.min === undefined || compare(value, this.min) < 0) this.min = value
    if (this.max === undefined || compare(value, this.max) > 0) this.max = value
  }
  combine(other: Statistics): void {
    this.count += other.count
    this.sum = this.#type === 'double' ? Number(this.sum) + Number(other.sum) : addLong(this.sum, other.sum)
    const compare = COMPARE[this.#type]
    if (other.min !== undefined && (this.min === undefined || compare(other.min, this.min) < 0)) this.min = other.min
    if (other.max !== undefined && (this.max === undefined || compare(other.max, this.max) > 0)) this.max = other.max
  }
  get average(): number {
    return this.count === 0 ? 0 : longToDouble(this.sum) / this.count
  }
  toText(): string {
    return `${LABELS[this.#type]}SummaryStatistics{count=${this.count}, sum=${this.sum}, min=${String(this.min)}, average=${this.average.toFixed(6)}, max=${String(this.max)}}`
  }
}

const LABELS = { int: 'Int', long: 'Long', double: 'Double' } as const
const COMPARE: Readonly<Record<Exclude<StreamType, 'def'>, Compare>> = {
  int: (a, b) => (a as number) - (b as number),
  long: (a, b) => compareLong(a as Long, b as Long),
  double: (a, b) => compareDoubles(a as number, b as number),
}
const EMPTY_MIN = { int: 2_147_483_647, long: 9_223_372_036_854_775_807n, double: Infinity } as const
const EMPTY_MAX = { int: -2_147_483_648, long: -9_223_372_036_854_775_808n, double: -Infinity } as const

function statisticsTable(type: Exclude<StreamType, 'def'>): ClassTable {
  const label = LABELS[type]
  const name = `${label}SummaryStatistics`
  return classTable<Statistics>({
    name: `java.util.${name}`,
    constructors: { [`${name}()`]: () => new Statistics(type) },
    methods: {
      [`void accept(${type})`]: (self, value: unknown) => self.add(value),
      [`void combine(${name})`]: (self, other: Statistics) => self.combine(other),
      'double getAverage()': (self) => self.average,
      'long getCount()': (self) => self.count,
      [`${type} getMax()`]: (self) => self.max ?? EMPTY_MAX[type],
      [`${type} getMin()`]: (self) => self.min ?? EMPTY_MIN[type],
      [`${type === 'double' ? 'double' : 'long'} getSum()`]: (self) => self.sum,
    },
  })
}

function summarized(type: Exclude<StreamType, 'def'>, items: Items): Statistics {
  const statistics = new Statistics(type)
  for (const item of items) statistics.add(item)
  return statistics
}

/** IntStream, LongStream and DoubleStream. */
function primitiveStream(type: Exclude<StreamType, 'def'>): ClassTable {
  const label = LABELS[type]
  const name = `${label}Stream`
  const others = (['int', 'long', 'double'] as const).filter((one) => one !== type)
  const wrap = box(type) as Map1
  const compare = COMPARE[type]
  const ranges =
    type === 'double'
      ? {}
      : {
          [`${name} range(${type}, ${type})`]: (from: Long, to: Long) => JavaStream.of(type, counting(from, to, false)),
          [`${name} rangeClosed(${type}, ${type})`]: (from: Long, to: Long) => JavaStream.of(type, counting(from, to, true)),
        }
  const toDouble = (self: JavaStream): JavaStream =>
    self.onward('double', (items) => mapped(items, (item) => longToDouble(item as Long)))
  const widenings: Record<string, (self: JavaStream) => JavaStream> = {}
  if (type !== 'double') widenings['DoubleStream asDoubleStream()'] = toDouble
  if (type === 'int') widenings['LongStream asLongStream()'] = (self) => self.onward('long', (items) => items)
  return classTable<JavaStream>({
    name: `java.util.stream.${name}`,
    extends: ['java.util.stream.BaseStream'],
    statics: {
      [`${name} concat(${name}, ${name})`]: (a: JavaStream, b: JavaStream) => JavaStream.of(type, joined(a.take(), b.take())),
      [`${name} empty()`]: () => JavaStream.of(type, []),
      [`${name} of(${type}[])`]: (values: JavaArray) => JavaStream.of(type, values.items),
      ...ranges,
    },
    methods: {
      ...sharedMethods(type, label),
      ...widenings,
      'OptionalDouble average()': (self) => {
        const statistics = summarized(type, self.take())
        return statistics.count === 0 ? OptionalValue.empty('double') : OptionalValue.of('double', statistics.average)
      },
      'Stream boxed()': (self) => self.onward('def', (items) => mapped(items, wrap)),
      [`def collect(Supplier, Obj${label}Consumer, BiConsumer)`]: (self, supply: () => Value, add: Map2) => {
        const target = supply()
        for (const item of self.take()) add(target, item)
        return target
      },
      [`${name} map(${label}UnaryOperator)`]: (self, map: Map1) => self.onward(type, (items) => mapped(items, map)),
      ...Object.fromEntries(
        others.map((to) => [
          `${LABELS[to]}Stream mapTo${LABELS[to]}(${label}To${LABELS[to]}Function)`,
          (self: JavaStream, map: Map1) => self.onward(to, (items) => mapped(items, map)),
        ]),
      ),
      [`Stream mapToObj(${label}Function)`]: (self, map: Map1) => self.onward('def', (items) => mapped(items, map)),
      [`Optional${label} max()`]: (self) => reduced(type, self.take(), best(compare, 1)),
      [`Optional${label} min()`]: (self) => reduced(type, self.take(), best(compare, -1)),
      [`${name} sorted()`]: (self) => self.onward(type, (items) => sorted(items, compare)),
      [`${type} sum()`]: (self) => {
        const { sum } = summarized(type, self.take())
        return type === 'int' ? Number(BigInt.asIntN(32, BigInt(sum))) : sum
      },
      [`${label}SummaryStatistics summaryStatistics()`]: (self) => summarized(type, self.take()),
      [`${type}[] toArray()`]: (self) => new JavaArray(type, collected(self.take())),
    },
  })
}

// --- collectors ---

/** What makes one value of the elements of a stream. */
class Collector extends JavaObject {
  readonly collect: (items: Items) => Value
  constructor(collect: (items: Items) => Value) {
    super()
    this.collect = collect
  }
  get className(): string {
    return 'java.util.stream.Collector'
  }
  toText(): string {
    return this.className
  }
}

const toList = (): Collector => new Collector(collected)

const toSet = (): Collector =>
  new Collector((items) => {
    const set = new JavaSet()
    for (const item of items) set.add(item)
    return set
  })

const averaging = (type: Exclude<StreamType, 'def'>) => (map: Map1) =>
  new Collector((items) => boxDouble(summarized(type, mapped(items, map)).average))

const summing = (type: Exclude<StreamType, 'def'>) => (map: Map1) =>
  new Collector((items) => {
    const { sum } = summarized(type, mapped(items, map))
    if (type === 'double') return boxDouble(Number(sum))
    return type === 'long' ? boxLong(sum) : Number(BigInt.asIntN(32, BigInt(sum)))
  })

const summarizing = (type: Exclude<StreamType, 'def'>) => (map: Map1) =>
  new Collector((items) => summarized(type, mapped(items, map)))

const grouping = (key: Map1, make: () => Value, inner: Collector): Collector =>
  new Collector((items) => {
    const groups = new EntryMap('java.util.LinkedHashMap')
    for (const item of items) {
      const name = key(item)
      const group = groups.get(name) as unknown[] | null
      charge(ELEMENT_BYTES)
      if (group === null) groups.put(name, [item])
      else group.push(item)
    }
    const target = make()
    const map = target instanceof JavaMap ? target : mapOf(target)
    for (const [name, group] of groups.snapshot()) map.put(name, inner.collect(group as unknown[]))
    return target
  })

const partitioning = (test: Test, inner: Collector): Collector =>
  new Collector((items) => {
    const parts: [unknown[], unknown[]] = [[], []]
    for (const item of items) {
      charge(ELEMENT_BYTES)
      parts[test(item) ? 1 : 0].push(item)
    }
    const map = new EntryMap('java.util.LinkedHashMap')
    map.put(false, inner.collect(parts[0]))
    map.put(true, inner.collect(parts[1]))
    return map
  })

const toMap = (key: Map1, value: Map1, merge: Map2 | undefined, make: () => Value): Collector =>
  new Collector((items) => {
    const target = make()
    const map = mapOf(target)
    for (const item of items) {
      const name = key(item)
      const next = value(item)
      if (!map.has(name)) map.put(name, next)
      else if (merge === undefined) {
        throw illegalState(
          `Duplicate key ${textOf(name)} (attempted merging values ${textOf(map.get(name))} and ${textOf(next)})`,
        )
      } else map.put(name, merge(map.get(name), next))
    }
    return target
  })

const joining = (separator: string, prefix: string, suffix: string): Collector =>
  new Collector((items) => {
    const parts: string[] = []
    for (const item of items) {
      const part = textOf(item)
      charge(ELEMENT_BYTES + part.length + separator.length)
      parts.push(part)
    }
    return prefix + parts.join(separator) + suffix
  })

const newHashMap = (): EntryMap => new EntryMap()
const optionalOf = (compare: Compare, sign: 1 | -1): Collector =>
  new Collector((items) => reduced('def', items, best(compare, sign)))

const collectors = classTable({
  name: 'java.util.stream.Collectors',
  statics: {
    'Collector averagingDouble(ToDoubleFunction)': averaging('double'),
    'Collector averagingInt(ToIntFunction)': averaging('int'),
    'Collector averagingLong(ToLongFunction)': averaging('long'),
    'Collector collectingAndThen(Collector, Function)': (inner: Collector, finish: Map1) =>
      new Collector((items) => finish(inner.collect(items))),
    'Collector counting()': () =>
      new Collector((items) => {
        let count = 0
        for (const _ of items) count += 1
        return new JavaLong(count)
      }),
    'Collector groupingBy(Function)': (key: Map1) => grouping(key, newHashMap, toList()),
    'Collector groupingBy(Function, Collector)': (key: Map1, inner: Collector) => grouping(key, newHashMap, inner),
    'Collector groupingBy(Function, Supplier, Collector)': grouping,
    'Collector joining()': () => joining('', '', ''),
    'Collector joining(CharSequence)': (separator: Value) => joining(textOf(separator), '', ''),
    'Collector joining(CharSequence, CharSequence, CharSequence)': (separator: Value, prefix: Value, suffix: Value) =>
      joining(textOf(separator), textOf(prefix), textOf(suffix)),
    'Collector mapping(Function, Collector)': (map: Map1, inner: Collector) =>
      new Collector((items) => inner.collect(mapped(items, map))),
    'Collector maxBy(Comparator)': (compare: Compare) => optionalOf(compare, 1),
    'Collector minBy(Comparator)': (compare: Compare) => optionalOf(compare, -1),
    'Collector partitioningBy(Predicate)': (test: Test) => partitioning(test, toList()),
    'Collector partitioningBy(Predicate, Collector)': partitioning,
    'Collector reducing(BinaryOperator)': (combine: Map2) => new Collector((items) => reduced('def', items, combine)),
    'Collector reducing(def, BinaryOperator)': (start: Value, combine: Map2) =>
      new Collector((items) => {
        let result = start
        for (const item of items) result = combine(result, item)
        return result
      }),
    'Collector reducing(def, Function, BinaryOperator)': (start: Value, map: Map1, combine: Map2) =>
      new Collector((items) => {
        let result = start
        for (const item of items) result = combine(result, map(item))
        return result
      }),
    'Collector summarizingDouble(ToDoubleFunction)': summarizing('double'),
    'Collector summarizingInt(ToIntFunction)': summarizing('int'),
    'Collector summarizingLong(ToLongFunction)': summarizing('long'),
    'Collector summingDouble(ToDoubleFunction)': summing('double'),
    'Collector summingInt(ToIntFunction)': summing('int'),
    'Collector summingLong(ToLongFunction)': summing('long'),
    'Collector toCollection(Supplier)': (supply: () => Value) =>
      new Collector((items) => {
        const target = supply()
        const collection: JavaCollection = collectionOf(target)
        for (const item of items) collection.add(item)
        return target
      }),
    'Collector toList()': toList,
    'Collector toMap(Function, Function)': (key: Map1, value: Map1) => toMap(key, value, undefined, newHashMap),
    'Collector toMap(Function, Function, BinaryOperator)': (key: Map1, value: Map1, merge: Map2) =>
      toMap(key, value, merge, newHashMap),
    'Collector toMap(Function, Function, BinaryOperator, Supplier)': toMap,
    'Collector toSet()': toSet,
  },
})

const collector = classTable<Collector>({ name: 'java.util.stream.Collector', methods: {} })

export const streamClasses: readonly ClassTable[] = [
  baseStream,
  stream,
  primitiveStream('int'),
  primitiveStream('long'),
  primitiveStream('double'),
  statisticsTable('int'),
  statisticsTable('long'),
  statisticsTable('double'),
  collectors,
  collector,
]
