import { float } from '../../../core/float.ts'
import { Timestamp } from '../../../core/timestamp.ts'
import { textToFloat } from '../../ruby-numbers.ts'
import {
  ArgumentError,
  exceptionClasses,
  LoadError,
  NotImplementedErrorClass,
  ObjectClass,
  raise,
  RubyError,
  RuntimeError,
  TypeErrorClass,
} from '../errors.ts'
import { formatText } from '../format.ts'
import type { Machine } from '../machine.ts'
import { noMethod, toIndex, whole } from '../numbers.ts'
import { classOf, compare, equal, eql, inspect, isA, isInteger, isNumber, toNumber, toText, truthy } from '../semantics.ts'
import {
  RClass,
  RException,
  RHash,
  RObject,
  RProc,
  RRange,
  RRegexp,
  RString,
  RSymbol,
  RTime,
  hashKey,
  type Value,
} from '../value.ts'
import { generateJson } from './json.ts'
import { aliases, def, nameOf, needBlock, table, text, textOf, type Method, type MethodTable } from './method.ts'
import { randomNumber } from './modules.ts'

const any = def<Value>

function classArgument(value: Value | undefined): RClass {
  return value instanceof RClass ? value : raise(TypeErrorClass, 'class or module required')
}

function isFrozen(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'frozen' in value
    ? value.frozen
    : !(Array.isArray(value) || value instanceof RObject)
}

const objectOnly: Record<string, Method> = {
  '==': any(1, 1, (_m, self, [other = null]) => equal(self, other)),
  '!=': any(1, 1, (m, self, [other = null]) => !truthy(m.send(self, '==', [other]))),
  '!': any(0, 0, (_m, self) => !truthy(self)),
  '===': any(1, 1, (m, self, [other = null]) => truthy(m.send(self, '==', [other]))),
  '=~': any(1, 1, () => null),
  '!~': any(1, 1, (m, self, [other = null]) => !truthy(m.send(self, '=~', [other]))),
  '<=>': any(1, 1, (_m, self, [other = null]) => compare(self, other) ?? null),
  'eql?': any(1, 1, (_m, self, [other = null]) => eql(self, other)),
  'equal?': any(1, 1, (_m, self, [other = null]) => self === other || (typeof self !== 'object' && self === other)),
  'nil?': any(0, 0, (_m, self) => self === null),
  'is_a?': any(1, 1, (_m, self, [klass]) => isA(self, classArgument(klass))),
  'instance_of?': any(1, 1, (_m, self, [klass]) => classOf(self) === classArgument(klass)),
  class: any(0, 0, (_m, self) => classOf(self)),
  to_s: any(0, 0, (_m, self) => text(toText(self))),
  inspect: any(0, 0, (m, self) => {
    const shown = inspect(self)
    m.allocate(shown.length)
    return text(shown)
  }),
  to_json: any(0, Infinity, (m, self) => text(generateJson(m, self))),
  dup: any(0, 0, (_m, self) => self),
  freeze: any(0, 0, (_m, self) => {
    if (self instanceof RString || self instanceof RHash) self.frozen = true
    return self
  }),
  'frozen?': any(0, 0, (_m, self) => isFrozen(self)),
  hash: any(0, 0, (_m, self) => {
    const key = hashKey(self)
    return typeof key === 'number' ? Math.trunc(key) : typeof key === 'string' ? key.length : 0
  }),
  object_id: any(0, 0, (_m, self) => (isInteger(self) ? Number(self) * 2 + 1 : 8)),
  send: any(1, Infinity, (m, self, [name, ...args], block) => m.send(self, nameOf(name), args, block)),
  method: any(1, 1, (m, self, [name]) => {
    const called = nameOf(name)
    return new RProc((args, block) => m.send(self, called, args, block), -1, true)
  }),
  tap: any(0, 0, (_m, self, _args, block) => {
    needBlock(block).call([self])
    return self
  }),
  yield_self: any(0, 0, (_m, self, _args, block) => needBlock(block).call([self])),
  itself: any(0, 0, (_m, self) => self),
  instance_variable_get: any(1, 1, (_m, self, [name]) =>
    self instanceof RObject ? (self.variables.get(nameOf(name)) ?? null) : null,
  ),
  instance_variable_set: any(2, 2, (_m, self, [name, value = null]) => {
    if (self instanceof RObject) self.variables.set(nameOf(name), value)
    return value
  }),
  'instance_variable_defined?': any(1, 1, (_m, self, [name]) => self instanceof RObject && self.variables.has(nameOf(name))),
  instance_variables: any(0, 0, (_m, self) =>
    self instanceof RObject ? [...self.variables.keys()].map((name) => new RSymbol(name)) : [],
  ),
  display: any(0, 0, () => null),
  enum_for: any(0, Infinity, (m, self) => m.send(self, 'each', [])),
}

