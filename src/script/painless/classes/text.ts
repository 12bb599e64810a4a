import { createHash } from 'node:crypto'
import { charge } from '../budget.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { illegalArgument, JavaError, noSuchElement } from '../java-error.ts'
import { JavaArray, iterate } from '../values/collections.ts'
import { concat } from '../values/def-math.ts'
import { compareTexts, hashOf } from '../values/equality.ts'
import { formatText } from '../values/format.ts'
import { expandReplacement, Matcher, quotePattern, type Pattern } from '../values/pattern.ts'
import { JavaStream } from '../values/streams.ts'
import { StringBuilder } from '../values/string-builder.ts'
import { textOf } from '../values/text.ts'
import { JavaChar, JavaObject, type Value } from '../values/value.ts'

function outOfRange(message: string): JavaError {
  return new JavaError('java.lang.StringIndexOutOfBoundsException', message)
}

function checkRange(begin: number, end: number, length: number): void {
  if (begin < 0 || begin > end || end > length) throw outOfRange(`begin ${begin}, end ${end}, length ${length}`)
}

function charAt(text: string, at: number): number {
  if (at < 0 || at >= text.length) throw outOfRange(`String index out of range: ${at}`)
  return text.charCodeAt(at)
}

function codePointAt(text: string, at: number): number {
  charAt(text, at)
  return text.codePointAt(at) ?? 0
}

function codePointBefore(text: string, at: number): number {
  charAt(text, at - 1)
  const isPair = at > 1 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 2, at))
  return codePointAt(text, isPair ? at - 2 : at - 1)
}

const codePointCount = (text: string, from: number, to: number): number => {
  checkRange(from, to, text.length)
  return Array.from(text.slice(from, to)).length
}

function offsetByCodePoints(text: string, from: number, count: number): number {
  let at = from
  for (let left = Math.abs(count); left > 0; left--) {
    const isPair = count > 0 ? (text.codePointAt(at) ?? 0) > 0xffff : at > 0 && codePointBefore(text, at) > 0xffff
    at += (isPair ? 2 : 1) * Math.sign(count)
    if (at < 0 || at > text.length) throw new JavaError('java.lang.IndexOutOfBoundsException', null)
  }
  return at
}

/** Parts between separators; with a limit the last part keeps the rest. Empty parts at the end are dropped without one. */
function splitOnToken(text: string, token: string, limit: number): JavaArray {
  if (token === '') throw illegalArgument('cannot split on an empty token')
  const parts: string[] = []
  let from = 0
  for (;;) {
    const at = limit > 0 && parts.length === limit - 1 ? -1 : text.indexOf(token, from)
    if (at < 0) break
    parts.push(text.slice(from, at))
    from = at + token.length
    charge(16)
  }
  parts.push(text.slice(from))
  return new JavaArray('java.lang.String', parts)
}

function regionMatches(ignoreCase: boolean, self: string, at: number, other: string, from: number, length: number): boolean {
  if (at < 0 || from < 0 || at + length > self.length || from + length > other.length) return false
  const [a, b] = [self.slice(at, at + length), other.slice(from, from + length)]
  return ignoreCase ? a.toLowerCase() === b.toLowerCase() : a === b
}

function joined(separator: Value, parts: Value): string {
  let text = ''
  let first = true
  for (const part of iterate(parts)) {
    text = concat(text, first ? textOf(part) : textOf(separator) + textOf(part))
    first = false
  }
  return text
}

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex')

const chars = (array: JavaArray): string => array.items.map((unit) => String.fromCharCode(unit as number)).join('')

const charArray = (text: string): JavaArray =>
  new JavaArray(
    'char',
    Array.from(text, (_, at) => text.charCodeAt(at)),
  )

function appendPart(self: StringBuilder, text: Value, from: number, to: number): StringBuilder {
  checkRange(from, to, textOf(text).length)
  return self.append(textOf(text).slice(from, to))
}

const appendable = classTable<StringBuilder>({
  name: 'java.lang.Appendable',
  methods: {
    'Appendable append(def)': (self, value: Value) => self.append(textOf(value)),
    'Appendable append(CharSequence, int, int)': appendPart,
  },
})

