import { illegalArgument } from '../../../../core/errors.ts'
import type { FieldValue } from '../../../../query/field.ts'
import type { StoredColumn } from '../../layout.ts'
import { sql, type Sql } from '../../sql.ts'
import { type ValueType } from '../columns.ts'
import { ALWAYS, and, type Condition, leaf, NEVER, or } from '../query/condition.ts'
import { literal } from '../query/literal.ts'
import { rangeCondition } from '../query/range.ts'
import type { Target } from '../target.ts'
import { type BoundSortKey, nullsFirst, type SortValues } from './sort-key.ts'

/** Documents that come after a hit with these sort values; those with equal values do not. */
export function afterCondition(keys: readonly BoundSortKey[], after: SortValues, target: Target): Condition {
  if (after.length !== keys.length) {
    throw illegalArgument(`search_after has ${after.length} value(s) but sort has ${keys.length}.`)
  }
  let condition: Condition = NEVER
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i]
    if (key === undefined) continue
    const value = after[i] ?? null
    condition = or([beyond(key, value, target), and([same(key, value, target), condition])])
  }
  return and([notBefore(keys[0], after[0] ?? null, target), condition])
}

function beyond(bound: BoundSortKey, value: FieldValue | null, target: Target): Condition {
  const x = bound.value(target)
  const isNull = leaf(sql`isNull(${x})`, { nullable: false })
  if (value === null) return nullsFirst(bound.key) ? leaf(sql`isNotNull(${x})`, { nullable: false }) : NEVER
  const operator = bound.key.order === 'asc' ? sql`>` : sql`<`
  const past = leaf(sql`${x} ${operator} ${typed(value, bound.type)}`, { nullable: true })
  return nullsFirst(bound.key) ? past : or([past, isNull])
}

function same(bound: BoundSortKey, value: FieldValue | null, target: Target): Condition {
  const x = bound.value(target)
  if (value === null) return leaf(sql`isNull(${x})`, { nullable: false })
  return leaf(sql`${x} = ${typed(value, bound.type)}`, { nullable: true })
}

/** Says again of the time alone what the condition says of all keys, in a form that skips what lies before. */
function notBefore(bound: BoundSortKey | undefined, value: FieldValue | null, { layout, schema }: Target): Condition {
  if (bound === undefined || value === null || schema.timeField === undefined || bound.key.field !== schema.timeField)
    return ALWAYS
  const column: StoredColumn | undefined = layout.column(schema.timeField)
  if (column === undefined || column.arrayName !== undefined || layout.hasMissingTime) return ALWAYS
  return rangeCondition(column, bound.key.order === 'asc' ? { gte: value } : { lte: value }, layout)
}

function typed(value: FieldValue, type: ValueType): Sql {
  return literal(value, type === 'boolean' ? 'bool' : type === 'ip' ? 'ipv6' : type === 'double' ? 'float64' : 'string')
}
