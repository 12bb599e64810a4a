import type { EngineHit } from '../../../engine.ts'
import type { FieldValue } from '../../../../query/field.ts'
import { ID, ROUTING, SEQ_NO, VERSION } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { type Column, fieldValue, float, source, text, uint } from '../columns.ts'
import { ALWAYS, and, type Condition, leaf, where } from '../query/condition.ts'
import type { Settings, Statements } from '../statement.ts'
import { tableName, type Target } from '../target.ts'
import { type BoundSortKey, orderBy } from './sort-key.ts'

/** Ids that the engine made for documents of an index. */
export type EncodeId = (uuid: string, seqNo: number) => string

/** What hits of one target are selected by. */
export interface PageRequest {
  readonly sort: readonly BoundSortKey[]
  /** Narrows the target's matches: a page's start, a window of time. */
  readonly within: Condition
  /** First sort value of the hit that the page begins after. */
  readonly after: FieldValue | undefined
  readonly offset: number
  readonly limit: number
  readonly source: boolean
  /** Tell where the rows lie: sources are soon read by that. */
  readonly row?: boolean
  /** Of each hit; `undefined` where hits have none. */
  readonly score: ((target: Target) => Sql) | undefined
  /** Conditions that `score` and `sort` call on, see `announced`. */
  readonly announce: Condition
  /** Count all matches along with the page: for conditions that are too dear to be tested twice. */
  readonly count?: boolean
  /** Comes before the sort keys and is implied by them: the engine reads in the order of the table's key until it has enough. */
  readonly ordered?: Sql | undefined
}

/** A hit, and where its row lies in a part of the table: until the next merge, which may be at any moment. */
export interface FoundHit extends EngineHit {
  readonly row?: number | undefined
}

export interface SelectedHits {
  readonly hits: FoundHit[]
  /** All matches, where the page asked for them. */
  readonly total: number | undefined
}

/** What the score of a document is called in the statement of a page. */
export const SCORE = identifier('score')

/** Hits of one target, in the order of the sort. */
export async function selectHits(
  target: Target,
  page: PageRequest,
  statements: Statements,
  encodeId: EncodeId,
): Promise<SelectedHits> {
  if (page.count === true) return selectCounted(target, page, statements, encodeId)
  const score = page.score?.(target)
  const columns: Column<unknown>[] = [
    ...documentColumns(target, page.source),
    page.row === true && isTable(target) ? uint(identifier(ROW)) : none,
    score === undefined ? none : { ...float(score), sql: sql`toFloat64(${score}) AS ${SCORE}` },
    ...page.sort.map((key) => fieldValue(key.type, key.value(target))),
  ]

  const order = page.ordered === undefined ? orderBy(page.sort, target) : sql`${page.ordered}, ${orderBy(page.sort, target)}`
  const offset = page.offset > 0 ? sql` OFFSET ${page.offset}` : sql``
  const condition = where(and([target.matches, page.within]), page.announce)
  const rest = sql`FROM ${tableName(target)} ${condition} ORDER BY ${order} LIMIT ${page.limit}${offset}`
  const rows = await statements.selectRows(columns, rest, page.ordered === undefined ? HIT_SETTINGS : ORDERED_SETTINGS)

  return { hits: rows.map((row) => hitOf(target, row as HitRow, encodeId)), total: undefined }
}

/** Where a row lies in its part of the table: rows are found by it three times as fast as by their sequence numbers. */
const ROW = '_part_offset'

/** Whether the rows of a target are those of a table. */
function isTable({ from }: Pick<Target, 'from'>): boolean {
  return from === undefined
}

