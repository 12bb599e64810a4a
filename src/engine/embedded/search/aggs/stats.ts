import type { ValuesSource } from '../../../../query/aggregation.ts'
import type { Measure, MeasureScope } from './measure.ts'
import { orderBySummary, readSummary, summarize } from './summary.ts'

export function stats({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const { states, properties } = summarize(source, scope)
  return {
    states,
    result: (values) => ({ kind: 'stats', ...readSummary(values) }),
    orderValue: orderBySummary,
    orderSql: (property) => properties.get(property ?? ''),
  }
}
