/** What happened to an index since the program started: Elasticsearch's `_stats` count the same way. */
export interface Counters {
  indexed: number
  indexFailed: number
  deleted: number
  noops: number
  getsFound: number
  getsMissing: number
  searches: number
  searchMs: number
  scrolls: number
  /** Searches without hits that were answered as before, and those that were not. */
  knownAnswers: number
  newAnswers: number
  refreshes: number
  flushes: number
}

export function newCounters(): Counters {
  return {
    indexed: 0,
    indexFailed: 0,
    deleted: 0,
    noops: 0,
    getsFound: 0,
    getsMissing: 0,
    searches: 0,
    searchMs: 0,
    scrolls: 0,
    knownAnswers: 0,
    newAnswers: 0,
    refreshes: 0,
    flushes: 0,
  }
}
