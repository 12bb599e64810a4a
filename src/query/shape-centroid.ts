import type { LatLon } from '../core/geo-point.ts'
import type { Ring, Shape } from '../core/geo-shape.ts'

/** Places, each with a weight: what a center is computed of. */
export interface Weight {
  /** 2: areas in square degrees, 1: lengths in degrees, 0: points by their number. Only the highest counts. */
  readonly dimension: 0 | 1 | 2
  readonly weight: number
  /** Latitude and longitude, each times the weight. */
  readonly lat: number
  readonly lon: number
}

/** All of one dimension are summed up; one of a lower dimension counts for nothing. */
export function addWeights(a: Weight, b: Weight): Weight {
  if (a.dimension !== b.dimension) return a.dimension > b.dimension ? a : b
  return { dimension: a.dimension, weight: a.weight + b.weight, lat: a.lat + b.lat, lon: a.lon + b.lon }
}

export const NO_WEIGHT: Weight = { dimension: 0, weight: 0, lat: 0, lon: 0 }

/** A shape's center is that of its areas; without such, of its lines; without such, of its points. On the map of degrees. */
export function weightOf(shape: Shape): Weight {
  switch (shape.type) {
    case 'Point':
      return ofPoints([shape.point])
    case 'MultiPoint':
      return ofPoints(shape.points)
    case 'LineString':
      return ofLine(shape.line)
    case 'MultiLineString':
      return sumOf(shape.lines.map(ofLine))
    case 'Polygon':
      return ofPolygon(shape.rings)
    case 'MultiPolygon':
      return sumOf(shape.polygons.map(ofPolygon))
    case 'GeometryCollection':
      return sumOf(shape.shapes.map(weightOf))
    default:
      return shape satisfies never
  }
}

const sumOf = (weights: readonly Weight[]): Weight => weights.reduce(addWeights, NO_WEIGHT)

function ofPoints(points: readonly LatLon[]): Weight {
  const sum = (of: (point: LatLon) => number): number => points.reduce((total, point) => total + of(point), 0)
  return { dimension: 0, weight: points.length, lat: sum(({ lat }) => lat), lon: sum(({ lon }) => lon) }
}

function ofLine(line: readonly LatLon[]): Weight {
  const weights = line.slice(1).flatMap((to, i): Weight[] => {
    const from = line[i]
    if (!from) return []
    const length = Math.hypot(to.lat - from.lat, to.lon - from.lon)
    return [{ dimension: 1, weight: length, lat: (length * (from.lat + to.lat)) / 2, lon: (length * (from.lon + to.lon)) / 2 }]
  })
  const all = sumOf(weights)
  // A line of no length is a point.
  return all.weight > 0 ? all : ofPoints(line.slice(0, 1))
}

function ofPolygon(rings: readonly Ring[]): Weight {
  const [outer = [], ...holes] = rings
  const all = [outer, ...holes].map(areaOf).reduce(
    (sum, ring, i) => {
      const sign = i === 0 ? 1 : -1
      return {
        dimension: 2,
        weight: sum.weight + sign * ring.weight,
        lat: sum.lat + sign * ring.lat,
        lon: sum.lon + sign * ring.lon,
      }
    },
    { ...NO_WEIGHT, dimension: 2 },
  )
  // An area of nothing is a line.
  return all.weight > 0 ? all : ofLine(outer)
}

/** By the triangles of each side and the first corner ("shoelace formula"), whatever way around the ring goes. */
function areaOf(ring: Ring): Weight {
  const [origin] = ring
  if (!origin) return { ...NO_WEIGHT, dimension: 2 }
  let [area, lat, lon] = [0, 0, 0]
  for (const [i, to] of ring.slice(1).entries()) {
    const from = ring[i] ?? origin
    const twice = (from.lon - origin.lon) * (to.lat - origin.lat) - (to.lon - origin.lon) * (from.lat - origin.lat)
    area += twice / 2
    lat += (twice / 6) * (origin.lat + from.lat + to.lat)
    lon += (twice / 6) * (origin.lon + from.lon + to.lon)
  }
  const sign = area < 0 ? -1 : 1
  return { dimension: 2, weight: sign * area, lat: sign * lat, lon: sign * lon }
}
