import type { AggregationResult, AggregationResults, Bucket } from '../../../../query/aggregation.ts'
import { TooManyGroupsError } from '../statement.ts'
import { type OrderedBucket, bucketComparator } from './bucket-order.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import type { FinerKey, RawKey } from './bucket-key.ts'
import { Cell } from './cell.ts'
import { cellAt, cellsAt } from './cells.ts'
import { collectBuckets, NOTHING_COLLECTED } from './collect.ts'
import {
  type Groups,
  type Measured,
  type PathLevel,
  queryCutGroups,
  queryDistinct,
  queryFinerGroups,
  queryGroups,
  queryPage,
} from './group-statement.ts'
import { type FieldInput, fieldInput } from './field-input.ts'
import { cardinalityName, type KnownCardinalities } from './known-cardinalities.ts'
import { MeasureScope, standsForSeveral } from './measure.ts'
import { MeasureTree } from './measure-tree.ts'
import type { OtherRows } from './other-rows.ts'
import type { BucketNode, ConditionalNode, Plan } from './plan.ts'
import { RowSource } from './row-source.ts'
import { tooManyBuckets } from './too-many-buckets.ts'
import { bucketsWithin } from '../nested/scope-targets.ts'
import type { Target } from '../target.ts'
import { emptyTop, type TopContext, topOfBuckets } from './top.ts'

const MAX_FINER_GROUPS = 50_000

export interface TreeContext extends BindContext, TopContext {
  /** The documents of the targets as grouped statements read them: a target may come in parts. */
  readonly parts: readonly Target[]
  readonly maxBuckets: number
  readonly cardinalities: KnownCardinalities
}

/** Computes a tree of aggregations with as few statements as it takes; never one per bucket. */
export class TreeRun {
  readonly #context: TreeContext
  #buckets = 0
  #matching: number | undefined

  constructor(context: TreeContext) {
    this.#context = context
  }

  async run(plan: Plan): Promise<AggregationResults> {
    const root = new Cell()
    await this.#below(plan, root, [])
    if (plan.metrics.length + plan.conditionals.length > 0 && root.tree !== undefined) this.#matching = root.docCount
    return this.#results(plan, root)
  }

  /** Number of documents that match, where a statement happened to tell; none does where a document stands for several. */
  get matching(): number | undefined {
    return this.#context.targets.some(standsForSeveral) ? undefined : this.#matching
  }

