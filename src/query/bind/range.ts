import { encodeVersion } from '../version-order.ts'
import { FEATURES, OPAQUE } from '../field-kinds.ts'
import { defaultMetric } from '../aggregate-metric.ts'
import { dateFormat, DEFAULT_DATE_FORMAT, DEFAULT_NANOS_FORMAT } from '../../core/dates/date-format.ts'
import { illegalArgument, unreachable } from '../../core/errors.ts'
import { matchAll, matchNone, type Bounds, type Query } from '../ast.ts'
import type { Field, FieldValue } from '../field.ts'
import type { BindContext } from './context.ts'
import { existsQuery } from './exists.ts'
import { isRangeType } from '../range-field.ts'
import { rangeFieldQuery } from './range-field.ts'
import type { RangeOptions, ScalarBounds } from './scalar-bounds.ts'
import { dateBound, nanosBound } from './date-bound.ts'
import { booleanValue, normalizeKeyword, requireSearchable } from './term.ts'
import { compact, ipValue, isWhole, numericValue, type Scalar } from './typed-value.ts'

/** Documents with a value between the bounds. */
export function rangeQuery(field: Field, bounds: ScalarBounds, options: RangeOptions, context: BindContext): Query {
  if (bounds.lower === undefined && bounds.upper === undefined) return existsQuery(field.path, context)
  if (field.type === 'binary' || field.type === 'completion')
    throw illegalArgument(`Field [${field.path}] of type [${field.type}] does not support range queries`)
  requireSearchable(field, context)
  if (field.type === 'aggregate_metric_double') return rangeQuery(defaultMetric(field), bounds, options, context)
  if (OPAQUE.includes(field.type) || FEATURES.includes(field.type))
    throw illegalArgument(`Field [${field.path}] of type [${field.type}] does not support range queries`)
  if (isRangeType(field.type)) return rangeFieldQuery(field, field.type, bounds, options, context)
  switch (field.type) {
    case 'boolean':
      return booleanRange(field, bounds)
    case 'constant_keyword': {
      const value = field.parameters.constant
      return value !== undefined && inBounds(value, bounds) ? matchAll : matchNone
    }
    case 'geo_point':
    case 'geo_shape':
      throw illegalArgument(`Field [${field.path}] of type [${field.type}] does not support range queries`)
    default:
      return ordered(field, typedBounds(field, bounds, options, context))
  }
}

function typedBounds(field: Field, bounds: ScalarBounds, options: RangeOptions, context: BindContext): Bounds {
  switch (field.type) {
    case 'date': {
      const format = dateFormat(options.format ?? field.parameters.format ?? DEFAULT_DATE_FORMAT)
      return mapBounds(bounds, (value, roundUp) => dateBound(String(value), roundUp, { format, context, zone: options.zone }))
    }
    case 'date_nanos': {
      const format = dateFormat(options.format ?? field.parameters.format ?? DEFAULT_NANOS_FORMAT)
      return mapBounds(bounds, (value, roundUp) => nanosBound(String(value), roundUp, { format, context, zone: options.zone }))
    }
    case 'ip':
      return mapBounds(bounds, (value) => ipValue(String(value)))
    case 'keyword':
    case 'wildcard':
    case 'flattened':
    case 'counted_keyword':
    case 'join':
      return mapBounds(bounds, (value) => normalizeKeyword(field, String(value), context))
    case 'text':
    case 'match_only_text':
    case 'search_as_you_type':
    case 'annotated_text':
      return mapBounds(bounds, (value) => String(value))
    case 'version':
      return mapBounds(bounds, (value) => encodeVersion(String(value)))
    case 'scaled_float':
      return scaledBounds(field, bounds)
    case 'long':
    case 'integer':
    case 'short':
    case 'byte':
    case 'unsigned_long':
    case 'double':
    case 'float':
    case 'half_float':
    case 'token_count':
    case 'murmur3':
      return isWhole(field) ? wholeBounds(field, bounds) : mapBounds(bounds, (value) => numericValue(field, value).rounded)
    case 'boolean':
    case 'constant_keyword':
    case 'geo_point':
    case 'geo_shape':
    case 'integer_range':
    case 'long_range':
    case 'float_range':
    case 'double_range':
    case 'date_range':
    case 'ip_range':
    case 'binary':
    case 'aggregate_metric_double':
    case 'dense_vector':
    case 'sparse_vector':
    case 'rank_vectors':
    case 'semantic_text':
    case 'histogram':
    case 'point':
    case 'shape':
    case 'percolator':
    case 'completion':
    case 'rank_feature':
    case 'rank_features':
      throw new Error(`no bounds of type ${field.type}`)
    default:
      return unreachable(field.type)
  }
}

