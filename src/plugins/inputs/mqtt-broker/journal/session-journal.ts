import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { createFile, syncFolder } from '../../../../core/durable-files.ts'
import type { Log } from '../../../../core/log.ts'
import { ByteSink } from './byte-sink.ts'
import { KeptState } from './kept-state.ts'
import { readRecord, writeRecord, type JournalRecord } from './record.ts'

export interface JournalOptions {
  readonly folder: string
  readonly log: Log
  /** A journal smaller than this is not worth a snapshot. */
  readonly minCompactBytes?: number
}

/** Told when what was appended is on disk, or is not. */
export type Kept = (error: Error | undefined) => void

/** Changes wait this long for company before they are synced together. */
const BATCH_MS = 2
const MIN_COMPACT_BYTES = 16 * 1024 * 1024
/** After a write that failed, a new snapshot is tried this often. */
const RETRY_MS = 1_000
const SNAPSHOT_CHUNK_BYTES = 1024 * 1024

/**
 * What the broker keeps, on disk: segments of records, synced in batches, behind a snapshot. A snapshot is written while
 * segments go on: what changed meanwhile is in the segment that was begun with it, and applying it again changes nothing.
 *
 * When the disk takes no more, nothing is kept until a snapshot of everything could be written: then memory and disk say
 * the same again.
 */
export class SessionJournal {
  readonly #folder: string
  readonly #log: Log
  readonly #minCompactBytes: number
  #records: () => Iterable<JournalRecord> = () => []
  #segment = 0
  #file: FileHandle | undefined
  /** Whole and synced bytes of the segment. */
  #length = 0
  /** Bytes of all segments behind the snapshot, and where the next snapshot is due. */
  #bytes = 0
  #compactAt: number
  #batch = new ByteSink()
  #spare = new ByteSink()
  #waiting: Kept[] = []
  #batchOrder = 0
  #timer: NodeJS.Timeout | undefined
  #retryTimer: NodeJS.Timeout | undefined
  /** Batches are being written; another one follows by itself. */
  #busy = false
  #working: Promise<void> | undefined
  #compacting: Promise<unknown> | undefined
  #failure: Error | undefined
  #closed = false
  #order = 0
  /** Messages up to this one are on disk. */
  durableOrder = 0

  constructor({ folder, log, minCompactBytes = MIN_COMPACT_BYTES }: JournalOptions) {
    this.#folder = folder
    this.#log = log
    this.#minCompactBytes = minCompactBytes
    this.#compactAt = minCompactBytes
  }

  /** Why nothing can be kept at the moment. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Number of the next message. */
  nextOrder(): number {
    return ++this.#order
  }

