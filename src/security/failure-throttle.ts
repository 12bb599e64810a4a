import type { Clock, EpochMillis } from '../core/time.ts'

/** More pairs of user and address than this are not told apart: the oldest is forgotten. */
const MAX_TRACKED = 50_000
/** From one address so many times more failures than for one user are taken: a gateway may stand for many. */
const ADDRESS_FACTOR = 10

interface Failures {
  count: number
  until: EpochMillis
}

/**
 * Slows down guessing: after `maxFailures` failed sign-ins of a user from an address, or ten times as many from an
 * address whoever the user, more are refused until `windowMs` have passed since the last one. A user is never locked out
 * as such: other addresses go on.
 */
export class FailureThrottle {
  readonly #clock: Clock
  readonly #maxFailures: number
  readonly #windowMs: number
  readonly #failures = new Map<string, Failures>()

  constructor(clock: Clock, { maxFailures, windowMs }: { readonly maxFailures: number; readonly windowMs: number }) {
    this.#clock = clock
    this.#maxFailures = maxFailures
    this.#windowMs = windowMs
  }

  /** Milliseconds to wait before the next try; 0 when it may be made now. */
  waitMs(user: string, address: string): number {
    return Math.max(this.#wait(pair(user, address), this.#maxFailures), this.#wait(address, this.#maxFailures * ADDRESS_FACTOR))
  }

  failed(user: string, address: string): void {
    this.#count(pair(user, address))
    this.#count(address)
  }

  /** A right password clears what the user got wrong before; what others got wrong from the same address stays. */
  succeeded(user: string, address: string): void {
    this.#failures.delete(pair(user, address))
  }

  #wait(key: string, max: number): number {
    const entry = this.#failures.get(key)
    return entry && entry.count >= max ? Math.max(0, entry.until - this.#clock.now()) : 0
  }

  #count(key: string): void {
    const now = this.#clock.now()
    const entry = this.#failures.get(key)
    const count = entry && entry.until > now ? entry.count + 1 : 1
    this.#failures.delete(key) // to the end of the order, which is the order of leaving
    this.#failures.set(key, { count, until: now + this.#windowMs })
    if (this.#failures.size <= MAX_TRACKED) return
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined) this.#failures.delete(oldest)
  }
}

const pair = (user: string, address: string): string => `${address} ${user}`
