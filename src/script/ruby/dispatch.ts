import { Float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { arrayMethods } from './classes/array.ts'
import { eventClassMethods, eventMethods } from './classes/event.ts'
import { hashMethods } from './classes/hash.ts'
import type { Method, MethodTable } from './classes/method.ts'
import { nameOf } from './classes/method.ts'
import { ipAddressMethods, moduleMethods } from './classes/modules.ts'
import { floatMethods, integerMethods } from './classes/number.ts'
import {
  booleanMethods,
  classMethods,
  exceptionMethods,
  kernelMethods,
  methodsOfObject,
  nilMethods,
  objectMethods,
  procMethods,
} from './classes/object.ts'
import { enumeratorMethods, rangeMethods } from './classes/range.ts'
import { matchMethods, regexpMethods } from './classes/regexp.ts'
import { stringMethods, symbolMethods } from './classes/string.ts'
import { timeClassMethods, timeMethods, timestampClassMethods, timestampMethods } from './classes/time.ts'
import { wrongArguments } from './errors.ts'
import type { Machine } from './machine.ts'
import { noMethod } from './numbers.ts'
import { EventClass, TimeClass, TimestampClass } from './semantics.ts'
import {
  RClass,
  REnumerator,
  REvent,
  RException,
  RHash,
  RMatch,
  RProc,
  RRange,
  RRegexp,
  RString,
  RSymbol,
  RTime,
  type Value,
} from './value.ts'

const EMPTY: MethodTable = new Map()

/** The methods of a value's own class. */
function methodsOf(value: Value): MethodTable {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? integerMethods : floatMethods
    case 'bigint':
      return integerMethods
    case 'boolean':
      return booleanMethods
    default:
      break
  }
  if (value === null) return nilMethods
  if (value instanceof RString) return stringMethods
  if (value instanceof REvent) return eventMethods
  if (Array.isArray(value)) return arrayMethods
  if (value instanceof RHash) return hashMethods
  if (value instanceof Float) return floatMethods
  if (value instanceof RSymbol) return symbolMethods
  if (value instanceof RTime) return timeMethods
  if (value instanceof Timestamp) return timestampMethods
  if (value instanceof RRange) return rangeMethods
  if (value instanceof RRegexp) return regexpMethods
  if (value instanceof RMatch) return matchMethods
  if (value instanceof RProc) return procMethods
  if (value instanceof REnumerator) return enumeratorMethods
  if (value instanceof RException) return exceptionMethods
  if (value instanceof RClass) return methodsOfClass(value)
  return methodsOfObject(value) ?? (value.klass.name === 'IPAddr' ? ipAddressMethods : EMPTY)
}

function methodsOfClass(klass: RClass): MethodTable {
  if (klass === TimeClass || klass.name === 'DateTime' || klass.name === 'Date') return timeClassMethods
  if (klass === TimestampClass) return timestampClassMethods
  if (klass === EventClass) return eventClassMethods
  return moduleMethods(klass) ?? EMPTY
}

export function findMethod(receiver: Value, name: string): Method | undefined {
  return (
    methodsOf(receiver).get(name) ?? (receiver instanceof RClass ? classMethods.get(name) : undefined) ?? objectMethods.get(name)
  )
}

/** Calls a method of a value. @throws RubyError `NoMethodError`, `ArgumentError` */
export function send(machine: Machine, receiver: Value, name: string, args: readonly Value[], block?: RProc): Value {
  machine.step()
  const method = findMethod(receiver, name)
  if (method === undefined) return sendSpecial(machine, receiver, name, args, block)
  return invoke(machine, method, receiver, args, block)
}

export function invoke(machine: Machine, method: Method, receiver: Value, args: readonly Value[], block?: RProc): Value {
  const { length } = args
  if (length < method.min || length > method.max) {
    const { min, max } = method
    wrongArguments(length, max === Infinity ? `${min}+` : min === max ? String(min) : `${min}..${max}`)
  }
  return method.call(machine, receiver as never, args, block)
}

/** What is not in the tables: the script's own methods, and questions about methods. */
function sendSpecial(machine: Machine, receiver: Value, name: string, args: readonly Value[], block: RProc | undefined): Value {
  if (receiver === machine.self) {
    const own = machine.methods.get(name)
    if (own !== undefined) return own.call(args, block)
    const kernel = kernelMethods.get(name)
    if (kernel !== undefined) return invoke(machine, kernel, receiver, args, block)
  }
  if (name === 'respond_to?') {
    const asked = nameOf(args[0])
    return findMethod(receiver, asked) !== undefined || (receiver === machine.self && machine.methods.has(asked))
  }
  if (receiver instanceof RClass && receiver.name === 'Kernel') {
    const kernel = kernelMethods.get(name)
    if (kernel !== undefined) return invoke(machine, kernel, receiver, args, block)
  }
  return noMethod(name, receiver)
}

/** Whether there is something to call by this name without a receiver. */
export function isFunction(machine: Machine, name: string): boolean {
  return machine.methods.has(name) || kernelMethods.has(name) || objectMethods.has(name) || name === 'respond_to?'
}

/** A call without a receiver: the script's own methods, Kernel's, then those of every object. */
export function callFunction(machine: Machine, name: string, args: readonly Value[], block: RProc | undefined): Value {
  machine.step()
  const own = machine.methods.get(name)
  if (own !== undefined) return own.call(args, block)
  const method = kernelMethods.get(name) ?? objectMethods.get(name)
  if (method !== undefined) return invoke(machine, method, machine.self, args, block)
  return sendSpecial(machine, machine.self, name, args, block)
}
