import type { MetricAggregation } from '../../../../query/aggregation.ts'
import { momentsOfRows, momentsOfSums, NO_MOMENTS } from '../../../../query/joint-moments.ts'
import { SEQ_NO } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { floats } from '../columns.ts'
import { arrayMode } from '../hits/sort-key.ts'
import type { Target } from '../target.ts'
import type { FieldInput } from './field-input.ts'
import { countState, type Measure, type MeasureScope, type State, sumState } from './measure.ts'

type MatrixStats = Extract<MetricAggregation, { kind: 'matrix_stats' }>

/** Documents of a group that are summed up one by one, in Elasticsearch's own steps; of more the last digits differ. */
const MAX_ROWS = 1000

/** Sums of the powers and products of several fields, over the documents that have all of them. */
export function matrixStats({ sources, mode }: MatrixStats, scope: MeasureScope): Measure {
  const inputs = sources.map((source) => scope.numbers(source))
  const valueOf = (input: FieldInput, target: Target): Sql => {
    const value = input.sql(target)
    return input.several ? sql`if(empty(${value}), NULL, toNullable(${arrayMode(value, mode, { whole: false })}))` : value
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
    return scope.aggregate('sum', input)
  }
  /** The values of the first documents, each behind the number of its target and its place there. */
  const rows: FieldInput = {
    several: true,
    type: 'double',
    sql: (target) => {
      const values = inputs.map((one) => valueOf(one, target))
      const row = [sql`${target.position}`, identifier(SEQ_NO), ...values.map((value) => sql`assumeNotNull(${value})`)]
      const numbers = row.map((value) => sql`toFloat64(${value})`)
      return sql`if(isNull(${joinSql(values, ' + ')}), [], [${joinSql(numbers, ', ')}])`
    },
  }
  const width = inputs.length + 2
  const first = floats(scope.aggregate('groupArray', rows, sql`${(MAX_ROWS + 1) * width}`))
  const count = sql`ifNull(${sumOf(() => sql`1.0`)}, 0)`
  const states: State[] = [
    countState(count),
    { column: first, empty: [], merge: (a, b) => [...(a as number[]), ...(b as number[])] },
  ]
  const at = (values: readonly Sql[], i: number): Sql => values[i] ?? sql`NULL`
  for (const i of inputs.keys()) {
    for (const power of [1, 2, 3, 4]) states.push(sumState(sumOf((values) => sql`pow(${at(values, i)}, ${power})`)))
  }
  const pairs = inputs.flatMap((_, i) => inputs.slice(0, i).map((__, j) => [i, j] as const))
  for (const [i, j] of pairs) states.push(sumState(sumOf((values) => sql`${at(values, i)} * ${at(values, j)}`)))
  return {
    states,
    result: ([documents, kept, ...rest]) => {
      if (Number(documents) === 0) return { kind: 'matrix_stats', moments: NO_MOMENTS }
      const all = kept as readonly number[]
      if (Number(documents) <= MAX_ROWS && all.length === Number(documents) * width)
        return { kind: 'matrix_stats', moments: momentsOfRows(inOrder(all, width)) }
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

/** The values of documents in the order in which they were written. */
function inOrder(all: readonly number[], width: number): readonly (readonly number[])[] {
  const rows = Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width))
  const sorted = rows.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d)
  return sorted.map((row) => row.slice(2))
}
