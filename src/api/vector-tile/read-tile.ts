import { illegalArgument } from '../../core/errors.ts'
import { bool, int, listOf, oneOf, raw, readObject } from '../../query/dsl/reading.ts'
import type { TileFrame } from '../../query/tile-geometry.ts'
import type { ApiRequest } from '../http/route.ts'
import { required } from '../routes/documents.ts'

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

/** Those of them that may stand in the URL as well. */
export const IN_URL = [
  'exact_bounds',
  'extent',
  'grid_agg',
  'grid_precision',
  'grid_type',
  'size',
  'track_total_hits',
  'with_labels',
] as const

/** Of tiles, which each divide into four in the next. */
export const MAX_ZOOM = 29
export const MAX_HITS = 10_000

export type Tile = ReturnType<typeof readTile>

/**
 * What is asked of one tile. Members in the URL win over those of the body.
 * @throws ElkhornError (400) for a tile that there is not, or numbers that are out of bounds
 */
export function readTile(request: ApiRequest) {
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
