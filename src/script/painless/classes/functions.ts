import { classTable, type ClassTable } from '../class-table.ts'
import type { Functional, PlainFunction } from '../compile/functional.ts'
import { compareValues } from '../values/equality.ts'
import { compareLong, type Long } from '../values/long.ts'
import { compareDoubles } from '../values/equality.ts'
import type { Value } from '../values/value.ts'

type Call = (...values: unknown[]) => unknown

/** Interfaces whose one method is all that they have. */
const PLAIN: Readonly<Record<string, string>> = {
  BiConsumer: 'void accept(def, def)',
  BooleanSupplier: 'boolean getAsBoolean()',
  Consumer: 'void accept(def)',
  DoubleBinaryOperator: 'double applyAsDouble(double, double)',
  DoubleConsumer: 'void accept(double)',
  DoubleFunction: 'def apply(double)',
  DoublePredicate: 'boolean test(double)',
  DoubleSupplier: 'double getAsDouble()',
  DoubleToIntFunction: 'int applyAsInt(double)',
  DoubleToLongFunction: 'long applyAsLong(double)',
  DoubleUnaryOperator: 'double applyAsDouble(double)',
  IntBinaryOperator: 'int applyAsInt(int, int)',
  IntConsumer: 'void accept(int)',
  IntFunction: 'def apply(int)',
  IntPredicate: 'boolean test(int)',
  IntSupplier: 'int getAsInt()',
  IntToDoubleFunction: 'double applyAsDouble(int)',
  IntToLongFunction: 'long applyAsLong(int)',
  IntUnaryOperator: 'int applyAsInt(int)',
  LongBinaryOperator: 'long applyAsLong(long, long)',
  LongConsumer: 'void accept(long)',
  LongFunction: 'def apply(long)',
  LongPredicate: 'boolean test(long)',
  LongSupplier: 'long getAsLong()',
  LongToDoubleFunction: 'double applyAsDouble(long)',
  LongToIntFunction: 'int applyAsInt(long)',
  LongUnaryOperator: 'long applyAsLong(long)',
  ObjDoubleConsumer: 'void accept(def, double)',
  ObjIntConsumer: 'void accept(def, int)',
  ObjLongConsumer: 'void accept(def, long)',
  Supplier: 'def get()',
  ToDoubleBiFunction: 'double applyAsDouble(def, def)',
  ToDoubleFunction: 'double applyAsDouble(def)',
  ToIntBiFunction: 'int applyAsInt(def, def)',
  ToIntFunction: 'int applyAsInt(def)',
  ToLongBiFunction: 'long applyAsLong(def, def)',
  ToLongFunction: 'long applyAsLong(def)',
}

const open = (value: Functional): PlainFunction => value.call

function plainInterface([name, signature]: readonly [string, string]): ClassTable {
  return classTable<Call>({
    name: `java.util.function.${name}`,
    functional: signature,
    receive: open as never,
    methods: { [signature]: (self, ...values: unknown[]) => self(...values) },
  })
}

type One = (value: Value) => Value
type Two = (a: Value, b: Value) => Value
type Test = (value: Value) => boolean
type TestTwo = (a: Value, b: Value) => boolean
type Compare = (a: Value, b: Value) => number

const functionTable = classTable<One>({
  name: 'java.util.function.Function',
  functional: 'def apply(def)',
  receive: open as never,
  statics: { 'Function identity()': () => (value: Value) => value },
  methods: {
    'def apply(def)': (self, value: Value) => self(value),
    'Function andThen(Function)': (self, next: One) => (value: Value) => next(self(value)),
    'Function compose(Function)': (self, before: One) => (value: Value) => self(before(value)),
  },
})

const unaryOperator = classTable<One>({
  name: 'java.util.function.UnaryOperator',
  extends: ['java.util.function.Function'],
  statics: { 'UnaryOperator identity()': () => (value: Value) => value },
})

const biFunction = classTable<Two>({
  name: 'java.util.function.BiFunction',
  functional: 'def apply(def, def)',
  receive: open as never,
  methods: {
    'def apply(def, def)': (self, a: Value, b: Value) => self(a, b),
    'BiFunction andThen(Function)': (self, next: One) => (a: Value, b: Value) => next(self(a, b)),
  },
})

