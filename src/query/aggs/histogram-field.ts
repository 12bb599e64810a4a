import { illegalArgument, unreachable } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import { valuesAt } from '../../core/values-at.ts'
import type { Aggregation, AggregationResult, ValuesSource } from '../aggregation.ts'
import { boxOfSample } from '../box-plot.ts'
import type { DocumentValues } from '../computed/computation.ts'
import type { Field } from '../field.ts'
import { SampledQuantiles, type ValueSample } from '../value-sample.ts'
import type { AggregationContext, BoundAggregation } from './definition.ts'

// Fields of the type `histogram` hold values and how often each of them came. They are in the source alone.

/** What can be computed of histograms. */
type OverValues =
  | { readonly kind: 'avg' | 'min' | 'max' | 'sum' | 'value_count'; readonly source: ValuesSource }
  | Extract<Aggregation, { kind: 'percentiles' | 'percentile_ranks' | 'boxplot' | 'histogram' | 'range' }>

interface BoundOverValues extends BoundAggregation {
  readonly aggregation: OverValues
}

/**
 * Where the field of an aggregation holds histograms, the same aggregation over their values: those of indices where it
 * holds single numbers count as one each. Any other is answered as it is.
 */
export function orHistograms(bound: BoundOverValues, field: Field | undefined, context: AggregationContext): BoundAggregation {
  if (field?.type !== 'histogram') return bound
  const { path } = field
  const fields = context.indices.map(({ fields: known }) => known.find(path))
  const inSource = (one: Field | undefined): boolean => one?.type === 'histogram'
  return {
    ...bound,
    aggregation: {
      kind: 'collected',
      of: fields.map((one) => ({ reads: one && !inSource(one) ? [one] : [], readsScore: false, readsSource: inSource(one) })),
      open: () => (target) => {
        const found = new CountedValues()
        const own = fields[target]
        return {
          add(document) {
            if (inSource(own)) found.addAll(document, path)
            else if (own) for (const value of document.values(own)) found.add(Number(value), 1)
          },
          result: () => found,
        }
      },
    },
    within(children) {
      if (children.length > 0)
        throw illegalArgument(`Aggregation of histogram fields, as [${path}], does not support sub-aggregations`)
      return children
    },
    shape(result, shapeContext) {
      const all = result.kind === 'collected' ? [...result.results.values()] : []
      const values = CountedValues.of(all.filter((one) => one instanceof CountedValues))
      return bound.shape(resultOver(values, bound.aggregation), shapeContext)
    },
  }
}

/** What an engine would have found. Buckets count values, no documents. */
function resultOver(values: CountedValues, aggregation: OverValues): AggregationResult {
  const { count, sum, min, max, points } = values
  const value = (one: number): AggregationResult => ({ kind: 'value', value: count === 0 ? null : one })
  switch (aggregation.kind) {
    case 'avg':
      return value(sum / count)
    case 'sum':
      return value(sum)
    case 'min':
      return value(min)
    case 'max':
      return value(max)
    case 'value_count':
      return value(count)
    case 'percentiles': {
      const sample = values.sample()
      const quantiles = new SampledQuantiles([sample])
      return { kind: 'percentiles', values: aggregation.percents.map((percent) => quantiles.at(percent / 100) ?? null), sample }
    }
    case 'percentile_ranks': {
      const quantiles = new SampledQuantiles([values.sample()])
      return { kind: 'percentiles', values: aggregation.values.map((one) => quantiles.rankOf(one) ?? null) }
    }
    case 'boxplot': {
      const box = boxOfSample(values.sample())
      return { kind: 'boxplot', box: box && { ...box, min, max } }
    }
    case 'histogram': {
      const { interval, offset } = aggregation
      const counts = new Map<number, number>()
      for (const point of points) {
        const key = Math.floor((point.value - offset) / interval) * interval + offset
        counts.set(key, (counts.get(key) ?? 0) + point.count)
      }
      return { kind: 'buckets', buckets: [...counts].map(([key, docCount]) => ({ key, docCount, children: new Map() })) }
    }
    case 'range': {
      const buckets = aggregation.ranges.map(({ key, from = -Infinity, to = Infinity }) => {
        const inside = points.filter((point) => point.value >= Number(from) && point.value < Number(to))
        return { key, docCount: inside.reduce((total, point) => total + point.count, 0), children: new Map() }
      })
      return { kind: 'buckets', buckets }
    }
    default:
      return unreachable(aggregation)
  }
}

/** Beyond this many, near values are put together. */
const MOST_POINTS = 20_000

/** Values and how often each came. */
class CountedValues {
  count = 0
  sum = 0
  min = Infinity
  max = -Infinity
  #points: Point[] = []

  static of(parts: readonly CountedValues[]): CountedValues {
    const all = new CountedValues()
    for (const part of parts) {
      for (const { value, count } of part.#points) all.add(value, count)
      all.min = Math.min(all.min, part.min)
      all.max = Math.max(all.max, part.max)
    }
    return all
  }

  add(value: number, count: number): void {
    if (!(count > 0)) return
    this.count += count
    this.sum += value * count
    this.min = Math.min(this.min, value)
    this.max = Math.max(this.max, value)
    this.#points.push({ value, count })
    if (this.#points.length > MOST_POINTS) this.#points = condensed(once(this.#points))
  }

  /** The values of a document's histograms. */
  addAll(document: DocumentValues, path: string): void {
    for (const histogram of valuesAt(document.source(), path)) {
      const { values, counts } = isJsonObject(histogram) ? histogram : {}
      if (!Array.isArray(values) || !Array.isArray(counts)) continue
      for (const [i, value] of values.entries()) this.add(Number(value), Number(counts[i]))
    }
  }

  get points(): readonly Point[] {
    return this.#points
  }

  sample(): ValueSample {
    const values = this.#points.map(({ value }) => value)
    return { values, count: this.count, weights: this.#points.map(({ count }) => count) }
  }
}

interface Point {
  readonly value: number
  readonly count: number
}

/** Each value once, ascending. */
function once(points: readonly Point[]): Point[] {
  const counts = new Map<number, number>()
  for (const { value, count } of points) counts.set(value, (counts.get(value) ?? 0) + count)
  return [...counts].map(([value, count]) => ({ value, count })).toSorted((a, b) => a.value - b.value)
}

/** At most half of what is kept: where there are too many values, neighbours become their mean. */
function condensed(sorted: Point[]): Point[] {
  if (sorted.length <= MOST_POINTS / 2) return sorted
  const halved: Point[] = []
  for (let i = 0; i < sorted.length; i += 2) {
    const [a, b] = [sorted[i], sorted[i + 1]]
    if (!a) break
    const count = a.count + (b?.count ?? 0)
    halved.push({ value: b ? (a.value * a.count + b.value * b.count) / count : a.value, count })
  }
  return halved
}
