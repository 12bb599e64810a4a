import { illegalArgument } from '../../core/errors.ts'
import { parseShape } from '../../core/geo-shape.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { searchOptions } from '../../index/names/resolve-names.ts'
import { resolveLookups } from '../../index/search/lookups.ts'
import { search } from '../../index/search/search.ts'
import type { Where } from '../../index/search/targets.ts'
import { encodeTile, type TileFeature, type TileGeometry, type TileLayer } from '../../protocols/mvt/encode-tile.ts'
import { bool, int, listOf, oneOf, raw, readObject } from '../../query/dsl/reading.ts'
import { tileCell } from '../../query/geo-grid.ts'
import { parseSearch } from '../../query/parse-search.ts'
import { type DrawnShape, drawShape, type TileFrame, unitsOf } from '../../query/tile-geometry.ts'
import type { ApiContext } from '../api-context.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'
import { indicesOptions, NAMES_PARAMS, namesOf } from '../indices/names.ts'
import { required } from './documents.ts'

const MEMBERS = {
  aggs: raw,
  buffer: int,
  exact_bounds: bool,
  extent: int,
  fields: listOf(raw),
  grid_agg: oneOf('geotile', 'geohex'),
  grid_precision: int,
  grid_type: oneOf('grid', 'point', 'centroid'),
  query: raw,
  runtime_mappings: raw,
  size: int,
  sort: raw,
  track_total_hits: raw,
  with_labels: bool,
}

const IN_URL = [
  'exact_bounds',
  'extent',
  'grid_agg',
  'grid_precision',
  'grid_type',
  'size',
  'track_total_hits',
  'with_labels',
] as const

/** What a search finds in one tile of a map, as a vector tile: the documents, the cells of a grid over them, and how it went. */
export const vectorTileRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/{index}/_mvt/{field}/{zoom}/{x}/{y}'],
    action: 'indices:data/read/search',
    params: [...NAMES_PARAMS, ...IN_URL],
    handler: vectorTile,
  },
]

const MAX_ZOOM = 29
const MAX_HITS = 10_000
const MAX_CELLS = 65_536
const [GRID, CENTROID, BOUNDS] = ['_mvt_grid', '_mvt_centroid', '_mvt_bounds']

async function vectorTile(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const field = required(request, 'field')
  const asked = readTile(request)
  const where: Where = {
    names: namesOf(request),
    options: indicesOptions(request.query, searchOptions),
    action: 'indices:data/read/search',
  }
  const { access, signal } = request
  const body = await resolveLookups(searchOf(field, asked), { context: context.index, access, where, signal })
  const printing = { typedKeys: false, totalAsInt: false, node: context.node.id, allowPartial: true }
  const text = await search(context.index, access, where, parseSearch(body), printing, signal)
  const layers = layersOf(JSON.parse(text) as JsonObject, field, asked)
  return {
    status: 200,
    bytes: encodeTile(layers),
    filtered: true,
    headers: { 'content-type': 'application/vnd.mapbox-vector-tile' },
  }
}

type Tile = ReturnType<typeof readTile>

/** @throws ElkhornError (400) for a tile that there is not, or numbers that are out of bounds */
function readTile(request: ApiRequest) {
  const place = (name: string, most: number): number => {
    const value = Number(required(request, name))
    if (Number.isInteger(value) && value >= 0 && value <= most) return value
    throw illegalArgument(`Invalid ${name} [${required(request, name)}] of a tile: must be between 0 and ${most}`)
  }
  const zoom = place('zoom', MAX_ZOOM)
  const tiles = 2 ** zoom
  const given = { ...request.json() }
  for (const name of IN_URL) {
    const value = request.query.text(name)
    if (value !== undefined) given[name] = value
  }
  const read = readObject(given, { node: { given }, key: 'given', owner: 'vector_tile' }, MEMBERS, 'object')
  const within = (name: 'size' | 'grid_precision' | 'extent' | 'buffer', usual: number, least: number, most: number): number => {
    const value = read[name] ?? usual
    if (value >= least && value <= most) return value
    throw illegalArgument(`[${name}] must be between ${least} and ${most}, but got: ${value}`)
  }
  if (read.with_labels) throw illegalArgument('[with_labels] is not supported yet; labels can be set at the middle of features')
  if (read.grid_agg === 'geohex') throw illegalArgument('[grid_agg] [geohex] is not supported yet; ask for [geotile]')
  const frame: TileFrame = {
    zoom,
    x: place('x', tiles - 1),
    y: place('y', tiles - 1),
    extent: within('extent', 4096, 1, 2 ** 20),
    buffer: within('buffer', 5, 0, 2 ** 20),
  }
  return {
    read,
    frame,
    size: within('size', MAX_HITS, 0, MAX_HITS),
    gridPrecision: within('grid_precision', 8, 0, 8),
    gridType: read.grid_type ?? 'grid',
  }
}

/** The search that finds what is in the tile. */
function searchOf(field: string, { read, frame, size, gridPrecision, gridType }: Tile): JsonObject {
  const { zoom, x, y, extent, buffer } = frame
  const cell = tileCell(`${zoom}/${x}/${y}`)
  if (!cell) throw illegalArgument(`there is no tile [${zoom}/${x}/${y}]`)
  // Hits are drawn beyond the edges as well; cells are those of the tile.
  const [width, height] = [cell.bottomRight.lon - cell.topLeft.lon, cell.topLeft.lat - cell.bottomRight.lat].map(
    (degrees) => (degrees * buffer) / extent,
  ) as [number, number]
  const around = {
    top_left: { lat: Math.min(90, cell.topLeft.lat + height), lon: Math.max(-180, cell.topLeft.lon - width) },
    bottom_right: { lat: Math.max(-90, cell.bottomRight.lat - height), lon: Math.min(180, cell.bottomRight.lon + width) },
  }
  const own = isJsonObject(read.aggs) ? read.aggs : {}
  for (const name of Object.keys(own))
    if (name.startsWith('_mvt_'))
      throw illegalArgument(`Invalid aggregation name [${name}]. Aggregation names cannot start with prefix '_mvt_'`)
  const precision = Math.min(MAX_ZOOM, zoom + gridPrecision)
  const bounds = { top_left: { ...cell.topLeft }, bottom_right: { ...cell.bottomRight } }
  const grid = {
    geotile_grid: { field, precision, size: MAX_CELLS, bounds },
    aggs: { ...own, ...(gridType === 'centroid' && { [CENTROID]: { geo_centroid: { field } } }) },
  }
  const aggs = {
    ...(gridPrecision > 0 && { [GRID]: grid }),
    ...(read.exact_bounds && { [BOUNDS]: { geo_bounds: { field, wrap_longitude: false } } }),
  }
  const { query, runtime_mappings: runtime, sort, fields = [], track_total_hits: total = MAX_HITS } = read
  return {
    size,
    _source: false,
    fields: [...fields, { field, format: 'wkt' }],
    track_total_hits: total,
    query: { bool: { ...(query !== undefined && { must: [query] }), filter: [{ geo_bounding_box: { [field]: around } }] } },
    ...(runtime !== undefined && { runtime_mappings: runtime }),
    ...(sort !== undefined && { sort }),
    ...(Object.keys(aggs).length > 0 && { aggs }),
  }
}

function layersOf(answer: JsonObject, field: string, tile: Tile): readonly TileLayer[] {
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
