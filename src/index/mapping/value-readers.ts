import { hashText, histogramReader, joinReader, metricsReader, vectorReader, withoutAnnotations } from './special-readers.ts'
import { encodeVersion } from '../../query/version-order.ts'
import { dateFormat, DEFAULT_DATE_FORMAT, DEFAULT_NANOS_FORMAT } from '../../core/dates/date-format.ts'
import { GeoPointError, isOnEarth, parseGeoPoint } from '../../core/geo-point.ts'
import { GeoShapeError, parseShape, printWkt } from '../../core/geo-shape.ts'
import { parseIp } from '../../core/ip.ts'
import type { JsonValue } from '../../core/json.ts'
import { completionLetters } from '../../query/completion-letters.ts'
import type { FieldValue } from '../../query/field.ts'
import { endType } from '../../query/range-field.ts'
import { malformedDate, MalformedValue } from './malformed-value.ts'
import type { LeafMapping } from './mapping.ts'
import { printValue } from './parameters.ts'
import { rankFeature } from './rank-features.ts'
import { rangeReader } from './range-reader.ts'

/**
 * Reads one JSON value, which is no array and not null (a geo point sees arrays too), as a field's type holds it.
 * `undefined`: the value is left out, which is no fault (`ignore_above`, empty strings for numbers).
 * @throws MalformedValue
 */
export type ValueReader = (value: JsonValue) => FieldValue | undefined

/**
 * A whole number beyond 2^53 that was parsed as a double: its digits are lost. The document has to be parsed again, exactly,
 * which few ever need.
 */
export class InexactNumber extends Error {}

const inexact = new InexactNumber('a number has to be read exactly')

const isInexact = (value: number): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)

/** Bytes of UTF-8 that an indexed term may have (Lucene's limit, which clients know). */
const MAX_TERM_BYTES = 32_766

export function readerOf(leaf: LeafMapping, path: string): ValueReader {
  const { type, parameters } = leaf
  const coerce = parameters['coerce'] !== false
  switch (type) {
    case 'keyword':
    case 'wildcard':
      return keywordReader(path, limit(parameters['ignore_above']), type === 'keyword' && parameters['index'] !== false)
    case 'constant_keyword':
      return constantReader(parameters['value'])
    case 'text':
    case 'match_only_text':
      return (value) => toText(value)
    case 'long':
      return wholeReader('long', -(2 ** 63), 2 ** 63, coerce)
    case 'integer':
      return wholeReader('integer', -(2 ** 31), 2 ** 31 - 1, coerce)
    case 'short':
      return wholeReader('short', -32_768, 32_767, coerce)
    case 'byte':
      return wholeReader('byte', -128, 127, coerce)
    case 'unsigned_long':
      return readUnsignedLong
    case 'double':
      return (value) => finite(toDouble(value, coerce), 'double', value)
    case 'float':
      return (value) => finite(round(toDouble(value, coerce)), 'float', value)
    case 'half_float':
      return (value) => finite(roundToHalf(toDouble(value, coerce)), 'half_float', value)
    case 'scaled_float':
      return scaledReader(Number(parameters['scaling_factor']), coerce)
    case 'boolean':
      return readBoolean
    case 'date':
      return dateReader(typeof parameters['format'] === 'string' ? parameters['format'] : DEFAULT_DATE_FORMAT)
    case 'date_nanos':
      return nanosReader(typeof parameters['format'] === 'string' ? parameters['format'] : DEFAULT_NANOS_FORMAT)
    case 'ip':
      return readIp
    case 'geo_point':
      return geoReader(path, parameters['ignore_malformed'] === true, parameters['ignore_z_value'] !== false)
    case 'geo_shape':
      return readShape
    case 'search_as_you_type':
    case 'counted_keyword':
      return type === 'counted_keyword' ? keywordReader(path, limit(parameters['ignore_above']), false) : (value) => toText(value)
    case 'annotated_text':
      return (value) => withoutAnnotations(toText(value) ?? '')
    case 'version':
      return (value) => {
        const text = toText(value)
        return text === undefined ? undefined : encodeVersion(text)
      }
    case 'join':
      return joinReader(parameters['relations'], path)
    case 'token_count':
      return (value) => toText(value)
    case 'murmur3':
      return (value) => hashText(toText(value) ?? '')
    case 'aggregate_metric_double':
      return metricsReader(path, parameters['metrics'])
    case 'dense_vector':
      return vectorReader(path, parameters['dims'], parameters['element_type'])
    case 'histogram':
      return histogramReader(path)
    case 'sparse_vector':
    case 'rank_vectors':
    case 'semantic_text':
    case 'point':
    case 'shape':
    case 'percolator':
      return () => true
    case 'integer_range':
    case 'long_range':
    case 'float_range':
    case 'double_range':
    case 'date_range':
    case 'ip_range':
      return rangeReader(type, path, parameters['format'], readerOf({ ...leaf, type: endType(type) }, path))
    case 'binary':
      return parameters['store'] === true || parameters['doc_values'] === true ? readBinary : readUnkeptBinary
    case 'rank_feature':
      return (value) => rankFeature(value, path, parameters['positive_score_impact'] === false)
    case 'flattened':
    case 'rank_features':
      return (value) => toText(value)
    case 'completion':
      return (value) => {
        const text = toText(value)
        return text === undefined ? undefined : completionLetters(text)
      }
    default:
      return unreachableType(type)
  }
}

