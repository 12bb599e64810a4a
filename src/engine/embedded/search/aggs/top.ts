import type { AggregationResult } from '../../../../query/aggregation.ts'
import type { FieldValue } from '../../../../query/field.ts'
import type { SortKey } from '../../../../query/sort.ts'
import type { EngineHit } from '../../../engine.ts'
import { ID, ROUTING, SEQ_NO, VERSION } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { type Column, fieldValue, float, text, uint } from '../columns.ts'
import { type HitsContext, readsByTime, searchHits, sourcesOf } from '../hits/hits.ts'
import { bindSort, type BoundSortKey, nullsFirst } from '../hits/sort-key.ts'
import { countMatches } from '../hits/total.ts'
import { ALWAYS, type Condition, leaf, where } from '../query/condition.ts'
import { withDocuments } from '../nested/object-hits.ts'
import { rangeCondition } from '../query/range.ts'
import type { Target } from '../target.ts'
import { addKey, type RawKey } from './bucket-key.ts'
import type { Cell } from './cell.ts'
import { cellAt, cellsAt } from './cells.ts'
import { fieldInput } from './field-input.ts'
import { levelKey, type PathLevel } from './group-statement.ts'
import type { TopAggregation, TopNode } from './plan.ts'
import { RowSource } from './row-source.ts'

export interface TopContext extends HitsContext {
  readonly targets: readonly Target[]
}

type TopHits = Extract<TopAggregation, { kind: 'top_hits' }>
type TopMetrics = Extract<TopAggregation, { kind: 'top_metrics' }>

/** Of no documents. */
export function emptyTop({ kind }: TopAggregation): AggregationResult {
  return kind === 'top_hits' ? { kind: 'hits', total: 0, hits: [], maxScore: null } : { kind: 'top', rows: [] }
}

/** The first documents of every bucket at the end of a path; without a path, of all that match. */
export async function topOfBuckets(
  { name, aggregation }: TopNode,
  root: Cell,
  path: readonly PathLevel[],
  context: TopContext,
): Promise<void> {
  if (context.targets.length === 0) return
  if (aggregation.kind === 'top_metrics') return topMetrics(name, aggregation, root, path, context)
  return path.length === 0 ? topHitsOfAll(name, aggregation, root, context) : topHits(name, aggregation, root, path, context)
}

async function topHitsOfAll(name: string, { from, size, sort }: TopHits, root: Cell, context: TopContext): Promise<void> {
  const { targets, scoring } = context
  const [{ hits }, total] = await Promise.all([
    searchHits({ from, size, sort, trackScores: false, source: true, mayCount: false }, targets, context),
    countMatches(targets, Infinity, context),
  ])
  const scored = sort.length === 0 || sort.some(({ field }) => field === '_score')
  root.later.set(name, {
    kind: 'hits',
    total: total.value,
    hits,
    maxScore: scored && scoring.varies ? highest(hits) : firstScore(hits, scored),
  })
}

async function topHits(
  name: string,
  { from, size, sort }: TopHits,
  root: Cell,
  path: readonly PathLevel[],
  context: TopContext,
): Promise<void> {
  const { targets, scoring, encodeId } = context
  const byScore = sort.length === 0 && scoring.varies
  const keys = bindSort(byScore ? BY_SCORE : sort, targets, (target) => scoring.of(target))
  const scored = sort.length === 0 || sort.some(({ field }) => field === '_score')
  const columns = (rows: RowSource): Column<unknown>[] => [
    uint(rows.column(({ position }) => sql`toUInt32(${position})`)),
    text(rows.column(() => identifier(ID))),
    uint(rows.column(() => identifier(SEQ_NO))),
    uint(rows.column(() => identifier(VERSION))),
    text(rows.column(() => identifier(ROUTING))),
    float(rows.column((target) => (scored ? sql`toFloat64(${scoring.of(target)})` : sql`toFloat64(0)`))),
    ...keys.map((key) => fieldValue(key.type, sortColumn(key, rows))),
  ]
  const found = await topRows({ keys, limit: from + size, columns, scored }, root, path, context)
  const hits = new Map<Cell, EngineHit[]>()
  for (const [cell, rows] of found) {
    const page = rows.slice(from).map((row): EngineHit => {
      const [target, id, seqNo, version, routing, score, ...values] = row as [
        number,
        string,
        number,
        number,
        string,
        number,
        ...(FieldValue | null)[],
      ]
      const uuid = targets.find(({ position }) => position === target)?.layout.uuid ?? ''
      return {
        target,
        id: id === '' ? encodeId(uuid, seqNo) : id,
        seqNo,
        version: version + 1,
        ...(routing !== '' && { routing }),
        source: undefined,
        score: scored ? score : null,
        sort: values,
      }
    })
    hits.set(cell, page)
  }
  const all = [...hits.values()].flat()
  const documents = targets.filter(({ layout }) => layout.nested === undefined)
  const sources = await sourcesOf(all, documents, keys, context)
  const shown = await withDocuments(
    all.map((hit) => ({ ...hit, source: sources(hit) })),
    targets,
    context,
  )
  let next = 0
  for (const [cell, page] of hits) {
    const withSources = shown.slice(next, next + page.length)
    next += page.length
    cell.later.set(name, { kind: 'hits', total: cell.docCount, hits: withSources, maxScore: scored ? highest(page) : null })
  }
}

