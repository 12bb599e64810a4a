import { illegalArgument, unreachable } from '../../../../core/errors.ts'
import type { AggregationResult, Bucket } from '../../../../query/aggregation.ts'
import type { Sql } from '../../sql.ts'
import type { Condition } from '../query/condition.ts'
import type { Target } from '../target.ts'
import { filterCondition, filtersConditions, missingCondition } from './filters.ts'
import { geoDistanceConditions } from './geo-distance.ts'
import { countState, type Measure, type MeasuredMetric, type MeasureScope, type State } from './measure.ts'
import { measure } from './metrics.ts'
import type { ConditionalAggregation, ConditionalNode, Plan } from './plan.ts'
import { rangeConditions } from './range.ts'

/** Everything that a statement computes for each of its groups: the number of documents, metrics, metrics under conditions. */
export class MeasureTree {
  readonly states: readonly State[]
  readonly additive: boolean
  readonly #count: Sql
  readonly #metrics: readonly TreeMetric[]
  readonly #conditionals: readonly MeasuredConditional[]
  readonly #names: ReadonlySet<string>

  constructor(plan: Pick<Plan, 'metrics' | 'conditionals'>, scope: MeasureScope) {
    for (const { metric } of plan.metrics) if (isAverage(metric)) scope.averages(metric.source)
    this.#count = scope.count()
    const states: State[] = [countState(this.#count)]
    const add = (more: readonly State[]): number => states.push(...more) - more.length
    this.#metrics = plan.metrics.map(({ name, metric }) => {
      const compiled = measure(metric, scope)
      return { name, measure: compiled, at: add(compiled.states) }
    })
    this.#conditionals = plan.conditionals.map((node) => ({
      node,
      trees: conditionsOf(node.aggregation).map((condition) => {
        const tree = new MeasureTree(node.below, scope.under(condition))
        return { tree, at: add(tree.states) }
      }),
    }))
    this.#names = new Set([...this.#metrics, ...plan.conditionals].map(({ name }) => name))
    this.states = states
    this.additive = states.every(({ merge }) => merge !== undefined)
  }

  empty(): unknown[] {
    return this.states.map((state) => state.empty)
  }

  /** Adds a group's values, which begin at `offset` of a row, to those of a larger group. */
  merge(into: unknown[], row: readonly unknown[], offset: number): void {
    for (let i = 0; i < this.states.length; i++) {
      const { merge } = this.states[i] ?? {}
      into[i] = merge === undefined ? row[offset + i] : merge(into[i], row[offset + i])
    }
  }

  /** Results of the group's values, which begin at `offset`. What was measured only for an order is left out. */
  results(values: readonly unknown[], offset = 0): Map<string, AggregationResult> {
    const results = new Map<string, AggregationResult>()
    for (const { name, measure: one, at } of this.#metrics) {
      results.set(name, one.result(values.slice(offset + at, offset + at + one.states.length)))
    }
    for (const conditional of this.#conditionals) {
      if (!conditional.node.forOrder) results.set(conditional.node.name, conditionalResult(conditional, values, offset))
    }
    return results
  }

  count(values: readonly unknown[], offset = 0): number {
    return Number(values[offset])
  }

  /**
   * The number at a path of an order, like `filter>stats.max`; `null` where there is none in this group.
   * @throws ElkhornError `illegal_argument_exception` for a path that leads to no number
   */
  orderValue(path: string, values: readonly unknown[], offset = 0): number | null {
    return this.#follow(path, {
      count: (tree, at) => tree.count(values, offset + at),
      metric: ({ measure: one, at }, base, property) => {
        const start = offset + base + at
        return orderValueOf(one, property, values.slice(start, start + one.states.length))
      },
    })
  }

  /** The same as SQL, within the statement that this tree belongs to. */
  orderSql(path: string): Sql {
    return this.#follow(path, {
      count: (tree) => tree.#count,
      metric: ({ measure: one }, _, property) => one.orderSql?.(property),
    })
  }

  #follow<T>(path: string, found: PathEnds<T>, base = 0, whole = path): T {
    const [first = '', ...rest] = path.split('>')
    if (rest.length === 0 && first === '_count') return found.count(this, base)
    const { name, property } = splitProperty(first, (one) => this.#names.has(one))
    const conditional = this.#conditionals.find(({ node }) => node.name === name)
    const only = conditional?.trees[0]
    if (only !== undefined && conditional?.trees.length === 1) {
      return only.tree.#follow(rest.length === 0 ? '_count' : rest.join('>'), found, base + only.at, whole)
    }
    const metric = rest.length === 0 ? this.#metrics.find((one) => one.name === name) : undefined
    const end = metric === undefined ? undefined : found.metric(metric, base, property)
    if (end === undefined) throw noNumber(whole, name)
    return end
  }
}

