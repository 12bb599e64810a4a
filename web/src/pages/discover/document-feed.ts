import type { JsonObject } from '../../../../src/core/json.ts'
import type { EpochMillis } from '../../../../src/core/time.ts'
import type { Hit } from '../../../../src/ui-api/wire/query.ts'
import type { SearchAnswer } from '../../data/search-answer.ts'
import type { Sort } from '../../app/address.ts'
import { search } from '../../data/search.ts'
import { followTail } from '../../data/tail.ts'
import type { TailState } from '../../data/tail.ts'
import { Row } from './row.ts'
import { sortClauses } from './sort-clauses.ts'

/** What a feed shows: documents that match, in an order. */
export interface FeedRequest {
  readonly index: string
  readonly timeField: string
  readonly sort: Sort
  /** The query with its time range as it is at this moment. */
  readonly query: () => JsonObject
  /** The same without an end: what a live tail lets through. */
  readonly tailQuery: () => JsonObject
  readonly clock: () => EpochMillis
}

export interface FeedState {
  /** In the order of the sort. The same array is changed as rows come; `version` tells. */
  readonly rows: readonly Row[]
  readonly version: number
  readonly total: { readonly value: number; readonly relation: 'eq' | 'gte' } | undefined
  readonly loading: boolean
  readonly loadingMore: boolean
  /** Why there is no newer or no further row than those there are. */
  readonly error: unknown
  /** When the first rows were answered. */
  readonly answeredAt: EpochMillis | undefined
  readonly partial: boolean
  readonly hasMore: boolean
  /** Rows that a live tail has put on top since the start. */
  readonly arrived: number
  /** Documents that came too fast to be shown. */
  readonly skipped: number
  readonly tail: TailState | undefined
}

const FIRST_PAGE = 250
const NEXT_PAGE = 2000
/** Rows kept: a person cannot read more, and their text fits into memory. */
export const MAX_ROWS = 100_000
const MAX_LIVE_ROWS = 20_000

const START: FeedState = {
  rows: [],
  version: 0,
  total: undefined,
  loading: true,
  loadingMore: false,
  error: undefined,
  answeredAt: undefined,
  partial: false,
  hasMore: false,
  arrived: 0,
  skipped: 0,
  tail: undefined,
}

/** Loads documents page by page and, while it follows, puts new ones on top. */
export class DocumentFeed {
  readonly #request: FeedRequest
  readonly #stopped = new AbortController()
  readonly #listeners = new Set<() => void>()
  #tail: AbortController | undefined
  /** Counts loads: only the newest may answer. */
  #loads = 0
  #rows: Row[] = []
  /** Keys of rows that a tail could bring again: the first page and all that arrived. */
  #recent = new Set<string>()
  #state = START

  constructor(request: FeedRequest) {
    this.#request = request
  }

