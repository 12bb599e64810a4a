import { featureOf } from '../../../../query/rank-feature.ts'
import { roundDown } from '../../../../core/dates/rounding.ts'
import { unreachable } from '../../../../core/errors.ts'
import type {
  Aggregation,
  AggregationResult,
  AggregationResults,
  Bucket,
  NamedAggregation,
  ValuesSource,
} from '../../../../query/aggregation.ts'
import type { Query } from '../../../../query/ast.ts'
import type { FieldValue } from '../../../../query/field.ts'
import { isRangeValue, isRelatedRange } from '../../../../query/range-field.ts'
import { termMatcher } from '../../../../query/term-matcher.ts'
import { aggregate as aggregateInMemory } from '../../../memory/aggregate.ts'
import { documentMetric } from '../../../memory/document-metrics.ts'
import type { Match } from '../../../memory/sort-hits.ts'
import { compareValues } from '../hits/sort-key.ts'
import { bucketComparator } from '../aggs/bucket-order.ts'
import { textOf } from '../query/literal.ts'
import type { FixtureDocument, FixtureIndex } from './fixture.ts'
import { analyze } from './fixture.ts'

/** The plainest meaning of queries and aggregations, document by document: what the engine's answers are held against. */
export interface BruteDocument {
  readonly seqNo: number
  readonly document: FixtureDocument
  readonly index: FixtureIndex
}

/** Strings and addresses count once in a document, as in the doc values of Lucene; numbers as often as they stand there. */
export function valuesOf({ document }: BruteDocument, field: string): readonly FieldValue[] {
  const value = document.values[field]
  if (value === undefined) return []
  if (!Array.isArray(value)) return [value as FieldValue]
  const values = value as readonly FieldValue[]
  const isNumber = typeof values[0] !== 'string' && !(values[0] instanceof Uint8Array)
  return isNumber ? values : values.filter((one, i) => values.findIndex((other) => equal(one, other)) === i)
}

function equal(a: FieldValue, b: FieldValue): boolean {
  return compareValues(a, b) === 0 && (typeof a === 'string') === (typeof b === 'string')
}

function tokensOf(one: BruteDocument, field: string): readonly string[] {
  return valuesOf(one, field).flatMap((text) => analyze(text).map(({ token }) => token))
}

function isText({ index }: BruteDocument, field: string): boolean {
  return index.fields[field]?.type === 'text'
}

