import type { BulkOperation } from '../../../core/bulk.ts'
import type { Fields, FieldValue } from '../../../core/event.ts'
import { printValue } from '../../../core/event-json.ts'
import { Float } from '../../../core/float.ts'
import type { JsonObject } from '../../../core/json.ts'
import { Timestamp } from '../../../core/timestamp.ts'

/** Memory that documents are written into one behind the other. It stays while one of them is needed. */
const CHUNK_BYTES = 64 * 1024
/** Longer texts are copied as a whole: calling into the runtime costs as much as writing so many characters. */
const SHORT_TEXT = 100
/** What a name, a number or an end of something takes at most besides its characters. */
const SLACK = 32
const MAX_DEPTH = 1000
/** Names beyond that are forgotten and met anew. */
const MAX_KEYS = 10_000

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN = 0x7b
const CLOSE = 0x7d

/** 1 for what stands in JSON as it is and takes a byte: ASCII but control characters, quote and backslash. */
const IS_PLAIN = Uint8Array.from({ length: 65_536 }, (_, code) =>
  code >= 32 && code < 127 && code !== QUOTE && code !== 0x5c ? 1 : 0,
)
const NOT_PLAIN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/

/** A name with what stands around it: `,"name":`. */
interface Key {
  readonly name: string
  readonly bytes: Uint8Array
  /** What came after it last time. */
  next: Key | undefined
}

/**
 * Writes the fields of events as the documents of writes: their JSON, as `printFields` prints it, and the values that a parser
 * would make of that, so that nobody reads what was just printed. Most events have the same names in the same order as the
 * one before.
 */
export class DocumentWriter {
  #bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  /** Of the document that is being written. */
  #start = 0
  /** Of the last document. */
  #end = 0
  /** Whether a parser would make the same values of its JSON. */
  #isJson = true
  readonly #keys = new Map<string, Key>()
  readonly #before: Key = { name: '', bytes: new Uint8Array(0), next: undefined }
  #last = this.#before

  /** @throws RangeError when fields nest too deep */
  write(fields: Fields): Pick<BulkOperation, 'document'> & { readonly source: Buffer } {
    this.#start = this.#end
    this.#isJson = true
    this.#last = this.#before
    const document = withTimesAsText(fields)
    this.#end = this.#object(document, this.#start, 0)
    const source = this.#bytes.subarray(this.#start, this.#end)
    return this.#isJson ? { source, document: document as JsonObject } : { source }
  }

  // Each of these writes something at a place and answers the place behind it.

  #object(fields: Fields, place: number, depth: number): number {
    if (depth > MAX_DEPTH) throw new RangeError(`an event nests deeper than ${MAX_DEPTH} levels`)
    let at = place
    let isFirst = true
    for (const name in fields) {
      const value = fields[name]
      if (value === undefined) {
        this.#isJson = false
        continue
      }
      const { bytes: key } = this.#key(name)
      at = this.#reserve(at, key.length)
      const bytes = this.#bytes
      for (let i = 0; i < key.length; i++) bytes[at + i] = key[i] ?? 0
      if (isFirst) bytes[at] = OPEN
      isFirst = false
      at += key.length
      at = typeof value === 'string' ? this.#text(value, at) : this.#value(value, at, depth)
    }
    at = this.#reserve(at, 2)
    if (isFirst) this.#bytes[at++] = OPEN
    this.#bytes[at++] = CLOSE
    return at
  }

  #value(value: FieldValue | undefined, at: number, depth: number): number {
    switch (typeof value) {
      case 'string':
        return this.#text(value, at)
      case 'number':
        if (!Number.isFinite(value) || Object.is(value, -0)) return this.#more(value, at)
        return this.#ascii(String(value), at)
      case 'boolean':
        return this.#ascii(value ? 'true' : 'false', at)
      case 'object':
        break
      default:
        return this.#more(value, at)
    }
    if (value === null) return this.#ascii('null', at)
    if (Array.isArray(value)) return this.#array(value, at, depth + 1)
    if (value instanceof Timestamp || value instanceof Float) return this.#more(value, at)
    return this.#object(value, at, depth + 1)
  }

  #array(values: readonly FieldValue[], place: number, depth: number): number {
    if (depth > MAX_DEPTH) throw new RangeError(`an event nests deeper than ${MAX_DEPTH} levels`)
    let at = this.#reserve(place, 2)
    this.#bytes[at++] = OPEN_ARRAY
    for (let i = 0; i < values.length; i++) {
      at = this.#value(values[i], at, depth)
      at = this.#reserve(at, 1)
      this.#bytes[at++] = COMMA
    }
    if (values.length > 0) at -= 1
    this.#bytes[at++] = CLOSE_ARRAY
    return at
  }

  /** What is more than a parser would make of its JSON: `20.0`, a `bigint`, NaN, a time. */
  #more(value: FieldValue | undefined, at: number): number {
    this.#isJson = false
    return this.#ascii(printValue(value), at)
  }

  #ascii(text: string, place: number): number {
    const at = this.#reserve(place, text.length)
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
    return at + text.length
  }

  #text(text: string, place: number): number {
    const { length } = text
    const at = this.#reserve(place, length)
    const bytes = this.#bytes
    bytes[at] = QUOTE
    const from = at + 1
    let written = 0
    if (length <= SHORT_TEXT) {
      for (; written < length; written++) {
        const code = text.charCodeAt(written)
        if (IS_PLAIN[code] === 0) break
        bytes[from + written] = code
      }
    } else if (!NOT_PLAIN.test(text)) written = bytes.write(text, from, 'latin1')
    if (written < length) return this.#escaped(text, at)
    bytes[from + length] = QUOTE
    return from + length + 1
  }

  #escaped(text: string, place: number): number {
    const json = JSON.stringify(text)
    const at = this.#reserve(place, Buffer.byteLength(json))
    return at + this.#bytes.write(json, at)
  }

  #key(name: string): Key {
    const before = this.#last
    let key = before.next
    if (key === undefined || key.name !== name) {
      key = this.#keys.get(name)
      if (key === undefined) {
        key = { name, bytes: Buffer.from(`,${JSON.stringify(name)}:`), next: undefined }
        if (this.#keys.size >= MAX_KEYS) this.#keys.clear()
        this.#keys.set(name, key)
      }
      before.next = key
    }
    this.#last = key
    return key
  }

  /** Room for so many bytes and a little more. What is written of the document may lie elsewhere afterwards. */
  #reserve(at: number, more: number): number {
    if (at + more + SLACK <= this.#bytes.length) return at
    const written = at - this.#start
    const larger = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, (written + more + SLACK) * 2))
    this.#bytes.copy(larger, 0, this.#start, at)
    this.#bytes = larger
    this.#start = 0
    this.#end = 0
    return written
  }
}

/** A copy of the outermost object; what lies in it is shared. */
function withTimesAsText(fields: Fields): Fields {
  const copy: Fields = { ...fields }
  for (const name in copy) {
    const value = copy[name]
    if (value instanceof Timestamp) copy[name] = value.toString()
  }
  return copy
}