const namedObjectMethods = table(
  objectOnly,
  aliases(objectOnly, {
    'kind_of?': 'is_a?',
    public_send: 'send',
    __send__: 'send',
    clone: 'dup',
    to_enum: 'enum_for',
    __id__: 'object_id',
  }),
)

/** `then` is added to the map: an object with a property of this name would pass for a promise. */
export const objectMethods: MethodTable = new Map([...namedObjectMethods, ['then', objectOnly['yield_self'] as Method]])

const nil = def<null>

const nilOnly: Record<string, Method> = {
  to_s: nil(0, 0, () => text('')),
  to_a: nil(0, 0, () => []),
  to_h: nil(0, 0, () => new RHash()),
  to_i: nil(0, 0, () => 0),
  to_f: nil(0, 0, () => float(0)),
  inspect: nil(0, 0, () => text('nil')),
  '&': nil(1, 1, () => false),
  '|': nil(1, 1, (_m, _self, [other = null]) => truthy(other)),
}

export const nilMethods: MethodTable = table(nilOnly)

const bool = def<boolean>

const boolOnly: Record<string, Method> = {
  '&': bool(1, 1, (_m, self, [other = null]) => self && truthy(other)),
  '|': bool(1, 1, (_m, self, [other = null]) => self || truthy(other)),
  '^': bool(1, 1, (_m, self, [other = null]) => self !== truthy(other)),
  to_s: bool(0, 0, (_m, self) => text(String(self))),
}

export const booleanMethods: MethodTable = table(boolOnly, aliases(boolOnly, { inspect: 'to_s' }))

// --- procs and exceptions ---

const proc = def<RProc>

const procOnly: Record<string, Method> = {
  call: proc(0, Infinity, (_m, self, args, block) => self.call(args, block)),
  arity: proc(0, 0, (_m, self) => self.arity),
  'lambda?': proc(0, 0, (_m, self) => self.lambda),
  to_proc: proc(0, 0, (_m, self) => self),
  curry: proc(0, 1, (_m, self, [count]) => {
    const wanted = count === undefined ? Math.abs(self.arity) : toIndex(count)
    const collect = (given: readonly Value[]): RProc =>
      new RProc(
        (more) => {
          const all = [...given, ...more]
          return all.length >= wanted ? self.call(all) : collect(all)
        },
        -1,
        true,
      )
    return collect([])
  }),
  '>>': proc(1, 1, (m, self, [next = null]) => new RProc((args) => m.send(next, 'call', [self.call(args)]), self.arity, true)),
  '<<': proc(1, 1, (m, self, [next = null]) => new RProc((args) => self.call([m.send(next, 'call', args)]), self.arity, true)),
}

export const procMethods: MethodTable = table(
  procOnly,
  aliases(procOnly, { '()': 'call', yield: 'call', '===': 'call', '[]': 'call' }),
)

const exception = def<RException>

const exceptionOnly: Record<string, Method> = {
  message: exception(0, 0, (_m, self) => text(self.message)),
  full_message: exception(0, Infinity, (_m, self) => text(`${self.message} (${self.klass.name})`)),
  inspect: exception(0, 0, (_m, self) => text(inspect(self))),
  backtrace: exception(0, 0, () => []),
  cause: exception(0, 0, (_m, self) => self.cause ?? null),
  exception: exception(0, 1, (_m, self, [message]) =>
    message === undefined ? self : new RException(self.klass, toText(message)),
  ),
}

export const exceptionMethods: MethodTable = table(exceptionOnly, aliases(exceptionOnly, { to_s: 'message' }))

// --- what every object can call by itself: Kernel ---

