import { createHash } from 'node:crypto'
import { runStartedAt } from '../budget.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { illegalArgument, JavaError, nullPointer, noSuchElement } from '../java-error.ts'
import { JavaArray } from '../values/collections.ts'
import { compareValues, equalValues, hashOf, hashOfList } from '../values/equality.ts'
import { ExceptionValue } from '../values/exceptions.ts'
import { wrapLong, compareLong, intToByte, type Long } from '../values/long.ts'
import { OptionalValue } from '../values/optional.ts'
import type { StreamType } from '../values/streams.ts'
import { textOf } from '../values/text.ts'
import { classNameOf, JavaObject, type Value } from '../values/value.ts'

const object = classTable<Value>({
  name: 'java.lang.Object',
  methods: {
    'boolean equals(Object)': (self, other: Value) => equalValues(self, other),
    'int hashCode()': (self) => hashOf(self),
    'String toString()': (self) => textOf(self),
  },
})

const comparable = classTable<Value>({
  name: 'java.lang.Comparable',
  methods: { 'int compareTo(def)': (self, other: Value) => compareValues(self, other) },
})

const objects = classTable({
  name: 'java.util.Objects',
  statics: {
    'int compare(def, def, Comparator)': (a: Value, b: Value, compare: (a: Value, b: Value) => number) =>
      a === b ? 0 : compare(a, b),
    'boolean deepEquals(Object, Object)': (a: Value, b: Value) => equalValues(a, b),
    'boolean equals(Object, Object)': (a: Value, b: Value) => equalValues(a, b),
    'int hash(Object[])': (values: JavaArray) => hashOfList(values.items),
    'int hashCode(Object)': (value: Value) => hashOf(value),
    'boolean isNull(Object)': (value: Value) => value === null,
    'boolean nonNull(Object)': (value: Value) => value !== null,
    'def requireNonNull(def)': (value: Value) => {
      if (value === null) throw nullPointer(null)
      return value
    },
    'def requireNonNull(def, String)': (value: Value, message: string) => {
      if (value === null) throw nullPointer(message)
      return value
    },
    'String toString(Object)': (value: Value) => textOf(value),
    'String toString(Object, String?)': (value: Value, missing: string | null) => (value === null ? missing : textOf(value)),
  },
})

// --- optionals ---

const missing = (): JavaError => noSuchElement('No value present')

function valueOf(self: OptionalValue): unknown {
  if (!self.isPresent) throw missing()
  return self.value
}

function orElseThrow(self: OptionalValue, supply: () => Value): unknown {
  if (self.isPresent) return self.value
  const thrown = supply()
  if (thrown instanceof ExceptionValue) throw thrown.error
  throw nullPointer('Cannot throw exception because value is null')
}

const optional = classTable<OptionalValue>({
  name: 'java.util.Optional',
  statics: {
    'Optional empty()': () => OptionalValue.empty('def'),
    'Optional of(def)': (value: Value) => {
      if (value === null) throw nullPointer(null)
      return OptionalValue.of('def', value)
    },
    'Optional ofNullable(def)': maybe,
  },
  methods: {
    'Optional filter(Predicate)': (self, test: (value: Value) => boolean) =>
      self.isPresent && !test(self.value) ? OptionalValue.empty('def') : self,
    'Optional flatMap(Function)': (self, map: (value: Value) => Value) => (self.isPresent ? map(self.value) : self),
    'def get()': valueOf,
    'void ifPresent(Consumer)': (self, use: (value: Value) => void) => {
      if (self.isPresent) use(self.value)
    },
    'boolean isPresent()': (self) => self.isPresent,
    'Optional map(Function)': (self, map: (value: Value) => Value) => (self.isPresent ? maybe(map(self.value)) : self),
    'def orElse(def)': (self, other: Value) => (self.isPresent ? self.value : other),
    'def orElseGet(Supplier)': (self, supply: () => Value) => (self.isPresent ? self.value : supply()),
    'def orElseThrow(Supplier)': orElseThrow,
  },
})

function maybe(value: Value): OptionalValue {
  return value === null ? OptionalValue.empty('def') : OptionalValue.of('def', value)
}

