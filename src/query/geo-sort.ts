import { ElkhornError, illegalArgument } from '../core/errors.ts'
import { haversineMeters } from '../core/haversine.ts'
import { isJsonObject, type JsonValue } from '../core/json.ts'
import { computedFields, queryShardException, type BindContext } from './bind/context.ts'
import { addComputation } from './computed/computed-fields.ts'
import type { Computation } from './computed/computation.ts'
import { distanceOf, type DistanceMode } from './distance-mode.ts'
import { geoPoint, parseDistance } from './dsl/geo.ts'
import type { Field, GeoPoint } from './field.ts'

/** `{ "_geo_distance": { "location": [13.4, 52.5] } }`: documents are sorted by how far away they are. */
export interface GeoSort {
  readonly field: string
  readonly origins: readonly GeoPoint[]
  readonly mode: Exclude<DistanceMode, 'sum'>
  /** Meters of one unit of the printed distances. */
  readonly unitMeters: number
  readonly ignoreUnmapped: boolean
}

const OPTIONS = new Set(['order', 'unit', 'mode', 'distance_type', 'validation_method', 'ignore_unmapped', 'nested'])
const MODES = ['min', 'max', 'avg', 'median'] as const

/** What a `_geo_distance` sort says. @throws ElkhornError (400) */
export function readGeoSort(options: JsonValue): { readonly geo: GeoSort; readonly order: 'asc' | 'desc' } {
  if (!isJsonObject(options)) throw illegalArgument('[_geo_distance] needs an object with a field and its points')
  const fields = Object.keys(options).filter((name) => !OPTIONS.has(name))
  const [field] = fields
  if (field === undefined) throw illegalArgument('Field name must not be null or empty for sorting by [_geo_distance]')
  if (fields.length > 1)
    throw illegalArgument(`Trying to reset fieldName to [${fields[1]}], already set to [${field}] for [_geo_distance]`)
  if (options['nested'] !== undefined) throw illegalArgument('sort on [_geo_distance]: [nested] is not supported yet')
  const order = String(options['order'] ?? 'asc').toLowerCase()
  if (order !== 'asc' && order !== 'desc') throw illegalArgument(`Unknown SortOrder [${order}] of [_geo_distance]`)
  const asked = String(options['mode'] ?? (order === 'asc' ? 'min' : 'max')).toLowerCase()
  if (asked === 'sum') throw illegalArgument("sort_mode [sum] isn't supported for sorting by geo distance")
  const mode = MODES.find((one) => one === asked)
  if (mode === undefined) throw illegalArgument(`Unknown SortMode [${asked}] of [_geo_distance]`)
  const type = String(options['distance_type'] ?? 'arc').toLowerCase()
  if (type !== 'arc' && type !== 'plane') throw illegalArgument(`No geo distance for [${type}]`)
  return {
    order,
    geo: {
      field,
      mode,
      origins: originsOf(options[field] ?? null),
      unitMeters: parseDistance('1', String(options['unit'] ?? 'm')),
      ignoreUnmapped: options['ignore_unmapped'] === true,
    },
  }
}

/** One point, or several: a list of two numbers is one. */
function originsOf(json: JsonValue): readonly GeoPoint[] {
  const isList = Array.isArray(json) && typeof json[0] !== 'number'
  const points = (isList ? (json as readonly JsonValue[]) : [json]).map((one) => geoPoint(one, '_geo_distance'))
  if (points.length === 0) throw new ElkhornError('parse_exception', 400, 'no points provided for sorting by [_geo_distance]')
  return points
}

/** @returns the path of a field that holds the distances */
export function addGeoSort(geo: GeoSort, indices: readonly BindContext[]): string {
  return addComputation(
    'double',
    indices.map((context) => ({ fields: computedFields(context), computation: distances(geo, pointsOf(geo, context)) })),
  )
}

function pointsOf({ field: path, ignoreUnmapped }: GeoSort, context: BindContext): Field | undefined {
  const field = context.fields.find(path)
  if (!field && !ignoreUnmapped) throw illegalArgument(`failed to find mapper for [${path}] for geo distance based sort`)
  if (field && field.type !== 'geo_point') throw queryShardException(context, `field [${path}] is not a geo_point field`)
  return field
}

function distances({ origins, mode, unitMeters }: GeoSort, field: Field | undefined): Computation {
  return {
    reads: field ? [field] : [],
    readsScore: false,
    readsSource: false,
    isScore: false,
    expression: field
      ? { kind: 'geo_distance', type: 'double', field, origins, mode, unitMeters }
      : { kind: 'nothing', type: 'double' },
    open: () => (document) => {
      const points = field ? (document.values(field) as readonly GeoPoint[]) : []
      const all = points.flatMap((point) => origins.map((origin) => haversineMeters(point, origin) / unitMeters))
      return all.length === 0 ? [] : [distanceOf(all, mode)]
    },
  }
}