const binaryOperator = classTable<Two>({
  name: 'java.util.function.BinaryOperator',
  extends: ['java.util.function.BiFunction'],
  statics: {
    'BinaryOperator maxBy(Comparator)': (compare: Compare) => (a: Value, b: Value) => (compare(a, b) >= 0 ? a : b),
    'BinaryOperator minBy(Comparator)': (compare: Compare) => (a: Value, b: Value) => (compare(a, b) <= 0 ? a : b),
  },
})

const predicate = classTable<Test>({
  name: 'java.util.function.Predicate',
  functional: 'boolean test(def)',
  receive: open as never,
  methods: {
    'boolean test(def)': (self, value: Value) => self(value),
    'Predicate and(Predicate)': (self, other: Test) => (value: Value) => self(value) && other(value),
    'Predicate or(Predicate)': (self, other: Test) => (value: Value) => self(value) || other(value),
    'Predicate negate()': (self) => (value: Value) => !self(value),
  },
})

const biPredicate = classTable<TestTwo>({
  name: 'java.util.function.BiPredicate',
  functional: 'boolean test(def, def)',
  receive: open as never,
  methods: {
    'boolean test(def, def)': (self, a: Value, b: Value) => self(a, b),
    'BiPredicate and(BiPredicate)': (self, other: TestTwo) => (a: Value, b: Value) => self(a, b) && other(a, b),
    'BiPredicate or(BiPredicate)': (self, other: TestTwo) => (a: Value, b: Value) => self(a, b) || other(a, b),
    'BiPredicate negate()': (self) => (a: Value, b: Value) => !self(a, b),
  },
})

const by =
  (key: One, compare: Compare): Compare =>
  (a, b) =>
    compare(key(a), key(b))

const then =
  (first: Compare, second: Compare): Compare =>
  (a, b) =>
    first(a, b) || second(a, b)

const doubles = compareDoubles as Compare
const ints: Compare = (a, b) => (a as number) - (b as number)
const longs: Compare = (a, b) => compareLong(a as Long, b as Long)

const nulls =
  (nullOrder: -1 | 1, compare: Compare): Compare =>
  (a, b) => {
    if (a === null) return b === null ? 0 : nullOrder
    return b === null ? -nullOrder : compare(a, b)
  }

const comparator = classTable<Compare>({
  name: 'java.util.Comparator',
  functional: 'int compare(def, def)',
  receive: open as never,
  statics: {
    'Comparator comparing(Function)': (key: One) => by(key, compareValues),
    'Comparator comparing(Function, Comparator)': (key: One, compare: Compare) => by(key, compare),
    'Comparator comparingDouble(ToDoubleFunction)': (key: One) => by(key, doubles),
    'Comparator comparingInt(ToIntFunction)': (key: One) => by(key, ints),
    'Comparator comparingLong(ToLongFunction)': (key: One) => by(key, longs),
    'Comparator naturalOrder()': () => compareValues,
    'Comparator nullsFirst(Comparator)': (compare: Compare) => nulls(-1, compare),
    'Comparator nullsLast(Comparator)': (compare: Compare) => nulls(1, compare),
    'Comparator reverseOrder()': () => (a: Value, b: Value) => compareValues(b, a),
  },
  methods: {
    'int compare(def, def)': (self, a: Value, b: Value) => self(a, b),
    'Comparator reversed()': (self) => (a: Value, b: Value) => self(b, a),
    'Comparator thenComparing(Comparator)': (self, next: Compare) => then(self, next),
    'Comparator thenComparing(Function, Comparator)': (self, key: One, next: Compare) => then(self, by(key, next)),
    'Comparator thenComparingDouble(ToDoubleFunction)': (self, key: One) => then(self, by(key, doubles)),
    'Comparator thenComparingInt(ToIntFunction)': (self, key: One) => then(self, by(key, ints)),
    'Comparator thenComparingLong(ToLongFunction)': (self, key: One) => then(self, by(key, longs)),
  },
})

export const functionClasses: readonly ClassTable[] = [
  ...Object.entries(PLAIN).map(plainInterface),
  functionTable,
  unaryOperator,
  biFunction,
  binaryOperator,
  predicate,
  biPredicate,
  comparator,
]
