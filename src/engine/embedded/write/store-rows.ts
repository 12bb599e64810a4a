import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../../core/log.ts'
import type { StoredDocument } from '../../../core/stored-document.ts'
import type { EngineHost, IndexSchema } from '../../engine.ts'
import { ChildDied } from '../child/engine-process.ts'
import { generatedIds } from '../ids/generated-id.ts'
import type { LanePool } from '../lane-pool.ts'
import { NEVER_LIVE, SEQ_NO, SUPERSEDED } from '../layout.ts'
import { type InsertColumn, prepareInsert } from '../rows/arrow-column.ts'
import type { Batch } from '../rows/batch.ts'
import type { ObjectBatch } from '../rows/object-batch.ts'
import { identifier, joinSql, type Sql, sql } from '../sql.ts'
import { qualified } from '../tables/ddl.ts'
import { EMPTY_SUMMARY, type StoredTable, type TableSummary } from '../tables/stored-table.ts'
import { objectsUuid } from '../tables/table-name.ts'
import type { TableStore } from '../tables/table-store.ts'
import { isRefusal, type RowRange, storeByHalves } from './by-halves.ts'
import { withAbridgedSources } from './abridging.ts'
import { fieldColumns, missingShapes, planTable, timesOf } from './column-plan.ts'
import type { RefusedDocument, SetAside } from './set-aside.ts'

/** Rows for a table, and what became of rows that are there already. */
export interface Storable {
  readonly batch: Batch | undefined
  /** Sequence numbers of rows that were replaced, and of what replaced each. */
  readonly marks: ReadonlyMap<number, number>
  /** Whether the table may hold some of the rows: after a crash. */
  readonly repeated: boolean
}

export interface StoreContext {
  readonly tables: TableStore
  readonly lanes: LanePool
  readonly host: EngineHost
  readonly log: Log
  readonly setAside: SetAside
}

const RETRY_DELAYS_MS = [0, 50, 200, 1000]
/**
 * A batch that is refused so often for a reason that stays is stored by halves, so that it blocks nothing; one that is still
 * refused so often then (a column cannot be made) without its fields.
 */
const MAX_REFUSALS = 4
/** Marks of one statement: its text and its look-up table grow with them. */
const MARKS_PER_STATEMENT = 20_000
const TIMEOUT_MS = 60_000

/**
 * Stores rows and marks, durably, however often the engine's process dies or the disk is full meanwhile; returns what is
 * known of the table then. Rows are there before the rows that they replace are marked.
 */
export async function storeRows(schema: IndexSchema, rows: Storable, context: StoreContext, signal: AbortSignal): Promise<void> {
  const progress: Progress = { repeated: rows.repeated, refusals: 0, byHalves: false, bare: false }
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      await attemptToStore(schema, rows, context, progress)
      return
    } catch (error) {
      // What arrived is asked of the table before anything is sent again.
      progress.repeated = true
      report(schema, error, progress, attempt, context.log)
      await delay(RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length - 1)], undefined, { signal })
    }
  }
}

interface Progress {
  repeated: boolean
  refusals: number
  byHalves: boolean
  /** Store the documents without the columns of their fields. */
  bare: boolean
}

function report(schema: IndexSchema, error: unknown, progress: Progress, attempt: number, log: Log): void {
  const of = { index: schema.name, error: String(error) }
  if (isRefusal(error)) progress.refusals += 1
  else if (error instanceof ChildDied) return
  if (progress.refusals >= MAX_REFUSALS && !progress.bare) {
    progress.refusals = 0
    progress.bare = progress.byHalves
    progress.byHalves = true
    if (progress.bare) log.error(of, 'documents are stored without their fields: the engine refuses them')
    else log.warn(of, 'documents are refused together and stored part by part, to find those that cannot be stored')
  } else if (attempt === 0 || attempt % 60 === 0) {
    log.error({ ...of, attempt }, 'documents cannot be stored yet')
  }
}

