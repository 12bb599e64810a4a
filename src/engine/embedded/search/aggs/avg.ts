import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
import { countState, type Measure, type MeasureScope, sumState } from './measure.ts'

export function avg({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const input = scope.numbers(source)
  const [sum, count] = [scope.aggregate('sum', input), scope.aggregate('count', input)]
  return {
    states: [sumState(sum), countState(count)],
    result: ([total, documents]) => ({ kind: 'value', value: documents === 0 ? null : Number(total) / Number(documents) }),
    orderSql: () => sql`if(${count} = 0, NULL, ${sum} / ${count})`,
  }
}
