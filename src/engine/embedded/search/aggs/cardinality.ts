import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
import { uint } from '../columns.ts'
import type { Measure, MeasureScope } from './measure.ts'

/**
 * Number of distinct values. Exact into the thousands, off by under 0.5 % at millions: better than any
 * `precision_threshold` asks for, so that is not looked at.
 */
export function cardinality({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const distinct = sql`ifNull(${scope.aggregate('uniqCombined64', scope.values(source))}, 0)`
  return {
    states: [{ column: uint(distinct), empty: 0 }],
    result: ([value]) => ({ kind: 'value', value: Number(value) }),
    orderSql: () => distinct,
  }
}
