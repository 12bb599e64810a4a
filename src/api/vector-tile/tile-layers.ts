import { parseShape } from '../../core/geo-shape.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { TileFeature, TileGeometry, TileLayer } from '../../protocols/mvt/encode-tile.ts'
import { tileCell } from '../../query/geo-grid.ts'
import { type DrawnShape, drawShape, unitsOf } from '../../query/tile-geometry.ts'
import type { Tile } from './read-tile.ts'
import { BOUNDS, CENTROID, GRID } from './tile-search.ts'

/** The answer to the search of a tile as its layers: hits, cells, and how the search went. */
export function layersOf(answer: JsonObject, field: string, tile: Tile): readonly TileLayer[] {
  const { extent } = tile.frame
  const aggregations = objectIn(answer, 'aggregations')
  const cells = cellsOf(objectIn(aggregations, GRID), tile)
  return [
    ...(tile.size > 0 ? [{ name: 'hits', extent, features: hitsOf(objectIn(answer, 'hits'), field, tile) }] : []),
    ...(tile.gridPrecision > 0 ? [{ name: 'aggs', extent, features: cells }] : []),
    { name: 'meta', extent, features: [metaOf(answer, cells, tile)] },
  ]
}

function hitsOf(hits: JsonObject, field: string, { frame }: Tile): readonly TileFeature[] {
  return listIn(hits, 'hits').flatMap((hit) => {
    const found = objectIn(hit, 'fields')
    const properties: Record<string, string | number | boolean> = { _id: String(hit['_id']), _index: String(hit['_index']) }
    for (const [name, values] of Object.entries(found)) {
      const value = Array.isArray(values) ? (values as readonly JsonValue[])[0] : undefined
      if (name !== field && value !== null && typeof value !== 'object' && value !== undefined) properties[name] = scalar(value)
    }
    const shapes = (Array.isArray(found[field]) ? (found[field] as readonly JsonValue[]) : []).map((wkt) => parseShape(wkt))
    return shapes.flatMap((shape) => geometriesOf(drawShape(shape, frame)).map((geometry) => ({ geometry, properties })))
  })
}

/** A feature has geometry of one kind. */
function geometriesOf({ points, lines, polygons }: DrawnShape): readonly TileGeometry[] {
  return [
    ...(points.length > 0 ? [{ kind: 'points', points } as const] : []),
    ...(lines.length > 0 ? [{ kind: 'lines', lines } as const] : []),
    ...(polygons.length > 0 ? [{ kind: 'polygons', polygons } as const] : []),
  ]
}

function cellsOf(grid: JsonObject, { frame, gridType }: Tile): readonly TileFeature[] {
  return listIn(grid, 'buckets').flatMap((bucket): TileFeature[] => {
    const { key, doc_count: count, [CENTROID]: centroid, ...metrics } = bucket
    const cell = tileCell(String(key))
    if (!cell) return []
    const [left, top] = unitsOf(cell.topLeft, frame)
    const [right, bottom] = unitsOf(cell.bottomRight, frame)
    const middle = objectIn(isJsonObject(centroid) ? centroid : {}, 'location')
    const geometry: TileGeometry =
      gridType === 'grid'
        ? box(left, top, right, bottom)
        : gridType === 'centroid'
          ? { kind: 'points', points: [unitsOf({ lat: Number(middle['lat']), lon: Number(middle['lon']) }, frame)] }
          : { kind: 'points', points: [[Math.round((left + right) / 2), Math.round((top + bottom) / 2)]] }
    return [{ geometry, properties: { _count: Number(count), _key: String(key), ...flat(metrics) } }]
  })
}

const box = (left: number, top: number, right: number, bottom: number): TileGeometry => ({
  kind: 'polygons',
  polygons: [
    [
      [
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
        [left, top],
      ],
    ],
  ],
})

function metaOf(answer: JsonObject, cells: readonly TileFeature[], { frame, read }: Tile): TileFeature {
  const bounds = objectIn(objectIn(objectIn(answer, 'aggregations'), BOUNDS), 'bounds')
  const corner = (name: string): readonly [number, number] => {
    const { lat, lon } = objectIn(bounds, name)
    return unitsOf({ lat: Number(lat), lon: Number(lon) }, frame)
  }
  const isExact = read.exact_bounds === true && bounds['top_left'] !== undefined
  const geometry = isExact ? box(...corner('top_left'), ...corner('bottom_right')) : box(0, 0, frame.extent, frame.extent)
  const { took, timed_out: timedOut, _shards: shards } = answer
  const hits = objectIn(answer, 'hits')
  return {
    geometry,
    properties: {
      ...flat({ _shards: shards, took, timed_out: timedOut, hits: { total: hits['total'], max_score: hits['max_score'] } }),
      ...summaries(cells),
    },
  }
}

/** Of every number that the cells have, how it varies among them. */
function summaries(cells: readonly TileFeature[]): Record<string, number> {
  const numbers = new Map<string, number[]>()
  for (const { properties } of cells) {
    for (const [name, value] of Object.entries(properties)) {
      if (typeof value !== 'number') continue
      const known = numbers.get(name) ?? []
      numbers.set(name, known)
      known.push(value)
    }
  }
  const all: Record<string, number> = {}
  for (const [name, values] of numbers) {
    const sum = values.reduce((total, value) => total + value, 0)
    const least = values.reduce((a, b) => Math.min(a, b))
    const greatest = values.reduce((a, b) => Math.max(a, b))
    const of = { avg: sum / values.length, count: values.length, max: greatest, min: least, sum }
    for (const [kind, value] of Object.entries(of)) all[`aggregations.${name.replace(/\.value$/, '')}.${kind}`] = value
  }
  return all
}

/** Scalars of an object by their paths; a tile holds nothing else. */
function flat(json: JsonObject, prefix = ''): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(json)) {
    if (isJsonObject(value)) Object.assign(found, flat(value, `${prefix}${name}.`))
    else if (value !== null && value !== undefined && typeof value !== 'object') found[`${prefix}${name}`] = scalar(value)
  }
  return found
}

const scalar = (value: string | number | boolean | bigint): string | number | boolean =>
  typeof value === 'bigint' ? Number(value) : value

function objectIn(json: JsonObject, name: string): JsonObject {
  const value = json[name]
  return isJsonObject(value) ? value : {}
}

function listIn(json: JsonObject, name: string): readonly JsonObject[] {
  const value = json[name]
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : []
}
