import { dateFormat, DEFAULT_DATE_FORMAT } from '../../core/dates/date-format.ts'
import { bucketStarts, estimateBucketCount, roundDown, type CalendarUnit, type DateRounding } from '../../core/dates/rounding.ts'
import { timeZone } from '../../core/dates/time-zone.ts'
import { parseDurationMs } from '../../core/duration.ts'
import { illegalArgument } from '../../core/errors.ts'
import { dateBound } from '../bind/date-bound.ts'
import { bool, int, optionalText, readObject, text, type Read } from '../dsl/reading.ts'
import type { Field } from '../field.ts'
import { BY_KEY, bucketOrder, withTieBreak } from './bucket-order.ts'
import type { AggregationContext, AggregationDefinition } from './definition.ts'
import { shapeHistogram } from './histogram-buckets.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'
import { checkBounds } from './histogram.ts'

const CALENDAR_UNITS: Readonly<Record<string, CalendarUnit>> = {
  minute: 'minute',
  '1m': 'minute',
  hour: 'hour',
  '1h': 'hour',
  day: 'day',
  '1d': 'day',
  week: 'week',
  '1w': 'week',
  month: 'month',
  '1M': 'month',
  quarter: 'quarter',
  '1q': 'quarter',
  year: 'year',
  '1y': 'year',
}

/** How long buckets are: one of them is given. */
export const intervalMembers = { calendar_interval: text, fixed_interval: text, interval: text } as const

/** Bounds are dates, date math, or epoch milliseconds. */
const bounds: Read<{ readonly min: string | undefined; readonly max: string | undefined }> = (value, at) =>
  readObject(value, at, { min: optionalText, max: optionalText }, 'object')

/** Buckets over time: of a fixed length, or days, months and years as the calendar of a zone has them. */
export const dateHistogram: AggregationDefinition = {
  name: 'date_histogram',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        ...sourceMembers,
        format: optionalText,
        ...intervalMembers,
        time_zone: optionalText,
        offset: text,
        min_doc_count: int,
        keyed: bool,
        order: bucketOrder,
        extended_bounds: bounds,
        hard_bounds: bounds,
      },
      'object',
    )
    const request = readSource(read, 'date_histogram', read.time_zone)
    const zone = read.time_zone ?? 'UTC'
    timeZone(zone)
    const rounding = readRounding(read, zone)
    const minDocCount = read.min_doc_count ?? 0
    if (minDocCount < 0)
      throw illegalArgument(`[min_doc_count] must be greater than or equal to 0. Found [${minDocCount}] in [${name}]`)
    const order = withTieBreak(read.order ?? BY_KEY)
    return {
      bind(context) {
        const { source, field, format } = bindSource(request, 'date_histogram', 'dates and ranges', context)
        const instant = (bound: string | undefined): number | undefined =>
          bound === undefined ? undefined : readBound(bound, field, read.format, zone, context)
        const extended = read.extended_bounds && {
          min: instant(read.extended_bounds.min),
          max: instant(read.extended_bounds.max),
        }
        const hard = read.hard_bounds && { min: instant(read.hard_bounds.min), max: instant(read.hard_bounds.max) }
        checkBounds(extended, hard, [read.extended_bounds, read.hard_bounds])
        if (extended?.min !== undefined && extended.max !== undefined && extended.min > extended.max) {
          throw illegalArgument(
            `[extended_bounds.min][${extended.min}] cannot be greater than [extended_bounds.max][${extended.max}] for histogram aggregation [${name}]`,
          )
        }
        // Bounds know nothing of the offset: it moves their buckets afterwards.
        const rounded = (value: number): number =>
          Math.abs(value) <= LAST_INSTANT ? roundDown({ ...rounding, offsetMs: 0 }, value) : value
        // The bucket that an upper bound lies in is out.
        const first = hard?.min === undefined ? -Infinity : rounded(hard.min)
        const end = hard?.max === undefined ? Infinity : rounded(hard.max)
        return {
          aggregation: { kind: 'date_histogram', source, rounding, order, ...(hard && { within: hard }) },
          typedKey: 'date_histogram',
          time: { rounding, start: ({ key }) => Number(key) },
          shape: (result, shapeContext) =>
            shapeHistogram(
              result,
              {
                format,
                order,
                minDocCount,
                keyed: read.keyed ?? false,
                extendedBounds: extended,
                // Of ranges the engine has seen to it.
                isWithin: (key) => field?.type === 'date_range' || (key >= first && key < end),
                keyOf: (value) => rounded(value) + rounding.offsetMs,
                canonical: (key) => key,
                keysBetween: (from, to) => bucketStarts(rounding, from, to),
                countBetween: (from, to) => estimateBucketCount(rounding, from, to),
              },
              shapeContext,
            ),
        }
      },
    }
  },
}

