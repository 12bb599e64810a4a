import type { MetricAggregation } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
import { derivedInput } from './field-input.ts'
import { countState, maxState, type Measure, type MeasureScope, minState, type State } from './measure.ts'

type PercentileRanks = Extract<MetricAggregation, { kind: 'percentile_ranks' }>

/** What is counted around each asked value: values below it, equal to it, and its neighbours. */
const STATES_PER_VALUE = 4

/** Exact: a value that occurs stands in the middle of its equals, one that does not between its neighbours. */
export function percentileRanks({ source, values }: PercentileRanks, scope: MeasureScope): Measure {
  const input = scope.numbers(source)
  const count = scope.aggregate('count', input)
  const around = values.flatMap((value): State[] => {
    const flagged = (operator: string) =>
      derivedInput(input, (x) => ({ kind: 'sql', text: `toFloat64(${x.text} ${operator} ${sql`${value}`.text})` }))
    const only = (operator: string) =>
      derivedInput(input, (x) => ({ kind: 'sql', text: `if(${x.text} ${operator} ${sql`${value}`.text}, ${x.text}, NULL)` }))
    return [
      countState(sql`ifNull(${scope.aggregate('sum', flagged('<'))}, 0)`),
      countState(sql`ifNull(${scope.aggregate('sum', flagged('='))}, 0)`),
      maxState(scope.aggregate('maxOrNull', only('<'))),
      minState(scope.aggregate('minOrNull', only('>'))),
    ]
  })
  const rankOf = (value: number, total: number, [below, equal, before, after]: readonly unknown[]): number | null => {
    if (total === 0) return null
    const less = Number(below)
    if (Number(equal) > 0) return (100 * (less + Number(equal) / 2)) / total
    if (before === null || before === undefined) return 0
    if (after === null || after === undefined) return 100
    const share = (value - Number(before)) / (Number(after) - Number(before))
    return (100 * (less - 0.5 + share)) / total
  }
  const ranksOf = ([total, ...states]: readonly unknown[]): (number | null)[] =>
    values.map((value, i) => rankOf(value, Number(total), states.slice(i * STATES_PER_VALUE, (i + 1) * STATES_PER_VALUE)))
  return {
    states: [countState(count), ...around],
    result: (states) => ({ kind: 'percentiles', values: ranksOf(states) }),
    orderValue: (property, states) => ranksOf(states)[values.indexOf(Number(property))],
    orderSql: (property) => {
      const at = values.indexOf(Number(property))
      const [below, equal] = around.slice(at * STATES_PER_VALUE)
      if (at < 0 || below === undefined || equal === undefined) return undefined
      return sql`if(${count} = 0, NULL, (${below.column.sql} + ${equal.column.sql} / 2) / ${count})`
    },
  }
}
