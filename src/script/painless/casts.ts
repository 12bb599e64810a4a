import { Float } from '../../core/float.ts'
import type { ClassLookup } from './class-table.ts'
import { classCast, nullPointer } from './java-error.ts'
import { doubleToInt, doubleToLong, intToByte, intToChar, intToShort, longToDouble, longToInt, type Long } from './values/long.ts'
import {
  boxDouble,
  BoxedNumber,
  boxLong,
  CHAR,
  classNameOf,
  DOUBLE,
  FLOAT,
  INT,
  JavaByte,
  JavaChar,
  JavaFloat,
  JavaShort,
  kindOf,
  LONG,
  SHORT,
  BYTE,
  numberOf,
  type Value,
} from './values/value.ts'
import { longOf } from './values/def-math.ts'
import { boxedType, isNumeric, isPrimitive, STRING, unboxedType, widens, type Type } from './types.ts'

/** Turns a value as one type holds it into a value of another. */
export type Convert = (value: never) => unknown

export interface CastOptions {
  /** The script asks for it: `(int)x`. */
  readonly explicit?: boolean
  /** Arguments and results: numbers may be wrapped and unwrapped on the way. */
  readonly internal?: boolean
}

const SAME: Convert = (value: never) => value

/** How a value of one type becomes one of another; `undefined` where it cannot. */
export function findCast(lookup: ClassLookup, from: Type, to: Type, options: CastOptions = {}): Convert | undefined {
  const { explicit = false, internal = false } = options
  if (from === to) return SAME
  if (to === 'void' || from === 'void') return undefined
  if (to === 'def') return box(from)
  if (from === 'def') return fromDef(lookup, to, explicit)
  if (from === STRING && to === 'char') return explicit ? textToChar : undefined
  if (from === 'char' && to === STRING) return explicit ? charToText : undefined
  if (isPrimitive(from)) {
    if (isPrimitive(to)) return betweenPrimitives(from, to, explicit)
    if (!internal) return undefined
    return wraps(lookup, from, to, explicit)
  }
  const unboxed = unboxedType(from)
  if (isPrimitive(to)) {
    if (!internal) return undefined
    if (isPrimitive(unboxed)) return unboxed === to || widens(unboxed, to) ? unwrap(to) : undefined
    const open = from === 'java.lang.Object' || (from === 'java.lang.Number' && to !== 'boolean' && to !== 'char')
    return open && explicit ? unwrap(to) : undefined
  }
  if (lookup.isAssignable(from, to)) return SAME
  if (explicit && lookup.isAssignable(to, from)) return checked(lookup, to)
  return undefined
}

function wraps(lookup: ClassLookup, from: Type, to: Type, explicit: boolean): Convert | undefined {
  const target = unboxedType(to)
  if (isPrimitive(target)) {
    const across = target === from ? SAME : betweenPrimitives(from, target, explicit)
    if (across === undefined) return undefined
    const wrap = box(target)
    return (value: never) => wrap(across(value) as never)
  }
  return lookup.isAssignable(boxedType(from), to) ? box(from) : undefined
}

// --- wrapping ---

/** From how a type holds a value to a `Value`. */
export function box(from: Type): Convert {
  switch (from) {
    case 'long':
      return boxLong
    case 'double':
      return boxDouble
    case 'float':
      return (value: number) => new JavaFloat(value)
    case 'char':
      return (value: number) => new JavaChar(value)
    case 'byte':
      return (value: number) => new JavaByte(value)
    case 'short':
      return (value: number) => new JavaShort(value)
    default:
      return SAME
  }
}

/** From a `Value` that is known to be a number (or Boolean) to how a type holds it. */
function unwrap(to: Type): Convert {
  const missing = (value: Value): void => {
    if (value === null) throw nullPointer(`Cannot invoke "${boxedType(to)}.${to}Value()" because value is null`)
  }
  if (to === 'boolean') {
    return (value: Value) => {
      missing(value)
      return value === true
    }
  }
  if (to === 'long') {
    return (value: Value) => {
      missing(value)
      return isDecimalClass(value) ? doubleToLong(numberOf(value)) : longOf(value)
    }
  }
  const cut = cutters[to] ?? ((value: number) => value)
  return (value: Value) => {
    missing(value)
    return cut(numberOf(value))
  }
}

const isDecimalClass = (value: Value): boolean => kindOf(value) >= FLOAT

const cutters: Readonly<Record<string, (value: number) => number>> = {
  byte: (value) => intToByte(doubleToInt(value)),
  short: (value) => intToShort(doubleToInt(value)),
  char: (value) => intToChar(doubleToInt(value)),
  int: doubleToInt,
  float: Math.fround,
}

// --- between primitives ---

function betweenPrimitives(from: Type, to: Type, explicit: boolean): Convert | undefined {
  if (!isNumeric(from) || !isNumeric(to)) return undefined
  if (!explicit && !widens(from, to)) return undefined
  if (from === 'long') return fromLong(to)
  if (from === 'float' || from === 'double') return fromDouble(to)
  switch (to) {
    case 'byte':
      return intToByte
    case 'short':
      return intToShort
    case 'char':
      return intToChar
    case 'float':
      return Math.fround
    default:
      return SAME
  }
}

