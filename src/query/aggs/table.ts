import type { AggregationDefinition } from './definition.ts'
import { dateHistogram } from './date-histogram.ts'
import { filter, filters } from './filters.ts'
import { histogram } from './histogram.ts'
import { avg, cardinality, max, min, stats, sum, valueCount } from './metrics.ts'
import { missing } from './missing.ts'
import { percentiles } from './percentiles.ts'
import type { PipelineDefinition } from './pipeline/definition.ts'
import { bucketSort, cumulativeSum, derivative, serialDiff } from './pipeline/parent.ts'
import { avgBucket, maxBucket, minBucket, percentilesBucket, statsBucket, sumBucket } from './pipeline/sibling.ts'
import { dateRange, range } from './range.ts'
import { terms } from './terms.ts'
import { topHits } from './top-hits.ts'
import { topMetrics } from './top-metrics.ts'

/** All aggregations that an engine computes. A new one is a file here, a line below and a case in each engine. */
export const AGGREGATIONS: readonly AggregationDefinition[] = [
  avg,
  cardinality,
  dateHistogram,
  dateRange,
  filter,
  filters,
  histogram,
  max,
  min,
  missing,
  percentiles,
  range,
  stats,
  sum,
  terms,
  topHits,
  topMetrics,
  valueCount,
]

/** All aggregations over the results of others. */
export const PIPELINE_AGGREGATIONS: readonly PipelineDefinition[] = [
  avgBucket,
  bucketSort,
  cumulativeSum,
  derivative,
  maxBucket,
  minBucket,
  percentilesBucket,
  serialDiff,
  statsBucket,
  sumBucket,
]