  /** Everything below a known level of buckets, side by side. */
  async #below(plan: Plan, root: Cell, path: readonly PathLevel[], done: readonly BucketNode[] = []): Promise<void> {
    const isRoot = path.length === 0
    await Promise.all([
      isRoot && plan.metrics.length + plan.conditionals.length > 0 ? this.#measure(plan, root, path) : undefined,
      ...plan.tops.map((top) => topOfBuckets(top, root, path, this.#context)),
      ...plan.collections.map((collection) => collectBuckets(collection, root, path, this.#context)),
      ...plan.buckets
        .filter((node) => !done.includes(node))
        .map((node) => (node.into === undefined ? this.#expand(node, root, path) : this.#enter(node, node.into, root, path))),
    ])
  }

  /** Measures buckets that are known. */
  async #measure(measured: Measured, root: Cell, path: readonly PathLevel[]): Promise<void> {
    const { parts, statements, cardinalities, limits } = this.#context
    const distinct = path.length === 0 ? this.#distinctField(measured) : undefined
    const fewValues = distinct !== undefined && (cardinalities.get(distinct.name) ?? Infinity) <= limits.groups
    const groups = fewValues
      ? await queryDistinct(parts, distinct.input, measured, statements)
      : await queryGroups(parts, path, [], [measured], Infinity, statements)
    if (distinct !== undefined) cardinalities.learn(distinct.name, Number(groups.rows[0]?.[1]))
    const [tree] = groups.trees
    const offset = groups.offsets[0] ?? 0
    if (tree === undefined) return
    for (const row of groups.rows) {
      const cell = cellAt(root, path, row)
      if (cell === undefined) continue
      if (path.length === 0) cell.add(tree, row, offset)
      else for (const [name, result] of tree.results(row, offset)) cell.later.set(name, result)
    }
  }

  /** The field of which nothing but the number of distinct values is asked, where these lie in a dictionary. */
  #distinctField({ metrics, conditionals }: Measured): { readonly name: string; readonly input: FieldInput } | undefined {
    const [only, ...more] = metrics
    if (only?.metric.kind !== 'cardinality' || only.metric.sketchSize !== undefined) return undefined
    if (more.length + conditionals.length > 0) return undefined
    const { targets } = this.#context
    const { source } = only.metric
    const input = fieldInput(source, targets)
    const isDictionary = targets.every(({ layout }) => layout.column(source.field)?.storage === 'dictionary')
    if (input.several || !isDictionary || targets.length === 0) return undefined
    return { name: cardinalityName(targets, source.field), input }
  }

  /** A bucket of other rows: those within the rows of the buckets around, or around them. */
  async #enter(node: BucketNode, into: OtherRows, root: Cell, path: readonly PathLevel[]): Promise<void> {
    const { path: carried, targets, scoring } = bucketsWithin(this.#context.targets, into, path, this.#context.scoring)
    const inside = new TreeRun({ ...this.#context, targets, parts: targets, scoring })
    await inside.#expand(node, root, carried)
  }

  /** The buckets of an aggregation and of as many below it as one statement can make, cut; then what is below those. */
  async #expand(node: BucketNode, root: Cell, path: readonly PathLevel[]): Promise<void> {
    for (const choice of (await node.binding.choose?.(path, this.#context)) ?? []) {
      cellAt(root, path, choice.path)?.choices.set(node, choice)
    }
    const { levels, unmeasured } = await this.#group(this.#fused(node), root, path)
    const tasks: Promise<void>[] = []
    let known = path
    for (const [i, level] of levels.entries()) {
      const cells = cellsAt(root, known)
      if (level.binding.limit?.minDocCount === 0) await this.#addEmpty(level, cells)
      if (listsEmptyTerms(level.below)) addAlways(level, cells)
      const first = scopesOrderedBy(level)
      const all = [...known, { node: level, only: undefined }]
      await Promise.all(first.map(({ node, into }) => this.#enter(node, into, root, all)))
      for (const cell of cells) this.#cut(level, cell)
      known = [...known, { node: level, only: keptKeys(level, cells) }]
      if (cellsAt(root, known).length === 0) break
      if (unmeasured !== undefined) tasks.push(this.#measure(unmeasured, root, known))
      const next = levels[i + 1]
      const done = first.map(({ node }) => node)
      tasks.push(this.#below(level.below, root, known, next === undefined ? done : [...done, next]))
    }
    await Promise.all(tasks)
  }

  /** Levels whose buckets all follow from the groups of the deepest. */
  #fused(node: BucketNode): readonly BucketNode[] {
    const chain = [node]
    for (let level = node; ;) {
      const next = level.below.buckets.find(
        ({ binding, into }) =>
          into === undefined &&
          !binding.key.several &&
          binding.page === undefined &&
          !binding.samples &&
          binding.choose === undefined,
      )
      if (next === undefined || level.binding.page !== undefined || !isAdditive(level.below) || this.#willCut(level)) return chain
      chain.push(next)
      level = next
    }
  }

  /** Whether most buckets of a level will be left out, so that what is below them would be computed for nothing. */
  #willCut({ binding: { limit } }: BucketNode): boolean {
    if (limit === undefined) return false
    const known = this.#context.cardinalities.get(limit.cardinalityOf)
    return known === undefined || known > 2 * limit.size
  }

  /** Fills cells with groups: of all levels, or of the first alone when the groups are too many. */
  async #group(levels: readonly BucketNode[], root: Cell, path: readonly PathLevel[]): Promise<Grouped> {
    const [node] = levels
    if (node === undefined) return { levels }
    if (node.binding.page !== undefined) {
      const { parts, statements, limits } = this.#context
      const narrowing = { narrowRows: limits.pageRows }
      fill(root, path, [node], await queryPage(parts, path, node, node.binding.page, narrowing, statements))
      return { levels: [node] }
    }
    try {
      const groups = await this.#query(path, levels)
      fill(root, path, levels, groups)
      if (path.length === 0 && countsAll(node)) this.#matching = rowsOf(groups)
      return { levels }
    } catch (error) {
      if (!(error instanceof TooManyGroupsError)) throw error
      if (levels.length > 1) return this.#group([node], root, path)
      return { levels: [node], unmeasured: await this.#groupMany(node, root, path) }
    }
  }

  async #query(path: readonly PathLevel[], levels: readonly BucketNode[]): Promise<Groups> {
    const { parts, statements, maxBuckets, limits } = this.#context
    const [first] = levels
    if (first !== undefined && path.length === 0 && levels.length === 1) {
      const finer = this.#finerKey(first)
      const groups = finer && (await queryFinerGroups(parts, finer, first, statements))
      if (groups !== undefined) return groups
    }
    const last = levels.at(-1)
    const heavy = levels.some(({ below }) => !isAdditive(below))
    const cutBelow = levels.length === 1 && last?.binding.limit === undefined ? 2 * maxBuckets : limits.groups
    const measured = levels.map(({ below }) => below)
    return queryGroups(
      parts,
      path,
      levels,
      measured,
      heavy && levels.length === 1 ? Math.min(cutBelow, limits.heavyGroups) : cutBelow,
      statements,
    )
  }

  /** What documents are grouped by first, where that leaves few groups of many documents. */
  #finerKey({ binding: { key } }: BucketNode): FinerKey | undefined {
    const { targets, limits } = this.#context
    if (targets.length === 0 || key.finer === undefined || key.finer.values > MAX_FINER_GROUPS) return undefined
    const rows = targets.reduce((sum, { layout }) => sum + layout.rows, 0)
    return rows >= key.finer.values * limits.finerGroupRows ? key.finer : undefined
  }

  /** One level of very many buckets: those that stay are chosen by the engine. Answers what is dear, to be measured of those alone. */
  async #groupMany(node: BucketNode, root: Cell, path: readonly PathLevel[]): Promise<Measured | undefined> {
    const { parts, statements, maxBuckets, cardinalities } = this.#context
    const { limit, accepts } = node.binding
    const { light, heavy } = split(node)
    if (limit === undefined || accepts !== undefined || mayBeginEmpty(node.binding)) {
      const groups = await queryGroups(parts, path, [node], [light], 2 * maxBuckets, statements).catch((error: unknown) => {
        throw error instanceof TooManyGroupsError ? tooManyBuckets(maxBuckets) : error
      })
      fill(root, path, [node], groups)
    } else {
      const groups = await queryCutGroups(parts, path, node, limit, light, statements)
      fill(root, path, [node], groups)
      for (const row of groups.rows) {
        const parent = cellAt(root, path, row)
        if (parent === undefined) continue
        const kept = [...(parent.groups.get(node)?.values() ?? [])].reduce((sum, cell) => sum + cell.docCount, 0)
        parent.otherDocCounts.set(node, Number(row[groups.totalAt]) - kept)
        const all = Number(row[groups.totalAt + 1])
        parent.bucketCounts.set(node, all)
        cardinalities.learn(limit.cardinalityOf, all)
      }
    }
    return heavy
  }

  /** Terms that no matching document has are buckets, too. */
  async #addEmpty(node: BucketNode, parents: readonly Cell[]): Promise<void> {
    const { targets, statements, maxBuckets } = this.#context
    const everything = targets.map(({ plain, ...target }) => ({ ...(plain ?? target), matches: (plain ?? target).visible }))
    const terms = await queryGroups(everything, [], [node], [NOTHING], 2 * maxBuckets, statements).catch((error: unknown) => {
      throw error instanceof TooManyGroupsError ? tooManyBuckets(maxBuckets) : error
    })
    for (const [raw] of terms.rows as [RawKey | null][]) {
      if (raw !== null && node.binding.accepts?.(raw) !== false) for (const parent of parents) parent.child(node, raw)
    }
  }

  /** Leaves the buckets of one parent that its aggregation asks for, and counts what the others held. */
  #cut(node: BucketNode, parent: Cell): void {
    const { limit, order, compare } = node.binding
    const group = parent.groups.get(node)
    if (limit === undefined || group === undefined) return
    this.#context.cardinalities.learn(limit.cardinalityOf, group.size)
    // The engine may have cut them already.
    if (!parent.bucketCounts.has(node)) parent.bucketCounts.set(node, group.size)
    const { size, minDocCount, maxDocCount = Infinity } = limit
    const many = [...group]
      .map(([raw, cell]) => ordered(raw, cell, node.below))
      .filter(({ docCount }) => docCount >= minDocCount && docCount <= maxDocCount)
    const sorted = many.toSorted(bucketComparator(order, compare))
    const kept = sorted.slice(0, size)
    const other = sorted.slice(size).reduce((sum, { docCount }) => sum + docCount, 0)
    parent.groups.set(node, new Map(kept.map(({ raw, cell }) => [raw, cell])))
    parent.otherDocCounts.set(node, (parent.otherDocCounts.get(node) ?? 0) + other)
  }

  #results(plan: Plan, cell: Cell): AggregationResults {
    const measured = cell.tree === undefined ? emptyTree(plan).results(emptyTree(plan).empty()) : cell.tree.results(cell.values)
    const results = new Map<string, AggregationResult>(measured)
    for (const top of plan.tops) results.set(top.name, emptyTop(top.aggregation))
    for (const { name } of plan.collections) results.set(name, NOTHING_COLLECTED)
    for (const [name, result] of cell.later) results.set(name, result)
    for (const node of plan.buckets) results.set(node.name, this.#bucketsOf(node, cell))
    return results
  }

  #bucketsOf(node: BucketNode, parent: Cell): AggregationResult {
    const { order, keyOf, keysOf, compare, shape, limit } = node.binding
    const { always, interval } = parent.choices.get(node) ?? node.binding
    const group = parent.groups.get(node) ?? new Map<RawKey, Cell>()
    if (shape === 'single') {
      const cell = group.get(0) ?? new Cell()
      return { kind: 'single', docCount: cell.docCount, children: this.#results(node.below, cell) }
    }
    const entries =
      always === undefined
        ? [...group].map(([raw, cell]) => ordered(raw, cell, node.below)).toSorted(bucketComparator(order, compare))
        : always.map((raw) => ordered(raw, group.get(raw) ?? new Cell(), node.below))
    this.#buckets += entries.length
    if (this.#buckets > this.#context.maxBuckets) throw tooManyBuckets(this.#context.maxBuckets)
    const buckets = entries.map(({ raw, cell, docCount }): Bucket => ({
      key: keyOf(raw),
      ...(keysOf && { keys: keysOf(raw) }),
      docCount,
      children: this.#results(node.below, cell),
    }))
    return limit === undefined
      ? { kind: 'buckets', buckets, ...(interval !== undefined && { interval }) }
      : {
          kind: 'buckets',
          buckets,
          otherDocCount: parent.otherDocCounts.get(node) ?? 0,
          bucketCount: parent.bucketCounts.get(node) ?? 0,
        }
  }
}

/** Levels whose cells have their groups. */
interface Grouped {
  readonly levels: readonly BucketNode[]
  /** What is still to be measured of the buckets that stay. */
  readonly unmeasured?: Measured | undefined
}

/** Whether buckets without documents have something below them all the same. */
function listsEmptyTerms({ buckets }: Plan): boolean {
  return buckets.some(({ binding, below }) => binding.limit?.minDocCount === 0 || listsEmptyTerms(below))
}

/**
 * Whether buckets without documents may come before others. Such buckets are found afterwards, and one that the engine cut off
 * would be taken for one of them.
 */
function mayBeginEmpty({ limit, order: [first] }: BucketBinding): boolean {
  if (limit?.minDocCount !== 0) return false
  return !(first?.by === '_key' || (first?.by === '_count' && first.order === 'desc'))
}

/** Buckets that are there whatever they hold. */
function addAlways(node: BucketNode, parents: readonly Cell[]): void {
  for (const parent of parents) {
    for (const raw of (parent.choices.get(node) ?? node.binding).always ?? []) parent.child(node, raw)
  }
}

function ordered(raw: RawKey, cell: Cell, below: Plan): OrderedBucket & { readonly cell: Cell } {
  return { raw, cell, docCount: cell.docCount, valueAt: (path) => orderValue(path, cell, below) }
}

function orderValue(path: string, cell: Cell, below: Plan): number | null {
  const scope = scopeNamed(path, below)
  if (scope === undefined) {
    const { tree = emptyTree(below), values } = cell
    return tree.orderValue(path, cell.tree === undefined ? tree.empty() : values)
  }
  const inner = cell.groups.get(scope)?.get(0) ?? new Cell()
  const rest = path.slice(scope.name.length + 1)
  return rest === '' || rest === '_count' ? inner.docCount : orderValue(rest, inner, scope.below)
}

/** The aggregation over other rows that a path of an order leads into. */
function scopeNamed(path: string, { buckets }: Plan): BucketNode | undefined {
  return buckets.find(({ name, into }) => into !== undefined && (path === name || path.startsWith(`${name}>`)))
}

/** What has to be known before buckets are cut. */
function scopesOrderedBy({ binding, below }: BucketNode): { readonly node: BucketNode; readonly into: OtherRows }[] {
  const scopes = new Set(binding.order.map(({ by }) => scopeNamed(by, below)))
  return [...scopes].flatMap((node) => (node?.into === undefined ? [] : [{ node, into: node.into }]))
}

/** Whether the buckets of an aggregation, and its groups without a key, hold every document once. */
function countsAll({ binding: { key } }: BucketNode): boolean {
  return !key.several && key.where === undefined && key.put === undefined
}

/** Whether computing a tree is likely to tell how many documents match. */
export function tellsMatching({ metrics, conditionals, buckets }: Plan): boolean {
  return metrics.length + conditionals.length > 0 || buckets.some(countsAll)
}

function rowsOf({ rows, offsets: [countAt = 0] }: Groups): number {
  return rows.reduce((sum, row) => sum + Number(row[countAt]), 0)
}

const NOTHING: Measured = { metrics: [], conditionals: [] }

/** Adds the groups of a statement to the cells of its levels. */
function fill(root: Cell, path: readonly PathLevel[], levels: readonly BucketNode[], { rows, trees, offsets }: Groups): void {
  for (const row of rows) {
    let cell = cellAt(root, path, row)
    for (let i = 0; i < levels.length && cell !== undefined; i++) {
      const [node, tree] = [levels[i], trees[i]]
      const raw = row[path.length + i] as RawKey | null
      // A document without a key here is in the buckets above alone.
      if (node === undefined || tree === undefined || raw === null || node.binding.accepts?.(raw) === false) break
      cell = cell.child(node, raw)
      cell.add(tree, row, offsets[i] ?? 0)
    }
  }
}

/** Keys that are left under any parent, for levels that leave some out. */
function keptKeys(node: BucketNode, parents: readonly Cell[]): readonly RawKey[] | undefined {
  const { key, limit, page } = node.binding
  if (key.only === undefined || (limit === undefined && page === undefined)) return undefined
  if (page === undefined && parents.every((parent) => parent.otherDocCounts.get(node) === 0)) return undefined
  return [...new Set(parents.flatMap((parent) => [...(parent.groups.get(node)?.keys() ?? [])]))]
}

/** Whether what is measured of buckets can be added up from what is measured of the buckets below them. */
function isAdditive({ metrics, conditionals }: Measured): boolean {
  return !metrics.some(({ metric }) => HEAVY.has(metric.kind)) && conditionals.every(({ below }) => isAdditive(below))
}

const HEAVY: ReadonlySet<string> = new Set(['cardinality', 'percentiles', 'median_absolute_deviation', 'boxplot', 'matrix_stats'])

/** What can be measured of every bucket, and what only of those that stay: not what they are ordered by. */
function split({ binding, below }: BucketNode): { readonly light: Measured; readonly heavy: Measured | undefined } {
  const orderedBy = (name: string): boolean => binding.order.some(({ by }) => by.split(/[>.[]/)[0] === name || by === name)
  const isHeavyMetric = ({ name, metric }: Plan['metrics'][number]): boolean => HEAVY.has(metric.kind) && !orderedBy(name)
  const isHeavyCondition = (node: ConditionalNode): boolean => !isAdditive(node.below) && !orderedBy(node.name)
  const heavy = { metrics: below.metrics.filter(isHeavyMetric), conditionals: below.conditionals.filter(isHeavyCondition) }
  if (heavy.metrics.length + heavy.conditionals.length === 0) return { light: below, heavy: undefined }
  const light = {
    metrics: below.metrics.filter((metric) => !isHeavyMetric(metric)),
    conditionals: below.conditionals.filter((node) => !isHeavyCondition(node)),
  }
  return { light, heavy }
}

const emptyTrees = new WeakMap<Plan, MeasureTree>()

/** Measures nothing: for buckets without documents. */
function emptyTree(plan: Plan): MeasureTree {
  let tree = emptyTrees.get(plan)
  if (tree === undefined) emptyTrees.set(plan, (tree = new MeasureTree(plan, new MeasureScope(new RowSource([])))))
  return tree
}