function readShape(value: JsonValue): string {
  try {
    return printWkt(parseShape(value))
  } catch (error) {
    if (error instanceof GeoShapeError) throw new MalformedValue(error.message)
    throw error
  }
}

function unreachableType(type: never): never {
  throw new Error(`no reader for the field type ${String(type)}`)
}

const limit = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : Number.MAX_SAFE_INTEGER)

function toText(value: JsonValue): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      if (isInexact(value)) throw inexact
      return String(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      throw new MalformedValue("Can't get text on a START_OBJECT", 'illegal_state_exception')
  }
}

function keywordReader(path: string, ignoreAbove: number, indexed: boolean): ValueReader {
  return (value) => {
    const text = typeof value === 'string' ? value : toText(value)
    if (text === undefined || text.length > ignoreAbove) return undefined
    if (indexed && text.length * 3 > MAX_TERM_BYTES && Buffer.byteLength(text) > MAX_TERM_BYTES) throw immenseTerm(path, text)
    return text
  }
}

function immenseTerm(path: string, text: string): MalformedValue {
  const prefix = [...new Int8Array(Buffer.from(text.slice(0, 30)).subarray(0, 30))].join(', ')
  return new MalformedValue(
    `Document contains at least one immense term in field="${path}" (whose UTF8 encoding is longer than the max length ${MAX_TERM_BYTES}), ` +
      'all of which were skipped.  Please correct the analyzer to not produce such terms.  ' +
      `The prefix of the first immense term is: '[${prefix}]...'`,
  )
}

function constantReader(constant: JsonValue | undefined): ValueReader {
  return (value) => {
    const text = toText(value)
    if (constant !== undefined && text !== constant) {
      throw new MalformedValue(
        `[constant_keyword] field only accepts values that are equal to the value defined in the mappings [${printValue(constant)}], but got [${text}]`,
      )
    }
    return text
  }
}

/** `max` of a long is 2^63 itself as a double: what is compared exactly then are bigints. */
function wholeReader(type: string, min: number, max: number, coerce: boolean): ValueReader {
  const isLong = type === 'long'
  const article = type === 'integer' ? 'an' : 'a'
  const outOfRange = (value: JsonValue): MalformedValue =>
    new MalformedValue(`Value [${printValue(value)}] is out of range for ${article} ${type}`)
  const fromBigint = (value: bigint): number | bigint => {
    if (!isLong || value < MIN_LONG || value > MAX_LONG) throw outOfRange(value)
    return value >= MIN_SAFE && value <= MAX_SAFE ? Number(value) : value
  }
  const fromNumber = (number: number, value: JsonValue): number | bigint => {
    if (Number.isSafeInteger(number)) {
      if (number < min || number > max) throw outOfRange(value)
      return number
    }
    if (!Number.isFinite(number)) throw outOfRange(value)
    if (isInexact(number) && typeof value === 'number') throw inexact
    if (!Number.isInteger(number)) {
      if (!coerce) throw new MalformedValue(`Value [${printValue(value)}] has a decimal part`)
      const whole = Math.trunc(number)
      if (whole < min || whole > max) throw outOfRange(value)
      // `-0.5` becomes 0, not -0.
      return whole + 0
    }
    return fromBigint(BigInt(number))
  }
  return (value) => {
    switch (typeof value) {
      case 'number':
        return fromNumber(value, value)
      case 'bigint':
        return fromBigint(value)
      case 'string': {
        if (!coerce) throw new MalformedValue(`${isLong ? 'Long' : 'Integer'} value passed as String`)
        if (value === '') return undefined
        if (/^[-+]?\d+$/.test(value)) {
          const number = Number(value)
          return Number.isSafeInteger(number) ? fromNumber(number, value) : fromBigint(BigInt(value))
        }
        return fromNumber(parseDouble(value, isLong ? 'illegal_argument_exception' : 'number_format_exception'), value)
      }
      default:
        throw notNumeric(value)
    }
  }
}

