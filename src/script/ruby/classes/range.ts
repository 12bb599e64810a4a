import { ArgumentError, raise, TypeErrorClass } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { add, multiply, divide, toIndex } from '../numbers.ts'
import { classOf, compare, equal, inspect, isInteger, isNumber, order, toText, truthy } from '../semantics.ts'
import { REnumerator, RProc, RRange, RString, type Value } from '../value.ts'
import { enumerableMethods } from './array.ts'
import { aliases, def, needBlock, table, text, type Method, type MethodTable } from './method.ts'
import { successor } from './string-text.ts'

const range = def<RRange>

/** The elements in order. @throws RubyError for ranges of floats, or without an end */
export function elementsOf(machine: Machine, self: RRange): Value[] {
  const { begin, end, exclusive } = self
  if (isInteger(begin)) {
    if (end === null) return raise(ArgumentError, 'cannot convert endless range to an array')
    if (!isNumber(end)) return raise(TypeErrorClass, `can't iterate from ${classOf(begin).name}`)
    const last = Math.floor(Number(typeof end === 'object' ? end.value : end)) - (exclusive && isInteger(end) ? 1 : 0)
    const count = Math.max(0, last - Number(begin) + 1)
    machine.allocateElements(count)
    machine.step(count)
    return Array.from({ length: count }, (_, i) => Number(begin) + i)
  }
  if (begin instanceof RString && end instanceof RString) {
    const items: Value[] = []
    for (let one = begin.value; one.length <= end.value.length; one = successor(one)) {
      machine.step()
      machine.allocate(one.length)
      if (one === end.value && exclusive) break
      items.push(text(one))
      if (one === end.value) break
    }
    return items
  }
  return raise(TypeErrorClass, `can't iterate from ${classOf(begin).name}`)
}

export function covers(self: RRange, value: Value): boolean {
  const { begin, end, exclusive } = self
  if (begin !== null) {
    const low = compare(begin, value)
    if (low === undefined || low > 0) return false
  }
  if (end === null) return true
  const high = compare(value, end)
  return high !== undefined && (exclusive ? high < 0 : high <= 0)
}

const methods: Record<string, Method> = {
  begin: range(0, 0, (_m, self) => self.begin),
  end: range(0, 0, (_m, self) => self.end),
  first: range(0, 1, (m, self, [count]) => (count === undefined ? self.begin : upTo(m, self, toIndex(count)))),
  last: range(0, 1, (m, self, [count]) => (count === undefined ? self.end : elementsOf(m, self).slice(-toIndex(count)))),
  min: range(0, 1, (m, self, args, block) => {
    if (block !== undefined || args.length > 0)
      return enumerableMethods.get('min')?.call(m, elementsOf(m, self) as never, args, block) ?? null
    return order(self.begin, self.end) > 0 || (self.exclusive && equal(self.begin, self.end)) ? null : self.begin
  }),
  max: range(0, 1, (m, self, args, block) => {
    if (block === undefined && args.length === 0 && !self.exclusive) return order(self.begin, self.end) > 0 ? null : self.end
    return enumerableMethods.get('max')?.call(m, elementsOf(m, self) as never, args, block) ?? null
  }),
  size: range(0, 0, (_m, self) => {
    if (!isNumber(self.begin)) return null
    if (self.end === null || !isNumber(self.end)) return Infinity
    const span = Math.floor(Number(self.end)) - Math.ceil(Number(self.begin)) + (self.exclusive && isInteger(self.end) ? 0 : 1)
    return Math.max(0, span)
  }),
  'exclude_end?': range(0, 0, (_m, self) => self.exclusive),
  'cover?': range(1, 1, (_m, self, [value = null]) =>
    value instanceof RRange ? covers(self, value.begin) && covers(self, value.end) : covers(self, value),
  ),
  '===': range(1, 1, (_m, self, [value = null]) => covers(self, value)),
  '==': range(1, 1, (_m, self, [other = null]) => equal(self, other)),
  each: range(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'each', () => elementsOf(m, self))
    if (isInteger(self.begin) && self.end === null) {
      for (let n: Value = self.begin; ; n = add(n as number, 1)) {
        m.step()
        block.call([n])
      }
    }
    for (const value of elementsOf(m, self)) {
      m.step()
      block.call([value])
    }
    return self
  }),
  step: range(1, 1, (m, self, [by = null], block) => {
    if (!isNumber(by) || compare(by, 0) !== 1) return raise(ArgumentError, "step can't be 0 or negative")
    const items: Value[] = []
    for (let i = 0; ; i++) {
      m.step()
      m.allocateElements(1)
      const value = add(self.begin as number, multiply(by, i))
      if (!covers(self, value)) break
      if (block === undefined) items.push(value)
      else block.call([value])
    }
    return block === undefined ? new REnumerator(self, 'step', () => items) : self
  }),
  sum: range(0, 1, (m, self, args, block) => {
    if (block === undefined && args.length === 0 && isInteger(self.begin) && isInteger(self.end)) {
      const last = self.exclusive ? add(self.end, -1) : self.end
      if (order(self.begin, last) > 0) return 0
      const count = add(add(last as number, -Number(self.begin)) as number, 1)
      return divide(multiply(add(self.begin, last) as number, count) as number, 2)
    }
    return enumerableMethods.get('sum')?.call(m, elementsOf(m, self) as never, args, block) ?? null
  }),
  to_s: range(0, 0, (_m, self) => text(toText(self))),
  inspect: range(0, 0, (_m, self) => text(inspect(self))),
  find: range(0, 0, (m, self, _args, block) => {
    if (self.end !== null || !isInteger(self.begin))
      return elementsOf(m, self).find((value) => truthy(needBlock(block).call([value]))) ?? null
    for (let n: Value = self.begin; ; n = add(n as number, 1)) {
      m.step()
      if (truthy(needBlock(block).call([n]))) return n
    }
  }),
}

