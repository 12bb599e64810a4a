import type { JsonObject } from '../../../src/core/json.ts'
import type { QueryExpression } from '../../../src/ui-api/wire/dashboard.ts'
import type { Interval } from '../time/time-range.ts'
import { filterClause } from './filter.ts'
import type { Filter } from './filter.ts'

/** Everything that says which documents are meant. */
export interface Scope {
  /** Absent for documents of any time. */
  readonly interval?: Interval
  readonly timeField: string
  /** All of them must match. */
  readonly queries: readonly QueryExpression[]
  readonly filters: readonly Filter[]
}

/** The query DSL of a scope: everything in filter context, as pages sort by time and never by score. */
export function scopeQuery({ interval, timeField, queries, filters }: Scope): JsonObject {
  const active = filters.filter(({ disabled }) => !disabled)
  const must = [
    ...(interval === undefined ? [] : [intervalClause(timeField, interval)]),
    ...queries.flatMap(expressionClause),
    ...active.filter(({ negated }) => !negated).map(filterClause),
  ]
  const mustNot = active.filter(({ negated }) => negated).map(filterClause)
  return { bool: { ...(must.length === 0 ? {} : { filter: must }), ...(mustNot.length === 0 ? {} : { must_not: mustNot }) } }
}

export function intervalClause(timeField: string, { from, to }: Interval): JsonObject {
  return { range: { [timeField]: { gte: from, lte: to, format: 'epoch_millis' } } }
}

/** None for an empty text. */
export function expressionClause({ language, expression }: QueryExpression): JsonObject[] {
  if (expression.trim() === '') return []
  return language === 'kql' ? [{ kql: { query: expression } }] : [{ query_string: { query: expression, analyze_wildcard: true } }]
}
