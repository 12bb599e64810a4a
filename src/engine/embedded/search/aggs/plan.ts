import { unreachable } from '../../../../core/errors.ts'
import type { BucketAggregation, MetricAggregation, NamedAggregation } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
import { targetsWithin } from '../nested/scope-targets.ts'
import { ALWAYS, and } from '../query/condition.ts'
import { bindAutoDateHistogram } from './auto-date-histogram.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { readIndex } from './bucket-key.ts'
import { bindComposite } from './composite.ts'
import { bindDateHistogram } from './date-histogram.ts'
import { bindFilter, bindFilters, bindMissing } from './filters.ts'
import { bindGeoDistance } from './geo-distance.ts'
import { bindGeoGrid } from './geo-grid.ts'
import { bindHistogram } from './histogram.ts'
import { bindIpPrefix } from './ip-prefix.ts'
import type { MeasuredMetric } from './measure.ts'
import { bindMultiTerms } from './multi-terms.ts'
import { type OtherRows, otherRows } from './other-rows.ts'
import { bindRange } from './range.ts'
import { bindSampler } from './sampler.ts'
import { bindRareTerms, bindTerms } from './terms.ts'
import { bindVariableWidthHistogram } from './variable-width-histogram.ts'

/** What is computed of a set of documents: all of them, or those of each bucket. */
export interface Plan {
  /** Computed by the statement that makes the groups. */
  readonly metrics: readonly { readonly name: string; readonly metric: MeasuredMetric }[]
  /** The same, over those documents of a group for which a condition holds. */
  readonly conditionals: readonly ConditionalNode[]
  /** Documents that are looked for once the groups are known. */
  readonly tops: readonly TopNode[]
  /** What looks at all documents of the groups, once these are known. */
  readonly collections: readonly CollectionNode[]
  /** Further groups. */
  readonly buckets: readonly BucketNode[]
}

export interface BucketNode {
  readonly name: string
  readonly binding: BucketBinding
  readonly below: Plan
  /** Its single bucket holds other rows than the buckets around. */
  readonly into?: OtherRows
}

export interface ConditionalNode {
  readonly name: string
  readonly aggregation: ConditionalAggregation
  readonly below: Plan
  /** Computed only because buckets are ordered by it; its result comes from elsewhere. */
  readonly forOrder: boolean
}

export interface TopNode {
  readonly name: string
  readonly aggregation: TopAggregation
}

export interface CollectionNode {
  readonly name: string
  readonly aggregation: CollectedAggregation
}

/** Aggregations whose buckets are conditions rather than keys. */
export type ConditionalAggregation = Extract<
  BucketAggregation,
  { kind: 'filter' | 'filters' | 'missing' | 'range' | 'geo_distance' }
>
export type TopAggregation = Extract<MetricAggregation, { kind: 'top_hits' | 'top_metrics' }>
export type CollectedAggregation = Extract<MetricAggregation, { kind: 'collected' }>

type Bind<A> = (aggregation: A, context: BindContext) => BucketBinding | Promise<BucketBinding>

/** Every aggregation that makes buckets. */
const BUCKETS = {
  terms: bindTerms,
  date_histogram: bindDateHistogram,
  histogram: bindHistogram,
  range: bindRange,
  filters: bindFilters,
  filter: bindFilter,
  missing: bindMissing,
  multi_terms: bindMultiTerms,
  rare_terms: bindRareTerms,
  composite: bindComposite,
  geo_grid: bindGeoGrid,
  ip_prefix: bindIpPrefix,
  geo_distance: bindGeoDistance,
  auto_date_histogram: bindAutoDateHistogram,
  nested: bindScope,
  reverse_nested: bindScope,
  relatives: bindScope,
  sampler: bindSampler,
  variable_width_histogram: bindVariableWidthHistogram,
} satisfies { [K in BucketAggregation['kind']]: Bind<Extract<BucketAggregation, { kind: K }>> }

export async function planAggregations(aggregations: readonly NamedAggregation[], context: BindContext): Promise<Plan> {
  // At the top a single condition is better said in WHERE, where the index and the key serve it.
  const conditions = aggregations.filter(({ aggregation }) => isConditional(aggregation))
  return planBelow(aggregations, context, { mayMeasure: conditions.length > 1, orderedBy: [] })
}

interface PlanOptions {
  /** Whether conditions may be computed along with the metrics around them. */
  readonly mayMeasure: boolean
  /** Paths that the buckets above are ordered by. */
  readonly orderedBy: readonly string[]
}