export function matches(query: Query, one: BruteDocument): boolean {
  switch (query.kind) {
    case 'all':
      return true
    case 'none':
      return false
    case 'terms':
      if (isText(one, query.field)) return query.values.some((value) => tokensOf(one, query.field).includes(textOf(value)))
      return valuesOf(one, query.field).some((value) => query.values.some((wanted) => equal(value, wanted)))
    case 'range': {
      const { gte, gt, lte, lt } = query.bounds
      return valuesOf(one, query.field).some(
        (value) =>
          (gte === undefined || compareValues(value, gte) >= 0) &&
          (gt === undefined || compareValues(value, gt) > 0) &&
          (lte === undefined || compareValues(value, lte) <= 0) &&
          (lt === undefined || compareValues(value, lt) < 0),
      )
    }
    case 'range_relation':
      return valuesOf(one, query.field).some((value) => isRangeValue(value) && isRelatedRange(value, query.range, query.relation))
    case 'exists':
      return valuesOf(one, query.field).length > 0
    case 'pattern': {
      const matcher = termMatcher(query.pattern)
      const terms = isText(one, query.field) ? tokensOf(one, query.field) : valuesOf(one, query.field).map(String)
      return terms.some(matcher)
    }
    case 'tokens': {
      const tokens = tokensOf(one, query.field)
      return new Set(query.tokens.filter((token) => tokens.includes(token))).size >= Math.max(1, query.minimum)
    }
    case 'phrase':
      return valuesOf(one, query.field).some((text) => {
        const tokens = analyze(text).map(({ token }) => token)
        const { places } = query.phrase
        return tokens.some((_, start) => places.every((place) => place.tokens.includes(tokens[start + place.position] ?? '')))
      })
    case 'ids':
      return query.ids.includes(one.document.id ?? `#${one.seqNo}`)
    case 'routing':
      throw new Error('routing is tested elsewhere')
    case 'bool':
      return (
        [...query.must, ...query.filter].every((inner) => matches(inner, one)) &&
        !query.mustNot.some((inner) => matches(inner, one)) &&
        query.should.filter((inner) => matches(inner, one)).length >= query.minimumShouldMatch
      )
    case 'constant_score':
      return matches(query.query, one)
    case 'dis_max':
      return query.queries.some((inner) => matches(inner, one))
    case 'boosting':
      return matches(query.positive, one)
    case 'function_score':
      return matches(query.query, one)
    case 'distance_feature':
      return valuesOf(one, query.field).length > 0
    case 'rank_feature':
      return featureOf(valuesOf(one, query.field), query.feature) !== undefined
    case 'terms_set': {
      const [minimum] = valuesOf(one, query.minimumField).map(Number)
      const held = query.values.filter((wanted) => valuesOf(one, query.field).some((value) => equal(value, wanted)))
      return minimum !== undefined && held.length >= Math.max(1, minimum)
    }
    case 'geo_distance':
    case 'geo_box':
    case 'geo_polygon':
    case 'shape':
      throw new Error('points are tested elsewhere')
    case 'nested':
    case 'has_child':
    case 'has_parent':
      throw new Error('nested objects are tested elsewhere')
    case 'intervals':
      throw new Error('intervals are tested against recorded answers')
    default:
      return unreachable(query)
  }
}

function sourceValues(one: BruteDocument, { field, missing }: ValuesSource): readonly FieldValue[] {
  const values = valuesOf(one, field)
  return values.length === 0 && missing !== undefined ? [missing] : values
}

/** `everything`: also what the query does not match; its terms are listed where empty buckets are asked for. */
export function aggregate(
  aggregations: readonly NamedAggregation[],
  documents: readonly BruteDocument[],
  everything: readonly BruteDocument[],
): AggregationResults {
  return new Map(aggregations.map((named) => [named.name, resultOf(named, documents, everything)]))
}

