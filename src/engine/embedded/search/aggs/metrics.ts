import { avg } from './avg.ts'
import { cardinality } from './cardinality.ts'
import { max } from './max.ts'
import type { MeasuredKind, MeasuredMetric, Measure, MeasureScope } from './measure.ts'
import { min } from './min.ts'
import { percentiles } from './percentiles.ts'
import { stats } from './stats.ts'
import { sum } from './sum.ts'
import { valueCount } from './value-count.ts'

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
} satisfies { [K in MeasuredKind]: (metric: never, scope: MeasureScope) => Measure }

export function measure(metric: MeasuredMetric, scope: MeasureScope): Measure {
  // The table proves that there is one for each kind; which one takes which metric only its key says.
  const compile = METRICS[metric.kind] as Compile<MeasuredKind>
  return compile(metric, scope)
}
