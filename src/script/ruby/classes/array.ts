import { ArgumentError, IndexError, raise, TypeErrorClass } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { add, toIndex } from '../numbers.ts'
import { classOf, compare, describe, eql, equal, inspect, isNumber, order, toText, truthy } from '../semantics.ts'
import type { RProc } from '../value.ts'
import { hashKey, REnumerator, RHash, RRange, RString, type HashKey, type Value } from '../value.ts'
import { aliases, def, needBlock, table, text, textOf, type Method, type MethodTable } from './method.ts'
import { packed } from './pack.ts'
import { rangeOf } from './string-text.ts'

type List = Value[]
const arr = def<List>

/** Counts the elements of a list that is made. */
function made(machine: Machine, list: List): List {
  machine.allocateElements(list.length)
  return list
}

/** Puts other elements into a list: not by spreading, which takes stack for each. */
function refill(self: List, items: List): void {
  const copy = [...items]
  self.length = 0
  for (const item of copy) self.push(item)
}

/** A block's answer for an element, counted as a step. */
function ask(machine: Machine, block: RProc, ...args: Value[]): Value {
  machine.step()
  return block.call(args)
}

/** How elements are put in order: `<=>`, or what a block says. */
function ordering(machine: Machine, block: RProc | undefined): (a: Value, b: Value) => number {
  // The engine's sort asks about the later element first; Ruby's errors name them in the order of the list.
  if (block === undefined) return (a, b) => -order(b, a)
  return (a, b) => {
    const answer = ask(machine, block, a, b)
    if (!isNumber(answer)) return raise(ArgumentError, `comparison of ${classOf(a).name} with ${classOf(b).name} failed`)
    return Number(toIndex(answer) === 0 ? compare(answer, 0) : toIndex(answer))
  }
}

/** By what a block answers for each element, asked once. */
function keyed(machine: Machine, self: List, block: RProc): { readonly key: Value; readonly value: Value }[] {
  return self.map((value) => ({ key: ask(machine, block, value), value }))
}

function sorted(machine: Machine, self: List, block: RProc | undefined): List {
  machine.step(self.length)
  return made(machine, self.toSorted(ordering(machine, block)))
}

function sortedBy(machine: Machine, self: List, block: RProc): List {
  return made(
    machine,
    keyed(machine, self, block)
      .sort((a, b) => order(a.key, b.key))
      .map(({ value }) => value),
  )
}

/** The least (sign 1) or greatest (-1) element or elements. */
function extreme(machine: Machine, self: List, args: readonly Value[], block: RProc | undefined, sign: 1 | -1): Value {
  const by = ordering(machine, block)
  if (args[0] !== undefined && args[0] !== null) return self.toSorted((a, b) => sign * by(a, b)).slice(0, toIndex(args[0]))
  let best: Value | undefined
  for (const value of self) if (best === undefined || sign * by(value, best) < 0) best = value
  return best ?? null
}

function extremeBy(machine: Machine, self: List, args: readonly Value[], block: RProc | undefined, sign: 1 | -1): Value {
  const items = keyed(machine, self, needBlock(block))
    .sort((a, b) => sign * order(a.key, b.key))
    .map(({ value }) => value)
  return args[0] === undefined ? (items[0] ?? null) : items.slice(0, toIndex(args[0]))
}

function sum(machine: Machine, self: List, args: readonly Value[], block: RProc | undefined): Value {
  let total: Value = args[0] ?? 0
  // Floats are added as Ruby does, with the lost low digits kept aside (Kahan-Babuska).
  let lost = 0
  let floating = false
  for (const element of self) {
    const value = block === undefined ? element : ask(machine, block, element)
    if (isNumber(total) && isNumber(value)) {
      const [x, y] = [
        Number(typeof total === 'object' ? total.value : total),
        Number(typeof value === 'object' ? value.value : value),
      ]
      const next = add(total, value)
      if (typeof next === 'object' || !Number.isInteger(Number(next))) {
        floating = true
        const t = x + y
        if (Number.isFinite(t)) lost += Math.abs(x) >= Math.abs(y) ? x - t + y : y - t + x
      }
      total = next
    } else total = machine.send(total, '+', [value])
  }
  return floating && lost !== 0 && isNumber(total) ? add(total, lost) : total
}

