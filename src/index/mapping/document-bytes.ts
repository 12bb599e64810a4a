import { ElkhornError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { MappedValues } from '../../engine/engine.ts'
import type { CompiledMapping, ObjectReader, Reader } from './compile-mapping.ts'
import { newWalk, readLeaf, type Walk } from './document-mapper.ts'
import { InexactNumber } from './value-readers.ts'

/**
 * Reads the values of a document straight from its bytes into `out`, in document order. Most documents are like the ones
 * before: mapped fields in the same order. For those no objects are made that would be thrown away at once, which takes a
 * quarter less time (1.6 instead of 2.1 µs for a document of 280 bytes) and half of the garbage.
 *
 * @returns false where the document is anything else (new names, names that stand twice, objects in arrays, broken JSON, a
 * value that its field cannot hold); then nothing is said about it, and `out` means nothing: parse it
 */
export function readDocumentBytes(
  mapping: CompiledMapping,
  source: Uint8Array,
  id: string | undefined,
  out: MappedValues,
  ignoreMalformed = false,
): boolean {
  if (!mapping.root.enabled || mapping.nested.length > 0) return false
  let shape = shapes.get(mapping)
  if (shape === undefined) {
    shape = newShape(mapping.root)
    shapes.set(mapping, shape)
  }
  if (shape.pause > 0) {
    shape.pause -= 1
    return false
  }
  const bytes = Buffer.isBuffer(source) ? source : Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  out.clear()
  const walk = newWalk(out, id, ignoreMalformed)
  if (reader.read(bytes, shape, walk)) {
    shape.misses = 0
    return true
  }
  shape.misses += 1
  if (shape.misses >= PAUSE_AFTER) shape.pause = PAUSE
  return false
}

/** After so many documents in a row that were read for nothing, so many are parsed without trying. */
const PAUSE_AFTER = 4
const PAUSE = 60

/** What was seen in the place of one object: its names, and which came after which. */
interface Shape {
  readonly object: ObjectReader
  readonly members: Map<string, Member>
  first: Member | undefined
  misses: number
  pause: number
}

interface Member {
  /** ASCII, with its quotes and the colon: `"name":`. */
  readonly key: Uint8Array
  readonly reader: Reader
  /** Of the object that stands here; `undefined` for a leaf. */
  readonly shape: Shape | undefined
  /** What came after it in the last document. */
  next: Member | undefined
  /** Number of the document that had it last. */
  seenIn: number
}

const shapes = new WeakMap<CompiledMapping, Shape>()

function newShape(object: ObjectReader): Shape {
  return { object, members: new Map(), first: undefined, misses: 0, pause: 0 }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/** Every whole number of so many digits is a double, and so is every power of ten up to 10^22: one division rounds right. */
const EXACT_DIGITS = 15
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, n) => 10 ** n)

/** Texts up to this length that were read before are taken from a table, by the hash of their bytes. */
const KNOWN_LENGTH = 16
const KNOWN_TEXTS = 4096

/** What is nested deeper is left to the parser. */
const MAX_DEPTH = 20

/** Thrown to give up: one for all, since nobody reads it. */
const notPlain = new Error('the document is not plain')

/** One for all documents: nothing is read while another one is. */
class ByteReader {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #document = 0
  readonly #known: string[] = Array.from({ length: KNOWN_TEXTS }, () => '')

