import type { JsonObject } from '../../../src/core/json.ts'
import { scopeQuery } from '../query/search-body.ts'
import type { Interval } from '../time/time-range.ts'
import type { PageScope } from './use-scope.ts'

/** The query DSL of what a page's bar says; of another stretch of time where one is given. */
export function pageQuery(
  { view, query, language, filters, ...scope }: PageScope,
  interval: Interval = scope.interval,
): JsonObject {
  return scopeQuery({
    ...(view?.timeless === true ? {} : { interval }),
    timeField: view?.timeField ?? '@timestamp',
    queries: [{ language, expression: query }],
    filters,
  })
}
