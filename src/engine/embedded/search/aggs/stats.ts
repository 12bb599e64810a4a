import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
import { countState, maxState, type Measure, type MeasureScope, minState, sumState } from './measure.ts'

export function stats({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const input = scope.numbers(source)
  const count = scope.aggregate('count', input)
  const sum = scope.aggregate('sum', input)
  const [min, max] = [scope.aggregate('minOrNull', input), scope.aggregate('maxOrNull', input)]
  const properties = new Map([
    ['count', count],
    ['sum', sql`ifNull(${sum}, 0)`],
    ['min', min],
    ['max', max],
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
    orderSql: (property) => properties.get(property ?? ''),
  }
}
