import { ElkhornError, illegalArgument } from '../../../core/errors.ts'
import type { EpochMillis } from '../../../core/time.ts'
import {
  type EngineHost,
  type IndexSchema,
  MappedValues,
  type StoredDocument,
  type WriteOperation,
  type WriteResult,
} from '../../engine.ts'
import { type GeneratedIds, generatedIds } from '../ids/generated-id.ts'
import { IdLookup } from '../ids/id-lookup.ts'
import { type FilterBudget, KnownIds } from '../ids/known-ids.ts'
import { RecentVersions, type VersionChange } from '../ids/recent-versions.ts'
import { type CurrentVersion, nextVersion, PRIMARY_TERM } from '../ids/versions.ts'
import { type LoggedOperation, RecordBuilder } from '../log/record.ts'
import { Batch, type BatchSize } from '../rows/batch.ts'
import type { BufferPool } from '../rows/buffer-pool.ts'
import { EMPTY_SUMMARY, type StoredTable } from '../tables/stored-table.ts'
import { type StoreContext, storeRows } from './store-rows.ts'

export interface WriterContext extends StoreContext {
  readonly host: EngineHost
  readonly now: () => EpochMillis
  readonly filters: FilterBudget
  readonly buffers: BufferPool
  /** Aborted when the engine stops without storing what is pending. */
  readonly signal: AbortSignal
  /** Called when rows became searchable. */
  readonly onSearchable: (uuid: string, upToSeqNo: number) => void
  /** Called when something waits that did not before, and each time a batch grew. */
  readonly onPending: (writer: IndexWriter) => void
}

/** Elasticsearch's limit. */
const MAX_ID_BYTES = 512
const MAX_ROUTING_BYTES = 10_000

/** Operations applied together: one record of the log. */
export interface AppliedSlice {
  readonly results: readonly WriteResult[]
  /** `undefined` when none of them changed anything. */
  readonly record: readonly Uint8Array[] | undefined
  /** Takes it all back: it did not become durable. Newest slices first. */
  undo(): void
}

/** What had to be read before operations could be applied. */
export interface Prepared {
  readonly found: ReadonlyMap<string | number, CurrentVersion>
  release(): void
}

interface Sealed {
  readonly batch: Batch | undefined
  readonly marks: Map<number, number>
  readonly upTo: number
  /** Where in the log its oldest operation lies. */
  readonly logStart: number | undefined
}

const NOTHING_FOUND: ReadonlyMap<string | number, CurrentVersion> = new Map()
/** One for all: it is filled and read within one turn. */
const values = new MappedValues()

/**
 * The write side of one index: gives out sequence numbers and versions, keeps what is not stored yet, and stores it batch
 * by batch. Nothing is awaited while operations are applied, so their order is that of the calls.
 */
export class IndexWriter {
  readonly uuid: string
  readonly ids: GeneratedIds
  readonly #context: WriterContext
  readonly #recent = new RecentVersions()
  readonly #known: KnownIds
  readonly #lookup: IdLookup
  #schema: IndexSchema
  #nextSeqNo = 0
  #visibleSeqNo = -1
  #batch: Batch | undefined
  #lastSize: BatchSize | undefined
  /** Rows that are stored, or on their way, and were replaced since: their sequence numbers, and what replaced them. */
  #marks = new Map<number, number>()
  #sealed: Sealed | undefined
  /** The newest append to the log, and where in the log the oldest operation lies that is not stored. */
  #appended: Promise<void> = Promise.resolve()
  #pendingLogStart: number | undefined
  #waiting: { readonly seqNo: number; resolve(): void; reject(error: Error): void }[] = []
  #running: Promise<void> | undefined
  #repeated = false
  readonly #dropped = new AbortController()
  readonly #stopping: AbortSignal
  /** When the oldest pending operation came, and the newest operation at all. */
  pendingSince: EpochMillis | undefined
  lastWriteAt: EpochMillis