function primitiveOptional(type: Exclude<StreamType, 'def'>, label: 'Int' | 'Long' | 'Double'): ClassTable {
  const name = `Optional${label}`
  return classTable<OptionalValue>({
    name: `java.util.${name}`,
    statics: {
      [`${name} empty()`]: () => OptionalValue.empty(type),
      [`${name} of(${type})`]: (value: unknown) => OptionalValue.of(type, value),
    },
    methods: {
      [`${type} getAs${label}()`]: valueOf,
      [`void ifPresent(${label}Consumer)`]: (self, use: (value: unknown) => void) => {
        if (self.isPresent) use(self.value)
      },
      'boolean isPresent()': (self) => self.isPresent,
      [`${type} orElse(${type})`]: (self, other: unknown) => (self.isPresent ? self.value : other),
      [`${type} orElseGet(${label}Supplier)`]: (self, supply: () => unknown) => (self.isPresent ? self.value : supply()),
      [`${type} orElseThrow(Supplier)`]: orElseThrow,
    },
  })
}

// --- exceptions ---

const throwable = classTable<ExceptionValue>({
  name: 'java.lang.Throwable',
  methods: {
    'String getLocalizedMessage()': (self) => self.error.text,
    'String getMessage()': (self) => self.error.text,
    'def getStackTrace()': () => new JavaArray('java.lang.Object', []),
  },
})

/** Exceptions that scripts can make and catch, each behind what it extends. */
const EXCEPTIONS: readonly (readonly [name: string, parent: string])[] = [
  ['java.lang.Exception', 'java.lang.Throwable'],
  ['java.lang.RuntimeException', 'java.lang.Exception'],
  ['java.lang.CloneNotSupportedException', 'java.lang.Exception'],
  ['java.lang.InterruptedException', 'java.lang.Exception'],
  ['java.lang.ReflectiveOperationException', 'java.lang.Exception'],
  ['java.lang.ArithmeticException', 'java.lang.RuntimeException'],
  ['java.lang.ArrayStoreException', 'java.lang.RuntimeException'],
  ['java.lang.ClassCastException', 'java.lang.RuntimeException'],
  ['java.lang.IllegalArgumentException', 'java.lang.RuntimeException'],
  ['java.lang.IllegalStateException', 'java.lang.RuntimeException'],
  ['java.lang.IndexOutOfBoundsException', 'java.lang.RuntimeException'],
  ['java.lang.NegativeArraySizeException', 'java.lang.RuntimeException'],
  ['java.lang.NullPointerException', 'java.lang.RuntimeException'],
  ['java.lang.SecurityException', 'java.lang.RuntimeException'],
  ['java.lang.UnsupportedOperationException', 'java.lang.RuntimeException'],
  ['java.lang.ArrayIndexOutOfBoundsException', 'java.lang.IndexOutOfBoundsException'],
  ['java.lang.StringIndexOutOfBoundsException', 'java.lang.IndexOutOfBoundsException'],
  ['java.lang.NumberFormatException', 'java.lang.IllegalArgumentException'],
  ['java.util.ConcurrentModificationException', 'java.lang.RuntimeException'],
  ['java.util.EmptyStackException', 'java.lang.RuntimeException'],
  ['java.util.NoSuchElementException', 'java.lang.RuntimeException'],
  ['java.util.InputMismatchException', 'java.util.NoSuchElementException'],
  ['java.util.IllegalFormatException', 'java.lang.IllegalArgumentException'],
  ['java.util.MissingFormatArgumentException', 'java.util.IllegalFormatException'],
  ['java.util.UnknownFormatConversionException', 'java.util.IllegalFormatException'],
  ['java.util.IllegalFormatConversionException', 'java.util.IllegalFormatException'],
  ['java.time.DateTimeException', 'java.lang.RuntimeException'],
  ['java.time.format.DateTimeParseException', 'java.time.DateTimeException'],
  ['java.time.temporal.UnsupportedTemporalTypeException', 'java.time.DateTimeException'],
  ['java.time.zone.ZoneRulesException', 'java.time.DateTimeException'],
]

/** Made by Java only; a script can catch them. */
const NOT_MADE = new Set([
  'java.util.MissingFormatArgumentException',
  'java.util.UnknownFormatConversionException',
  'java.util.IllegalFormatConversionException',
  'java.util.IllegalFormatException',
  'java.time.format.DateTimeParseException',
])

