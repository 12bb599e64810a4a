import type { EpochMillis } from '../../../core/time.ts'
import type { IndexWriter } from './index-writer.ts'

/** Documents become searchable so long after they came: with the time to store them, within 300 ms. */
const VISIBLE_AFTER_MS = 150
/**
 * Where this many keep coming within that time (7,000 a second), larger batches are worth a longer wait: a document in a batch
 * of 20,000 costs 1.5 times the CPU of one in a batch of 50,000, and six times as many small ones are all merged once more.
 */
const BUSY_ROWS = 1_000
const BUSY_VISIBLE_AFTER_MS = 1_000
/** A batch that is worth storing at once. */
const LARGE_ROWS = 100_000
const LARGE_BYTES = 64 * 1024 * 1024

/** Decides when an index stores what waits. */
export class FlushSchedule {
  readonly #now: () => EpochMillis
  readonly #timers = new Map<IndexWriter, NodeJS.Timeout>()
  /** When a writer last began to store as many as come when it is busy: one large request alone does not make it so. */
  readonly #busyAt = new WeakMap<IndexWriter, EpochMillis>()

  constructor(now: () => EpochMillis) {
    this.#now = now
  }

  /** Something of this index waits. */
  pending(writer: IndexWriter): void {
    if (writer.isStoring) return // it comes back when it is done
    if (writer.pendingRows >= LARGE_ROWS || writer.pendingBytes >= LARGE_BYTES) {
      this.#start(writer)
    } else if (!this.#timers.has(writer)) {
      const age = this.#now() - (writer.pendingSince ?? this.#now())
      this.#arm(writer, Math.max(0, VISIBLE_AFTER_MS - age))
    }
  }

  forget(writer: IndexWriter): void {
    clearTimeout(this.#timers.get(writer))
    this.#timers.delete(writer)
  }

  #arm(writer: IndexWriter, delayMs: number): void {
    this.#timers.set(
      writer,
      setTimeout(() => {
        this.#timers.delete(writer)
        this.#due(writer)
      }, delayMs),
    )
  }

  #due(writer: IndexWriter): void {
    const age = this.#now() - (writer.pendingSince ?? this.#now())
    if (this.#isBusy(writer) && age < BUSY_VISIBLE_AFTER_MS) this.#arm(writer, BUSY_VISIBLE_AFTER_MS - age)
    else this.#start(writer)
  }

  #isBusy(writer: IndexWriter): boolean {
    const since = this.#now() - (this.#busyAt.get(writer) ?? Number.NEGATIVE_INFINITY)
    return writer.pendingRows >= BUSY_ROWS && since < 2 * BUSY_VISIBLE_AFTER_MS
  }

  #start(writer: IndexWriter): void {
    this.forget(writer)
    if (writer.pendingRows >= BUSY_ROWS) this.#busyAt.set(writer, this.#now())
    // Whoever waits for it hears of a failure; the writer itself reports it.
    writer.flush().catch(() => undefined)
  }
}
