import type { LatLon } from './geo-point.ts'

/** What is wrong with a shape. */
export class GeoShapeError extends Error {}

/** A closed line: its last point is its first one. */
export type Ring = readonly LatLon[]

/** A shape, in degrees. Polygons have their outer ring first, then their holes. */
export type Shape =
  | { readonly type: 'Point'; readonly point: LatLon }
  | { readonly type: 'MultiPoint'; readonly points: readonly LatLon[] }
  | { readonly type: 'LineString'; readonly line: readonly LatLon[] }
  | { readonly type: 'MultiLineString'; readonly lines: readonly (readonly LatLon[])[] }
  | { readonly type: 'Polygon'; readonly rings: readonly Ring[] }
  | { readonly type: 'MultiPolygon'; readonly polygons: readonly (readonly Ring[])[] }
  | { readonly type: 'GeometryCollection'; readonly shapes: readonly Shape[] }

/** Points of one shape; more are refused. */
const MAX_POINTS = 100_000
const MAX_DEPTH = 10

/**
 * Reads a shape: GeoJSON in any case, its `envelope` beside, or WKT (with `BBOX (west, east, north, south)`).
 * @throws GeoShapeError
 */
export function parseShape(value: unknown): Shape {
  return typeof value === 'string' ? parseWkt(value) : fromGeoJson(value, 0)
}

function fromGeoJson(value: unknown, depth: number): Shape {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new GeoShapeError('shape must be an object consisting of type and coordinates')
  if (depth > MAX_DEPTH) throw new GeoShapeError(`shapes are nested deeper than [${MAX_DEPTH}]`)
  const { type, coordinates, geometries } = value as Readonly<Record<string, unknown>>
  if (typeof type !== 'string') throw new GeoShapeError('shape type not included')
  switch (type.toLowerCase()) {
    case 'point':
      return { type: 'Point', point: position(coordinates) }
    case 'multipoint':
      return { type: 'MultiPoint', points: list(coordinates, position) }
    case 'linestring':
      return { type: 'LineString', line: lineOf(coordinates) }
    case 'multilinestring':
      return { type: 'MultiLineString', lines: list(coordinates, lineOf) }
    case 'polygon':
      return { type: 'Polygon', rings: ringsOf(coordinates) }
    case 'multipolygon':
      return { type: 'MultiPolygon', polygons: list(coordinates, ringsOf) }
    case 'envelope': {
      const [topLeft, bottomRight] = list(coordinates, position)
      if (!topLeft || !bottomRight) throw new GeoShapeError('an envelope needs its upper left and its lower right corner')
      return boxShape(topLeft, bottomRight)
    }
    case 'geometrycollection':
      return { type: 'GeometryCollection', shapes: list(geometries, (one) => fromGeoJson(one, depth + 1)) }
    case 'circle':
      throw new GeoShapeError('circle geometry is not supported')
    default:
      throw new GeoShapeError(`unknown geo_shape [${type}]`)
  }
}