/** Documents without the first sort value do not count (TopMetricsAggregator). */
async function topMetrics(
  name: string,
  { fields, size, sort }: TopMetrics,
  root: Cell,
  path: readonly PathLevel[],
  context: TopContext,
): Promise<void> {
  const { targets, scoring } = context
  const keys = bindSort(sort, targets, (target) => scoring.of(target))
  const inputs = fields.map((field) => fieldInput({ field }, targets))
  const columns = (rows: RowSource): Column<unknown>[] => [
    ...keys.map((key) => fieldValue(key.type, sortColumn(key, rows))),
    ...inputs.map((input) => {
      const value = rows.column(input.sql)
      return fieldValue(input.type, input.several ? sql`if(empty(${value}), NULL, ${value}[1])` : value)
    }),
  ]
  const scored = sort.some(({ field }) => field === '_score')
  const found = await topRows({ keys, limit: size, columns, scored, onlySorted: true }, root, path, context)
  for (const [cell, rows] of found) {
    const pairs = rows.map((row) => ({
      sort: row.slice(0, keys.length) as (FieldValue | null)[],
      metrics: row.slice(keys.length) as (FieldValue | null)[],
    }))
    cell.later.set(name, { kind: 'top', rows: pairs })
  }
}

interface TopRequest {
  readonly keys: readonly BoundSortKey[]
  /** Rows wanted of each bucket. */
  readonly limit: number
  readonly columns: (rows: RowSource) => Column<unknown>[]
  readonly scored: boolean
  /** Leave out documents without the first sort value. */
  readonly onlySorted?: boolean
}

/**
 * The first rows of each bucket in the order of the keys. In the order of time they are looked for in ever wider
 * stretches, and only for buckets that are not full yet: the last reading of a thousand devices lies in the last minutes.
 */
async function topRows(
  request: TopRequest,
  root: Cell,
  path: readonly PathLevel[],
  context: TopContext,
): Promise<Map<Cell, unknown[][]>> {
  const found = new Map<Cell, unknown[][]>()
  let open: readonly Cell[] = path.length === 0 ? [root] : cellsAt(root, path)
  const isFull = (cell: Cell): boolean => {
    const rows = found.get(cell)?.length ?? 0
    return rows >= request.limit || (path.length > 0 && rows >= cell.docCount)
  }
  for (const window of windows(request, open.length, context.targets)) {
    for (const cell of open) found.set(cell, [])
    const rows = await queryTop(
      request,
      open.length === cellsAt(root, path).length ? path : narrowed(root, path, open),
      window,
      context,
    )
    for (const row of rows) {
      const cell = cellAt(root, path, row)
      if (cell !== undefined && open.includes(cell)) found.get(cell)?.push(row.slice(path.length))
    }
    open = open.filter((cell) => !isFull(cell))
    if (open.length === 0) break
  }
  return found
}

