import type { ValueBounds, ValuesSource } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import { float, nullable } from '../columns.ts'
import type { BindContext } from './bucket-binding.ts'
import { allEnds, type RangeSpan } from './range-ends.ts'
import { RowSource } from './row-source.ts'

/** What the ranges of all matches cover together, within the bounds; `undefined` where that is nothing. */
export async function rangeSpan(
  { field }: ValuesSource,
  within: ValueBounds | undefined,
  { targets, statements }: BindContext,
): Promise<RangeSpan | undefined> {
  if (targets.length === 0) return undefined
  const rows = new RowSource(targets)
  const end = (of: 'from' | 'to', extreme: string): Sql =>
    rows.column(({ layout }) => {
      const column = layout.column(field)
      if (column === undefined) return sql`CAST(NULL AS Nullable(Float64))`
      const ends = allEnds(column)[of]
      return sql`if(empty(${ends}), NULL, toFloat64(${{ kind: 'sql', text: extreme }}(${ends})))`
    })
  const [from, to] = [end('from', 'arrayMin'), end('to', 'arrayMax')]
  const [row] = await statements.select(
    { from: nullable(float)(sql`minOrNull(${from})`), to: nullable(float)(sql`maxOrNull(${to})`) },
    sql`FROM ${rows.sql()}`,
  )
  if (row === undefined || row.from === null || row.to === null) return undefined
  const span = { from: Math.max(row.from, within?.min ?? -Infinity), to: Math.min(row.to, within?.max ?? Infinity) }
  return span.from <= span.to ? span : undefined
}
