import { isJsonObject } from '../../../../src/core/json.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { SearchAnswer } from '../../data/search-answer.ts'
import { bucketName, bucketsOf, scalarText } from '../../data/aggregations.ts'
import { expressionClause } from '../../query/search-body.ts'
import { bucketInterval } from '../../time/bucket-interval.ts'
import type { Frame, FrameColumn, PanelData } from '../frame.ts'
import { lastMetric, lastMetricValue } from '../operation.ts'
import type { PanelContext, PanelSearch } from '../panel-type.ts'
import type { StatusOptions } from './options.ts'

const TREND_POINTS = 30

/** One search for how things are now and, where trends are wanted, one for how they came there. */
export function statusSearches(options: StatusOptions, context: PanelContext): PanelSearch[] {
  const { index, timeField, query } = context.source(options.source)
  const own = options.query === undefined ? [] : expressionClause(options.query)
  const base = { size: 0, track_total_hits: false, query: query(context.interval, ...own) }
  const latest = (field: string): JsonObject => ({
    filter: { exists: { field } },
    aggs: { last: { top_metrics: { metrics: [{ field }], sort: { [timeField]: 'desc' }, size: 1 } } },
  })
  const fields = [...options.values.map(({ field }) => field), ...(options.group === undefined ? [] : [options.group.field])]
  const terms = { field: options.entity.field, size: options.entity.limit, order: { _key: 'asc' } }
  const searches: PanelSearch[] = [
    {
      index,
      body: {
        ...base,
        aggs: {
          entities: {
            terms,
            aggs: {
              seen: { max: { field: timeField } },
              ...Object.fromEntries(fields.map((field, at) => [`f${at}`, latest(field)])),
            },
          },
        },
      },
    },
  ]
  const trends = trendFields(options)
  if (trends.length > 0) {
    const bucket = trendBucket(context)
    const points = {
      date_histogram: { field: timeField, [bucket.kind]: bucket.text, time_zone: context.zone, min_doc_count: 1 },
      aggs: Object.fromEntries(trends.map((field, at) => [`t${at}`, { avg: { field } }])),
    }
    searches.push({ index, body: { ...base, aggs: { entities: { terms, aggs: { points } } } } })
  }
  return searches
}

const trendFields = ({ values, layout }: StatusOptions): string[] =>
  layout === 'table' ? values.filter(({ trend }) => trend).map(({ field }) => field) : []

const trendBucket = ({ interval }: PanelContext) => bucketInterval(interval, TREND_POINTS)

/**
 * Frames: the things, a row each (name, group, last seen, values); then for every value with a trend one whose columns are the
 * things, a row each step.
 */
export function readStatus(options: StatusOptions, answers: readonly SearchAnswer[], context: PanelContext): PanelData {
  const [now, past] = answers
  const entities = isJsonObject(now?.aggregations['entities']) ? now.aggregations['entities'] : {}
  const buckets = bucketsOf(entities)
  const groupAt = options.values.length
  const columns: FrameColumn[] = [
    {
      kind: 'text',
      name: options.entity.label,
      field: options.entity.field,
      values: buckets.map((bucket) => bucketName(bucket)),
    },
    ...(options.group === undefined
      ? []
      : [
          {
            kind: 'text',
            name: options.group.label,
            field: options.group.field,
            values: buckets.map((bucket) => latestText(bucket[`f${groupAt}`], options.group?.field ?? '')),
          } as const,
        ]),
    {
      kind: 'time',
      name: 'seen',
      values: buckets.map((bucket) =>
        isJsonObject(bucket['seen']) && typeof bucket['seen']['value'] === 'number' ? bucket['seen']['value'] : null,
      ),
    },
    ...options.values.map(({ field, label, format }, at): FrameColumn => ({
      kind: 'number',
      name: label,
      field,
      format,
      values: buckets.map((bucket) => latestNumber(bucket[`f${at}`], field)),
    })),
  ]
  return {
    frames: [{ columns, length: buckets.length }, ...trendFrames(options, past?.aggregations ?? {}, context)],
    zone: context.zone,
    partial: answers.some(({ partial }) => partial),
    cut: Number(entities['sum_other_doc_count'] ?? 0) > 0 ? 1 : 0,
    wholeAt: context.interval.to,
  }
}

function latestNumber(filtered: JsonObject[string], field: string): number | null {
  return isJsonObject(filtered) && isJsonObject(filtered['last']) ? lastMetric(filtered['last'], field) : null
}

function latestText(filtered: JsonObject[string], field: string): string | null {
  const value = isJsonObject(filtered) && isJsonObject(filtered['last']) ? lastMetricValue(filtered['last'], field) : undefined
  return value === undefined || value === null ? null : scalarText(value)
}

function trendFrames(options: StatusOptions, aggregations: JsonObject, context: PanelContext): Frame[] {
  const fields = trendFields(options)
  if (fields.length === 0) return []
  const { ms } = trendBucket(context)
  const first = Math.floor(context.interval.from / ms) * ms
  const steps = Math.max(1, Math.ceil((context.interval.to - first) / ms))
  const times = Array.from({ length: steps }, (_, at) => first + at * ms)
  return fields.map((_, field) => ({
    length: steps,
    columns: [
      { kind: 'time', name: 'time', values: times },
      ...bucketsOf(aggregations['entities']).map((entity): FrameColumn => {
        const values: (number | null)[] = Array.from({ length: steps }, () => null)
        for (const point of bucketsOf(entity['points'])) {
          // Buckets of days and longer follow the calendar, so that a start may lie a little off.
          const at = Math.round((Number(point['key']) - first) / ms)
          const average = point[`t${field}`]
          if (at >= 0 && at < steps && isJsonObject(average) && typeof average['value'] === 'number')
            values[at] = average['value']
        }
        return { kind: 'number', name: bucketName(entity), values, format: undefined }
      }),
    ],
  }))
}
