import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { clusterValues, MAX_RUNS, meanOf, type ValueRun } from '../../../../query/cluster-values.ts'
import { sql, type Sql } from '../../sql.ts'
import { float, nullable, uint } from '../columns.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import type { FieldInput } from './field-input.ts'
import { numberInput } from './field-input.ts'
import { RowSource } from './row-source.ts'

type VariableWidthHistogram = Extract<BucketAggregation, { kind: 'variable_width_histogram' }>

/** Where buckets begin follows from all values of the matches. */
export async function bindVariableWidthHistogram(
  { source, buckets }: VariableWidthHistogram,
  context: BindContext,
): Promise<BucketBinding> {
  const input = numberInput(source, context.targets)
  const clusters = clusterValues(await loadRuns(input, context), buckets)
  const starts = clusters.map(({ min }) => min)
  const numbers: Sql = { kind: 'sql', text: `[${starts.map((start) => sql`toFloat64(${start})`.text).join(', ')}]` }
  const startOf = (value: Sql): Sql =>
    starts.length === 0 ? sql`CAST(NULL AS Nullable(Float64))` : sql`roundDown(${value}, ${numbers})`
  return {
    key: {
      several: input.several,
      sql: (target) =>
        input.several ? sql`arrayMap(x -> ${startOf(sql`x`)}, ${input.sql(target)})` : startOf(input.sql(target)),
      read: nullable(float),
    },
    shape: 'buckets',
    keyOf: Number,
    keysOf: (raw) => {
      const cluster = clusters[starts.indexOf(Number(raw))]
      return [meanOf(cluster), cluster?.min ?? null, cluster?.max ?? null]
    },
    order: [{ by: '_key', order: 'asc' }],
  }
}

/** Distinct values with their counts; where there are very many, those within equal parts of their range together. */
async function loadRuns(input: FieldInput, { targets, statements }: BindContext): Promise<readonly ValueRun[]> {
  if (targets.length === 0) return []
  const rows = new RowSource(targets)
  const values = input.several ? rows.joinedColumn(input.sql) : rows.column(input.sql)
  const known = sql`(SELECT assumeNotNull(${values}) AS x FROM ${rows.sql()} WHERE isNotNull(${values}))`
  const runs = (by: Sql, limit: number): Promise<readonly ValueRun[]> =>
    statements.select(
      { min: float(sql`min(x)`), max: float(sql`max(x)`), sum: float(sql`sum(x)`), count: uint(sql`count()`) },
      sql`FROM ${known} GROUP BY ${by} ORDER BY min(x) LIMIT ${limit}`,
    )
  const exact = await runs(sql`x`, MAX_RUNS + 1)
  if (exact.length <= MAX_RUNS) return exact
  const [span] = await statements.select({ from: float(sql`min(x)`), to: float(sql`max(x)`) }, sql`FROM ${known}`)
  const { from, to } = span ?? { from: 0, to: 0 }
  return runs(sql`least(${MAX_RUNS - 1}, floor((x - ${from}) / ${to - from} * ${MAX_RUNS}))`, MAX_RUNS)
}
