import { printFloat32 } from '../../../core/double.ts'
import { Float } from '../../../core/float.ts'

/**
 * What a `def` or a reference of a script holds at run time. Documents are used as they are, so the plain values are JSON's:
 *
 * - `null`, `boolean`, `string` are themselves;
 * - a whole `number` of 32 bits is an Integer, a whole one beyond (and a `bigint`) is a Long, any other is a Double;
 * - a `Float` of `core/` is a Double whose value is whole: `20.0`;
 * - arrays are ArrayLists, plain objects are HashMaps;
 * - everything else is a `JavaObject`, the small Longs and the other number classes among them.
 *
 * Where a variable has a primitive type, its value is not wrapped: see `types.ts`.
 */
export type Value = unknown

/** A value with a class of Java's that JSON has no form for. */
export abstract class JavaObject {
  /** Full name: `java.util.HashSet`. */
  abstract get className(): string
  abstract toText(): string

  equalTo(other: Value): boolean {
    return this === other
  }

  hash(): number {
    return identityHash(this)
  }

  /** Equal for equal values, by the rules of JavaScript's `Map`. */
  key(): unknown {
    return this
  }

  /** What a document or an answer shows of it: JSON's values, and Lists and Maps of them. */
  toJson(): Value {
    return this.toText()
  }
}

const hashes = new WeakMap<object, number>()
let nextHash = 0x1b28cdfa

/** Java's default `hashCode`: some number of the object's own. */
export function identityHash(object: object): number {
  let hash = hashes.get(object)
  if (hash === undefined) {
    nextHash = (Math.imul(nextHash, 1_103_515_245) + 12_345) | 0
    hash = nextHash & 0x7fff_ffff
    hashes.set(object, hash)
  }
  return hash
}

export function identityText(object: object, className: string): string {
  return `${className}@${identityHash(object).toString(16)}`
}

/** Number classes, narrow to wide: an operation on two of them happens in the wider one, and not below Integer. */
export const NOT_A_NUMBER_CLASS = 0
export const BYTE = 1
export const SHORT = 2
export const CHAR = 3
export const INT = 4
export const LONG = 5
export const FLOAT = 6
export const DOUBLE = 7

/** A number (or character) of a class that a plain number would not tell. */
export abstract class BoxedNumber extends JavaObject {
  /** Of a Character: a UTF-16 unit. */
  readonly value: number
  /** `BYTE` to `FLOAT`. */
  abstract readonly kind: number

  constructor(value: number) {
    super()
    this.value = value
  }

  override equalTo(other: Value): boolean {
    return other instanceof BoxedNumber && other.kind === this.kind && other.value === this.value
  }

  override hash(): number {
    return this.value | 0
  }

  override key(): unknown {
    return `\u0000${this.kind}:${this.value}`
  }

  override toText(): string {
    return String(this.value)
  }

  override toJson(): Value {
    return this.value
  }
}

export class JavaByte extends BoxedNumber {
  readonly kind = BYTE
  readonly className = 'java.lang.Byte'
}

export class JavaShort extends BoxedNumber {
  readonly kind = SHORT
  readonly className = 'java.lang.Short'
}

/** A Long that fits 32 bits; others are plain. */
export class JavaLong extends BoxedNumber {
  readonly kind = LONG
  readonly className = 'java.lang.Long'
  override hash(): number {
    return this.value < 0 ? ~this.value : this.value
  }
}

/** A float of 32 bits. */
export class JavaFloat extends BoxedNumber {
  readonly kind = FLOAT
  readonly className = 'java.lang.Float'
  override hash(): number {
    floatBits.setFloat32(0, this.value)
    return floatBits.getInt32(0)
  }
  override toText(): string {
    return printFloat32(this.value)
  }
  override toJson(): Value {
    return boxDouble(Number(printFloat32(this.value)))
  }
}

export class JavaChar extends BoxedNumber {
  readonly kind = CHAR
  readonly className = 'java.lang.Character'
  override toText(): string {
    return String.fromCharCode(this.value)
  }
  override toJson(): Value {
    return this.toText()
  }
}

const floatBits = new DataView(new ArrayBuffer(8))

/** Any of a boolean's, number's or character's own forms, by the primitive type that a variable of it would have. */
export function boxLong(value: number | bigint): Value {
  return typeof value === 'number' && (value | 0) === value ? new JavaLong(value) : value
}

export function boxDouble(value: number): Value {
  return Number.isInteger(value) ? new Float(value) : value
}

/** The number class of a value, `NOT_A_NUMBER_CLASS` for others. */
export function kindOf(value: Value): number {
  if (typeof value === 'number') {
    if ((value | 0) === value) return INT
    return Number.isSafeInteger(value) ? LONG : DOUBLE
  }
  if (value instanceof Float) return DOUBLE
  if (value instanceof BoxedNumber) return value.kind
  return typeof value === 'bigint' ? LONG : NOT_A_NUMBER_CLASS
}

/** As a double, of a value that `kindOf` knows. */
export function numberOf(value: Value): number {
  if (typeof value === 'number') return value
  if (value instanceof Float || value instanceof BoxedNumber) return value.value
  return Number(value)
}

/** Full name of the class of a value that is not null. */
export function classNameOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'java.lang.String'
    case 'number':
      if ((value | 0) === value) return 'java.lang.Integer'
      return Number.isSafeInteger(value) ? 'java.lang.Long' : 'java.lang.Double'
    case 'boolean':
      return 'java.lang.Boolean'
    case 'bigint':
      return value === BigInt.asIntN(64, value) ? 'java.lang.Long' : 'java.math.BigInteger'
    default:
      if (value instanceof JavaObject) return value.className
      if (Array.isArray(value)) return 'java.util.ArrayList'
      return value instanceof Float ? 'java.lang.Double' : 'java.util.HashMap'
  }
}

/** A plain object that stands for a Map: a part of a document. */
export function isPlainMap(value: Value): value is Record<string, Value> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof JavaObject) &&
    !Array.isArray(value) &&
    !(value instanceof Float)
  )
}