function toWhole(m: Machine, value: Value, base: number, strict: boolean): Value {
  if (isInteger(value)) return value
  if (isNumber(value)) return whole(Math.trunc(toNumber(value)))
  if (value instanceof RString) {
    const written = value.value.trim().replaceAll('_', '')
    const prefixed = /^([+-]?)0([xbo]?)([0-9a-f]+)$/i.exec(written)
    const radix =
      base !== 10 ? base : prefixed === null ? 10 : ({ x: 16, b: 2, o: 8, '': 8 }[(prefixed[2] ?? '').toLowerCase()] ?? 10)
    const digits = prefixed === null || (base !== 10 && prefixed[2] === '') ? written : `${prefixed[1]}${prefixed[3]}`
    const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix)
    if (new RegExp(`^[+-]?[${alphabet}]+$`, 'i').test(digits)) return m.send(text(digits), 'to_i', [radix])
    return strict ? raise(ArgumentError, `invalid value for Integer(): ${inspect(value)}`) : null
  }
  if (value instanceof RTime || value instanceof Timestamp) return Math.floor(value.epochMillis / 1000)
  return strict ? raise(TypeErrorClass, `can't convert ${value === null ? 'nil' : classOf(value).name} into Integer`) : null
}

function toReal(value: Value, strict: boolean): Value {
  if (isNumber(value)) return float(toNumber(value))
  if (value instanceof RString) {
    if (/^\s*[+-]?(?:\d[\d_]*)(?:\.\d[\d_]*)?(?:e[+-]?\d+)?\s*$/i.test(value.value)) return textToFloat(value.value)
    return strict ? raise(ArgumentError, `invalid value for Float(): ${inspect(value)}`) : null
  }
  return strict ? raise(TypeErrorClass, `can't convert ${value === null ? 'nil' : classOf(value).name} into Float`) : null
}

/** Whether an option `exception: false` was given. */
function isStrict(args: readonly Value[]): boolean {
  const options = args.at(-1)
  return !(options instanceof RHash && options.get(new RSymbol('exception')) === false)
}

function raiseWith(args: readonly Value[], current: RException | undefined): never {
  const [what, message] = args
  const failed =
    what === undefined
      ? (current ?? new RException(RuntimeError, 'unhandled exception'))
      : what instanceof RString
        ? new RException(RuntimeError, what.value)
        : what instanceof RException
          ? message === undefined
            ? what
            : new RException(what.klass, toText(message))
          : what instanceof RClass && what.inherits(exceptionClasses[0] ?? what)
            ? new RException(what, message === undefined ? what.name : toText(message))
            : raise(TypeErrorClass, 'exception class/object expected')
  if (current !== undefined && current !== failed) failed.cause ??= current
  throw new RubyError(failed)
}

const LIBRARIES = new Set([
  'json',
  'time',
  'date',
  'digest',
  'digest/md5',
  'digest/sha1',
  'digest/sha2',
  'digest/sha256',
  'base64',
  'securerandom',
  'ipaddr',
  'uri',
  'cgi',
  'openssl',
  'zlib',
  'set',
  'logstash/event',
  'logstash/timestamp',
  'logstash/json',
  'logstash/util',
  'java',
  'bigdecimal',
  'ostruct',
  'stringio',
  'strscan',
  'pp',
  'English',
  'enumerator',
])

/** What a script throws to `catch`. */
export class ThrowSignal {
  readonly tag: Value
  readonly value: Value

  constructor(tag: Value, value: Value) {
    this.tag = tag
    this.value = value
  }
}

const print = (machine: Machine, args: readonly Value[]): null => {
  machine.options.log('info', args.map(toText).join(' '))
  return null
}

const self = def<Value>

