import { box, findCast, cannotBeCast, type Convert } from '../casts.ts'
import type { ClassLookup, Method } from '../class-table.ts'
import { illegalArgument, nullPointer } from '../java-error.ts'
import { isPrimitive } from '../types.ts'
import { classNameOf, type Value } from '../values/value.ts'
import { Functional, Unbound, type PlainFunction } from './functional.ts'

/** A method as a call wants it: values as the static types of its parameters hold them. */
export interface Prepared {
  readonly method: Method
  /** `self` is a `Value`; ignored by static methods. */
  readonly call: (self: Value, values: unknown[]) => unknown
  /** As `call`, with `Value`s in and out: for a call on a `def`. */
  readonly callDynamic: (self: Value, values: Value[]) => Value
}

/** By method, by classes, by how `self` is received: a method is inherited by classes that receive it differently. */
const prepared = new WeakMap<Method, Map<ClassLookup, Map<unknown, Prepared>>>()

/** Wraps a method of a table: unwraps functional interfaces, refuses nulls, receives `self`. Made once for each of them. */
export function prepareMethod(lookup: ClassLookup, method: Method, receive: ((value: unknown) => unknown) | undefined): Prepared {
  let byLookup = prepared.get(method)
  if (!byLookup) prepared.set(method, (byLookup = new Map()))
  let byReceiver = byLookup.get(lookup)
  if (!byReceiver) byLookup.set(lookup, (byReceiver = new Map()))
  let made = byReceiver.get(receive)
  if (!made) byReceiver.set(receive, (made = prepare(lookup, method, receive)))
  return made
}

function prepare(lookup: ClassLookup, method: Method, receive: ((value: unknown) => unknown) | undefined): Prepared {
  const guards = method.parameters.map((type, at) => guardOf(lookup, method, type, at))
  const anyGuard = guards.some((guard) => guard !== undefined)
  const functionalResult = lookup.get(method.returns)?.functional !== undefined
  const finish = (result: unknown): unknown => {
    if (result === undefined) return null
    return functionalResult && typeof result === 'function' ? new Functional(method.returns, result as PlainFunction) : result
  }
  const open = (self: Value): unknown => (receive === undefined ? self : receive(self))
  const invoke = method.isStatic
    ? (_self: Value, values: unknown[]) => finish(method.call(...values))
    : invokerOf(method, open, finish)
  const call = !anyGuard
    ? invoke
    : (self: Value, values: unknown[]) => {
        for (let at = 0; at < guards.length; at++) {
          const guard = guards[at]
          if (guard !== undefined) values[at] = guard(values[at])
        }
        return invoke(self, values)
      }
  const inputs = method.parameters.map((type) => dynamicInput(lookup, type))
  const output = box(method.returns)
  return {
    method,
    call,
    callDynamic(self, values) {
      for (let at = 0; at < inputs.length; at++) values[at] = (inputs[at] as Convert)(values[at] as never)
      return output(call(self, values) as never)
    },
  }
}

function invokerOf(
  method: Method,
  open: (self: Value) => unknown,
  finish: (result: unknown) => unknown,
): (self: Value, values: unknown[]) => unknown {
  switch (method.parameters.length) {
    case 0:
      return (self) => finish(method.call(open(self)))
    case 1:
      return (self, values) => finish(method.call(open(self), values[0]))
    case 2:
      return (self, values) => finish(method.call(open(self), values[0], values[1]))
    default:
      return (self, values) => finish(method.call(open(self), ...values))
  }
}

/** What happens to an argument between the script and the table. */
function guardOf(lookup: ClassLookup, method: Method, type: string, at: number): ((value: unknown) => unknown) | undefined {
  if (isPrimitive(type)) return undefined
  const nullable = method.nullable[at] === true
  if (lookup.get(type)?.functional !== undefined) {
    return (value) => {
      if (value instanceof Functional) return value.call
      if (value === null && nullable) return null
      throw nullPointer(null)
    }
  }
  if (nullable) return undefined
  return (value) => {
    if (value === null) throw nullPointer(null)
    return value
  }
}

/** From the `Value` that a call on a `def` passes to how the parameter's type holds it. */
function dynamicInput(lookup: ClassLookup, type: string): Convert {
  if (lookup.get(type)?.functional !== undefined) {
    return (value: Value) => {
      if (value instanceof Unbound) return value.bind(lookup, type)
      if (value === null || (value instanceof Functional && lookup.isAssignable(value.className, type))) return value
      throw cannotBeCast(classNameOf(value), type)
    }
  }
  const convert = findCast(lookup, 'def', type, { internal: true }) ?? ((value: never) => value)
  return (value: Value) => {
    if (value instanceof Unbound) return value.bind(lookup, type)
    return convert(value as never)
  }
}

/** A place in a script that calls a method of whatever it meets: remembers the last class it met. */
export class DynamicCall {
  readonly #lookup: ClassLookup
  readonly #key: string
  #className = ''
  #found: Prepared | undefined

  constructor(lookup: ClassLookup, name: string, arity: number) {
    this.#lookup = lookup
    this.#key = `${name}/${arity}`
  }

  /** @throws JavaError where the class has no such method */
  invoke(self: Value, values: Value[]): Value {
    if (self === null) throw nullPointer('Cannot invoke "Object.getClass()" because "callArgs[0]" is null')
    const className = classNameOf(self)
    if (className !== this.#className || this.#found === undefined) {
      const info = this.#lookup.get(className) ?? this.#lookup.get(arrayClass(className))
      const method = info?.methods.get(this.#key)
      if (info === undefined || method === undefined) {
        throw illegalArgument(`dynamic method [${className}, ${this.#key}] not found`)
      }
      this.#found = prepareMethod(this.#lookup, method, info.receive)
      this.#className = className
    }
    return this.#found.callDynamic(self, values)
  }
}

function arrayClass(className: string): string {
  return className.endsWith('[]') ? 'java.lang.Object' : className
}

/** Finds a method by what a value is, for getters, setters and references. */
export function findDynamic(lookup: ClassLookup, className: string, name: string, arity: number): Prepared | undefined {
  const info = lookup.get(className)
  const method = info?.methods.get(`${name}/${arity}`)
  return info === undefined || method === undefined ? undefined : prepareMethod(lookup, method, info.receive)
}
