import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../core/log.ts'
import type { Clock } from '../../core/time.ts'
import type {
  Engine,
  EngineHost,
  EngineInnerHits,
  EngineInnerPage,
  EngineSearch,
  EngineSearchResult,
  IndexSchema,
  IndexStats,
  SearchTarget,
  StoredDocument,
  WriteOperation,
  WriteResult,
} from '../engine.ts'
import { Admission } from './admission.ts'
import { DiskSpace, diskFull } from './disk-space.ts'
import { type GeneratedIds, generatedIds } from './ids/generated-id.ts'
import { FilterBudget } from './ids/known-ids.ts'
import { LanePool } from './lane-pool.ts'
import { OperationLog } from './log/operation-log.ts'
import { StatementError } from './lanes.ts'
import { createSearch, type Search } from './search/search.ts'
import { mayMatch } from './search/target.ts'
import { BufferPool } from './rows/buffer-pool.ts'
import { Catalogue } from './tables/catalogue.ts'
import { Definitions } from './tables/definitions.ts'
import { type TableSize, TableStore } from './tables/table-store.ts'
import { isOutOfSpace } from './write/by-halves.ts'
import { FlushSchedule } from './write/flush-schedule.ts'
import { type AppliedSlice, IndexWriter, type WriterContext } from './write/index-writer.ts'
import { SetAside } from './write/set-aside.ts'

export interface EmbeddedEngineOptions {
  /** The data folder: `log/` and `engine/` in it are the engine's. */
  readonly dataPath: string
  readonly host: EngineHost
  readonly log: Log
  readonly clock: Clock
  /** Writes are refused while less than this is free on the disk. */
  readonly minFreeBytes?: number
  /** A stop waits so long for pending documents to be stored: they are in the log, too. */
  readonly stopWaitMs?: number
}

/** Operations applied between two turns of the event loop: 2 to 8 ms. */
const SLICE_OPERATIONS = 1000
const SLICE_BYTES = 1024 * 1024
const MIN_FREE_BYTES = 64 * 1024 * 1024
/** The log is as large as what is pending; where storing is stuck, writes are refused beyond this. */
const MAX_LOG_BYTES = 512 * 1024 * 1024
const MAINTENANCE_MS = 2_000
/** Searches need not expect new rows in an index that was not written to for so long. */
const SETTLED_AFTER_MS = 3_000
const RESTING_AFTER_MS = 65_000
const STOP_WAIT_MS = 20_000

/** An engine in a child process behind a log: see ARCHITECTURE.md, "The embedded engine". */
export class EmbeddedEngine implements Engine {
  readonly kind = 'embedded'
  readonly #options: EmbeddedEngineOptions
  readonly #lanes: LanePool
  readonly #tables: TableStore
  readonly #log: OperationLog
  readonly #disk: DiskSpace
  readonly #search: Search
  readonly #admission: Admission
  readonly #flushes: FlushSchedule
  readonly #writers = new Map<string, OpenWriter>()
  /** Ids of indices that were only read so far. */
  readonly #readIds = new Map<string, GeneratedIds>()
  readonly #listeners = new Set<(uuid: string, upToSeqNo: number) => void>()
  /** Applied and not on disk yet, oldest first: taken back from the end when the log fails. */
  #undurable: AppliedSlice[] = []
  readonly #stop = new AbortController()
  readonly #buffers = new BufferPool()
  readonly #context: WriterContext
  #started: Promise<void> | undefined
  #maintenance: NodeJS.Timeout | undefined
  #cutting: Promise<void> | undefined
  /** Up to where the log was replayed: nothing of it may be cut before, also when the start fails. */
  #replayedTo = 0
  #buffersIdleSince = 0