const kernel: Record<string, Method> = {
  Integer: self(1, 3, (m, _self, args) =>
    toWhole(m, args[0] ?? null, isNumber(args[1] ?? null) ? toIndex(args[1] ?? 10) : 10, isStrict(args)),
  ),
  Float: self(1, 2, (_m, _self, args) => toReal(args[0] ?? null, isStrict(args))),
  String: self(1, 1, (m, _self, [value = null]) => text(toText(m.send(value, 'to_s')))),
  Array: self(1, 1, (m, _self, [value = null]) => {
    if (Array.isArray(value)) return value
    return value === null ? [] : value instanceof RHash || value instanceof RRange ? m.send(value, 'to_a') : [value]
  }),
  Hash: self(1, 1, (_m, _self, [value = null]) =>
    value instanceof RHash
      ? value
      : value === null || (Array.isArray(value) && value.length === 0)
        ? new RHash()
        : raise(TypeErrorClass, `can't convert ${classOf(value).name} into Hash`),
  ),
  Rational: self(1, 2, () => raise(NotImplementedErrorClass, 'Rational is not available here: use floats')),
  puts: self(0, Infinity, (m, _self, args) => print(m, args)),
  p: self(0, Infinity, (m, _self, args) => {
    m.options.log('info', args.map((arg) => inspect(arg)).join(' '))
    return args.length === 1 ? (args[0] ?? null) : [...args]
  }),
  format: self(1, Infinity, (m, _self, [pattern, ...args]) => text(formatText(m, textOf(pattern), args))),
  raise: self(0, 3, (m, _self, args) => {
    const current = m.globals.get('$!')
    return raiseWith(
      args.filter((arg) => !(arg instanceof RHash)),
      current instanceof RException ? current : undefined,
    )
  }),
  loop: self(0, 0, (m, _self, _args, block) => {
    try {
      for (;;) {
        m.step()
        needBlock(block).call([])
      }
    } catch (error) {
      if (error instanceof RubyError && error.exception.klass.name === 'StopIteration') return null
      throw error
    }
  }),
  catch: self(0, 1, (_m, _self, [tag = new RObject(ObjectClass)], block) => {
    try {
      return needBlock(block).call([tag])
    } catch (error) {
      if (error instanceof ThrowSignal && equal(error.tag, tag)) return error.value
      throw error
    }
  }),
  throw: self(1, 2, (_m, _self, [tag = null, value = null]) => {
    throw new ThrowSignal(tag, value)
  }),
  lambda: self(0, 0, (_m, _self, _args, block) => {
    const body = needBlock(block)
    return new RProc(body.call, body.arity, true)
  }),
  proc: self(0, 0, (_m, _self, _args, block) => needBlock(block)),
  rand: self(0, 1, (m, _self, [limit = null]) => randomNumber(m.options.random(), limit)),
  srand: self(0, 1, () => 0),
  sleep: self(0, 1, () =>
    raise(NotImplementedErrorClass, 'sleep is not available: it would hold every event; use the sleep filter'),
  ),
  require: self(1, 1, (m, _self, [name]) => {
    const library = textOf(name)
    if (LIBRARIES.has(library)) return true
    const { onLeniency } = m.options
    if (onLeniency === undefined) return raise(LoadError, `cannot load such file -- ${library}`)
    onLeniency('W-RUBY-REQUIRE', `ruby: there is no library [${library}]: code that uses it raises`)
    return false
  }),
  logger: self(0, 0, () => loggerObject),
  exit: self(0, 1, () => raise(NotImplementedErrorClass, 'exit is not available')),
  java_import: self(1, Infinity, (_m, _self, [name = null]) =>
    raise(LoadError, `Java classes are not available: ${toText(name)}`),
  ),
  binding: self(0, 0, () => raise(NotImplementedErrorClass, 'binding is not available')),
  caller: self(0, 2, () => []),
  __method__: self(0, 0, () => null),
}

const loggerClass = new RClass('Logger', ObjectClass)
const loggerObject = new RObject(loggerClass)

export const kernelMethods: MethodTable = table(
  kernel,
  aliases(kernel, {
    print: 'puts',
    pp: 'p',
    sprintf: 'format',
    fail: 'raise',
    require_relative: 'require',
    load: 'require',
    warn: 'puts',
  }),
)

const log = (level: 'debug' | 'info' | 'warn' | 'error'): Method =>
  def<RObject>(0, 2, (m, _self, args, block) => {
    m.options.log(level, [...args, ...(block === undefined ? [] : [block.call([])])].map(toText).join(' '))
    return true
  })

const loggerMethods: MethodTable = table({
  debug: log('debug'),
  trace: log('debug'),
  info: log('info'),
  warn: log('warn'),
  error: log('error'),
  fatal: log('error'),
  ...Object.fromEntries(
    ['debug?', 'trace?', 'info?', 'warn?', 'error?'].map((name) => [name, def<RObject>(0, 0, () => name !== 'trace?')]),
  ),
})

/** Methods of objects whose class is one of ours. */
export function methodsOfObject(object: RObject): MethodTable | undefined {
  return object.klass === loggerClass ? loggerMethods : undefined
}

// --- classes ---

const klass = def<RClass>