  read(bytes: Buffer, shape: Shape, walk: Walk): boolean {
    this.#bytes = bytes
    this.#at = 0
    this.#document += 1
    try {
      this.#blank()
      if (bytes[this.#at] !== OPEN) return false
      this.#object(shape, walk)
      this.#blank()
      return this.#at === bytes.length && !walk.learns
    } catch (error) {
      // What is wrong with a document, its parser says better.
      if (error === notPlain || error instanceof SyntaxError || error instanceof ElkhornError || error instanceof InexactNumber)
        return false
      throw error
    }
  }

  /** From `{` to behind its `}`. */
  #object(shape: Shape, walk: Walk): void {
    const bytes = this.#bytes
    this.#at += 1
    this.#blank()
    if (bytes[this.#at] === CLOSE) {
      this.#at += 1
      return
    }
    let before: Member | undefined
    for (;;) {
      const guess = before === undefined ? shape.first : before.next
      const member = guess !== undefined && this.#isKey(guess.key) ? guess : this.#meet(shape, before)
      if (member.seenIn === this.#document) throw notPlain
      member.seenIn = this.#document
      this.#blank()
      this.#value(member, walk)
      this.#blank()
      const end = bytes[this.#at]
      this.#at += 1
      if (end === CLOSE) return
      if (end !== COMMA) throw notPlain
      this.#blank()
      before = member
    }
  }

  /** Goes behind the key, if it is this one. */
  #isKey(key: Uint8Array): boolean {
    const bytes = this.#bytes
    const at = this.#at
    for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false
    this.#at = at + key.length
    return true
  }

  /** Reads a key that was not expected here, and the colon after it. */
  #meet(shape: Shape, before: Member | undefined): Member {
    const name = this.#name()
    let member = shape.members.get(name)
    if (member === undefined) {
      const reader = shape.object.children.get(name)
      if (reader === undefined) throw notPlain
      member = {
        key: Buffer.from(`${JSON.stringify(name)}:`),
        reader,
        shape: reader.leaf ? undefined : newShape(reader),
        next: undefined,
        seenIn: 0,
      }
      shape.members.set(name, member)
    }
    if (before === undefined) shape.first = member
    else before.next = member
    return member
  }

  #value({ reader: to, shape }: Member, walk: Walk): void {
    const first = this.#bytes[this.#at]
    if (to.leaf) {
      if (first === OPEN || first === OPEN_ARRAY) {
        // That the time of a data stream is no array is checked where the document is parsed.
        if (to.path === '@timestamp') throw notPlain
        readLeaf(this.#any(0), to, walk)
      } else readLeaf(this.#scalar(first), to, walk)
    } else if (first === OPEN && shape !== undefined) {
      if (to.enabled) this.#object(shape, walk)
      else this.#any(0)
    } else if (this.#scalar(first) !== null) throw notPlain
  }

  #scalar(first: number | undefined): JsonValue {
    if (first === QUOTE) return this.#text()
    if (first === MINUS || (first !== undefined && first >= ZERO && first <= NINE)) return this.#number()
    if (this.#isKey(NULL)) return null
    if (this.#isKey(TRUE)) return true
    if (this.#isKey(FALSE)) return false
    throw notPlain
  }

  /** From the opening quote to behind the closing one. */
  #text(): string {
    const bytes = this.#bytes
    const start = this.#at + 1
    const known = start + KNOWN_LENGTH
    let at = start
    let byte = bytes[at] ?? 0
    let hash = 0
    while (byte !== QUOTE && byte > 31 && byte < 128 && byte !== BACKSLASH && at <= known) {
      hash = (Math.imul(hash, 31) + byte) | 0
      byte = bytes[++at] ?? 0
    }
    if (byte === QUOTE && at <= known) {
      this.#at = at + 1
      return this.#knownText(start, at, hash)
    }
    while (byte !== QUOTE && byte > 31 && byte < 128 && byte !== BACKSLASH) byte = bytes[++at] ?? 0
    if (byte !== QUOTE) return this.#otherText(start)
    this.#at = at + 1
    return bytes.toString('latin1', start, at)
  }

  /** One with escapes, or with more than ASCII. */
  #otherText(start: number): string {
    const bytes = this.#bytes
    let at = start
    let escaped = false
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[++at]) {
      if (byte === undefined || byte < 32) throw notPlain
      if (byte !== BACKSLASH) continue
      escaped = true
      at += 1
    }
    this.#at = at + 1
    return escaped ? (JSON.parse(bytes.toString('utf8', start - 1, at + 1)) as string) : bytes.toString('utf8', start, at)
  }

  /** An ASCII text, the same string as before where it was read lately. */
  #knownText(start: number, end: number, hash: number): string {
    const bytes = this.#bytes
    const slot = (hash ^ (hash >>> 12)) & (KNOWN_TEXTS - 1)
    const known = this.#known[slot] ?? ''
    if (known.length === end - start) {
      let i = 0
      while (i < known.length && known.charCodeAt(i) === bytes[start + i]) i += 1
      if (i === known.length) return known
    }
    const text = bytes.toString('latin1', start, end)
    this.#known[slot] = text
    return text
  }

  #number(): number {
    const bytes = this.#bytes
    const start = this.#at
    const negative = bytes[start] === MINUS
    let at = negative ? start + 1 : start
    const firstDigit = at
    let whole = 0
    let byte = bytes[at] ?? 0
    while (byte >= ZERO && byte <= NINE) {
      whole = whole * 10 + (byte - ZERO)
      byte = bytes[++at] ?? 0
    }
    let digits = at - firstDigit
    if (digits === 0 || (digits > 1 && bytes[firstDigit] === ZERO)) throw notPlain
    let decimals = 0
    if (byte === POINT) {
      byte = bytes[++at] ?? 0
      const point = at
      while (byte >= ZERO && byte <= NINE) {
        whole = whole * 10 + (byte - ZERO)
        byte = bytes[++at] ?? 0
      }
      decimals = at - point
      if (decimals === 0) throw notPlain
      digits += decimals
    }
    if (digits > EXACT_DIGITS || byte === 0x65 || byte === 0x45) {
      while (isOfNumber(byte)) byte = bytes[++at] ?? 0
      this.#at = at
      return JSON.parse(bytes.toString('latin1', start, at)) as number
    }
    this.#at = at
    const value = decimals === 0 ? whole : whole / (POWERS_OF_TEN[decimals] ?? 1)
    return negative ? -value : value
  }

  /** Any value, as the parser would make it. */
  #any(depth: number): JsonValue {
    const bytes = this.#bytes
    const first = bytes[this.#at]
    if (first !== OPEN && first !== OPEN_ARRAY) return this.#scalar(first)
    if (depth > MAX_DEPTH) throw notPlain
    const point = this.#point()
    if (point !== undefined) return point
    this.#at += 1
    this.#blank()
    const list: JsonValue[] = []
    const object: Record<string, JsonValue> = {}
    const close = first === OPEN ? CLOSE : CLOSE_ARRAY
    if (bytes[this.#at] === close) this.#at += 1
    else {
      for (;;) {
        if (first === OPEN) {
          const name = this.#name()
          if (name in object) throw notPlain
          object[name] = this.#any(depth + 1)
        } else list.push(this.#any(depth + 1))
        this.#blank()
        const end = bytes[this.#at]
        this.#at += 1
        if (end === close) break
        if (end !== COMMA) throw notPlain
        this.#blank()
      }
    }
    return first === OPEN ? object : list
  }

  /** A point as nearly all are written, which is made at a fifth of the cost; stays before anything else. */
  #point(): JsonValue | undefined {
    const start = this.#at
    if (this.#isKey(LATITUDE) && isOfNumber(this.#bytes[this.#at] ?? 0)) {
      const lat = this.#number()
      if (this.#isKey(LONGITUDE) && isOfNumber(this.#bytes[this.#at] ?? 0)) {
        const lon = this.#number()
        this.#at += 1
        if (this.#bytes[this.#at - 1] === CLOSE) return { lat, lon }
      }
    }
    this.#at = start
    return undefined
  }

  /** A name with what is between it and its value. */
  #name(): string {
    if (this.#bytes[this.#at] !== QUOTE) throw notPlain
    const name = this.#text()
    this.#blank()
    if (this.#bytes[this.#at] !== COLON) throw notPlain
    this.#at += 1
    this.#blank()
    return name
  }

  #blank(): void {
    let byte = this.#bytes[this.#at]
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = this.#bytes[++this.#at]
  }
}

const LATITUDE = Buffer.from('{"lat":')
const LONGITUDE = Buffer.from(',"lon":')
const NULL = Buffer.from('null')
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')

/** Digits, signs, points and exponents. */
function isOfNumber(byte: number): boolean {
  return (byte >= ZERO && byte <= NINE) || byte === MINUS || byte === 0x2b || byte === POINT || byte === 0x65 || byte === 0x45
}

const reader = new ByteReader()
