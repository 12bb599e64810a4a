import { ElkhornError } from '../../core/errors.ts'
import { GeoShapeError, parseShape, printWkt, type Shape } from '../../core/geo-shape.ts'
import { pointAround } from '../../core/haversine.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { anyOf, withBoost } from '../bind/combine.ts'
import { queryShardException, type BindContext } from '../bind/context.ts'
import type { GeoPoint } from '../field.ts'
import type { ShapeRelation } from '../shape-relation.ts'
import { parsingException } from './errors.ts'
import { geoPoint, parseDistance } from './geo.ts'
import { bool, boost, objectAt, oneOf, raw, readObject, text, valuePlace, type Member } from './reading.ts'

/** Only asked for, never stored. */
interface Circle {
  readonly type: 'Circle'
  readonly center: GeoPoint
  readonly radiusMeters: number
}

/** `{ "geo_shape": { "area": { "shape": { "type": "envelope", … }, "relation": "within" } } }` */
export interface GeoShapeQuery {
  readonly kind: 'geo_shape'
  readonly field: string
  readonly shape: Shape | Circle
  readonly relation: ShapeRelation
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
}

export function parseGeoShape(json: JsonValue, at: Member): GeoShapeQuery {
  const { boost: factor, _name: _named, ignore_unmapped: ignoreUnmapped, ...fields } = objectAt(json, at)
  const node = objectAt(json, at)
  const [field, second] = Object.keys(fields)
  const value = field === undefined ? undefined : fields[field]
  if (field === undefined || second !== undefined || !isJsonObject(value))
    throw parsingException(
      second === undefined ? '[geo_shape] query needs a field with a [shape]' : `[geo_shape] point specified twice. [${second}]`,
      { node, part: 'end' },
    )
  const member = { node, key: field, owner: 'geo_shape' }
  const read = readObject(value, member, {
    shape: raw,
    relation: oneOf('intersects', 'disjoint', 'within', 'contains'),
    strategy: text,
  })
  const beside = { node, owner: 'geo_shape' }
  if (read.shape === undefined) throw parsingException('No Shape or indexedShape defined', valuePlace(member))
  return {
    kind: 'geo_shape',
    field,
    shape: readShape(read.shape),
    relation: read.relation ?? 'intersects',
    ignoreUnmapped: ignoreUnmapped === undefined ? false : bool(ignoreUnmapped, { ...beside, key: 'ignore_unmapped' }),
    boost: factor === undefined ? undefined : boost(factor, { ...beside, key: 'boost' }),
  }
}

function readShape(json: JsonValue): Shape | Circle {
  if (isJsonObject(json) && String(json['type']).toLowerCase() === 'circle') return readCircle(json)
  try {
    return parseShape(json)
  } catch (error) {
    if (error instanceof GeoShapeError) throw new ElkhornError('parse_exception', 400, error.message)
    throw error
  }
}

function readCircle({ coordinates, radius }: JsonObject): Circle {
  if (radius === undefined || typeof radius === 'object')
    throw new ElkhornError('parse_exception', 400, 'a circle needs a [radius], such as [10km]')
  return { type: 'Circle', center: geoPoint(coordinates ?? null, 'geo_shape'), radiusMeters: parseDistance(String(radius), 'm') }
}

/** Sides of the polygon that stands for a circle among shapes: it is at most 0.1 % narrower. */
const CIRCLE_SIDES = 72

function circleShape({ center, radiusMeters }: Circle): Shape {
  const corners = Array.from({ length: CIRCLE_SIDES }, (_, i) =>
    pointAround(center, radiusMeters, (-2 * Math.PI * i) / CIRCLE_SIDES),
  )
  return { type: 'Polygon', rings: [[...corners, ...corners.slice(0, 1)]] }
}

export function bindGeoShape(
  { field: path, shape, relation, ignoreUnmapped, boost: factor }: GeoShapeQuery,
  context: BindContext,
): Query {
  const field = context.fields.find(path)
  if (!field) {
    if (ignoreUnmapped) return matchNone
    throw queryShardException(context, `failed to find type for field [${path}]`)
  }
  if (field.type === 'geo_shape') {
    if (relation === 'within' && (shape.type === 'LineString' || shape.type === 'MultiLineString'))
      throw queryShardException(
        context,
        'failed to create query: LatLonShapeQuery does not support WITHIN queries with line geometries',
      )
    const polygon = shape.type === 'Circle' ? circleShape(shape) : shape
    const query: Query = { kind: 'shape', field: field.path, shape: printWkt(polygon), relation }
    return withBoost({ kind: 'constant_score', query }, factor)
  }
  if (field.type !== 'geo_point')
    throw queryShardException(
      context,
      `Field [${path}] is of unsupported type [${field.type}] for [geo_shape] query; there are [geo_shape, geo_point]`,
    )
  const inside = pointsIn(shape, field.path, context)
  if (relation === 'contains') return matchNone
  if (relation !== 'disjoint') return withBoost({ kind: 'constant_score', query: inside }, factor)
  const has: Query = { kind: 'exists', field: field.path }
  return withBoost({ kind: 'bool', must: [], filter: [has], should: [], mustNot: [inside], minimumShouldMatch: 0 }, factor)
}

function pointsIn(shape: Shape | Circle, field: string, context: BindContext): Query {
  if (shape.type === 'Circle') return { kind: 'geo_distance', field, center: shape.center, distanceMeters: shape.radiusMeters }
  return anyOf(polygonsOf(shape, context).map((points): Query => ({ kind: 'geo_polygon', field, points })))
}

/** Outer rings that points may lie in. */
function polygonsOf(shape: Shape, context: BindContext): readonly (readonly { readonly lat: number; readonly lon: number }[])[] {
  const rings = shape.type === 'Polygon' ? [shape.rings] : shape.type === 'MultiPolygon' ? shape.polygons : []
  if (rings.length === 0 || rings.some((one) => one.length > 1))
    throw queryShardException(
      context,
      `[geo_shape] query on a geo_point field takes envelopes and polygons without holes, got [${shape.type}]`,
    )
  return rings.map(([outer = []]) => outer)
}
