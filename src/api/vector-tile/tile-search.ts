import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { tileCell } from '../../query/geo-grid.ts'
import { MAX_HITS, MAX_ZOOM, type Tile } from './read-tile.ts'

const MAX_CELLS = 65_536
/** Aggregations of the search: the cells of the grid, the middle of what is in each, and the box around all. */
export const [GRID, CENTROID, BOUNDS] = ['_mvt_grid', '_mvt_centroid', '_mvt_bounds'] as const

/** The search that finds what is in the tile. */
export function searchOf(field: string, { read, frame, size, gridPrecision, gridType }: Tile): JsonObject {
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
