import { illegalArgument } from '../../../../core/errors.ts'
import type { MetricAggregation } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import type { FieldInput } from './field-input.ts'
import { type Measure, type MeasureScope, sumState } from './measure.ts'

type WeightedAvg = Extract<MetricAggregation, { kind: 'weighted_avg' }>

/** @throws ElkhornError `illegal_argument_exception` (400) where a document of the bucket has several weights */
export function weightedAvg({ value, weight, summed }: WeightedAvg, scope: MeasureScope): Measure {
  const values = scope.numbers(value)
  const weights = scope.numbers(weight)
  const weightOf = (target: Parameters<FieldInput['sql']>[0]): Sql => {
    const list = weights.sql(target)
    if (!weights.several) return list
    return sql`if(empty(${list}), NULL, toNullable(${list}[1]))`
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
  const ambiguous: FieldInput = {
    several: false,
    type: 'double',
    sql: (target) => {
      const hasValue = values.several ? sql`notEmpty(${values.sql(target)})` : sql`isNotNull(${values.sql(target)})`
      return weights.several ? sql`toFloat64(${hasValue} AND length(${weights.sql(target)}) > 1)` : sql`toFloat64(0)`
    },
  }
  const [sum, total] = [scope.aggregate('sum', weighted), scope.aggregate('sum', used)]
  return {
    states: [sumState(sum), sumState(total), sumState(scope.aggregate('sum', ambiguous))],
    result: ([a, b, refused]) => {
      if (Number(refused) > 0) {
        throw illegalArgument(
          'Encountered more than one weight for a single document. Use a script to combine multiple weights-per-doc into a single value.',
        )
      }
      return { kind: 'value', value: Number(b) === 0 ? null : Number(a) / Number(b) }
    },
    orderSql: () => sql`if(ifNull(${total}, 0) = 0, NULL, ${sum} / ${total})`,
  }
}
