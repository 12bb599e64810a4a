import { createHmac, randomBytes } from 'node:crypto'
import { ElkhornError } from '../core/errors.ts'
import type { Clock } from '../core/time.ts'
import { verifyPassword, type PasswordHash } from './password.ts'

/** Password hashes computed at once; they use the worker threads that files use, too. */
const MAX_AT_ONCE = 2
/** Sign-ins that may wait for their turn; more are told to come back. */
const MAX_WAITING = 64
const MAX_REMEMBERED = 10_000
const REMEMBER_MILLIS = 20 * 60_000

interface Remembered {
  readonly stored: PasswordHash
  readonly until: number
}

/**
 * Checks passwords and remembers the right ones, so that basic authentication on every request costs microseconds. What is
 * remembered is a keyed hash that dies with the process; a changed password is forgotten because its stored hash differs.
 */
export class PasswordChecker {
  readonly #clock: Clock
  readonly #key = randomBytes(32)
  readonly #remembered = new Map<string, Remembered>()
  /** Checks that are under way: a fleet that comes back at once with one password is checked once. */
  readonly #underWay = new Map<string, Promise<boolean>>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** In memory: true only when this very password was right before and is still the stored one. */
  isRemembered(user: string, password: string, stored: PasswordHash): boolean {
    const entry = this.#remembered.get(this.#digest(user, password))
    return entry !== undefined && entry.stored === stored && entry.until > this.#clock.now()
  }

  /** @throws ElkhornError 429 when more wait already than can be served in a few seconds */
  check(user: string, password: string, stored: PasswordHash): Promise<boolean> {
    if (this.isRemembered(user, password, stored)) return Promise.resolve(true)
    const digest = this.#digest(user, password)
    const key = `${digest} ${stored}`
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) return underWay
    const check = this.#verify(digest, password, stored).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, check)
    return check
  }

  async #verify(digest: string, password: string, stored: PasswordHash): Promise<boolean> {
    if (!(await this.#inTurn(() => verifyPassword(password, stored)))) return false
    this.#remember(digest, stored)
    return true
  }

  /**
   * Takes as long as a check: whoever guesses must not learn which users there are.
   * @throws ElkhornError 429 as `check` does
   */
  async checkNobody(password: string): Promise<false> {
    await this.#inTurn(() => verifyPassword(password, NOBODY))
    return false
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) {
        throw new ElkhornError('es_rejected_execution_exception', 429, 'too many sign-ins at once; try again in a few seconds')
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#running++
    try {
      return await work()
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }

  #remember(digest: string, stored: PasswordHash): void {
    this.#remembered.delete(digest) // to the end of the order, which is the order of leaving
    this.#remembered.set(digest, { stored, until: this.#clock.now() + REMEMBER_MILLIS })
    if (this.#remembered.size <= MAX_REMEMBERED) return
    const [oldest] = this.#remembered.keys()
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }

  #digest(user: string, password: string): string {
    return createHmac('sha256', this.#key).update(`${user.length}:${user}${password}`).digest('base64')
  }
}

/** The hash of a password that nobody has: its text was forgotten when this line was written. */
const NOBODY = 'scrypt$16384$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