function inject(machine: Machine, self: List, args: readonly Value[], block: RProc | undefined): Value {
  const last = args.at(-1)
  const operator = block === undefined && last !== undefined ? toText(last) : undefined
  const start = operator === undefined ? args[0] : args.length > 1 ? args[0] : undefined
  const items = start === undefined ? self : [start, ...self]
  let total: Value | undefined
  for (const value of items) {
    if (total === undefined) total = value
    else total = operator === undefined ? ask(machine, needBlock(block), total, value) : machine.send(total, operator, [value])
  }
  return total ?? null
}

function flatten(machine: Machine, self: List, depth: number, level = 0): List {
  if (level > 100) raise(ArgumentError, 'tried to flatten recursive array')
  return made(
    machine,
    self.flatMap((value) => (Array.isArray(value) && level < depth ? flatten(machine, value, depth, level + 1) : [value])),
  )
}

function unique(machine: Machine, self: List, block: RProc | undefined): List {
  const seen = new Map<HashKey, Value>()
  for (const value of self) {
    const key = hashKey(block === undefined ? value : ask(machine, block, value))
    if (!seen.has(key)) seen.set(key, value)
  }
  return made(machine, [...seen.values()])
}

function keysOf(list: Value | undefined): Set<HashKey> {
  return new Set(listOf(list).map(hashKey))
}

/** A list argument. @throws RubyError `TypeError` */
function listOf(value: Value | undefined): List {
  if (Array.isArray(value)) return value
  if (value instanceof RHash) return value.pairs()
  return raise(TypeErrorClass, `no implicit conversion of ${describe(value)} into Array`)
}

function groupBy(machine: Machine, self: List, block: RProc): RHash {
  const groups = new RHash()
  for (const value of self) {
    const key = ask(machine, block, value)
    const group = groups.get(key)
    if (Array.isArray(group)) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}

/** Whether an element passes: by a block, by `===` with a pattern, or by being true. */
function passes(machine: Machine, args: readonly Value[], block: RProc | undefined): (value: Value) => boolean {
  const [pattern] = args
  if (pattern !== undefined) return (value) => truthy(machine.send(pattern, '===', [value]))
  return block === undefined ? truthy : (value) => truthy(ask(machine, block, value))
}

function slice(self: List, args: readonly Value[]): Value {
  const [what = null, count] = args
  if (what instanceof RRange) {
    const place = rangeOf(what, self.length)
    return place === undefined ? null : self.slice(place.start, place.start + place.length)
  }
  const index = toIndex(what)
  if (count === undefined) return self.at(index) ?? null
  const start = index < 0 ? self.length + index : index
  return start < 0 || start > self.length || toIndex(count) < 0 ? null : self.slice(start, start + toIndex(count))
}

function assign(machine: Machine, self: List, args: readonly Value[]): Value {
  const [what = null] = args
  const value = args.at(-1) ?? null
  if (what instanceof RRange || args.length === 3) {
    const place =
      what instanceof RRange
        ? rangeOf(what, self.length)
        : { start: toIndex(what) < 0 ? self.length + toIndex(what) : toIndex(what), length: toIndex(args[1] ?? null) }
    if (place === undefined || place.start < 0) return raise(IndexError, `index ${inspect(what)} out of range`)
    self.splice(place.start, place.length, ...(Array.isArray(value) ? value : [value]))
    return value
  }
  const index = toIndex(what)
  const at = index < 0 ? self.length + index : index
  if (at < 0) return raise(IndexError, `index ${index} too small for array; minimum: -${self.length}`)
  machine.allocateElements(Math.max(1, at - self.length))
  while (self.length < at) self.push(null)
  self[at] = value
  return value
}

function combinations(machine: Machine, self: List, size: number): List[] {
  const result: List[] = []
  const choose = (from: number, chosen: List): void => {
    if (chosen.length === size) {
      machine.allocateElements(size + 1)
      result.push(chosen)
      return
    }
    for (let i = from; i < self.length; i++) {
      machine.step()
      choose(i + 1, [...chosen, self[i] ?? null])
    }
  }
  if (size >= 0) choose(0, [])
  return result
}

function permutations(machine: Machine, self: List, size: number): List[] {
  const result: List[] = []
  const choose = (chosen: readonly number[]): void => {
    machine.step()
    if (chosen.length === size) {
      machine.allocateElements(size + 1)
      result.push(chosen.map((i) => self[i] ?? null))
      return
    }
    for (let i = 0; i < self.length; i++) if (!chosen.includes(i)) choose([...chosen, i])
  }
  choose([])
  return result
}

/** Cuts a list where a block says so about two neighbours. */
function cut(machine: Machine, self: List, block: RProc, when: boolean): List[] {
  const result: List[] = []
  for (const [index, value] of self.entries()) {
    const last = result.at(-1)
    if (last === undefined || truthy(ask(machine, block, self[index - 1] ?? null, value)) === when) result.push([value])
    else last.push(value)
  }
  return result
}

function chunks(self: List, size: number): List[] {
  if (size <= 0) raise(ArgumentError, 'invalid slice size')
  return Array.from({ length: Math.ceil(self.length / size) }, (_, i) => self.slice(i * size, (i + 1) * size))
}

function windows(self: List, size: number): List[] {
  if (size <= 0) raise(ArgumentError, 'invalid size')
  return Array.from({ length: Math.max(0, self.length - size + 1) }, (_, i) => self.slice(i, i + size))
}

/** Calls a block for each item; without one, answers an enumerator over them. */
function each(machine: Machine, self: Value, method: string, items: List, block: RProc | undefined, answer: Value = self): Value {
  if (block === undefined) return new REnumerator(self, method, () => items)
  for (const item of items) ask(machine, block, item)
  return answer
}

function toHash(machine: Machine, self: List, block: RProc | undefined): RHash {
  return RHash.of(
    self.map((value) => {
      const pair = block === undefined ? value : ask(machine, block, value)
      if (!Array.isArray(pair) || pair.length !== 2)
        return raise(TypeErrorClass, `wrong element type ${classOf(pair).name} (expected array)`)
      return [pair[0] ?? null, pair[1] ?? null] as const
    }),
  )
}

function shuffled(machine: Machine, self: List): List {
  const list = [...self]
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(machine.options.random() * (i + 1))
    ;[list[i], list[j]] = [list[j] ?? null, list[i] ?? null]
  }
  return list
}

