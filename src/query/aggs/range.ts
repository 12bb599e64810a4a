import { dateFormat, DEFAULT_DATE_FORMAT } from '../../core/dates/date-format.ts'
import { timeZone } from '../../core/dates/time-zone.ts'
import { doubleJson, printDouble } from '../../core/double.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { AggregationResult } from '../aggregation.ts'
import { dateBound } from '../bind/date-bound.ts'
import { numberFormat } from '../dsl/errors.ts'
import { bool, listOf, number, optionalText, raw, readObject, text, type Member, type Read } from '../dsl/reading.ts'
import { NUMBERS } from '../field-kinds.ts'
import type { ValueFormat } from '../value-format.ts'
import type { AggregationContext, AggregationDefinition, BucketSkeleton, Skeleton } from './definition.ts'
import { orHistograms } from './histogram-field.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

interface RangeBucket {
  readonly key: string
  readonly from: number | undefined
  readonly to: number | undefined
}

const optionalNumber: Read<number | undefined> = (value, at) => (value === null ? undefined : number(value, at))

/** Buckets of numbers, `from` included and `to` not; they may overlap. */
export const range: AggregationDefinition = {
  name: 'range',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        ...sourceMembers,
        keyed: bool,
        ranges: listOf((value, place) =>
          readObject(value, place, { key: text, from: optionalNumber, to: optionalNumber }, 'object'),
        ),
      },
      'object',
    )
    const request = readSource(read, 'range')
    const asked = read.ranges ?? []
    if (asked.length === 0) throw illegalArgument(`No [ranges] specified for the [${name}] aggregation`)
    return {
      bind(context) {
        const { source, field, format } = bindSource(request, 'range', 'numbers, dates and histograms', context)
        const side = (value: number | undefined): string =>
          value === undefined ? '*' : (format.text(value) ?? printDouble(value))
        const ranges = sortRanges(asked.map(({ key, from, to }) => ({ key: key ?? `${side(from)}-${side(to)}`, from, to })))
        const bound = {
          aggregation: { kind: 'range', source, ranges: ranges.map(engineRange) },
          typedKey: 'range',
          shape: (result: AggregationResult) => shapeRanges(result, ranges, read.keyed ?? false, format),
        } as const
        return orHistograms(bound, field, context)
      },
    }
  },
}

/** Buckets of time between dates, date math or epoch milliseconds. */
export const dateRange: AggregationDefinition = {
  name: 'date_range',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        ...sourceMembers,
        keyed: bool,
        time_zone: optionalText,
        ranges: listOf((value, place) => readObject(value, place, { key: text, from: raw, to: raw }, 'object')),
      },
      'object',
    )
    const request = readSource(read, 'date_range', read.time_zone)
    const asked = read.ranges ?? []
    if (asked.length === 0) throw illegalArgument(`No [ranges] specified for the [${name}] aggregation`)
    return {
      bind(context) {
        const { source, field, format } = bindSource(request, 'date_range', 'dates', context)
        const pattern = read.format ?? field?.parameters.format ?? DEFAULT_DATE_FORMAT
        const instant = (value: JsonValue | undefined): number | undefined =>
          read.format === undefined && field !== undefined && NUMBERS.includes(field.type) && typeof value === 'string'
            ? plainNumber(value)
            : readDate(value, pattern, read.time_zone, at, context)
        const side = (value: number | undefined): string =>
          value === undefined ? '*' : (format.text(value) ?? dateFormat(pattern).print(value))
        const ranges = sortRanges(
          asked.map(({ key, from: fromJson, to: toJson }) => {
            const [from, to] = [instant(fromJson), instant(toJson)]
            return { key: key ?? `${side(from)}-${side(to)}`, from, to }
          }),
        )
        return {
          aggregation: { kind: 'range', source, ranges: ranges.map(engineRange) },
          typedKey: 'date_range',
          shape: (result) => shapeRanges(result, ranges, read.keyed ?? false, format),
        }
      },
    }
  },
}

/** Numbers have no dates, unless they are asked for in a format. @throws ElkhornError `number_format_exception` (400) */
function plainNumber(text: string): number {
  const number = text.trim() === '' ? NaN : Number(text)
  if (Number.isNaN(number)) throw numberFormat(text)
  return number
}

function readDate(
  value: JsonValue | undefined,
  pattern: string,
  zoneId: string | undefined,
  at: Member,
  context: AggregationContext,
): number | undefined {
  if (value === undefined || value === null) return undefined
  // Numbers are read by the format as well, whole.
  const given = typeof value === 'number' ? String(Math.trunc(value)) : value
  const [first] = context.indices
  if (typeof given !== 'string') throw illegalArgument(`[${at.owner}] takes dates as texts or epoch milliseconds`)
  // Nothing is searched, so nothing falls into any range.
  if (!first) return undefined
  const zone = zoneId === undefined ? undefined : timeZone(zoneId)
  return dateBound(given, false, { format: dateFormat(pattern), context: first, zone })
}

/** Lowest `from` first, then lowest `to`, as answers list them. */
function sortRanges(ranges: readonly RangeBucket[]): readonly RangeBucket[] {
  return ranges.toSorted(
    (a, b) => compare(a.from ?? -Infinity, b.from ?? -Infinity) || compare(a.to ?? Infinity, b.to ?? Infinity),
  )
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function engineRange({ key, from, to }: RangeBucket): { key: string; from?: number; to?: number } {
  return { key, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}

function shapeRanges(result: AggregationResult, ranges: readonly RangeBucket[], keyed: boolean, format: ValueFormat): Skeleton {
  const found = result.kind === 'buckets' ? result.buckets : []
  const buckets = ranges.map(({ key, from, to }, index): BucketSkeleton => {
    // Two ranges may have one name: then the place tells them apart.
    const bucket = found[index]?.key === key ? found[index] : found.find((one) => one.key === key)
    const docCount = bucket?.docCount ?? 0
    const side = (name: 'from' | 'to', value: number | undefined): JsonObject => {
      if (value === undefined) return {}
      const asText = format.text(value)
      return { [name]: doubleJson(value), ...(asText === undefined ? {} : { [`${name}_as_string`]: asText }) }
    }
    const json: JsonObject = { ...(keyed ? {} : { key }), ...side('from', from), ...side('to', to), doc_count: docCount }
    return { key, name: key, json, docCount, results: bucket?.children }
  })
  return { kind: 'multi', json: {}, keyed, buckets }
}
