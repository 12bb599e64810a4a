import { adjacencyMatrix } from './adjacency-matrix.ts'
import { autoDateHistogram } from './auto-date-histogram.ts'
import { boxplot } from './boxplot.ts'
import { categorizeText } from './categorize-text.ts'
import { composite } from './composite.ts'
import type { AggregationDefinition } from './definition.ts'
import { dateHistogram } from './date-histogram.ts'
import { extendedStats } from './extended-stats.ts'
import { filter, filters } from './filters.ts'
import { frequentItemSets } from './frequent-item-sets.ts'
import { geoDistance } from './geo-distance.ts'
import { geohashGrid, geohexGrid, geotileGrid } from './geo-grid.ts'
import { geoLine } from './geo-line.ts'
import { geoBounds, geoCentroid } from './geo-metrics.ts'
import { global } from './global.ts'
import { histogram } from './histogram.ts'
import { ipPrefix } from './ip-prefix.ts'
import { ipRange } from './ip-range.ts'
import { matrixStats } from './matrix-stats.ts'
import { medianAbsoluteDeviation } from './median-absolute-deviation.ts'
import { avg, cardinality, max, min, stats, sum, valueCount } from './metrics.ts'
import { missing } from './missing.ts'
import { multiTerms } from './multi-terms.ts'
import { nested, reverseNested } from './nested.ts'
import { percentileRanks } from './percentile-ranks.ts'
import { percentiles } from './percentiles.ts'
import { bucketScript, bucketSelector } from './pipeline/bucket-script.ts'
import type { PipelineDefinition } from './pipeline/definition.ts'
import { cumulativeCardinality, movingPercentiles } from './pipeline/merged.ts'
import { movingFn } from './pipeline/moving-fn.ts'
import { bucketSort, cumulativeSum, derivative, normalize, serialDiff } from './pipeline/parent.ts'
import {
  avgBucket,
  extendedStatsBucket,
  maxBucket,
  minBucket,
  percentilesBucket,
  statsBucket,
  sumBucket,
} from './pipeline/sibling.ts'
import { dateRange, range } from './range.ts'
import { randomSampler } from './random-sampler.ts'
import { rareTerms } from './rare-terms.ts'
import { rate } from './rate.ts'
import { children, parent } from './relatives.ts'
import { diversifiedSampler, sampler } from './sampler.ts'
import { significantTerms, significantText } from './significant-terms.ts'
import { scriptedMetric } from './scripted-metric.ts'
import { stringStats } from './string-stats.ts'
import { tTest } from './t-test.ts'
import { terms } from './terms.ts'
import { timeSeries } from './time-series.ts'
import { topHits } from './top-hits.ts'
import { topMetrics } from './top-metrics.ts'
import { variableWidthHistogram } from './variable-width-histogram.ts'
import { weightedAvg } from './weighted-avg.ts'

/** All aggregations that an engine computes. A new one is a file here, a line below and a case in each engine. */
export const AGGREGATIONS: readonly AggregationDefinition[] = [
  adjacencyMatrix,
  autoDateHistogram,
  avg,
  boxplot,
  cardinality,
  categorizeText,
  children,
  composite,
  dateHistogram,
  dateRange,
  diversifiedSampler,
  extendedStats,
  filter,
  filters,
  frequentItemSets,
  geoBounds,
  geoCentroid,
  geoDistance,
  geoLine,
  geohashGrid,
  geohexGrid,
  geotileGrid,
  global,
  histogram,
  ipPrefix,
  ipRange,
  matrixStats,
  max,
  medianAbsoluteDeviation,
  min,
  missing,
  multiTerms,
  nested,
  parent,
  percentileRanks,
  percentiles,
  randomSampler,
  range,
  rareTerms,
  rate,
  reverseNested,
  sampler,
  scriptedMetric,
  significantTerms,
  significantText,
  stats,
  stringStats,
  sum,
  tTest,
  terms,
  timeSeries,
  topHits,
  topMetrics,
  valueCount,
  variableWidthHistogram,
  weightedAvg,
]

/** All aggregations over the results of others. */
export const PIPELINE_AGGREGATIONS: readonly PipelineDefinition[] = [
  avgBucket,
  bucketScript,
  bucketSelector,
  bucketSort,
  cumulativeCardinality,
  cumulativeSum,
  derivative,
  extendedStatsBucket,
  maxBucket,
  minBucket,
  movingFn,
  movingPercentiles,
  normalize,
  percentilesBucket,
  serialDiff,
  statsBucket,
  sumBucket,
]