const charSequence = classTable<string>({
  name: 'java.lang.CharSequence',
  receive: (value: Value) => textOf(value),
  methods: {
    'char charAt(int)': charAt,
    'IntStream chars()': (self) =>
      JavaStream.of(
        'int',
        Array.from({ length: self.length }, (_, at) => self.charCodeAt(at)),
      ),
    'IntStream codePoints()': (self) =>
      JavaStream.of(
        'int',
        Array.from(self, (char) => char.codePointAt(0) ?? 0),
      ),
    'int length()': (self) => self.length,
    'CharSequence subSequence(int, int)': (self, from: number, to: number) => {
      checkRange(from, to, self.length)
      return self.slice(from, to)
    },
    'String toString()': (self) => self,
    'String replaceAll(Pattern, Function)': (self, pattern: Pattern, replace: (matcher: Matcher) => Value) =>
      new Matcher(pattern, self).replace(true, (matcher) => textOf(replace(matcher))),
    'String replaceFirst(Pattern, Function)': (self, pattern: Pattern, replace: (matcher: Matcher) => Value) =>
      new Matcher(pattern, self).replace(false, (matcher) => textOf(replace(matcher))),
  },
})

const string = classTable<string>({
  name: 'java.lang.String',
  extends: ['java.lang.CharSequence', 'java.lang.Comparable'],
  receive: (value: string) => value,
  constructors: { 'String()': () => '' },
  statics: {
    'String copyValueOf(char[])': chars,
    'String copyValueOf(char[], int, int)': (array: JavaArray, from: number, count: number) => {
      checkRange(from, from + count, array.items.length)
      return chars(array).slice(from, from + count)
    },
    'String format(String, def[])': (format: string, values: JavaArray) => formatText(format, values.items),
    'String format(Locale, String, def[])': (_locale: Value, format: string, values: JavaArray) =>
      formatText(format, values.items),
    'String join(CharSequence, Iterable)': joined,
    'String valueOf(def)': textOf,
  },
  methods: {
    'int codePointAt(int)': codePointAt,
    'int codePointBefore(int)': codePointBefore,
    'int codePointCount(int, int)': codePointCount,
    'int compareTo(String)': (self, other: string) => compareTexts(self, other),
    'int compareToIgnoreCase(String)': (self, other: string) => compareTexts(folded(self), folded(other)),
    'String concat(String)': (self, other: string) => concat(self, other),
    'boolean contains(CharSequence)': (self, part: Value) => self.includes(textOf(part)),
    'boolean contentEquals(CharSequence)': (self, other: Value) => self === textOf(other),
    'boolean endsWith(String)': (self, end: string) => self.endsWith(end),
    'boolean equals(Object)': (self, other: Value) => self === other,
    'boolean equalsIgnoreCase(String?)': (self, other: string | null) => other !== null && folded(self) === folded(other),
    'int hashCode()': (self) => hashOf(self),
    'int indexOf(String)': (self, part: string) => self.indexOf(part),
    'int indexOf(String, int)': (self, part: string, from: number) => self.indexOf(part, from),
    'boolean isEmpty()': (self) => self === '',
    'int lastIndexOf(String)': (self, part: string) => self.lastIndexOf(part),
    'int lastIndexOf(String, int)': (self, part: string, from: number) => (from < 0 ? -1 : self.lastIndexOf(part, from)),
    'int offsetByCodePoints(int, int)': offsetByCodePoints,
    'boolean regionMatches(int, String, int, int)': (self, at: number, other: string, from: number, length: number) =>
      regionMatches(false, self, at, other, from, length),
    'boolean regionMatches(boolean, int, String, int, int)': (
      self,
      ignoreCase: boolean,
      at: number,
      other: string,
      from: number,
      length: number,
    ) => regionMatches(ignoreCase, self, at, other, from, length),
    'String replace(CharSequence, CharSequence)': (self, part: Value, by: Value) => {
      const [from, to] = [textOf(part), textOf(by)]
      const text = self.replaceAll(from, () => to)
      charge(text.length)
      return text
    },
    'boolean startsWith(String)': (self, start: string) => self.startsWith(start),
    'boolean startsWith(String, int)': (self, start: string, from: number) => from >= 0 && self.startsWith(start, from),
    'String substring(int)': (self, from: number) => {
      checkRange(from, self.length, self.length)
      return self.slice(from)
    },
    'String substring(int, int)': (self, from: number, to: number) => {
      checkRange(from, to, self.length)
      return self.slice(from, to)
    },
    'char[] toCharArray()': charArray,
    'String toLowerCase()': (self) => self.toLowerCase(),
    'String toLowerCase(Locale)': (self, locale: Value) => self.toLocaleLowerCase(textOf(locale).replace('_', '-') || 'en'),
    'String toUpperCase()': (self) => self.toUpperCase(),
    'String toUpperCase(Locale)': (self, locale: Value) => self.toLocaleUpperCase(textOf(locale).replace('_', '-') || 'en'),
    // Java trims what is not above the space, and nothing else.
    // eslint-disable-next-line no-control-regex
    'String trim()': (self) => self.replace(/^[\u0000-\u0020]+/, '').replace(/[\u0000-\u0020]+$/, ''),
    'String[] splitOnToken(String)': (self, token: string) => splitOnToken(self, token, -1),
    'String[] splitOnToken(String, int)': splitOnToken,
    'String encodeBase64()': (self) => Buffer.from(self, 'utf8').toString('base64'),
    'String decodeBase64()': (self) => Buffer.from(self, 'base64').toString('utf8'),
    'String sha1()': (self) => digest('sha1', self),
    'String sha256()': (self) => digest('sha256', self),
  },
})

