import type { ValuesSource } from '../../../../query/aggregation.ts'
import { type Measure, type MeasureScope, minState, orderMin, orderMinSql } from './measure.ts'

export function min({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const least = scope.aggregate('minOrNull', scope.numbers(source))
  return {
    states: [minState(least)],
    result: ([value]) => ({ kind: 'value', value: value === null ? null : Number(value) }),
    orderValue: (_, [value]) => orderMin(value),
    orderSql: () => orderMinSql(least),
  }
}