/** One pass over all matches, in columns that are cheap to carry; then what else the hits of the page are. */
async function selectCounted(
  target: Target,
  page: PageRequest,
  statements: Statements,
  encodeId: EncodeId,
): Promise<SelectedHits> {
  const score = page.score?.(target)
  const inner = [
    ...[SEQ_NO, ...(isTable(target) ? [ROW] : [])].map(identifier),
    sql`${score === undefined ? sql`toFloat64(0)` : sql`toFloat64(${score})`} AS ${SCORE}`,
    ...page.sort.map((key, i) => sql`${key.value(target)} AS ${identifier(`k${i}`)}`),
  ]
  const sorted = page.sort.map((key, i): BoundSortKey => ({ ...key, value: () => identifier(`k${i}`) }))
  const columns: Column<unknown>[] = [
    uint(sql`count() OVER ()`),
    uint(identifier(SEQ_NO)),
    isTable(target) ? uint(identifier(ROW)) : none,
    score === undefined ? none : float(SCORE),
    ...sorted.map((key) => fieldValue(key.type, key.value(target))),
  ]
  const condition = where(and([target.matches, page.within]), page.announce)
  const matches = sql`(SELECT ${joinSql(inner, ', ')} FROM ${tableName(target)} ${condition})`
  const last = page.offset + page.limit
  const rest = sql`FROM ${matches} ORDER BY ${orderBy(sorted, target)} LIMIT ${last}`
  const rows = (await statements.selectRows(columns, rest, HIT_SETTINGS)) as CountedRow[]
  const found = rows.slice(page.offset)
  const places = found.map(([, seqNo, row]): Place => ({ seqNo, row: row ?? undefined }))
  const documents = await loadRows(target, places, ALWAYS, documentColumns(target, page.source), statements)
  const hits = found.flatMap(([, seqNo, row, ...sorted]) => {
    const document = documents.get(seqNo)
    if (document === undefined) return []
    return [hitOf(target, [...(document as DocumentRow), page.row === true ? row : null, ...sorted], encodeId)]
  })
  return { hits, total: rows[0]?.[0] ?? 0 }
}

type CountedRow = [total: number, seqNo: number, row: number | null, score: number | null, ...sort: (FieldValue | null)[]]

function hitOf(target: Target, [id, seqNo, version, routing, source, row, score, ...sort]: HitRow, encodeId: EncodeId): FoundHit {
  return {
    target: target.position,
    id: id === '' ? encodeId(target.layout.uuid, seqNo) : id,
    seqNo,
    version: version + 1,
    ...(routing !== '' && { routing }),
    source: source ?? undefined,
    ...(row !== null && { row }),
    score,
    sort,
  }
}

type DocumentRow = [id: string, seqNo: number, version: number, routing: string, source: Uint8Array | null]
type HitRow = [...DocumentRow, row: number | null, score: number | null, ...sort: (FieldValue | null)[]]

function documentColumns({ layout }: Pick<Target, 'layout'>, withSource: boolean): Column<unknown>[] {
  const stored = [text(identifier(ID)), uint(identifier(SEQ_NO)), uint(identifier(VERSION)), text(identifier(ROUTING))]
  return [...stored, withSource ? source(layout) : none]
}

/** Sources are read for the rows of the page alone, also of long pages; a constant sort value is no position. */
const HIT_SETTINGS: Settings = { query_plan_max_limit_for_lazy_materialization: 100_000, enable_positional_arguments: 0 }
/** With buffering, a filter makes the engine drop the order and scan everything. */
const ORDERED_SETTINGS: Settings = { ...HIT_SETTINGS, read_in_order_use_buffering: 0 }

const none: Column<null> = {
  sql: sql`toUInt8(0)`,
  read: (row) => {
    row.uint8()
    return null
  },
}

/** Sources of hits that were found without them, by sequence number. */
export async function loadSources(
  target: Pick<Target, 'layout' | 'from'>,
  hits: readonly Place[],
  within: Condition,
  statements: Statements,
): Promise<Map<number, Uint8Array>> {
  const found = await loadRows(target, hits, within, [source(target.layout)], statements)
  return new Map([...found].map(([seqNo, [text]]) => [seqNo, text as Uint8Array]))
}

/** A document of which at least the sequence number is known. */
type Place = Pick<FoundHit, 'seqNo' | 'row'>

/** Columns of documents, by sequence number: they are looked for where they lay, then anywhere `within`. */
async function loadRows(
  target: Pick<Target, 'layout' | 'from'>,
  places: readonly Place[],
  within: Condition,
  columns: readonly Column<unknown>[],
  statements: Statements,
): Promise<Map<number, unknown[]>> {
  const found = new Map<number, unknown[]>()
  const load = async (condition: Condition, wanted: readonly Place[]): Promise<void> => {
    if (wanted.length === 0) return
    const seqNos = leaf(sql`${identifier(SEQ_NO)} IN ${wanted.map(({ seqNo }) => seqNo)}`, { nullable: false })
    const rest = sql`FROM ${tableName(target)} ${where(and([condition, seqNos]))}`
    const rows = await statements.selectRows([uint(identifier(SEQ_NO)), ...columns], rest)
    for (const [seqNo, ...row] of rows) found.set(seqNo as number, row)
  }
  const rows = places.flatMap(({ row }) => row ?? [])
  if (rows.length === places.length) await load(leaf(sql`${identifier(ROW)} IN ${rows}`, { nullable: false }), places)
  await load(
    within,
    places.filter(({ seqNo }) => !found.has(seqNo)),
  )
  return found
}
