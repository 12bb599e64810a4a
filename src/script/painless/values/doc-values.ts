import { textFieldDataReason } from '../../../core/errors.ts'
import { findTimeZone } from '../../../core/dates/time-zone.ts'
import { illegalArgument, illegalState, unsupported } from '../java-error.ts'
import { BigInteger } from './big-integer.ts'
import { JavaList } from './collections.ts'
import { MAX_LONG } from './long.ts'
import { JavaMap } from './maps.ts'
import { DOC_DATE, fromNanos, ZonedDateTime } from './temporal.ts'
import { boxDouble, boxLong, JavaObject, type Value } from './value.ts'

/** What scripts see in the values of a field; `text`: nothing, it has none. */
export type DocKind = 'long' | 'unsigned' | 'double' | 'date' | 'date_nanos' | 'string' | 'ip' | 'boolean' | 'geo' | 'text'

/** Dates are epoch milliseconds or nanoseconds, addresses their text. */
export type DocValue = string | number | bigint | boolean | { readonly lat: number; readonly lon: number }

/** The values of one document after the other. */
export interface DocSource {
  /** `undefined` for a field that is not mapped. */
  kindOf(path: string): DocKind | undefined
  /** Of the document of this moment, sorted as doc values are. */
  load(path: string): readonly DocValue[]
}

const CLASSES: Readonly<Record<DocKind, string>> = {
  long: 'Longs',
  unsigned: 'UnsignedLongs',
  double: 'Doubles',
  date: 'Dates',
  date_nanos: 'Dates',
  string: 'Strings',
  ip: 'Strings',
  boolean: 'Booleans',
  geo: 'GeoPoints',
  text: 'Strings',
}

export const DOC_VALUES = 'org.opensearch.index.fielddata.ScriptDocValues'

/** A point of a document. */
export class GeoPointValue extends JavaObject {
  readonly lat: number
  readonly lon: number
  constructor(lat: number, lon: number) {
    super()
    this.lat = lat
    this.lon = lon
  }
  get className(): string {
    return 'org.opensearch.common.geo.GeoPoint'
  }
  toText(): string {
    return `${this.lat}, ${this.lon}`
  }
  override equalTo(other: Value): boolean {
    return other instanceof GeoPointValue && other.lat === this.lat && other.lon === this.lon
  }
  override toJson(): Value {
    return { lat: boxDouble(this.lat), lon: boxDouble(this.lon) }
  }
}

const utc = findTimeZone('Z') ?? findTimeZone('UTC')
const NANOS_PER_MILLI = 1_000_000
const MS_PER_DAY = 86_400_000

function dateOf(ms: number): ZonedDateTime {
  if (!utc) throw new Error('there is no UTC')
  const day = Math.floor(ms / MS_PER_DAY)
  return ZonedDateTime.ofInstant({ day, nano: (ms - day * MS_PER_DAY) * NANOS_PER_MILLI }, utc, DOC_DATE)
}

function boxOf(kind: DocKind, value: DocValue): Value {
  if (typeof value === 'object') return new GeoPointValue(value.lat, value.lon)
  switch (kind) {
    case 'double':
      return typeof value === 'number' ? boxDouble(value) : value
    case 'date':
      return dateOf(Number(value))
    case 'date_nanos':
      if (!utc) throw new Error('there is no UTC')
      return ZonedDateTime.ofInstant(fromNanos(BigInt(value)), utc, DOC_DATE)
    case 'unsigned':
      // As Elasticsearch has it: a Long where it fits, so that scripts can calculate with it.
      return BigInt(value) > MAX_LONG ? new BigInteger(BigInt(value)) : boxLong(BigInt(value))
    case 'long':
      return typeof value === 'number' || typeof value === 'bigint' ? boxLong(value) : value
    default:
      return value
  }
}

/** `doc['field']`: one object for all documents, which always shows the current one's values. */
export class DocValues extends JavaList {
  readonly className: string
  readonly #kind: DocKind
  readonly #load: () => readonly DocValue[]
  readonly #moment: () => number
  #boxed: readonly Value[] = []
  #boxedAt = -1

  constructor(kind: DocKind, load: () => readonly DocValue[], moment: () => number) {
    super()
    this.className = `${DOC_VALUES}.${CLASSES[kind]}`
    this.#kind = kind
    this.#load = load
    this.#moment = moment
  }

  get items(): readonly Value[] {
    const moment = this.#moment()
    if (this.#boxedAt !== moment) {
      this.#boxed = this.#load().map((value) => boxOf(this.#kind, value))
      this.#boxedAt = moment
    }
    return this.#boxed
  }

  override get size(): number {
    return this.#load().length
  }

  /** @throws JavaError where the document has none */
  first(): Value {
    const value = this.#load()[0]
    if (value === undefined && this.#kind === 'ip') return null
    if (value === undefined) {
      throw illegalState(
        "A document doesn't have a value for a field! Use doc[<field>].size()==0 to check if a document is missing a field!",
      )
    }
    return boxOf(this.#kind, value)
  }

  edit(): never {
    throw unsupported('doc values are unmodifiable')
  }
}

/** `doc`: the fields of the current document. */
export class DocMap extends JavaMap {
  readonly #source: DocSource
  readonly #known = new Map<string, DocValues>()
  #moment = 0

  constructor(source: DocSource) {
    super()
    this.#source = source
  }

  /** Another document is the current one. */
  next(): void {
    this.#moment++
  }

  get className(): string {
    return 'org.opensearch.search.lookup.LeafDocLookup'
  }
  get size(): number {
    throw unsupported()
  }
  get(key: Value): Value {
    const path = String(key)
    let values = this.#known.get(path)
    if (values === undefined) {
      const kind = this.#source.kindOf(path)
      if (kind === undefined) throw illegalArgument(`No field found for [${path}] in mapping`)
      if (kind === 'text') throw illegalArgument(textFieldDataReason(path))
      values = new DocValues(
        kind,
        () => this.#source.load(path),
        () => this.#moment,
      )
      this.#known.set(path, values)
    }
    return values
  }
  has(key: Value): boolean {
    return this.#source.kindOf(String(key)) !== undefined
  }
  put(): never {
    throw unsupported()
  }
  delete(): never {
    throw unsupported()
  }
  clear(): never {
    throw unsupported()
  }
  snapshot(): never {
    throw unsupported()
  }
}
