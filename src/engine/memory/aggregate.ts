import { bucketStarts, roundDown } from '../../core/dates/rounding.ts'
import { unreachable } from '../../core/errors.ts'
import { haversineMeters } from '../../core/haversine.ts'
import { murmur3x128 } from '../../core/murmur3.ts'
import type {
  Aggregation,
  AggregationResult,
  AggregationResults,
  Bucket,
  BucketAggregation,
  BucketOrder,
  CompositeSource,
  EngineHitRef,
  NamedAggregation,
  TermSelection,
  ValuesSource,
} from '../../query/aggregation.ts'
import { tooManyBuckets } from '../../query/aggs/run-aggregations.ts'
import type { Query } from '../../query/ast.ts'
import { clusterValues, meanOf, runsOf } from '../../query/cluster-values.ts'
import { distinctSketch } from '../../query/distinct-sketch.ts'
import { autoInterval } from '../../query/auto-interval.ts'
import { geohashOf, tileOf } from '../../query/geo-grid.ts'
import { networkOf } from '../../query/ip-network.ts'
import type { FieldLookup, FieldValue, GeoPoint, RangeValue } from '../../query/field.ts'
import { isRangeValue } from '../../query/range-field.ts'
import { matchesLuceneRegexp, parseLuceneRegexp } from '../../query/lucene-regexp.ts'
import type { ScopePath } from '../../query/nested-objects.ts'
import { DOC_COUNT } from '../../query/doc-count.ts'
import type { SortKey } from '../../query/sort.ts'
import { compareValues, sameValue, valueKey } from './compare.ts'
import { collect } from './collect.ts'
import { documentMetric } from './document-metrics.ts'
import type { Evaluate } from './evaluate.ts'
import { compareArrival, compareRows, sortValues, storedValues, type Match } from './sort-hits.ts'

/** What aggregations need besides the matches. */
export interface AggregateContext {
  /** All searchable documents of the targets: `min_doc_count: 0` lists their terms too. */
  readonly everything: readonly Match[]
  /** A query about documents, or about the nested objects of a path. */
  compile(query: Query, target: number, scope: ScopePath): Evaluate
  toHit(match: Match, keys: readonly SortKey[]): EngineHitRef
  fieldsOf(match: Match): FieldLookup
  readonly maxBuckets: number
}

/** Computes a tree of aggregations over matches, one document at a time. */
export function aggregate(
  aggregations: readonly NamedAggregation[],
  matches: readonly Match[],
  context: AggregateContext,
): AggregationResults {
  let buckets = 0
  const addBuckets = (count: number): void => {
    buckets += count
    if (buckets > context.maxBuckets) throw tooManyBuckets(context.maxBuckets, buckets)
  }
  return new Level(context, addBuckets).all(aggregations, matches)
}

function within(match: Match, path: string): readonly Match[] {
  return (match.document.objects.get(path) ?? []).map((document) => ({ ...match, document }))
}

/** The object of a path around a nested object, or its document. */
function holder(match: Match, path: ScopePath): Match | undefined {
  const document = match.document.object?.around.find((one) => (one.object?.path ?? '') === path)
  return document && { ...match, document }
}

function identityOf({ target, document: { seqNo, object } }: Match): string {
  return `${target} ${seqNo} ${object?.path ?? ''} ${object?.number ?? ''}`
}

class Level {
  private readonly context: AggregateContext
  private readonly addBuckets: (count: number) => void
  /** Whose matches are aggregated: documents, or nested objects of this path. */
  private readonly scope: ScopePath

  constructor(context: AggregateContext, addBuckets: (count: number) => void, scope: ScopePath = '') {
    this.context = context
    this.addBuckets = addBuckets
    this.scope = scope
  }

  all(aggregations: readonly NamedAggregation[], matches: readonly Match[]): AggregationResults {
    return new Map(aggregations.map((named) => [named.name, this.one(named, matches)]))
  }

