import { printDouble, printFloat32 } from '../../../core/double.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { arithmetic, illegalArgument, numberFormat } from '../java-error.ts'
import { BigDecimal, roundingMode, roundingModes } from '../values/big-decimal.ts'
import { BigInteger } from '../values/big-integer.ts'
import { JavaArray } from '../values/collections.ts'
import { longOf } from '../values/def-math.ts'
import { compareDoubles, hashOf } from '../values/equality.ts'
import { EnumValue } from '../values/enums.ts'
import {
  compareLong,
  doubleToInt,
  doubleToLong,
  intToByte,
  intToShort,
  longToInt,
  MAX_LONG,
  MIN_LONG,
  addLong,
  shiftLeftLong,
  shiftRightUnsignedLong,
  orLong,
  wrapLong,
  type Long,
} from '../values/long.ts'
import { parseDouble, parseInteger } from '../values/number-text.ts'
import { boxDouble, boxLong, FLOAT, JavaByte, JavaFloat, JavaShort, kindOf, numberOf, type Value } from '../values/value.ts'

const unsignedInt = (value: number): number => value >>> 0
const unsignedLong = (value: Long): bigint => BigInt.asUintN(64, BigInt(value))

const doubleOf = (value: Value): number =>
  value instanceof BigDecimal ? value.toNumber() : value instanceof BigInteger ? Number(value.value) : numberOf(value)

const longFrom = (value: Value): Long => {
  if (value instanceof BigInteger) return wrapLong(value.value)
  if (value instanceof BigDecimal) return wrapLong(value.toBigInt())
  return kindOf(value) >= FLOAT ? doubleToLong(numberOf(value)) : longOf(value)
}

const intFrom = (value: Value): number => (kindOf(value) >= FLOAT ? doubleToInt(numberOf(value)) : longToInt(longFrom(value)))

const number = classTable<Value>({
  name: 'java.lang.Number',
  methods: {
    'byte byteValue()': (self) => intToByte(intFrom(self)),
    'short shortValue()': (self) => intToShort(intFrom(self)),
    'int intValue()': intFrom,
    'long longValue()': longFrom,
    'float floatValue()': (self) => Math.fround(doubleOf(self)),
    'double doubleValue()': doubleOf,
  },
})

const boolean = classTable<boolean>({
  name: 'java.lang.Boolean',
  extends: ['java.lang.Comparable'],
  constants: { 'Boolean TRUE': true, 'Boolean FALSE': false },
  statics: {
    'int compare(boolean, boolean)': (a: boolean, b: boolean) => Number(a) - Number(b),
    'int hashCode(boolean)': (value: boolean) => hashOf(value),
    'boolean logicalAnd(boolean, boolean)': (a: boolean, b: boolean) => a && b,
    'boolean logicalOr(boolean, boolean)': (a: boolean, b: boolean) => a || b,
    'boolean logicalXor(boolean, boolean)': (a: boolean, b: boolean) => a !== b,
    'boolean parseBoolean(String?)': (text: string | null) => text?.toLowerCase() === 'true',
    'String toString(boolean)': String,
    'Boolean valueOf(boolean)': (value: boolean) => value,
  },
  methods: {
    'boolean booleanValue()': (self) => self,
    'int compareTo(Boolean)': (self, other: boolean) => Number(self) - Number(other),
  },
})

