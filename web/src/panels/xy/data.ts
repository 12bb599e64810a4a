import { roundDown } from '../../../../src/core/dates/rounding.ts'
import type { CalendarUnit } from '../../../../src/core/dates/rounding.ts'
import { isJsonObject } from '../../../../src/core/json.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { SearchAnswer } from '../../data/search-answer.ts'
import { bucketName, bucketsOf } from '../../data/aggregations.ts'
import { expressionClause } from '../../query/search-body.ts'
import { bucketInterval } from '../../time/bucket-interval.ts'
import type { BucketInterval } from '../../time/bucket-interval.ts'
import type { Interval } from '../../time/time-range.ts'
import { mainFrame, timeColumn } from '../frame.ts'
import type { Frame, FrameColumn, PanelData } from '../frame.ts'
import { isAdditive, operationAggs, operationValue } from '../operation.ts'
import type { PanelContext, PanelSearch, PanelTail } from '../panel-type.ts'
import { rankOrder } from '../rank-order.ts'
import type { XyOptions } from './options.ts'

/** Points closer than this cannot be told apart. */
const PIXELS_PER_POINT = 3
const MAX_POINTS = 600
/** After this long everything is asked for again: what came late, and series that have moved up. */
const WHOLE_AGAIN_MS = 60_000

const bucketOf = ({ minStepMs }: XyOptions, { interval, width }: PanelContext): BucketInterval =>
  bucketInterval(interval, Math.min(MAX_POINTS, Math.max(30, Math.floor(width / PIXELS_PER_POINT))), minStepMs)

/** The range, begun where a bucket begins: the first point is then as whole as the others. */
function wholeBuckets({ interval, zone }: PanelContext, bucket: BucketInterval): Interval {
  const rounding =
    bucket.kind === 'fixed_interval'
      ? ({ kind: 'fixed', intervalMs: bucket.ms, zone, offsetMs: 0 } as const)
      : ({ kind: 'calendar', unit: bucket.text as CalendarUnit, zone, offsetMs: 0 } as const)
  return { from: roundDown(rounding, interval.from), to: interval.to }
}

export function xySearches(options: XyOptions, context: PanelContext, since?: number): PanelSearch[] {
  const { index, timeField, query } = context.source(options.source)
  const bucket = bucketOf(options, context)
  const whole = wholeBuckets(context, bucket)
  const interval = since === undefined ? whole : { from: since, to: whole.to }
  const points = {
    date_histogram: {
      field: options.timeField ?? timeField,
      [bucket.kind]: bucket.text,
      time_zone: context.zone,
      min_doc_count: 1,
    },
    aggs: valueAggs(options, timeField),
  }
  const own = options.query === undefined ? [] : expressionClause(options.query)
  return [
    {
      index,
      body: {
        size: 0,
        track_total_hits: false,
        query: query(interval, ...own),
        aggs: options.breakdown === undefined ? { points } : seriesAggs(options, timeField, points, context.series),
      },
    },
  ]
}

function valueAggs({ values }: XyOptions, timeField: string): JsonObject {
  return Object.assign({}, ...values.map((operation, at) => operationAggs(operation, `v${at}`, timeField))) as JsonObject
}

function seriesAggs(
  { breakdown, values }: XyOptions,
  timeField: string,
  points: JsonObject,
  known: readonly string[] | undefined,
): JsonObject {
  const [first] = values
  if (breakdown === undefined || first === undefined) return { points }
  const { field, limit, rank } = breakdown
  const ranking = first.kind === 'last_value' ? {} : operationAggs(first, 'rank', timeField)
  const order = rank.by === 'alphabetical' ? { _key: rank.direction } : rankOrder(first, 'rank', rank.direction)
  const terms = known === undefined ? { field, size: limit, order } : { field, size: Math.max(1, known.length), include: known }
  const ordered = rank.by === 'metric' && known === undefined
  return {
    series: { terms, aggs: { points, ...(ordered ? ranking : {}) } },
    ...(known === undefined ? { all: { cardinality: { field } } } : {}),
  }
}

