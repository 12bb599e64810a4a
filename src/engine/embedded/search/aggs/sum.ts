import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
import { type Measure, type MeasureScope, sumState } from './measure.ts'

/** 0 where there is no value, as in Elasticsearch. */
export function sum({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const total = scope.aggregate('sum', scope.numbers(source))
  return {
    states: [sumState(total)],
    result: ([value]) => ({ kind: 'value', value: Number(value) }),
    orderSql: () => sql`ifNull(${total}, 0)`,
  }
}