/** Byte and Short: alike but for their width. */
function smallInteger(
  name: 'Byte' | 'Short',
  bits: 8 | 16,
  cut: (value: number) => number,
  wrap: (value: number) => Value,
): ClassTable {
  const type = name.toLowerCase()
  const max = 2 ** (bits - 1) - 1
  const parse = (text: string, radix: number): number => {
    const value = Number(parseInteger(text, radix, 32))
    if (value !== cut(value)) throw numberFormat(`Value out of range. Value:"${text}" Radix:${radix}`)
    return value
  }
  return classTable<Value>({
    name: `java.lang.${name}`,
    extends: ['java.lang.Number', 'java.lang.Comparable'],
    constants: { 'int BYTES': bits / 8, 'int SIZE': bits, [`${type} MAX_VALUE`]: max, [`${type} MIN_VALUE`]: -max - 1 },
    statics: {
      [`int compare(${type}, ${type})`]: (a: number, b: number) => a - b,
      [`int hashCode(${type})`]: (value: number) => value,
      [`${type} parse${name}(String)`]: (text: string) => parse(text, 10),
      [`${type} parse${name}(String, int)`]: parse,
      [`String toString(${type})`]: String,
      [`int toUnsignedInt(${type})`]: (value: number) => value & (2 ** bits - 1),
      [`long toUnsignedLong(${type})`]: (value: number) => value & (2 ** bits - 1),
      [`${name} valueOf(${type})`]: wrap,
      [`${name} valueOf(String, int)`]: (text: string, radix: number) => wrap(parse(text, radix)),
      [`${name} decode(String)`]: (text: string) => wrap(cut(Number(decode(text, 32)))),
    },
    methods: { [`int compareTo(${name})`]: (self, other: Value) => numberOf(self) - numberOf(other) },
  })
}

/** `0x1f`, `#1f`, `017` and decimal. */
function decode(text: string, bits: 32 | 64): Long {
  const match = /^([+-]?)(0[xX]|#|0(?=\d))?(.*)$/s.exec(text)
  const [, sign = '', prefix, digits = ''] = match ?? []
  const radix = prefix === undefined ? 10 : prefix === '0' ? 8 : 16
  return parseInteger(sign + digits, radix, bits)
}

function bitCount(value: bigint): number {
  let count = 0
  for (let rest = value; rest > 0n; rest &= rest - 1n) count += 1
  return count
}

const reverseBits = (value: bigint, bits: number): bigint =>
  BigInt(`0b${Array.from(value.toString(2).padStart(bits, '0')).toReversed().join('')}`)

const reverseBytes = (value: bigint, bits: number): bigint =>
  BigInt(
    `0x${(
      value
        .toString(16)
        .padStart(bits / 4, '0')
        .match(/../g) ?? []
    )
      .toReversed()
      .join('')}`,
  )

function checkUnsigned(text: string, radix: number, bits: 32 | 64): bigint {
  const value = text.startsWith('-') ? undefined : parseDigits(text, radix)
  if (value === undefined || value >= 1n << BigInt(bits)) throw numberFormat(`For input string: "${text}"`)
  return value
}

function parseDigits(text: string, radix: number): bigint | undefined {
  if (text === '') return undefined
  let value = 0n
  for (const char of text) {
    const digit = Number.parseInt(char, radix)
    if (Number.isNaN(digit)) return undefined
    value = value * BigInt(radix) + BigInt(digit)
  }
  return value
}

const unsignedDivision = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw arithmetic('/ by zero')
  return a / b
}

const unsignedRemainder = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw arithmetic('/ by zero')
  return a % b
}

