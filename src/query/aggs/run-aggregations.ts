import { doubleJson } from '../../core/double.ts'
import { ElkhornError, illegalArgument, unreachable } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { RawJson } from '../../core/raw-json.ts'
import type { Aggregation, AggregationResult, AggregationResults, BucketOrder, NamedAggregation } from '../aggregation.ts'
import type { ScopePath } from '../nested-objects.ts'
import { checkOrder } from './bucket-order.ts'
import { NO_MOMENTS } from '../joint-moments.ts'
import type { AggregationContext, BoundAggregation, ShapeContext, Skeleton } from './definition.ts'
import type { AggregationNode, AggregationTree, PipelineNode } from './parse-aggregations.ts'
import type { RunAlong } from './pipeline/definition.ts'
import { notMergeable } from './pipeline/merged.ts'
import { metricAt, type Shaped, type ShapedBucket, type ShapedChildren } from './shaped.ts'

/** Aggregations bound to the searched indices: what the engine gets, and how its results become the answer. */
export interface BoundAggregations {
  readonly engine: readonly NamedAggregation[]
  /** The same for those at the top that do not look at the query: over all documents that may be seen. */
  readonly global: readonly NamedAggregation[]
  /** What is to be asked of all documents before results can be written; their answers are `ShapeOptions.background`. */
  background(results: AggregationResults): readonly NamedAggregation[]
  /** `aggregations` of the answer. Empty and absent results are written alike. */
  shape(results: AggregationResults, options: ShapeOptions): JsonObject
}

export interface ShapeOptions {
  readonly formatHit: ShapeContext['formatHit']
  /** Puts the type before each name (`sterms#levels`). */
  readonly typedKeys: boolean
  readonly background?: AggregationResults
}

/** @throws ElkhornError (400) for fields that an aggregation cannot take */
export function bindAggregations(tree: AggregationTree, context: AggregationContext): BoundAggregations {
  const bound = bindTree(tree, context)
  return {
    engine: bound.nodes.filter(({ bound: { global } }) => !global).map(engineNode),
    global: bound.nodes.filter(({ bound: { global } }) => global).map(engineNode),
    background: (results) => [...askedOfAll(bound, [results], '')],
    shape(results, { formatHit, typedKeys, background = new Map() }) {
      let buckets = 0
      const shapeContext: ShapeContext = {
        formatHit,
        background: (name) => background.get(name),
        addBuckets(count) {
          buckets += count
          if (buckets > context.maxBuckets) throw tooManyBuckets(context.maxBuckets, buckets)
        },
      }
      const shaped = shapeLevel(bound, results, shapeContext, '')
      return printLevel(bound, shaped, typedKeys)
    },
  }
}

export function tooManyBuckets(limit: number, found: number): ElkhornError {
  return new ElkhornError(
    'too_many_buckets_exception',
    400,
    `Trying to create too many buckets. Must be less than or equal to: [${limit}] but was [${found}]. This limit can be set by changing the [search.max_buckets] cluster level setting.`,
    { details: { max_buckets: limit } },
  )
}

interface BoundTree {
  readonly nodes: readonly BoundNode[]
  readonly pipelines: readonly BoundPipeline[]
}

type BoundPipeline = PipelineNode & { readonly run: RunAlong | undefined; readonly typedKey: string }

interface BoundNode {
  readonly name: string
  readonly meta: JsonObject | undefined
  readonly bound: BoundAggregation
  readonly children: BoundTree
  /** What it is about: documents, or the nested objects of this path. */
  readonly scope: ScopePath
}

function bindTree(tree: AggregationTree, context: AggregationContext, depth = 0): BoundTree {
  const merged = [...(context.merged ?? []), ...mergedPaths(tree)]
  const nodes = tree.aggregations.map(({ name, parsed, meta, children }): BoundNode => {
    const bound = parsed.bind({ ...context, merged })
    if (bound.global && depth > 0) {
      throw new ElkhornError(
        'aggregation_execution_exception',
        400,
        `Aggregation [${name}] of type [global] can only be defined as a top level aggregation`,
      )
    }
    const { aggregation } = bound
    if ('order' in aggregation)
      checkOrder(
        aggregation.order,
        children.aggregations.map((child) => child.name),
      )
    const below: AggregationContext = {
      ...(bound.below ?? context),
      isWithin: true,
      merged: merged.filter((path) => path.startsWith(`${name}>`)).map((path) => path.slice(name.length + 1)),
      ...(bound.time && { around: bound.time.rounding }),
      ...(!isSingle(bound) && { amongBuckets: true }),
      ...(!isSingle(bound) && !NAMED.has(aggregation.kind) && { amongFound: true }),
    }
    const scope = context.indices[0]?.scope ?? ''
    return { name, meta, bound, scope, children: bindTree(children, below, depth + 1) }
  })
  for (const { parsed } of tree.pipelines) for (const path of parsed.paths) checkPath(path, tree)
  return {
    nodes,
    pipelines: sortPipelines(tree.pipelines).map((node) => bindPipeline(node, nodes, context)),
  }
}

