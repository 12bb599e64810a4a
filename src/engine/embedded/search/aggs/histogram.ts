import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import { float, nullable } from '../columns.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { numberInput } from './field-input.ts'

type Histogram = Extract<BucketAggregation, { kind: 'histogram' }>

/** Raw keys are the numbers of intervals, so that every bucket's start is computed from it once, here. */
export function bindHistogram({ source, interval, offset, order }: Histogram, { targets }: BindContext): BucketBinding {
  const input = numberInput(source, targets)
  // Adding zero makes -0 a 0, here and below.
  const index = (value: Sql): Sql => sql`(floor((${value} - (${offset})) / ${interval}) + 0)`
  return {
    key: {
      several: input.several,
      sql: (target) =>
        input.several ? sql`arrayDistinct(arrayMap(x -> ${index(sql`x`)}, ${input.sql(target)}))` : index(input.sql(target)),
      read: nullable(float),
    },
    shape: 'buckets',
    keyOf: (raw) => Number(raw) * interval + offset + 0,
    rawOf: (key) => Math.round((Number(key) - offset) / interval) + 0,
    order,
  }
}
