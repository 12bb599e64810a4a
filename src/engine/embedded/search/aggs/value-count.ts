import type { ValuesSource } from '../../../../query/aggregation.ts'
import { countState, type Measure, type MeasureScope } from './measure.ts'

export function valueCount({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const count = scope.aggregate('count', scope.values(source))
  return {
    states: [countState(count)],
    result: ([value]) => ({ kind: 'value', value: Number(value) }),
    orderSql: () => count,
  }
}