function list<T>(value: unknown, of: (one: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new GeoShapeError('coordinates must be an array')
  if (value.length > MAX_POINTS) throw new GeoShapeError(`a shape has at most [${MAX_POINTS}] points`)
  return value.map(of)
}

function position(value: unknown): LatLon {
  const [lon, lat] = Array.isArray(value) ? (value as unknown[]) : []
  if (typeof lon !== 'number' || typeof lat !== 'number') throw new GeoShapeError('a position is [lon, lat], both numbers')
  return checked({ lat, lon })
}

function checked(point: LatLon): LatLon {
  const { lat, lon } = point
  if (!(Math.abs(lat) <= 90)) throw new GeoShapeError(`Invalid latitude: latitude must be within [-90, 90] but was [${lat}]`)
  if (!(Math.abs(lon) <= 180)) throw new GeoShapeError(`invalid longitude ${lon}; must be between -180.0 and 180.0`)
  return point
}

function lineOf(value: unknown): LatLon[] {
  return checkLine(list(value, position))
}

function checkLine(line: LatLon[]): LatLon[] {
  if (line.length < 2) throw new GeoShapeError(`invalid number of points in LineString (found [${line.length}] - must be >= 2)`)
  return line
}

function ringsOf(value: unknown): Ring[] {
  return list(value, (one) => checkRing(list(one, position)))
}

function checkRing(ring: LatLon[]): Ring {
  const [first] = ring
  const last = ring.at(-1)
  if (!first || !last || ring.length < 4)
    throw new GeoShapeError(`invalid number of points in LinearRing (found [${ring.length}] - must be >= 4)`)
  if (first.lat !== last.lat || first.lon !== last.lon)
    throw new GeoShapeError('invalid LinearRing found (coordinates are not closed)')
  return ring
}

/** A box as a polygon; across the date line as two. */
export function boxShape(topLeft: LatLon, bottomRight: LatLon): Shape {
  if (topLeft.lat < bottomRight.lat) throw new GeoShapeError(`top [${topLeft.lat}] lies below bottom [${bottomRight.lat}]`)
  const ring = (west: number, east: number): Ring[] => {
    const [top, bottom] = [topLeft.lat, bottomRight.lat]
    const corner = (lat: number, lon: number): LatLon => ({ lat, lon })
    return [[corner(top, west), corner(bottom, west), corner(bottom, east), corner(top, east), corner(top, west)]]
  }
  if (topLeft.lon <= bottomRight.lon) return { type: 'Polygon', rings: ring(topLeft.lon, bottomRight.lon) }
  return { type: 'MultiPolygon', polygons: [ring(topLeft.lon, 180), ring(-180, bottomRight.lon)] }
}

// --- WKT ---

function parseWkt(text: string): Shape {
  const reader = new WktReader(text)
  const shape = reader.shape(0)
  reader.end()
  return shape
}

class WktReader {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(text: string) {
    if (text.length > MAX_POINTS * 50) throw new GeoShapeError(`a shape has at most [${MAX_POINTS}] points`)
    this.#tokens = text.match(/[A-Za-z]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[(),]|\S/g) ?? []
  }

  shape(depth: number): Shape {
    if (depth > MAX_DEPTH) throw new GeoShapeError(`shapes are nested deeper than [${MAX_DEPTH}]`)
    const type = this.#next().toUpperCase()
    switch (type) {
      case 'POINT':
        return { type: 'Point', point: this.#group(() => this.#position()) }
      case 'MULTIPOINT':
        return {
          type: 'MultiPoint',
          points: this.#many(() => (this.#peek() === '(' ? this.#group(() => this.#position()) : this.#position())),
        }
      case 'LINESTRING':
        return { type: 'LineString', line: this.#line() }
      case 'MULTILINESTRING':
        return { type: 'MultiLineString', lines: this.#many(() => this.#line()) }
      case 'POLYGON':
        return { type: 'Polygon', rings: this.#rings() }
      case 'MULTIPOLYGON':
        return { type: 'MultiPolygon', polygons: this.#many(() => this.#rings()) }
      case 'GEOMETRYCOLLECTION':
        return { type: 'GeometryCollection', shapes: this.#many(() => this.shape(depth + 1)) }
      case 'BBOX':
      case 'ENVELOPE': {
        const [west, east, north, south] = this.#many(() => this.#number())
        if (west === undefined || east === undefined || north === undefined || south === undefined)
          throw new GeoShapeError(`${type} needs (west, east, north, south)`)
        return boxShape(checked({ lat: north, lon: west }), checked({ lat: south, lon: east }))
      }
      default:
        throw new GeoShapeError(`Unknown geometry type: ${type.toLowerCase()}`)
    }
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new GeoShapeError(`expected end of WKT string but found [${this.#peek()}]`)
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? ''
  }

  #next(): string {
    const token = this.#peek()
    if (token === '') throw new GeoShapeError('WKT ends too early')
    this.#at += 1
    return token
  }

  #expect(token: string): void {
    const found = this.#next()
    if (found !== token) throw new GeoShapeError(`expected [${token}] in WKT but found [${found}]`)
  }

  #group<T>(read: () => T): T {
    this.#expect('(')
    const value = read()
    this.#expect(')')
    return value
  }

  #many<T>(read: () => T): T[] {
    return this.#group(() => {
      const values = [read()]
      while (this.#peek() === ',') {
        this.#next()
        values.push(read())
      }
      return values
    })
  }

  #line(): LatLon[] {
    return checkLine(this.#many(() => this.#position()))
  }

  #rings(): Ring[] {
    return this.#many(() => checkRing(this.#many(() => this.#position())))
  }

  #position(): LatLon {
    const lon = this.#number()
    const lat = this.#number()
    // A height is read over.
    if (/^[-+.\d]/.test(this.#peek())) this.#number()
    return checked({ lat, lon })
  }

  #number(): number {
    const token = this.#next()
    const number = Number(token)
    if (Number.isNaN(number)) throw new GeoShapeError(`invalid number found: ${token}`)
    return number
  }
}