const integer = classTable<Value>({
  name: 'java.lang.Integer',
  extends: ['java.lang.Number', 'java.lang.Comparable'],
  constants: { 'int BYTES': 4, 'int SIZE': 32, 'int MAX_VALUE': 2_147_483_647, 'int MIN_VALUE': -2_147_483_648 },
  statics: {
    'int bitCount(int)': (value: number) => bitCount(BigInt(unsignedInt(value))),
    'int compare(int, int)': (a: number, b: number) => Math.sign(a - b),
    'int compareUnsigned(int, int)': (a: number, b: number) => Math.sign(unsignedInt(a) - unsignedInt(b)),
    'Integer decode(String)': (text: string) => Number(decode(text, 32)),
    'int divideUnsigned(int, int)': (a: number, b: number) =>
      Number(BigInt.asIntN(32, unsignedDivision(BigInt(unsignedInt(a)), BigInt(unsignedInt(b))))),
    'int hashCode(int)': (value: number) => value,
    'int highestOneBit(int)': (value: number) => (value === 0 ? 0 : 0x8000_0000 >>> Math.clz32(value)) | 0,
    'int lowestOneBit(int)': (value: number) => value & -value,
    'int max(int, int)': (a: number, b: number) => Math.max(a, b),
    'int min(int, int)': (a: number, b: number) => Math.min(a, b),
    'int numberOfLeadingZeros(int)': (value: number) => Math.clz32(value),
    'int numberOfTrailingZeros(int)': (value: number) => (value === 0 ? 32 : 31 - Math.clz32(value & -value)),
    'int parseInt(String?)': (text: string | null) => Number(parseInteger(text, 10, 32)),
    'int parseInt(String?, int)': (text: string | null, radix: number) => Number(parseInteger(text, radix, 32)),
    'int parseUnsignedInt(String)': (text: string) => Number(BigInt.asIntN(32, checkUnsigned(text, 10, 32))),
    'int parseUnsignedInt(String, int)': (text: string, radix: number) =>
      Number(BigInt.asIntN(32, checkUnsigned(text, radix, 32))),
    'int remainderUnsigned(int, int)': (a: number, b: number) =>
      Number(BigInt.asIntN(32, unsignedRemainder(BigInt(unsignedInt(a)), BigInt(unsignedInt(b))))),
    'int reverse(int)': (value: number) => Number(BigInt.asIntN(32, reverseBits(BigInt(unsignedInt(value)), 32))),
    'int reverseBytes(int)': (value: number) => Number(BigInt.asIntN(32, reverseBytes(BigInt(unsignedInt(value)), 32))),
    'int rotateLeft(int, int)': (value: number, places: number) => (value << places) | (value >>> -places),
    'int rotateRight(int, int)': (value: number, places: number) => (value >>> places) | (value << -places),
    'int signum(int)': (value: number) => Math.sign(value),
    'int sum(int, int)': (a: number, b: number) => (a + b) | 0,
    'String toBinaryString(int)': (value: number) => unsignedInt(value).toString(2),
    'String toHexString(int)': (value: number) => unsignedInt(value).toString(16),
    'String toOctalString(int)': (value: number) => unsignedInt(value).toString(8),
    'String toString(int)': String,
    'String toString(int, int)': (value: number, radix: number) => value.toString(usableRadix(radix)),
    'long toUnsignedLong(int)': unsignedInt,
    'String toUnsignedString(int)': (value: number) => String(unsignedInt(value)),
    'String toUnsignedString(int, int)': (value: number, radix: number) => unsignedInt(value).toString(usableRadix(radix)),
    'Integer valueOf(int)': (value: number) => value,
    'Integer valueOf(String?, int)': (text: string | null, radix: number) => Number(parseInteger(text, radix, 32)),
  },
  methods: { 'int compareTo(Integer)': (self, other: Value) => Math.sign(numberOf(self) - numberOf(other)) },
})

const usableRadix = (radix: number): number => (radix < 2 || radix > 36 ? 10 : radix)

