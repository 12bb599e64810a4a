import { illegalArgument } from '../../core/errors.ts'
import { metricPath, type AggregateMetric } from '../aggregate-metric.ts'
import type { Field } from '../field.ts'
import type { JsonValue } from '../../core/json.ts'
import type { AggregationResult, MetricAggregation, ValuesSource } from '../aggregation.ts'
import { int, readObject, type Member } from '../dsl/reading.ts'
import type { AggregationDefinition, BoundAggregation, ParsedAggregation, Skeleton } from './definition.ts'
import type { ShapedMetric } from './shaped.ts'
import { orHistograms } from './histogram-field.ts'
import { bindSource, findField, readSource, sourceMembers, type Accepts, type SourceRequest } from './values-source.ts'
import { valueFormat, type ValueFormat } from '../value-format.ts'

type SimpleMetric = 'avg' | 'min' | 'max' | 'sum' | 'value_count'

/** Aggregations of one number that differ only in which: avg, min, max, sum and value_count. */
function simpleMetric(name: SimpleMetric, accepts: Accepts): AggregationDefinition {
  return {
    name,
    holdsOthers: false,
    parse(json: JsonValue, at: Member): ParsedAggregation {
      const request = readSource(readObject(json, at, sourceMembers, 'object'), name)
      return {
        bind(context) {
          const aggregated = request.script ? undefined : findField(request.field, context)
          if (aggregated?.type === 'aggregate_metric_double') return overMetrics(name, aggregated)
          const { source, field, format } = bindSource(request, name, accepts, context)
          const shape = (result: AggregationResult): Skeleton =>
            name === 'value_count' ? shapeCount(result) : shapeValue(result, name === 'sum' ? 0 : null, format)
          return orHistograms({ aggregation: { kind: name, source }, typedKey: name, shape }, field, context)
        },
      }
    },
  }
}

/** The same over metrics that were computed before: the least of the least, and so on. */
function overMetrics(name: SimpleMetric, field: Field): BoundAggregation {
  const of = (metric: AggregateMetric): ValuesSource => {
    if (!field.parameters.metrics?.includes(metric))
      throw illegalArgument(`Field [${field.path}] of type [${field.type}] has no metric [${metric}], which [${name}] needs`)
    return { field: metricPath(field.path, metric) }
  }
  const aggregation: MetricAggregation =
    name === 'avg'
      ? { kind: 'weighted_avg', value: of('sum'), weight: of('value_count'), summed: true }
      : name === 'value_count'
        ? { kind: 'sum', source: of('value_count') }
        : { kind: name, source: of(name) }
  return {
    aggregation,
    typedKey: name,
    shape: (result) =>
      name === 'value_count' ? shapeCount(result) : shapeValue(result, name === 'sum' ? 0 : null, valueFormat(undefined)),
  }
}

/** `value`, and `value_as_string` where the field's type or the request has a text for it. */
export function shapeValue(result: AggregationResult, empty: 0 | null, format: ValueFormat | undefined): Skeleton {
  const value = result.kind === 'value' ? (result.value ?? empty) : empty
  const text = value === null || !format ? undefined : format.text(value)
  return { kind: 'metric', json: { value, ...(text === undefined ? {} : { value_as_string: text }) } }
}

function shapeCount(result: AggregationResult): ShapedMetric {
  return { kind: 'metric', exact: true, json: { value: result.kind === 'value' ? (result.value ?? 0) : 0 } }
}

export const avg = simpleMetric('avg', 'numbers, dates and histograms')
export const min = simpleMetric('min', 'numbers, dates and histograms')
export const max = simpleMetric('max', 'numbers, dates and histograms')
export const sum = simpleMetric('sum', 'numbers, dates and histograms')
export const valueCount = simpleMetric('value_count', 'anything and histograms')

/** count, min, max, avg and sum at once. */
export const stats: AggregationDefinition = {
  name: 'stats',
  holdsOthers: false,
  parse(json, at) {
    const request: SourceRequest = readSource(readObject(json, at, sourceMembers, 'object'), 'stats')
    return {
      bind(context) {
        const { source, format } = bindSource(request, 'stats', 'numbers and dates', context)
        return {
          aggregation: { kind: 'stats', source },
          typedKey: 'stats',
          shape: (result) => ({ kind: 'metric', json: shapeStats(result, format) }),
        }
      },
    }
  },
}

function shapeStats(result: AggregationResult, format: ValueFormat): Record<string, JsonValue> {
  const { count, min, max, sum } = result.kind === 'stats' ? result : { count: 0, min: null, max: null, sum: 0 }
  const avg = count === 0 ? null : sum / count
  const json: Record<string, JsonValue> = { count, min, max, avg, sum }
  if (count === 0) return json
  for (const [name, value] of Object.entries({ min, max, avg, sum })) {
    const text = value === null ? undefined : format.text(value)
    if (text !== undefined) json[`${name}_as_string`] = text
  }
  return json
}

function shapeCardinality(result: AggregationResult): Skeleton {
  const sketch = result.kind === 'value' ? result.sketch : undefined
  return { ...shapeCount(result), mergeable: { kind: 'cardinality', sketch } }
}

/** Hashes of one bucket, where those of several are counted together: what Elasticsearch takes most for. */
const sketchSize = (precisionThreshold: number): number => Math.max(1000, Math.min(40_000, precisionThreshold))

/** Beyond this many distinct values `cardinality` is an estimate unless asked otherwise. */
const DEFAULT_PRECISION_THRESHOLD = 3000

export const cardinality: AggregationDefinition = {
  name: 'cardinality',
  holdsOthers: false,
  parse(json, at, name) {
    const read = readObject(json, at, { ...sourceMembers, precision_threshold: int, execution_hint: int, rehash: int }, 'object')
    const request = readSource(read, 'cardinality')
    const precisionThreshold = read.precision_threshold ?? DEFAULT_PRECISION_THRESHOLD
    return {
      bind(context) {
        const { source } = bindSource(request, 'cardinality', 'anything', context)
        const sketch = context.merged?.includes(name) ? { sketchSize: sketchSize(precisionThreshold) } : {}
        const aggregation = { kind: 'cardinality', source, precisionThreshold, ...sketch } as const
        return { aggregation, typedKey: 'cardinality', shape: shapeCardinality }
      },
    }
  },
}