const MIN_LONG = -(2n ** 63n)
const MAX_LONG = 2n ** 63n - 1n
const MAX_UNSIGNED_LONG = 2n ** 64n - 1n
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER)
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

function notNumeric(value: JsonValue): MalformedValue {
  const token = typeof value === 'boolean' ? `VALUE_${value ? 'TRUE' : 'FALSE'}` : 'START_OBJECT'
  return new MalformedValue(`Current token (${token}) not numeric, can not use numeric value accessors`)
}

function readUnsignedLong(value: JsonValue): number | bigint | undefined {
  const outOfRange = (): MalformedValue => new MalformedValue(`Value [${printValue(value)}] is out of range for unsigned long`)
  if (value === '') return undefined
  if (typeof value === 'boolean' || typeof value === 'object') throw notNumeric(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    if (value < 0) throw outOfRange()
    return value
  }
  let whole: bigint
  if (typeof value === 'bigint') whole = value
  else if (typeof value === 'string' && /^\d+$/.test(value)) whole = BigInt(value)
  else {
    const number = typeof value === 'number' ? value : parseDouble(value)
    if (typeof value === 'number' && isInexact(value)) throw inexact
    if (!Number.isInteger(number)) throw new MalformedValue(`Value "${printValue(value)}" has a decimal part`)
    whole = BigInt(number)
  }
  if (whole < 0n || whole > MAX_UNSIGNED_LONG) throw outOfRange()
  return whole <= MAX_SAFE ? Number(whole) : whole
}

function toDouble(value: JsonValue, coerce: boolean): number | undefined {
  switch (typeof value) {
    case 'number':
      return value
    case 'bigint':
      return Number(value)
    case 'string':
      if (!coerce) throw new MalformedValue('Double value passed as String')
      return value === '' ? undefined : parseDouble(value)
    default:
      throw notNumeric(value)
  }
}

/** Java's reading of a floating point number: no blanks inside, no hex, `NaN` and `Infinity` by name. */
function parseDouble(text: string, errorType = 'number_format_exception'): number {
  if (!/^\s*[-+]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[fFdD]?)\s*$/.test(text)) {
    throw new MalformedValue(`For input string: "${text}"`, errorType)
  }
  return Number(text.trim().replace(/[fFdD]$/, ''))
}

function finite(number: number | undefined, type: string, value: JsonValue): number | undefined {
  if (number === undefined || Number.isFinite(number)) return number
  throw new MalformedValue(`[${type}] supports only finite values, but got [${printValue(value)}]`)
}

const round = (value: number | undefined): number | undefined => (value === undefined ? undefined : Math.fround(value))

const HALF_FLOAT_MAX = 65_504

/** Nearest value of IEEE 754 binary16, ties to even; beyond its range infinite. */
function roundToHalf(value: number | undefined): number | undefined {
  if (value === undefined || !Number.isFinite(value) || value === 0) return value
  const magnitude = Math.abs(value)
  // Eleven bits of precision above 2^-14, a fixed step of 2^-24 below.
  const step = magnitude < 2 ** -14 ? 2 ** -24 : 2 ** (Math.floor(Math.log2(magnitude)) - 10)
  const steps = magnitude / step
  const floor = Math.floor(steps)
  const rest = steps - floor
  const rounded = (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor) * step
  return Math.sign(value) * (rounded > HALF_FLOAT_MAX ? Infinity : rounded)
}