const long = classTable<Value>({
  name: 'java.lang.Long',
  extends: ['java.lang.Number', 'java.lang.Comparable'],
  constants: { 'int BYTES': 8, 'int SIZE': 64, 'long MAX_VALUE': MAX_LONG, 'long MIN_VALUE': MIN_LONG },
  statics: {
    'int bitCount(long)': (value: Long) => bitCount(unsignedLong(value)),
    'int compare(long, long)': compareLong,
    'int compareUnsigned(long, long)': (a: Long, b: Long) => {
      const [left, right] = [unsignedLong(a), unsignedLong(b)]
      return left < right ? -1 : left > right ? 1 : 0
    },
    'Long decode(String)': (text: string) => boxLong(decode(text, 64)),
    'long divideUnsigned(long, long)': (a: Long, b: Long) => wrapLong(unsignedDivision(unsignedLong(a), unsignedLong(b))),
    'int hashCode(long)': (value: Long) => hashOf(boxLong(value)),
    'long highestOneBit(long)': (value: Long) =>
      value === 0 ? 0 : wrapLong(1n << BigInt(unsignedLong(value).toString(2).length - 1)),
    'long lowestOneBit(long)': (value: Long) => wrapLong(BigInt(value) & -BigInt(value)),
    'long max(long, long)': (a: Long, b: Long) => (a > b ? a : b),
    'long min(long, long)': (a: Long, b: Long) => (a < b ? a : b),
    'int numberOfLeadingZeros(long)': (value: Long) => (value === 0 ? 64 : 64 - unsignedLong(value).toString(2).length),
    'int numberOfTrailingZeros(long)': (value: Long) =>
      value === 0 ? 64 : (BigInt(value) & -BigInt(value)).toString(2).replace('-', '').length - 1,
    'long parseLong(String?)': (text: string | null) => parseInteger(text, 10, 64),
    'long parseLong(String?, int)': (text: string | null, radix: number) => parseInteger(text, radix, 64),
    'long parseUnsignedLong(String)': (text: string) => wrapLong(checkUnsigned(text, 10, 64)),
    'long parseUnsignedLong(String, int)': (text: string, radix: number) => wrapLong(checkUnsigned(text, radix, 64)),
    'long remainderUnsigned(long, long)': (a: Long, b: Long) => wrapLong(unsignedRemainder(unsignedLong(a), unsignedLong(b))),
    'long reverse(long)': (value: Long) => wrapLong(reverseBits(unsignedLong(value), 64)),
    'long reverseBytes(long)': (value: Long) => wrapLong(reverseBytes(unsignedLong(value), 64)),
    'long rotateLeft(long, int)': (value: Long, places: number) =>
      orLong(shiftLeftLong(value, places), shiftRightUnsignedLong(value, -places)),
    'long rotateRight(long, int)': (value: Long, places: number) =>
      orLong(shiftRightUnsignedLong(value, places), shiftLeftLong(value, -places)),
    'int signum(long)': (value: Long) => compareLong(value, 0),
    'long sum(long, long)': addLong,
    'String toBinaryString(long)': (value: Long) => unsignedLong(value).toString(2),
    'String toHexString(long)': (value: Long) => unsignedLong(value).toString(16),
    'String toOctalString(long)': (value: Long) => unsignedLong(value).toString(8),
    'String toString(long)': String,
    'String toString(long, int)': (value: Long, radix: number) => value.toString(usableRadix(radix)),
    'String toUnsignedString(long)': (value: Long) => String(unsignedLong(value)),
    'String toUnsignedString(long, int)': (value: Long, radix: number) => unsignedLong(value).toString(usableRadix(radix)),
    'Long valueOf(long)': (value: Long) => boxLong(value),
    'Long valueOf(String?, int)': (text: string | null, radix: number) => boxLong(parseInteger(text, radix, 64)),
  },
  methods: { 'int compareTo(Long)': (self, other: Value) => compareLong(longOf(self), longOf(other)) },
})

const view = new DataView(new ArrayBuffer(8))

function bitsOfDouble(value: number): Long {
  view.setFloat64(0, value)
  return wrapLong(view.getBigInt64(0))
}

function bitsOfFloat(value: number): number {
  view.setFloat32(0, value)
  return view.getInt32(0)
}

