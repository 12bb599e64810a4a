import { dateFormat, DEFAULT_DATE_FORMAT } from '../../core/dates/date-format.ts'
import { isDateMath, parseDateMath } from '../../core/dates/date-math.ts'
import { ElkhornError } from '../../core/errors.ts'
import { formatIp, parseIpBlock } from '../../core/ip.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { RangeEnd, RangeValue } from '../../query/field.ts'
import { compareEnds, endType, limitsOf, neighbour, type RangeType } from '../../query/range-field.ts'
import { malformedDate, MalformedValue } from './malformed-value.ts'
import { printValue } from './parameters.ts'

/** Reads one end; `roundUp`: the last instant that a date covers. */
type EndReader = (value: JsonValue, roundUp: boolean) => RangeEnd | undefined

/** `{ "gte": 10, "lt": 20 }`, ends left out are open; addresses also as a block, `10.0.0.0/8`. */
export function rangeReader(
  type: RangeType,
  path: string,
  format: JsonValue | undefined,
  readEnd: (value: JsonValue) => unknown,
): (value: JsonValue) => RangeValue {
  const end: EndReader =
    type === 'date_range'
      ? dateEnd(typeof format === 'string' ? format : DEFAULT_DATE_FORMAT)
      : (value) => readEnd(value) as RangeEnd | undefined
  return (value) => {
    if (isJsonObject(value)) return readRange(value, type, path, end)
    if (type === 'ip_range' && typeof value === 'string') return readBlock(value)
    throw new MalformedValue(`error parsing field [${path}], expected an object but got ${path.slice(path.lastIndexOf('.') + 1)}`)
  }
}

function readRange(
  object: { readonly [name: string]: JsonValue | undefined },
  type: RangeType,
  path: string,
  end: EndReader,
): RangeValue {
  const limits = limitsOf(type)
  let { from, to } = limits
  for (const [name, given] of Object.entries(object)) {
    const isLower = name === 'gte' || name === 'gt'
    if (!isLower && name !== 'lte' && name !== 'lt')
      throw new MalformedValue(`error parsing field [${path}], with unknown parameter [${name}]`)
    if (given === null || given === undefined) continue
    // `gt` and `lte` begin and end behind all that a date covers.
    const value = end(given, name === 'gt' || name === 'lte')
    if (value === undefined) continue
    const direction = name === 'gt' ? 1 : name === 'lt' ? -1 : undefined
    const included = direction === undefined ? value : neighbour(value, type, direction)
    if (included === undefined) throw reversed(isLower ? value : limits.from, isLower ? limits.to : value)
    if (isLower) from = included
    else to = included
  }
  if (compareEnds(from, to) > 0) throw reversed(from, to)
  return { from, to }
}

function reversed(from: RangeEnd, to: RangeEnd): MalformedValue {
  if (from instanceof Uint8Array || to instanceof Uint8Array)
    return new MalformedValue('min value cannot be greater than max value for InetAddressRange field')
  return new MalformedValue(`min value (${from}) is greater than max value (${to})`)
}

function readBlock(text: string): RangeValue {
  const block = parseIpBlock(text)
  if (!block) throw new MalformedValue(`Expected [ip/prefix] but was [${text}]`)
  return { from: block.first, to: block.last }
}

function dateEnd(pattern: string): EndReader {
  const format = dateFormat(pattern)
  return (value, roundUp) => {
    if (typeof value !== 'string' && typeof value !== 'number') throw malformedDate(value, pattern)
    const text = String(value)
    const instant = isDateMath(text) ? mathInstant(text, pattern, roundUp) : format.parse(text, { roundUp })
    if (Number.isNaN(instant)) throw malformedDate(value, pattern)
    return instant
  }
}

function mathInstant(text: string, pattern: string, roundUp: boolean): number {
  if (text.startsWith('now')) throw new MalformedValue('now is not used at indexing time')
  try {
    return parseDateMath(text, { format: dateFormat(pattern), now: 0, roundUp })
  } catch (error) {
    throw error instanceof ElkhornError ? malformedDate(text, pattern) : error
  }
}

/** A range as it stood in its document, dates in another format where one is asked for; blocks of addresses as blocks. */
export function printRange(
  raw: JsonValue,
  type: RangeType,
  printDate: (instant: number) => string,
  read: (value: JsonValue) => RangeValue,
): JsonValue {
  if (!isJsonObject(raw)) return type === 'ip_range' && typeof raw === 'string' ? printBlock(raw) : raw
  if (type !== 'date_range' && endType(type) !== 'ip') return raw
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      if (value === null || value === undefined) return [name, null]
      const { from } = read({ gte: value })
      return [name, from instanceof Uint8Array ? formatIp(from) : printDate(Number(from))]
    }),
  )
}

function printBlock(text: string): string {
  const block = parseIpBlock(text)
  return block ? `${formatIp(block.first)}/${block.prefixLength}` : printValue(text)
}