function resultOf(
  { aggregation, children }: NamedAggregation,
  documents: readonly BruteDocument[],
  everything: readonly BruteDocument[],
): AggregationResult {
  const bucket = (key: FieldValue, own: readonly BruteDocument[]): Bucket => ({
    key,
    docCount: own.length,
    children: aggregate(children, own, everything),
  })
  switch (aggregation.kind) {
    case 'filter':
    case 'missing': {
      const own = documents.filter((one) =>
        aggregation.kind === 'filter'
          ? matches(aggregation.query[0] ?? { kind: 'none' }, one)
          : valuesOf(one, aggregation.field).length === 0,
      )
      return { kind: 'single', docCount: own.length, children: aggregate(children, own, everything) }
    }
    case 'filters': {
      const test = (query: readonly Query[], one: BruteDocument): boolean => matches(query[0] ?? { kind: 'none' }, one)
      const buckets = aggregation.filters.map(({ key, query }) =>
        bucket(
          key,
          documents.filter((one) => test(query, one)),
        ),
      )
      if (aggregation.otherKey !== undefined) {
        const others = documents.filter((one) => !aggregation.filters.some(({ query }) => test(query, one)))
        buckets.push(bucket(aggregation.otherKey, others))
      }
      return { kind: 'buckets', buckets }
    }
    case 'range':
      return {
        kind: 'buckets',
        buckets: aggregation.ranges.map(({ key, from, to }) =>
          bucket(
            key,
            documents.filter((one) =>
              sourceValues(one, aggregation.source).some(
                (value) =>
                  (from === undefined || compareValues(value, from) >= 0) && (to === undefined || compareValues(value, to) < 0),
              ),
            ),
          ),
        ),
      }
    case 'terms':
    case 'histogram':
    case 'date_histogram': {
      const groups = new Map<unknown, { readonly key: FieldValue; readonly own: BruteDocument[] }>()
      for (const one of documents) {
        const values = sourceValues(one, aggregation.source).filter((value) => takesPart(aggregation, value))
        for (const [id, key] of new Map(values.map((value) => keyOf(aggregation, value)))) {
          const group = groups.get(id) ?? { key, own: [] }
          group.own.push(one)
          groups.set(id, group)
        }
      }
      if (aggregation.kind === 'terms' && aggregation.minDocCount === 0) {
        for (const one of everything) {
          for (const value of valuesOf(one, aggregation.source.field)) {
            const [id, key] = keyOf(aggregation, value)
            if (takesPart(aggregation, value) && !groups.has(id)) groups.set(id, { key, own: [] })
          }
        }
      }
      const buckets = [...groups.values()].map(({ key, own }) => bucket(key, own))
      const compare = bucketComparator(aggregation.order)
      const sorted = buckets
        .map((one) => ({
          one,
          raw: one.key as string,
          docCount: one.docCount,
          valueAt: (path: string) => valueAt(path, one.children, children),
        }))
        .toSorted(compare)
        .map(({ one }) => one)
      if (aggregation.kind !== 'terms') return { kind: 'buckets', buckets: sorted }
      const enough = sorted.filter(({ docCount }) => docCount >= aggregation.minDocCount)
      const otherDocCount = enough.slice(aggregation.size).reduce((sum, { docCount }) => sum + docCount, 0)
      return { kind: 'buckets', buckets: enough.slice(0, aggregation.size), otherDocCount }
    }
    case 'multi_terms':
    case 'rare_terms':
    case 'composite':
    case 'geo_grid':
    case 'geo_distance':
    case 'auto_date_histogram':
    case 'sampler':
    case 'variable_width_histogram':
      return byMemory({ name: '', aggregation, children }, documents, everything)
    default:
      return metricOf(aggregation, documents)
  }
}

/** What the engine in memory makes of it. */
function byMemory(
  one: NamedAggregation,
  documents: readonly BruteDocument[],
  everything: readonly BruteDocument[],
): AggregationResult {
  const known = new Map<object, BruteDocument>()
  const targets = [...new Set(everything.map(({ index }) => index))]
  const match = (brute: BruteDocument): Match => {
    const values = new Map(Object.keys(brute.index.fields).map((field) => [field, valuesOf(brute, field)]))
    const { seqNo } = brute
    const nanos = new Set(
      Object.entries(brute.index.fields).flatMap(([field, { type }]) => (type === 'date_nanos' ? [field] : [])),
    )
    const about = { id: '', version: 1, routing: undefined, source: new Uint8Array(), tokens: new Map(), superseded: undefined }
    const document = { ...about, seqNo, values, nanos, objects: new Map() }
    known.set(document, brute)
    return { document, target: targets.indexOf(brute.index), score: 1 }
  }
  const result = aggregateInMemory([one], documents.map(match), {
    everything: everything.map(match),
    compile: (query) => (document) => {
      const brute = known.get(document)
      return brute !== undefined && matches(query, brute) ? 1 : undefined
    },
    toHit: () => {
      throw new Error('hits are tested elsewhere')
    },
    fieldsOf: () => ({ find: () => undefined, match: () => [], all: () => [] }),
    maxBuckets: 65_536,
  }).get(one.name)
  if (result === undefined) throw new Error('nothing was computed')
  return result
}

function takesPart(aggregation: Aggregation, value: FieldValue): boolean {
  if (aggregation.kind !== 'terms' || aggregation.include?.kind !== 'regexp') return true
  return termMatcher({ kind: 'regexp', regexp: aggregation.include.regexp, ignoreCase: false })(textOf(value))
}

