import type { MetricAggregation } from '../../../../query/aggregation.ts'
import { percentileRank } from '../../../../query/percentile-rank.ts'
import { sql, type Sql } from '../../sql.ts'
import { floats } from '../columns.ts'
import { derivedInput } from './field-input.ts'
import { countState, type Measure, type MeasureScope, type State } from './measure.ts'

type PercentileRanks = Extract<MetricAggregation, { kind: 'percentile_ranks' }>

/** What is known around each asked value: how many values reach up to it, and its neighbours on both sides. */
const STATES_PER_VALUE = 3
const NEIGHBOURS = 2

export function percentileRanks({ source, values, method }: PercentileRanks, scope: MeasureScope): Measure {
  const input = scope.numbers(source)
  const count = scope.aggregate('count', input)
  const around = values.flatMap((value): State[] => {
    const upTo = derivedInput(input, (x) => sql`toFloat64(${x} <= ${value})`)
    // Turned around, the greatest are the least.
    const below = derivedInput(input, (x) => sql`if(${x} <= ${value}, -${x}, NULL)`)
    const above = derivedInput(input, (x) => sql`if(${x} > ${value}, ${x}, NULL)`)
    const least = (of: typeof below): State => leastState(scope.aggregate('groupArraySorted', of, sql`${NEIGHBOURS}`))
    return [countState(sql`ifNull(${scope.aggregate('sum', upTo)}, 0)`), least(below), least(above)]
  })
  const ranksOf = ([total, ...states]: readonly unknown[]): (number | null)[] =>
    values.map((value, i) => {
      const [upTo, below, above] = states.slice(i * STATES_PER_VALUE, (i + 1) * STATES_PER_VALUE)
      const known = { count: Number(total), upTo: Number(upTo) }
      if (method === 'hdr') return known.count === 0 ? null : (100 * known.upTo) / known.count
      return percentileRank(value, { ...known, below: (below as number[]).map((x) => -x), above: above as number[] })
    })
  return {
    states: [countState(count), ...around],
    result: (states) => ({ kind: 'percentiles', values: ranksOf(states) }),
    orderValue: (property, states) => ranksOf(states)[values.indexOf(Number(property))],
    orderSql: (property) => {
      const at = values.indexOf(Number(property))
      const upTo = around[at * STATES_PER_VALUE]
      return at < 0 || upTo === undefined ? undefined : sql`if(${count} = 0, NULL, ${upTo.column.sql} / ${count})`
    },
  }
}

/** A few least values, ascending. */
const leastState = (value: Sql): State => ({
  column: floats(value),
  empty: [],
  merge: (a, b) => [...(a as number[]), ...(b as number[])].sort((x, y) => x - y).slice(0, NEIGHBOURS),
})
