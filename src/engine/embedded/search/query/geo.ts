import type { GeoPoint } from '../../../../query/field.ts'
import type { StoredColumn } from '../../layout.ts'
import { joinSql, sql, type Sql } from '../../sql.ts'
import { anyPoint } from './column-test.ts'
import type { Condition } from './condition.ts'

/** IUGG mean radius, as Lucene has it. */
const EARTH_RADIUS_METERS = 6_371_008.7714

const RADIANS = Math.PI / 180

export function geoDistanceCondition(column: StoredColumn, center: GeoPoint, distanceMeters: number): Condition {
  return anyPoint(column, (lat, lon) => {
    const near = sql`${distanceSql(lat, lon, center)} <= ${distanceMeters}`
    const box = boxAround(center, distanceMeters)
    return box === undefined ? near : sql`(${insideBox(lat, lon, box.topLeft, box.bottomRight)} AND ${near})`
  })
}

export function geoBoxCondition(column: StoredColumn, topLeft: GeoPoint, bottomRight: GeoPoint): Condition {
  return anyPoint(column, (lat, lon) => insideBox(lat, lon, topLeft, bottomRight))
}

export function geoPolygonCondition(column: StoredColumn, points: readonly GeoPoint[]): Condition {
  if (crossesItself(points)) return anyPoint(column, (lat, lon) => isInsideByCrossings(lat, lon, points))
  const corners = joinSql(
    points.map(({ lat, lon }) => sql`(${lon}, ${lat})`),
    ', ',
  )
  return anyPoint(
    column,
    (lat, lon) => sql`(isNotNull(${lat}) AND pointInPolygon((assumeNotNull(${lon}), assumeNotNull(${lat})), [${corners}]))`,
  )
}

/** Corners up to which it is looked whether edges cross: the engine refuses polygons of which some do. */
const MAX_COMPARED_CORNERS = 1000

function crossesItself(points: readonly GeoPoint[]): boolean {
  if (points.length > MAX_COMPARED_CORNERS) return true
  const edges = edgesOf(points)
  return edges.some(([a, b], at) => edges.slice(at + 1).some(([c, d]) => doCross(a, b, c, d)))
}

/** Whether two lines cross between their ends. */
function doCross(a: GeoPoint, b: GeoPoint, c: GeoPoint, d: GeoPoint): boolean {
  const side = (p: GeoPoint, q: GeoPoint, r: GeoPoint): number =>
    Math.sign((q.lon - p.lon) * (r.lat - p.lat) - (q.lat - p.lat) * (r.lon - p.lon))
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
}

const edgesOf = (points: readonly GeoPoint[]): readonly (readonly [GeoPoint, GeoPoint])[] =>
  points.map((point, at) => [points[at - 1] ?? points.at(-1) ?? point, point])

/** A point is inside where a line to the east crosses an odd number of edges. */
function isInsideByCrossings(lat: Sql, lon: Sql, points: readonly GeoPoint[]): Sql {
  const edges = edgesOf(points)
  const list = (of: (edge: readonly [GeoPoint, GeoPoint]) => number): Sql => sql`${edges.map(of)}`
  const crossed = sql`(y1 > ${lat}) != (y2 > ${lat}) AND ${lon} < (x2 - x1) * (${lat} - y1) / (y2 - y1) + x1`
  const lists = [list(([a]) => a.lon), list(([a]) => a.lat), list(([, b]) => b.lon), list(([, b]) => b.lat)]
  return sql`(isNotNull(${lat}) AND arrayCount((x1, y1, x2, y2) -> ifNull(${crossed}, 0), ${joinSql(lists, ', ')}) % 2 = 1)`
}

/**
 * Meters between a point and a fixed one: the haversine formula, written out, because the engine's own distance is on
 * another sphere (off by up to 2e-5).
 */
export function distanceSql(lat: Sql, lon: Sql, { lat: centerLat, lon: centerLon }: GeoPoint): Sql {
  const half = RADIANS / 2
  const a = sql`pow(sin((${lat} - (${centerLat})) * ${half}), 2)`
  const b = sql`pow(sin((${lon} - (${centerLon})) * ${half}), 2)`
  const h = sql`(${a} + cos(${lat} * ${RADIANS}) * ${Math.cos(centerLat * RADIANS)} * ${b})`
  // Not `least(1, …)`, which is 1 for NULL.
  return sql`(asin(if(${h} > 1, 1, sqrt(${h}))) * ${2 * EARTH_RADIUS_METERS})`
}

/** A box whose left edge lies east of its right one crosses the date line. */
function insideBox(lat: Sql, lon: Sql, topLeft: GeoPoint, bottomRight: GeoPoint): Sql {
  const vertical = sql`${lat} <= ${topLeft.lat} AND ${lat} >= ${bottomRight.lat}`
  const [west, east] = [sql`${lon} >= ${topLeft.lon}`, sql`${lon} <= ${bottomRight.lon}`]
  return topLeft.lon <= bottomRight.lon ? sql`(${vertical} AND ${west} AND ${east})` : sql`(${vertical} AND (${west} OR ${east}))`
}

/** A box that surely holds the circle; `undefined` where it would touch a pole. */
function boxAround(center: GeoPoint, meters: number): { topLeft: GeoPoint; bottomRight: GeoPoint } | undefined {
  const angle = (meters / EARTH_RADIUS_METERS) * 1.000_001
  const [north, south] = [center.lat + angle / RADIANS, center.lat - angle / RADIANS]
  if (north >= 90 || south <= -90) return undefined
  const width = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(center.lat * RADIANS))) / RADIANS
  if (!Number.isFinite(width) || width >= 180) return undefined
  const wrap = (lon: number): number => (lon < -180 ? lon + 360 : lon > 180 ? lon - 360 : lon)
  return {
    topLeft: { lat: north, lon: wrap(center.lon - width) },
    bottomRight: { lat: south, lon: wrap(center.lon + width) },
  }
}
