/** Milliseconds since 1970-01-01T00:00:00Z; may be negative. */
export type EpochMillis = number

/** The one source of wall-clock time: tests inject their own. */
export interface Clock {
  now(): EpochMillis
}

export const systemClock: Clock = { now: () => Date.now() }

/**
 * A clock to measure how long something took: where the other is set back, it stands still for a moment and then goes on,
 * ahead of it. What waits for a time to pass would otherwise wait longer by as much.
 */
export function neverBack(clock: Clock): Clock {
  let last = clock.now()
  let ahead = 0
  return {
    now() {
      const now = clock.now()
      if (now < last) ahead += last - now
      last = now
      return now + ahead
    },
  }
}