/** What equal keys share, and the key. */
function keyOf(
  aggregation: Extract<Aggregation, { kind: 'terms' | 'histogram' | 'date_histogram' }>,
  value: FieldValue,
): readonly [unknown, FieldValue] {
  if (aggregation.kind === 'histogram') {
    const key =
      Math.floor((Number(value) - aggregation.offset) / aggregation.interval) * aggregation.interval + aggregation.offset + 0
    return [key, key]
  }
  if (aggregation.kind === 'date_histogram') {
    const key = roundDown(aggregation.rounding, Number(value))
    return [key, key]
  }
  return [value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value, value]
}

function metricOf(aggregation: Exclude<Aggregation, { kind: 'terms' }>, documents: readonly BruteDocument[]): AggregationResult {
  switch (aggregation.kind) {
    case 'extended_stats':
    case 'weighted_avg':
    case 'percentile_ranks':
    case 'median_absolute_deviation':
    case 'boxplot':
    case 'string_stats':
    case 'matrix_stats':
    case 'geo_bounds':
    case 'geo_centroid':
      return documentMetric(
        aggregation,
        documents.map((one) => (source) => sourceValues(one, source)),
      )
    default:
  }
  if (!('source' in aggregation)) throw new Error(`${aggregation.kind} is tested elsewhere`)
  const values = documents.flatMap((one) => sourceValues(one, aggregation.source))
  const numbers = values.map(Number)
  const sum = numbers.reduce((a, b) => a + b, 0)
  const least = numbers.length === 0 ? null : Math.min(...numbers)
  const greatest = numbers.length === 0 ? null : Math.max(...numbers)
  switch (aggregation.kind) {
    case 'avg':
      return { kind: 'value', value: numbers.length === 0 ? null : sum / numbers.length }
    case 'sum':
      return { kind: 'value', value: sum }
    case 'min':
      return { kind: 'value', value: least }
    case 'max':
      return { kind: 'value', value: greatest }
    case 'value_count':
      return { kind: 'value', value: numbers.length }
    case 'stats':
      return { kind: 'stats', count: numbers.length, min: least, max: greatest, sum }
    case 'cardinality':
      return {
        kind: 'value',
        value: new Set(values.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value))).size,
      }
    case 'percentiles': {
      const sorted = numbers.toSorted((a, b) => a - b)
      return {
        kind: 'percentiles',
        values: aggregation.percents.map((percent) => {
          if (sorted.length === 0) return null
          // Of many values, that between two is not told from those.
          if (sorted.length > 256) return sorted[Math.floor((percent / 100) * sorted.length)] ?? null
          const place = Math.min(Math.max((percent / 100) * sorted.length - 0.5, 0), sorted.length - 1)
          const [below, above] = [sorted[Math.floor(place)] ?? NaN, sorted[Math.ceil(place)] ?? NaN]
          return below + (above - below) * (place - Math.floor(place))
        }),
      }
    }
    default:
      throw new Error(`${aggregation.kind} is tested elsewhere`)
  }
}

function valueAt(path: string, results: AggregationResults, asked: readonly NamedAggregation[]): number | null {
  const [first = '', ...rest] = path.split('>')
  const [name = '', property] = first.split('.')
  const result = results.get(name)
  const { aggregation, children = [] } = asked.find((one) => one.name === name) ?? {}
  if (result?.kind === 'single') return rest.length === 0 ? result.docCount : valueAt(rest.join('>'), result.children, children)
  const ofNothing = { min: Infinity, max: -Infinity } as Readonly<Record<string, number>>
  if (result?.kind === 'value') return result.value ?? ofNothing[aggregation?.kind ?? ''] ?? null
  if (result?.kind === 'stats')
    return property === 'avg'
      ? result.count === 0
        ? null
        : result.sum / result.count
      : (result[property as 'min' | 'max' | 'sum' | 'count'] ?? ofNothing[property ?? ''] ?? null)
  throw new Error(`no number at ${path}`)
}