const folded = (text: string): string => text.toUpperCase().toLowerCase()

/** StringBuilder and StringBuffer are the same but for their names. */
function builder(name: string): ClassTable {
  const short = name.slice(name.lastIndexOf('.') + 1)
  return classTable<StringBuilder>({
    name,
    extends: ['java.lang.Appendable', 'java.lang.CharSequence'],
    receive: (value: StringBuilder) => value,
    constructors: {
      [`${short}()`]: () => new StringBuilder(name),
      [`${short}(CharSequence)`]: (text: Value) => new StringBuilder(name, textOf(text)),
    },
    methods: {
      'char charAt(int)': (self, at: number) => charAt(self.text, at),
      'IntStream chars()': (self) =>
        JavaStream.of(
          'int',
          Array.from({ length: self.text.length }, (_, at) => self.text.charCodeAt(at)),
        ),
      'IntStream codePoints()': (self) =>
        JavaStream.of(
          'int',
          Array.from(self.text, (char) => char.codePointAt(0) ?? 0),
        ),
      'int length()': (self) => self.text.length,
      'CharSequence subSequence(int, int)': (self, from: number, to: number) => self.slice(from, to),
      'String toString()': (self) => self.text,
      'String replaceAll(Pattern, Function)': (self, pattern: Pattern, replace: (matcher: Matcher) => Value) =>
        new Matcher(pattern, self.text).replace(true, (matcher) => textOf(replace(matcher))),
      'String replaceFirst(Pattern, Function)': (self, pattern: Pattern, replace: (matcher: Matcher) => Value) =>
        new Matcher(pattern, self.text).replace(false, (matcher) => textOf(replace(matcher))),
      [`${short} append(def)`]: (self, value: Value) => self.append(textOf(value)),
      [`${short} append(CharSequence, int, int)`]: appendPart,
      [`${short} appendCodePoint(int)`]: (self, point: number) => self.append(String.fromCodePoint(point)),
      'int capacity()': (self) => Math.max(16, self.text.length),
      'int codePointAt(int)': (self, at: number) => codePointAt(self.text, at),
      'int codePointBefore(int)': (self, at: number) => codePointBefore(self.text, at),
      'int codePointCount(int, int)': (self, from: number, to: number) => codePointCount(self.text, from, to),
      [`${short} delete(int, int)`]: (self, from: number, to: number) => self.replace(from, Math.min(to, self.text.length), ''),
      [`${short} deleteCharAt(int)`]: (self, at: number) => {
        charAt(self.text, at)
        return self.replace(at, at + 1, '')
      },
      'int indexOf(String)': (self, part: string) => self.text.indexOf(part),
      'int indexOf(String, int)': (self, part: string, from: number) => self.text.indexOf(part, from),
      [`${short} insert(int, def)`]: (self, at: number, value: Value) => self.replace(at, at, textOf(value)),
      'int lastIndexOf(String)': (self, part: string) => self.text.lastIndexOf(part),
      'int lastIndexOf(String, int)': (self, part: string, from: number) => self.text.lastIndexOf(part, from),
      'int offsetByCodePoints(int, int)': (self, from: number, count: number) => offsetByCodePoints(self.text, from, count),
      [`${short} replace(int, int, String)`]: (self, from: number, to: number, text: string) =>
        self.replace(from, Math.min(to, self.text.length), text),
      [`${short} reverse()`]: (self) => self.set(Array.from(self.text).toReversed().join('')),
      'void setCharAt(int, char)': (self, at: number, unit: number) => {
        charAt(self.text, at)
        self.replace(at, at + 1, String.fromCharCode(unit))
      },
      'void setLength(int)': (self, length: number) => {
        self.set(self.text.slice(0, length).padEnd(length, '\u0000'))
      },
      'String substring(int)': (self, from: number) => self.slice(from, self.text.length),
      'String substring(int, int)': (self, from: number, to: number) => self.slice(from, to),
    },
  })
}

