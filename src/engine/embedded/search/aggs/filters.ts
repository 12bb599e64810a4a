import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { ALWAYS, and, type Condition, flag, not, or } from '../query/condition.ts'
import { compileQuery } from '../query/compile.ts'
import type { Target } from '../target.ts'
import type { BucketBinding } from './bucket-binding.ts'
import { indexOfConditions, readIndex } from './bucket-key.ts'

type Filters = Extract<BucketAggregation, { kind: 'filters' }>
type Filter = Extract<BucketAggregation, { kind: 'filter' }>
type Missing = Extract<BucketAggregation, { kind: 'missing' }>

/** Raw keys are positions in the list of filters; the bucket of all others comes last. */
export function bindFilters(filters: Filters): BucketBinding {
  const conditions = filtersConditions(filters)
  const names = [...filters.filters.map(({ key }) => key), ...(filters.otherKey === undefined ? [] : [filters.otherKey])]
  return {
    key: {
      several: true,
      sql: (target) =>
        indexOfConditions(
          conditions.map((condition) => flag(condition(target))),
          true,
        ),
      conditions: (target) => conditions.map((condition) => condition(target)),
      where: (target) => or(conditions.map((condition) => condition(target))),
      read: readIndex,
    },
    shape: 'buckets',
    keyOf: (raw) => names[Number(raw)] ?? '',
    always: names.map((_, i) => i),
    order: [],
  }
}

export function filtersConditions({ filters, otherKey }: Filters): readonly ((target: Target) => Condition)[] {
  const named = filters.map(({ query }) => (target: Target): Condition => {
    const own = query[target.position]
    return own === undefined ? ALWAYS : compileQuery(own, target.scope)
  })
  if (otherKey === undefined) return named
  return [...named, (target) => and(named.map((condition) => not(condition(target))))]
}

export function bindFilter(filter: Filter): BucketBinding {
  return bindCondition(filterCondition(filter))
}

export function filterCondition({ query }: Filter): (target: Target) => Condition {
  return (target) => {
    const own = query[target.position]
    return own === undefined ? ALWAYS : compileQuery(own, target.scope)
  }
}

export function bindMissing(missing: Missing): BucketBinding {
  return bindCondition(missingCondition(missing))
}

export function missingCondition({ field }: Missing): (target: Target) => Condition {
  return (target) => not(compileQuery({ kind: 'exists', field }, target.scope))
}

/** One bucket, of the documents for which a condition holds. */
function bindCondition(condition: (target: Target) => Condition): BucketBinding {
  return {
    key: {
      several: false,
      sql: (target) => indexOfConditions([flag(condition(target))], false),
      conditions: (target) => [condition(target)],
      where: condition,
      single: true,
      read: readIndex,
    },
    shape: 'single',
    keyOf: () => 0,
    always: [0],
    order: [],
  }
}
