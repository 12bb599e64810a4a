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

/** The point at a distance in meters, in a direction in radians clockwise from north, on the same sphere. */
export function pointAround({ lat, lon }: LatLon, meters: number, direction: number): LatLon {
  const [phi, angle] = [(lat * Math.PI) / 180, meters / EARTH_RADIUS_METERS]
  const sine = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(direction)
  const east = Math.atan2(Math.sin(direction) * Math.sin(angle) * Math.cos(phi), Math.cos(angle) - Math.sin(phi) * sine)
  return { lat: (Math.asin(sine) * 180) / Math.PI, lon: lon + (east * 180) / Math.PI }
}
