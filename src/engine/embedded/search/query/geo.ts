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
  const corners = joinSql(
    points.map(({ lat, lon }) => sql`(${lon}, ${lat})`),
    ', ',
  )
  return anyPoint(
    column,
    (lat, lon) => sql`(isNotNull(${lat}) AND pointInPolygon((assumeNotNull(${lon}), assumeNotNull(${lat})), [${corners}]))`,
  )
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