/** No zone tells more of what lies beyond, in milliseconds from 1970. Where no index is searched, a date is no number at all. */
const LAST_INSTANT = 8.6e15

interface IntervalMembers {
  readonly calendar_interval: string | undefined
  readonly fixed_interval: string | undefined
  readonly interval: string | undefined
  readonly offset: string | undefined
}

/** @throws ElkhornError (400) for an interval that is none */
export function readRounding(read: IntervalMembers, zone: string): DateRounding {
  const { calendar_interval: calendar, fixed_interval: fixed, interval } = read
  const offsetMs = read.offset === undefined ? 0 : readOffset(read.offset)
  if (calendar !== undefined && fixed !== undefined)
    throw illegalArgument('Cannot use [fixed_interval] with [calendar_interval] configuration option.')
  if (interval !== undefined && (calendar !== undefined || fixed !== undefined)) {
    throw illegalArgument('Cannot use [interval] with [fixed_interval] or [calendar_interval] configuration options.')
  }
  const asCalendar = calendar ?? (interval !== undefined && Object.hasOwn(CALENDAR_UNITS, interval) ? interval : undefined)
  if (asCalendar !== undefined) {
    const unit = CALENDAR_UNITS[asCalendar]
    if (unit === undefined)
      throw illegalArgument(`The supplied interval [${asCalendar}] could not be parsed as a calendar interval.`)
    return { kind: 'calendar', unit, zone, offsetMs }
  }
  const asFixed = fixed ?? interval
  if (asFixed === undefined) throw illegalArgument('Invalid interval specified, must be non-null and non-empty')
  const intervalMs = fixedIntervalMs(asFixed)
  return { kind: 'fixed', intervalMs, zone, offsetMs }
}

/** `30s`, `1d`; months and years have no fixed length. */
function fixedIntervalMs(written: string): number {
  // Months are no minutes: the unit's case counts here.
  if (written.endsWith('M')) {
    throw illegalArgument(
      `failed to parse setting [date_histogram.fixedInterval] with value [${written}] as a time value: unit is missing or unrecognized`,
    )
  }
  const ms = parseDurationMs(written, 'date_histogram.fixedInterval')
  if (!(ms >= 1)) throw illegalArgument(`Zero or negative time interval not supported`)
  return ms
}

/** `+6h`, `-1d`, `30m`, or milliseconds. */
function readOffset(written: string): number {
  if (/^[-+]?\d+$/.test(written)) return Number(written)
  const sign = written.startsWith('-') ? -1 : 1
  return sign * parseDurationMs(written.replace(/^[-+]/, ''), 'DateHistogramAggregationBuilder.parseOffset')
}

/** An instant written as a date of the field, as date math, or in milliseconds. */
export function readBound(
  bound: string,
  field: Field | undefined,
  format: string | undefined,
  zone: string,
  context: AggregationContext,
): number {
  const [first] = context.indices
  if (/^-?\d{5,}$/.test(bound)) return Number(bound)
  if (!first) return Number(bound)
  const dates = dateFormat(format ?? field?.parameters.format ?? DEFAULT_DATE_FORMAT)
  return dateBound(bound, false, { format: dates, context: first, zone: timeZone(zone) })
}