  get state(): FeedState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    this.#stopped.abort(new DOMException('the page shows something else', 'AbortError'))
    this.unfollow()
  }

  /** Loads the first rows, or loads them anew: those that are there stay until the new ones are. */
  async load(): Promise<void> {
    this.#loads += 1
    const mine = this.#loads
    this.#change({ loading: true })
    try {
      const answer = await this.#search(FIRST_PAGE, undefined, true)
      if (mine !== this.#loads) return
      this.#rows = answer.hits.map((hit) => this.#row(hit))
      this.#recent = new Set(this.#rows.map(({ key }) => key))
      this.#change({
        total: answer.total,
        loading: false,
        loadingMore: false,
        error: undefined,
        answeredAt: this.#request.clock(),
        partial: answer.partial,
        hasMore: answer.hits.length === FIRST_PAGE,
      })
    } catch (error) {
      if (mine === this.#loads) this.#fail(error)
    }
  }

  async loadMore(): Promise<void> {
    const { loading, loadingMore, error, hasMore } = this.#state
    const after = this.#rows.findLast(({ sort }) => sort !== undefined)?.sort
    if (loading || loadingMore || error !== undefined || !hasMore || after === undefined || this.#rows.length >= MAX_ROWS) return
    this.#change({ loadingMore: true })
    try {
      const before = this.#loads
      const { hits } = await this.#search(NEXT_PAGE, after, false)
      if (before !== this.#loads) return
      for (const hit of hits) this.#rows.push(this.#row(hit))
      this.#change({ loadingMore: false, hasMore: hits.length === NEXT_PAGE && this.#rows.length < MAX_ROWS })
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Begins to put new documents on top. Only a feed with the newest first can. */
  follow(): void {
    if (this.#tail !== undefined) return
    const tail = new AbortController()
    this.#tail = tail
    let caughtUp = false
    const listener = {
      onHits: (hits: readonly Hit[]) => this.#arrive(hits),
      onGap: (skipped: number) => this.#change({ skipped: this.#state.skipped + skipped }),
      onError: (error: unknown) => this.#fail(error),
      onState: (state: TailState) => {
        this.#change({ tail: state })
        // The tail begins where the store is now; what came between the first page and now is asked for once.
        if (state === 'open' && !caughtUp) {
          caughtUp = true
          void this.#catchUp()
        }
      },
    }
    const { index, tailQuery } = this.#request
    void followTail({ index, query: tailQuery(), documents: true }, listener, tail.signal)
  }

  unfollow(): void {
    this.#tail?.abort()
    this.#tail = undefined
    if (!this.#stopped.signal.aborted) this.#change({ tail: undefined })
  }

  async #catchUp(): Promise<void> {
    if (this.#state.loading) return
    try {
      this.#arrive((await this.#search(FIRST_PAGE, undefined, false)).hits)
    } catch (error) {
      this.#fail(error)
    }
  }

  #search(size: number, after: Hit['sort'], trackTotalHits: boolean): Promise<SearchAnswer> {
    const { index, sort, query } = this.#request
    const body: JsonObject = {
      size,
      query: query(),
      sort: sortClauses(sort),
      track_total_hits: trackTotalHits,
      ...(after === undefined ? {} : { search_after: after }),
    }
    return search(index, body, this.#stopped.signal)
  }

  #row(hit: Hit): Row {
    const { timeField, sort } = this.#request
    return new Row(hit, timeField, sort.field === timeField)
  }

  /** Puts documents that are not there yet in their places, the newest on top. */
  #arrive(hits: readonly Hit[]): void {
    const fresh = hits.map((hit) => this.#row(hit)).filter(({ key }) => !this.#recent.has(key))
    if (fresh.length === 0) return
    fresh.sort((a, b) => b.time - a.time)
    this.#rows = mergeNewestFirst(fresh, this.#rows)
    for (const { key } of fresh) this.#recent.add(key)
    if (this.#rows.length > MAX_LIVE_ROWS) {
      for (const { key } of this.#rows.slice(MAX_LIVE_ROWS)) this.#recent.delete(key)
      this.#rows.length = MAX_LIVE_ROWS
    }
    const { total, arrived } = this.#state
    this.#change({
      arrived: arrived + fresh.length,
      total: total === undefined ? undefined : { value: total.value + fresh.length, relation: total.relation },
    })
  }

  #fail(error: unknown): void {
    if (this.#stopped.signal.aborted) return
    // Not asked for again by scrolling alone: a person, or a new question, does.
    this.#change({ error, loading: false, loadingMore: false })
  }

  #change(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change, rows: this.#rows, version: this.#state.version + 1 }
    for (const listener of this.#listeners) listener()
  }
}

/** Both newest first. Where times are equal, `fresh` comes first. */
export function mergeNewestFirst(fresh: readonly Row[], rows: readonly Row[]): Row[] {
  const merged: Row[] = []
  let at = 0
  for (const row of fresh) {
    for (let other = rows[at]; other !== undefined && other.time > row.time; other = rows[at]) {
      merged.push(other)
      at += 1
    }
    merged.push(row)
  }
  for (; at < rows.length; at += 1) {
    const row = rows[at]
    if (row !== undefined) merged.push(row)
  }
  return merged
}
