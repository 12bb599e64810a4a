import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { MAX_LONG } from '../../core/long.ts'
import { contentException, didYouMean, numberFormat, parsingException, tokenName, type Place } from './errors.ts'

/** Where a value stands: member `key` of `node`, within the query or aggregation `owner` of the request. */
export interface Member {
  readonly node: object
  readonly key: string | number
  readonly owner: string
}

/** Turns one JSON value of a request into what it means. @throws ElkhornError (400) */
export type Read<T> = (value: JsonValue, at: Member) => T

type Spec = Readonly<Record<string, Read<unknown>>>

/** What an object holds after reading: members that were absent are `undefined`. */
type ReadObject<S extends Spec> = { readonly [K in keyof S]: S[K] extends Read<infer T> ? T | undefined : never }

/** How the request's errors are worded: of query builders, or of the newer object parsers. */
export type ErrorStyle = 'query' | 'object'

/**
 * Reads the members that `spec` knows and refuses others by name.
 * @throws ElkhornError `parsing_exception` or `x_content_parse_exception` (400)
 */
export function readObject<const S extends Spec>(
  value: JsonValue,
  at: Member,
  spec: S,
  style: ErrorStyle = 'query',
): ReadObject<S> {
  const json = objectAt(value, at)
  const result: Record<string, unknown> = {}
  for (const key in spec) result[key] = undefined
  for (const [key, member] of Object.entries(json)) {
    const read = Object.hasOwn(spec, key) ? spec[key] : undefined
    if (!read) throw unknownMember(json, key, at.owner, Object.keys(spec), style)
    if (member === undefined) continue
    const place = { node: json, key, owner: at.owner }
    result[key] = style === 'object' ? readAsField(read, member, place) : read(member, place)
  }
  return result as ReadObject<S>
}

/** Around what is wrong within a field, object parsers say which one it was. */
export function readAsField<T>(read: Read<T>, value: JsonValue, at: Member): T {
  try {
    return read(value, at)
  } catch (error) {
    if (!(error instanceof ElkhornError)) throw error
    if (error instanceof WrongKind && error.at.node === at.node && error.at.key === at.key) {
      throw contentException(`[${at.owner}] ${at.key} doesn't support values of type: ${tokenName(value)}`, valuePlace(at))
    }
    throw contentException(`[${at.owner}] failed to parse field [${at.key}]`, valuePlace(at), error)
  }
}

export function unknownMember(node: JsonObject, key: string, owner: string, known: readonly string[], style: ErrorStyle): Error {
  if (style === 'object')
    return contentException(`[${owner}] unknown field [${key}]${didYouMean(key, known)}`, { node, part: { key } })
  const value = node[key]
  if (isJsonObject(value) || Array.isArray(value)) {
    return parsingException(`[${owner}] unknown token [${tokenName(value)}] after [${key}]`, { node, part: { value: key } })
  }
  return parsingException(`[${owner}] query does not support [${key}]`, { node, part: { value: key } })
}

export function objectAt(value: JsonValue, at: Member): JsonObject {
  if (isJsonObject(value)) return value
  throw parsingException(`[${at.owner}] query malformed, no start_object after query name`, valuePlace(at))
}

export function valuePlace({ node, key }: Member): Place {
  return { node, part: { value: key } }
}

/** Any JSON, as it is: for parts that are read later. */
export const raw: Read<JsonValue> = (value) => value

/** Strings, and numbers and booleans as their text. */
export const text: Read<string> = (value, at) => {
  if (typeof value === 'object') throw wrongKind(value, at)
  return String(value)
}

/** A string, or null for none. */
export const optionalText: Read<string | undefined> = (value, at) => (value === null ? undefined : text(value, at))

export const number: Read<number> = (value, at) => {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') throw wrongKind(value, at)
  if (!/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(value)) throw numberFormat(value)
  return Number(value)
}

/** Whole numbers; a fraction is cut off, as Java's parser does. */
export const int: Read<number> = (value, at) => {
  if (typeof value === 'string' && !/^[-+]?\d+$/.test(value)) throw numberFormat(value)
  const whole = Math.trunc(number(value, at))
  if (Math.abs(whole) > MAX_LONG) throw illegalArgument(`[${at.key}] value [${String(value)}] is out of range for a long`)
  return whole
}

export const bool: Read<boolean> = (value, at) => {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  if (typeof value === 'object') throw wrongKind(value, at)
  throw illegalArgument(`Failed to parse value [${String(value)}] as only [true] or [false] are allowed.`)
}

/** Multiplier of a score. */
export const boost: Read<number> = (value, at) => {
  const factor = number(value, at)
  if (factor >= 0) return factor
  throw illegalArgument(`negative [boost] are not allowed in [${at.owner}], use a value between 0 and 1 to deboost`)
}

/** A list, or one entry that stands for a list of it. */
export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) return [read(value, at)]
    return value.map((entry: JsonValue, index) => read(entry, { node: value, key: index, owner: at.owner }))
  }
}

/** One of some words, in upper or lower case. */
export function oneOf<const T extends string>(...words: readonly T[]): Read<T> {
  return (value, at) => {
    const given = text(value, at)
    const found = words.find((word) => word.toLowerCase() === given.toLowerCase())
    if (found !== undefined) return found
    throw illegalArgument(`[${at.owner}] does not know [${given}] as [${at.key}]; there are [${words.join(', ')}]`)
  }
}

export function wrongKind(value: JsonValue, at: Member): Error {
  return new WrongKind(value, at)
}

/** Of a list, an object or null, where none can stand. */
class WrongKind extends ElkhornError {
  readonly at: Member

  constructor(value: JsonValue, at: Member) {
    const { type, status, reason, details } = parsingException(
      `[${at.owner}] unknown token [${tokenName(value)}] after [${at.key}]`,
      valuePlace(at),
    )
    super(type, status, reason, { details })
    this.at = at
  }
}

/** The two members that every query may have. */
export const common = { boost, _name: text } as const satisfies Spec

/**
 * Reads a query that is about one field: `{ "field": value }` or `{ "field": { … } }`, where some members may stand beside
 * the field in the older form.
 */
export function singleField(
  value: JsonValue,
  at: Member,
  beside: readonly string[] = ['boost', '_name'],
): { readonly field: string; readonly value: JsonValue; readonly at: Member; readonly beside: JsonObject } {
  const json = objectAt(value, at)
  const names = Object.keys(json).filter((name) => !beside.includes(name))
  const [field, second] = names
  if (field === undefined) throw parsingException(`No field name was provided for [${at.owner}]`, { node: json, part: 'end' })
  if (second !== undefined) {
    throw parsingException(`[${at.owner}] query doesn't support multiple fields, found [${field}] and [${second}]`, {
      node: json,
      part: { value: second },
    })
  }
  const others: Record<string, JsonValue> = {}
  for (const name of beside) {
    const other = json[name]
    if (other !== undefined) others[name] = other
  }
  return { field, value: json[field] ?? null, at: { node: json, key: field, owner: at.owner }, beside: others }
}
