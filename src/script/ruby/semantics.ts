import { Float, printFloat } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { ArgumentError, exceptionClasses, ObjectClass, raise } from './errors.ts'
import {
  REnumerator,
  REvent,
  RException,
  RClass,
  RHash,
  RMatch,
  RObject,
  RProc,
  RRange,
  RRegexp,
  RString,
  RSymbol,
  RTime,
  hashKey,
  type Value,
} from './value.ts'

const module = (name: string, superclass: RClass = ObjectClass): RClass => new RClass(name, superclass)

export const Comparable = module('Comparable')
export const Kernel = module('Kernel')
export const NilClass = module('NilClass')
export const TrueClass = module('TrueClass')
export const FalseClass = module('FalseClass')
export const Numeric = module('Numeric')
export const IntegerClass = module('Integer', Numeric)
export const FloatClass = module('Float', Numeric)
export const StringClass = module('String')
export const SymbolClass = module('Symbol')
export const ArrayClass = module('Array')
export const HashClass = module('Hash')
export const RangeClass = module('Range')
export const ProcClass = module('Proc')
export const RegexpClass = module('Regexp')
export const MatchDataClass = module('MatchData')
export const TimeClass = module('Time')
export const TimestampClass = module('LogStash::Timestamp')
export const EventClass = module('LogStash::Event')
export const EnumeratorClass = module('Enumerator')
export const ClassClass = module('Class')

/** Every constant that names a class or a type; modules of functions are in `classes/modules.ts`. */
export const typeConstants: ReadonlyMap<string, RClass> = new Map(
  [
    ObjectClass,
    Comparable,
    Kernel,
    NilClass,
    TrueClass,
    FalseClass,
    Numeric,
    IntegerClass,
    FloatClass,
    StringClass,
    SymbolClass,
    ArrayClass,
    HashClass,
    RangeClass,
    ProcClass,
    RegexpClass,
    MatchDataClass,
    TimeClass,
    TimestampClass,
    EventClass,
    EnumeratorClass,
    ClassClass,
    ...exceptionClasses,
  ].map((klass) => [klass.name, klass] as const),
)

export function truthy(value: Value): boolean {
  return value !== null && value !== false
}

export function isInteger(value: Value): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}

export function isFloat(value: Value): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))
}

export function isNumber(value: Value): value is number | bigint | Float {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float
}

export function classOf(value: Value): RClass {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? IntegerClass : FloatClass
    case 'bigint':
      return IntegerClass
    case 'boolean':
      return value ? TrueClass : FalseClass
    default:
      break
  }
  if (value === null) return NilClass
  if (value instanceof RString) return StringClass
  if (Array.isArray(value)) return ArrayClass
  if (value instanceof RHash) return HashClass
  if (value instanceof Float) return FloatClass
  if (value instanceof RSymbol) return SymbolClass
  if (value instanceof RRange) return RangeClass
  if (value instanceof RProc) return ProcClass
  if (value instanceof RRegexp) return RegexpClass
  if (value instanceof RMatch) return MatchDataClass
  if (value instanceof RTime) return TimeClass
  if (value instanceof Timestamp) return TimestampClass
  if (value instanceof REvent) return EventClass
  if (value instanceof RException || value instanceof RObject) return value.klass
  return value instanceof REnumerator ? EnumeratorClass : ClassClass
}

/** `is_a?`: the class, those above it, and the modules that come with it. */
export function isA(value: Value, klass: RClass): boolean {
  if (classOf(value).inherits(klass)) return true
  if (klass === Comparable)
    return isNumber(value) || value instanceof RString || value instanceof RTime || value instanceof Timestamp
  if (klass === Kernel) return true
  if (klass.name === 'Enumerable')
    return Array.isArray(value) || value instanceof RHash || value instanceof RRange || value instanceof REnumerator
  return klass.name === 'DateTime' && value instanceof RTime
}

/** `==` */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return !(typeof a === 'number' && Number.isNaN(a))
  if (typeof a !== 'object' && typeof b !== 'object')
    return typeof a !== typeof b && isNumber(a) && isNumber(b) && Number(a) === Number(b)
  if (a instanceof Float) return isNumber(b) && a.value === toNumber(b)
  if (b instanceof Float) return isNumber(a) && toNumber(a) === b.value
  if (a instanceof RString) return b instanceof RString && a.value === b.value
  if (a instanceof RSymbol) return b instanceof RSymbol && a.name === b.name
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => equal(one, b[i] ?? null))
  if (a instanceof RHash)
    return (
      b instanceof RHash && a.size === b.size && a.pairs().every(([key, value]) => equal(value, b.get(key) ?? null) && b.has(key))
    )
  if (a instanceof RTime || a instanceof Timestamp) {
    return (b instanceof RTime || b instanceof Timestamp) && a.epochMillis === b.epochMillis && a.nanos === b.nanos
  }
  if (a instanceof RRange)
    return b instanceof RRange && a.exclusive === b.exclusive && equal(a.begin, b.begin) && equal(a.end, b.end)
  if (a instanceof RRegexp) return b instanceof RRegexp && a.regexp.source === b.regexp.source
  if (a instanceof REvent) return b instanceof REvent && a.event === b.event
  if (a instanceof RException) return b instanceof RException && a.klass === b.klass && a.message === b.message
  return false
}

/** `eql?`: as `==`, but 1 is not 1.0. */
export function eql(a: Value, b: Value): boolean {
  return hashKey(a) === hashKey(b) || (equal(a, b) && classOf(a) === classOf(b))
}

export function toNumber(value: number | bigint | Float): number {
  return value instanceof Float ? value.value : Number(value)
}

