import type { MetricAggregation } from '../../../../query/aggregation.ts'
import { distinctSketch } from '../../../../query/distinct-sketch.ts'
import { sql, type Sql } from '../../sql.ts'
import { floats, uint } from '../columns.ts'
import { derivedInput } from './field-input.ts'
import { DISTINCT } from './fine-groups.ts'
import type { Measure, MeasureScope, State } from './measure.ts'

/**
 * Number of distinct values. Exact into the thousands, off by under 0.5 % at millions: better than any
 * `precision_threshold` asks for, so that is not looked at.
 */
export function cardinality({ source, sketchSize }: Cardinality, scope: MeasureScope): Measure {
  const values = scope.values(source)
  const distinct = sql`ifNull(${scope.aggregate(DISTINCT, values)}, 0)`
  const count: State = { column: uint(distinct), empty: 0 }
  const orderSql = (): Sql => distinct
  if (sketchSize === undefined)
    return { states: [count], result: ([value]) => ({ kind: 'value', value: Number(value) }), orderSql }
  const hashes = derivedInput(
    values,
    (value) => sql`if(isNull(${value}), NULL, toFloat64(bitShiftRight(sipHash64(${value}), 12)))`,
  )
  const least = sql`arraySlice(arraySort(${scope.aggregate('groupUniqArray', hashes)}), 1, ${sketchSize})`
  return {
    states: [count, { column: floats(least), empty: [] }],
    result: ([value, found]) => ({ kind: 'value', value: Number(value), sketch: distinctSketch(found as number[], sketchSize) }),
    orderSql,
  }
}

type Cardinality = Extract<MetricAggregation, { kind: 'cardinality' }>
