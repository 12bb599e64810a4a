import type { EngineHit } from '../../../engine.ts'
import type { FieldValue } from '../../../../query/field.ts'
import { ID, ROUTING, SEQ_NO, SOURCE, VERSION } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { bytes, type Column, fieldValue, float, text, uint } from '../columns.ts'
import { ALWAYS, and, type Condition, where } from '../query/condition.ts'
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
  /** Of each hit; `undefined` where hits have none. */
  readonly score: ((target: Target) => Sql) | undefined
  /** Conditions that `score` and `sort` call on, see `announced`. */
  readonly announce: Condition
  /** Count all matches along with the page: for conditions that are too dear to be tested twice. */
  readonly count?: boolean
  /** Comes before the sort keys and is implied by them: the engine reads in the order of the table's key until it has enough. */
  readonly ordered?: Sql | undefined
}

export interface SelectedHits {
  readonly hits: EngineHit[]
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
    text(identifier(ID)),
    uint(identifier(SEQ_NO)),
    uint(identifier(VERSION)),
    text(identifier(ROUTING)),
    score === undefined ? none : { ...float(score), sql: sql`toFloat64(${score}) AS ${SCORE}` },
    page.source ? bytes(identifier(SOURCE)) : none,
    ...page.sort.map((key) => fieldValue(key.type, key.value(target))),
  ]

  const order = page.ordered === undefined ? orderBy(page.sort, target) : sql`${page.ordered}, ${orderBy(page.sort, target)}`
  const offset = page.offset > 0 ? sql` OFFSET ${page.offset}` : sql``
  const condition = where(and([target.matches, page.within]), page.announce)
  const rest = sql`FROM ${tableName(target)} ${condition} ORDER BY ${order} LIMIT ${page.limit}${offset}`
  const rows = await statements.selectRows(columns, rest, page.ordered === undefined ? HIT_SETTINGS : ORDERED_SETTINGS)

  return { hits: rows.map((row) => hitOf(target, row as HitRow, encodeId)), total: undefined }
}

/** One pass over all matches, in columns that are cheap to carry; then the sources of the page. */
async function selectCounted(
  target: Target,
  page: PageRequest,
  statements: Statements,
  encodeId: EncodeId,
): Promise<SelectedHits> {
  const score = page.score?.(target)
  const inner = [
    ...[ID, SEQ_NO, VERSION, ROUTING].map(identifier),
    sql`${score === undefined ? sql`toFloat64(0)` : sql`toFloat64(${score})`} AS ${SCORE}`,
    ...page.sort.map((key, i) => sql`${key.value(target)} AS ${identifier(`k${i}`)}`),
  ]
  const sorted = page.sort.map((key, i): BoundSortKey => ({ ...key, value: () => identifier(`k${i}`) }))
  const columns: Column<unknown>[] = [
    text(identifier(ID)),
    uint(identifier(SEQ_NO)),
    uint(identifier(VERSION)),
    text(identifier(ROUTING)),
    score === undefined ? none : float(SCORE),
    none,
    ...sorted.map((key) => fieldValue(key.type, key.value(target))),
    uint(sql`count() OVER ()`),
  ]
  const condition = where(and([target.matches, page.within]), page.announce)
  const matches = sql`(SELECT ${joinSql(inner, ', ')} FROM ${tableName(target)} ${condition})`
  const last = page.offset + page.limit
  const rest = sql`FROM ${matches} ORDER BY ${orderBy(sorted, target)} LIMIT ${last}`
  const rows = await statements.selectRows(columns, rest, HIT_SETTINGS)
  const total = Number(rows[0]?.at(-1) ?? 0)
  const hits = rows.slice(page.offset).map((row) => hitOf(target, row.slice(0, -1) as HitRow, encodeId))
  if (!page.source || hits.length === 0) return { hits, total }
  const sources = await loadSources(target, hits, ALWAYS, statements)
  return { hits: hits.map((hit) => ({ ...hit, source: sources.get(hit.seqNo) })), total }
}

function hitOf(target: Target, row: HitRow, encodeId: EncodeId): EngineHit {
  const [id, seqNo, version, routing, score, source, ...sort] = row
  return {
    target: target.position,
    id: id === '' ? encodeId(target.layout.uuid, seqNo) : id,
    seqNo,
    version: version + 1,
    ...(routing !== '' && { routing }),
    source: source ?? undefined,
    score,
    sort,
  }
}

type HitRow = [string, number, number, string, number | null, Uint8Array | null, ...(FieldValue | null)[]]

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
  target: Target,
  hits: readonly EngineHit[],
  within: Condition,
  statements: Statements,
): Promise<Map<number, Uint8Array>> {
  const seqNos = sql`${identifier(SEQ_NO)} IN ${hits.map(({ seqNo }) => seqNo)}`
  const narrowed = within.kind === 'test' ? sql`${within.is} AND ${seqNos}` : seqNos
  const columns = { seqNo: uint(identifier(SEQ_NO)), source: bytes(identifier(SOURCE)) }
  const rows = await statements.select(columns, sql`FROM ${tableName(target)} WHERE ${narrowed}`)
  return new Map(rows.map(({ seqNo, source }) => [seqNo, source]))
}