const classOnly: Record<string, Method> = {
  new: klass(0, Infinity, (m, self, args, block) => create(m, self, args, block)),
  '===': klass(1, 1, (_m, self, [value = null]) => isA(value, self)),
  '==': klass(1, 1, (_m, self, [other = null]) => self === other),
  name: klass(0, 0, (_m, self) => text(self.name)),
  superclass: klass(0, 0, (_m, self) => self.superclass ?? null),
  '<': klass(1, 1, (_m, self, [other]) => self !== other && self.inherits(classArgument(other))),
  '<=': klass(1, 1, (_m, self, [other]) => self.inherits(classArgument(other))),
  ancestors: klass(0, 0, (_m, self) => {
    const chain: Value[] = []
    for (let one: RClass | undefined = self; one !== undefined; one = one.superclass) chain.push(one)
    return chain
  }),
  exception: klass(0, 1, (m, self, args) => create(m, self, args, undefined)),
  escape: klass(1, 1, (_m, self, [value]) =>
    self.name === 'Regexp'
      ? text(
          textOf(value)
            .replaceAll(/[-.*?+^$|\\()[\]{}]/g, '\\$&')
            .replaceAll('\n', '\\n')
            .replaceAll('\t', '\\t')
            .replaceAll(' ', '\\ '),
        )
      : noMethod('escape', self),
  ),
  union: klass(0, Infinity, (m, self, args) => {
    if (self.name !== 'Regexp') return noMethod('union', self)
    const parts = (args.length === 1 && Array.isArray(args[0]) ? args[0] : args).map((one) =>
      one instanceof RRegexp ? `(?:${one.regexp.source})` : toText(m.send(self, 'escape', [one])),
    )
    return m.options.regexp(parts.join('|'), { ignoreCase: false, dotAll: false, extended: false })
  }),
  last_match: klass(0, 1, (m, _self, [group]) =>
    group === undefined || m.lastMatch === null ? m.lastMatch : m.send(m.lastMatch, '[]', [group]),
  ),
  '[]': klass(0, Infinity, (m, self, args) =>
    self.name === 'Hash' ? m.send(args[0] ?? [], 'to_h') : self.name === 'Array' ? [...args] : noMethod('[]', self),
  ),
  sqrt: klass(1, 1, (_m, self, [value = null]) =>
    self.name === 'Integer' ? Math.floor(Math.sqrt(toNumber(isNumber(value) ? value : 0))) : noMethod('sqrt', self),
  ),
}

/** `Class.new` for what scripts make: exceptions, hashes with a default, lists, texts, patterns. */
function create(machine: Machine, self: RClass, args: readonly Value[], block: RProc | undefined): Value {
  const exceptionClass = exceptionClasses[0]
  if (exceptionClass !== undefined && self.inherits(exceptionClass))
    return new RException(self, args[0] === undefined ? self.name : toText(args[0]))
  switch (self.name) {
    case 'Hash': {
      const hash = new RHash()
      hash.defaultValue = args[0] ?? null
      hash.defaultProc = block
      return hash
    }
    case 'Array': {
      if (Array.isArray(args[0])) return [...args[0]]
      const size = args[0] === undefined ? 0 : toIndex(args[0])
      if (size < 0) return raise(ArgumentError, 'negative array size')
      machine.allocateElements(size)
      return Array.from({ length: size }, (_, i) => (block === undefined ? (args[1] ?? null) : block.call([i])))
    }
    case 'String':
      return text(args[0] === undefined ? '' : textOf(args[0]))
    case 'Regexp': {
      const options = args[1]
      const bits = isNumber(options ?? null) ? toIndex(options ?? 0) : truthy(options ?? null) ? 1 : 0
      return machine.options.regexp(args[0] instanceof RRegexp ? args[0].regexp.source : textOf(args[0]), {
        ignoreCase: (bits & 1) > 0,
        extended: (bits & 2) > 0,
        dotAll: (bits & 4) > 0,
      })
    }
    case 'Range':
      return new RRange(args[0] ?? null, args[1] ?? null, truthy(args[2] ?? null))
    case 'Proc':
      return needBlock(block)
    case 'Object':
      return new RObject(self)
    default:
      return noMethod('new', self)
  }
}

export const classMethods: MethodTable = table(
  classOnly,
  aliases(classOnly, { quote: 'escape', to_s: 'name', inspect: 'name', compile: 'new' }),
)