async function attemptToStore(schema: IndexSchema, rows: Storable, context: StoreContext, progress: Progress): Promise<void> {
  const { tables, host } = context
  const { batch, marks } = rows
  await host.fieldsDurable()
  // Before the documents that they belong to: what no document refers to is never seen.
  if (!progress.bare) for (const objects of batch?.objects.values() ?? []) await storeObjects(schema, objects, context, progress)
  const table =
    (await tables.hold(schema.uuid)) ??
    (batch !== undefined && batch.rows > 0 ? await tables.create(schema.uuid, planTable(schema, batch)) : undefined)
  if (table === undefined) return
  try {
    await tables.beginWriting(table)
    const before = table.summary ?? EMPTY_SUMMARY
    const stored = batch !== undefined && batch.rows > 0 ? await insert(schema, batch, table, context, progress) : []
    // A row that was there before was stored without what replaced it since.
    const allMarks = new Map([...marks, ...(batch?.marksAmong(stored) ?? [])])
    if (allMarks.size > 0) await mark(allMarks, table, context)
    table.summary = progress.repeated ? await tables.readSummary(table) : summaryAfter(before, schema, rows)
  } finally {
    tables.release(table)
  }
}

async function storeObjects(index: IndexSchema, objects: ObjectBatch, context: StoreContext, progress: Progress): Promise<void> {
  const { nested, batch } = objects
  if (batch.rows === 0) return
  const { tables } = context
  const { name, fields, analysis, createdAt } = index
  const uuid = objectsUuid(index.uuid, nested.path)
  const schema: IndexSchema = { uuid, name, fields, analysis, createdAt, timeField: undefined, dimensions: [] }
  const plan = { ...planTable(schema, batch), abridgedBy: undefined, around: nested.depth - 1 }
  const table = (await tables.hold(uuid)) ?? (await tables.create(uuid, plan))
  try {
    await tables.beginWriting(table)
    const before = table.summary ?? EMPTY_SUMMARY
    await insert(schema, batch, table, context, progress, objects)
    const rows = { batch, marks: new Map<number, number>() }
    table.summary = progress.repeated ? await tables.readSummary(table) : summaryAfter(before, schema, rows)
  } finally {
    tables.release(table)
  }
}

/** @returns the sequence numbers of rows that the table held already */
async function insert(
  schema: IndexSchema,
  batch: Batch,
  table: StoredTable,
  context: StoreContext,
  progress: Progress,
  objects?: ObjectBatch,
): Promise<readonly number[]> {
  const { tables, lanes } = context
  const missing = progress.bare ? [] : missingShapes(batch, table.columns?.shapes ?? new Map())
  if (missing.length > 0) await tables.addColumns(table, missing)
  if (batch.hasIds && table.columns?.idIndex !== true) await tables.prepareForUpdates(table)
  if (table.columns === undefined) throw new Error(`the columns of ${table.name} are not known`)
  const stored = progress.repeated ? await storedSeqNos(batch, table, lanes) : []
  if (stored.length >= batch.rows) return stored
  const systemColumns = (objects ?? batch).systemColumns()
  const all = [...systemColumns, ...(progress.bare ? [] : fieldColumns(schema, batch, table.columns))]
  const columns = objects === undefined ? withAbridgedSources(all, batch, table.columns) : all
  const send = async (sent: readonly InsertColumn[], where: Sql | undefined): Promise<void> => {
    const source = `rows_${table.name}_${batch.firstSeqNo}`
    const { statement, heads, payload } = prepareInsert(qualified(table.name), source, batch.rows, sent, where)
    await lanes.insert(statement, source, heads, payload)
  }
  if (!progress.byHalves) {
    await send(columns, stored.length > 0 ? sql`${identifier(SEQ_NO)} NOT IN ${stored}` : undefined)
    return stored
  }
  const sendPart = async (rows: RowRange, sent: readonly InsertColumn[]): Promise<void> => {
    const held = await storedSeqNos(batch, table, lanes, rows)
    if (held.length < rows.to - rows.from)
      await send(sent, sql`${among(batch, rows)}${held.length > 0 ? sql` AND ${identifier(SEQ_NO)} NOT IN ${held}` : sql``}`)
  }
  await storeByHalves(
    { from: 0, to: batch.rows },
    {
      whole: (rows) => sendPart(rows, columns),
      bare: (rows) => sendPart(rows, systemColumns),
      onBare(row, reason) {
        const { id, seqNo } = documentOf(schema, batch, row)
        context.log.error(
          { index: schema.name, id, seq_no: seqNo, error: String(reason) },
          'a document is stored without its fields: the engine refuses them',
        )
      },
      async setAside(row, reason) {
        if (objects !== undefined) throw reason
        await setAside({ ...documentOf(schema, batch, row), reason: String(reason) }, table, context)
      },
    },
  )
  return stored
}