/** Whether a metric has both the sum of its values and their number. */
function isAverage(metric: MeasuredMetric): metric is Extract<MeasuredMetric, { kind: 'avg' | 'stats' | 'extended_stats' }> {
  return metric.kind === 'avg' || metric.kind === 'stats' || metric.kind === 'extended_stats'
}

interface TreeMetric {
  readonly name: string
  readonly measure: Measure
  /** Position of its states within the tree's. */
  readonly at: number
}

interface PathEnds<T> {
  count(tree: MeasureTree, base: number): T
  metric(metric: TreeMetric, base: number, property: string | undefined): T | undefined
}

function orderValueOf(one: Measure, property: string | undefined, values: readonly unknown[]): number | null | undefined {
  if (one.orderValue !== undefined) return one.orderValue(property, values)
  const result = one.result(values)
  return result.kind === 'value' && (property === undefined || property === 'value') ? result.value : undefined
}

function noNumber(path: string, name: string): Error {
  return illegalArgument(
    `Invalid aggregation order path [${path}]. Buckets can only be sorted on a sub-aggregator path that is built out of zero or ` +
      `more single-bucket aggregations within the path and a final single-bucket or a metrics aggregation at the path end. ` +
      `[${name}] is not such.`,
  )
}

interface MeasuredConditional {
  readonly node: ConditionalNode
  /** One for each condition, with the position of its states. */
  readonly trees: readonly { readonly tree: MeasureTree; readonly at: number }[]
}

/** `stats.max` is the property `max` of `stats`, unless an aggregation is called `stats.max`. */
function splitProperty(
  text: string,
  exists: (name: string) => boolean,
): { readonly name: string; readonly property: string | undefined } {
  if (exists(text)) return { name: text, property: undefined }
  const bracket = /^(.*)\[(.*)\]$/.exec(text)
  if (bracket) return { name: bracket[1] ?? '', property: bracket[2] ?? '' }
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    const name = text.slice(0, dot)
    if (exists(name)) return { name, property: text.slice(dot + 1) }
  }
  return { name: text, property: undefined }
}

function conditionsOf(aggregation: ConditionalAggregation): readonly ((target: Target) => Condition)[] {
  switch (aggregation.kind) {
    case 'filter':
      return [filterCondition(aggregation)]
    case 'missing':
      return [missingCondition(aggregation)]
    case 'filters':
      return filtersConditions(aggregation)
    case 'range':
      return rangeConditions(aggregation)
    case 'geo_distance':
      return geoDistanceConditions(aggregation)
    default:
      return unreachable(aggregation)
  }
}

function conditionalResult({ node, trees }: MeasuredConditional, values: readonly unknown[], offset: number): AggregationResult {
  const { aggregation } = node
  const [first] = trees
  if (first !== undefined && (aggregation.kind === 'filter' || aggregation.kind === 'missing')) {
    const at = offset + first.at
    return { kind: 'single', docCount: first.tree.count(values, at), children: first.tree.results(values, at) }
  }
  const keys = keysOf(aggregation)
  const buckets = trees.map(({ tree, at }, i): Bucket => ({
    key: keys[i] ?? '',
    docCount: tree.count(values, offset + at),
    children: tree.results(values, offset + at),
  }))
  return { kind: 'buckets', buckets }
}

function keysOf(aggregation: ConditionalAggregation): readonly string[] {
  if (aggregation.kind === 'range' || aggregation.kind === 'geo_distance') return aggregation.ranges.map(({ key }) => key)
  if (aggregation.kind !== 'filters') return []
  return [...aggregation.filters.map(({ key }) => key), ...(aggregation.otherKey === undefined ? [] : [aggregation.otherKey])]
}