function upTo(machine: Machine, self: RRange, count: number): Value[] {
  if (self.end !== null || !isInteger(self.begin)) return elementsOf(machine, self).slice(0, count)
  machine.allocateElements(count)
  return Array.from({ length: count }, (_, i) => Number(self.begin) + i)
}

const borrowed: Record<string, Method> = Object.fromEntries(
  [...enumerableMethods].map(([name, method]) => [
    name,
    range(method.min, method.max, (m, self, args, block) => method.call(m, elementsOf(m, self) as never, args, block)),
  ]),
)

const include: Record<string, Method> = {
  'include?': range(1, 1, (m, self, [value = null]) =>
    isNumber(self.begin) || isNumber(self.end) ? covers(self, value) : elementsOf(m, self).some((one) => equal(one, value)),
  ),
}

export const rangeMethods: MethodTable = table(
  borrowed,
  methods,
  include,
  aliases(include, { 'member?': 'include?' }),
  aliases(methods, { '%': 'step', detect: 'find' }),
)

/** An enumerator walks over what its source would yield. */
const enumerator = def<REnumerator>

const indexed = (offset: number) =>
  enumerator(0, 1, (m, self, [start = offset], block) => {
    const first = start === null ? 0 : toIndex(start)
    const pairs = self.items().map((value, i): Value => [value, first + i])
    if (block === undefined) return new REnumerator(self, 'with_index', () => pairs)
    let place = first
    // The source's own method decides what the block's answers mean: `map.with_index`, `select.with_index`.
    const method = [
      'each',
      'each_with_index',
      'times',
      'upto',
      'downto',
      'step',
      'each_char',
      'each_slice',
      'each_cons',
    ].includes(self.method)
      ? 'each'
      : self.method
    const counting = new RProc(
      (args) => {
        m.step()
        return block.call([args.length === 1 ? (args[0] ?? null) : [...args], place++])
      },
      block.arity,
      block.lambda,
    )
    const result = m.send(self.items(), method, [], counting)
    return method === 'each' ? self.source : result
  })

const enumeratorOnly: Record<string, Method> = {
  with_index: indexed(0),
  each_with_index: indexed(0),
  with_object: enumerator(1, 1, (m, self, [memo = null], block) => {
    for (const value of self.items()) {
      m.step()
      needBlock(block).call([value, memo])
    }
    return memo
  }),
  each: enumerator(0, 0, (m, self, _args, block) =>
    block === undefined ? self : m.send(self.items(), self.method === 'map' ? 'map' : 'each', [], block),
  ),
  size: enumerator(0, 0, (_m, self) => self.items().length),
  next: enumerator(0, 0, (_m, self) => self.items()[0] ?? null),
  rewind: enumerator(0, 0, (_m, self) => self),
  inspect: enumerator(0, 0, (_m, self) => text(inspect(self))),
}

export const enumeratorMethods: MethodTable = table(
  Object.fromEntries(
    [...enumerableMethods].map(([name, method]) => [
      name,
      enumerator(method.min, method.max, (m, self, args, block) => method.call(m, self.items() as never, args, block)),
    ]),
  ),
  enumeratorOnly,
)