  private one({ aggregation, children }: NamedAggregation, matches: readonly Match[]): AggregationResult {
    switch (aggregation.kind) {
      case 'terms':
        return this.terms(aggregation, children, matches)
      case 'date_histogram':
      case 'histogram':
        return this.histogram(aggregation, children, matches)
      case 'range': {
        const buckets = aggregation.ranges.map(({ key, from, to }) => {
          const inRange = (value: FieldValue): boolean =>
            (from === undefined || compareValues(value, from) >= 0) && (to === undefined || compareValues(value, to) < 0)
          return this.bucket(
            key,
            matches.filter((match) => values(match, aggregation.source).some(inRange)),
            children,
          )
        })
        this.addBuckets(buckets.length)
        return { kind: 'buckets', buckets }
      }
      case 'filters': {
        const filters = aggregation.filters.map(({ key, query }) => ({ key, matching: this.matching(query, matches) }))
        const buckets = filters.map(({ key, matching }) => this.bucket(key, matching, children))
        if (aggregation.otherKey !== undefined) {
          const taken = new Set(filters.flatMap(({ matching }) => matching))
          buckets.push(
            this.bucket(
              aggregation.otherKey,
              matches.filter((match) => !taken.has(match)),
              children,
            ),
          )
        }
        this.addBuckets(buckets.length)
        return { kind: 'buckets', buckets }
      }
      case 'geo_distance': {
        const buckets = aggregation.ranges.map(({ key, from = -Infinity, to = Infinity }) =>
          this.bucket(
            key,
            matches.filter((match) =>
              points(match, aggregation.field).some((point) => {
                const meters = haversineMeters(point, aggregation.origin)
                return meters >= from && meters < to
              }),
            ),
            children,
          ),
        )
        this.addBuckets(buckets.length)
        return { kind: 'buckets', buckets }
      }
      case 'multi_terms':
        return this.multiTerms(aggregation, children, matches)
      case 'rare_terms': {
        const { source, maxDocCount, include, exclude } = aggregation
        const groups = [...repeatedGroup(matches, (match) => docValues(match, source)).values()].filter(
          ({ value, matches: found }) => countOf(found) <= maxDocCount && selected(value, include, exclude),
        )
        this.addBuckets(groups.length)
        const buckets = groups.map(({ value, matches: found }) => this.bucket(value, found, children))
        return { kind: 'buckets', buckets: sortBuckets(buckets, RARE_ORDER, children), otherDocCount: 0 }
      }
      case 'composite':
        return this.composite(aggregation, children, matches)
      case 'geo_grid': {
        const { field, size } = aggregation
        const groups = group(matches, (match) => points(match, field).map((point) => cellOf(point, aggregation)))
        const buckets = [...groups.values()].map(({ value, matches: found }) => this.bucket(value, found, children))
        const sorted = buckets.toSorted((a, b) => b.docCount - a.docCount || compareCells(b.key, a.key))
        this.addBuckets(Math.min(size, sorted.length))
        const otherDocCount = sorted.slice(size).reduce((sum, bucket) => sum + bucket.docCount, 0)
        return { kind: 'buckets', buckets: sorted.slice(0, size), otherDocCount }
      }
      case 'ip_prefix': {
        const groups = group(matches, (match) =>
          values(match, aggregation.source).flatMap((value) =>
            value instanceof Uint8Array ? networkOf(value, aggregation) : [],
          ),
        )
        const buckets = [...groups.values()].map(({ value, matches: found }) => this.bucket(value, found, children))
        const kept = buckets.filter(({ docCount }) => docCount >= aggregation.minDocCount)
        this.addBuckets(kept.length)
        return { kind: 'buckets', buckets: kept.toSorted((a, b) => compareValues(a.key, b.key)) }
      }
      case 'auto_date_histogram': {
        const { source, zone, minimum } = aggregation
        const times = matches.flatMap((match) => values(match, source).map(Number))
        if (times.length === 0) return { kind: 'buckets', buckets: [] }
        const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))]
        const { interval, starts, unitStarts } = autoInterval(from, to, aggregation.buckets, zone, minimum)
        const startOf = (time: number, of: readonly number[]): number => of.findLast((start) => start <= time) ?? 0
        const unitsOf = (match: Match): Set<number> =>
          new Set(values(match, source).map((value) => startOf(Number(value), unitStarts)))
        const groups = repeatedGroup(matches, (match) => [...unitsOf(match)].map((unit) => startOf(unit, starts)))
        this.addBuckets(starts.length)
        const buckets = starts.map((start) => this.bucket(start, groups.get(valueKey(start))?.matches ?? [], children))
        return { kind: 'buckets', buckets, interval }
      }
      case 'sampler':
        return this.single(sample(matches, aggregation), children)
      case 'variable_width_histogram': {
        const { source } = aggregation
        const counts = new Map<number, number>()
        for (const value of matches.flatMap((match) => values(match, source).map(Number)))
          counts.set(value, (counts.get(value) ?? 0) + 1)
        const found = [...counts].map(([value, count]) => ({ value, count })).toSorted((a, b) => a.value - b.value)
        const clusters = clusterValues(runsOf(found), aggregation.buckets)
        this.addBuckets(clusters.length)
        const buckets = clusters.map((cluster): Bucket => {
          const isIn = (value: FieldValue): boolean => Number(value) >= cluster.min && Number(value) <= cluster.max
          const inside = matches.flatMap((match) =>
            values(match, source)
              .filter(isIn)
              .map(() => match),
          )
          return { ...this.bucket(cluster.min, inside, children), keys: [meanOf(cluster), cluster.min, cluster.max] }
        })
        return { kind: 'buckets', buckets }
      }
      case 'filter':
        return this.single(this.matching(aggregation.query, matches), children)
      case 'missing':
        return this.single(
          matches.filter((match) => values(match, { field: aggregation.field }).length === 0),
          children,
        )
      case 'nested': {
        const objects = matches.flatMap((match) => within(match, aggregation.path))
        return this.inside(aggregation.path).single(objects, children)
      }
      case 'reverse_nested': {
        const around = matches.flatMap((match) => holder(match, aggregation.path) ?? [])
        const once = [...new Map(around.map((match) => [identityOf(match), match])).values()]
        return this.inside(aggregation.path).single(once, children)
      }
      case 'relatives':
        return this.single(this.relatives(aggregation, matches), children)
      default:
        return metric(aggregation, matches, this.context)
    }
  }

  /** Children, or parents, each once. */
  private relatives({ of, relations }: BucketAggregation & { kind: 'relatives' }, matches: readonly Match[]): readonly Match[] {
    const idOf = (match: Match, parentId: string): string => String(match.document.values.get(parentId)?.[0] ?? '')
    return relations.flatMap((relation, target) => {
      if (!relation) return []
      const { parentId, query } = relation
      const own = matches.filter((match) => match.target === target)
      const wanted = new Set(own.map((match) => (of === 'children' ? match.document.id : idOf(match, parentId))))
      const isOne = this.context.compile(query, target, '')
      return this.context.everything.filter((match) => {
        const link = of === 'children' ? idOf(match, parentId) : match.document.id
        return match.target === target && wanted.has(link) && isOne(match.document) !== undefined
      })
    })
  }

  private inside(scope: ScopePath): Level {
    return new Level(this.context, this.addBuckets, scope)
  }

  private bucket(key: FieldValue, matches: readonly Match[], children: readonly NamedAggregation[]): Bucket {
    return { key, docCount: countOf(matches), children: this.all(children, matches) }
  }

  private single(matches: readonly Match[], children: readonly NamedAggregation[]): AggregationResult {
    return { kind: 'single', docCount: countOf(matches), children: this.all(children, matches) }
  }

  private matching(queries: readonly Query[], matches: readonly Match[]): readonly Match[] {
    const compiled = queries.map((query, target) => this.context.compile(query, target, this.scope))
    return matches.filter(({ document, target }) => compiled[target]?.(document) !== undefined)
  }

  private terms(
    aggregation: BucketAggregation & { kind: 'terms' },
    children: readonly NamedAggregation[],
    matches: readonly Match[],
  ): AggregationResult {
    const { source, size, order, minDocCount, include, exclude } = aggregation
    const groups = group(matches, (match) => values(match, source))
    if (minDocCount === 0) {
      for (const [key, { value }] of group(this.context.everything, (match) => values(match, source))) {
        if (!groups.has(key)) groups.set(key, { value, matches: [] })
      }
    }
    const taken = [...groups.values()].filter(({ value }) => selected(value, include, exclude))
    const chosen = taken.filter(({ matches: found }) => countOf(found) >= minDocCount)
    const sorted = sortBuckets(
      chosen.map(({ value, matches: found }) => this.bucket(value, found, children)),
      order,
      children,
    )
    const kept = sorted.slice(0, size)
    this.addBuckets(kept.length)
    const otherDocCount = sorted.slice(size).reduce((sum, bucket) => sum + bucket.docCount, 0)
    return { kind: 'buckets', buckets: kept, otherDocCount, bucketCount: taken.length }
  }

  private multiTerms(
    { sources, size, order, minDocCount }: BucketAggregation & { kind: 'multi_terms' },
    children: readonly NamedAggregation[],
    matches: readonly Match[],
  ): AggregationResult {
    const groups = groupTuples(matches, (match) => sources.map((source) => distinct(values(match, source))))
    const buckets = groups
      .filter(({ matches: found }) => countOf(found) >= minDocCount)
      .toSorted((a, b) => compareTuples(a.keys, b.keys))
      .map(({ keys, matches: found }): Bucket => ({ ...this.bucket('', found, children), keys }))
    const sorted = sortBuckets(buckets, order, children)
    const otherDocCount = sorted.slice(size).reduce((sum, bucket) => sum + bucket.docCount, 0)
    this.addBuckets(Math.min(size, sorted.length))
    return { kind: 'buckets', buckets: sorted.slice(0, size), otherDocCount, bucketCount: groups.length }
  }

  /** Where Elasticsearch takes documents from the index of points, it takes each once. */
  private isInOrderOfIndex({ key, order, missingBucket }: CompositeSource, match: Match): boolean {
    if (order === 'desc' || missingBucket || (key.kind !== 'terms' && key.kind !== 'date_histogram')) return false
    const type = this.context.fieldsOf(match).find(key.source.field)?.type
    return type === 'long' || type === 'date' || type === 'date_nanos'
  }

  private composite(
    { sources, size, after }: BucketAggregation & { kind: 'composite' },
    children: readonly NamedAggregation[],
    matches: readonly Match[],
  ): AggregationResult {
    const ofAll = matches.length === this.context.everything.length
    const groups = groupTuples(matches, (match) =>
      sources.map((source, i) => {
        const { key, missingBucket } = source
        const all = compositeKeys(match, key)
        const keys = i === 0 && ofAll && this.isInOrderOfIndex(source, match) ? distinct(all) : all
        return keys.length === 0 && missingBucket ? [null] : keys
      }),
    )
    const compare = (a: readonly (FieldValue | null)[], b: readonly (FieldValue | null)[]): number => {
      for (const [i, source] of sources.entries()) {
        const difference = compareComposite(a[i] ?? null, b[i] ?? null, source)
        if (difference !== 0) return difference
      }
      return 0
    }
    const page = groups
      .filter(({ keys }) => after === undefined || compare(keys, after) > 0)
      .toSorted((a, b) => compare(a.keys, b.keys))
      .slice(0, size)
    this.addBuckets(page.length)
    return { kind: 'buckets', buckets: page.map(({ keys, matches: found }) => ({ ...this.bucket('', found, children), keys })) }
  }

  private histogram(
    aggregation: BucketAggregation & { kind: 'date_histogram' | 'histogram' },
    children: readonly NamedAggregation[],
    matches: readonly Match[],
  ): AggregationResult {
    const keyOf = (value: FieldValue): number => {
      if (aggregation.kind === 'date_histogram') return roundDown(aggregation.rounding, Number(value))
      const { interval, offset } = aggregation
      return Math.floor((Number(value) - offset) / interval) * interval + offset
    }
    const keysOf = (value: FieldValue): readonly FieldValue[] =>
      isRangeValue(value) ? touchedKeys(value, aggregation) : [keyOf(value)]
    const groups = group(matches, (match) => values(match, aggregation.source).flatMap(keysOf))
    this.addBuckets(groups.size)
    const buckets = [...groups.values()].map(({ value, matches: found }) => this.bucket(value, found, children))
    return { kind: 'buckets', buckets: sortBuckets(buckets, aggregation.order, children) }
  }
}

