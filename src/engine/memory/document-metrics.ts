import { unreachable } from '../../core/errors.ts'
import type { AggregationResult, MetricAggregation, ValuesSource } from '../../query/aggregation.ts'
import type { FieldValue, GeoPoint } from '../../query/field.ts'
import { boxOfValues } from '../../query/box-plot.ts'
import { boxOf } from '../../query/geo-bounds.ts'
import { momentsOfRows } from '../../query/joint-moments.ts'
import { percentileRank } from '../../query/percentile-rank.ts'
import type { SortKey } from '../../query/sort.ts'

/** Metrics that are computed from several numbers of each document. */
export type DocumentMetric = Extract<
  MetricAggregation,
  {
    kind:
      | 'extended_stats'
      | 'weighted_avg'
      | 'percentile_ranks'
      | 'median_absolute_deviation'
      | 'boxplot'
      | 'string_stats'
      | 'matrix_stats'
      | 'geo_bounds'
      | 'geo_centroid'
  }
>

/** What a document holds for a source. */
export type ValuesOf = (source: ValuesSource) => readonly FieldValue[]

/** The plain meaning of a metric, from the values of every document. */
export function documentMetric(aggregation: DocumentMetric, documents: readonly ValuesOf[]): AggregationResult {
  const numbers = (source: ValuesSource): number[] => documents.flatMap((valuesOf) => valuesOf(source).map(Number))
  switch (aggregation.kind) {
    case 'extended_stats': {
      const all = numbers(aggregation.source)
      return {
        kind: 'extended_stats',
        count: all.length,
        min: all.length === 0 ? null : all.reduce((a, b) => Math.min(a, b)),
        max: all.length === 0 ? null : all.reduce((a, b) => Math.max(a, b)),
        sum: sum(all),
        sumOfSquares: sum(all.map((x) => x * x)),
      }
    }
    case 'weighted_avg': {
      const pairs = documents.flatMap((valuesOf) => {
        const [weight] = valuesOf(aggregation.weight).map(Number)
        return weight === undefined ? [] : valuesOf(aggregation.value).map((value) => [Number(value), weight] as const)
      })
      const total = sum(pairs.map(([, weight]) => weight))
      return {
        kind: 'value',
        value: total === 0 ? null : sum(pairs.map(([value, weight]) => (aggregation.summed ? value : value * weight))) / total,
      }
    }
    case 'percentile_ranks': {
      const sorted = numbers(aggregation.source).sort((a, b) => a - b)
      return { kind: 'percentiles', values: aggregation.values.map((value) => rank(sorted, value, aggregation.method)) }
    }
    case 'median_absolute_deviation': {
      const all = numbers(aggregation.source)
      const middle = median(all)
      return { kind: 'value', value: middle === null ? null : median(all.map((x) => Math.abs(x - middle))) }
    }
    case 'boxplot': {
      const all = Float64Array.from(numbers(aggregation.source)).toSorted()
      return { kind: 'boxplot', box: all.length === 0 ? null : boxOfValues(all) }
    }
    case 'string_stats': {
      const all = documents.flatMap((valuesOf) => valuesOf(aggregation.source).map(String))
      const lengths = all.map(({ length }) => length)
      const characters = new Map<string, number>()
      for (const character of all.flatMap((one) => [...one])) characters.set(character, (characters.get(character) ?? 0) + 1)
      return {
        kind: 'string_stats',
        count: all.length,
        minLength: most(lengths, Math.min) ?? 0,
        maxLength: most(lengths, Math.max) ?? 0,
        totalLength: sum(lengths),
        characters,
      }
    }
    case 'matrix_stats': {
      const rows = documents
        .map((valuesOf) => aggregation.sources.map((source) => oneOf(valuesOf(source).map(Number), aggregation.mode)))
        .filter((row): row is number[] => row.every((value) => value !== undefined))
      return { kind: 'matrix_stats', moments: momentsOfRows(rows) }
    }
    case 'geo_bounds': {
      const points = pointsOf(aggregation.field, documents)
      const [lats, lons] = [points.map(({ lat }) => lat), points.map(({ lon }) => lon)]
      const [east, west] = [lons.filter((lon) => lon >= 0), lons.filter((lon) => lon < 0)]
      const extremes = {
        top: most(lats, Math.max),
        bottom: most(lats, Math.min),
        eastFrom: most(east, Math.min),
        eastTo: most(east, Math.max),
        westFrom: most(west, Math.min),
        westTo: most(west, Math.max),
      }
      return { kind: 'geo_bounds', box: boxOf(extremes, aggregation.wrapLongitude) }
    }
    case 'geo_centroid': {
      const points = pointsOf(aggregation.field, documents)
      const count = points.length
      const center = { lat: sum(points.map(({ lat }) => lat)) / count, lon: sum(points.map(({ lon }) => lon)) / count }
      return { kind: 'geo_centroid', count, center: count === 0 ? null : center }
    }
    default:
      return unreachable(aggregation)
  }
}

function pointsOf(field: string, documents: readonly ValuesOf[]): readonly GeoPoint[] {
  return documents.flatMap((valuesOf) => valuesOf({ field }).flatMap((v) => (typeof v === 'object' && 'lat' in v ? [v] : [])))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

function most(numbers: readonly number[], choose: (a: number, b: number) => number): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => choose(a, b))
}

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return below === undefined || above === undefined ? null : (below + above) / 2
}

/** Per cent of the values below one; equal ones count half, and between two neighbours it rises evenly. */
function rank(sorted: readonly number[], value: number, method: 'tdigest' | 'hdr'): number | null {
  const [below, above] = [sorted.filter((one) => one <= value), sorted.filter((one) => one > value)]
  if (method === 'hdr') return sorted.length === 0 ? null : (100 * below.length) / sorted.length
  return percentileRank(value, { count: sorted.length, upTo: below.length, below: below.toReversed().slice(0, 2), above })
}

function oneOf(values: readonly number[], mode: SortKey['mode']): number | undefined {
  if (values.length === 0) return undefined
  switch (mode) {
    case 'min':
      return values.reduce((a, b) => Math.min(a, b))
    case 'max':
      return values.reduce((a, b) => Math.max(a, b))
    case 'sum':
      return sum(values)
    case 'avg':
      return sum(values) / values.length
    case 'median':
      return median(values) ?? undefined
    default:
      return unreachable(mode)
  }
}