/** An endless enumerator ends here. */
const MAX_CYCLE = 10_000

/** What lists, hashes, ranges and enumerators have in common: it only looks at the elements in order. */
const enumerable: Record<string, Method> = {
  each_with_index: arr(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'each_with_index', () => self.map((value, i) => [value, i]))
    for (let i = 0; i < self.length; i++) ask(m, block, self[i] ?? null, i)
    return self
  }),
  each_with_object: arr(1, 1, (m, self, [memo = null], block) => {
    for (const value of self) ask(m, needBlock(block), value, memo)
    return memo
  }),
  each_entry: arr(0, 0, (m, self, _args, block) => each(m, self, 'each_entry', self, block)),
  each_slice: arr(1, 1, (m, self, [size = null], block) => each(m, self, 'each_slice', chunks(self, toIndex(size)), block, self)),
  each_cons: arr(1, 1, (m, self, [size = null], block) => each(m, self, 'each_cons', windows(self, toIndex(size)), block, self)),
  reverse_each: arr(0, 0, (m, self, _args, block) => each(m, self, 'reverse_each', self.toReversed(), block)),
  map: arr(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'map', () => self)
    return made(
      m,
      self.map((value) => ask(m, block, value)),
    )
  }),
  flat_map: arr(0, 0, (m, self, _args, block) =>
    made(
      m,
      self.flatMap((value) => {
        const result = ask(m, needBlock(block), value)
        return Array.isArray(result) ? result : [result]
      }),
    ),
  ),
  filter_map: arr(0, 0, (m, self, _args, block) => made(m, self.map((value) => ask(m, needBlock(block), value)).filter(truthy))),
  select: arr(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'select', () => self)
    return made(
      m,
      self.filter((value) => truthy(ask(m, block, value))),
    )
  }),
  reject: arr(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'reject', () => self)
    return made(
      m,
      self.filter((value) => !truthy(ask(m, block, value))),
    )
  }),
  find: arr(0, 1, (m, self, _args, block) => self.find((value) => truthy(ask(m, needBlock(block), value))) ?? null),
  find_index: arr(0, 1, (m, self, [wanted], block) => {
    const index =
      wanted === undefined
        ? self.findIndex((value) => truthy(ask(m, needBlock(block), value)))
        : self.findIndex((value) => equal(value, wanted))
    return index < 0 ? null : index
  }),
  partition: arr(0, 0, (m, self, _args, block) => {
    const [yes, no]: [List, List] = [[], []]
    for (const value of self) (truthy(ask(m, needBlock(block), value)) ? yes : no).push(value)
    return [yes, no]
  }),
  group_by: arr(0, 0, (m, self, _args, block) => groupBy(m, self, needBlock(block))),
  chunk_while: arr(0, 0, (m, self, _args, block) => cut(m, self, needBlock(block), false)),
  slice_when: arr(0, 0, (m, self, _args, block) => cut(m, self, needBlock(block), true)),
  tally: arr(0, 0, (_m, self) => {
    const counts = new RHash()
    for (const value of self) counts.set(value, Number(counts.get(value) ?? 0) + 1)
    return counts
  }),
  inject: arr(0, 2, inject),
  sum: arr(0, 1, sum),
  min: arr(0, 1, (m, self, args, block) => extreme(m, self, args, block, 1)),
  max: arr(0, 1, (m, self, args, block) => extreme(m, self, args, block, -1)),
  minmax: arr(0, 0, (m, self, _args, block) => [extreme(m, self, [], block, 1), extreme(m, self, [], block, -1)]),
  min_by: arr(0, 1, (m, self, args, block) => extremeBy(m, self, args, block, 1)),
  max_by: arr(0, 1, (m, self, args, block) => extremeBy(m, self, args, block, -1)),
  minmax_by: arr(0, 0, (m, self, _args, block) => [extremeBy(m, self, [], block, 1), extremeBy(m, self, [], block, -1)]),
  sort: arr(0, 0, (m, self, _args, block) => sorted(m, self, block)),
  sort_by: arr(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'sort_by', () => self)
    return sortedBy(m, self, block)
  }),
  'any?': arr(0, 1, (m, self, args, block) => self.some(passes(m, args, block))),
  'all?': arr(0, 1, (m, self, args, block) => self.every(passes(m, args, block))),
  'none?': arr(0, 1, (m, self, args, block) => !self.some(passes(m, args, block))),
  'one?': arr(0, 1, (m, self, args, block) => self.filter(passes(m, args, block)).length === 1),
  count: arr(0, 1, (m, self, [wanted], block) => {
    if (wanted !== undefined) return self.filter((value) => equal(value, wanted)).length
    return block === undefined ? self.length : self.filter((value) => truthy(ask(m, block, value))).length
  }),
  first: arr(0, 1, (_m, self, [count]) => (count === undefined ? (self[0] ?? null) : self.slice(0, countOf(count)))),
  take: arr(1, 1, (_m, self, [count = null]) => self.slice(0, countOf(count))),
  drop: arr(1, 1, (_m, self, [count = null]) => self.slice(countOf(count))),
  take_while: arr(0, 0, (m, self, _args, block) => {
    const end = self.findIndex((value) => !truthy(ask(m, needBlock(block), value)))
    return end < 0 ? [...self] : self.slice(0, end)
  }),
  drop_while: arr(0, 0, (m, self, _args, block) => {
    const start = self.findIndex((value) => !truthy(ask(m, needBlock(block), value)))
    return start < 0 ? [] : self.slice(start)
  }),
  grep: arr(1, 1, (m, self, [pattern = null], block) => {
    const found = self.filter((value) => truthy(m.send(pattern, '===', [value])))
    return block === undefined ? found : found.map((value) => ask(m, block, value))
  }),
  grep_v: arr(1, 1, (m, self, [pattern = null]) => self.filter((value) => !truthy(m.send(pattern, '===', [value])))),
  'include?': arr(1, 1, (_m, self, [wanted = null]) => self.some((value) => equal(value, wanted))),
  zip: arr(0, Infinity, (m, self, args) => {
    const others = args.map((other) => listOf(Array.isArray(other) ? other : m.send(other, 'to_a')))
    return made(
      m,
      self.map((value, i) => [value, ...others.map((other) => other[i] ?? null)]),
    )
  }),
  uniq: arr(0, 0, (m, self, _args, block) => unique(m, self, block)),
  to_a: arr(0, 0, (_m, self) => self),
  to_h: arr(0, 0, (m, self, _args, block) => toHash(m, self, block)),
  cycle: arr(0, 1, (m, self, [times], block) => {
    const rounds = times === undefined || times === null ? Infinity : toIndex(times)
    if (block === undefined) {
      const count = Math.min(rounds * self.length, MAX_CYCLE)
      return new REnumerator(self, 'cycle', () => Array.from({ length: count }, (_, i) => self[i % self.length] ?? null))
    }
    for (let round = 0; round < rounds && self.length > 0; round++) for (const value of self) ask(m, block, value)
    return null
  }),
  lazy: arr(0, 0, (_m, self) => self),
  force: arr(0, 0, (_m, self) => self),
}

