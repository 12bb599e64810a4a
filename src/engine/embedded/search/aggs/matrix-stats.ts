import type { MetricAggregation } from '../../../../query/aggregation.ts'
import { momentsOfSums, NO_MOMENTS } from '../../../../query/joint-moments.ts'
import { joinSql, sql, type Sql } from '../../sql.ts'
import { arrayMode } from '../hits/sort-key.ts'
import type { Target } from '../target.ts'
import type { FieldInput } from './field-input.ts'
import { countState, type Measure, type MeasureScope, type State, sumState } from './measure.ts'

type MatrixStats = Extract<MetricAggregation, { kind: 'matrix_stats' }>

/** Sums of the powers and products of several fields, over the documents that have all of them. */
export function matrixStats({ sources, mode }: MatrixStats, scope: MeasureScope): Measure {
  const inputs = sources.map((source) => scope.numbers(source))
  const valueOf = (input: FieldInput, target: Target): Sql => {
    const value = input.sql(target)
    return input.several ? sql`if(empty(${value}), NULL, toNullable(${arrayMode(value, mode, { whole: undefined })}))` : value
  }
  /** NULL where any field is missing. */
  const sumOf = (of: (values: readonly Sql[]) => Sql): Sql => {
    const input: FieldInput = {
      several: false,
      type: 'double',
      sql: (target) => {
        const values = inputs.map((one) => valueOf(one, target))
        return sql`if(isNull(${joinSql(values, ' + ')}), NULL, ${of(values)})`
      },
    }
    return scope.aggregate('sumKahan', input)
  }
  const count = sql`ifNull(${sumOf(() => sql`1.0`)}, 0)`
  const states: State[] = [countState(count)]
  const at = (values: readonly Sql[], i: number): Sql => values[i] ?? sql`NULL`
  for (const i of inputs.keys()) {
    for (const power of [1, 2, 3, 4]) states.push(sumState(sumOf((values) => sql`pow(${at(values, i)}, ${power})`)))
  }
  const pairs = inputs.flatMap((_, i) => inputs.slice(0, i).map((__, j) => [i, j] as const))
  for (const [i, j] of pairs) states.push(sumState(sumOf((values) => sql`${at(values, i)} * ${at(values, j)}`)))
  return {
    states,
    result: ([documents, ...rest]) => {
      if (Number(documents) === 0) return { kind: 'matrix_stats', moments: NO_MOMENTS }
      const numbers = rest.map(Number)
      const sums = inputs.map((_, i) => {
        const [sum = 0, squares = 0, cubes = 0, fourths = 0] = numbers.slice(4 * i)
        return { sum, squares, cubes, fourths }
      })
      const products = inputs.map((): number[] => [])
      for (const [at, [i, j]] of pairs.entries()) {
        const row = products[i]
        if (row) row[j] = numbers[4 * inputs.length + at] ?? 0
      }
      return { kind: 'matrix_stats', moments: momentsOfSums(Number(documents), sums, products) }
    },
  }
}