  constructor(schema: IndexSchema, context: WriterContext) {
    const { tables, lanes, filters } = context
    this.uuid = schema.uuid
    this.#schema = schema
    this.#context = context
    this.#stopping = AbortSignal.any([context.signal, this.#dropped.signal])
    this.ids = generatedIds(schema.uuid)
    this.#known = new KnownIds(schema.uuid, tables, lanes, filters)
    this.#lookup = new IdLookup(schema.uuid, tables, lanes)
    this.lastWriteAt = context.now()
  }

  /** Learns where the sequence numbers stand. */
  async open(): Promise<void> {
    const table = this.#table
    if (table === undefined) return
    if (table.summary === undefined)
      await this.#context.tables.hold(this.uuid).then((held) => held && this.#context.tables.release(held))
    this.#visibleSeqNo = table.summary?.maxSeqNo ?? -1
    this.#nextSeqNo = this.#visibleSeqNo + 1
    table.visibleSeqNo = this.#visibleSeqNo
  }

  /** The newest schema: its fields may have grown. */
  set schema(schema: IndexSchema) {
    this.#schema = schema
  }

  get #table(): StoredTable | undefined {
    return this.#context.tables.find(this.uuid)
  }

  get maxSeqNo(): number {
    return this.#nextSeqNo - 1
  }

  get pendingRows(): number {
    return this.#batch?.rows ?? 0
  }

  get pendingBytes(): number {
    return (this.#batch?.bytes ?? 0) + (this.#sealed?.batch?.bytes ?? 0)
  }

  get hasPending(): boolean {
    return this.#nextSeqNo - 1 > this.#visibleSeqNo
  }

  get isStoring(): boolean {
    return this.#running !== undefined
  }

  /** Where in the log the oldest operation lies that is not stored yet. */
  get logStart(): number | undefined {
    return this.#sealed?.logStart ?? this.#pendingLogStart
  }

  /** Live documents, and those that were replaced or deleted and still take room; pending ones included. */
  get counts(): { documents: number; deleted: number } {
    const { rows, superseded } = this.#table?.summary ?? EMPTY_SUMMARY
    let all = rows
    let deleted = superseded + this.#marks.size
    // While a sealed batch is under way the summary does not know it.
    for (const batch of [this.#batch, this.#sealed?.batch]) {
      all += batch?.rows ?? 0
      deleted += batch?.supersededRows ?? 0
    }
    deleted += this.#sealed?.marks.size ?? 0
    return { documents: all - deleted, deleted }
  }

  /** Loads the versions of the documents that operations are about, where they are not known. Release it afterwards. */
  async prepare(operations: readonly WriteOperation[]): Promise<Prepared> {
    if (!operations.some(({ id }) => id !== undefined)) return { found: NOTHING_FOUND, release: () => undefined }
    const release = this.#recent.pin()
    try {
      await this.#known.ready()
      const ids = new Set<string>()
      const seqNos = new Set<number>()
      for (const { id } of operations) if (id !== undefined) this.#addUnknown(id, ids, seqNos)
      const found = ids.size + seqNos.size > 0 ? await this.#lookup.versions(ids, seqNos) : NOTHING_FOUND
      return { found, release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** Adds an id to those that must be asked of the table, unless what is in memory tells. */
  #addUnknown(id: string, ids: Set<string>, seqNos: Set<number>): void {
    if (this.#recent.get(id) !== undefined) return
    const seqNo = this.ids.seqNoOf(id)
    if (seqNo !== undefined && seqNo < this.#nextSeqNo) {
      if (this.#pendingRow(seqNo) !== undefined) return
      seqNos.add(seqNo)
    }
    if (this.#known.mayHave(id)) ids.add(id)
  }

  #pendingRow(seqNo: number): { readonly batch: Batch; readonly row: number } | undefined {
    for (const batch of [this.#batch, this.#sealed?.batch]) {
      const row = batch?.find(seqNo) ?? -1
      if (batch !== undefined && row >= 0) return { batch, row }
    }
    return undefined
  }

  #current(id: string, { found }: Prepared): CurrentVersion | undefined {
    const recent = this.#recent.get(id)
    if (recent !== undefined) return recent
    const seqNo = this.ids.seqNoOf(id)
    if (seqNo === undefined) return found.get(id)
    const pending = this.#pendingRow(seqNo)
    if (pending !== undefined) return { seqNo, version: 1, deleted: false }
    return found.get(id) ?? found.get(seqNo)
  }

  /** Applies operations in their order. Those that fail change nothing. */
  apply(operations: readonly WriteOperation[], prepared: Prepared): AppliedSlice {
    const nowMs = this.#context.now()
    const record = new RecordBuilder(this.uuid)
    const changes: VersionChange[] = []
    const firstSeqNo = this.#nextSeqNo
    const firstRow = this.#batch?.rows ?? 0
    const results = operations.map((operation): WriteResult => {
      try {
        return operation.kind === 'delete'
          ? this.#delete(operation, prepared, record, changes, nowMs)
          : this.#index(operation, prepared, record, changes, nowMs)
      } catch (error) {
        if (!(error instanceof ElkhornError)) throw error
        return { outcome: 'failed', id: operation.id, error }
      }
    })
    this.lastWriteAt = nowMs
    if (record.count === 0) return { results, record: undefined, undo: () => undefined }
    this.pendingSince ??= nowMs
    const sources = this.#batch?.sources(firstRow, this.#batch.rows)
    return { results, record: record.finish(sources ? [sources] : []), undo: () => this.#undo(firstSeqNo, changes) }
  }

  #index(
    operation: WriteOperation,
    prepared: Prepared,
    record: RecordBuilder,
    changes: VersionChange[],
    nowMs: number,
  ): WriteResult {
    const { id, routing, source } = operation
    if (source === undefined) throw illegalArgument('an index operation needs a document')
    if (id !== undefined) this.#checkId(id)
    checkRouting(routing)
    values.clear()
    // A document that does not fit its mapping is told so even where there is a conflict besides.
    this.#context.host.map(operation.index, operation, values)
    const current = id === undefined ? undefined : this.#current(id, prepared)
    const version = id === undefined ? 1 : nextVersion(operation, id, current)
    const seqNo = this.#nextSeqNo
    this.#store({ seqNo, id, version, routing, source })
    record.add({ kind: 'index', seqNo, id, routing, version, replaces: live(current)?.seqNo }, source.length)
    this.#nextSeqNo += 1
    if (id === undefined) return { outcome: 'created', id: this.ids.idOf(seqNo), seqNo, primaryTerm: PRIMARY_TERM, version }
    this.#replace(id, { seqNo, version, deleted: false }, current, changes, nowMs)
    return { outcome: live(current) ? 'updated' : 'created', id, seqNo, primaryTerm: PRIMARY_TERM, version }
  }

  #delete(
    operation: WriteOperation,
    prepared: Prepared,
    record: RecordBuilder,
    changes: VersionChange[],
    nowMs: number,
  ): WriteResult {
    const { id, routing } = operation
    if (id === undefined) throw illegalArgument('a delete operation needs an id')
    const current = this.#current(id, prepared)
    const version = nextVersion(operation, id, current)
    this.#checkId(id)
    checkRouting(routing)
    const seqNo = this.#nextSeqNo
    record.add({ kind: 'delete', seqNo, id, routing, version, replaces: live(current)?.seqNo }, 0)
    this.#nextSeqNo += 1
    this.#replace(id, { seqNo, version, deleted: true }, current, changes, nowMs)
    return { outcome: live(current) ? 'deleted' : 'not_found', id, seqNo, primaryTerm: PRIMARY_TERM, version }
  }

  /** A row of the batch, with what `values` holds. */
  #store(row: Parameters<Batch['add']>[0]): void {
    this.#batch ??= new Batch(this.#schema, this.#context.buffers, this.#lastSize)
    this.#batch.add(row, values)
  }

  #replace(id: string, next: CurrentVersion, current: CurrentVersion | undefined, changes: VersionChange[], nowMs: number): void {
    changes.push(this.#recent.set(id, next, nowMs))
    if (!next.deleted) this.#known.add(id)
    const replaced = live(current)
    if (replaced !== undefined) this.#supersede(replaced.seqNo, next.seqNo)
  }

  #supersede(seqNo: number, by: number): void {
    const row = this.#batch?.find(seqNo) ?? -1
    if (row >= 0) this.#batch?.supersede(row, by)
    else this.#marks.set(seqNo, by)
  }

  #checkId(id: string): void {
    const bytes = Buffer.byteLength(id)
    if (bytes > MAX_ID_BYTES) {
      throw illegalArgument(`id [${id}] is too long, must be no longer than ${MAX_ID_BYTES} bytes but was: ${bytes}`)
    }
    if ((this.ids.seqNoOf(id) ?? -1) >= this.#nextSeqNo) {
      throw illegalArgument(`id [${id}] is kept for a document to which this index will give it; choose another one`)
    }
  }

  #undo(fromSeqNo: number, changes: readonly VersionChange[]): void {
    for (const part of [{ batch: this.#batch, marks: this.#marks }, this.#sealed]) {
      part?.batch?.truncateFrom(fromSeqNo)
      for (const [seqNo, by] of part?.marks ?? []) if (by >= fromSeqNo) part?.marks.delete(seqNo)
    }
    for (const change of changes.toReversed()) this.#recent.undo(change)
  }

  /** Says where in the log the operations applied last were put. */
  appended(logStart: number, durable: Promise<void>): void {
    // After a write that failed the log goes on where it ended before: further ahead than what was taken back.
    this.#pendingLogStart = Math.min(this.#pendingLogStart ?? Infinity, logStart)
    this.#appended = durable
    this.#context.onPending(this)
  }

  /** Applies what the log holds again. Rows that the table may have already are found out when they are stored. */
  async replay(operations: Iterable<LoggedOperation>, logStart: number): Promise<void> {
    const { host, log, now } = this.#context
    this.#repeated = true
    this.#pendingLogStart ??= logStart
    for (const operation of operations) {
      const { kind, seqNo, id, routing, version, replaces, source } = operation
      if (id !== undefined) await this.#known.ready()
      this.#nextSeqNo = Math.max(this.#nextSeqNo, seqNo + 1)
      this.#visibleSeqNo = Math.min(this.#visibleSeqNo, seqNo - 1)
      this.pendingSince ??= now()
      if (kind === 'index') {
        values.clear()
        try {
          host.map(this.#schema, id === undefined ? { source } : { id, source }, values)
        } catch (error) {
          values.clear()
          log.error(
            { index: this.#schema.name, id, seq_no: seqNo, error: String(error) },
            'a replayed document is stored without its fields',
          )
        }
        this.#store({ seqNo, id, version, routing, source })
      }
      if (id === undefined) continue
      // An operation that was never acknowledged may stand between the two; then it is the one that is replaced.
      const before = live(this.#recent.get(id))?.seqNo ?? replaces
      if (replaces !== undefined && replaces !== before) this.#supersede(replaces, seqNo)
      if (before !== undefined) this.#supersede(before, seqNo)
      this.#recent.set(id, { seqNo, version, deleted: kind === 'delete' }, now())
      this.#known.add(id)
    }
  }

  /**
   * The newest version of each document, whether stored yet or not; `undefined` where there is none. Sources are copies.
   */
  async load(ids: readonly string[]): Promise<(StoredDocument | undefined)[]> {
    const release = this.#recent.pin()
    try {
      await this.#known.readyToRead()
      const found = new Map<string, StoredDocument | undefined>()
      const askIds = new Map<string, string>()
      const askSeqNos = new Map<number, string>()
      for (const id of ids) this.#loadPending(id, found, askIds, askSeqNos)
      if (askIds.size + askSeqNos.size > 0) {
        for (const document of await this.#lookup.documents(askIds.keys(), askSeqNos.keys())) {
          const id = document.id === '' ? askSeqNos.get(document.seqNo) : document.id
          if (id === undefined || (found.get(id)?.seqNo ?? -1) > document.seqNo) continue
          found.set(id, {
            ...document,
            id,
            primaryTerm: PRIMARY_TERM,
            routing: document.routing === '' ? undefined : document.routing,
          })
        }
      }
      return ids.map((id) => found.get(id))
    } finally {
      release()
    }
  }

  #loadPending(
    id: string,
    found: Map<string, StoredDocument | undefined>,
    askIds: Map<string, string>,
    askSeqNos: Map<number, string>,
  ): void {
    const recent = this.#recent.get(id)
    if (recent?.deleted === true) return
    const made = this.ids.seqNoOf(id)
    const seqNo = recent?.seqNo ?? made
    const pending = seqNo === undefined ? undefined : this.#pendingRow(seqNo)
    if (pending !== undefined && seqNo !== undefined) {
      const { version, routing, source } = pending.batch.row(pending.row)
      found.set(id, { id, seqNo, primaryTerm: PRIMARY_TERM, version, routing, source: source.slice() })
      return
    }
    if (made !== undefined) askSeqNos.set(made, id)
    if (recent !== undefined || this.#known.mayHave(id)) askIds.set(id, id)
  }

  /** Stores what is pending; resolves when everything applied before the call is searchable. */
  flush(): Promise<void> {
    const searchable = this.searchable()
    if (this.hasPending) this.#running ??= this.#run()
    return searchable
  }

  /** Resolves when everything applied before the call has become searchable. */
  searchable(): Promise<void> {
    const seqNo = this.#nextSeqNo - 1
    if (this.#visibleSeqNo >= seqNo || this.#dropped.signal.aborted) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiting.push({ seqNo, resolve, reject }))
  }

  async #run(): Promise<void> {
    try {
      do {
        await this.#storeBatch()
      } while (this.#waiting.some(({ seqNo }) => seqNo > this.#visibleSeqNo))
    } catch (error) {
      // Only the end of the index, or of the engine, keeps rows from being stored.
      for (const waiting of this.#waiting.splice(0)) {
        if (this.#dropped.signal.aborted) waiting.resolve()
        else waiting.reject(error as Error)
      }
      if (!this.#stopping.aborted) throw error
    } finally {
      this.#running = undefined
    }
    if (this.hasPending && !this.#stopping.aborted) this.#context.onPending(this)
  }

  /** The index is deleted: nothing is stored any more. Resolves when nothing is under way. */
  async drop(): Promise<void> {
    this.#dropped.abort(new Error('the index was deleted'))
    await this.#running?.catch(() => undefined)
    for (const waiting of this.#waiting.splice(0)) waiting.resolve()
    this.#known.drop()
  }

  /** Nothing was written for a while: gives back what speeds up writing, and searches need not expect rows. */
  rest(): void {
    if (this.hasPending || this.#running !== undefined) return
    this.#lastSize = undefined
    this.#recent.forget(this.#visibleSeqNo, this.#context.now(), 0)
    if (this.#recent.size === 0) this.#known.drop()
  }

  async #storeBatch(): Promise<void> {
    const { tables, onSearchable, now } = this.#context
    const sealed: Sealed = {
      batch: this.#batch,
      marks: this.#marks,
      upTo: this.#nextSeqNo - 1,
      logStart: this.#pendingLogStart,
    }
    this.#sealed = sealed
    this.#batch = undefined
    this.#marks = new Map()
    this.#pendingLogStart = undefined
    this.pendingSince = undefined
    // What does not get into the log has been taken back when this settles.
    await this.#appended.catch(() => undefined)
    await storeRows(this.#schema, { ...sealed, repeated: this.#repeated }, this.#context, this.#stopping)
    this.#repeated = false
    this.#sealed = undefined
    this.#lastSize = sealed.batch?.size
    sealed.batch?.release()
    this.#visibleSeqNo = sealed.upTo
    const table = tables.find(this.uuid)
    if (table !== undefined) table.visibleSeqNo = sealed.upTo
    this.#recent.forget(sealed.upTo, now())
    this.#waiting = this.#waiting.filter((waiting) => {
      if (waiting.seqNo > sealed.upTo) return true
      waiting.resolve()
      return false
    })
    onSearchable(this.uuid, sealed.upTo)
  }
}

function live(current: CurrentVersion | undefined): CurrentVersion | undefined {
  return current?.deleted === true ? undefined : current
}

function checkRouting(routing: string | undefined): void {
  if (routing !== undefined && Buffer.byteLength(routing) > MAX_ROUTING_BYTES) {
    throw illegalArgument(`routing [${routing.slice(0, 40)}...] is too long, must be no longer than ${MAX_ROUTING_BYTES} bytes`)
  }
}
