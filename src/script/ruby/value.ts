import type { Event } from '../../core/event.ts'
import { Float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import type { RubyRegexp } from '../regexp/ruby-regexp.ts'

/**
 * A Ruby value. `nil` is `null`, arrays are JavaScript arrays. Whole `number`s and `bigint`s are Integers; other numbers and
 * `Float`s (whole ones) are Floats: the same representation as fields of events have.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | Float
  | RString
  | RSymbol
  | Value[]
  | RHash
  | RRange
  | RProc
  | RRegexp
  | RMatch
  | RTime
  | Timestamp
  | RException
  | RClass
  | REvent
  | REnumerator
  | RObject

/** A string, which can be changed in place. */
export class RString {
  value: string
  frozen = false

  constructor(value: string) {
    this.value = value
  }
}

export class RSymbol {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** What a hash knows a key by: equal keys (`eql?`) have the same. */
export type HashKey = string | number | bigint | boolean | null | object

/** A hash, in the order in which keys came. */
export class RHash {
  readonly entries = new Map<HashKey, { readonly key: Value; value: Value }>()
  defaultValue: Value = null
  defaultProc: RProc | undefined
  frozen = false

  get size(): number {
    return this.entries.size
  }

  get(key: Value): Value | undefined {
    return this.entries.get(hashKey(key))?.value
  }

  has(key: Value): boolean {
    return this.entries.has(hashKey(key))
  }

  set(key: Value, value: Value): void {
    const known = hashKey(key)
    const entry = this.entries.get(known)
    // A string that is a key is copied, so that changing it later changes no key.
    if (entry === undefined)
      this.entries.set(known, { key: key instanceof RString && !key.frozen ? frozenCopy(key) : key, value })
    else entry.value = value
  }

  delete(key: Value): Value | undefined {
    const known = hashKey(key)
    const entry = this.entries.get(known)
    if (entry === undefined) return undefined
    this.entries.delete(known)
    return entry.value
  }

  pairs(): [Value, Value][] {
    return Array.from(this.entries.values(), ({ key, value }) => [key, value])
  }

  static of(pairs: Iterable<readonly [Value, Value]>): RHash {
    const hash = new RHash()
    for (const [key, value] of pairs) hash.set(key, value)
    return hash
  }
}

function frozenCopy(text: RString): RString {
  const copy = new RString(text.value)
  copy.frozen = true
  return copy
}

export function hashKey(value: Value): HashKey {
  if (value instanceof RString) return `s${value.value}`
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof RSymbol) return `y${value.name}`
  if (Array.isArray(value)) return `a${value.map((one) => keyText(hashKey(one))).join(',')}`
  if (value instanceof Timestamp || value instanceof RTime) return `t${value.epochMillis}.${value.nanos}`
  if (value instanceof Float) return `f${value.value}`
  if (value instanceof RHash)
    return `h${value
      .pairs()
      .map((pair) => hashKey(pair) as string)
      .join(',')}`
  return value
}

const ids = new WeakMap<object, number>()
let lastId = 0

function keyText(key: HashKey): string {
  if (typeof key !== 'object' || key === null) return `${typeof key}:${String(key)}`
  let id = ids.get(key)
  if (id === undefined) ids.set(key, (id = ++lastId))
  return `object:${id}`
}

export class RRange {
  readonly begin: Value
  readonly end: Value
  readonly exclusive: boolean

  constructor(begin: Value, end: Value, exclusive: boolean) {
    this.begin = begin
    this.end = end
    this.exclusive = exclusive
  }
}

/** A block, proc, lambda or method object. */
export class RProc {
  readonly lambda: boolean
  /** Parameters that must be given; negative as in Ruby when some may be. */
  readonly arity: number
  readonly call: (args: readonly Value[], block?: RProc) => Value

  constructor(call: (args: readonly Value[], block?: RProc) => Value, arity: number, lambda: boolean) {
    this.call = call
    this.arity = arity
    this.lambda = lambda
  }
}

export class RRegexp {
  readonly regexp: RubyRegexp
  /** The regexp's search, with its time limit. */
  readonly search: RubyRegexp['search']

  constructor(regexp: RubyRegexp, search: RubyRegexp['search']) {
    this.regexp = regexp
    this.search = search
  }
}

export class RMatch {
  readonly text: string
  readonly index: number
  readonly end: number
  readonly groups: readonly (string | undefined)[]
  readonly names: readonly (string | undefined)[]

  constructor(
    text: string,
    index: number,
    end: number,
    groups: readonly (string | undefined)[],
    names: readonly (string | undefined)[],
  ) {
    this.text = text
    this.index = index
    this.end = end
    this.groups = groups
    this.names = names
  }
}

/** An instant in a zone. */
export class RTime {
  readonly epochMillis: number
  /** Within the millisecond. */
  readonly nanos: number
  readonly offsetMs: number
  readonly utc: boolean

  constructor(epochMillis: number, nanos: number, offsetMs: number, utc: boolean) {
    this.epochMillis = epochMillis
    this.nanos = nanos
    this.offsetMs = offsetMs
    this.utc = utc
  }
}

/** A class or module: only those that the subset knows exist. */
export class RClass {
  readonly name: string
  readonly superclass: RClass | undefined

  constructor(name: string, superclass?: RClass) {
    this.name = name
    this.superclass = superclass
  }

  inherits(other: RClass): boolean {
    return this === other || (this.superclass?.inherits(other) ?? false)
  }
}

export class RException {
  readonly klass: RClass
  readonly message: string
  cause: RException | undefined

  constructor(klass: RClass, message: string) {
    this.klass = klass
    this.message = message
  }
}

/** `LogStash::Event` */
export class REvent {
  readonly event: Event

  constructor(event: Event) {
    this.event = event
  }
}

/** What `each_with_index` and the like answer without a block: what they would yield, and who was asked how. */
export class REnumerator {
  readonly source: Value
  readonly method: string
  readonly items: () => Value[]

  constructor(source: Value, method: string, items: () => Value[]) {
    this.source = source
    this.method = method
    this.items = items
  }
}

/** The object whose code runs, or one of a class that has nothing but methods (`IPAddr`, a digest, `Object.new`). */
export class RObject {
  readonly klass: RClass
  readonly variables = new Map<string, Value>()
  /** State of objects whose class is ours. */
  readonly data: unknown

  constructor(klass: RClass, data?: unknown) {
    this.klass = klass
    this.data = data
  }
}
