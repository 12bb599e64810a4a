import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { Random } from './random.ts'

/** Corners lie on a grid of its own for documents and one for queries, so that edges never touch: what lies on an edge is rounding. */
const DOCUMENTS = 0
const QUERIES = 0.0137

type Corner = readonly [lon: number, lat: number]

function corner(random: Random, grid: number): Corner {
  return [16 + random.int(0, 10) / 10 + grid, 48 + random.int(0, 10) / 10 + grid]
}

function ring([lon, lat]: Corner, width: number, height: number): readonly Corner[] {
  return [
    [lon, lat],
    [lon + width, lat],
    [lon + width, lat + height],
    [lon, lat + height],
    [lon, lat],
  ]
}

function shape(random: Random, grid: number): JsonObject {
  const size = (): number => random.int(1, 6) / 10 + grid
  const polygon = (): JsonValue => [ring(corner(random, grid), size(), size())]
  return random.pick<() => JsonObject>([
    () => ({ type: 'point', coordinates: [...corner(random, grid)] }),
    () => ({ type: 'polygon', coordinates: polygon() }),
    () => ({ type: 'polygon', coordinates: polygon() }),
    () => {
      const [lon, lat] = corner(random, grid)
      return {
        type: 'envelope',
        coordinates: [
          [lon, lat + size()],
          [lon + size(), lat],
        ],
      }
    },
    () => ({ type: 'linestring', coordinates: random.times(2, 4, () => [...corner(random, grid)]) }),
    () => ({ type: 'multipolygon', coordinates: [polygon(), polygon()] }),
    () => ({ type: 'multipoint', coordinates: random.times(1, 3, () => [...corner(random, grid)]) }),
  ])()
}

/** A shape as documents hold it. */
export const documentShape = (random: Random): JsonValue => shape(random, DOCUMENTS)

/** Documents whose shape, or point, lies so to another shape. */
export function shapeQuery(random: Random, field: string): JsonObject {
  return {
    geo_shape: {
      [field]: {
        shape: shape(random, QUERIES),
        ...random.options(0.8, { relation: random.pick(['intersects', 'disjoint', 'within', 'contains']) }),
      },
    },
  }
}

/** Documents whose point lies within some corners. */
export function polygonQuery(random: Random, field: string): JsonObject {
  const points = random.times(3, 5, () => {
    const [lon, lat] = corner(random, QUERIES)
    return { lat: lat + random.unit() / 10, lon: lon + random.unit() / 10 }
  })
  return { geo_polygon: { [field]: { points } } }
}