/** Tests of Unicode's categories, of one code point. */
function is(pattern: RegExp): (point: number) => boolean {
  return (point) => point >= 0 && point <= 0x10ffff && pattern.test(String.fromCodePoint(point))
}

const isLetter = is(/\p{L}/u)
const isDigit = is(/\p{Nd}/u)
// Java's own list, which has four separators among the control characters.
// eslint-disable-next-line no-control-regex
const isWhitespace = is(/[\t-\r\u001c- \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/u)

function digitOf(point: number, radix: number): number {
  const char = String.fromCodePoint(point)
  const digit = /^[0-9]$/.test(char) ? Number(char) : /^[a-zA-Z]$/.test(char) ? char.toLowerCase().charCodeAt(0) - 87 : -1
  return digit < radix ? digit : -1
}

const oneChar = (unit: number, change: (text: string) => string): number => {
  const changed = change(String.fromCharCode(unit))
  return changed.length === 1 ? changed.charCodeAt(0) : unit
}

const character = classTable({
  name: 'java.lang.Character',
  extends: ['java.lang.Comparable'],
  constants: {
    'int BYTES': 2,
    'int SIZE': 16,
    'char MAX_VALUE': 0xffff,
    'char MIN_VALUE': 0,
    'int MAX_RADIX': 36,
    'int MIN_RADIX': 2,
    'int MAX_CODE_POINT': 0x10ffff,
    'int MIN_CODE_POINT': 0,
    'int MIN_SUPPLEMENTARY_CODE_POINT': 0x10000,
    'char MAX_HIGH_SURROGATE': 0xdbff,
    'char MIN_HIGH_SURROGATE': 0xd800,
    'char MAX_LOW_SURROGATE': 0xdfff,
    'char MIN_LOW_SURROGATE': 0xdc00,
    'char MAX_SURROGATE': 0xdfff,
    'char MIN_SURROGATE': 0xd800,
  },
  statics: {
    'int charCount(int)': (point: number) => (point > 0xffff ? 2 : 1),
    'int codePointAt(CharSequence, int)': (text: Value, at: number) => codePointAt(textOf(text), at),
    'int codePointBefore(CharSequence, int)': (text: Value, at: number) => codePointBefore(textOf(text), at),
    'int codePointCount(CharSequence, int, int)': (text: Value, from: number, to: number) =>
      codePointCount(textOf(text), from, to),
    'int compare(char, char)': (a: number, b: number) => a - b,
    'int digit(int, int)': digitOf,
    'char forDigit(int, int)': (digit: number, radix: number) =>
      digit >= 0 && digit < radix && radix >= 2 && radix <= 36 ? digit.toString(radix).charCodeAt(0) : 0,
    'int getNumericValue(int)': (point: number) => digitOf(point, 36),
    'int hashCode(char)': (unit: number) => unit,
    'char highSurrogate(int)': (point: number) => String.fromCodePoint(point).charCodeAt(0),
    'char lowSurrogate(int)': (point: number) => String.fromCodePoint(point).charCodeAt(1) || 0,
    'boolean isAlphabetic(int)': is(/\p{Alphabetic}/u),
    'boolean isBmpCodePoint(int)': (point: number) => point >= 0 && point <= 0xffff,
    'boolean isDefined(int)': is(/\P{Cn}/u),
    'boolean isDigit(int)': isDigit,
    'boolean isHighSurrogate(char)': (unit: number) => unit >= 0xd800 && unit <= 0xdbff,
    'boolean isISOControl(int)': (point: number) => (point >= 0 && point <= 0x1f) || (point >= 0x7f && point <= 0x9f),
    'boolean isIdeographic(int)': is(/\p{Ideographic}/u),
    'boolean isJavaIdentifierPart(int)': is(/[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mc}\p{Mn}]/u),
    'boolean isJavaIdentifierStart(int)': is(/[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u),
    'boolean isLetter(int)': isLetter,
    'boolean isLetterOrDigit(int)': (point: number) => isLetter(point) || isDigit(point),
    'boolean isLowerCase(int)': is(/\p{Lowercase}/u),
    'boolean isMirrored(int)': is(/\p{Bidi_Mirrored}/u),
    'boolean isSpaceChar(int)': is(/\p{Z}/u),
    'boolean isSupplementaryCodePoint(int)': (point: number) => point > 0xffff && point <= 0x10ffff,
    'boolean isSurrogate(char)': (unit: number) => unit >= 0xd800 && unit <= 0xdfff,
    'boolean isSurrogatePair(char, char)': (high: number, low: number) =>
      high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff,
    'boolean isTitleCase(int)': is(/\p{Lt}/u),
    'boolean isUnicodeIdentifierPart(int)': is(/\p{ID_Continue}/u),
    'boolean isUnicodeIdentifierStart(int)': is(/\p{ID_Start}/u),
    'boolean isUpperCase(int)': is(/\p{Uppercase}/u),
    'boolean isValidCodePoint(int)': (point: number) => point >= 0 && point <= 0x10ffff,
    'boolean isWhitespace(int)': isWhitespace,
    'char reverseBytes(char)': (unit: number) => ((unit & 0xff) << 8) | (unit >> 8),
    'char[] toChars(int)': (point: number) => charArray(String.fromCodePoint(point)),
    'int toCodePoint(char, char)': (high: number, low: number) => (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000,
    'char toLowerCase(char)': (unit: number) => oneChar(unit, (text) => text.toLowerCase()),
    'char toTitleCase(char)': (unit: number) => oneChar(unit, (text) => text.toUpperCase()),
    'char toUpperCase(char)': (unit: number) => oneChar(unit, (text) => text.toUpperCase()),
    'String toString(char)': (unit: number) => String.fromCharCode(unit),
    'Character valueOf(char)': (unit: number) => new JavaChar(unit),
  },
  methods: {
    'char charValue()': (self: Value) => unitOf(self),
    'int compareTo(Character)': (self: Value, other: Value) => unitOf(self) - unitOf(other),
  },
})

function unitOf(value: Value): number {
  return textOf(value).charCodeAt(0)
}

const stringJoiner = classTable<StringJoiner>({
  name: 'java.util.StringJoiner',
  constructors: {
    'StringJoiner(CharSequence)': (separator: Value) => new StringJoiner(textOf(separator), '', ''),
    'StringJoiner(CharSequence, CharSequence, CharSequence)': (separator: Value, prefix: Value, suffix: Value) =>
      new StringJoiner(textOf(separator), textOf(prefix), textOf(suffix)),
  },
  methods: {
    'StringJoiner add(CharSequence?)': (self, part: Value) => self.add(textOf(part)),
    'int length()': (self) => self.toText().length,
    'StringJoiner merge(StringJoiner)': (self, other: StringJoiner) => self.merge(other),
    'StringJoiner setEmptyValue(CharSequence)': (self, text: Value) => self.setEmpty(textOf(text)),
  },
})

const stringTokenizer = classTable<StringTokenizer>({
  name: 'java.util.StringTokenizer',
  constructors: {
    'StringTokenizer(String)': (text: string) => new StringTokenizer(text, ' \t\n\r\f', false),
    'StringTokenizer(String, String)': (text: string, delimiters: string) => new StringTokenizer(text, delimiters, false),
    'StringTokenizer(String, String, boolean)': (text: string, delimiters: string, keep: boolean) =>
      new StringTokenizer(text, delimiters, keep),
  },
  methods: {
    'int countTokens()': (self) => self.rest(),
    'boolean hasMoreTokens()': (self) => self.rest() > 0,
    'boolean hasMoreElements()': (self) => self.rest() > 0,
    'String nextToken()': (self) => self.next(),
    'def nextElement()': (self) => self.next(),
  },
})

class StringJoiner extends JavaObject {
  readonly #separator: string
  readonly #prefix: string
  readonly #suffix: string
  readonly #parts: string[] = []
  #empty: string | undefined
  constructor(separator: string, prefix: string, suffix: string) {
    super()
    this.#separator = separator
    this.#prefix = prefix
    this.#suffix = suffix
  }
  get className(): string {
    return 'java.util.StringJoiner'
  }
  add(part: string): this {
    charge(part.length + 16)
    this.#parts.push(part)
    return this
  }
  merge(other: StringJoiner): this {
    if (other.#parts.length > 0) this.add(other.#parts.join(other.#separator))
    return this
  }
  setEmpty(text: string): this {
    this.#empty = text
    return this
  }
  toText(): string {
    if (this.#parts.length === 0 && this.#empty !== undefined) return this.#empty
    return this.#prefix + this.#parts.join(this.#separator) + this.#suffix
  }
}

class StringTokenizer extends JavaObject {
  readonly #tokens: string[]
  constructor(text: string, delimiters: string, keep: boolean) {
    super()
    this.#tokens = []
    let token = ''
    for (const char of text) {
      if (!delimiters.includes(char)) token += char
      else {
        if (token !== '') this.#tokens.push(token)
        if (keep) this.#tokens.push(char)
        token = ''
      }
    }
    if (token !== '') this.#tokens.push(token)
  }
  get className(): string {
    return 'java.util.StringTokenizer'
  }
  rest(): number {
    return this.#tokens.length
  }
  next(): string {
    const token = this.#tokens.shift()
    if (token === undefined) throw noSuchElement()
    return token
  }
  toText(): string {
    return this.className
  }
}

const regexPattern = classTable<Pattern>({
  name: 'java.util.regex.Pattern',
  statics: { 'String quote(String)': (text: string) => quotePattern(text) },
  methods: {
    'Predicate asPredicate()': (self) => (text: Value) => self.search(textOf(text), 0) !== undefined,
    'int flags()': (self) => self.flagBits,
    'String pattern()': (self) => self.source,
    'Matcher matcher(CharSequence)': (self, text: Value) => new Matcher(self, textOf(text)),
    'String[] split(CharSequence)': (self, text: Value) => splitByPattern(self, textOf(text), 0),
    'String[] split(CharSequence, int)': (self, text: Value, limit: number) => splitByPattern(self, textOf(text), limit),
    'Stream splitAsStream(CharSequence)': (self, text: Value) =>
      JavaStream.of('def', splitByPattern(self, textOf(text), 0).items),
  },
})

/** Java's `split`: an empty match at the start gives no part; without a limit, empty parts at the end go. */
function splitByPattern(pattern: Pattern, text: string, limit: number): JavaArray {
  const parts: string[] = []
  const matcher = new Matcher(pattern, text)
  let from = 0
  const maxParts = limit > 0 ? limit : Infinity
  for (; parts.length < maxParts - 1 && matcher.find();) {
    if (matcher.end(0) === 0) continue
    parts.push(text.slice(from, matcher.start(0)))
    from = matcher.end(0)
    charge(16)
  }
  parts.push(text.slice(from))
  if (limit === 0) while (parts.length > 1 && parts[parts.length - 1] === '') parts.pop()
  return new JavaArray('java.lang.String', parts)
}

const regexMatcher = classTable<Matcher>({
  name: 'java.util.regex.Matcher',
  statics: { 'String quoteReplacement(String)': (text: string) => text.replaceAll(/[\\$]/g, String.raw`\$&`) },
  methods: {
    'int end()': (self) => self.end(0),
    'int end(int)': (self, group: number) => self.end(group),
    'boolean find()': (self) => self.find(),
    'boolean find(int)': (self, from: number) => self.findFrom(from),
    'String group()': (self) => self.group(0),
    'String group(int)': (self, group: number) => self.group(group),
    'String namedGroup(String)': (self, name: string) => self.named(name),
    'int groupCount()': (self) => self.pattern.groupCount,
    'boolean lookingAt()': (self) => self.lookingAt(),
    'boolean matches()': (self) => self.matches(),
    'Pattern pattern()': (self) => self.pattern,
    'String replaceAll(String)': (self, replacement: string) =>
      self.replace(true, (matcher) => expandReplacement(replacement, matcher)),
    'String replaceFirst(String)': (self, replacement: string) =>
      self.replace(false, (matcher) => expandReplacement(replacement, matcher)),
    'Matcher reset()': (self) => self.reset(),
    'int start()': (self) => self.start(0),
    'int start(int)': (self, group: number) => self.start(group),
  },
})

export const textClasses: readonly ClassTable[] = [
  appendable,
  charSequence,
  string,
  builder('java.lang.StringBuilder'),
  builder('java.lang.StringBuffer'),
  character,
  stringJoiner,
  stringTokenizer,
  regexPattern,
  regexMatcher,
]
