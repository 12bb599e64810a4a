import { timeZone } from '../../core/dates/time-zone.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { rangeQuery } from '../bind/range.ts'
import { isScalar } from '../bind/term.ts'
import type { Scalar } from '../bind/typed-value.ts'
import type { RangeRelation } from '../range-field.ts'
import { dateFormat } from '../../core/dates/date-format.ts'
import { parsingException } from './errors.ts'
import { bool, boost, readObject, singleField, text, valuePlace, wrongKind, type Member, type Read } from './reading.ts'

/** `{ "range": { "@timestamp": { "gte": "now-1h", "lt": "now" } } }` */
export interface RangeQuery {
  readonly kind: 'range'
  readonly field: string
  readonly lower: Scalar | undefined
  readonly includeLower: boolean
  readonly upper: Scalar | undefined
  readonly includeUpper: boolean
  readonly format: string | undefined
  readonly timeZone: string | undefined
  /** Counts for fields of ranges only. */
  readonly relation: RangeRelation | undefined
  readonly boost: number | undefined
}

/** A bound; null leaves that side open. */
const bound: Read<Scalar | undefined> = (value, at) => {
  if (value === null) return undefined
  if (!isScalar(value)) throw wrongKind(value, at)
  return value
}

export function parseRange(json: JsonValue, at: Member): RangeQuery {
  const { field, value, at: member } = singleField(json, at, ['_name'])
  if (!isJsonObject(value)) throw parsingException(`[range] query does not support [${field}]`, valuePlace(member))
  const read = readObject(value, member, {
    gte: bound,
    gt: bound,
    lte: bound,
    lt: bound,
    from: bound,
    to: bound,
    include_lower: bool,
    include_upper: bool,
    format: text,
    time_zone: text,
    relation: text,
    boost,
    _name: text,
  })
  const relation = parseRelation(read.relation)
  if (read.time_zone !== undefined) timeZone(read.time_zone)
  if (read.format !== undefined) dateFormat(read.format)
  // Of two lower bounds the last one counts, as in Elasticsearch.
  const keys = Object.keys(value)
  const lowerKey = keys.findLast((key) => key === 'gte' || key === 'gt' || key === 'from')
  const upperKey = keys.findLast((key) => key === 'lte' || key === 'lt' || key === 'to')
  return {
    kind: 'range',
    field,
    lower: lowerKey === 'gt' ? read.gt : lowerKey === 'gte' ? read.gte : read.from,
    includeLower: lowerKey === 'gt' ? false : lowerKey === 'gte' ? true : (read.include_lower ?? true),
    upper: upperKey === 'lt' ? read.lt : upperKey === 'lte' ? read.lte : read.to,
    includeUpper: upperKey === 'lt' ? false : upperKey === 'lte' ? true : (read.include_upper ?? true),
    format: read.format,
    timeZone: read.time_zone,
    relation,
    boost: read.boost,
  }
}

function parseRelation(relation: string | undefined): RangeRelation | undefined {
  const name = relation?.toLowerCase()
  if (name === undefined || name === 'intersects' || name === 'contains' || name === 'within') return name
  throw illegalArgument(`[range] query does not support relation [${relation}]`)
}

export function bindRange(query: RangeQuery, context: BindContext): Query {
  if (query.field === '_index' || query.field === '_id')
    return query.lower === undefined && query.upper === undefined ? matchAll : matchNone
  const field = context.fields.find(query.field)
  if (!field) return matchNone
  const zone = query.timeZone === undefined ? undefined : timeZone(query.timeZone)
  return withBoost(rangeQuery(field, query, { format: query.format, zone, relation: query.relation }, context), query.boost)
}