const SINGLE: ReadonlySet<string> = new Set(['filter', 'missing', 'sampler', 'nested', 'reverse_nested', 'relatives'])

/** Their buckets are named by the request. */
const NAMED: ReadonlySet<string> = new Set(['filters', 'range', 'geo_distance'])

/** Whether an aggregation puts all it takes into one bucket. */
function isSingle({ aggregation: { kind }, within }: BoundAggregation): boolean {
  return within === undefined && SINGLE.has(kind)
}

/** What pipelines put together of several buckets. @throws ElkhornError (400) for metrics of which there is no such thing */
function mergedPaths({ aggregations, pipelines }: AggregationTree): readonly string[] {
  return pipelines.flatMap(({ parsed }) => {
    if (!('merges' in parsed) || parsed.merges === undefined) return []
    const [path = ''] = parsed.paths
    const names = path.split('>').map((name) => name.trim())
    let level = aggregations
    let found: AggregationNode | undefined
    for (const name of names) {
      found = level.find((node) => node.name === name)
      level = found?.children.aggregations ?? []
    }
    if (found && found.type !== parsed.merges) throw notMergeable(parsed.merges, found.type, path)
    return [names.join('>')]
  })
}

function bindPipeline(node: PipelineNode, siblings: readonly BoundNode[], context: AggregationContext): BoundPipeline {
  const { parsed } = node
  const { typedKey = typedKeyAt(parsed.paths[0] ?? '', siblings) } = parsed
  if (parsed.placement === 'sibling') return { ...node, typedKey, run: undefined }
  return { ...node, typedKey, run: 'bind' in parsed ? parsed.bind(context) : (name, buckets) => parsed.run(name, buckets) }
}

function typedKeyAt(path: string, siblings: readonly BoundNode[]): string {
  const [first = '', ...rest] = path.split('>')
  const found = siblings.find(({ name }) => name === first.trim())
  return found && rest.length > 0 ? typedKeyAt(rest.join('>'), found.children.nodes) : (found?.bound.typedKey ?? '')
}

/** @throws ElkhornError (400) where a path names what the request does not have */
function checkPath(path: string, tree: AggregationTree): void {
  if (path === '_count' || path === '_key') return
  const names = path.split('>').map((name) => name.trim())
  let level: AggregationTree | undefined = tree
  for (const [depth, name] of names.entries()) {
    const isLast = depth === names.length - 1
    if (depth > 0 && isLast && (name === '_count' || name === '_key' || name === '_bucket_count')) return
    const found: AggregationNode | undefined = level?.aggregations.find((node) => reads(name, node.name))
    const isThere = found ?? level?.pipelines.find((node) => reads(name, node.name))
    if (!isThere) throw illegalArgument(`No aggregation ${depth === 0 ? '' : `[${name}] `}found for path [${path}]`)
    level = found?.children
  }
}

/** Pipelines that read others' results run after them. @throws ElkhornError for a circle (400) */
function sortPipelines(pipelines: readonly PipelineNode[]): readonly PipelineNode[] {
  const sorted: PipelineNode[] = []
  let waiting = [...pipelines]
  while (waiting.length > 0) {
    const ready = waiting.filter(({ parsed }) =>
      parsed.paths.every((path) => !waiting.some((other) => reads(path, other.name) && other.parsed !== parsed)),
    )
    if (ready.length === 0)
      throw illegalArgument(`Cyclical dependency found with pipeline aggregator [${waiting[0]?.name ?? ''}]`)
    sorted.push(...ready)
    waiting = waiting.filter((one) => !ready.includes(one))
  }
  return sorted
}

function reads(path: string, name: string): boolean {
  const first = path.split('>')[0]?.trim() ?? ''
  return first === name || first.startsWith(`${name}.`) || first.startsWith(`${name}[`)
}

function engineNode({ name, bound, children }: BoundNode): NamedAggregation {
  const own = children.nodes.map(engineNode)
  return { name, aggregation: bound.aggregation, children: bound.within ? bound.within(own) : own }
}

/** Each asks once for all its buckets, under the path of its names. */
function* askedOfAll(tree: BoundTree, levels: readonly AggregationResults[], above: string): Generator<NamedAggregation> {
  for (const { name, bound, children, scope } of tree.nodes) {
    const path = `${above}${name}`
    const results = levels.flatMap((level) => level.get(name) ?? [])
    const asked = bound.background?.(results)
    if (asked && scope === '') yield { ...asked, name: path }
    if (asked && scope !== '')
      yield { name: path, aggregation: { kind: 'nested', path: scope }, children: [{ ...asked, name: path }] }
    yield* askedOfAll(children, results.flatMap(levelsBelow), `${path}>`)
  }
}

