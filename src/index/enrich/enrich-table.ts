import { GeoShapeError, parseShape, type Shape } from '../../core/geo-shape.ts'
import { fieldText, printValue } from '../../core/event-json.ts'
import type { Fields, FieldValue } from '../../core/event.ts'
import { parseIp } from '../../core/ip.ts'
import type { JsonValue } from '../../core/json.ts'
import type { EnrichTable, ShapeRelationName } from '../../core/enrich-table.ts'
import type { RangeValue } from '../../query/field.ts'
import { compareEnds, type RangeType } from '../../query/range-field.ts'
import { isRelatedShape } from '../../query/shape-relation.ts'
import { MalformedValue } from '../mapping/malformed-value.ts'
import { rangeReader } from '../mapping/range-reader.ts'

/** A document to enrich others with: the values of its match field, and what is handed over. */
export interface EnrichEntry {
  readonly keys: readonly FieldValue[]
  readonly fields: Fields
}

/** Finds entries whose match field holds the value itself. */
export function matchTable(entries: readonly EnrichEntry[]): EnrichTable {
  const byKey = new Map<string, Fields[]>()
  for (const { keys, fields } of entries) {
    for (const key of new Set(keys.map(fieldText))) {
      const known = byKey.get(key)
      if (known) known.push(fields)
      else byKey.set(key, [fields])
    }
  }
  return {
    type: 'match',
    size: entries.length,
    find: (value, max) => {
      // A document with several values finds what any of them does, each once.
      const found = new Set(listOf(value).flatMap((one) => byKey.get(fieldText(one)) ?? []))
      return [...found].slice(0, max)
    },
  }
}

interface Ranged {
  readonly range: RangeValue
  readonly fields: Fields
  /** Where this one and all before it end at the latest. */
  endsAtMost: RangeValue['to']
}

/** Finds entries whose range holds the value. Ranges that cannot be read are left out. */
export function rangeTable(entries: readonly EnrichEntry[], type: RangeType, format: string | undefined): EnrichTable {
  const read = rangeReader(type, 'match_field', format, (value) =>
    type === 'ip_range' ? parseIp(String(value)) : numberOf(value, type),
  )
  const rangeOf = (value: JsonValue): RangeValue | undefined => {
    try {
      return read(value)
    } catch (error) {
      if (error instanceof MalformedValue) return undefined
      throw error
    }
  }
  const ranges: Ranged[] = entries
    .flatMap(({ keys, fields }) =>
      keys.flatMap((key) => {
        const range = rangeOf(plainJson(key))
        return range === undefined ? [] : [{ range, fields, endsAtMost: range.to }]
      }),
    )
    .toSorted((a, b) => compareEnds(a.range.from, b.range.from))
  for (const [at, entry] of ranges.entries()) {
    const before = ranges[at - 1]
    if (before !== undefined && compareEnds(before.endsAtMost, entry.endsAtMost) > 0) entry.endsAtMost = before.endsAtMost
  }
  const findOne = (value: FieldValue): Fields[] => {
    const plain = plainJson(value)
    const point = rangeOf({ gte: plain, lte: plain })
    if (point === undefined || (type === 'ip_range' && parseIp(String(plain)) === undefined)) return []
    const found: Fields[] = []
    // Backwards from the last that begins before the value, until none before can reach it.
    for (let at = lastNotAfter(ranges, point.from); at >= 0; at--) {
      const entry = ranges[at]
      if (entry === undefined || compareEnds(entry.endsAtMost, point.from) < 0) break
      if (compareEnds(entry.range.to, point.from) >= 0) found.push(entry.fields)
    }
    return found.toReversed()
  }
  return { type: 'range', size: entries.length, find: (value, max) => [...new Set(listOf(value).flatMap(findOne))].slice(0, max) }
}

/** Index of the last range that does not begin behind the value; -1 where all do. */
function lastNotAfter(ranges: readonly Ranged[], value: RangeValue['from']): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    const { range } = ranges[middle] ?? { range: undefined }
    if (range !== undefined && compareEnds(range.from, value) <= 0) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Finds entries whose shape lies so to that of the document, as the processor asks. */
export function shapeTable(entries: readonly EnrichEntry[]): EnrichTable {
  const shapes = entries.flatMap(({ keys, fields }) =>
    keys.flatMap((key) => {
      const shape = shapeOf(key)
      return shape === undefined ? [] : [{ shape, fields }]
    }),
  )
  return {
    type: 'geo_match',
    size: entries.length,
    find: (value, max, relation: ShapeRelationName = 'intersects') => {
      const asked = shapeOf(value)
      if (asked === undefined) return []
      const found: Fields[] = []
      for (const { shape, fields } of shapes) {
        if (found.length >= max) break
        if (isRelatedShape(shape, asked, relation)) found.push(fields)
      }
      return found
    },
  }
}

/** A shape, or a point as `geo_point` fields have it: `lat,lon`, `[lon, lat]`, `{ lat, lon }`. */
function shapeOf(value: FieldValue): Shape | undefined {
  const plain = plainJson(value)
  const [, lat, lon] = typeof plain === 'string' ? (/^\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*$/.exec(plain) ?? []) : []
  if (lat !== undefined && lon !== undefined) return { type: 'Point', point: { lat: Number(lat), lon: Number(lon) } }
  if (typeof plain === 'object' && plain !== null) {
    const given = plain as { readonly lat?: unknown; readonly lon?: unknown; readonly [at: number]: unknown }
    const [latitude, longitude] = Array.isArray(plain) ? [given[1], given[0]] : [given.lat, given.lon]
    if (typeof latitude === 'number' && typeof longitude === 'number')
      return { type: 'Point', point: { lat: latitude, lon: longitude } }
  }
  try {
    return parseShape(plain)
  } catch (error) {
    if (error instanceof GeoShapeError) return undefined
    throw error
  }
}

function listOf(value: FieldValue): readonly FieldValue[] {
  return Array.isArray(value) ? value : [value]
}

function numberOf(value: JsonValue, type: RangeType): number | bigint {
  const text = String(value)
  if (type === 'long_range' && /^-?\d{16,19}$/.test(text)) return BigInt(text)
  const number = Number(text)
  if (text === '' || Number.isNaN(number)) throw new MalformedValue(`[${text}] is no number`)
  return number
}

/** Numbers with a fraction are objects in events. */
function plainJson(value: FieldValue): JsonValue {
  return JSON.parse(printValue(value)) as JsonValue
}
