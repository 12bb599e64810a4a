import { GeoPointError, isOnEarth, parseGeoPoint } from '../../core/geo-point.ts'
import { boxShape, printWkt, type Shape } from '../../core/geo-shape.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { anyOf, withBoost } from '../bind/combine.ts'
import { queryShardException, type BindContext } from '../bind/context.ts'
import type { Field, GeoPoint } from '../field.ts'
import { parsingException } from './errors.ts'
import { bool, boost, listOf, number, objectAt, oneOf, readObject, text, type Member } from './reading.ts'

/** `{ "geo_distance": { "distance": "10km", "location": { "lat": 52.5, "lon": 13.4 } } }` */
export interface GeoDistanceQuery {
  readonly kind: 'geo_distance'
  readonly field: string
  readonly center: GeoPoint
  readonly distanceMeters: number
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
}

/** `{ "geo_bounding_box": { "location": { "top_left": …, "bottom_right": … } } }` */
export interface GeoBoundingBoxQuery {
  readonly kind: 'geo_bounding_box'
  readonly field: string
  readonly topLeft: GeoPoint
  readonly bottomRight: GeoPoint
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
}

const geoCommon = {
  validation_method: oneOf('strict', 'coerce', 'ignore_malformed'),
  ignore_unmapped: bool,
  boost,
  _name: text,
} as const

/** Splits off the members that are known; what is left is the field (or, as `field.lat`, a part of it). */
function splitField(
  node: JsonObject,
  known: readonly string[],
  owner: string,
): { field: string; value: JsonValue; rest: JsonObject } {
  const rest: Record<string, JsonValue> = {}
  let found: { field: string; value: JsonValue } | undefined
  for (const [key, value] of Object.entries(node)) {
    if (value === undefined) continue
    if (known.includes(key)) rest[key] = value
    else if (found)
      throw parsingException(`[${owner}] query doesn't support multiple fields, found [${found.field}] and [${key}]`, {
        node,
        part: { value: key },
      })
    else found = { field: key, value }
  }
  if (!found) throw parsingException(`${owner} requires a geo_point field`, { node, part: 'end' })
  return { ...found, rest }
}

export function parseGeoDistance(json: JsonValue, at: Member): GeoDistanceQuery {
  const node = joinLatLon(objectAt(json, at))
  const spec = { ...geoCommon, distance: text, unit: text, distance_type: oneOf('arc', 'plane') }
  const { field, value, rest } = splitField(node, Object.keys(spec), at.owner)
  const read = readObject(rest, at, spec)
  if (read.distance === undefined)
    throw parsingException('geo_distance requires [distance] to be set', { node: objectAt(json, at), part: 'end' })
  const distanceMeters = parseDistance(read.distance, read.unit ?? 'm')
  if (distanceMeters <= 0) throw illegalArgument('distance must be greater than zero')
  return {
    kind: 'geo_distance',
    field,
    center: geoPoint(value, at.owner),
    distanceMeters,
    ignoreUnmapped: read.ignore_unmapped ?? false,
    boost: read.boost,
  }
}

/** The older form `"location.lat": 1, "location.lon": 2`. */
function joinLatLon(node: JsonObject): JsonObject {
  const lat = Object.keys(node).find((key) => key.endsWith('.lat'))
  const field = lat?.slice(0, -'.lat'.length)
  if (lat === undefined || field === undefined || node[`${field}.lon`] === undefined) return node
  const { [lat]: latitude, [`${field}.lon`]: longitude, ...rest } = node
  return { ...rest, [field]: { lat: latitude, lon: longitude } }
}

export function parseGeoBoundingBox(json: JsonValue, at: Member): GeoBoundingBoxQuery {
  const node = objectAt(json, at)
  const spec = { ...geoCommon, type: text }
  const { field, value, rest } = splitField(node, Object.keys(spec), at.owner)
  const read = readObject(rest, at, spec)
  if (!isJsonObject(value))
    throw parsingException(`failed to parse [geo_bounding_box] query. unexpected value of [${field}]`, {
      node,
      part: { value: field },
    })
  const { topLeft, bottomRight } = readBox(value, { node, key: field, owner: at.owner })
  if (topLeft.lat < bottomRight.lat) {
    throw illegalArgument(`top is below bottom corner: ${topLeft.lat} vs. ${bottomRight.lat}`)
  }
  return {
    kind: 'geo_bounding_box',
    field,
    topLeft,
    bottomRight,
    ignoreUnmapped: read.ignore_unmapped ?? false,
    boost: read.boost,
  }
}

