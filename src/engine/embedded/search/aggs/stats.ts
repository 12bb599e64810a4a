import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
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

export function stats({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const input = scope.numbers(source)
  const count = scope.aggregate('count', input)
  const sum = scope.aggregate('sum', input)
  const [min, max] = [scope.aggregate('minOrNull', input), scope.aggregate('maxOrNull', input)]
  const properties = new Map([
    ['count', count],
    ['sum', sql`ifNull(${sum}, 0)`],
    ['min', orderMinSql(min)],
    ['max', orderMaxSql(max)],
    ['avg', sql`if(${count} = 0, NULL, ${sum} / ${count})`],
  ])
  return {
    states: [countState(count), minState(min), maxState(max), sumState(sum)],
    result: ([documents, least, greatest, total]) => ({
      kind: 'stats',
      count: Number(documents),
      min: least === null ? null : Number(least),
      max: greatest === null ? null : Number(greatest),
      sum: Number(total),
    }),
    orderValue: (property, [documents, least, greatest, total]) => {
      switch (property) {
        case 'count':
          return Number(documents)
        case 'min':
          return orderMin(least)
        case 'max':
          return orderMax(greatest)
        case 'sum':
          return Number(total)
        case 'avg':
          return Number(documents) === 0 ? null : Number(total) / Number(documents)
        default:
          return undefined
      }
    },
    orderSql: (property) => properties.get(property ?? ''),
  }
}
