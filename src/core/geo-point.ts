/** In degrees. */
export interface LatLon {
  readonly lat: number
  readonly lon: number
}

/** What is wrong with a geo point, in Elasticsearch's words where it has some. */
export class GeoPointError extends Error {}

/**
 * Reads a geo point in any of Elasticsearch's forms: `{lat, lon}`, `[lon, lat]`, `"lat,lon"`, `"POINT (lon lat)"`, a
 * geohash (the lower left corner of its cell), or GeoJSON `{type: 'Point', coordinates: [lon, lat]}`.
 * Ranges are not checked here; see `isOnEarth`.
 * @throws GeoPointError
 */
export function parseGeoPoint(value: unknown): LatLon {
  if (typeof value === 'string') return parseGeoText(value)
  if (Array.isArray(value)) return fromCoordinates(value)
  if (typeof value === 'object' && value !== null) return fromObject(value as Readonly<Record<string, unknown>>)
  throw new GeoPointError('geo_point expected')
}

export function isOnEarth({ lat, lon }: LatLon): boolean {
  return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180
}

const MEMBERS: ReadonlySet<string> = new Set(['lat', 'lon', 'z', 'geohash', 'type', 'coordinates'])

function fromObject(value: Readonly<Record<string, unknown>>): LatLon {
  // oxlint-disable-next-line guard-for-in -- parsed JSON has no inherited members
  for (const key in value) {
    if (!MEMBERS.has(key)) {
      throw new GeoPointError('field must be either [lat|lon], [type|coordinates], or [geohash]')
    }
  }
  if (typeof value['geohash'] === 'string') return parseGeohash(value['geohash'])
  if ('type' in value || 'coordinates' in value) {
    if (String(value['type']).toLowerCase() !== 'point') throw new GeoPointError('[type] for geo_point can only be [Point]')
    if (!Array.isArray(value['coordinates'])) throw new GeoPointError('field [coordinates] missing')
    return fromCoordinates(value['coordinates'])
  }
  if (!('lat' in value)) throw new GeoPointError('field [lat] missing')
  if (!('lon' in value)) throw new GeoPointError('field [lon] missing')
  return { lat: degrees(value['lat'], 'latitude'), lon: degrees(value['lon'], 'longitude') }
}

function fromCoordinates(value: readonly unknown[]): LatLon {
  if (value.length < 2 || value.length > 3)
    throw new GeoPointError(`[geo_point] field type expects two or three numbers, got [${value.length}]`)
  const [lon, lat] = value
  if (typeof lon !== 'number' || typeof lat !== 'number') throw new GeoPointError('numeric value expected')
  return { lat, lon }
}

function degrees(value: unknown, name: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new GeoPointError(`[${name}] must be a valid double value`)
  return number
}

function parseGeoText(text: string): LatLon {
  const point = /^\s*POINT\s*\(\s*([-+.\deE]+)\s+([-+.\deE]+)(?:\s+[-+.\deE]+)?\s*\)\s*$/i.exec(text)
  if (point) return { lat: degrees(point[2], 'latitude'), lon: degrees(point[1], 'longitude') }
  if (text.includes(',')) {
    const parts = text.split(',')
    if (parts.length > 3)
      throw new GeoPointError(`failed to parse [${text}], expected 2 or 3 coordinates but found: [${parts.length}]`)
    return { lat: degrees(parts[0], 'latitude'), lon: degrees(parts[1], 'longitude') }
  }
  return parseGeohash(text)
}

const BASE_32 = '0123456789bcdefghjkmnpqrstuvwxyz'

/** The lower left corner of a geohash's cell. */
function parseGeohash(text: string): LatLon {
  if (text === '' || text.length > 12) throw new GeoPointError(`unsupported symbol in geohash [${text}]`)
  let [south, north, west, east] = [-90, 90, -180, 180]
  let isLon = true
  for (const char of text.toLowerCase()) {
    const bits = BASE_32.indexOf(char)
    if (bits < 0) throw new GeoPointError(`unsupported symbol [${char}] in geohash [${text}]`)
    for (let bit = 16; bit > 0; bit >>= 1) {
      const upper = (bits & bit) !== 0
      if (isLon) {
        const middle = (west + east) / 2
        if (upper) west = middle
        else east = middle
      } else {
        const middle = (south + north) / 2
        if (upper) south = middle
        else north = middle
      }
      isLon = !isLon
    }
  }
  return { lat: south, lon: west }
}
