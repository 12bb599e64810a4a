import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
import { float, nullable } from '../columns.ts'
import type { Measure, MeasureScope } from './measure.ts'

/** Exact; holds all values of a group, 8 bytes each. */
export function medianAbsoluteDeviation({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const values = scope.aggregate('groupArray', scope.numbers(source))
  const median = sql`arrayReduce('quantileExactInclusive(0.5)', ${values})`
  const deviations = sql`arrayMap(x -> abs(x - ${median}), ${values})`
  const deviation = sql`if(empty(${values}), NULL, arrayReduce('quantileExactInclusive(0.5)', ${deviations}))`
  return {
    states: [{ column: nullable(float)(deviation), empty: null }],
    result: ([value]) => ({ kind: 'value', value: value === null ? null : Number(value) }),
    orderSql: () => deviation,
  }
}
