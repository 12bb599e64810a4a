import type { NamedAggregation } from '../../../../query/aggregation.ts'
import type { ScopePath } from '../../../../query/nested-objects.ts'
import type { SortKey } from '../../../../query/sort.ts'
import { SEQ_NO, type TableLayout } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { exactInput } from '../aggs/field-input.ts'
import { typeName, type ValueType } from '../columns.ts'
import { arrayMode } from '../hits/sort-key.ts'
import { compileQuery, type QueryScope } from '../query/compile.ts'
import { ALWAYS, and, type Condition, leaf, where } from '../query/condition.ts'
import { holder, tableOf } from '../query/nested.ts'
import type { Statements } from '../statement.ts'
import type { Target } from '../target.ts'
import { expandPatterns } from '../terms/expand.ts'
import type { Lookups } from './lookups.ts'

/** A key of a sort, and whose hits are sorted by it. */
export interface ScopedSortKey {
  readonly key: SortKey
  readonly scope: ScopePath
}

/** What hits are sorted by that lies in their nested objects. */
export interface NestedSortValue {
  readonly type: ValueType
  /** By the number of a row; NULL where it has none. */
  readonly sql: Sql
}

/** Keys of hits within aggregations. */
export function sortKeysWithin(aggregations: readonly NamedAggregation[], scope: ScopePath = ''): ScopedSortKey[] {
  return aggregations.flatMap(({ aggregation, children }) => {
    const own = aggregation.kind === 'top_hits' || aggregation.kind === 'top_metrics' ? aggregation.sort : []
    const inside = aggregation.kind === 'nested' || aggregation.kind === 'reverse_nested' ? aggregation.path : scope
    return [...own.map((key) => ({ key, scope })), ...sortKeysWithin(children, inside)]
  })
}

/** Looks up, for keys that sort by nested objects, what each row is sorted by; other keys need nothing. */
export async function withSortValues(
  targets: readonly Target[],
  keys: readonly ScopedSortKey[],
  lookups: Lookups,
  statements: Statements,
): Promise<readonly Target[]> {
  const nested = keys.filter(({ key }) => key.nested !== undefined)
  if (nested.length === 0) return targets
  return Promise.all(
    targets.map(async (target) => {
      const sortValues = new Map<SortKey, NestedSortValue>()
      for (const { key, scope } of nested) {
        const value = await sortValue(key, scope, target, lookups, statements)
        if (value !== undefined) sortValues.set(key, value)
      }
      return { ...target, sortValues }
    }),
  )
}

async function sortValue(
  { field, mode, nested }: SortKey,
  scope: ScopePath,
  target: Target,
  lookups: Lookups,
  statements: Statements,
): Promise<NestedSortValue | undefined> {
  const { levels = [], maxChildren } = nested ?? {}
  const documents = target.scope.documents ?? target.layout
  const among = scope === '' ? documents : documents.objects?.(scope)
  const path = levels.at(-1)?.path
  const objects = path === undefined ? undefined : documents.objects?.(path)
  if (objects === undefined || among === undefined || objects.column(field) === undefined) return undefined

  const conditions: Condition[] = []
  for (const level of levels) {
    const layout = documents.objects?.(level.path)
    const query = level.filter?.[target.position]
    if (layout === undefined || query === undefined) continue
    const expansions = await expandPatterns(query, layout, statements)
    const inner: QueryScope = { ...target.scope, layout, documents, expansions }
    conditions.push(around(compileQuery(query, inner), layout, objects))
  }
  const input = exactInput({ field }, [{ ...target, layout: objects }])
  const value = input.sql({ ...target, layout: objects })
  const key = holder(objects, among)
  const columns = sql`${key} AS holder, ${value} AS value`
  const first =
    maxChildren === undefined ? sql`` : sql` ORDER BY ${identifier(SEQ_NO)} LIMIT ${Math.max(1, maxChildren)} BY holder`
  const rows = sql`(SELECT ${columns} FROM ${tableOf(objects)} ${where(and(conditions))}${first})`
  const values = input.several ? sql`groupArrayArray(value)` : sql`groupArray(value)`
  const whole = input.type === 'unsigned' ? 'UInt64' : ['long', 'nanos', 'boolean'].includes(input.type) ? 'Int64' : undefined
  const type = sql`Nullable(${typeName(input.type)})`
  const picked = sql`CAST(${arrayMode(sql`many`, mode, { whole })} AS ${type})`
  const select = sql`SELECT holder, ${picked} FROM (SELECT holder, ${values} AS many FROM ${rows} GROUP BY holder HAVING notEmpty(many))`
  return { type: input.type, sql: await lookups.fill(select, type) }
}

/** Of objects: whether those of another path around them fulfil a condition. */
function around(condition: Condition, outer: TableLayout, objects: TableLayout): Condition {
  if (condition.kind !== 'test' || outer === objects) return condition
  const rows = sql`SELECT ${identifier(SEQ_NO)} FROM ${tableOf(outer)} ${where(condition, ALWAYS)}`
  return leaf(sql`${holder(objects, outer)} IN (${rows})`, { nullable: false })
}