/** Every bucket that a range touches, within the bounds of the buckets. */
function touchedKeys(
  range: RangeValue,
  aggregation: BucketAggregation & { kind: 'date_histogram' | 'histogram' },
): readonly number[] {
  const { min = -Infinity, max = Infinity } = aggregation.within ?? {}
  const [from, to] = [Math.max(Number(range.from), min), Math.min(Number(range.to), max)]
  // A bucket that a bound lies in counts whole.
  if (aggregation.kind === 'date_histogram') return bucketStarts(aggregation.rounding, roundDown(aggregation.rounding, from), to)
  const { interval, offset } = aggregation
  const [first, last] = [Math.floor((from - offset) / interval), Math.floor((to - offset) / interval)]
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * interval + offset)
}

/**
 * The best matches of each target, of equal scores those that came first. A document that a bucket holds several times, once
 * for each of its equal values, is one of the sample and stays there as often; Elasticsearch counts each time.
 */
function sample(matches: readonly Match[], { size, diverse }: BucketAggregation & { kind: 'sampler' }): readonly Match[] {
  const sorted = matches.toSorted((a, b) => b.score - a.score || compareArrival(a, b))
  const taken = new Map<string, number>()
  const takes = (key: string, most: number): boolean => {
    const count = (taken.get(key) ?? 0) + 1
    taken.set(key, count)
    return count <= most
  }
  const isDiverse = (match: Match): boolean => {
    if (!diverse) return true
    const [value] = values(match, diverse.source)
    return takes(`value ${match.target} ${value === undefined ? '' : valueKey(value)}`, diverse.maxPerValue)
  }
  const seen = new Map<Match['document'], boolean>()
  return sorted.filter((match) => {
    const isTaken = seen.get(match.document) ?? (isDiverse(match) && takes(`target ${match.target}`, size))
    seen.set(match.document, isTaken)
    return isTaken
  })
}