/** What was asked about nested objects comes within them. */
function answerTo(path: string, result: AggregationResult | undefined): AggregationResult | undefined {
  return result?.kind === 'single' ? (result.children.get(path) ?? result) : result
}

function levelsBelow(result: AggregationResult): readonly AggregationResults[] {
  if (result.kind === 'single') return [result.children]
  return result.kind === 'buckets' ? result.buckets.map(({ children }) => children) : []
}

function shapeLevel(
  tree: BoundTree,
  results: AggregationResults | undefined,
  context: ShapeContext,
  above: string,
): ShapedChildren {
  const shaped: ShapedChildren = new Map()
  const here: ShapeContext = results === undefined ? { ...context, isGap: true } : context
  for (const { name, bound, children } of tree.nodes) {
    const result = results?.get(name) ?? emptyResult(bound.aggregation)
    const path = `${above}${name}`
    const own: ShapeContext = bound.background ? { ...here, background: () => answerTo(path, context.background(path)) } : here
    shaped.set(name, fillSkeleton(bound.shape(result, own), { children, bound }, here, `${path}>`))
  }
  for (const { name, parsed } of tree.pipelines) if (parsed.placement === 'sibling') shaped.set(name, parsed.run(shaped))
  return shaped
}

function fillSkeleton(
  skeleton: Skeleton,
  { children, bound: { time } }: Pick<BoundNode, 'children' | 'bound'>,
  context: ShapeContext,
  above: string,
): Shaped {
  switch (skeleton.kind) {
    case 'metric':
      return skeleton
    case 'single':
      return {
        kind: 'single',
        ...(skeleton.json && { json: skeleton.json }),
        docCount: skeleton.docCount,
        children: shapeLevel(children, skeleton.results, context, above),
      }
    case 'multi': {
      const { json, keyed, order } = skeleton
      const emptyLevel = emptyLevels(children, context, above)
      let buckets: readonly ShapedBucket[] = skeleton.buckets.map(({ results, ...bucket }) => {
        if (results === undefined) return { ...bucket, children: emptyLevel() }
        const within = time ? { ...context, bucketStart: time.start({ ...bucket, results }) } : context
        return { ...bucket, children: shapeLevel(children, results, within, above) }
      })
      if (order) buckets = sortBuckets(buckets, order)
      for (const { name, run } of children.pipelines) if (run) buckets = run(name, buckets)
      return { kind: 'multi', json, keyed, buckets }
    }
    default:
      return unreachable(skeleton)
  }
}

/** What stands within buckets that were added because they are empty: shaped once, counted for each of them. */
function emptyLevels(children: BoundTree, context: ShapeContext, above: string): () => ShapedChildren {
  let first: ShapedChildren | undefined
  let added = 0
  const addBuckets = (count: number): void => {
    added += count
    context.addBuckets(count)
  }
  return () => {
    if (first) context.addBuckets(added)
    else {
      first = shapeLevel(children, undefined, { ...context, addBuckets }, above)
      for (const one of first.values()) sharedTexts.set(one, undefined)
    }
    // Pipelines add to it.
    return new Map(first)
  }
}

/** What many buckets share, as text once it was printed: of 50,000 empty ones that makes half the work. */
const sharedTexts = new WeakMap<Shaped, JsonValue | undefined>()

/** Buckets without the number they are sorted by come last in any direction. */
function sortBuckets(buckets: readonly ShapedBucket[], order: readonly BucketOrder[]): readonly ShapedBucket[] {
  return buckets.toSorted((a, b) => {
    for (const { by, order: direction } of order) {
      const [left, right] = [metricAt(by, a) ?? NaN, metricAt(by, b) ?? NaN]
      if (left === right || (Number.isNaN(left) && Number.isNaN(right))) continue
      if (Number.isNaN(left)) return 1
      if (Number.isNaN(right)) return -1
      return direction === 'asc' ? left - right : right - left
    }
    return 0
  })
}

