import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import { float, nullable } from '../columns.ts'
import type { Target } from '../target.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { type KeyList, once } from './bucket-key.ts'
import { numberInput } from './field-input.ts'
import { holdsRanges, MAX_TOUCHED_BUCKETS, touchedBuckets } from './range-ends.ts'
import { rangeSpan } from './range-span.ts'
import { tooManyBuckets } from './too-many-buckets.ts'

type Histogram = Extract<BucketAggregation, { kind: 'histogram' }>

/** Raw keys are the numbers of intervals, so that every bucket's start is computed from it once, here. */
export function bindHistogram(histogram: Histogram, context: BindContext): BucketBinding | Promise<BucketBinding> {
  return context.targets.some(({ layout }) => holdsRanges(layout.column(histogram.source.field)))
    ? bindRangeHistogram(histogram, context)
    : bindValueHistogram(histogram, context)
}

export function bindValueHistogram(histogram: Histogram, { targets }: BindContext, list: KeyList = once): BucketBinding {
  const input = numberInput(histogram.source, targets)
  const index = indexOf(histogram)
  return binding(histogram, {
    several: input.several,
    sql: (target) =>
      input.several ? list(sql`arrayMap(x -> ${index(sql`x`)}, ${input.sql(target)})`) : index(input.sql(target)),
  })
}

/** Ranges fall into every bucket that they touch. */
async function bindRangeHistogram(histogram: Histogram, context: BindContext): Promise<BucketBinding> {
  const { source, interval, within } = histogram
  const span = await rangeSpan(source, within, context)
  if (span !== undefined && (span.to - span.from) / interval > MAX_TOUCHED_BUCKETS) throw tooManyBuckets(MAX_TOUCHED_BUCKETS)
  const index = indexOf(histogram)
  const number = (value: Sql): Sql => sql`toInt64(${index(value)})`
  return binding(histogram, {
    several: true,
    sql: ({ layout }) => sql`arrayMap(i -> toFloat64(i), ${touchedBuckets(layout.column(source.field), span, number)})`,
  })
}

/** Adding zero makes -0 a 0, here and below. */
function indexOf({ interval, offset }: Histogram): (value: Sql) => Sql {
  return (value) => sql`(floor((${value} - (${offset})) / ${interval}) + 0)`
}

function binding(
  { interval, offset, order }: Histogram,
  key: { readonly several: boolean; readonly sql: (target: Target) => Sql },
): BucketBinding {
  return {
    key: { ...key, read: nullable(float) },
    shape: 'buckets',
    keyOf: (raw) => Number(raw) * interval + offset + 0,
    rawOf: (value) => Math.round((Number(value) - offset) / interval) + 0,
    order,
  }
}