const RARE_ORDER = [
  { by: '_count', order: 'asc' },
  { by: '_key', order: 'asc' },
] as const

interface TupleGroup {
  readonly keys: readonly (FieldValue | null)[]
  readonly matches: Match[]
}

/** Matches by each combination of their keys; without a key in one of the lists they are in no group. Lists may repeat keys. */
function groupTuples(
  matches: readonly Match[],
  listsOf: (match: Match) => readonly (readonly (FieldValue | null)[])[],
): readonly TupleGroup[] {
  const groups = new Map<string, TupleGroup>()
  const idOf = (keys: readonly (FieldValue | null)[]): string =>
    JSON.stringify(keys.map((key) => (key === null ? null : valueKey(key))))
  for (const match of matches) {
    const tuples = listsOf(match).reduce<(FieldValue | null)[][]>(
      (before, list) => before.flatMap((keys) => list.map((key) => [...keys, key])),
      [[]],
    )
    for (const keys of tuples) {
      const id = idOf(keys)
      const found = groups.get(id)
      if (found) found.matches.push(match)
      else groups.set(id, { keys, matches: [match] })
    }
  }
  return [...groups.values()]
}

function compareTuples(a: readonly (FieldValue | null)[], b: readonly (FieldValue | null)[]): number {
  for (const [i, key] of a.entries()) {
    const difference = compareValues(key ?? '', b[i] ?? '')
    if (difference !== 0) return difference
  }
  return 0
}

