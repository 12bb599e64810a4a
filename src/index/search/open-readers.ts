import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { printDuration } from '../../core/duration.ts'
import type { Clock, EpochMillis } from '../../core/time.ts'
import type { EngineSearchResult } from '../../engine/engine.ts'
import type { FieldValue } from '../../query/field.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import { AsyncSearches } from './async-searches.ts'
import type { Searched } from './targets.ts'

/** One moment of some indices, kept for later searches: what a point in time is, and what the pages of a scroll read. */
export interface Reader {
  readonly id: string
  /** Whoever opened it; nobody else may use it. */
  readonly owner: string
  readonly searched: Searched
  /** The newest sequence number that it sees, by the uuid of the index; nothing of an index that had none. */
  readonly upTo: ReadonlyMap<string, number>
  readonly openedAt: EpochMillis
  keepAliveMs: number
  expiresAt: EpochMillis
  /** Of a scroll; a point in time has none. */
  readonly scroll?: Scroll
}

/** A search whose hits are fetched page by page. */
export interface Scroll {
  readonly request: SearchRequest
  /** Sort values of the last hit that was sent; absent before the first page. */
  after: readonly (FieldValue | null)[] | undefined
  /** Hits sent so far: pages of hits by score are told by their place. */
  sent: number
  /** Counted with the first page. */
  total: EngineSearchResult['total']
  readonly byPlace: boolean
}

/** Readers at once. Each is small, but what it keeps from being merged away is not. */
export interface ReaderLimits {
  readonly maxOpen: number
  readonly maxKeepAliveMs: number
}

/** Scrolls or points in time that are open. They end by themselves when nobody has used them for as long as was asked. */
export class OpenReaders {
  readonly #readers = new Map<string, Reader>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws ElkhornError (400, 429) when it would be kept for too long, or too many are open */
  open(reader: Omit<Reader, 'openedAt' | 'expiresAt'>, { maxOpen, maxKeepAliveMs }: ReaderLimits): Reader {
    checkKeepAlive(reader.keepAliveMs, maxKeepAliveMs)
    this.#dropExpired()
    const kind = reader.scroll ? 'scroll' : 'pit'
    if (this.#readers.size >= maxOpen) {
      throw new ElkhornError(
        'too_many_scroll_contexts_exception',
        429,
        `Trying to create too many ${kind} contexts. Must be less than or equal to: [${maxOpen}]. This limit can be set by changing the [search.max_open_${kind}_context] setting.`,
      )
    }
    const now = this.#clock.now()
    const opened = { ...reader, openedAt: now, expiresAt: now + reader.keepAliveMs }
    this.#readers.set(reader.id, opened)
    return opened
  }

  /** Finds a reader and keeps it for longer. @throws ElkhornError `search_context_missing_exception` (404) */
  use(id: string, owner: string, keepAliveMs: number | undefined, maxKeepAliveMs: number): Reader {
    if (keepAliveMs !== undefined) checkKeepAlive(keepAliveMs, maxKeepAliveMs)
    this.#dropExpired()
    const reader = this.#readers.get(id)
    if (!reader || reader.owner !== owner) throw missingContext(id)
    if (keepAliveMs !== undefined) reader.keepAliveMs = Math.max(keepAliveMs, reader.scroll ? 0 : reader.keepAliveMs)
    reader.expiresAt = this.#clock.now() + reader.keepAliveMs
    return reader
  }

  /** Whether there was one. */
  close(id: string, owner: string): boolean {
    this.#dropExpired()
    return this.#readers.get(id)?.owner === owner && this.#readers.delete(id)
  }

  /** Those of one principal, oldest first. */
  list(owner: string): readonly Reader[] {
    this.#dropExpired()
    return [...this.#readers.values()].filter((reader) => reader.owner === owner)
  }

  #dropExpired(): void {
    const now = this.#clock.now()
    for (const [id, { expiresAt }] of this.#readers) if (expiresAt <= now) this.#readers.delete(id)
  }
}

function checkKeepAlive(keepAliveMs: number, maxMs: number): void {
  if (keepAliveMs <= maxMs) return
  throw illegalArgument(
    `Keep alive for request (${printDuration(keepAliveMs)}) is too large. It must be less than (${printDuration(maxMs)}). This limit can be set by changing the [search.max_keep_alive] cluster level setting.`,
  )
}

export function missingContext(id: string): ElkhornError {
  return new ElkhornError('search_context_missing_exception', 404, `No search context found for id [${id}]`)
}

/** All that is kept open for later searches, of one node. */
export interface Readers {
  readonly scrolls: OpenReaders
  readonly pits: OpenReaders
  readonly asyncSearches: AsyncSearches
}

export function noReaders(clock: Clock): Readers {
  return { scrolls: new OpenReaders(clock), pits: new OpenReaders(clock), asyncSearches: new AsyncSearches(clock) }
}