async function planBelow(aggregations: readonly NamedAggregation[], context: BindContext, options: PlanOptions): Promise<Plan> {
  const metrics: { name: string; metric: MeasuredMetric }[] = []
  const conditionals: ConditionalNode[] = []
  const tops: TopNode[] = []
  const collections: CollectionNode[] = []
  const buckets: BucketNode[] = []
  for (const { name, aggregation, children } of aggregations) {
    switch (aggregation.kind) {
      case 'top_hits':
      case 'top_metrics':
        tops.push({ name, aggregation })
        break
      case 'collected':
        collections.push({ name, aggregation })
        break
      case 'avg':
      case 'min':
      case 'max':
      case 'sum':
      case 'stats':
      case 'value_count':
      case 'cardinality':
      case 'percentiles':
      case 'extended_stats':
      case 'weighted_avg':
      case 'percentile_ranks':
      case 'median_absolute_deviation':
      case 'boxplot':
      case 'string_stats':
      case 'matrix_stats':
      case 'geo_bounds':
      case 'geo_centroid':
        metrics.push({ name, metric: aggregation })
        break
      case 'terms':
      case 'date_histogram':
      case 'histogram':
      case 'multi_terms':
      case 'rare_terms':
      case 'composite':
      case 'geo_grid':
      case 'ip_prefix':
      case 'auto_date_histogram':
      case 'nested':
      case 'reverse_nested':
      case 'relatives':
      case 'sampler':
      case 'variable_width_histogram':
        buckets.push(await bucketNode(name, aggregation, children, context))
        break
      case 'range':
      case 'filters':
      case 'filter':
      case 'geo_distance':
      case 'missing': {
        const measurable = children.every(isMeasurable)
        if (options.mayMeasure && measurable) {
          conditionals.push({ name, aggregation, below: await planBelow(children, context, MEASURED), forOrder: false })
          break
        }
        buckets.push(await bucketNode(name, aggregation, children, context))
        if (options.orderedBy.some((path) => path.startsWith(`${name}>`))) {
          const below = await planBelow(children.filter(isMeasurable), context, MEASURED)
          conditionals.push({ name, aggregation, below, forOrder: true })
        }
        break
      }
      default:
        unreachable(aggregation)
    }
  }
  return { metrics, conditionals, tops, collections, buckets }
}

const MEASURED: PlanOptions = { mayMeasure: true, orderedBy: [] }

async function bucketNode(
  name: string,
  aggregation: BucketAggregation,
  children: readonly NamedAggregation[],
  context: BindContext,
): Promise<BucketNode> {
  // The table proves that there is one for each kind; which one takes which aggregation only its key says.
  const bind = BUCKETS[aggregation.kind] as Bind<BucketAggregation>
  const orderedBy = 'order' in aggregation ? aggregation.order.map(({ by }) => by) : []
  const into = otherRows(aggregation)
  const binding = await bind(aggregation, context)
  const inside = within(binding, context)
  const scoped = into === undefined ? inside : { ...inside, targets: targetsWithin(inside.targets, into) }
  return {
    name,
    binding,
    below: await planBelow(children, scoped, { mayMeasure: true, orderedBy }),
    ...(into !== undefined && { into }),
  }
}

/** One bucket of all rows. */
function bindScope(): BucketBinding {
  return {
    key: { several: false, sql: () => sql`0`, where: () => ALWAYS, single: true, read: readIndex },
    shape: 'single',
    keyOf: () => 0,
    always: [0],
    order: [],
  }
}

/** The documents in the one bucket of an aggregation, for what looks at them before it makes its buckets. */
function within({ shape, key: { where } }: BucketBinding, context: BindContext): BindContext {
  if (shape !== 'single') return { ...context, amongBuckets: true }
  if (where === undefined) return context
  const targets = context.targets.map((target) => ({ ...target, matches: and([target.matches, where(target)]) }))
  return { ...context, targets }
}

function isConditional(aggregation: NamedAggregation['aggregation']): aggregation is ConditionalAggregation {
  return ['filter', 'filters', 'missing', 'range', 'geo_distance'].includes(aggregation.kind)
}

/** Metrics of groups that are known. */
const LATER: ReadonlySet<string> = new Set<MetricAggregation['kind']>(['top_hits', 'top_metrics', 'collected'])

/** A metric, or a condition with nothing but such below. */
function isMeasurable({ aggregation, children }: NamedAggregation): boolean {
  if (isConditional(aggregation)) return children.every(isMeasurable)
  return !(aggregation.kind in BUCKETS) && !LATER.has(aggregation.kind)
}