function documentOf(schema: IndexSchema, batch: Batch, row: number): StoredDocument {
  const seqNo = batch.seqNoOf(row)
  const document = batch.row(row)
  return { ...document, index: schema.name, id: document.id ?? generatedIds(schema.uuid).idOf(seqNo), seqNo }
}

/**
 * Keeps a document beside the table, and its sequence number in it, so that no other document gets that. That the table takes
 * the number shows that it is the document that it refuses.
 */
async function setAside(document: RefusedDocument, table: StoredTable, context: StoreContext): Promise<void> {
  const { index, id, seqNo, reason } = document
  await context.setAside.keep(document)
  const columns = joinSql([SEQ_NO, SUPERSEDED].map(identifier), ', ')
  await context.lanes.run('writer', sql`INSERT INTO ${qualified(table.name)} (${columns}) SELECT ${seqNo}, ${NEVER_LIVE}`)
  const file = context.setAside.path
  context.log.error({ index, id, seq_no: seqNo, error: reason, file }, 'a document is set aside: the engine refuses it')
}

function among(batch: Batch, { from, to }: RowRange): Sql {
  return sql`${identifier(SEQ_NO)} BETWEEN ${batch.seqNoOf(from)} AND ${batch.seqNoOf(to - 1)}`
}

/** Which rows of a batch, or of a part of it, the table holds already. */
async function storedSeqNos(batch: Batch, { name }: StoredTable, lanes: LanePool, rows?: RowRange): Promise<number[]> {
  const seq = identifier(SEQ_NO)
  const range = among(batch, rows ?? { from: 0, to: batch.rows })
  const answer = await lanes.read('schema', sql`SELECT ${seq} FROM ${qualified(name)} WHERE ${range}`, {
    format: 'JSONCompactEachRow',
    signal: new AbortController().signal,
    timeoutMs: TIMEOUT_MS,
  })
  const text = answer.toString('utf8').trim()
  return text === '' ? [] : text.split('\n').map((line) => Number(line.slice(1, -1)))
}

/** Marks rows as replaced. Marking twice changes nothing. */
async function mark(marks: ReadonlyMap<number, number>, table: StoredTable, { tables, lanes }: StoreContext): Promise<void> {
  if (table.columns?.updatable !== true) await tables.prepareForUpdates(table)
  const all = [...marks]
  for (let i = 0; i < all.length; i += MARKS_PER_STATEMENT) {
    await lanes.run('writer', markStatement(table.name, all.slice(i, i + MARKS_PER_STATEMENT)))
  }
}

function markStatement(table: string, marks: readonly (readonly [number, number])[]): Sql {
  const seq = identifier(SEQ_NO)
  // One literal each instead of one per number: parsing thousands of literals takes longer than the update.
  const replaced = sql`CAST(${`[${marks.map(([seqNo]) => seqNo).join(',')}]`}, 'Array(Int64)')`
  const by = sql`CAST(${`[${marks.map(([, other]) => other).join(',')}]`}, 'Array(Int64)')`
  return sql`UPDATE ${qualified(table)} SET ${identifier(SUPERSEDED)} = transform(${seq}, ${replaced}, ${by}, toInt64(0))
WHERE ${identifier(SUPERSEDED)} = 0 AND ${seq} IN ${replaced}`
}

function summaryAfter(
  before: TableSummary,
  schema: IndexSchema,
  { batch, marks }: Pick<Storable, 'batch' | 'marks'>,
): TableSummary {
  const superseded = before.superseded + marks.size + (batch?.supersededRows ?? 0)
  const maxMark = [...marks.values()].reduce((max, by) => Math.max(max, by), -1)
  const maxSeqNo = Math.max(before.maxSeqNo, batch?.lastSeqNo ?? -1, maxMark)
  if (batch === undefined) return { ...before, superseded, maxSeqNo }
  const times = timesOf(schema, batch)
  const minTime = Math.min(before.minTime ?? Infinity, times.min)
  const maxTime = Math.max(before.maxTime ?? -Infinity, times.max)
  return {
    rows: before.rows + batch.rows,
    superseded,
    timeless: before.timeless + times.timeless,
    maxSeqNo,
    minTime: Number.isFinite(minTime) ? minTime : undefined,
    maxTime: Number.isFinite(maxTime) ? maxTime : undefined,
  }
}