function fromLong(to: Type): Convert {
  switch (to) {
    case 'double':
      return longToDouble
    case 'float':
      return (value: Long) => Math.fround(Number(value))
    case 'byte':
      return (value: Long) => intToByte(longToInt(value))
    case 'short':
      return (value: Long) => intToShort(longToInt(value))
    case 'char':
      return (value: Long) => intToChar(longToInt(value))
    default:
      return longToInt
  }
}

function fromDouble(to: Type): Convert {
  switch (to) {
    case 'long':
      return doubleToLong
    case 'double':
      return SAME
    default:
      return cutters[to] ?? Math.fround
  }
}

function textToChar(text: string | null): number {
  if (text === null) throw nullPointer('Cannot invoke "String.length()" because "value" is null')
  if (text.length !== 1) throw classCast('Cannot cast [String] with length not equal to one to [char].')
  return text.charCodeAt(0)
}

function charToText(unit: number): string {
  return String.fromCharCode(unit)
}

// --- from def ---

/** Number classes that a primitive takes from a `def` without being asked. */
const ACCEPTED: Readonly<Record<string, readonly number[]>> = {
  byte: [BYTE],
  short: [BYTE, SHORT],
  char: [CHAR],
  int: [BYTE, SHORT, CHAR, INT],
  long: [BYTE, SHORT, CHAR, INT, LONG],
  float: [BYTE, SHORT, CHAR, INT, LONG, FLOAT],
  double: [BYTE, SHORT, CHAR, INT, LONG, FLOAT, DOUBLE],
}

/** How an error of a cast names the class of a value: `int`, `java.lang.String`. */
export function shownClass(value: Value): string {
  return unboxedType(classNameOf(value))
}

function fromDef(lookup: ClassLookup, to: Type, explicit: boolean): Convert {
  if (to === 'boolean' || to === 'java.lang.Boolean') {
    return (value: Value) => {
      if (typeof value === 'boolean') return value
      if (value === null) {
        if (to !== 'boolean') return null
        throw isNull()
      }
      throw classCast(`cannot cast def [${shownClass(value)}] to ${to}`)
    }
  }
  if (to === STRING) {
    return (value: Value) => {
      if (typeof value === 'string' || value === null) return value
      if (explicit && value instanceof JavaChar) return value.toText()
      throw classCast(`cannot ${explicit ? 'explicitly' : 'implicitly'} cast def [${shownClass(value)}] to ${to}`)
    }
  }
  const primitive = unboxedType(to)
  if (!isPrimitive(primitive)) return checked(lookup, to)
  const read = numberFromDef(primitive, to, explicit)
  if (primitive === to) return read
  const wrap = box(primitive)
  return (value: Value) => (value === null ? null : wrap(read(value as never) as never))
}

function numberFromDef(to: Type, shown: Type, explicit: boolean): Convert {
  const accepted = ACCEPTED[to] ?? []
  const refuse = (value: Value): Error =>
    value === null
      ? isNull()
      : classCast(`cannot ${explicit ? 'explicitly' : 'implicitly'} cast def [${shownClass(value)}] to ${shown}`)
  if (to === 'int') {
    return (value: Value) => {
      if (typeof value === 'number' && (value | 0) === value) return value
      const kind = kindOf(value)
      if (kind === 0 || (!explicit && !accepted.includes(kind))) throw refuse(value)
      return kind === LONG ? longToInt(longOf(value)) : doubleToInt(numberOf(value))
    }
  }
  if (to === 'double') {
    return (value: Value) => {
      if (typeof value === 'number') return value
      if (value instanceof Float || value instanceof BoxedNumber) return value.value
      if (typeof value === 'bigint') return Number(value)
      throw refuse(value)
    }
  }
  if (to === 'long') {
    return (value: Value) => {
      const kind = kindOf(value)
      if (kind === 0 || (!explicit && !accepted.includes(kind))) throw refuse(value)
      return kind > LONG ? doubleToLong(numberOf(value)) : longOf(value)
    }
  }
  const cut = cutters[to] ?? Math.fround
  return (value: Value) => {
    if (explicit && to === 'char' && typeof value === 'string') return textToChar(value)
    const kind = kindOf(value)
    if (kind === 0 || (!explicit && !accepted.includes(kind))) throw refuse(value)
    return cut(kind === LONG && to !== 'float' ? longToInt(longOf(value)) : numberOf(value))
  }
}

function isNull(): Error {
  return nullPointer('Cannot invoke "Object.getClass()" because "value" is null')
}

/** A reference that has to be of a class. */
function checked(lookup: ClassLookup, to: Type): Convert {
  if (to === 'java.lang.Object') return SAME
  return (value: Value) => {
    if (value === null || isInstance(lookup, value, to)) return value
    throw cannotBeCast(classNameOf(value), to)
  }
}

export function cannotBeCast(from: string, to: Type): Error {
  const [left, right] = [from, to].map(inModule)
  const modules = left === right ? `${from} and ${to} are in ${left}` : `${from} is in ${left}; ${to} is in ${right}`
  return classCast(`class ${from} cannot be cast to class ${to} (${modules})`)
}

function inModule(className: string): string {
  return className.startsWith('java.') ? "module java.base of loader 'bootstrap'" : "unnamed module of loader 'app'"
}

export function isInstance(lookup: ClassLookup, value: Value, type: Type): boolean {
  if (value === null) return false
  if (type === 'def' || type === 'java.lang.Object') return true
  return lookup.isAssignable(classNameOf(value), boxedType(type))
}
