interface LatLon {
  readonly lat: number
  readonly lon: number
}

/** Radius that Lucene's haversine uses. */
export const EARTH_RADIUS_METERS = 6_371_008.7714

/**
 * Great-circle distance in meters, haversine formula on a sphere of 6,371,008.7714 m (IUGG mean radius). Latitudes and
 * longitudes in degrees.
 */
export function haversineMeters(a: LatLon, b: LatLon): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const halfLat = Math.sin(radians(b.lat - a.lat) / 2)
  const halfLon = Math.sin(radians(b.lon - a.lon) / 2)
  const h = halfLat * halfLat + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * halfLon * halfLon
  return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(h)))
}
