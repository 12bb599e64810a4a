import { KeyError, raise, TypeErrorClass } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { classOf, equal, inspect, truthy } from '../semantics.ts'
import { REnumerator, RHash, RProc, type Value } from '../value.ts'
import { enumerableMethods } from './array.ts'
import { aliases, checkFrozen, def, needBlock, table, text, type Method, type MethodTable } from './method.ts'

const has = def<RHash>

function ask(machine: Machine, block: RProc, ...args: Value[]): Value {
  machine.step()
  return block.call(args)
}

/** The pairs for which a block is true, or not. */
function filtered(machine: Machine, self: RHash, block: RProc, wanted: boolean): RHash {
  return RHash.of(self.pairs().filter(([key, value]) => truthy(ask(machine, block, key, value)) === wanted))
}

function hashOf(value: Value | undefined): RHash {
  return value instanceof RHash
    ? value
    : raise(TypeErrorClass, `no implicit conversion of ${classOf(value ?? null).name} into Hash`)
}

/** What a missing key gives. */
export function readHash(self: RHash, key: Value): Value {
  const value = self.get(key)
  if (value !== undefined) return value
  return self.defaultProc === undefined ? self.defaultValue : self.defaultProc.call([self, key])
}

/** A block decides about keys that both have. */
function mergeInto(machine: Machine, target: RHash, others: readonly Value[], block: RProc | undefined): RHash {
  for (const other of others) {
    for (const [key, value] of hashOf(other).pairs()) {
      machine.allocateElements(1)
      const before = target.get(key)
      target.set(key, before === undefined || block === undefined ? value : ask(machine, block, key, before, value))
    }
  }
  return target
}

function copy(self: RHash): RHash {
  const made = RHash.of(self.pairs())
  made.defaultValue = self.defaultValue
  made.defaultProc = self.defaultProc
  return made
}

function become(self: RHash, other: RHash): RHash {
  checkFrozen(self)
  const pairs = other.pairs()
  self.entries.clear()
  for (const [key, value] of pairs) self.set(key, value)
  return self
}

/** As become, and nil when nothing went. */
function shrink(self: RHash, other: RHash): RHash | null {
  return other.size === self.size ? null : become(self, other)
}