/** `gt` and `lte` take the last instant that a date text covers, `gte` and `lt` the first. */
function mapBounds(bounds: ScalarBounds, type: (value: Scalar, roundUp: boolean) => FieldValue): Bounds {
  const { lower, includeLower, upper, includeUpper } = bounds
  return {
    ...(lower === undefined ? {} : includeLower ? { gte: type(lower, false) } : { gt: type(lower, true) }),
    ...(upper === undefined ? {} : includeUpper ? { lte: type(upper, true) } : { lt: type(upper, false) }),
  }
}

/** Whole numbers above 1.5 begin with 2, below 1.5 they end with 1. */
function wholeBounds(field: Field, { lower, includeLower, upper, includeUpper }: ScalarBounds): Bounds {
  const bounds: { gte?: FieldValue; gt?: FieldValue; lte?: FieldValue; lt?: FieldValue } = {}
  if (lower !== undefined) {
    const { given, rounded } = numericValue(field, lower)
    if (given === rounded) bounds[includeLower ? 'gte' : 'gt'] = rounded
    else bounds.gte = given > rounded ? plusOne(rounded) : rounded
  }
  if (upper !== undefined) {
    const { given, rounded } = numericValue(field, upper)
    if (given === rounded) bounds[includeUpper ? 'lte' : 'lt'] = rounded
    else bounds.lte = given < rounded ? compact(BigInt(rounded) - 1n) : rounded
  }
  return bounds
}

function plusOne(value: number | bigint): number | bigint {
  return compact(BigInt(value) + 1n)
}

/** In units of the scaling factor, as documents are kept. */
function scaledBounds(field: Field, { lower, includeLower, upper, includeUpper }: ScalarBounds): Bounds {
  const factor = field.parameters.scalingFactor ?? 1
  const scaled = (value: Scalar): number => Number(numericValue(field, value).given) * factor
  const bounds: { gte?: number; lte?: number } = {}
  if (lower !== undefined) {
    const at = scaled(lower)
    const unit = Math.ceil(at)
    bounds.gte = (!includeLower && unit === at ? unit + 1 : unit) / factor
  }
  if (upper !== undefined) {
    const at = scaled(upper)
    const unit = Math.floor(at)
    bounds.lte = (!includeUpper && unit === at ? unit - 1 : unit) / factor
  }
  return bounds
}

function booleanRange(field: Field, bounds: ScalarBounds): Query {
  const { includeLower, includeUpper } = bounds
  const lower = bounds.lower === undefined ? undefined : booleanValue(bounds.lower)
  const upper = bounds.upper === undefined ? undefined : booleanValue(bounds.upper)
  const values = [false, true].filter((value) => {
    if (lower !== undefined && (includeLower ? value < lower : value <= lower)) return false
    return upper === undefined || (includeUpper ? value <= upper : value < upper)
  })
  return values.length === 0 ? matchNone : { kind: 'terms', field: field.path, values }
}

function inBounds(value: string, { lower, includeLower, upper, includeUpper }: ScalarBounds): boolean {
  const low = lower === undefined ? undefined : String(lower)
  const high = upper === undefined ? undefined : String(upper)
  if (low !== undefined && (includeLower ? value < low : value <= low)) return false
  return high === undefined || (includeUpper ? value <= high : value < high)
}

/** Numbers in no order match nothing; other types are left to the engine. */
function ordered(field: Field, bounds: Bounds): Query {
  const low = bounds.gte ?? bounds.gt
  const high = bounds.lte ?? bounds.lt
  const isNumber = (value: FieldValue | undefined): value is number | bigint =>
    typeof value === 'number' || typeof value === 'bigint'
  if (isNumber(low) && isNumber(high)) {
    if (low > high || (low == high && (bounds.gt !== undefined || bounds.lt !== undefined))) return matchNone
  }
  return { kind: 'range', field: field.path, bounds }
}
