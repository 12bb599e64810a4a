/** Holds work back so that on average no more than so many documents a second are written. */
export class Throttle {
  #requestsPerSecond: number
  /** Time spent waiting so far. */
  #throttledMs = 0
  #wait: { readonly startedAt: number; untilMs: number; readonly documents: number; readonly wake: () => void } | undefined

  /** @param requestsPerSecond documents a second; `Infinity` for no limit */
  constructor(requestsPerSecond: number) {
    this.#requestsPerSecond = requestsPerSecond
  }

  get requestsPerSecond(): number {
    return this.#requestsPerSecond
  }

  get throttledMs(): number {
    return this.#throttledMs
  }

  /** How long the wait that is going on will still take; 0 while working. */
  get remainingMs(): number {
    return this.#wait ? Math.max(0, this.#wait.untilMs - performance.now()) : 0
  }

  /** Another rate from now on. A wait that is going on is measured anew. */
  change(requestsPerSecond: number): void {
    this.#requestsPerSecond = requestsPerSecond
    this.#wait?.wake()
  }

  /**
   * Waits until so many documents may have been written since `sinceMs` (of `performance.now()`).
   * Ends early, without an error, when the signal is aborted.
   */
  async waitFor(documents: number, sinceMs: number, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now()
    while (!signal.aborted) {
      const untilMs = sinceMs + (documents / this.#requestsPerSecond) * 1000
      const left = untilMs - performance.now()
      if (left <= 0) break
      await this.#sleep(Math.min(left, MAX_SLEEP_MS), { startedAt, untilMs, documents }, signal)
    }
    this.#wait = undefined
    this.#throttledMs += performance.now() - startedAt
  }

  async #sleep(
    ms: number,
    about: { readonly startedAt: number; readonly untilMs: number; readonly documents: number },
    signal: AbortSignal,
  ): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      signal.addEventListener('abort', wake)
      this.#wait = { ...about, wake }
    })
  }
}

/** Longer than a timer can wait. */
const MAX_SLEEP_MS = 2 ** 31 - 1
