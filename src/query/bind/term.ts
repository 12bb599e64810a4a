import { FEATURES, OPAQUE } from '../field-kinds.ts'
import { encodeVersion } from '../version-order.ts'
import { defaultMetric } from '../aggregate-metric.ts'
import { dateFormat, DEFAULT_DATE_FORMAT, DEFAULT_NANOS_FORMAT } from '../../core/dates/date-format.ts'
import { illegalArgument, unreachable } from '../../core/errors.ts'
import { parseIpBlock } from '../../core/ip.ts'
import type { JsonValue } from '../../core/json.ts'
import { normalizeTerm } from '../analysis/analysis.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import type { Field, FieldValue } from '../field.ts'
import { queryShardException, type BindContext } from './context.ts'
import { dateBound, nanosBound } from './date-bound.ts'
import { rangeFieldTerm } from './range-field.ts'
import { ipValue, isWhole, numericValue, type Scalar } from './typed-value.ts'

/** Documents that have exactly this value (a date: this instant or what its text covers; an address: in this block). */
export function termQuery(field: Field, value: Scalar, context: BindContext): Query {
  if (field.type === 'binary') throw queryShardException(context, 'Binary fields do not support searching')
  if (OPAQUE.includes(field.type)) {
    const reason =
      field.type === 'percolator'
        ? 'Percolator fields are not searchable directly, use a percolate query instead'
        : `Field [${field.path}] of type [${field.type}] does not support searching for its values; [exists] queries do`
    throw queryShardException(context, reason)
  }
  if (FEATURES.includes(field.type)) throw illegalArgument(`Queries on [${field.type}] fields are not supported`)
  requireSearchable(field, context)
  switch (field.type) {
    case 'date': {
      const options = { format: dateFormat(field.parameters.format ?? DEFAULT_DATE_FORMAT), context }
      return between(field, dateBound(String(value), false, options), dateBound(String(value), true, options))
    }
    case 'date_nanos': {
      const options = { format: dateFormat(field.parameters.format ?? DEFAULT_NANOS_FORMAT), context }
      return between(field, nanosBound(String(value), false, options), nanosBound(String(value), true, options))
    }
    case 'ip': {
      const block = typeof value === 'string' ? parseIpBlock(value) : undefined
      return block ? between(field, block.first, block.last) : one(field, ipValue(String(value)))
    }
    case 'constant_keyword':
      return field.parameters.constant === String(value) ? matchAll : matchNone
    case 'geo_point':
    case 'geo_shape':
      throw queryShardException(
        context,
        `Geometry fields do not support exact searching, use dedicated geometry queries instead: [${field.path}]`,
      )
    case 'integer_range':
    case 'long_range':
    case 'float_range':
    case 'double_range':
    case 'date_range':
    case 'ip_range':
      return rangeFieldTerm(field, field.type, value, context)
    case 'aggregate_metric_double':
      return termQuery(defaultMetric(field), value, context)
    default: {
      const typed = termValue(field, value, context)
      return typed === undefined ? matchNone : one(field, typed)
    }
  }
}

function one(field: Field, value: FieldValue): Query {
  return unscored(field, { kind: 'terms', field: field.path, values: [value] })
}

/** What is found by its doc values, and not in an index of terms, has no frequency to score by; of `match_only_text` none is kept. */
export function unscored(field: Field, query: Query): Query {
  return field.parameters.indexed && field.type !== 'match_only_text' ? query : { kind: 'constant_score', query }
}

function between<T extends FieldValue>(field: Field, first: T, last: T): Query {
  return first === last ? one(field, first) : { kind: 'range', field: field.path, bounds: { gte: first, lte: last } }
}

/** The value as the field's type holds it; `undefined` for one that no document can have (1.5 in a whole number). */
export function termValue(field: Field, value: Scalar, context: BindContext): FieldValue | undefined {
  switch (field.type) {
    case 'keyword':
    case 'wildcard':
    case 'flattened':
    case 'completion':
    case 'counted_keyword':
    case 'join':
      return normalizeKeyword(field, String(value), context)
    case 'constant_keyword':
    case 'text':
    case 'match_only_text':
    case 'search_as_you_type':
    case 'annotated_text':
      return String(value)
    case 'version':
      return encodeVersion(String(value))
    case 'boolean':
      return booleanValue(value)
    case 'ip':
      return ipValue(String(value))
    case 'long':
    case 'integer':
    case 'short':
    case 'byte':
    case 'unsigned_long':
    case 'double':
    case 'float':
    case 'half_float':
    case 'scaled_float':
    case 'token_count':
    case 'murmur3': {
      const exact = numericValue(field, value)
      return exact.rounded === exact.given ? exact.rounded : isWhole(field) ? undefined : exact.rounded
    }
    case 'date':
      return dateBound(String(value), false, { format: dateFormat(field.parameters.format ?? DEFAULT_DATE_FORMAT), context })
    case 'date_nanos':
      return nanosBound(String(value), false, { format: dateFormat(field.parameters.format ?? DEFAULT_NANOS_FORMAT), context })
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
    case 'rank_feature':
    case 'rank_features':
      throw illegalArgument(`Field [${field.path}] of type [${field.type}] has no terms`)
    default:
      return unreachable(field.type)
  }
}

export function normalizeKeyword(field: Field, text: string, context: BindContext): string {
  const name = field.parameters.normalizer
  const normalizer = name === undefined ? undefined : context.analysis.findNormalizer(name)
  return normalizer ? normalizeTerm(normalizer, text) : text
}

export function booleanValue(value: Scalar): boolean {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw illegalArgument(`Can't parse boolean value [${String(value)}], expected [true] or [false]`)
}

/** Fields that are neither indexed nor have doc values cannot be asked. */
export function requireSearchable(field: Field, context: BindContext): void {
  if (field.parameters.indexed || field.parameters.docValues) return
  throw queryShardException(
    context,
    `failed to create query: Cannot search on field [${field.path}] since it is not indexed.`,
    illegalArgument(`Cannot search on field [${field.path}] since it is not indexed.`),
  )
}

export function isScalar(value: JsonValue): value is Scalar {
  return value !== null && typeof value !== 'object'
}