function exceptionTable([name, parent]: readonly [string, string]): ClassTable {
  const short = name.slice(name.lastIndexOf('.') + 1)
  const make = (text: string | null): ExceptionValue => new ExceptionValue(new JavaError(name, text))
  return classTable<ExceptionValue>({
    name,
    extends: [parent],
    constructors: NOT_MADE.has(name)
      ? {}
      : { [`${short}()`]: () => make(null), [`${short}(String?)`]: (text: string | null) => make(text) },
  })
}

// --- identifiers and encodings ---

class Uuid extends JavaObject {
  readonly text: string
  constructor(text: string) {
    super()
    this.text = text
  }
  get className(): string {
    return 'java.util.UUID'
  }
  get bits(): bigint {
    return BigInt(`0x${this.text.replaceAll('-', '')}`)
  }
  static ofBits(bits: bigint): Uuid {
    const hex = bits.toString(16).padStart(32, '0')
    return new Uuid([hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'))
  }
  get high(): Long {
    return wrapLong(BigInt.asIntN(64, this.bits >> 64n))
  }
  get low(): Long {
    return wrapLong(BigInt.asIntN(64, this.bits))
  }
  compareTo(other: Value): number {
    const { high, low } = other as Uuid
    return compareLong(this.high, high) || compareLong(this.low, low)
  }
  override equalTo(other: Value): boolean {
    return other instanceof Uuid && other.text === this.text
  }
  override key(): unknown {
    return `\u0000u${this.text}`
  }
  toText(): string {
    return this.text
  }
}

const uuid = classTable<Uuid>({
  name: 'java.util.UUID',
  extends: ['java.lang.Comparable'],
  constructors: {
    'UUID(long, long)': (high: Long, low: Long) =>
      Uuid.ofBits((BigInt.asUintN(64, BigInt(high)) << 64n) | BigInt.asUintN(64, BigInt(low))),
  },
  statics: {
    'UUID fromString(String)': (text: string) => {
      const parts = /^([\da-f]{1,8})-([\da-f]{1,4})-([\da-f]{1,4})-([\da-f]{1,4})-([\da-f]{1,12})$/i.exec(text)
      if (!parts) throw illegalArgument(`Invalid UUID string: ${text}`)
      const widths = [8, 4, 4, 4, 12]
      return new Uuid(
        parts
          .slice(1)
          .map((part, at) => part.toLowerCase().padStart(widths[at] ?? 0, '0'))
          .join('-'),
      )
    },
    'UUID nameUUIDFromBytes(byte[])': (bytes: JavaArray) => {
      const digest = createHash('md5').update(bufferOf(bytes)).digest()
      digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x30, 6)
      digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8)
      return Uuid.ofBits(BigInt(`0x${digest.toString('hex')}`))
    },
  },
  methods: {
    'long getLeastSignificantBits()': (self) => self.low,
    'long getMostSignificantBits()': (self) => self.high,
    'int version()': (self) => Number((self.bits >> 76n) & 15n),
    'int variant()': (self) => Number((self.bits >> 62n) & 3n),
  },
})

const bufferOf = (bytes: JavaArray): Buffer => Buffer.from(bytes.items.map((byte) => (byte as number) & 0xff))
const arrayOf = (bytes: Buffer): JavaArray => new JavaArray('byte', Array.from(bytes, intToByte))

/** An encoder or decoder of `Base64`. */
class Base64Codec extends JavaObject {
  readonly className: string
  readonly alphabet: 'base64' | 'base64url'
  readonly padding: boolean
  constructor(className: string, alphabet: 'base64' | 'base64url', padding = true) {
    super()
    this.className = className
    this.alphabet = alphabet
    this.padding = padding
  }
  toText(): string {
    return this.className
  }
}

const DECODER = 'java.util.Base64.Decoder'
const ENCODER = 'java.util.Base64.Encoder'

const base64 = classTable({
  name: 'java.util.Base64',
  statics: {
    'Base64.Decoder getDecoder()': () => new Base64Codec(DECODER, 'base64'),
    'Base64.Decoder getMimeDecoder()': () => new Base64Codec(DECODER, 'base64'),
    'Base64.Decoder getUrlDecoder()': () => new Base64Codec(DECODER, 'base64url'),
    'Base64.Encoder getEncoder()': () => new Base64Codec(ENCODER, 'base64'),
    'Base64.Encoder getMimeEncoder()': () => new Base64Codec(ENCODER, 'base64'),
    'Base64.Encoder getUrlEncoder()': () => new Base64Codec(ENCODER, 'base64url'),
  },
})