/** All corners of a shape. */
export function pointsOf(shape: Shape): readonly LatLon[] {
  switch (shape.type) {
    case 'Point':
      return [shape.point]
    case 'MultiPoint':
      return shape.points
    case 'LineString':
      return shape.line
    case 'MultiLineString':
      return shape.lines.flat()
    case 'Polygon':
      return shape.rings.flat()
    case 'MultiPolygon':
      return shape.polygons.flat(2)
    case 'GeometryCollection':
      return shape.shapes.flatMap(pointsOf)
    default:
      return shape satisfies never
  }
}

/** As Elasticsearch prints it: whole degrees keep their `.0`. */
export function printWkt(shape: Shape): string {
  const number = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value))
  const at = ({ lat, lon }: LatLon): string => `${number(lon)} ${number(lat)}`
  const line = (points: readonly LatLon[]): string => `(${points.map(at).join(', ')})`
  const rings = (all: readonly Ring[]): string => `(${all.map(line).join(', ')})`
  switch (shape.type) {
    case 'Point':
      return `POINT (${at(shape.point)})`
    case 'MultiPoint':
      return `MULTIPOINT ${line(shape.points)}`
    case 'LineString':
      return `LINESTRING ${line(shape.line)}`
    case 'MultiLineString':
      return `MULTILINESTRING (${shape.lines.map(line).join(', ')})`
    case 'Polygon':
      return `POLYGON ${rings(shape.rings)}`
    case 'MultiPolygon':
      return `MULTIPOLYGON (${shape.polygons.map(rings).join(', ')})`
    case 'GeometryCollection':
      return `GEOMETRYCOLLECTION (${shape.shapes.map(printWkt).join(',')})`
    default:
      return shape satisfies never
  }
}

type Coordinates = readonly (number | Coordinates)[]

export function printGeoJson(shape: Shape): {
  readonly type: string
  readonly coordinates?: Coordinates
  readonly geometries?: readonly unknown[]
} {
  const at = ({ lat, lon }: LatLon): Coordinates => [lon, lat]
  switch (shape.type) {
    case 'Point':
      return { type: shape.type, coordinates: at(shape.point) }
    case 'MultiPoint':
      return { type: shape.type, coordinates: shape.points.map(at) }
    case 'LineString':
      return { type: shape.type, coordinates: shape.line.map(at) }
    case 'MultiLineString':
      return { type: shape.type, coordinates: shape.lines.map((line) => line.map(at)) }
    case 'Polygon':
      return { type: shape.type, coordinates: shape.rings.map((ring) => ring.map(at)) }
    case 'MultiPolygon':
      return { type: shape.type, coordinates: shape.polygons.map((rings) => rings.map((ring) => ring.map(at))) }
    case 'GeometryCollection':
      return { type: shape.type, geometries: shape.shapes.map(printGeoJson) }
    default:
      return shape satisfies never
  }
}