  constructor(options: EmbeddedEngineOptions) {
    const { dataPath, log, clock, host, minFreeBytes = MIN_FREE_BYTES } = options
    const now = (): number => clock.now()
    this.#options = options
    const store = join(dataPath, 'engine', 'store')
    const catalogue = new Catalogue(join(dataPath, 'engine', 'catalogue.jsonl'))
    this.#lanes = new LanePool(store, SERVER_ARGUMENTS, log)
    this.#tables = new TableStore(this.#lanes, catalogue, new Definitions(store))
    this.#log = new OperationLog(join(dataPath, 'log'), log, () => this.#takeBack())
    this.#disk = new DiskSpace(dataPath, minFreeBytes, now)
    this.#admission = new Admission(() => this.#pendingBytes())
    this.#flushes = new FlushSchedule(now)
    this.#context = {
      tables: this.#tables,
      lanes: this.#lanes,
      host,
      log,
      setAside: new SetAside(join(dataPath, 'engine', 'set-aside.jsonl'), now),
      now,
      filters: new FilterBudget(),
      buffers: this.#buffers,
      signal: this.#stop.signal,
      onSearchable: (uuid, upToSeqNo) => this.#becameSearchable(uuid, upToSeqNo),
      onPending: (writer) => this.#flushes.pending(writer),
    }
    this.#search = createSearch({
      lanes: this.#lanes,
      tables: this.#tables,
      ids: {
        encode: (uuid, seqNo) => this.#idsOf(uuid).idOf(seqNo),
        decode: (uuid, id) => this.#idsOf(uuid).seqNoOf(id),
      },
      now: () => performance.now(),
    })
  }

  /** Process id of the child: for tests that kill it, and for measuring. */
  get childPid(): number | undefined {
    return this.#lanes.process.pid
  }

  start(): Promise<void> {
    return (this.#started ??= this.#start())
  }

  async #start(): Promise<void> {
    const { dataPath, host } = this.#options
    await mkdir(join(dataPath, 'engine'), { recursive: true })
    await Promise.all([this.#lanes.process.start(), this.#log.open()])
    await this.#tables.start((uuid) => host.schemaByUuid(uuid) !== undefined)
    await this.#replay()
    this.#maintenance = setInterval(() => this.#maintain(), MAINTENANCE_MS)
    this.#maintenance.unref()
  }

  /** Stores what the log holds and no table has. */
  async #replay(): Promise<void> {
    const { host, log } = this.#options
    let operations = 0
    for await (const { record, start } of this.#log.read()) {
      this.#replayedTo = start
      const schema = host.schemaByUuid(record.uuid)
      if (schema !== undefined) {
        const writer = await this.#openWriter(schema)
        await writer.replay(record.operations(), start)
        operations += record.count
        if (this.#pendingBytes() > REPLAY_BYTES) await this.#flushAll()
      }
    }
    this.#replayedTo = Infinity
    if (operations === 0) return
    await this.#flushAll()
    log.info({ operations }, 'replayed the log')
  }

  /** Brings everything to the tables, so that the next start has nothing to replay; where that cannot be done, the log keeps it. */
  async stop(): Promise<void> {
    if (this.#started === undefined) return
    await this.#started.catch(() => undefined)
    this.#started = Promise.reject(new Error('the engine is stopped'))
    this.#started.catch(() => undefined)
    clearInterval(this.#maintenance)
    const { log, stopWaitMs = STOP_WAIT_MS } = this.#options
    const waiting = new AbortController()
    const late = delay(stopWaitMs, undefined, waiting).then(() => {
      throw new Error(`it was not done within ${stopWaitMs} ms`)
    })
    await Promise.race([this.#flushAll(), late]).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'what waits to be stored stays in the log until the next start'),
    )
    this.#stop.abort(new Error('the engine is stopped'))
    for (const { writer } of this.#writers.values()) this.#flushes.forget(writer)
    await this.#cutting
    await this.#log.close(this.#storedUpTo()).catch((error: unknown) => this.#cannotCut(error))
    await Promise.race([this.#tables.stop(), late]).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'the next start looks through tables that are not remembered'),
    )
    waiting.abort()
    await this.#lanes.process.stop()
  }

  async createIndex(schema: IndexSchema): Promise<void> {
    await this.#ready()
    const open = this.#writers.get(schema.uuid)
    if (open !== undefined) open.writer.schema = schema
  }

  async deleteIndex(uuid: string): Promise<void> {
    await this.#ready()
    const open = this.#writers.get(uuid)
    this.#writers.delete(uuid)
    if (open !== undefined) {
      this.#flushes.forget(open.writer)
      await open.writer.drop()
    }
    await this.#tables.drop(uuid)
    this.#search.answers.drop(uuid)
    this.#admission.settle()
    this.#cutLog()
  }

  async write(operations: readonly WriteOperation[]): Promise<readonly WriteResult[]> {
    await this.#ready()
    await this.#admit(operations)
    const results = Array.from<WriteResult>({ length: operations.length })
    await Promise.all(groupByIndex(operations).map((group) => this.#writeGroup(group, results)))
    return results
  }

  /** @throws ElkhornError when there is no room for them, in memory or on disk */
  async #admit(operations: readonly WriteOperation[]): Promise<void> {
    let bytes = 0
    for (const { source } of operations) bytes += source?.length ?? 0
    await this.#disk.assertRoom()
    if (this.#log.bytes > MAX_LOG_BYTES) throw diskFull(`${this.#log.bytes} bytes wait in the log to be stored`)
    await this.#admission.enter(bytes)
  }

  /** Applies the operations on one index in slices, so that nothing else waits for long. */
  async #writeGroup({ operations, positions }: IndexGroup, results: WriteResult[]): Promise<void> {
    const [first] = operations
    if (first === undefined) return
    const writer = await this.#openWriter(first.index)
    const prepared = await writer.prepare(operations)
    const durable: Promise<void>[] = []
    try {
      for (const [from, to] of slices(operations)) {
        if (from > 0) await new Promise((resolve) => setImmediate(resolve))
        const slice = writer.apply(operations.slice(from, to), prepared)
        const place = (outcomes: readonly WriteResult[]): void => {
          for (let i = 0; i < outcomes.length; i++) {
            const outcome = outcomes[i]
            if (outcome !== undefined) results[positions === undefined ? from + i : (positions[from + i] ?? 0)] = outcome
          }
        }
        durable.push(this.#append(writer, slice).then(place))
      }
    } finally {
      prepared.release()
    }
    await Promise.all(durable)
  }

  /** Resolves with the slice's results once they are durable, or with the reason why they are not. */
  async #append(writer: IndexWriter, slice: AppliedSlice): Promise<readonly WriteResult[]> {
    if (slice.record === undefined) return slice.results
    this.#undurable.push(slice)
    const start = this.#log.end
    const durable = this.#log.append(slice.record)
    writer.appended(start, durable)
    try {
      await durable
      this.#undurable.shift()
      return slice.results
    } catch (error) {
      if (!isOutOfSpace(error)) throw error
      this.#disk.suspect()
      const full = diskFull('the log cannot be written')
      return slice.results.map((result) =>
        result.outcome === 'failed' ? result : { outcome: 'failed', id: result.id, error: full },
      )
    }
  }

  /** The log lost what was not on disk. */
  #takeBack(): void {
    const slices = this.#undurable
    this.#undurable = []
    for (const slice of slices.toReversed()) slice.undo()
  }

  async get(schema: IndexSchema, id: string): Promise<StoredDocument | undefined> {
    return (await this.getMany(schema, [id]))[0]
  }

  async getMany(schema: IndexSchema, ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]> {
    await this.#ready()
    return (await this.#openWriter(schema)).load(ids)
  }

  async refresh(uuids: readonly string[]): Promise<void> {
    await this.#ready()
    await Promise.all(this.#writersOf(uuids).map((writer) => writer.flush()))
  }

  async waitUntilSearchable(uuids: readonly string[]): Promise<void> {
    await this.#ready()
    await Promise.all(this.#writersOf(uuids).map((writer) => writer.searchable()))
  }

  async search(request: EngineSearch): Promise<EngineSearchResult> {
    await this.#ready()
    return this.#search.search(request)
  }

  async innerHits(request: EngineInnerHits): Promise<readonly EngineInnerPage[]> {
    await this.#ready()
    return this.#search.innerHits(request)
  }

  mayMatch(target: SearchTarget): boolean {
    return mayMatch(target, this.#tables)
  }

  async count(targets: readonly SearchTarget[], signal: AbortSignal): Promise<number> {
    await this.#ready()
    return this.#search.count(targets, signal)
  }

  async stats(uuids: readonly string[]): Promise<ReadonlyMap<string, IndexStats>> {
    await this.#ready()
    const sizes = await this.#tables.sizes(uuids)
    const stats = await Promise.all(uuids.map((uuid) => this.#statsOf(uuid, sizes.get(uuid))))
    return new Map(uuids.map((uuid, i) => [uuid, stats[i] ?? EMPTY_STATS]))
  }

  async #statsOf(uuid: string, size: TableSize | undefined): Promise<IndexStats> {
    const schema = this.#options.host.schemaByUuid(uuid)
    const writer = schema && (await this.#openWriter(schema))
    if (writer === undefined) return EMPTY_STATS
    const { documents, deleted } = writer.counts
    const summary = this.#tables.summary(uuid)
    return {
      documents,
      deletedDocuments: deleted,
      storedBytes: size?.bytes ?? 0,
      parts: size?.parts ?? 0,
      maxSeqNo: writer.maxSeqNo,
      minTime: summary?.minTime,
      maxTime: summary?.maxTime,
      answers: this.#search.answers.usage(uuid),
    }
  }

  forgetAnswers(uuids: readonly string[]): void {
    this.#search.answers.clear(uuids)
  }

  async forceMerge(uuids: readonly string[]): Promise<void> {
    await this.refresh(uuids)
    for (const uuid of uuids) await this.#merge(uuid)
  }

  /** A merge fails that begins when a column has come and no row with it yet: it is tried again behind that row. */
  async #merge(uuid: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#tables.merge(uuid)
        return
      } catch (error) {
        const isTooEarly = error instanceof StatementError && error.code === BAD_ARGUMENTS
        if (!isTooEarly || attempt === MAX_MERGES) throw error
        await this.refresh([uuid])
      }
    }
  }

  onSearchable(listener: (uuid: string, upToSeqNo: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #becameSearchable(uuid: string, upToSeqNo: number): void {
    this.#buffersIdleSince = this.#options.clock.now()
    for (const listener of this.#listeners) listener(uuid, upToSeqNo)
    this.#admission.settle()
    this.#cutLog()
  }

  /** Gives back the part of the log that tables hold. */
  #cutLog(): void {
    this.#cutting ??= this.#log
      .cut(this.#storedUpTo())
      .catch((error: unknown) => this.#cannotCut(error))
      .finally(() => {
        this.#cutting = undefined
      })
  }

  #cannotCut(error: unknown): void {
    this.#options.log.error({ error: String(error) }, 'the log cannot be cut')
  }

  /** The position in the log before which tables hold everything. */
  #storedUpTo(): number {
    let position = Math.min(this.#log.durableEnd, this.#replayedTo)
    for (const { writer } of this.#writers.values()) position = Math.min(position, writer.logStart ?? Infinity)
    return position
  }

  #maintain(): void {
    const now = this.#options.clock.now()
    if (this.#pendingBytes() === 0 && this.#buffersIdleSince + RESTING_AFTER_MS / 4 < now) this.#buffers.clear()
    for (const [uuid, { writer }] of this.#writers) {
      const idleMs = now - writer.lastWriteAt
      if (idleMs < SETTLED_AFTER_MS || writer.hasPending || writer.isStoring) continue
      const table = this.#tables.find(uuid)
      if (table !== undefined) table.growing = false
      if (idleMs > RESTING_AFTER_MS) writer.rest()
    }
  }

  async #ready(): Promise<void> {
    if (this.#started === undefined) throw new Error('the engine was not started')
    await this.#started
  }

  async #openWriter(schema: IndexSchema): Promise<IndexWriter> {
    let open = this.#writers.get(schema.uuid)
    if (open === undefined) {
      const writer = new IndexWriter(schema, this.#context)
      open = { writer, ready: writer.open() }
      this.#writers.set(schema.uuid, open)
      open.ready.catch(() => this.#writers.delete(schema.uuid))
    }
    open.writer.schema = schema
    await open.ready
    return open.writer
  }

  /** An index without a writer has nothing pending. */
  #writersOf(uuids: readonly string[]): IndexWriter[] {
    return uuids.flatMap((uuid) => this.#writers.get(uuid)?.writer ?? [])
  }

  #idsOf(uuid: string): GeneratedIds {
    const known = this.#writers.get(uuid)?.writer.ids ?? this.#readIds.get(uuid)
    if (known !== undefined) return known
    const ids = generatedIds(uuid)
    if (this.#readIds.size >= MAX_READ_IDS) this.#readIds.clear()
    this.#readIds.set(uuid, ids)
    return ids
  }

  #pendingBytes(): number {
    let bytes = 0
    for (const { writer } of this.#writers.values()) bytes += writer.pendingBytes
    return bytes
  }

  async #flushAll(): Promise<void> {
    await Promise.all([...this.#writers.values()].map(({ writer }) => writer.flush()))
  }
}

interface OpenWriter {
  readonly writer: IndexWriter
  readonly ready: Promise<void>
}

/** Operations on one index, and where they stand in the request. */
interface IndexGroup {
  readonly operations: readonly WriteOperation[]
  /** `undefined`: they are the request. */
  readonly positions: readonly number[] | undefined
}

function groupByIndex(operations: readonly WriteOperation[]): IndexGroup[] {
  const uuid = operations[0]?.index.uuid
  if (operations.every(({ index }) => index.uuid === uuid)) return [{ operations, positions: undefined }]
  const groups = new Map<string, { readonly operations: WriteOperation[]; readonly positions: number[] }>()
  for (const [position, operation] of operations.entries()) {
    let group = groups.get(operation.index.uuid)
    if (group === undefined) {
      group = { operations: [], positions: [] }
      groups.set(operation.index.uuid, group)
    }
    group.operations.push(operation)
    group.positions.push(position)
  }
  return [...groups.values()]
}

/** Cuts a long list into ranges that are applied in one go. */
function* slices(operations: readonly WriteOperation[]): Generator<readonly [number, number]> {
  let from = 0
  let bytes = 0
  for (let i = 0; i < operations.length; i++) {
    if (i - from >= SLICE_OPERATIONS || bytes >= SLICE_BYTES) {
      yield [from, i]
      from = i
      bytes = 0
    }
    bytes += operations[i]?.source?.length ?? 0
  }
  yield [from, operations.length]
}

const REPLAY_BYTES = 64 * 1024 * 1024

const EMPTY_STATS: IndexStats = {
  documents: 0,
  deletedDocuments: 0,
  storedBytes: 0,
  parts: 0,
  maxSeqNo: -1,
  minTime: undefined,
  maxTime: undefined,
  answers: { bytes: 0, evicted: 0 },
}

/** What the engine says to a merge that looks for a column which no part has. */
const BAD_ARGUMENTS = 36
const MAX_MERGES = 10

/** Indices whose generated ids are kept ready to be read. */
const MAX_READ_IDS = 1000

/** Bounds of memory, and the threads of an engine that shares its machine. The defaults are for a server of its own. */
const SERVER_ARGUMENTS = [
  '--mark_cache_size=67108864',
  '--index_mark_cache_size=33554432',
  '--primary_index_cache_size=67108864',
  '--text_index_tokens_cache_size=33554432',
  '--text_index_header_cache_size=33554432',
  '--text_index_postings_cache_size=67108864',
  '--query_condition_cache_size=16777216',
  '--compiled_expression_cache_size=0',
]
