import type { MetricAggregation } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import type { FieldInput } from './field-input.ts'
import { type Measure, type MeasureScope, sumState } from './measure.ts'

type WeightedAvg = Extract<MetricAggregation, { kind: 'weighted_avg' }>

/** Elasticsearch's words for a document with several weights; the engine raises them. */
const SEVERAL_WEIGHTS =
  'Encountered more than one weight for a single document. Use a script to combine multiple weights-per-doc into a single value.'

export function weightedAvg({ value, weight, summed }: WeightedAvg, scope: MeasureScope): Measure {
  const values = scope.numbers(value)
  const weights = scope.numbers(weight)
  const weightOf = (target: Parameters<FieldInput['sql']>[0]): Sql => {
    const list = weights.sql(target)
    if (!weights.several) return list
    const checked = sql`if(throwIf(length(${list}) > 1, ${SEVERAL_WEIGHTS}) = 0, ${list}, ${list})`
    return sql`if(empty(${list}), NULL, toNullable(${checked}[1]))`
  }
  const input = (single: (x: Sql, w: Sql) => Sql, several: (list: Sql, w: Sql) => Sql): FieldInput => ({
    several: false,
    type: 'double',
    sql: (target) => (values.several ? several : single)(values.sql(target), weightOf(target)),
  })
  const weighted = input(
    (x, w) => (summed ? x : sql`${x} * ${w}`),
    (list, w) => sql`if(empty(${list}), NULL, arraySum(${list}) * ${summed ? sql`1` : w})`,
  )
  const used = input(
    (x, w) => sql`if(isNull(${x}), NULL, ${w})`,
    (list, w) => sql`if(empty(${list}), NULL, length(${list}) * ${w})`,
  )
  const [sum, total] = [scope.aggregate('sum', weighted), scope.aggregate('sum', used)]
  return {
    states: [sumState(sum), sumState(total)],
    result: ([a, b]) => ({ kind: 'value', value: Number(b) === 0 ? null : Number(a) / Number(b) }),
    orderSql: () => sql`if(ifNull(${total}, 0) = 0, NULL, ${sum} / ${total})`,
  }
}