const double = classTable<Value>({
  name: 'java.lang.Double',
  extends: ['java.lang.Number', 'java.lang.Comparable'],
  constants: {
    'int BYTES': 8,
    'int SIZE': 64,
    'int MAX_EXPONENT': 1023,
    'int MIN_EXPONENT': -1022,
    'double MAX_VALUE': Number.MAX_VALUE,
    'double MIN_VALUE': Number.MIN_VALUE,
    'double MIN_NORMAL': 2.2250738585072014e-308,
    'double NEGATIVE_INFINITY': -Infinity,
    'double POSITIVE_INFINITY': Infinity,
    'double NaN': NaN,
  },
  statics: {
    'int compare(double, double)': compareDoubles,
    'long doubleToLongBits(double)': bitsOfDouble,
    'long doubleToRawLongBits(double)': bitsOfDouble,
    'int hashCode(double)': (value: number) => hashOf(boxDouble(value)),
    'boolean isFinite(double)': (value: number) => Number.isFinite(value),
    'boolean isInfinite(double)': (value: number) => Math.abs(value) === Infinity,
    'boolean isNaN(double)': (value: number) => Number.isNaN(value),
    'double longBitsToDouble(long)': (bits: Long) => {
      view.setBigInt64(0, BigInt(bits))
      return view.getFloat64(0)
    },
    'double max(double, double)': (a: number, b: number) => Math.max(a, b),
    'double min(double, double)': (a: number, b: number) => Math.min(a, b),
    'double parseDouble(String)': parseDouble,
    'double sum(double, double)': (a: number, b: number) => a + b,
    'String toString(double)': printDouble,
    'Double valueOf(double)': boxDouble,
  },
  methods: {
    'int compareTo(Double)': (self, other: Value) => compareDoubles(numberOf(self), numberOf(other)),
    'boolean isInfinite()': (self) => Math.abs(numberOf(self)) === Infinity,
    'boolean isNaN()': (self) => Number.isNaN(numberOf(self)),
  },
})

const float = classTable<Value>({
  name: 'java.lang.Float',
  extends: ['java.lang.Number', 'java.lang.Comparable'],
  constants: {
    'int BYTES': 4,
    'int SIZE': 32,
    'int MAX_EXPONENT': 127,
    'int MIN_EXPONENT': -126,
    'float MAX_VALUE': 3.4028234663852886e38,
    'float MIN_VALUE': 1.401298464324817e-45,
    'float MIN_NORMAL': 1.1754943508222875e-38,
    'float NEGATIVE_INFINITY': -Infinity,
    'float POSITIVE_INFINITY': Infinity,
    'float NaN': NaN,
  },
  statics: {
    'int compare(float, float)': compareDoubles,
    'int floatToIntBits(float)': bitsOfFloat,
    'int floatToRawIntBits(float)': bitsOfFloat,
    'int hashCode(float)': (value: number) => new JavaFloat(value).hash(),
    'float intBitsToFloat(int)': (bits: number) => {
      view.setInt32(0, bits)
      return view.getFloat32(0)
    },
    'boolean isFinite(float)': (value: number) => Number.isFinite(value),
    'boolean isInfinite(float)': (value: number) => Math.abs(value) === Infinity,
    'boolean isNaN(float)': (value: number) => Number.isNaN(value),
    'float max(float, float)': (a: number, b: number) => Math.max(a, b),
    'float min(float, float)': (a: number, b: number) => Math.min(a, b),
    'float parseFloat(String)': (text: string) => Math.fround(parseDouble(text)),
    'float sum(float, float)': (a: number, b: number) => Math.fround(a + b),
    'String toString(float)': printFloat32,
    'Float valueOf(float)': (value: number) => new JavaFloat(value),
  },
  methods: {
    'int compareTo(Float)': (self, other: Value) => compareDoubles(numberOf(self), numberOf(other)),
    'boolean isInfinite()': (self) => Math.abs(numberOf(self)) === Infinity,
    'boolean isNaN()': (self) => Number.isNaN(numberOf(self)),
  },
})

/** Next double towards a direction. */
function nextAfter(from: number, to: number): number {
  if (Number.isNaN(from) || Number.isNaN(to)) return NaN
  if (from === to) return to
  if (from === 0) return to > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE
  view.setFloat64(0, from)
  const bits = view.getBigInt64(0)
  view.setBigInt64(0, from < to === from > 0 ? bits + 1n : bits - 1n)
  return view.getFloat64(0)
}

