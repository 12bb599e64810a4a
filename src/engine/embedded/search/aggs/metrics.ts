import { avg } from './avg.ts'
import { boxplot } from './boxplot.ts'
import { cardinality } from './cardinality.ts'
import { extendedStats } from './extended-stats.ts'
import { geoBounds } from './geo-bounds.ts'
import { geoCentroid } from './geo-centroid.ts'
import { matrixStats } from './matrix-stats.ts'
import { max } from './max.ts'
import type { MeasuredKind, MeasuredMetric, Measure, MeasureScope } from './measure.ts'
import { medianAbsoluteDeviation } from './median-absolute-deviation.ts'
import { min } from './min.ts'
import { percentileRanks } from './percentile-ranks.ts'
import { percentiles } from './percentiles.ts'
import { stats } from './stats.ts'
import { stringStats } from './string-stats.ts'
import { sum } from './sum.ts'
import { valueCount } from './value-count.ts'
import { weightedAvg } from './weighted-avg.ts'

type Compile<K extends MeasuredKind> = (metric: Extract<MeasuredMetric, { kind: K }>, scope: MeasureScope) => Measure

/** Every metric that is computed along with the groups of a statement. */
const METRICS = {
  avg,
  min,
  max,
  sum,
  stats,
  value_count: valueCount,
  cardinality,
  percentiles,
  extended_stats: extendedStats,
  weighted_avg: weightedAvg,
  percentile_ranks: percentileRanks,
  median_absolute_deviation: medianAbsoluteDeviation,
  boxplot,
  string_stats: stringStats,
  matrix_stats: matrixStats,
  geo_bounds: geoBounds,
  geo_centroid: geoCentroid,
} satisfies { [K in MeasuredKind]: (metric: never, scope: MeasureScope) => Measure }

export function measure(metric: MeasuredMetric, scope: MeasureScope): Measure {
  // The table proves that there is one for each kind; which one takes which metric only its key says.
  const compile = METRICS[metric.kind] as Compile<MeasuredKind>
  return compile(metric, scope)
}
