import { unreachable } from '../../../src/core/errors.ts'
import { isJsonObject } from '../../../src/core/json.ts'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import type { QueryExpression } from '../../../src/ui-api/wire/dashboard.ts'
import type { ValueFormat } from '../../../src/ui-api/wire/saved-object.ts'
import { numberOf } from '../data/aggregations.ts'
import { expressionClause } from '../query/search-body.ts'
import {
  readChoice,
  readDuration,
  readExpression,
  readFormat,
  readNumber,
  readObject,
  readOptionalText,
  readText,
} from './config-reader.ts'

/** What one figure is made of; the operations of Kibana's dashboards API. */
export interface Operation {
  readonly kind: OperationKind
  /** Absent for `count`. */
  readonly field: string | undefined
  readonly label: string
  readonly format: ValueFormat | undefined
  /** Only documents that match it count. */
  readonly filter: QueryExpression | undefined
  /** Only the last stretch of the range counts, in milliseconds. */
  readonly reducedMs: number | undefined
  /** Per second, minute, hour or day, in milliseconds. */
  readonly perMs: number | undefined
  /** With `percentile`: which one, 0 to 100. */
  readonly percentile: number
}

const KINDS = ['count', 'average', 'sum', 'min', 'max', 'unique_count', 'median', 'percentile', 'last_value'] as const
type OperationKind = (typeof KINDS)[number]

const TIME_SCALES = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export function readOperation(value: JsonValue | undefined, place: string): Operation {
  const config = readObject(value, place)
  const kind = readChoice(config['operation'], KINDS, `${place}.operation`)
  const field = kind === 'count' ? undefined : readText(config['field'], `${place}.field`)
  const scale =
    config['time_scale'] === undefined ? undefined : readChoice(config['time_scale'], ['s', 'm', 'h', 'd'], `${place}.time_scale`)
  return {
    kind,
    field,
    label: readOptionalText(config['label'], `${place}.label`) ?? (field === undefined ? 'Count' : field),
    format: readFormat(config['format'], `${place}.format`),
    filter: readExpression(config['filter'], `${place}.filter`),
    reducedMs: readDuration(config['reduced_time_range'], `${place}.reduced_time_range`),
    perMs: scale === undefined ? undefined : TIME_SCALES[scale],
    percentile: readNumber(config['percentile'], `${place}.percentile`, 95),
  }
}

/** Whether figures of shorter stretches are smaller: then a stretch that is not over yet must not be drawn as if it were. */
export function isAdditive({ kind }: Operation): boolean {
  return kind === 'count' || kind === 'sum' || kind === 'unique_count'
}

/** The aggregations of an operation, under `name`; empty where the bucket's own count is the figure. */
export function operationAggs(operation: Operation, name: string, timeField: string): JsonObject {
  const metric = metricAgg(operation, timeField)
  const clauses = operation.filter === undefined ? [] : expressionClause(operation.filter)
  // A value that is the latest is the latest of those that have one.
  if (operation.kind === 'last_value' && operation.field !== undefined) clauses.push({ exists: { field: operation.field } })
  if (clauses.length === 0) return metric === undefined ? {} : { [name]: metric }
  const filter = clauses.length === 1 ? clauses[0] : { bool: { filter: clauses } }
  return { [name]: { filter: filter ?? {}, ...(metric === undefined ? {} : { aggs: { [name]: metric } }) } }
}

function metricAgg({ kind, field = '', percentile }: Operation, timeField: string): JsonObject | undefined {
  switch (kind) {
    case 'count':
      return undefined
    case 'average':
      return { avg: { field } }
    case 'sum':
    case 'min':
    case 'max':
      return { [kind]: { field } }
    case 'unique_count':
      return { cardinality: { field } }
    case 'median':
      return { percentiles: { field, percents: [50] } }
    case 'percentile':
      return { percentiles: { field, percents: [percentile] } }
    case 'last_value':
      return { top_metrics: { metrics: [{ field }], sort: { [timeField]: 'desc' }, size: 1 } }
    default:
      return unreachable(kind)
  }
}

/** The figure of an operation in a bucket, or in the whole answer with its total as `doc_count`. `lengthMs` is what a rate is over. */
export function operationValue(operation: Operation, name: string, bucket: JsonObject, lengthMs: number): number | null {
  const raw = rawValue(operation, name, bucket)
  if (raw === null || operation.perMs === undefined) return raw
  return (raw * operation.perMs) / (operation.reducedMs ?? lengthMs)
}

function rawValue(operation: Operation, name: string, bucket: JsonObject): number | null {
  const own = bucket[name]
  const filtered = operation.filter !== undefined || operation.kind === 'last_value'
  if (operation.kind === 'count') return countOf(filtered ? own : bucket)
  const agg = filtered && isJsonObject(own) ? own[name] : own
  if (!isJsonObject(agg)) return null
  if (operation.kind === 'last_value') return lastMetric(agg, operation.field ?? '')
  if (operation.kind === 'median' || operation.kind === 'percentile') {
    const [value] = isJsonObject(agg['values']) ? Object.values(agg['values']) : []
    return numberOf(value)
  }
  return numberOf(agg['value'])
}

/** The newest value of a `top_metrics` aggregation. */
export function lastMetric(agg: JsonObject, field: string): number | null {
  return numberOf(lastMetricValue(agg, field))
}

export function lastMetricValue(agg: JsonObject, field: string): JsonValue | undefined {
  const [top] = Array.isArray(agg['top']) ? (agg['top'] as readonly JsonValue[]) : []
  return isJsonObject(top) && isJsonObject(top['metrics']) ? top['metrics'][field] : undefined
}

const countOf = (value: JsonValue | undefined): number | null => (isJsonObject(value) ? numberOf(value['doc_count']) : null)