  /**
   * Reads what was kept and begins a new segment.
   * @param records everything that is to be kept, for snapshots
   */
  async open(records: () => Iterable<JournalRecord>): Promise<KeptState> {
    this.#records = records
    await mkdir(this.#folder, { recursive: true })
    const state = new KeptState()
    const files = await this.#files()
    for (const name of files.stale) await rm(join(this.#folder, name), { force: true })
    for (const [index, name] of files.live.entries()) await this.#replay(name, state, index === files.live.length - 1)
    this.#order = state.lastOrder
    this.durableOrder = state.lastOrder
    this.#segment = files.last
    await this.#nextSegment()
    return state
  }

  /** Adds a change. It takes effect in the order of the calls; `kept` is told once, never within the call. */
  append(record: JournalRecord, kept?: Kept): void {
    if (this.#failure !== undefined || this.#closed) {
      const error = this.#failure ?? new Error('the session journal is closed')
      // It stands behind the snapshot that is being written.
      if (this.#compacting !== undefined && !this.#closed) writeRecord(this.#batch, record)
      if (kept !== undefined) queueMicrotask(() => kept(error))
      return
    }
    writeRecord(this.#batch, record)
    if (record.kind === 'message') this.#batchOrder = record.order
    if (kept !== undefined) this.#waiting.push(kept)
    this.#startSoon()
  }

  /** Tells when everything appended before is on disk, never within the call. */
  whenKept(kept: Kept): void {
    if (this.#failure !== undefined || this.#closed) {
      const error = this.#failure ?? new Error('the session journal is closed')
      queueMicrotask(() => kept(error))
      return
    }
    this.#waiting.push(kept)
    this.#startSoon()
  }

  /** Resolves when everything appended before is on disk. @throws Error when it could not be kept */
  async flush(): Promise<void> {
    await new Promise<void>((resolve, reject) => this.whenKept((error) => (error === undefined ? resolve() : reject(error))))
  }

  async close(): Promise<void> {
    await this.flush().catch(() => undefined) // told to the log already
    this.#closed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#retryTimer)
    await this.#working
    await this.#compacting
    await this.#file?.close()
    this.#file = undefined
  }

  #startSoon(): void {
    if (this.#busy || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#busy = true
      this.#working = this.#writeBatches()
    }, BATCH_MS)
  }

  async #writeBatches(): Promise<void> {
    while ((this.#batch.length > 0 || this.#waiting.length > 0) && this.#failure === undefined) {
      const [batch, waiting, order] = [this.#batch, this.#waiting, this.#batchOrder]
      this.#batch = this.#spare
      this.#spare = batch
      this.#waiting = []
      try {
        await this.#write(batch.written)
        batch.clear()
        this.durableOrder = Math.max(this.durableOrder, order)
        if (this.#bytes >= this.#compactAt && this.#compacting === undefined) await this.#beginCompaction()
      } catch (error) {
        await this.#failed(error as Error, waiting)
        break
      }
      for (const kept of waiting) kept(undefined)
    }
    this.#busy = false
  }

  async #beginCompaction(): Promise<void> {
    await this.#nextSegment()
    this.#compacting = this.#compact().then(
      () => (this.#compacting = undefined),
      (error: unknown) => {
        this.#compacting = undefined
        this.#compactAt = this.#bytes * 2
        this.#log.warn({ error: (error as Error).message }, 'a snapshot of the sessions could not be written')
      },
    )
  }

  async #write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return
    const file = this.#file
    if (file === undefined) throw new Error('the session journal is closed')
    await writeAll(file, bytes, this.#length)
    await file.datasync()
    this.#length += bytes.length
    this.#bytes += bytes.length
  }

  async #failed(failure: Error, waiting: readonly Kept[]): Promise<void> {
    this.#failure = failure
    this.#log.error({ error: failure.message }, 'what sessions keep cannot be written: messages for them are refused')
    // Half a batch must not stand before what follows. If even that fails, nothing follows in this file.
    await this.#file?.truncate(this.#length).catch(() => undefined)
    const lost = [...waiting, ...this.#waiting]
    this.#waiting = []
    this.#batch.clear()
    this.#spare.clear()
    for (const kept of lost) kept(failure)
    this.#retryLater()
  }

  #retryLater(): void {
    if (!this.#closed) this.#retryTimer = setTimeout(() => this.#recover(), RETRY_MS).unref()
  }

  /** Tries to write everything anew, and is as before when that works. */
  #recover(): void {
    const before = this.#compacting
    const work = async (): Promise<void> => {
      await before
      this.#batch.clear()
      try {
        await this.#nextSegment()
        await this.#compact()
        this.#failure = undefined
        this.durableOrder = this.#order
        this.#log.info({}, 'what sessions keep can be written again')
        this.#compacting = undefined
        if (this.#batch.length > 0) this.#startSoon()
      } catch {
        this.#compacting = undefined
        this.#batch.clear()
        this.#retryLater()
      }
    }
    this.#compacting = work()
  }

  async #nextSegment(): Promise<void> {
    const next = this.#segment + 1
    const file = await createFile(join(this.#folder, segmentName(next)), 'w')
    await this.#file?.close()
    this.#file = file
    this.#segment = next
    this.#length = 0
  }

  /** Writes a snapshot that stands before the current segment, and removes what lies before it. */
  async #compact(): Promise<void> {
    const name = join(this.#folder, snapshotName(this.#segment))
    const partial = `${name}.partial`
    try {
      const size = await writeSnapshot(partial, this.#records())
      // What it shows of changes that came meanwhile must stand in the segment, too.
      if (this.#failure === undefined) await this.flush()
      else await this.#writeAside()
      await rename(partial, name)
      await syncFolder(this.#folder)
      this.#bytes = this.#length
      this.#compactAt = Math.max(this.#minCompactBytes, 2 * size)
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
    for (const old of (await this.#files()).stale) await rm(join(this.#folder, old), { force: true })
  }

  /** Writes the batch of changes that came while everything is written anew. */
  async #writeAside(): Promise<void> {
    const batch = this.#batch
    this.#batch = this.#spare
    this.#spare = batch
    await this.#write(batch.written)
    batch.clear()
  }

  /** Which files hold what is kept, in their order, and which are of the past. */
  async #files(): Promise<{ readonly live: string[]; readonly stale: string[]; readonly last: number }> {
    const names = await readdir(this.#folder)
    const parsed = names.flatMap((name) => {
      const match = /^(snapshot|segment)-(\d{10})\.bin$/.exec(name)
      return match === null ? [] : [{ name, kind: match[1], number: Number(match[2]) }]
    })
    const snapshot = Math.max(0, ...parsed.filter(({ kind }) => kind === 'snapshot').map(({ number }) => number))
    const live = parsed
      .filter(({ kind, number }) => number === snapshot || (kind === 'segment' && number > snapshot))
      .toSorted((a, b) => a.number - b.number || (a.kind === 'snapshot' ? -1 : 1))
      .map(({ name }) => name)
    const stale = names.filter((name) => /^(snapshot|segment)-/.test(name) && !live.includes(name))
    return { live, stale, last: Math.max(0, ...parsed.map(({ number }) => number)) }
  }

  async #replay(name: string, state: KeptState, isLast: boolean): Promise<void> {
    const bytes = await readFile(join(this.#folder, name))
    let at = 0
    for (let next = readRecord(bytes, at); next !== undefined; next = readRecord(bytes, at)) {
      state.apply(next.record)
      at = next.end
    }
    this.#bytes += bytes.length
    if (at === bytes.length) return
    // The last segment may end in the middle of a write that nobody was told of.
    const where = { file: join(this.#folder, name), position: at, bytes: bytes.length - at }
    if (isLast) this.#log.info(where, 'the session journal ends in half a record, which nobody was told of')
    else this.#log.error(where, 'the session journal is damaged: what follows in this file is lost')
  }
}

const segmentName = (number: number): string => `segment-${String(number).padStart(10, '0')}.bin`
const snapshotName = (number: number): string => `snapshot-${String(number).padStart(10, '0')}.bin`

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten
  }
}

/** @returns its size in bytes */
async function writeSnapshot(path: string, records: Iterable<JournalRecord>): Promise<number> {
  const file = await open(path, 'w')
  try {
    const sink = new ByteSink()
    let size = 0
    const put = async (): Promise<void> => {
      await writeAll(file, sink.written, size)
      size += sink.length
      sink.clear()
    }
    for (const record of records) {
      writeRecord(sink, record)
      if (sink.length >= SNAPSHOT_CHUNK_BYTES) await put()
    }
    writeRecord(sink, { kind: 'complete' })
    await put()
    await file.datasync()
    return size
  } finally {
    await file.close()
  }
}
