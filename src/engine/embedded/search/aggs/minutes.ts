import { identifier, sql, type Sql } from '../../sql.ts'
import { hasExactMinutes, MINUTE_MS } from '../query/range.ts'
import type { Target } from '../target.ts'
import type { FinerKey } from './bucket-key.ts'

/** Whether the column of minutes tells the minute of every document. */
export function hasMinutes({ layout }: Target): boolean {
  return layout.minuteColumn !== undefined && hasExactMinutes(layout)
}

/** The minute of a document: NULL where its time is missing. */
export function minuteOf({ layout }: Target): Sql {
  const minute = identifier(layout.minuteColumn ?? '')
  return layout.hasMissingTime ? sql`nullIf(${minute}, -2147483648)` : minute
}

/** A key that follows from the minute. */
export function finerByMinute(targets: readonly Target[], keyOf: (minute: Sql) => Sql): FinerKey {
  const minutes = targets.map(({ layout: { minTime = 0, maxTime = 0 } }) => (maxTime - minTime) / MINUTE_MS + 1)
  return { values: minutes.reduce((sum, count) => sum + count, 0), sql: minuteOf, keyOf }
}