/** `<=>`; `undefined` where Ruby answers nil. */
export function compare(a: Value, b: Value): number | undefined {
  if (isNumber(a) && isNumber(b)) {
    const [x, y] = typeof a === 'bigint' || typeof b === 'bigint' ? [exact(a), exact(b)] : [toNumber(a), toNumber(b)]
    return x < y ? -1 : x > y ? 1 : x === y || Number(x) === Number(y) ? 0 : undefined
  }
  if (a instanceof RString && b instanceof RString) return compareText(a.value, b.value)
  if (a instanceof RSymbol && b instanceof RSymbol) return compareText(a.name, b.name)
  if ((a instanceof RTime || a instanceof Timestamp) && (b instanceof RTime || b instanceof Timestamp)) {
    return Math.sign(a.epochMillis - b.epochMillis || a.nanos - b.nanos)
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compare(a[i] ?? null, b[i] ?? null)
      if (order !== 0) return order
    }
    return Math.sign(a.length - b.length)
  }
  return equal(a, b) ? 0 : undefined
}

/** A number that compares exactly with others: BigInt for integers. */
function exact(value: number | bigint | Float): number | bigint {
  return typeof value === 'bigint' || value instanceof Float || !Number.isInteger(value)
    ? value instanceof Float
      ? value.value
      : value
    : BigInt(value)
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** `<=>` for sorting and `<`. @throws RubyError `ArgumentError` for values that have no order */
export function order(a: Value, b: Value): number {
  return compare(a, b) ?? raise(ArgumentError, `comparison of ${classOf(a).name} with ${nameInComparison(b)} failed`)
}

function nameInComparison(value: Value): string {
  return typeof value !== 'object' || value === null || value instanceof Float ? inspect(value) : classOf(value).name
}

/** How errors call a value's class: nil, true and false by themselves. */
export function describe(value: Value | undefined): string {
  return value === undefined || value === null ? 'nil' : typeof value === 'boolean' ? String(value) : classOf(value).name
}

/** `to_s` */
export function toText(value: Value): string {
  if (value instanceof RString) return value.value
  if (value === null) return ''
  if (value instanceof RSymbol) return value.name
  if (value instanceof RException) return value.message
  if (value instanceof RClass) return value.name
  if (value instanceof RMatch) return value.groups[0] ?? ''
  if (value instanceof RTime) return printTime(value)
  if (value instanceof Timestamp) return value.toString()
  if (value instanceof RRange) return `${toText(value.begin)}${value.exclusive ? '...' : '..'}${toText(value.end)}`
  if (value instanceof REvent) return 'LogStash::Event'
  return inspect(value)
}

const MAX_INSPECT_DEPTH = 100

/** `inspect` */
export function inspect(value: Value, depth = 0): string {
  if (depth > MAX_INSPECT_DEPTH) return '...'
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? String(value) : printFloat(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      break
  }
  if (value === null) return 'nil'
  if (value instanceof Float) return printFloat(value.value)
  if (value instanceof RString) return inspectText(value.value)
  if (value instanceof RSymbol)
    return /^(?:[A-Za-z_]\w*[?!=]?|\[\]=?|[+\-*/%<>]|==|<=>|<=|>=|<<|!)$/.test(value.name)
      ? `:${value.name}`
      : `:${inspectText(value.name)}`
  if (Array.isArray(value)) return `[${value.map((one) => inspect(one, depth + 1)).join(', ')}]`
  if (value instanceof RHash) {
    if (value.size === 0) return '{}'
    const pairs = value.pairs().map(([key, one]) => `${inspect(key, depth + 1)}=>${inspect(one, depth + 1)}`)
    return `{${pairs.join(', ')}}`
  }
  if (value instanceof RRange)
    return `${value.begin === null ? '' : inspect(value.begin)}${value.exclusive ? '...' : '..'}${value.end === null ? '' : inspect(value.end)}`
  if (value instanceof RRegexp) {
    const { ignoreCase, dotAll, extended } = value.regexp.flags
    return `/${value.regexp.source}/${dotAll === true ? 'm' : ''}${ignoreCase === true ? 'i' : ''}${extended === true ? 'x' : ''}`
  }
  if (value instanceof RException) return value.message === '' ? value.klass.name : `#<${value.klass.name}: ${value.message}>`
  if (value instanceof RMatch)
    return `#<MatchData ${value.groups.map((group, i) => `${i === 0 ? '' : ` ${value.names[i] ?? i}:`}${group === undefined ? 'nil' : inspectText(group)}`).join('')}>`
  if (value instanceof RClass || value instanceof RTime || value instanceof Timestamp) return toText(value)
  if (value instanceof REnumerator) return `#<Enumerator: ${inspect(value.source, depth + 1)}:${value.method}>`
  return `#<${classOf(value).name}>`
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\v': '\\v',
  '\b': '\\b',
  '\u0007': '\\a',
  '\u001b': '\\e',
}

function inspectText(text: string): string {
  // eslint-disable-next-line no-control-regex
  const escaped = text.replaceAll(/["\\\u0000-\u001f\u007f]|#(?=[{$@])/g, (char) => {
    if (char === '#') return '\\#'
    return NAMED_ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
  return `"${escaped}"`
}

/** `2024-05-01 10:00:00 UTC`, or with the offset of its zone. */
export function printTime({ epochMillis, offsetMs, utc }: RTime): string {
  const local = new Date(epochMillis + offsetMs).toISOString()
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${utc ? 'UTC' : printOffset(offsetMs, '')}`
}

export function printOffset(offsetMs: number, colon: string): string {
  const minutes = Math.abs(Math.round(offsetMs / 60_000))
  return `${offsetMs < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}${colon}${String(minutes % 60).padStart(2, '0')}`
}