function scaledReader(scalingFactor: number, coerce: boolean): ValueReader {
  return (value) => {
    const number = finite(toDouble(value, coerce), 'scaled_float', value)
    if (number === undefined) return undefined
    const scaled = roundHalfUp(number * scalingFactor)
    return scaled / scalingFactor
  }
}

/** Java's `Math.round`: halves go up, also below zero. */
const roundHalfUp = (value: number): number => (Math.abs(value) < 2 ** 52 ? Math.floor(value + 0.5) : value)

function readBoolean(value: JsonValue): boolean {
  if (value === true || value === false) return value
  if (value === 'true') return true
  if (value === 'false' || value === '') return false
  throw new MalformedValue(`Failed to parse value [${printValue(value)}] as only [true] or [false] are allowed.`)
}

function dateReader(pattern: string): ValueReader {
  const format = dateFormat(pattern)
  // A plain number of more digits than a year has can only be epoch milliseconds.
  const takesMillis = pattern === DEFAULT_DATE_FORMAT || pattern === 'epoch_millis'
  return (value) => {
    if (typeof value === 'string') {
      const instant = format.parse(value)
      if (Number.isNaN(instant)) throw malformedDate(value, pattern)
      return instant
    }
    if (typeof value === 'number') {
      if (takesMillis && Number.isSafeInteger(value) && (value > 99_999 || value < 0)) return value
      const instant = format.parse(String(value))
      if (Number.isNaN(instant)) throw malformedDate(value, pattern)
      return instant
    }
    throw malformedDate(value, pattern)
  }
}

function nanosReader(pattern: string): ValueReader {
  const format = dateFormat(pattern)
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') throw malformedDate(value, pattern)
    const nanos = format.parseNanos(String(value))
    if (nanos === undefined) throw malformedDate(value, pattern)
    if (nanos < 0n) {
      throw new MalformedValue(`date[${String(value)}] is before the epoch in 1970 and cannot be stored in nanosecond resolution`)
    }
    if (nanos > MAX_LONG) {
      throw new MalformedValue(
        `date[${String(value)}] is after 2262-04-11T23:47:16.854775807 and cannot be stored in nanosecond resolution`,
      )
    }
    return nanos
  }
}

function readIp(value: JsonValue): Uint8Array {
  const bytes = typeof value === 'string' ? parseIp(value) : undefined
  if (!bytes) throw new MalformedValue(`'${printValue(value)}' is not an IP string literal.`)
  return bytes
}

function geoReader(path: string, ignoreMalformed: boolean, ignoreZ: boolean): ValueReader {
  return (value) => {
    try {
      if (!ignoreZ && Array.isArray(value) && value.length > 2) {
        throw new MalformedValue(
          `Exception parsing coordinates: found Z value [${printValue(value[2])}] but [ignore_z_value] parameter is [false]`,
        )
      }
      const point = parseGeoPoint(value)
      if (isOnEarth(point)) return point
      const [name, bad] = Math.abs(point.lat) > 90 ? ['latitude', point.lat] : ['longitude', point.lon]
      if (ignoreMalformed) throw new MalformedValue(`illegal ${name} value [${bad}]`)
      throw new MalformedValue(`illegal ${name} value [${bad}] for ${path}`)
    } catch (error) {
      if (error instanceof GeoPointError) throw new MalformedValue(error.message, 'parse_exception')
      throw error
    }
  }
}

function readBinary(value: JsonValue): Uint8Array {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value.replaceAll(/\s/g, ''))) {
    throw new MalformedValue('The value of a binary field must be text in Base64')
  }
  return Buffer.from(value, 'base64')
}

/** Nobody looks at what is neither stored nor in doc values: it may be any single value. */
function readUnkeptBinary(value: JsonValue): Uint8Array | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? undefined : readBinary(value)
}

/** `null_value` as its field would read it, or what is wrong with it. */
export function readNullValue(leaf: LeafMapping, read: ValueReader): FieldValue | undefined {
  const value = leaf.parameters['null_value']
  return value === undefined || value === null ? undefined : read(value)
}
