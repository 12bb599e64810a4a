import { dateFormat, DEFAULT_DATE_FORMAT, DEFAULT_NANOS_FORMAT } from '../../core/dates/date-format.ts'
import { parseDurationMs } from '../../core/duration.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { dateBound } from '../bind/date-bound.ts'
import { contentException } from './errors.ts'
import { geoPoint, parseDistance } from './geo.ts'
import { common, objectAt, raw, readObject, text, type Member } from './reading.ts'

/** `{ "distance_feature": { "field": "@timestamp", "origin": "now", "pivot": "7d" } }` */
export interface DistanceFeatureQuery {
  readonly kind: 'distance_feature'
  readonly field: string
  readonly origin: JsonValue
  readonly pivot: string
  readonly boost: number | undefined
}

export function parseDistanceFeature(json: JsonValue, at: Member): DistanceFeatureQuery {
  const read = readObject(json, at, { ...common, field: text, origin: raw, pivot: text })
  const { field, origin, pivot, boost } = read
  if (field === undefined || origin === undefined || pivot === undefined) {
    const missing = [
      ...(field === undefined ? ['field'] : []),
      ...(origin === undefined ? ['origin'] : []),
      ...(pivot === undefined ? ['pivot'] : []),
    ]
    throw contentException(`Required [${missing.join(', ')}]`, { node: objectAt(json, at), part: 'end' })
  }
  return { kind: 'distance_feature', field, origin, pivot, boost }
}

export function bindDistanceFeature({ field: path, origin, pivot, boost }: DistanceFeatureQuery, context: BindContext): Query {
  const field = context.fields.find(path)
  if (!field) return matchNone
  switch (field.type) {
    case 'date':
    case 'date_nanos': {
      if (typeof origin === 'object')
        throw illegalArgument(
          `Illegal data type on [origin]! Must be of type [date] math, long or String for date and date_nanos fields!`,
        )
      const format = dateFormat(field.parameters.format ?? (field.type === 'date' ? DEFAULT_DATE_FORMAT : DEFAULT_NANOS_FORMAT))
      // Values of `date_nanos` are nanoseconds.
      const unit = field.type === 'date' ? 1 : 1_000_000
      const query = {
        kind: 'distance_feature',
        field: field.path,
        origin: dateBound(String(origin), true, { format, context }) * unit,
        pivot: parseDurationMs(pivot, 'pivot') * unit,
      } as const
      return withBoost(query, boost)
    }
    case 'geo_point': {
      const query = {
        kind: 'distance_feature',
        field: field.path,
        origin: geoPoint(origin, 'distance_feature'),
        pivot: parseDistance(pivot, 'm'),
      } as const
      return withBoost(query, boost)
    }
    default:
      throw illegalArgument(
        `Illegal data type of [${field.type}]![distance_feature] query can only be run on a date, date_nanos or geo_point field type!`,
      )
  }
}
