/** A search for documents alone. */
export const PLAIN_SEARCH = {
  from: 0,
  sort: [],
  trackTotalHits: 0,
  trackScores: false,
  source: true,
  aggregations: [],
  maxBuckets: 0,
  timeoutMs: 10_000,
} as const