function countOf(value: Value): number {
  const count = toIndex(value)
  return count < 0 ? raise(ArgumentError, 'attempt to take negative size') : count
}

const enumerableNames = aliases(enumerable, {
  collect: 'map',
  collect_concat: 'flat_map',
  filter: 'select',
  find_all: 'select',
  detect: 'find',
  reduce: 'inject',
  'member?': 'include?',
  entries: 'to_a',
})

export const enumerableMethods: MethodTable = table(enumerable, enumerableNames)

/** A change in place, from the list that a method answers: nil when nothing changed. */
function inPlace(name: string, nilWhenSame: boolean): Method {
  const method = enumerable[name] ?? listOnly[name]
  return arr(0, 1, (m, self, args, block) => {
    const result = method?.call(m, self as never, args, block)
    if (!Array.isArray(result)) return result ?? null
    const same = result.length === self.length && result.every((value, i) => value === self[i])
    refill(self, result)
    return nilWhenSame && same ? null : self
  })
}

const listOnly: Record<string, Method> = {
  '[]': arr(1, 2, (_m, self, args) => slice(self, args)),
  '[]=': arr(2, 3, assign),
  each: arr(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'each', () => self)
    for (let i = 0; i < self.length; i++) ask(m, block, self[i] ?? null)
    return self
  }),
  each_index: arr(0, 0, (m, self, _args, block) =>
    each(
      m,
      self,
      'each_index',
      self.map((_value, i) => i),
      block,
    ),
  ),
  at: arr(1, 1, (_m, self, [index = null]) => self.at(toIndex(index)) ?? null),
  fetch: arr(1, 2, (m, self, [index = null, fallback], block) => {
    const value = self.at(toIndex(index))
    if (value !== undefined) return value
    if (block !== undefined) return ask(m, block, index)
    return fallback ?? raise(IndexError, `index ${toIndex(index)} outside of array bounds: ${-self.length}...${self.length}`)
  }),
  dig: arr(1, Infinity, (m, self, [index = null, ...rest]) => {
    const value = self.at(toIndex(index)) ?? null
    return rest.length === 0 || value === null ? value : m.send(value, 'dig', rest)
  }),
  values_at: arr(0, Infinity, (_m, self, places) => places.map((place) => self.at(toIndex(place)) ?? null)),
  last: arr(0, 1, (_m, self, [count]) =>
    count === undefined ? (self.at(-1) ?? null) : toIndex(count) === 0 ? [] : self.slice(-toIndex(count)),
  ),
  push: arr(0, Infinity, (m, self, args) => {
    m.allocateElements(args.length)
    self.push(...args)
    return self
  }),
  '<<': arr(1, 1, (m, self, [value = null]) => {
    m.allocateElements(1)
    self.push(value)
    return self
  }),
  pop: arr(0, 1, (_m, self, [count]) =>
    count === undefined ? (self.pop() ?? null) : self.splice(Math.max(0, self.length - toIndex(count))),
  ),
  shift: arr(0, 1, (_m, self, [count]) => (count === undefined ? (self.shift() ?? null) : self.splice(0, toIndex(count)))),
  unshift: arr(0, Infinity, (m, self, args) => {
    m.allocateElements(args.length)
    self.unshift(...args)
    return self
  }),
  insert: arr(1, Infinity, (m, self, [place = null, ...values]) => {
    m.allocateElements(values.length)
    const index = toIndex(place)
    self.splice(index < 0 ? self.length + index + 1 : index, 0, ...values)
    return self
  }),
  concat: arr(0, Infinity, (m, self, args) => {
    for (const list of args) for (const value of made(m, [...listOf(list)])) self.push(value)
    return self
  }),
  replace: arr(1, 1, (m, self, [other]) => {
    refill(self, made(m, [...listOf(other)]))
    return self
  }),
  clear: arr(0, 0, (_m, self) => {
    self.length = 0
    return self
  }),
  fill: arr(0, 3, (m, self, args, block) => {
    const value = block === undefined ? args[0] : undefined
    const [start = 0, length] = block === undefined ? args.slice(1) : args
    const from = start === null ? 0 : toIndex(start)
    const to = length === undefined ? self.length : from + toIndex(length)
    m.allocateElements(Math.max(0, to - from))
    for (let i = from; i < to; i++) self[i] = block === undefined ? (value ?? null) : ask(m, block, i)
    return self
  }),
  '+': arr(1, 1, (m, self, [other]) => made(m, [...self, ...listOf(other)])),
  '-': arr(1, 1, (m, self, [other]) => {
    const gone = keysOf(other)
    return made(
      m,
      self.filter((value) => !gone.has(hashKey(value))),
    )
  }),
  '*': arr(1, 1, (m, self, [by = null]) => {
    if (by instanceof RString) return text(self.map(toText).join(by.value))
    m.allocateElements(self.length * Math.max(0, toIndex(by)))
    return Array.from({ length: Math.max(0, toIndex(by)) }, () => self).flat()
  }),
  '&': arr(1, 1, (m, self, [other]) => {
    const kept = keysOf(other)
    return unique(
      m,
      self.filter((value) => kept.has(hashKey(value))),
      undefined,
    )
  }),
  '|': arr(1, 1, (m, self, [other]) => unique(m, [...self, ...listOf(other)], undefined)),
  '<=>': arr(1, 1, (_m, self, [other = null]) => (Array.isArray(other) ? (compare(self, other) ?? null) : null)),
  '==': arr(1, 1, (_m, self, [other = null]) => equal(self, other)),
  'eql?': arr(1, 1, (_m, self, [other = null]) => eql(self, other)),
  size: arr(0, 0, (_m, self) => self.length),
  'empty?': arr(0, 0, (_m, self) => self.length === 0),
  rindex: arr(0, 1, (m, self, [wanted], block) => {
    const index = self.findLastIndex((value) =>
      wanted === undefined ? truthy(ask(m, needBlock(block), value)) : equal(value, wanted),
    )
    return index < 0 ? null : index
  }),
  join: arr(0, 1, (m, self, [separator]) => {
    const between = separator === undefined || separator === null ? '' : textOf(separator)
    const flat = flatten(m, self, Infinity).map((value) => toText(m.send(value, 'to_s')))
    const result = flat.join(between)
    m.allocate(result.length)
    return text(result)
  }),
  reverse: arr(0, 0, (m, self) => made(m, self.toReversed())),
  rotate: arr(0, 1, (m, self, [by = 1]) => {
    const shift = self.length === 0 ? 0 : ((toIndex(by) % self.length) + self.length) % self.length
    return made(m, [...self.slice(shift), ...self.slice(0, shift)])
  }),
  flatten: arr(0, 1, (m, self, [depth]) => flatten(m, self, depth === undefined || depth === null ? Infinity : toIndex(depth))),
  compact: arr(0, 0, (m, self) =>
    made(
      m,
      self.filter((value) => value !== null),
    ),
  ),
  shuffle: arr(0, 1, (m, self) => made(m, shuffled(m, self))),
  sample: arr(0, 1, (m, self, [count]) =>
    count === undefined ? (shuffled(m, self)[0] ?? null) : shuffled(m, self).slice(0, toIndex(count)),
  ),
  delete: arr(1, 1, (_m, self, [wanted = null]) => {
    const found = self.find((value) => equal(value, wanted))
    if (found === undefined) return null
    refill(
      self,
      self.filter((value) => !equal(value, wanted)),
    )
    return found
  }),
  delete_at: arr(1, 1, (_m, self, [place = null]) => {
    const index = toIndex(place) < 0 ? self.length + toIndex(place) : toIndex(place)
    return index < 0 ? null : (self.splice(index, 1)[0] ?? null)
  }),
  delete_if: arr(0, 0, (m, self, _args, block) => {
    refill(
      self,
      self.filter((value) => !truthy(ask(m, needBlock(block), value))),
    )
    return self
  }),
  keep_if: arr(0, 0, (m, self, _args, block) => {
    refill(
      self,
      self.filter((value) => truthy(ask(m, needBlock(block), value))),
    )
    return self
  }),
  'slice!': arr(1, 2, (_m, self, args) => {
    const found = slice(self, args)
    const [what = null, count] = args
    if (what instanceof RRange) {
      const place = rangeOf(what, self.length)
      if (place !== undefined) self.splice(place.start, place.length)
    } else {
      const index = toIndex(what) < 0 ? self.length + toIndex(what) : toIndex(what)
      if (index >= 0) self.splice(index, count === undefined ? 1 : toIndex(count))
    }
    return found
  }),
  assoc: arr(1, 1, (_m, self, [key = null]) => self.find((pair) => Array.isArray(pair) && equal(pair[0] ?? null, key)) ?? null),
  transpose: arr(0, 0, (m, self) => {
    const rows = self.map(listOf)
    const width = rows[0]?.length ?? 0
    if (rows.some((row) => row.length !== width))
      raise(IndexError, `element size differs (${rows.find((row) => row.length !== width)?.length} should be ${width})`)
    return made(
      m,
      Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? null)),
    )
  }),
  product: arr(0, Infinity, (m, self, args) => {
    let rows: List[] = self.map((value) => [value])
    for (const list of args)
      rows = made(
        m,
        rows.flatMap((row) => listOf(list).map((value) => [...row, value])),
      ) as List[]
    return rows
  }),
  combination: arr(1, 1, (m, self, [size = null], block) =>
    each(m, self, 'combination', combinations(m, self, toIndex(size)), block),
  ),
  permutation: arr(0, 1, (m, self, [size = self.length], block) =>
    each(m, self, 'permutation', permutations(m, self, toIndex(size)), block),
  ),
  union: arr(0, Infinity, (m, self, args) => unique(m, [self, ...args.map(listOf)].flat(), undefined)),
  difference: arr(0, Infinity, (m, self, args) => {
    const gone = keysOf(args.flatMap(listOf))
    return made(
      m,
      self.filter((value) => !gone.has(hashKey(value))),
    )
  }),
  intersection: arr(0, Infinity, (m, self, args) =>
    args.reduce<List>(
      (kept, other) =>
        unique(
          m,
          kept.filter((value) => keysOf(other).has(hashKey(value))),
          undefined,
        ),
      self,
    ),
  ),
  'intersect?': arr(1, 1, (_m, self, [other]) => {
    const keys = keysOf(other)
    return self.some((value) => keys.has(hashKey(value)))
  }),
  bsearch: arr(0, 0, (m, self, _args, block) => self.find((value) => truthy(ask(m, needBlock(block), value))) ?? null),
  pack: arr(1, 1, (m, self, [format]) => text(packed(m, self, textOf(format)))),
  inspect: arr(0, 0, (m, self) => {
    const shown = inspect(self)
    m.allocate(shown.length)
    return text(shown)
  }),
  to_ary: arr(0, 0, (_m, self) => self),
  dup: arr(0, 0, (m, self) => made(m, [...self])),
  hash: arr(0, 0, (_m, self) => self.length),
}

const changing: Record<string, Method> = Object.fromEntries(
  [
    { name: 'map', nil: false },
    { name: 'collect', nil: false, of: 'map' },
    { name: 'select', nil: true },
    { name: 'filter', nil: true, of: 'select' },
    { name: 'reject', nil: true },
    { name: 'uniq', nil: true },
    { name: 'sort', nil: false },
    { name: 'sort_by', nil: false },
    { name: 'reverse', nil: false },
    { name: 'rotate', nil: false },
    { name: 'flatten', nil: true },
    { name: 'compact', nil: true },
    { name: 'shuffle', nil: false },
  ].map(({ name, nil, of }) => [`${name}!`, inPlace(of ?? name, nil)]),
)

export const arrayMethods: MethodTable = table(
  enumerable,
  enumerableNames,
  listOnly,
  changing,
  aliases(listOnly, {
    slice: '[]',
    append: 'push',
    prepend: 'unshift',
    length: 'size',
    to_s: 'inspect',
    '===': '==',
    clone: 'dup',
  }),
  aliases(enumerable, { index: 'find_index' }),
)
