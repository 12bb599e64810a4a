import type { MetricAggregation } from '../../../../query/aggregation.ts'
import { countState, type Measure, type MeasureScope, sumState } from './measure.ts'

type GeoCentroid = Extract<MetricAggregation, { kind: 'geo_centroid' }>

export function geoCentroid({ field }: GeoCentroid, scope: MeasureScope): Measure {
  const { lat, lon } = scope.points(field)
  return {
    states: [
      countState(scope.aggregate('count', lat)),
      sumState(scope.aggregate('sum', lat)),
      sumState(scope.aggregate('sum', lon)),
    ],
    result: (values) => {
      const [count = 0, latitudes = 0, longitudes = 0] = values.map(Number)
      const center = count === 0 ? null : { lat: latitudes / count, lon: longitudes / count }
      return { kind: 'geo_centroid', count, center }
    },
  }
}