export interface GeoBox {
  readonly topLeft: GeoPoint
  readonly bottomRight: GeoPoint
}

function readBox(value: JsonObject, at: Member): GeoBox {
  const wkt = value['wkt']
  if (typeof wkt === 'string') return parseBBox(wkt)
  const corner = (...names: readonly string[]): GeoPoint | undefined => {
    const name = names.find((one) => value[one] !== undefined)
    return name === undefined ? undefined : geoPoint(value[name] ?? null, at.owner)
  }
  const topLeft = corner('top_left', 'topLeft')
  const bottomRight = corner('bottom_right', 'bottomRight')
  if (topLeft && bottomRight) return { topLeft, bottomRight }
  const topRight = corner('top_right', 'topRight')
  const bottomLeft = corner('bottom_left', 'bottomLeft')
  if (topRight && bottomLeft) {
    return { topLeft: { lat: topRight.lat, lon: bottomLeft.lon }, bottomRight: { lat: bottomLeft.lat, lon: topRight.lon } }
  }
  const sides = readObject(value, at, { top: number, left: number, bottom: number, right: number })
  const { top, left, bottom, right } = sides
  if (top === undefined || left === undefined || bottom === undefined || right === undefined) {
    throw parsingException(`[${at.owner}] needs two opposite corners, or all of [top, left, bottom, right]`, {
      node: value,
      part: 'end',
    })
  }
  return { topLeft: { lat: top, lon: left }, bottomRight: { lat: bottom, lon: right } }
}

function parseBBox(wkt: string): GeoBox {
  const match =
    /^\s*(?:BBOX|ENVELOPE)\s*\(\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)\s*\)\s*$/i.exec(wkt)
  const [west, east, north, south] = (match ?? []).slice(1).map(Number)
  if (west === undefined || east === undefined || north === undefined || south === undefined) {
    throw illegalArgument(`failed to parse WKT bounding box [${wkt}]: expected [BBOX (west, east, north, south)]`)
  }
  return { topLeft: { lat: north, lon: west }, bottomRight: { lat: south, lon: east } }
}

export function geoPoint(value: JsonValue, owner: string): GeoPoint {
  let point: GeoPoint
  try {
    point = parseGeoPoint(value)
  } catch (error) {
    if (error instanceof GeoPointError) throw new ElkhornError('parse_exception', 400, error.message)
    throw error
  }
  if (!isOnEarth(point)) {
    const wrong = Math.abs(point.lat) > 90 ? `latitude [${point.lat}]` : `longitude [${point.lon}]`
    throw illegalArgument(`illegal ${wrong.replace(' ', ' value ')} for [${owner}]`)
  }
  return point
}

const METERS: Readonly<Record<string, number>> = {
  mm: 0.001,
  millimeters: 0.001,
  cm: 0.01,
  centimeters: 0.01,
  m: 1,
  meters: 1,
  km: 1000,
  kilometers: 1000,
  in: 0.0254,
  inch: 0.0254,
  ft: 0.3048,
  feet: 0.3048,
  yd: 0.9144,
  yards: 0.9144,
  mi: 1609.344,
  miles: 1609.344,
  nmi: 1852,
  NM: 1852,
  nauticalmiles: 1852,
}

/** Meters of `10km`, `5 mi`, or a plain number of `unit`. @throws ElkhornError `illegal_argument_exception` (400) */
export function parseDistance(written: string, unit: string): number {
  const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-z]*)\s*$/.exec(written)
  const meters = METERS[match?.[2] === '' ? unit : (match?.[2] ?? '')]
  if (!match || meters === undefined) {
    throw illegalArgument(
      `failed to parse distance [${written}]: expected a number and one of [${Object.keys(METERS).join(', ')}]`,
    )
  }
  return Number(match[1]) * meters
}