const methods: Record<string, Method> = {
  '[]': has(1, 1, (_m, self, [key = null]) => readHash(self, key)),
  '[]=': has(2, 2, (m, self, [key = null, value = null]) => {
    checkFrozen(self)
    m.allocateElements(1)
    self.set(key, value)
    return value
  }),
  fetch: has(1, 2, (m, self, [key = null, fallback], block) => {
    const value = self.get(key)
    if (value !== undefined) return value
    if (block !== undefined) return ask(m, block, key)
    return fallback ?? raise(KeyError, `key not found: ${inspect(key)}`)
  }),
  dig: has(1, Infinity, (m, self, [key = null, ...rest]) => {
    const value = readHash(self, key)
    return rest.length === 0 || value === null ? value : m.send(value, 'dig', rest)
  }),
  'key?': has(1, 1, (_m, self, [key = null]) => self.has(key)),
  'value?': has(1, 1, (_m, self, [value = null]) => self.pairs().some(([, one]) => equal(one, value))),
  key: has(1, 1, (_m, self, [value = null]) => self.pairs().find(([, one]) => equal(one, value))?.[0] ?? null),
  keys: has(0, 0, (m, self) => {
    m.allocateElements(self.size)
    return self.pairs().map(([key]) => key)
  }),
  values: has(0, 0, (m, self) => {
    m.allocateElements(self.size)
    return self.pairs().map(([, value]) => value)
  }),
  values_at: has(0, Infinity, (_m, self, keys) => keys.map((key) => readHash(self, key))),
  fetch_values: has(0, Infinity, (_m, self, keys) =>
    keys.map((key) => self.get(key) ?? raise(KeyError, `key not found: ${inspect(key)}`)),
  ),
  size: has(0, 0, (_m, self) => self.size),
  'empty?': has(0, 0, (_m, self) => self.size === 0),
  each: has(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'each', () => self.pairs())
    for (const pair of self.pairs()) ask(m, block, pair)
    return self
  }),
  each_key: has(0, 0, (m, self, _args, block) => {
    for (const [key] of self.pairs()) ask(m, needBlock(block), key)
    return self
  }),
  each_value: has(0, 0, (m, self, _args, block) => {
    for (const [, value] of self.pairs()) ask(m, needBlock(block), value)
    return self
  }),
  select: has(0, 0, (m, self, _args, block) => filtered(m, self, needBlock(block), true)),
  reject: has(0, 0, (m, self, _args, block) => filtered(m, self, needBlock(block), false)),
  'select!': has(0, 0, (m, self, _args, block) => shrink(self, filtered(m, self, needBlock(block), true))),
  'reject!': has(0, 0, (m, self, _args, block) => shrink(self, filtered(m, self, needBlock(block), false))),
  keep_if: has(0, 0, (m, self, _args, block) => become(self, filtered(m, self, needBlock(block), true))),
  delete_if: has(0, 0, (m, self, _args, block) => become(self, filtered(m, self, needBlock(block), false))),
  partition: has(0, 0, (m, self, _args, block) => {
    const [yes, no]: [Value[], Value[]] = [[], []]
    for (const [key, value] of self.pairs()) (truthy(ask(m, needBlock(block), key, value)) ? yes : no).push([key, value])
    return [yes, no]
  }),
  find: has(
    0,
    0,
    (m, self, _args, block) => self.pairs().find(([key, value]) => truthy(ask(m, needBlock(block), key, value))) ?? null,
  ),
  'any?': has(0, 1, (m, self, _args, block) =>
    block === undefined ? self.size > 0 : self.pairs().some(([key, value]) => truthy(ask(m, block, key, value))),
  ),
  'all?': has(
    0,
    1,
    (m, self, _args, block) => block === undefined || self.pairs().every(([key, value]) => truthy(ask(m, block, key, value))),
  ),
  'none?': has(0, 1, (m, self, _args, block) =>
    block === undefined ? self.size === 0 : !self.pairs().some(([key, value]) => truthy(ask(m, block, key, value))),
  ),
  count: has(0, 1, (m, self, _args, block) =>
    block === undefined ? self.size : self.pairs().filter(([key, value]) => truthy(ask(m, block, key, value))).length,
  ),
  merge: has(0, Infinity, (m, self, others, block) => mergeInto(m, copy(self), others, block)),
  'merge!': has(0, Infinity, (m, self, others, block) => {
    checkFrozen(self)
    return mergeInto(m, self, others, block)
  }),
  replace: has(1, 1, (_m, self, [other]) => become(self, hashOf(other))),
  delete: has(1, 1, (m, self, [key = null], block) => {
    checkFrozen(self)
    const value = self.delete(key)
    return value ?? (block === undefined ? null : ask(m, block, key))
  }),
  clear: has(0, 0, (_m, self) => {
    checkFrozen(self)
    self.entries.clear()
    return self
  }),
  shift: has(0, 0, (_m, self) => {
    const [first] = self.pairs()
    if (first === undefined) return null
    self.delete(first[0])
    return first
  }),
  default: has(0, 1, (_m, self) => self.defaultValue),
  'default=': has(1, 1, (_m, self, [value = null]) => {
    self.defaultValue = value
    return value
  }),
  invert: has(0, 0, (_m, self) => RHash.of(self.pairs().map(([key, value]) => [value, key]))),
  slice: has(0, Infinity, (_m, self, keys) =>
    RHash.of(keys.flatMap((key) => (self.has(key) ? [[key, self.get(key) ?? null] as const] : []))),
  ),
  except: has(0, Infinity, (_m, self, keys) => RHash.of(self.pairs().filter(([key]) => !keys.some((gone) => equal(gone, key))))),
  compact: has(0, 0, (_m, self) => RHash.of(self.pairs().filter(([, value]) => value !== null))),
  'compact!': has(0, 0, (_m, self) => shrink(self, RHash.of(self.pairs().filter(([, value]) => value !== null)))),
  transform_values: has(0, 0, (m, self, _args, block) =>
    RHash.of(self.pairs().map(([key, value]) => [key, ask(m, needBlock(block), value)])),
  ),
  'transform_values!': has(0, 0, (m, self, _args, block) =>
    become(self, RHash.of(self.pairs().map(([key, value]) => [key, ask(m, needBlock(block), value)]))),
  ),
  transform_keys: has(0, 1, (m, self, [names], block) =>
    RHash.of(self.pairs().map(([key, value]) => [newKey(m, key, names, block), value])),
  ),
  'transform_keys!': has(0, 1, (m, self, [names], block) =>
    become(self, RHash.of(self.pairs().map(([key, value]) => [newKey(m, key, names, block), value]))),
  ),
  to_h: has(0, 0, (m, self, _args, block) => {
    if (block === undefined) return self
    return RHash.of(
      self.pairs().map(([key, value]) => {
        const pair = ask(m, block, key, value)
        return Array.isArray(pair)
          ? ([pair[0] ?? null, pair[1] ?? null] as const)
          : raise(TypeErrorClass, `wrong element type ${classOf(pair).name} (expected array)`)
      }),
    )
  }),
  to_a: has(0, 0, (m, self) => {
    m.allocateElements(self.size)
    return self.pairs()
  }),
  map: has(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'map', () => self.pairs())
    m.allocateElements(self.size)
    return self.pairs().map((pair) => ask(m, block, pair))
  }),
  group_by: has(0, 0, (m, self, _args, block) => {
    const groups = new RHash()
    for (const pair of self.pairs()) {
      const key = ask(m, needBlock(block), pair)
      const group = groups.get(key)
      if (Array.isArray(group)) group.push(pair)
      else groups.set(key, [pair])
    }
    return groups
  }),
  '==': has(1, 1, (_m, self, [other = null]) => equal(self, other)),
  inspect: has(0, 0, (m, self) => {
    const shown = inspect(self)
    m.allocate(shown.length)
    return text(shown)
  }),
  dup: has(0, 0, (_m, self) => copy(self)),
  assoc: has(1, 1, (_m, self, [key = null]) => (self.has(key) ? [key, self.get(key) ?? null] : null)),
  compare_by_identity: has(0, 0, (_m, self) => self),
  to_proc: has(0, 0, (_m, self) => new RProc(([key = null]) => readHash(self, key), 1, true)),
  '<=': has(1, 1, (_m, self, [other]) =>
    self.pairs().every(([key, value]) => equal(hashOf(other).get(key) ?? null, value) && hashOf(other).has(key)),
  ),
  '>=': has(1, 1, (_m, self, [other]) =>
    hashOf(other)
      .pairs()
      .every(([key, value]) => equal(self.get(key) ?? null, value) && self.has(key)),
  ),
}

function newKey(machine: Machine, key: Value, names: Value | undefined, block: RProc | undefined): Value {
  if (names instanceof RHash) return names.get(key) ?? (block === undefined ? key : ask(machine, block, key))
  return ask(machine, needBlock(block), key)
}

/** What only looks at elements works on the pairs. */
const borrowed: Record<string, Method> = Object.fromEntries(
  [...enumerableMethods].map(([name, method]) => [
    name,
    has(method.min, method.max, (m, self, args, block) => method.call(m, self.pairs() as never, args, block)),
  ]),
)

export const hashMethods: MethodTable = table(
  borrowed,
  methods,
  aliases(methods, {
    store: '[]=',
    each_pair: 'each',
    'has_key?': 'key?',
    'include?': 'key?',
    'member?': 'key?',
    'has_value?': 'value?',
    length: 'size',
    filter: 'select',
    'filter!': 'select!',
    detect: 'find',
    collect: 'map',
    update: 'merge!',
    to_hash: 'to_h',
    entries: 'to_a',
    to_s: 'inspect',
    '===': '==',
    'eql?': '==',
    clone: 'dup',
  }),
)