function compositeKeys(match: Match, key: CompositeSource['key']): readonly FieldValue[] {
  switch (key.kind) {
    case 'terms':
      return docValues(match, key.source)
    case 'histogram':
      return values(match, key.source).map((value) => Math.floor(Number(value) / key.interval) * key.interval)
    case 'date_histogram':
      return values(match, key.source).map((value) => roundDown(key.rounding, Number(value)))
    case 'geo_grid':
      return points(match, key.field).map((point) => cellOf(point, key))
    default:
      return unreachable(key)
  }
}

function compareComposite(a: FieldValue | null, b: FieldValue | null, { key, order, missingOrder }: CompositeSource): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === (missingOrder === 'first') ? -1 : 1
  const compared = key.kind === 'geo_grid' ? compareCells(a, b) : compareValues(a, b)
  return order === 'asc' ? compared : -compared
}

function points({ document }: Match, field: string): readonly GeoPoint[] {
  return (document.values.get(field) ?? []).flatMap((value) => (typeof value === 'object' && 'lat' in value ? [value] : []))
}

function cellOf(
  point: GeoPoint,
  { grid, precision }: { readonly grid: 'geohash' | 'geotile' | 'geohex'; readonly precision: number },
): string {
  if (grid === 'geohash') return geohashOf(point, precision)
  if (grid === 'geohex') throw new Error('this engine has no hexagons: they are tested by recorded cells')
  const { x, y } = tileOf(point, precision)
  return `${precision}/${x}/${y}`
}

