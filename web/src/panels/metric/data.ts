import type { JsonObject } from '../../../../src/core/json.ts'
import type { SearchAnswer } from '../../data/search-answer.ts'
import { bucketsOf } from '../../data/aggregations.ts'
import { expressionClause } from '../../query/search-body.ts'
import { bucketInterval } from '../../time/bucket-interval.ts'
import { shiftRange } from '../../time/time-range.ts'
import type { Interval } from '../../time/time-range.ts'
import type { Frame, FrameColumn, PanelData } from '../frame.ts'
import { operationAggs, operationValue } from '../operation.ts'
import type { Operation } from '../operation.ts'
import type { PanelContext, PanelSearch } from '../panel-type.ts'
import type { MetricOptions } from './options.ts'

const TREND_POINTS = 40

/** One search a figure, as each may be over a stretch of its own: primary, secondary ones, the range before, the trend. */
export function metricSearches(options: MetricOptions, context: PanelContext): PanelSearch[] {
  const { source, primary, secondary, compare, trend } = options
  const { index, timeField, query } = context.source(source)
  const own = options.query === undefined ? [] : expressionClause(options.query)
  const figure = (operation: Operation, whole: Interval): PanelSearch => {
    const interval = operation.reducedMs === undefined ? whole : { from: whole.to - operation.reducedMs, to: whole.to }
    return {
      index,
      body: {
        size: 0,
        track_total_hits: true,
        query: query(interval, ...own),
        aggs: operationAggs(operation, 'figure', timeField),
      },
    }
  }
  const searches = [primary, ...secondary].map((operation) => figure(operation, context.interval))
  if (compare) searches.push(figure(primary, shiftRange(context.interval, -1)))
  if (trend) {
    const bucket = trendBucket(context)
    const bars = {
      date_histogram: { field: timeField, [bucket.kind]: bucket.text, time_zone: context.zone, min_doc_count: 1 },
      aggs: operationAggs(withoutStretch(primary), 'figure', timeField),
    }
    searches.push({
      index,
      body: { size: 0, track_total_hits: false, query: query(context.interval, ...own), aggs: { trend: bars } },
    })
  }
  return searches
}

/** Frames: the figures on one row (`primary`, secondary ones, `before`), then the trend. */
export function readMetric(options: MetricOptions, answers: readonly SearchAnswer[], context: PanelContext): PanelData {
  const { primary, secondary, compare, trend } = options
  const length = context.interval.to - context.interval.from
  const rest = [...answers]
  const column = (operation: Operation, name: string): FrameColumn => ({
    kind: 'number',
    name,
    values: [figureOf(operation, rest.shift(), length)],
    format: operation.format,
  })
  const columns = [primary, ...secondary].map((operation) => column(operation, operation.label))
  if (compare) columns.push(column(primary, 'before'))
  const frames: Frame[] = [{ columns, length: 1 }]
  const answer = trend ? rest.shift() : undefined
  if (answer !== undefined) frames.push(trendFrame(withoutStretch(primary), answer.aggregations, context))
  return { frames, zone: context.zone, partial: answers.some(({ partial }) => partial), cut: 0, wholeAt: context.interval.to }
}

function figureOf(operation: Operation, answer: SearchAnswer | undefined, lengthMs: number): number | null {
  if (answer === undefined) return null
  return operationValue(operation, 'figure', { ...answer.aggregations, doc_count: answer.total?.value ?? 0 }, lengthMs)
}

const trendBucket = ({ interval }: PanelContext) => bucketInterval(interval, TREND_POINTS)

/** In a trend every point is over its own stretch of time. */
const withoutStretch = (operation: Operation): Operation => ({ ...operation, reducedMs: undefined })

function trendFrame(operation: Operation, aggregations: JsonObject, context: PanelContext): Frame {
  const { from, to } = context.interval
  const { ms } = trendBucket(context)
  // Stretches that are cut at the ends hold fewer documents: their figures would fall off for no reason.
  const whole = (start: number): boolean => start >= from && start + ms <= to
  const buckets = bucketsOf(aggregations['trend']).filter((bucket) => whole(Number(bucket['key'])))
  return {
    columns: [
      { kind: 'time', name: 'time', values: buckets.map((bucket) => Number(bucket['key'])) },
      {
        kind: 'number',
        name: operation.label,
        values: buckets.map((bucket) => operationValue(operation, 'figure', bucket, ms)),
        format: operation.format,
      },
    ],
    length: buckets.length,
  }
}
