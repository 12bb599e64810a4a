import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { joinSql, sql, type Sql } from '../../sql.ts'
import { anyPoint } from '../query/column-test.ts'
import { type Condition, flag, NEVER } from '../query/condition.ts'
import { distanceSql } from '../query/geo.ts'
import type { Target } from '../target.ts'
import type { BucketBinding } from './bucket-binding.ts'
import { indexOfConditions, readIndex } from './bucket-key.ts'

type GeoDistance = Extract<BucketAggregation, { kind: 'geo_distance' }>

/** Raw keys are positions in the list of ranges. */
export function bindGeoDistance(aggregation: GeoDistance): BucketBinding {
  const conditions = geoDistanceConditions(aggregation)
  return {
    key: {
      several: true,
      sql: (target) =>
        indexOfConditions(
          conditions.map((condition) => flag(condition(target))),
          true,
        ),
      read: readIndex,
    },
    shape: 'buckets',
    keyOf: (raw) => aggregation.ranges[Number(raw)]?.key ?? '',
    always: aggregation.ranges.map((_, i) => i),
    order: [],
  }
}

/** One condition for each ring, in their order: one of the document's points lies in it. */
export function geoDistanceConditions({ field, origin, ranges }: GeoDistance): readonly ((target: Target) => Condition)[] {
  return ranges.map(({ from, to }) => ({ layout }) => {
    const column = layout.column(field)
    if (column?.storage !== 'geo') return NEVER
    return anyPoint(column, (lat, lon) => {
      const distance = distanceSql(lat, lon, origin)
      const tests: Sql[] = []
      if (from !== undefined) tests.push(sql`${distance} >= ${from}`)
      if (to !== undefined) tests.push(sql`${distance} < ${to}`)
      return tests.length === 0 ? sql`isNotNull(${lat})` : sql`(${joinSql(tests, ' AND ')})`
    })
  })
}
