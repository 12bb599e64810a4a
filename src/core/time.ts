/** Milliseconds since 1970-01-01T00:00:00Z; may be negative. */
export type EpochMillis = number

/** The one source of wall-clock time: tests inject their own. */
export interface Clock {
  now(): EpochMillis
}

export const systemClock: Clock = { now: () => Date.now() }
