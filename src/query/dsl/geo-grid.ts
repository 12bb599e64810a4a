import { illegalArgument } from '../../core/errors.ts'
import { boxShape, printWkt } from '../../core/geo-shape.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { queryShardException, type BindContext } from '../bind/context.ts'
import { geohashCell, tileCell, type GridCell } from '../geo-grid.ts'
import { bool, boost, objectAt, readObject, singleField, text, type Member } from './reading.ts'

/** `{ "geo_grid": { "location": { "geotile": "6/32/22" } } }`: the points and shapes in a bucket of a grid. */
export interface GeoGridQuery {
  readonly kind: 'geo_grid'
  readonly field: string
  readonly cell: GridCell
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
}

/** @throws ElkhornError 400 */
export function parseGeoGrid(json: JsonValue, at: Member): GeoGridQuery {
  const { field, value, at: member, beside } = singleField(json, at, ['boost', '_name', 'ignore_unmapped'])
  const { boost: factor, ignore_unmapped: ignore } = readObject(beside, at, { boost, _name: text, ignore_unmapped: bool })
  const cell = readObject(objectAt(value, member), member, { geohash: text, geotile: text, geohex: text })
  if (cell.geohex !== undefined)
    throw illegalArgument(`[geo_grid] of [geohex] is not supported; ask for [geohash] or [geotile], or for a [geo_polygon]`)
  if ((cell.geohash === undefined) === (cell.geotile === undefined))
    throw illegalArgument(`[geo_grid] on [${field}] takes one of [geohash, geotile]`)
  return { kind: 'geo_grid', field, cell: cellOf(cell), ignoreUnmapped: ignore ?? false, boost: factor }
}

function cellOf({
  geohash,
  geotile,
}: {
  readonly geohash?: string | undefined
  readonly geotile?: string | undefined
}): GridCell {
  const cell = geohash === undefined ? tileCell(geotile ?? '') : geohashCell(geohash)
  if (cell) return cell
  throw illegalArgument(
    geohash === undefined
      ? `Invalid geotile_grid hash string of [${geotile}]. Must be three integers in a form "zoom/x/y".`
      : `unsupported symbol in geohash [${geohash}]`,
  )
}

export function bindGeoGrid({ field: path, cell, ignoreUnmapped, boost: factor }: GeoGridQuery, context: BindContext): Query {
  const field = context.fields.find(path)
  if (!field) {
    if (ignoreUnmapped) return matchNone
    throw queryShardException(context, `failed to find geo field [${path}]`)
  }
  const { topLeft, bottomRight } = cell
  if (field.type === 'geo_point') {
    const inner = {
      topLeft: { ...topLeft, lat: before(topLeft.lat, 90) },
      bottomRight: { ...bottomRight, lon: before(bottomRight.lon, 180) },
    }
    return withBoost({ kind: 'geo_box', field: field.path, ...inner }, factor)
  }
  if (field.type !== 'geo_shape')
    throw queryShardException(context, `Field [${path}] is of unsupported type [${field.type}] for [geo_grid] query`)
  const shape = printWkt(boxShape(topLeft, bottomRight))
  return withBoost({ kind: 'constant_score', query: { kind: 'shape', field: field.path, shape, relation: 'intersects' } }, factor)
}

/** Less than a hair: the edge itself belongs to the next cell, but for the last one. */
const EDGE_DEGREES = 1e-9
const before = (edge: number, last: number): number => (edge === last ? edge : edge - EDGE_DEGREES)
