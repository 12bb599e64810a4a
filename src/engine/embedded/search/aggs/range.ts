import type { BucketAggregation } from '../../../../query/aggregation.ts'
import type { Bounds } from '../../../../query/ast.ts'
import type { FieldValue } from '../../../../query/field.ts'
import type { StoredColumn } from '../../layout.ts'
import { compareValues } from '../hits/sort-key.ts'
import { compileQuery } from '../query/compile.ts'
import { type Condition, flag, NEVER, not, or } from '../query/condition.ts'
import { rangeCondition } from '../query/range.ts'
import type { Target } from '../target.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { indexOfConditions, readIndex } from './bucket-key.ts'

type Range = Extract<BucketAggregation, { kind: 'range' }>

/** Raw keys are positions in the list of ranges. */
export function bindRange(range: Range, { targets }: BindContext): BucketBinding {
  const conditions = rangeConditions(range)
  const several = overlap(range) || targets.some(({ layout }) => layout.column(range.source.field)?.arrayName !== undefined)
  return {
    key: {
      several,
      sql: (target) =>
        indexOfConditions(
          conditions.map((condition) => flag(condition(target))),
          several,
        ),
      conditions: (target) => conditions.map((condition) => condition(target)),
      read: readIndex,
    },
    shape: 'buckets',
    keyOf: (raw) => range.ranges[Number(raw)]?.key ?? '',
    always: range.ranges.map((_, i) => i),
    order: [],
  }
}

/** One condition for each range, in their order. */
export function rangeConditions({ source, ranges }: Range): readonly ((target: Target) => Condition)[] {
  return ranges.map(({ from, to }) => {
    return (target) => {
      const column = target.layout.column(source.field)
      const bounds: Bounds = { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) }
      const inRange = column === undefined ? NEVER : rangeCondition(column, boundsIn(column, bounds), target.layout)
      if (source.missing === undefined || !holds(source.missing, bounds)) return inRange
      return or([inRange, not(compileQuery({ kind: 'exists', field: source.field }, target.scope))])
    }
  })
}

/** Ranges of time are in milliseconds, whatever the field counts in. */
function boundsIn({ field }: StoredColumn, { gte, lt }: Bounds): Bounds {
  const nanos = (millis: FieldValue): bigint => BigInt(Math.round(Number(millis))) * 1_000_000n
  if (field.type !== 'date_nanos') return { ...(gte !== undefined && { gte }), ...(lt !== undefined && { lt }) }
  return { ...(gte !== undefined && { gte: nanos(gte) }), ...(lt !== undefined && { lt: nanos(lt) }) }
}

function holds(value: FieldValue, { gte, lt }: Bounds): boolean {
  return (gte === undefined || compareValues(value, gte) >= 0) && (lt === undefined || compareValues(value, lt) < 0)
}

function overlap({ ranges }: Range): boolean {
  const sorted = ranges.toSorted((a, b) => compareOpen(a.from, b.from))
  return sorted.some((range, i) => {
    const next = sorted[i + 1]
    if (next === undefined) return false
    return range.to === undefined || next.from === undefined || compareValues(range.to, next.from) > 0
  })
}

function compareOpen(a: FieldValue | undefined, b: FieldValue | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  return compareValues(a, b)
}