/** Tiles by their column, then their row; geohashes as they are written. */
function compareCells(a: FieldValue, b: FieldValue): number {
  const [left, right] = [String(a).split('/'), String(b).split('/')]
  if (left.length === 1) return compareValues(a, b)
  return Number(left[1]) - Number(right[1]) || Number(left[2]) - Number(right[2])
}

function values(
  { document, target }: Pick<Match, 'document' | 'target'>,
  { field, missing, byTarget }: ValuesSource,
): readonly FieldValue[] {
  const stored = storedValues(document, field)
  const found = document.nanos.has(field) ? stored.map(millisOf) : stored.map(plainNumber)
  const otherwise = byTarget?.[target] ?? missing
  return found.length === 0 && otherwise !== undefined ? [otherwise] : found
}

/** Nanoseconds as milliseconds, which all aggregations count in. */
function millisOf(nanos: FieldValue): FieldValue {
  if (typeof nanos !== 'bigint') return nanos
  const millis = nanos / 1_000_000n
  return Number(millis * 1_000_000n > nanos ? millis - 1n : millis)
}

/** A whole number as a bigint only where a number would not be exact. */
function plainNumber(value: FieldValue): FieldValue {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** Matches by each of their different values. */
function group(
  matches: readonly Match[],
  valuesOf: (match: Match) => readonly FieldValue[],
): Map<string, { readonly value: FieldValue; readonly matches: Match[] }> {
  return repeatedGroup(matches, (match) => distinct(valuesOf(match)))
}

function distinct(list: readonly FieldValue[]): readonly FieldValue[] {
  return [...new Map(list.map((value) => [valueKey(value), value])).values()]
}

/** As `group`; a match is in a group as often as it has the value. */
function repeatedGroup(
  matches: readonly Match[],
  valuesOf: (match: Match) => readonly FieldValue[],
): Map<string, { readonly value: FieldValue; readonly matches: Match[] }> {
  const groups = new Map<string, { readonly value: FieldValue; readonly matches: Match[] }>()
  for (const match of matches) {
    for (const value of valuesOf(match)) {
      const key = valueKey(value)
      const found = groups.get(key)
      if (found) found.matches.push(match)
      else groups.set(key, { value, matches: [match] })
    }
  }
  return groups
}

function selected(value: FieldValue, include: TermSelection | undefined, exclude: TermSelection | undefined): boolean {
  return (!include || isIn(value, include)) && (!exclude || !isIn(value, exclude))
}

function isIn(value: FieldValue, selection: TermSelection): boolean {
  switch (selection.kind) {
    case 'values':
      return selection.values.some((wanted) => sameValue(value, wanted))
    case 'regexp':
      return matchesLuceneRegexp(parseLuceneRegexp(selection.regexp), String(value))
    case 'partition':
      return hash(valueKey(value)) % selection.partitions === selection.partition
    default:
      return unreachable(selection)
  }
}

/** FNV-1a: partitions need only be stable. */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (const char of text) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return state
}

