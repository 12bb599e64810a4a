import type { IndexAccess } from '../../core/access.ts'
import type { BulkOperation, BulkOutcome } from '../../core/bulk.ts'
import type { ElkhornError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StoredDocument } from '../../core/stored-document.ts'
import type { ActiveShards } from '../documents/active-shards.ts'
import { writeDocuments } from '../documents/write-documents.ts'
import type { IndexContext } from '../index-context.ts'
import { murmur3 } from '../shard-routing.ts'
import type { DocumentSource, OpenDocuments } from './document-source.ts'
import { Progress, sumOfSlices, type ShownCounters, type ThrottleState } from './progress.ts'
import type { Throttle } from './throttle.ts'

/** A request that works through all documents of a query: update, delete, reindex. */
export interface ByQuery {
  readonly documents: DocumentSource
  readonly batchSize: number
  readonly maxDocuments: number
  /** `auto`: as many as the index with the fewest shards has. */
  readonly slices: number | 'auto'
  /** Only the documents of one of several slices: the caller runs the others. */
  readonly onlySlice?: { readonly id: number; readonly max: number }
  /** Count version conflicts and go on, instead of ending with them. */
  readonly proceedOnConflicts: boolean
  readonly refresh: boolean
  readonly activeShards: ActiveShards | undefined
  readonly shown: ShownCounters
  /** What is to be done with a document; `undefined`: leave it as it is. */
  readonly change: (document: StoredDocument) => BulkOperation | undefined
}

/** A document that could not be written. */
export interface WriteFailure {
  readonly index: string
  readonly id: string | undefined
  readonly error: ElkhornError
}

export interface ByQueryResult {
  readonly tookMs: number
  readonly progress: JsonObject
  readonly failures: readonly WriteFailure[]
}

/** More slices than this are never chosen for a request that leaves it to us. */
const MAX_AUTO_SLICES = 20

/** One request on its way: what it has done so far can be asked any time. */
export class ByQueryRun {
  readonly #request: ByQuery
  readonly #throttle: Throttle
  #slices: readonly Progress[]
  readonly #failures: WriteFailure[] = []
  readonly #written = new Set<string>()
  #taken = 0

  constructor(request: ByQuery, throttle: Throttle) {
    this.#request = request
    this.#throttle = throttle
    this.#slices = this.#makeSlices(request.slices === 'auto' ? 1 : request.slices)
  }

  #makeSlices(count: number): readonly Progress[] {
    const { shown } = this.#request
    if (count === 1) return [new Progress(shown, this.#throttle)]
    return Array.from({ length: count }, (_, id) => new Progress(shown, shareOf(this.#throttle, count), id))
  }

  /** Counters so far, as `_tasks` shows them. */
  status(): JsonObject {
    const [only] = this.#slices
    return this.#slices.length === 1 && only ? only.toJson() : sumOfSlices(this.#request.shown, this.#throttle, this.#slices)
  }

  /** @throws ElkhornError where the query cannot be answered; documents that fail are part of the result */
  async run(context: IndexContext, access: IndexAccess, signal: AbortSignal): Promise<ByQueryResult> {
    const started = performance.now()
    const { documents, batchSize, slices, onlySlice, maxDocuments, refresh } = this.#request
    const opened = await documents(context, access, { size: Math.min(batchSize, Math.max(1, maxDocuments)), signal })
    if (slices === 'auto') this.#slices = this.#makeSlices(Math.min(MAX_AUTO_SLICES, ...opened.shards))
    if (this.#slices.length === 1 && !onlySlice) {
      this.#progressOf(0).total = Math.min(await opened.count(), maxDocuments)
    }
    try {
      await this.#work(context, access, opened, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
    if (signal.aborted) for (const slice of this.#slices) slice.reasonCancelled = 'by user request'
    if (refresh) await context.engine.refresh([...this.#written])
    return { tookMs: Math.round(performance.now() - started), progress: this.status(), failures: this.#failures }
  }

  async #work(context: IndexContext, access: IndexAccess, opened: OpenDocuments, signal: AbortSignal): Promise<void> {
    const { maxDocuments } = this.#request
    if (maxDocuments === 0) return
    let last: { readonly documents: number; readonly startedAt: number } | undefined
    for await (const scanned of opened.batches()) {
      const batch = this.#take(scanned)
      if (batch.length === 0) continue
      if (last) await this.#throttle.waitFor(last.documents, last.startedAt, signal)
      if (signal.aborted) return
      last = { documents: batch.length, startedAt: performance.now() }
      await this.#writeBatch(context, access, batch)
      if (this.#failures.length > 0 || this.#taken >= maxDocuments) return
    }
  }

  /** The documents of a batch that this request is to work on. */
  #take(scanned: readonly StoredDocument[]): readonly StoredDocument[] {
    const { onlySlice, maxDocuments } = this.#request
    const own = onlySlice ? scanned.filter(({ id }) => sliceOf(id, onlySlice.max) === onlySlice.id) : scanned
    const taken = own.slice(0, maxDocuments - this.#taken)
    this.#taken += taken.length
    return taken
  }

  async #writeBatch(context: IndexContext, access: IndexAccess, batch: readonly StoredDocument[]): Promise<void> {
    const { onlySlice } = this.#request
    const slices = this.#slices.length
    const touched = new Set<Progress>()
    const operations: BulkOperation[] = []
    const owners: Progress[] = []
    for (const document of batch) {
      const progress = this.#progressOf(slices === 1 ? 0 : sliceOf(document.id, slices))
      touched.add(progress)
      if (slices > 1 || onlySlice) progress.total += 1
      const operation = this.#request.change(document)
      if (operation) {
        operations.push(operation)
        owners.push(progress)
      } else {
        progress.noops += 1
      }
    }
    for (const progress of touched) progress.batches += 1
    const outcomes = await writeDocuments(context, access, operations, {
      refresh: 'false',
      activeShards: this.#request.activeShards,
    })
    for (const [at, outcome] of outcomes.entries()) this.#count(context, this.#progressOf(0, owners[at]), outcome)
  }

  #count({ catalog }: IndexContext, progress: Progress, outcome: BulkOutcome): void {
    if (outcome.result !== 'failed') {
      const index = catalog.findIndex(outcome.index)
      if (index) this.#written.add(index.uuid)
      if (outcome.result === 'created') progress.created += 1
      else if (outcome.result === 'updated') progress.updated += 1
      else if (outcome.result === 'deleted') progress.deleted += 1
      else if (outcome.result === 'noop') progress.noops += 1
      return
    }
    const { error, index, id } = outcome
    if (error.type === 'version_conflict_engine_exception') {
      progress.versionConflicts += 1
      if (this.#request.proceedOnConflicts) return
    }
    this.#failures.push({ index, id, error })
  }

  #progressOf(slice: number, known?: Progress): Progress {
    const progress = known ?? this.#slices[slice]
    if (!progress) throw new Error(`slice ${slice} of ${this.#slices.length}`)
    return progress
  }
}

/** Which of so many slices a document belongs to: told by its id alone. */
function sliceOf(id: string, slices: number): number {
  return ((murmur3(id) % slices) + slices) % slices
}

function shareOf(throttle: Throttle, slices: number): ThrottleState {
  return {
    get requestsPerSecond() {
      return throttle.requestsPerSecond / slices
    },
    get throttledMs() {
      return throttle.throttledMs
    },
    get remainingMs() {
      return throttle.remainingMs
    },
  }
}
