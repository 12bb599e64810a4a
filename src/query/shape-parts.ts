import type { LatLon } from '../core/geo-point.ts'
import type { Ring, Shape } from '../core/geo-shape.ts'

/** A shape in its parts by kind, those of a collection together. Straight lines are straight on the map of degrees, as in Lucene. */
export interface ShapeParts {
  readonly points: readonly LatLon[]
  readonly lines: readonly (readonly LatLon[])[]
  /** The outer ring first, then the holes. */
  readonly polygons: readonly (readonly Ring[])[]
}

const NONE: ShapeParts = { points: [], lines: [], polygons: [] }

export function partsOf(shape: Shape): ShapeParts {
  switch (shape.type) {
    case 'Point':
      return { ...NONE, points: [shape.point] }
    case 'MultiPoint':
      return { ...NONE, points: shape.points }
    case 'LineString':
      return { ...NONE, lines: [shape.line] }
    case 'MultiLineString':
      return { ...NONE, lines: shape.lines }
    case 'Polygon':
      return { ...NONE, polygons: [shape.rings] }
    case 'MultiPolygon':
      return { ...NONE, polygons: shape.polygons }
    case 'GeometryCollection': {
      const all = shape.shapes.map(partsOf)
      return {
        points: all.flatMap(({ points }) => points),
        lines: all.flatMap(({ lines }) => lines),
        polygons: all.flatMap(({ polygons }) => polygons),
      }
    }
    default:
      return shape satisfies never
  }
}