/** What an engine finds among no documents. */
export function emptyResult(aggregation: Aggregation): AggregationResult {
  switch (aggregation.kind) {
    case 'terms':
    case 'date_histogram':
    case 'histogram':
    case 'multi_terms':
    case 'rare_terms':
    case 'composite':
    case 'geo_grid':
    case 'ip_prefix':
    case 'auto_date_histogram':
    case 'variable_width_histogram':
      return { kind: 'buckets', buckets: [], otherDocCount: 0 }
    case 'range':
    case 'geo_distance':
      return { kind: 'buckets', buckets: aggregation.ranges.map(({ key }) => ({ key, docCount: 0, children: new Map() })) }
    case 'filters': {
      const keys = aggregation.filters.map(({ key }) => key)
      if (aggregation.otherKey !== undefined) keys.push(aggregation.otherKey)
      return { kind: 'buckets', buckets: keys.map((key) => ({ key, docCount: 0, children: new Map() })) }
    }
    case 'filter':
    case 'missing':
    case 'nested':
    case 'reverse_nested':
    case 'relatives':
    case 'sampler':
      return { kind: 'single', docCount: 0, children: new Map() }
    case 'avg':
    case 'min':
    case 'max':
    case 'sum':
    case 'value_count':
    case 'cardinality':
    case 'weighted_avg':
    case 'median_absolute_deviation':
      return { kind: 'value', value: null }
    case 'stats':
      return { kind: 'stats', count: 0, min: null, max: null, sum: 0 }
    case 'percentiles':
      return { kind: 'percentiles', values: aggregation.percents.map(() => null) }
    case 'percentile_ranks':
      return { kind: 'percentiles', values: aggregation.values.map(() => null) }
    case 'boxplot':
      return { kind: 'boxplot', box: null }
    case 'string_stats':
      return { kind: 'string_stats', count: 0, minLength: 0, maxLength: 0, totalLength: 0, characters: new Map() }
    case 'extended_stats':
      return { kind: 'extended_stats', count: 0, min: null, max: null, sum: 0, sumOfSquares: 0 }
    case 'matrix_stats':
      return { kind: 'matrix_stats', moments: NO_MOMENTS }
    case 'geo_bounds':
      return { kind: 'geo_bounds', box: null }
    case 'geo_centroid':
      return { kind: 'geo_centroid', count: 0, center: null }
    case 'top_hits':
      return { kind: 'hits', total: 0, hits: [], maxScore: null }
    case 'top_metrics':
      return { kind: 'top', rows: [] }
    case 'collected':
      return { kind: 'collected', results: new Map() }
    default:
      return unreachable(aggregation)
  }
}

function printLevel(tree: BoundTree, shaped: ShapedChildren, typedKeys: boolean): JsonObject {
  const json: Record<string, JsonValue> = {}
  const write = (name: string, typedKey: string, meta: JsonObject | undefined, children: BoundTree): void => {
    const one = shaped.get(name)
    if (!one) return
    const print = (): JsonObject => ({ ...(meta ? { meta } : {}), ...printShaped(one, children, typedKeys) })
    json[typedKeys ? `${typedKey}#${name}` : name] = sharedTexts.has(one) ? sharedText(one, print) : print()
  }
  for (const { name, bound, meta, children } of tree.nodes) write(name, bound.typedKey, meta, children)
  for (const { name, typedKey, meta } of tree.pipelines) write(name, typedKey, meta, { nodes: [], pipelines: [] })
  return json
}

function sharedText(shaped: Shaped, print: () => JsonObject): JsonValue {
  const text = sharedTexts.get(shaped) ?? (new RawJson(printJson(print())) as unknown as JsonValue)
  sharedTexts.set(shaped, text)
  return text
}

function printShaped(shaped: Shaped, children: BoundTree, typedKeys: boolean): JsonObject {
  switch (shaped.kind) {
    case 'metric':
      return shaped.exact ? shaped.json : withDoubles(shaped.json)
    case 'single':
      return { ...shaped.json, doc_count: shaped.docCount, ...printLevel(children, shaped.children, typedKeys) }
    case 'multi': {
      const print = (bucket: ShapedBucket): JsonObject => ({
        ...bucket.json,
        ...printLevel(children, bucket.children, typedKeys),
      })
      if (!shaped.keyed) return { ...shaped.json, buckets: shaped.buckets.map(print) }
      const named: Record<string, JsonValue> = {}
      for (const bucket of shaped.buckets) named[bucket.name] = print(bucket)
      return { ...shaped.json, buckets: named }
    }
    default:
      return unreachable(shaped)
  }
}

/** Metrics are doubles, whole ones too; only what is counted is not. */
function withDoubles(json: JsonObject): JsonObject {
  const printed: Record<string, JsonValue | undefined> = {}
  for (const [name, value] of Object.entries(json)) printed[name] = COUNTS.has(name) ? value : asDouble(value)
  return printed
}

const COUNTS: ReadonlySet<string> = new Set(['count', 'doc_count', 'min_length', 'max_length'])

function asDouble(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'number') return doubleJson(value)
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((one) => asDouble(one) ?? null)
  return isJsonObject(value) ? withDoubles(value) : value
}
