import { nextBucketStart, type CalendarUnit, type DateRounding } from '../../core/dates/rounding.ts'
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from '../../core/dates/civil.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { Aggregation, AggregationResult } from '../aggregation.ts'
import { matchAll } from '../ast.ts'
import { oneOf, readObject, text, type Read } from '../dsl/reading.ts'
import { valueFormat } from '../value-format.ts'
import type { AggregationContext, AggregationDefinition } from './definition.ts'
import { shapeValue } from './metrics.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** Units are so many milliseconds long, or so many months. */
type RateUnit = { readonly name: string } & ({ readonly ms: number } | { readonly months: number })

const UNITS: readonly (RateUnit & { readonly short: string })[] = [
  { name: 'second', short: '1s', ms: 1000 },
  { name: 'minute', short: '1m', ms: MS_PER_MINUTE },
  { name: 'hour', short: '1h', ms: MS_PER_HOUR },
  { name: 'day', short: '1d', ms: MS_PER_DAY },
  { name: 'week', short: '1w', ms: 7 * MS_PER_DAY },
  { name: 'month', short: '1M', months: 1 },
  { name: 'quarter', short: '1q', months: 3 },
  { name: 'year', short: '1y', months: 12 },
]

const rateUnit: Read<RateUnit> = (value, at) => {
  const given = text(value, at)
  const found = UNITS.find(({ name, short }) => given === short || given === name)
  if (found) return found
  throw illegalArgument(`Unsupported unit ${given}`)
}

/** Documents, or the sum or number of their values, for each unit of time of the histogram's bucket around. */
export const rate: AggregationDefinition = {
  name: 'rate',
  holdsOthers: false,
  parse(json, at) {
    const read = readObject(json, at, { ...sourceMembers, unit: rateUnit, mode: oneOf('sum', 'value_count') }, 'object')
    const { unit, mode } = read
    const isOfField = read.field !== undefined || read.script !== undefined
    if (!isOfField && mode) throw illegalArgument('The mode parameter is only supported with field or script')
    const request = isOfField ? readSource(read, 'rate') : undefined
    return {
      bind(context) {
        const { around } = context
        if (!around) throw illegalArgument(OUTSIDE)
        if (unit) bucketUnits(around, 0, unit)
        const format = request
          ? bindSource(request, 'rate', 'numbers', context).format
          : valueFormat(undefined, { format: read.format })
        return {
          aggregation: request
            ? measured(request, mode ?? 'sum', context)
            : { kind: 'filter', query: context.indices.map(() => matchAll) },
          typedKey: 'rate',
          shape(result, { bucketStart }) {
            const units = unit && bucketStart !== undefined ? bucketUnits(around, bucketStart, unit) : 1
            return shapeValue({ kind: 'value', value: amountOf(result) / units }, 0, format)
          },
        }
      },
    }
  },
}

const OUTSIDE =
  'The rate aggregation can only be used inside a date histogram aggregation or composite aggregation with exactly one date histogram value source'

function measured(
  request: Parameters<typeof bindSource>[0],
  mode: 'sum' | 'value_count',
  context: AggregationContext,
): Aggregation {
  return { kind: mode, source: bindSource(request, 'rate', 'numbers', context).source }
}

function amountOf(result: AggregationResult): number {
  if (result.kind === 'single') return result.docCount
  return result.kind === 'value' ? (result.value ?? 0) : 0
}

/** How many units a bucket is long. @throws ElkhornError (400) for months within what has a fixed length */
function bucketUnits(rounding: DateRounding, start: number, unit: RateUnit): number {
  if (rounding.kind === 'fixed') {
    if ('ms' in unit) return rounding.intervalMs / unit.ms
    throw monthBased(unit, 'fixed interval based histogram,')
  }
  const own = MONTHS[rounding.unit]
  if (own !== undefined) {
    return 'months' in unit ? own / unit.months : (nextBucketStart(rounding, start) - start) / unit.ms
  }
  if (!('ms' in unit)) throw monthBased(unit, `non-month based calendar interval histogram [${rounding.unit}]`)
  const length = UNITS.find(({ name }) => name === rounding.unit)
  return length && 'ms' in length ? length.ms / unit.ms : 1
}

const MONTHS: Readonly<Partial<Record<CalendarUnit, number>>> = { month: 1, quarter: 3, year: 12 }

function monthBased({ name }: RateUnit, histogram: string): Error {
  return illegalArgument(
    `Cannot use month-based rate unit [${name}] with ${histogram} only week, day, hour, minute and second are supported for this histogram`,
  )
}