/** How many documents there are, those that stand for several as so many. */
const countOf = (matches: readonly Match[]): number =>
  matches.reduce((sum, { document }) => sum + Number(document.values.get(DOC_COUNT)?.[0] ?? 1), 0)

function sortBuckets(
  buckets: readonly Bucket[],
  order: readonly BucketOrder[],
  children: readonly NamedAggregation[],
): readonly Bucket[] {
  return buckets.toSorted((a, b) => {
    for (const { by, order: direction } of order) {
      const difference =
        by === '_key'
          ? compareTuples(a.keys ?? [a.key], b.keys ?? [b.key])
          : by === '_count'
            ? a.docCount - b.docCount
            : compareMetrics(a, b, by, { direction, children })
      if (difference !== 0) return direction === 'asc' ? difference : -difference
    }
    return 0
  })
}

/** Buckets without the number come last in either direction. */
function compareMetrics(
  a: Bucket,
  b: Bucket,
  path: string,
  { direction, children }: { readonly direction: 'asc' | 'desc'; readonly children: readonly NamedAggregation[] },
): number {
  const [left, right] = [metricAt(path, a.children, children), metricAt(path, b.children, children)]
  if (left === null && right === null) return 0
  if (left === null || right === null) return (left === null) === (direction === 'asc') ? 1 : -1
  return left === right ? 0 : left - right
}

/** A minimum or maximum of nothing is infinite. */
function metricAt(path: string, results: AggregationResults, asked: readonly NamedAggregation[]): number | null {
  const [first = '', ...rest] = path.split('>')
  if (rest.length > 0) {
    const inner = results.get(first)
    return inner?.kind === 'single' ? metricAt(rest.join('>'), inner.children, childrenOf(first, asked)) : null
  }
  const whole = results.get(path)
  const dot = path.lastIndexOf('.')
  const result = whole ?? (dot > 0 ? results.get(path.slice(0, dot)) : undefined)
  const member = whole ? '' : path.slice(dot + 1)
  switch (result?.kind) {
    case 'value':
      return result.value ?? nothingOf(asked.find(({ name }) => name === path)?.aggregation.kind)
    case 'single':
      return result.docCount
    case 'stats':
      if (member === 'avg') return result.count === 0 ? null : result.sum / result.count
      return member === 'count' || member === 'min' || member === 'max' || member === 'sum'
        ? (result[member] ?? nothingOf(member))
        : null
    default:
      return null
  }
}

const childrenOf = (wanted: string, asked: readonly NamedAggregation[]): readonly NamedAggregation[] =>
  asked.find(({ name }) => name === wanted)?.children ?? []

const nothingOf = (metric: string | undefined): number | null =>
  metric === 'min' ? Infinity : metric === 'max' ? -Infinity : null

