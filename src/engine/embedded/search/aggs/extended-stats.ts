import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import { derivedInput } from './field-input.ts'
import {
  countState,
  maxState,
  type Measure,
  type MeasureScope,
  minState,
  orderMax,
  orderMaxSql,
  orderMin,
  orderMinSql,
  sumState,
} from './measure.ts'

export function extendedStats({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const input = scope.numbers(source)
  const count = scope.aggregate('count', input)
  const sum = scope.aggregate('sum', input)
  const squares = scope.aggregate(
    'sum',
    derivedInput(input, (value) => sql`${value} * ${value}`),
  )
  const [min, max] = [scope.aggregate('minOrNull', input), scope.aggregate('maxOrNull', input)]
  const variance = (divisor: Sql): Sql => sql`if(${divisor} <= 0, NULL, (${squares} - ${sum} * ${sum} / ${count}) / ${divisor})`
  const population = variance(count)
  const sampling = variance(sql`(toInt64(${count}) - 1)`)
  const properties = new Map([
    ['count', count],
    ['sum', sql`ifNull(${sum}, 0)`],
    ['min', orderMinSql(min)],
    ['max', orderMaxSql(max)],
    ['avg', sql`if(${count} = 0, NULL, ${sum} / ${count})`],
    ['sum_of_squares', sql`ifNull(${squares}, 0)`],
    ['variance', population],
    ['variance_population', population],
    ['variance_sampling', sampling],
    ['std_deviation', sql`sqrt(${population})`],
    ['std_deviation_population', sql`sqrt(${population})`],
    ['std_deviation_sampling', sql`sqrt(${sampling})`],
  ])
  return {
    states: [countState(count), minState(min), maxState(max), sumState(sum), sumState(squares)],
    result: ([documents, least, greatest, total, totalOfSquares]) => ({
      kind: 'extended_stats',
      count: Number(documents),
      min: least === null ? null : Number(least),
      max: greatest === null ? null : Number(greatest),
      sum: Number(total),
      sumOfSquares: Number(totalOfSquares),
    }),
    orderSql: (property) => properties.get(property ?? ''),
    orderValue: (property, [documents, least, greatest, total, totalOfSquares]) => {
      const [n, x, xx] = [Number(documents), Number(total), Number(totalOfSquares)]
      const population = n === 0 ? null : (xx - (x * x) / n) / n
      const sampling = n < 2 ? null : (xx - (x * x) / n) / (n - 1)
      switch (property) {
        case 'count':
          return n
        case 'min':
          return orderMin(least)
        case 'max':
          return orderMax(greatest)
        case 'sum':
          return x
        case 'avg':
          return n === 0 ? null : x / n
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
          return undefined
      }
    },
  }
}
