import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import { derivedInput } from './field-input.ts'
import { type Measure, type MeasureScope, sumState } from './measure.ts'
import { orderBySummary, readSummary, summarize } from './summary.ts'

export function extendedStats({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const { input, count, sum, states, properties: plain } = summarize(source, scope)
  const squares = scope.aggregate(
    'sum',
    derivedInput(input, (value) => sql`${value} * ${value}`),
  )
  const variance = (divisor: Sql): Sql => sql`if(${divisor} <= 0, NULL, (${squares} - ${sum} * ${sum} / ${count}) / ${divisor})`
  const population = variance(count)
  const sampling = variance(sql`(toInt64(${count}) - 1)`)
  const properties = new Map([
    ...plain,
    ['sum_of_squares', sql`ifNull(${squares}, 0)`],
    ['variance', population],
    ['variance_population', population],
    ['variance_sampling', sampling],
    ['std_deviation', sql`sqrt(${population})`],
    ['std_deviation_population', sql`sqrt(${population})`],
    ['std_deviation_sampling', sql`sqrt(${sampling})`],
  ])
  return {
    states: [...states, sumState(squares)],
    result: (values) => ({ kind: 'extended_stats', ...readSummary(values), sumOfSquares: Number(values[states.length]) }),
    orderSql: (property) => properties.get(property ?? ''),
    orderValue: (property, values) => {
      const { count: n, sum: x } = readSummary(values)
      const xx = Number(values[states.length])
      const population = n === 0 ? null : (xx - (x * x) / n) / n
      const sampling = n < 2 ? null : (xx - (x * x) / n) / (n - 1)
      switch (property) {
        case 'sum_of_squares':
          return xx
        case 'variance':
        case 'variance_population':
          return population
        case 'variance_sampling':
          return sampling
        case 'std_deviation':
        case 'std_deviation_population':
          return population === null ? null : Math.sqrt(population)
        case 'std_deviation_sampling':
          return sampling === null ? null : Math.sqrt(sampling)
        default:
          return orderBySummary(property, values)
      }
    },
  }
}