/** One frame: the time, and a column a series. */
export function readXy(options: XyOptions, answers: readonly SearchAnswer[], context: PanelContext): PanelData {
  const [answer] = answers
  const aggregations = answer?.aggregations ?? {}
  const bucket = bucketOf(options, context)
  const series =
    options.breakdown === undefined
      ? [{ key: undefined, points: bucketsOf(aggregations['points']) }]
      : readSeries(aggregations['series'])
  const times = [...new Set(series.flatMap(({ points }) => points.map((point) => Number(point['key']))))].sort((a, b) => a - b)
  const rowOf = new Map(times.map((time, at) => [time, at]))
  const columns: FrameColumn[] = [{ kind: 'time', name: 'time', values: times }]
  for (const { key, points } of series) {
    for (const [at, operation] of options.values.entries()) {
      const values: (number | null)[] = Array.from({ length: times.length }, () => null)
      for (const point of points) {
        const time = Number(point['key'])
        const row = rowOf.get(time)
        const over = time + bucket.ms <= context.interval.to
        if (row !== undefined && (over || !isAdditive(operation)))
          values[row] = operationValue(operation, `v${at}`, point, bucket.ms)
      }
      const name = key === undefined ? operation.label : options.values.length === 1 ? key : `${key} · ${operation.label}`
      columns.push({
        kind: 'number',
        name,
        values,
        format: operation.format,
        ...(operation.field === undefined ? {} : { field: operation.field }),
      })
    }
  }
  const all = isJsonObject(aggregations['all']) ? Number(aggregations['all']['value']) : series.length
  return {
    frames: [{ columns, length: times.length }],
    zone: context.zone,
    partial: answer?.partial === true,
    cut: Math.max(0, all - series.length),
    wholeAt: context.interval.to,
    stepMs: bucket.ms,
  }
}

function readSeries(aggregation: JsonObject[string]): { key: string | undefined; points: readonly JsonObject[] }[] {
  return bucketsOf(aggregation)
    .map((bucket) => ({ key: bucketName(bucket), points: bucketsOf(bucket['points']) }))
    .sort((a, b) => a.key.localeCompare(b.key, undefined, { numeric: true }))
}

export const xyTail: PanelTail<XyOptions> = {
  since(options, before, context) {
    const frame = mainFrame(before)
    const times = timeColumn(frame)?.values ?? []
    const last = times.at(-1)
    const sameShape =
      before.stepMs === bucketOf(options, context).ms && (options.breakdown === undefined || options.values.length === 1)
    const recent = context.interval.to - before.wholeAt < WHOLE_AGAIN_MS && context.interval.to >= before.wholeAt
    if (last === undefined || last === null || !sameShape || !recent || frame.columns.length < 2) return undefined
    // The last bucket was not over, and the one before may have got late documents.
    return last - bucketOf(options, context).ms
  },

  merge(options, before, fresh, since, context) {
    const old = mainFrame(before)
    const next = mainFrame(fresh)
    const from = wholeBuckets(context, bucketOf(options, context)).from
    const oldTimes = timeColumn(old)?.values ?? []
    const keep = oldTimes.flatMap((time, row) => (time !== null && time >= from && time < since ? [row] : []))
    const columns = old.columns.map((column): FrameColumn => {
      const added = next.columns.find(({ name, kind }) => name === column.name && kind === column.kind)
      const tail = added === undefined ? Array.from({ length: next.length }, () => null) : added.values
      return { ...column, values: [...keep.map((row) => column.values[row] ?? null), ...tail] } as FrameColumn
    })
    const frame: Frame = { columns, length: keep.length + next.length }
    return { ...fresh, frames: [frame], cut: before.cut, wholeAt: before.wholeAt }
  },
}
