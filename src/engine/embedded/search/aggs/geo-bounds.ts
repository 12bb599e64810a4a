import type { AggregationResult, MetricAggregation } from '../../../../query/aggregation.ts'
import { boxOf } from '../../../../query/geo-bounds.ts'
import { sql } from '../../sql.ts'
import { derivedInput } from './field-input.ts'
import { maxState, type Measure, type MeasureScope, minState } from './measure.ts'

type GeoBounds = Extract<MetricAggregation, { kind: 'geo_bounds' }>

export function geoBounds({ field, wrapLongitude }: GeoBounds, scope: MeasureScope): Measure {
  const { lat, lon } = scope.points(field)
  const east = derivedInput(lon, (x) => sql`if(${x} >= 0, ${x}, NULL)`)
  const west = derivedInput(lon, (x) => sql`if(${x} < 0, ${x}, NULL)`)
  return {
    states: [
      maxState(scope.aggregate('maxOrNull', lat)),
      minState(scope.aggregate('minOrNull', lat)),
      minState(scope.aggregate('minOrNull', east)),
      maxState(scope.aggregate('maxOrNull', east)),
      minState(scope.aggregate('minOrNull', west)),
      maxState(scope.aggregate('maxOrNull', west)),
    ],
    result: (values): AggregationResult => {
      const [top = null, bottom = null, eastFrom = null, eastTo = null, westFrom = null, westTo = null] = values as (
        | number
        | null
      )[]
      return { kind: 'geo_bounds', box: boxOf({ top, bottom, eastFrom, eastTo, westFrom, westTo }, wrapLongitude) }
    },
  }
}
