import { randomBytes } from 'node:crypto'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { Clock, EpochMillis } from '../../core/time.ts'

/** A search that goes on without the request that began it. */
export interface AsyncSearch {
  readonly id: string
  /** Whoever began it; nobody else may see it. */
  readonly owner: string
  readonly startedAt: EpochMillis
  expiresAt: EpochMillis
  /** What it answered, as text, or why it failed; absent while it runs. */
  outcome: AsyncOutcome | undefined
  /** Resolves when it has ended, whichever way. */
  readonly done: Promise<void>
  readonly stop: () => void
}

export type AsyncOutcome = { readonly endedAt: EpochMillis } & ({ readonly text: string } | { readonly error: Error })

/** Elasticsearch's limit, `search.max_async_search_response_size`. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024
/** Kept at once, running or ended: what is beyond is refused. */
const MAX_KEPT = 500
const MAX_KEPT_BYTES = 64 * 1024 * 1024

/** Searches under way and answers that are kept for a while. They end with the process. */
export class AsyncSearches {
  readonly #searches = new Map<string, AsyncSearch>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws ElkhornError 429 when too many are kept */
  begin(owner: string, keepAliveMs: number, run: (signal: AbortSignal) => Promise<string>): AsyncSearch {
    this.#dropExpired()
    if (this.#searches.size >= MAX_KEPT || this.#keptBytes() > MAX_KEPT_BYTES) {
      throw new ElkhornError(
        'es_rejected_execution_exception',
        429,
        `[${this.#searches.size}] asynchronous searches are kept already: delete some, or keep them for a shorter time [keep_alive]`,
      )
    }
    const stopping = new AbortController()
    const startedAt = this.#clock.now()
    const ended = run(stopping.signal).then(
      (text) => (text.length > MAX_ANSWER_BYTES ? { error: tooLarge() } : { text }),
      (error: unknown) => ({ error: error as Error }),
    )
    const search: AsyncSearch = {
      id: randomBytes(24).toString('base64url'),
      owner,
      startedAt,
      expiresAt: startedAt + keepAliveMs,
      outcome: undefined,
      done: ended.then((outcome) => {
        search.outcome = { ...outcome, endedAt: this.#clock.now() }
      }),
      stop: () => stopping.abort(new Error('the asynchronous search was deleted')),
    }
    this.#searches.set(search.id, search)
    return search
  }

  /** @throws ElkhornError `resource_not_found_exception` (404), also for somebody else's */
  find(id: string, owner: string): AsyncSearch {
    this.#dropExpired()
    const search = this.#searches.get(id)
    if (search?.owner !== owner) throw new ElkhornError('resource_not_found_exception', 404, id)
    return search
  }

  /** Stops it where it still runs, and forgets it. */
  remove(search: AsyncSearch): void {
    search.stop()
    this.#searches.delete(search.id)
  }

  #keptBytes(): number {
    let bytes = 0
    for (const { outcome } of this.#searches.values()) if (outcome && 'text' in outcome) bytes += outcome.text.length
    return bytes
  }

  #dropExpired(): void {
    const now = this.#clock.now()
    for (const search of this.#searches.values()) if (search.expiresAt <= now) this.remove(search)
  }
}

function tooLarge(): ElkhornError {
  return illegalArgument(
    `Can't store an async search response larger than [${MAX_ANSWER_BYTES}] bytes. This limit can be set by changing the [search.max_async_search_response_size] setting.`,
  )
}