/** Halves go to the even neighbour. */
function rint(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

function round(value: number): Long {
  return doubleToLong(Math.floor(value + 0.5) - (value === 0.49999999999999994 ? 1 : 0))
}

function mathClass(name: string): ClassTable {
  return classTable({
    name,
    constants: { 'double E': Math.E, 'double PI': Math.PI },
    statics: {
      'double IEEEremainder(double, double)': (a: number, b: number) => a - b * rint(a / b),
      'double abs(double)': (value: number) => Math.abs(value),
      'double acos(double)': (value: number) => Math.acos(value),
      'double asin(double)': (value: number) => Math.asin(value),
      'double atan(double)': (value: number) => Math.atan(value),
      'double atan2(double, double)': (y: number, x: number) => Math.atan2(y, x),
      'double cbrt(double)': (value: number) => Math.cbrt(value),
      'double ceil(double)': (value: number) => Math.ceil(value),
      'double copySign(double, double)': (size: number, sign: number) =>
        (sign < 0 || Object.is(sign, -0) ? -1 : 1) * Math.abs(size),
      'double cos(double)': (value: number) => Math.cos(value),
      'double cosh(double)': (value: number) => Math.cosh(value),
      'double exp(double)': (value: number) => Math.exp(value),
      'double expm1(double)': (value: number) => Math.expm1(value),
      'double floor(double)': (value: number) => Math.floor(value),
      'double hypot(double, double)': (a: number, b: number) => Math.hypot(a, b),
      'double log(double)': (value: number) => Math.log(value),
      'double log10(double)': (value: number) => Math.log10(value),
      'double log1p(double)': (value: number) => Math.log1p(value),
      'double max(double, double)': (a: number, b: number) => Math.max(a, b),
      'double min(double, double)': (a: number, b: number) => Math.min(a, b),
      'double nextAfter(double, double)': nextAfter,
      'double nextDown(double)': (value: number) => nextAfter(value, -Infinity),
      'double nextUp(double)': (value: number) => nextAfter(value, Infinity),
      'double pow(double, double)': (base: number, exponent: number) => base ** exponent,
      'double random()': () => Math.random(),
      'double rint(double)': rint,
      'long round(double)': round,
      'double scalb(double, int)': (value: number, exponent: number) => value * 2 ** exponent,
      'double signum(double)': (value: number) => Math.sign(value),
      'double sin(double)': (value: number) => Math.sin(value),
      'double sinh(double)': (value: number) => Math.sinh(value),
      'double sqrt(double)': (value: number) => Math.sqrt(value),
      'double tan(double)': (value: number) => Math.tan(value),
      'double tanh(double)': (value: number) => Math.tanh(value),
      'double toDegrees(double)': (radians: number) => radians * (180 / Math.PI),
      'double toRadians(double)': (degrees: number) => degrees * (Math.PI / 180),
      'double ulp(double)': (value: number) => {
        const size = Math.abs(value)
        return size === Number.MAX_VALUE ? size - nextAfter(size, 0) : nextAfter(size, Infinity) - size
      },
    },
  })
}

const bigInteger = classTable<BigInteger>({
  name: 'java.math.BigInteger',
  extends: ['java.lang.Number', 'java.lang.Comparable'],
  receive: (value: Value) => BigInteger.from(value),
  constants: {
    'BigInteger ZERO': new BigInteger(0n),
    'BigInteger ONE': new BigInteger(1n),
    'BigInteger TEN': new BigInteger(10n),
  },
  constructors: {
    'BigInteger(String)': (text: string) => BigInteger.parse(text, 10),
    'BigInteger(String, int)': (text: string, radix: number) => BigInteger.parse(text, radix),
  },
  statics: { 'BigInteger valueOf(long)': (value: Long) => new BigInteger(BigInt(value)) },
  methods: {
    'BigInteger abs()': ({ value }) => new BigInteger(value < 0n ? -value : value),
    'BigInteger add(BigInteger)': ({ value }, other: Value) => new BigInteger(value + BigInteger.from(other).value),
    'BigInteger subtract(BigInteger)': ({ value }, other: Value) => new BigInteger(value - BigInteger.from(other).value),
    'BigInteger multiply(BigInteger)': ({ value }, other: Value) => new BigInteger(value * BigInteger.from(other).value),
    'BigInteger divide(BigInteger)': ({ value }, other: Value) => new BigInteger(value / nonZero(BigInteger.from(other).value)),
    'BigInteger remainder(BigInteger)': ({ value }, other: Value) =>
      new BigInteger(value % nonZero(BigInteger.from(other).value)),
    'BigInteger mod(BigInteger)': ({ value }, other: Value) => {
      const by = BigInteger.from(other).value
      if (by <= 0n) throw arithmetic('BigInteger: modulus not positive')
      return new BigInteger(((value % by) + by) % by)
    },
    'BigInteger pow(int)': ({ value }, exponent: number) => {
      if (exponent < 0) throw arithmetic('Negative exponent')
      if (exponent > 10_000) throw arithmetic('BigInteger would overflow supported range')
      return new BigInteger(value ** BigInt(exponent))
    },
    'BigInteger negate()': ({ value }) => new BigInteger(-value),
    'BigInteger max(BigInteger)': (self, other: Value) => (self.value >= BigInteger.from(other).value ? self : other),
    'BigInteger min(BigInteger)': (self, other: Value) => (self.value <= BigInteger.from(other).value ? self : other),
    'BigInteger and(BigInteger)': ({ value }, other: Value) => new BigInteger(value & BigInteger.from(other).value),
    'BigInteger or(BigInteger)': ({ value }, other: Value) => new BigInteger(value | BigInteger.from(other).value),
    'BigInteger xor(BigInteger)': ({ value }, other: Value) => new BigInteger(value ^ BigInteger.from(other).value),
    'BigInteger not()': ({ value }) => new BigInteger(~value),
    'BigInteger shiftLeft(int)': ({ value }, places: number) => new BigInteger(value << BigInt(Math.min(places, 100_000))),
    'BigInteger shiftRight(int)': ({ value }, places: number) => new BigInteger(value >> BigInt(places)),
    'boolean testBit(int)': ({ value }, bit: number) => ((value >> BigInt(bit)) & 1n) === 1n,
    'int bitLength()': ({ value }) => (value < 0n ? ~value : value).toString(2).replace(/^0$/, '').length,
    'int bitCount()': ({ value }) => bitCount(value < 0n ? ~value : value),
    'int signum()': ({ value }) => (value > 0n ? 1 : value < 0n ? -1 : 0),
    'BigInteger gcd(BigInteger)': ({ value }, other: Value) => {
      let [a, b] = [value < 0n ? -value : value, BigInteger.from(other).value]
      if (b < 0n) b = -b
      while (b !== 0n) [a, b] = [b, a % b]
      return new BigInteger(a)
    },
    'int compareTo(BigInteger)': ({ value }, other: Value) => {
      const right = BigInteger.from(other).value
      return value < right ? -1 : value > right ? 1 : 0
    },
    'int intValueExact()': ({ value }) => Number(exact(value, 32, 'int')),
    'long longValueExact()': ({ value }) => wrapLong(exact(value, 64, 'long')),
    'String toString(int)': ({ value }, radix: number) => value.toString(usableRadix(radix)),
  },
})

function nonZero(value: bigint): bigint {
  if (value === 0n) throw arithmetic('BigInteger divide by zero')
  return value
}

function exact(value: bigint, bits: number, type: string): bigint {
  if (value !== BigInt.asIntN(bits, value)) throw arithmetic(`BigInteger out of ${type} range`)
  return value
}

const bigDecimal = classTable<BigDecimal>({
  name: 'java.math.BigDecimal',
  extends: ['java.lang.Number', 'java.lang.Comparable'],
  constants: {
    'BigDecimal ZERO': new BigDecimal(0n, 0),
    'BigDecimal ONE': new BigDecimal(1n, 0),
    'BigDecimal TEN': new BigDecimal(10n, 0),
  },
  constructors: { 'BigDecimal(String)': (text: string) => BigDecimal.parse(text) },
  statics: { 'BigDecimal valueOf(double)': (value: number) => BigDecimal.parse(printDouble(value)) },
  methods: {
    'BigDecimal abs()': (self) => (self.unscaled < 0n ? self.negate() : self),
    'BigDecimal add(BigDecimal)': (self, other: BigDecimal) => self.add(other),
    'BigDecimal subtract(BigDecimal)': (self, other: BigDecimal) => self.add(other.negate()),
    'BigDecimal multiply(BigDecimal)': (self, other: BigDecimal) => self.multiply(other),
    'BigDecimal divide(BigDecimal)': (self, other: BigDecimal) => self.divide(other),
    'BigDecimal divide(BigDecimal, RoundingMode)': (self, other: BigDecimal, mode: EnumValue) =>
      self.divideTo(other, self.scale, roundingMode(mode.name)),
    'BigDecimal divide(BigDecimal, int, RoundingMode)': (self, other: BigDecimal, scale: number, mode: EnumValue) =>
      self.divideTo(other, scale, roundingMode(mode.name)),
    'BigDecimal remainder(BigDecimal)': (self, other: BigDecimal) => self.remainder(other),
    'BigDecimal negate()': (self) => self.negate(),
    'BigDecimal plus()': (self) => self,
    'BigDecimal pow(int)': (self, exponent: number) => self.pow(exponent),
    'BigDecimal max(BigDecimal)': (self, other: BigDecimal) => (self.compareTo(other) >= 0 ? self : other),
    'BigDecimal min(BigDecimal)': (self, other: BigDecimal) => (self.compareTo(other) <= 0 ? self : other),
    'BigDecimal movePointLeft(int)': (self, places: number) => self.movePoint(-places),
    'BigDecimal movePointRight(int)': (self, places: number) => self.movePoint(places),
    'BigDecimal setScale(int)': (self, scale: number) => self.setScale(scale, 'UNNECESSARY'),
    'BigDecimal setScale(int, RoundingMode)': (self, scale: number, mode: EnumValue) =>
      self.setScale(scale, roundingMode(mode.name)),
    'BigDecimal stripTrailingZeros()': (self) => self.strip(),
    'BigInteger toBigInteger()': (self) => new BigInteger(self.toBigInt()),
    'String toPlainString()': (self) => self.toPlainText(),
    'int compareTo(BigDecimal)': (self, other: BigDecimal) => self.compareTo(other),
    'int precision()': (self) => self.precision,
    'int scale()': (self) => self.scale,
    'int signum()': (self) => (self.unscaled > 0n ? 1 : self.unscaled < 0n ? -1 : 0),
    'int intValueExact()': (self) => Number(exact(self.setScale(0, 'UNNECESSARY').unscaled, 32, 'int')),
    'long longValueExact()': (self) => wrapLong(exact(self.setScale(0, 'UNNECESSARY').unscaled, 64, 'long')),
  },
})

const roundingModeValues = Object.fromEntries(
  roundingModes.map((name, at) => [`RoundingMode ${name}`, new EnumValue('java.math.RoundingMode', name, at)]),
)

const roundingModeClass = classTable<EnumValue>({
  name: 'java.math.RoundingMode',
  extends: ['java.lang.Enum'],
  constants: roundingModeValues,
  statics: {
    'RoundingMode valueOf(String)': (name: string) => {
      const found = roundingModeValues[`RoundingMode ${name}`]
      if (found === undefined) throw illegalArgument(`No enum constant java.math.RoundingMode.${name}`)
      return found
    },
    'RoundingMode[] values()': () => new JavaArray('java.math.RoundingMode', Object.values(roundingModeValues)),
  },
})

const enumClass = classTable<EnumValue>({
  name: 'java.lang.Enum',
  extends: ['java.lang.Comparable'],
  methods: {
    'int compareTo(Enum)': (self, other: EnumValue) => self.ordinal - other.ordinal,
    'String name()': (self) => self.name,
    'int ordinal()': (self) => self.ordinal,
  },
})

export const numberClasses: readonly ClassTable[] = [
  number,
  boolean,
  smallInteger('Byte', 8, intToByte, (value) => new JavaByte(value)),
  smallInteger('Short', 16, intToShort, (value) => new JavaShort(value)),
  integer,
  long,
  float,
  double,
  mathClass('java.lang.Math'),
  mathClass('java.lang.StrictMath'),
  enumClass,
  roundingModeClass,
  bigInteger,
  bigDecimal,
]