function metric(
  aggregation: Exclude<Aggregation, BucketAggregation>,
  matches: readonly Match[],
  context: AggregateContext,
): AggregationResult {
  switch (aggregation.kind) {
    case 'avg':
    case 'min':
    case 'max':
    case 'sum':
    case 'stats': {
      const numbers = matches.flatMap((match) => values(match, aggregation.source).map(Number))
      const count = numbers.length
      const sum = numbers.reduce((total, number) => total + number, 0)
      const min = count === 0 ? null : numbers.reduce((a, b) => Math.min(a, b))
      const max = count === 0 ? null : numbers.reduce((a, b) => Math.max(a, b))
      switch (aggregation.kind) {
        case 'avg':
          return { kind: 'value', value: count === 0 ? null : sum / count }
        case 'sum':
          return { kind: 'value', value: sum }
        case 'min':
          return { kind: 'value', value: min }
        case 'max':
          return { kind: 'value', value: max }
        default:
          return { kind: 'stats', count, min, max, sum }
      }
    }
    case 'value_count':
      return { kind: 'value', value: matches.reduce((sum, match) => sum + docValues(match, aggregation.source).length, 0) }
    case 'cardinality': {
      const different = group(matches, (match) => wholeRanges(values(match, aggregation.source)))
      const { sketchSize } = aggregation
      const hashes = [...different.keys()].map((key) => Number(murmur3x128(Buffer.from(key)).readBigUInt64BE() >> 12n))
      return {
        kind: 'value',
        value: different.size,
        ...(sketchSize !== undefined && { sketch: distinctSketch(hashes, sketchSize) }),
      }
    }
    case 'percentiles': {
      const sorted = matches.flatMap((match) => values(match, aggregation.source).map(Number)).sort((a, b) => a - b)
      const sample = aggregation.sampled ? { sample: { values: sorted, count: sorted.length } } : {}
      return { kind: 'percentiles', values: aggregation.percents.map((percent) => percentile(sorted, percent)), ...sample }
    }
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
        matches.map((match) => (source) => values(match, source)),
      )
    case 'collected':
      return collect(aggregation, matches)
    case 'top_hits': {
      const { from, size, sort } = aggregation
      const sorted = sortMatches(matches, sort, context)
      const scored = sort.length === 0 || sort.some(({ field }) => field === '_score')
      return {
        kind: 'hits',
        total: matches.length,
        hits: sorted.slice(from, from + size).map((match) => {
          const hit = context.toHit(match, sort)
          return { ...hit, score: scored ? match.score : null }
        }),
        maxScore: scored && matches.length > 0 ? Math.max(...matches.map(({ score }) => score)) : null,
      }
    }
    case 'top_metrics': {
      const { fields, size, sort } = aggregation
      const sorted = sortMatches(
        matches.filter((match) => sortValues(match, sort, context.fieldsOf(match)).every((value) => value !== null)),
        sort,
        context,
      )
      return {
        kind: 'top',
        rows: sorted.slice(0, size).map((match) => ({
          sort: sortValues(match, sort, context.fieldsOf(match)),
          metrics: fields.map((field) => match.document.values.get(field)?.[0] ?? null),
        })),
      }
    }
    default:
      return unreachable(aggregation)
  }
}

/** All ranges of a document as one value. */
function wholeRanges(found: readonly FieldValue[]): readonly FieldValue[] {
  return found.some(isRangeValue) ? [found.map(valueKey).join(' ')] : found
}

/** As doc values count: strings once per document, numbers as often as they stand there. */
function docValues(match: Match, source: ValuesSource): readonly FieldValue[] {
  const found = values(match, source)
  // All ranges of a document are one.
  if (found.some(isRangeValue)) return found.slice(0, 1)
  return found.some((value) => typeof value === 'string' || value instanceof Uint8Array)
    ? [...new Map(found.map((value) => [valueKey(value), value])).values()]
    : found
}

/** Interpolated between the middles of neighbours, as a t-digest of single values does. */
function percentile(sorted: readonly number[], percent: number): number | null {
  const last = sorted.length - 1
  if (last < 0) return null
  const place = Math.min(last, Math.max(0, (percent / 100) * sorted.length - 0.5))
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? 0
  return below + (above - below) * (place - Math.floor(place))
}

/** Without keys by score. */
function sortMatches(matches: readonly Match[], keys: readonly SortKey[], context: AggregateContext): readonly Match[] {
  const rows = matches.map((match) => ({ match, row: sortValues(match, keys, context.fieldsOf(match)) }))
  return rows
    .toSorted(
      (a, b) =>
        (keys.length === 0 ? b.match.score - a.match.score : compareRows(a.row, b.row, keys)) || compareArrival(a.match, b.match),
    )
    .map(({ match }) => match)
}
