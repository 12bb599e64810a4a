import type { ValuesSource } from '../../../../query/aggregation.ts'
import { maxState, type Measure, type MeasureScope, orderMax, orderMaxSql } from './measure.ts'

export function max({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const greatest = scope.aggregate('maxOrNull', scope.numbers(source))
  return {
    states: [maxState(greatest)],
    result: ([value]) => ({ kind: 'value', value: value === null ? null : Number(value) }),
    orderValue: (_, [value]) => orderMax(value),
    orderSql: () => orderMaxSql(greatest),
  }
}
