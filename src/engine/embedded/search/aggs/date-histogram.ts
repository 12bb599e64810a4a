import { bucketStarts, type DateRounding, estimateBucketCount, roundDown } from '../../../../core/dates/rounding.ts'
import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import { int, nullable } from '../columns.ts'
import { MINUTE_MS } from '../query/range.ts'
import type { Target } from '../target.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { type KeyList, once } from './bucket-key.ts'
import { type FieldInput, fieldInput } from './field-input.ts'
import { finerByMinute, hasMinutes, minuteOf } from './minutes.ts'
import { holdsRanges, MAX_TOUCHED_BUCKETS, touchedBuckets } from './range-ends.ts'
import { rangeSpan } from './range-span.ts'
import { matchingSpan, type TimeSpan } from './time-span.ts'
import { tooManyBuckets } from './too-many-buckets.ts'

type DateHistogram = Extract<BucketAggregation, { kind: 'date_histogram' }>

const DAY_MS = 86_400_000
/** Longest list of bucket starts that a statement carries: half a megabyte. */
const MAX_STARTS = 50_000

/**
 * Buckets of time. Where all are equally long their numbers are computed; else JavaScript computes their starts, with all
 * that zones and calendars do, and the engine finds the one before each value. Either works on the column of minutes
 * where buckets begin at full minutes: a seventh of the cost.
 */
export async function bindDateHistogram(
  histogram: DateHistogram,
  context: BindContext,
  list: KeyList = once,
): Promise<BucketBinding> {
  const { source, rounding, order } = histogram
  const { targets } = context
  if (targets.some(({ layout }) => holdsRanges(layout.column(source.field)))) return bindRangeDates(histogram, context)
  const input = fieldInput(source, targets)
  const byMinute =
    source.missing === undefined && targets.every((target) => source.field === target.schema.timeField && hasMinutes(target))
  const lengthMs = equalLength(rounding)
  const starts = lengthMs === undefined ? await startsOf(histogram, input, context) : []
  const earliest = Math.min(...targets.map(({ layout }) => layout.minTime ?? 0))
  const base = lengthMs === undefined || targets.length === 0 ? 0 : roundDown(rounding, earliest)
  const wholeMinutes = byMinute && (lengthMs === undefined ? starts.every(isMinute) : isMinute(lengthMs) && isMinute(base))

  const unit = wholeMinutes ? MINUTE_MS : 1
  const numberOf = (value: Sql): Sql => {
    if (lengthMs === undefined)
      return starts.length === 0
        ? sql`CAST(NULL AS Nullable(Int64))`
        : sql`roundDown(toInt64(${value}), CAST(${starts.map((start) => start / unit)} AS Array(Int64)))`
    const from = sql`(${value} - (${base / unit}))`
    // `intDiv` rounds towards zero, so what may lie before the base is moved to its bucket's start first.
    const start = byMinute ? from : sql`${from} - positiveModulo(${from}, ${lengthMs / unit})`
    return sql`intDiv(${start}, ${lengthMs / unit})`
  }
  const value = wholeMinutes ? minuteOf : (target: Target): Sql => input.sql(target)
  return {
    key: {
      several: input.several,
      sql: (target) =>
        input.several ? list(sql`arrayMap(x -> ${numberOf(sql`x`)}, ${value(target)})`) : numberOf(value(target)),
      read: nullable(int),
      ...(wholeMinutes && { finer: finerByMinute(targets, numberOf) }),
    },
    shape: 'buckets',
    keyOf: (raw) => (lengthMs === undefined ? Number(raw) * unit : base + Number(raw) * lengthMs),
    rawOf: (key) => (lengthMs === undefined ? Number(key) / unit : (Number(key) - base) / lengthMs),
    order,
  }
}

/** Ranges fall into every bucket that they touch. */
async function bindRangeDates({ source, rounding, order, within }: DateHistogram, context: BindContext): Promise<BucketBinding> {
  const span = await rangeSpan(source, within, context)
  const lengthMs = equalLength(rounding)
  const base = lengthMs === undefined || span === undefined ? 0 : roundDown(rounding, span.from)
  if (span !== undefined && estimateBucketCount(rounding, span.from, span.to) > MAX_TOUCHED_BUCKETS)
    throw tooManyBuckets(MAX_TOUCHED_BUCKETS)
  const starts = lengthMs === undefined && span !== undefined ? bucketStarts(rounding, span.from, span.to) : []
  const numberOf = (value: Sql): Sql =>
    lengthMs === undefined
      ? sql`toInt64(arrayCount(start -> start <= ${value}, ${starts}) - 1)`
      : sql`toInt64(floor((${value} - (${base})) / ${lengthMs}))`
  return {
    key: { several: true, sql: ({ layout }) => touchedBuckets(layout.column(source.field), span, numberOf), read: nullable(int) },
    shape: 'buckets',
    keyOf: (raw) => (lengthMs === undefined ? (starts[Number(raw)] ?? 0) : base + Number(raw) * lengthMs),
    rawOf: (key) => (lengthMs === undefined ? starts.indexOf(Number(key)) : (Number(key) - base) / lengthMs),
    order,
  }
}

function isMinute(ms: number): boolean {
  return ms % MINUTE_MS === 0
}

/** Length of the buckets in milliseconds, where clock changes and calendars do not make it vary. */
function equalLength(rounding: DateRounding): number | undefined {
  const fixedZone = rounding.zone === 'UTC' || rounding.zone === 'Z' || /^[+-]\d\d:?\d\d$/.test(rounding.zone)
  if (!fixedZone) return undefined
  if (rounding.kind === 'fixed') return rounding.intervalMs
  switch (rounding.unit) {
    case 'minute':
      return MINUTE_MS
    case 'hour':
      return 60 * MINUTE_MS
    case 'day':
      return DAY_MS
    case 'week':
      return 7 * DAY_MS
    default:
      return undefined
  }
}

/** Starts of all buckets that a matching document may fall into. */
async function startsOf({ source, rounding }: DateHistogram, input: FieldInput, context: BindContext): Promise<number[]> {
  const span = await spanOf(source.field, input, context)
  if (span === undefined) return []
  if (estimateBucketCount(rounding, span.from, span.to) > MAX_STARTS) throw tooManyBuckets(MAX_STARTS)
  return bucketStarts(rounding, span.from, span.to)
}

/** First and last value: known for the time of an index, asked for other fields. */
async function spanOf(field: string, input: FieldInput, { targets, statements }: BindContext): Promise<TimeSpan | undefined> {
  const known = targets.map(({ schema, layout, time }): TimeSpan | undefined => {
    if (schema.timeField !== field || layout.minTime === undefined || layout.maxTime === undefined) return undefined
    return { from: Math.max(layout.minTime, time.from), to: Math.min(layout.maxTime, time.to) }
  })
  if (!input.several && known.every((span) => span !== undefined)) return around(known)
  return matchingSpan(input, { targets, statements })
}

function around(spans: readonly TimeSpan[]): TimeSpan | undefined {
  if (spans.length === 0) return undefined
  return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) }
}
