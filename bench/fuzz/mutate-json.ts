import type { JsonValue } from '../../src/core/json.ts'
import type { Random } from '../requests/random.ts'

/** Values that readers of JSON trip over: ends of ranges, empty and huge things, patterns that explode, scripts that do not end. */
const ODD: readonly (() => JsonValue)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0,
  () => 1e308,
  () => -1e-320,
  () => 2 ** 53,
  () => 2 ** 31,
  () => -(2 ** 31) - 1,
  () => 0.1,
  () => '',
  () => ' ',
  () => 'NaN',
  () => 'Infinity',
  () => '9223372036854775808',
  () => '\u0000',
  () => '\uD800',
  () => '../../etc/passwd',
  () => '%00',
  () => '<script>',
  () => "'; DROP TABLE x; --",
  () => 'x'.repeat(70_000),
  () => '*'.repeat(300),
  () => '*a'.repeat(200),
  () => '(a+)+$',
  () => '((((a{1,100}){1,100}){1,100}){1,100})',
  () => '(.*)*(.*)*(.*)*x',
  () => '[',
  () => '('.repeat(500),
  () => '~(~(~(a.*)b.*)c.*)',
  () => '<1-99999999999>',
  () => 'now+1000000000y',
  () => '2026-01-01||/',
  () => '2026-13-45T99:99:99Z',
  () => '{{#a}}{{>a}}{{/a}}',
  () => '{{#toJson}}{{/toJson}}',
  () => 'for (;;) {}',
  () => 'def f(def x) { return f(x) } return f(1)',
  () => "String s = 'x'; while (true) { s += s }",
  () => 'List l = new ArrayList(); while (true) { l.add(l) }',
  () => "doc['nope'].value",
  () => '1d',
  () => '-1d',
  () => '1'.repeat(400),
  () => [],
  () => [[]],
  () => [null],
  () => Array.from({ length: 3000 }, (_, at) => at),
  () => ({}),
  () => ({ '': '' }),
  () => ({ constructor: { prototype: {} } }),
  () => deep(40),
  () => deep(600),
]

function deep(levels: number): JsonValue {
  let value: JsonValue = {}
  for (let left = levels; left > 0; left--) value = left % 2 === 0 ? { bool: { must: value } } : [value]
  return value
}

/** A value with some of its parts changed: replaced, left out, doubled, renamed, exchanged or wrapped. */
export function mutateJson(random: Random, value: JsonValue, changes = random.int(1, 3)): JsonValue {
  let changed = value
  for (let left = changes; left > 0; left--) changed = changeOne(random, changed)
  return changed
}

function changeOne(random: Random, value: JsonValue): JsonValue {
  const isLeaf = typeof value !== 'object' || value === null
  if (isLeaf || random.chance(0.15)) return changeHere(random, value)
  if (Array.isArray(value)) {
    if (value.length === 0) return changeHere(random, value)
    const at = random.int(0, value.length - 1)
    if (random.chance(0.1)) return value.toSpliced(at, 1)
    if (random.chance(0.1)) return [...value, ...value]
    return value.with(at, changeOne(random, value[at] as JsonValue))
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return changeHere(random, value)
  const at = random.int(0, entries.length - 1)
  const [name, inner = null] = entries[at] as [string, JsonValue | undefined]
  const others = entries.toSpliced(at, 1)
  const changed: [string, JsonValue | undefined][] = random.pick<() => [string, JsonValue | undefined][]>([
    () => others,
    () => [...others, [random.pick([`${name}x`, '', name.toUpperCase(), '__proto__', 'x'.repeat(1000), 'a.b..c', '*']), inner]],
    () => [...entries, [random.pick(['unknown', 'boost', '_name', 'field', 'script', 'size']), odd(random)]],
    ...Array.from({ length: 7 }, () => (): [string, JsonValue | undefined][] => [...others, [name, changeOne(random, inner)]]),
  ])()
  return Object.fromEntries(changed)
}

function changeHere(random: Random, value: JsonValue): JsonValue {
  return random.pick<() => JsonValue>([
    () => odd(random),
    () => odd(random),
    () => [value],
    () => ({ value }),
    () => (typeof value === 'string' ? Number(value) || value.repeat(50) : JSON.stringify(value)),
    () => (typeof value === 'number' ? value * random.pick([-1, 1e6, 1e-6, 1e18]) : value),
  ])()
}

export const odd = (random: Random): JsonValue => random.pick(ODD)()
