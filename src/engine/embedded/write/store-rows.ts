import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../../core/log.ts'
import type { EngineHost, IndexSchema } from '../../engine.ts'
import { ChildDied } from '../child/engine-process.ts'
import { StatementError } from '../lanes.ts'
import type { LanePool } from '../lane-pool.ts'
import { SEQ_NO, SUPERSEDED } from '../layout.ts'
import { type InsertColumn, prepareInsert } from '../rows/arrow-column.ts'
import type { Batch } from '../rows/batch.ts'
import type { ObjectBatch } from '../rows/object-batch.ts'
import { identifier, type Sql, sql } from '../sql.ts'
import { qualified } from '../tables/ddl.ts'
import { EMPTY_SUMMARY, type StoredTable, type TableSummary } from '../tables/stored-table.ts'
import { objectsUuid } from '../tables/table-name.ts'
import type { TableStore } from '../tables/table-store.ts'
import { fieldColumns, missingShapes, planTable, timesOf } from './column-plan.ts'

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
}

const RETRY_DELAYS_MS = [0, 50, 200, 1000]
/** A batch that the engine refuses so often for no reason of space is stored without its fields, so that it blocks nothing. */
const MAX_REFUSALS = 4
/** Marks of one statement: its text and its look-up table grow with them. */
const MARKS_PER_STATEMENT = 20_000
const TIMEOUT_MS = 60_000

/**
 * Stores rows and marks, durably, however often the engine's process dies or the disk is full meanwhile; returns what is
 * known of the table then. Rows are there before the rows that they replace are marked.
 */
export async function storeRows(schema: IndexSchema, rows: Storable, context: StoreContext, signal: AbortSignal): Promise<void> {
  const progress: Progress = { repeated: rows.repeated, refusals: 0, bare: false }
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
  /** Store the documents without the columns of their fields. */
  bare: boolean
}

function report(schema: IndexSchema, error: unknown, progress: Progress, attempt: number, log: Log): void {
  if (error instanceof ChildDied) return
  if (!isOutOfSpace(error)) progress.refusals += 1
  if (progress.refusals >= MAX_REFUSALS && !progress.bare) {
    progress.bare = true
    log.error({ index: schema.name, error: String(error) }, 'documents are stored without their fields: the engine refuses them')
  } else if (attempt === 0 || attempt % 60 === 0) {
    log.error({ index: schema.name, error: String(error), attempt }, 'documents cannot be stored yet')
  }
}

/** The disk, or memory, is full: the same attempt can succeed later. */
export function isOutOfSpace(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (error instanceof StatementError && OUT_OF_SPACE.has(error.code)) || /No space left on device|ENOSPC/.test(error.message)
}

/** NOT_ENOUGH_SPACE and MEMORY_LIMIT_EXCEEDED. */
const OUT_OF_SPACE = new Set([243, 241])

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
  const plan = { ...planTable(schema, batch), around: nested.depth - 1 }
  const table = (await tables.hold(uuid)) ?? (await tables.create(uuid, plan))
  try {
    await tables.beginWriting(table)
    const before = table.summary ?? EMPTY_SUMMARY
    await insert(schema, batch, table, context, progress, objects.systemColumns())
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
  systemColumns: readonly InsertColumn[] = batch.systemColumns(),
): Promise<readonly number[]> {
  const { tables, lanes } = context
  const missing = progress.bare ? [] : missingShapes(batch, table.columns?.shapes ?? new Map())
  if (missing.length > 0) await tables.addColumns(table, missing)
  if (batch.hasIds && table.columns?.idIndex !== true) await tables.prepareForUpdates(table)
  if (table.columns === undefined) throw new Error(`the columns of ${table.name} are not known`)
  const stored = progress.repeated ? await storedSeqNos(batch, table, lanes) : []
  if (stored.length >= batch.rows) return stored
  const columns = [...systemColumns, ...(progress.bare ? [] : fieldColumns(schema, batch, table.columns))]
  const where = stored.length > 0 ? sql`${identifier(SEQ_NO)} NOT IN ${stored}` : undefined
  const source = `rows_${table.name}_${batch.firstSeqNo}`
  const { statement, heads, payload } = prepareInsert(qualified(table.name), source, batch.rows, columns, where)
  await lanes.insert(statement, source, heads, payload)
  return stored
}

/** Which rows of a batch the table holds already. */
async function storedSeqNos(batch: Batch, { name }: StoredTable, lanes: LanePool): Promise<number[]> {
  const seq = identifier(SEQ_NO)
  const range = sql`${seq} BETWEEN ${batch.firstSeqNo ?? 0} AND ${batch.lastSeqNo ?? 0}`
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
