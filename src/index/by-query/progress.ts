import type { JsonObject } from '../../core/json.ts'

/** Which counters a kind of request shows: an update by query creates nothing. */
export interface ShownCounters {
  readonly updated: boolean
  readonly created: boolean
}

/** What is told of a throttle; that of a slice shows its share. */
export interface ThrottleState {
  /** `Infinity` for no limit. */
  readonly requestsPerSecond: number
  readonly throttledMs: number
  readonly remainingMs: number
}

/** How far a request, or one slice of it, has come. */
export class Progress {
  readonly sliceId: number | undefined
  readonly throttle: ThrottleState
  readonly #shown: ShownCounters
  /** Documents to work on, as far as known. */
  total = 0
  updated = 0
  created = 0
  deleted = 0
  batches = 0
  versionConflicts = 0
  noops = 0
  reasonCancelled: string | undefined

  constructor(shown: ShownCounters, throttle: ThrottleState, sliceId?: number) {
    this.#shown = shown
    this.throttle = throttle
    this.sliceId = sliceId
  }

  toJson(): JsonObject {
    const { requestsPerSecond, throttledMs, remainingMs } = this.throttle
    return {
      ...(this.sliceId === undefined ? {} : { slice_id: this.sliceId }),
      total: this.total,
      ...(this.#shown.updated ? { updated: this.updated } : {}),
      ...(this.#shown.created ? { created: this.created } : {}),
      deleted: this.deleted,
      batches: this.batches,
      version_conflicts: this.versionConflicts,
      noops: this.noops,
      retries: { bulk: 0, search: 0 },
      throttled_millis: Math.round(throttledMs),
      requests_per_second: requestsPerSecond === Infinity ? -1 : requestsPerSecond,
      ...(this.reasonCancelled === undefined ? {} : { canceled: this.reasonCancelled }),
      throttled_until_millis: Math.round(remainingMs),
    }
  }
}

/** The slices of one request and their sum. */
export function sumOfSlices(shown: ShownCounters, throttle: ThrottleState, slices: readonly Progress[]): JsonObject {
  const sum = new Progress(shown, throttle)
  for (const slice of slices) {
    sum.total += slice.total
    sum.updated += slice.updated
    sum.created += slice.created
    sum.deleted += slice.deleted
    sum.batches += slice.batches
    sum.versionConflicts += slice.versionConflicts
    sum.noops += slice.noops
    sum.reasonCancelled ??= slice.reasonCancelled
  }
  return { ...sum.toJson(), slices: slices.map((slice) => slice.toJson()) }
}