/** `{ "geo_polygon": { "location": { "points": [[-70, 40], [-80, 30], [-90, 20]] } } }` */
export interface GeoPolygonQuery {
  readonly kind: 'geo_polygon'
  readonly field: string
  readonly points: readonly GeoPoint[]
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
}

export function parseGeoPolygon(json: JsonValue, at: Member): GeoPolygonQuery {
  const { field, value, rest } = splitField(objectAt(json, at), Object.keys(geoCommon), at.owner)
  const read = readObject(rest, at, geoCommon)
  const owner = at.owner
  const { points = [] } = readObject(value, { node: rest, key: field, owner }, { points: listOf((one) => geoPoint(one, owner)) })
  const [first] = points
  const last = points.at(-1)
  const open = first && last && first.lat === last.lat && first.lon === last.lon ? points.slice(0, -1) : points
  if (open.length < 3) throw illegalArgument('too few points defined for geo_polygon query')
  return { kind: 'geo_polygon', field, points: open, ignoreUnmapped: read.ignore_unmapped ?? false, boost: read.boost }
}

/** A side that is longer than half around the earth goes the other way, over the date line: the polygon then lies on both ends of the map. */
export function bindGeoPolygon({ field: path, points, ignoreUnmapped, boost }: GeoPolygonQuery, context: BindContext): Query {
  const field = geoField(path, ignoreUnmapped, context)
  if (!field) return matchNone
  const crosses = points.some(({ lon }, i) => Math.abs(lon - (points[(i + 1) % points.length]?.lon ?? lon)) > 180)
  const polygon = (moved: readonly GeoPoint[]): Query => ({ kind: 'geo_polygon', field: field.path, points: moved })
  if (!crosses) return withBoost(polygon(points), boost)
  const east = points.map(({ lat, lon }) => ({ lat, lon: lon < 0 ? lon + 360 : lon }))
  const west = east.map(({ lat, lon }) => ({ lat, lon: lon - 360 }))
  return withBoost({ kind: 'constant_score', query: anyOf([polygon(east), polygon(west)]) }, boost)
}

function geoField(path: string, ignoreUnmapped: boolean, context: BindContext): Field | undefined {
  const field = context.fields.find(path)
  if (!field) {
    if (ignoreUnmapped) return undefined
    throw queryShardException(context, `failed to find geo field [${path}]`)
  }
  if (field.type !== 'geo_point') throw queryShardException(context, `field [${path}] is not a geo_point field`)
  return field
}

export function bindGeoDistance(query: GeoDistanceQuery, context: BindContext): Query {
  const field = geoField(query.field, query.ignoreUnmapped, context)
  if (!field) return matchNone
  const { center, distanceMeters } = query
  return withBoost({ kind: 'geo_distance', field: field.path, center, distanceMeters }, query.boost)
}

export function bindGeoBoundingBox(query: GeoBoundingBoxQuery, context: BindContext): Query {
  const { topLeft, bottomRight } = query
  const shaped = context.fields.find(query.field)
  if (shaped?.type === 'geo_shape') {
    const meets = shapesOfBox(query).map((shape): Query => {
      return { kind: 'shape', field: shaped.path, shape: printWkt(shape), relation: 'intersects' }
    })
    return withBoost({ kind: 'constant_score', query: anyOf(meets) }, query.boost)
  }
  const field = geoField(query.field, query.ignoreUnmapped, context)
  if (!field) return matchNone
  return withBoost({ kind: 'geo_box', field: field.path, topLeft, bottomRight }, query.boost)
}

/** A box over the date line is two on the map. */
export function shapesOfBox({ topLeft, bottomRight }: GeoBox): readonly Shape[] {
  if (topLeft.lon <= bottomRight.lon) return [boxShape(topLeft, bottomRight)]
  return [boxShape(topLeft, { ...bottomRight, lon: 180 }), boxShape({ ...topLeft, lon: -180 }, bottomRight)]
}