const base64Decoder = classTable<Base64Codec>({
  name: DECODER,
  methods: { 'byte[] decode(String)': (self, text: string) => arrayOf(Buffer.from(text, self.alphabet)) },
})

const base64Encoder = classTable<Base64Codec>({
  name: ENCODER,
  methods: {
    'String encodeToString(byte[])': (self, bytes: JavaArray) => {
      const text = bufferOf(bytes).toString(self.alphabet).replaceAll('=', '')
      return self.padding ? text.padEnd(Math.ceil(text.length / 4) * 4, '=') : text
    },
    'Base64.Encoder withoutPadding()': (self) => new Base64Codec(ENCODER, self.alphabet, false),
  },
})

/** A language and country; texts are the root's unless a locale is given. */
class Locale extends JavaObject {
  readonly tag: string
  constructor(tag: string) {
    super()
    this.tag = tag
  }
  get className(): string {
    return 'java.util.Locale'
  }
  override equalTo(other: Value): boolean {
    return other instanceof Locale && other.tag === this.tag
  }
  toText(): string {
    return this.tag.replaceAll('-', '_')
  }
}

const locale = classTable<Locale>({
  name: 'java.util.Locale',
  constants: {
    'Locale ROOT': new Locale(''),
    'Locale ENGLISH': new Locale('en'),
    'Locale US': new Locale('en-US'),
    'Locale UK': new Locale('en-GB'),
    'Locale GERMAN': new Locale('de'),
    'Locale GERMANY': new Locale('de-DE'),
    'Locale FRENCH': new Locale('fr'),
    'Locale FRANCE': new Locale('fr-FR'),
    'Locale ITALIAN': new Locale('it'),
    'Locale ITALY': new Locale('it-IT'),
    'Locale JAPANESE': new Locale('ja'),
    'Locale JAPAN': new Locale('ja-JP'),
    'Locale CHINESE': new Locale('zh'),
    'Locale KOREAN': new Locale('ko'),
    'Locale CANADA': new Locale('en-CA'),
  },
  constructors: {
    'Locale(String)': (language: string) => new Locale(language.toLowerCase()),
    'Locale(String, String)': (language: string, country: string) =>
      new Locale(`${language.toLowerCase()}-${country.toUpperCase()}`),
  },
  statics: { 'Locale forLanguageTag(String)': (tag: string) => new Locale(tag) },
  methods: {
    'String getLanguage()': (self) => self.tag.split('-')[0] ?? '',
    'String getCountry()': (self) => self.tag.split('-')[1] ?? '',
    'String toLanguageTag()': (self) => (self.tag === '' ? 'und' : self.tag),
  },
})

const system = classTable({
  name: 'java.lang.System',
  statics: {
    'long currentTimeMillis()': () => runStartedAt(),
    'long nanoTime()': () => runStartedAt() * 1_000_000,
    'void arraycopy(Object, int, Object, int, int)': copyArray,
  },
})

function copyArray(from: Value, fromAt: number, to: Value, toAt: number, count: number): void {
  if (!(from instanceof JavaArray) || !(to instanceof JavaArray)) throw illegalArgument('arraycopy needs arrays')
  if (fromAt < 0 || toAt < 0 || count < 0 || fromAt + count > from.items.length || toAt + count > to.items.length) {
    throw new JavaError('java.lang.ArrayIndexOutOfBoundsException', 'arraycopy: last source index out of bounds')
  }
  to.items.splice(toAt, count, ...from.items.slice(fromAt, fromAt + count))
}

const debug = classTable({
  name: 'org.opensearch.painless.api.Debug',
  statics: {
    'void explain(Object)': (value: Value) => {
      throw new JavaError('org.opensearch.painless.PainlessExplainError', null, {
        ...(value === null ? {} : { painless_class: classNameOf(value), java_class: classNameOf(value) }),
        to_string: textOf(value),
      })
    },
  },
})

export const objectClasses: readonly ClassTable[] = [
  object,
  comparable,
  objects,
  optional,
  primitiveOptional('int', 'Int'),
  primitiveOptional('long', 'Long'),
  primitiveOptional('double', 'Double'),
  throwable,
  ...EXCEPTIONS.map(exceptionTable),
  uuid,
  base64,
  base64Decoder,
  base64Encoder,
  locale,
  system,
  debug,
]