async function queryTop(
  { keys, limit, columns, onlySorted }: TopRequest,
  path: readonly PathLevel[],
  window: ((target: Target) => Condition) | undefined,
  { targets, statements, scoring }: TopContext,
): Promise<unknown[][]> {
  const rows = new RowSource(targets)
  const bucketKeys = path.map((level) => addKey(levelKey(level), rows, { narrow: true }))
  if (window !== undefined) rows.narrow(window)
  rows.narrow((target) => scoring.announce(target))
  const list = [...bucketKeys.map(({ read }) => read), ...columns(rows)]
  const first = keys[0]
  const orders = keys.map((key) => {
    const direction = key.key.order === 'asc' ? sql`ASC` : sql`DESC`
    return sql`${sortColumn(key, rows)} ${direction} ${nullsFirst(key.key) ? sql`NULLS FIRST` : sql`NULLS LAST`}`
  })
  orders.push(
    rows.column(({ position }) => sql`toUInt32(${position})`),
    rows.column(() => identifier(SEQ_NO)),
  )
  const sorted =
    onlySorted === true && first !== undefined ? leaf(sql`isNotNull(${sortColumn(first, rows)})`, { nullable: false }) : ALWAYS
  const by = rows.keys.length === 0 ? sql`` : sql` BY ${joinSql(rows.keys, ', ')}`
  return statements.selectRows(
    list,
    sql`FROM ${rows.sql()} ${where(sorted)} ORDER BY ${joinSql(orders, ', ')} LIMIT ${limit}${by}`,
  )
}

function sortColumn(key: BoundSortKey, rows: RowSource): Sql {
  return rows.column((target) => key.value(target))
}

/**
 * Documents that a first look should see for each that is wanted, and by how much every further look is wider. A look reads
 * all of a slot of time, but sorting what it finds costs more: 7 CPU-ms for eight each of a thousand, 29 for sixty.
 */
const FIRST_MARGIN = 8
const WIDER = 8

/** Conditions for one look after the other; the last is none at all. */
function* windows(
  { keys, limit }: TopRequest,
  buckets: number,
  targets: readonly Target[],
): Generator<((target: Target) => Condition) | undefined> {
  const first = keys[0]
  if (first !== undefined && targets.every((target) => readsByTime(first, target))) {
    const times = targets.flatMap(({ layout }) => (layout.minTime === undefined || layout.maxTime === undefined ? [] : [layout]))
    const rows = times.reduce((sum, layout) => sum + layout.rows, 0)
    const from = Math.min(...times.map(({ minTime }) => minTime ?? 0), Infinity)
    const to = Math.max(...times.map(({ maxTime }) => maxTime ?? 0), -Infinity)
    const limits = targets.map(({ time }) => time)
    const end = Math.min(to + 1, Math.max(...limits.map((time) => time.to)))
    const start = Math.max(from, Math.min(...limits.map((time) => time.from)))
    let widthMs = Math.max(1, (buckets * limit * FIRST_MARGIN * (to - from + 1)) / Math.max(rows, 1))
    for (; widthMs * 2 < end - start; widthMs *= WIDER) {
      const bounds = first.key.order === 'desc' ? { gte: end - Math.ceil(widthMs) } : { lt: start + Math.ceil(widthMs) }
      yield ({ layout }) => {
        const column = layout.column(first.key.field)
        return column === undefined ? ALWAYS : rangeCondition(column, bounds, layout)
      }
    }
  }
  yield undefined
}

/** The same path for some of its buckets alone. */
function narrowed(root: Cell, path: readonly PathLevel[], open: readonly Cell[]): readonly PathLevel[] {
  const wanted = new Set(open)
  const keys = path.map(() => new Set<RawKey>())
  const visit = (cell: Cell, depth: number, raws: readonly RawKey[]): void => {
    const node = path[depth]?.node
    if (node === undefined) {
      if (wanted.has(cell)) raws.forEach((raw, i) => keys[i]?.add(raw))
      return
    }
    for (const [raw, child] of cell.groups.get(node) ?? []) visit(child, depth + 1, [...raws, raw])
  }
  visit(root, 0, [])
  return path.map((level, i) => ({ ...level, only: [...(keys[i] ?? [])] }))
}

const BY_SCORE: readonly SortKey[] = [{ field: '_score', order: 'desc', missing: 'last', mode: 'max' }]

function highest(hits: readonly EngineHit[]): number | null {
  return hits.reduce<number | null>((max, { score }) => (score === null ? max : Math.max(score, max ?? score)), null)
}

function firstScore(hits: readonly EngineHit[], scored: boolean): number | null {
  return scored ? (hits[0]?.score ?? null) : null
}
