import { sql, type Sql } from '../../sql.ts'
import { int, nullable } from '../columns.ts'
import type { BindContext } from './bucket-binding.ts'
import type { FieldInput } from './field-input.ts'
import { RowSource } from './row-source.ts'

/** First and last value of a field of times, in milliseconds. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
}

/** The span of the matches; `undefined` where none has a value. */
export async function matchingSpan(
  input: FieldInput,
  { targets, statements }: Pick<BindContext, 'targets' | 'statements'>,
): Promise<TimeSpan | undefined> {
  if (targets.length === 0) return undefined
  const rows = new RowSource(targets)
  const values = rows.column(input.sql)
  const suffix: Sql = { kind: 'sql', text: input.several ? 'Array' : '' }
  const [row] = await statements.select(
    { from: nullable(int)(sql`minOrNull${suffix}(${values})`), to: nullable(int)(sql`maxOrNull${suffix}(${values})`) },
    sql`FROM ${rows.sql()}`,
  )
  if (row === undefined || row.from === null || row.to === null) return undefined
  return { from: row.from, to: row.to }
}
