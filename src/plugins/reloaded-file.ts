import { stat } from 'node:fs/promises'
import type { Log } from '../core/log.ts'
import { reasonOf } from '../core/reason.ts'
import type { Clock } from '../core/time.ts'

/**
 * What a file of the user's says, read again when it changed. The events of a batch see one state of it; a file that cannot
 * be read any more leaves what it said before.
 */
export class ReloadedFile<T> {
  readonly #path: string
  readonly #intervalMs: number
  readonly #clock: Clock
  readonly #log: Log
  readonly #read: (path: string) => Promise<T>
  #value: T | undefined
  #changedAt = 0
  #lookedAt = 0
  #looking = false

  /** @param intervalMs how often to look whether it changed; 0 for never */
  constructor(path: string, intervalMs: number, clock: Clock, log: Log, read: (path: string) => Promise<T>) {
    this.#path = path
    this.#intervalMs = intervalMs
    this.#clock = clock
    this.#log = log
    this.#read = read
  }

  /** @throws MissingFileError and what `read` throws */
  async open(): Promise<void> {
    this.#value = await this.#read(this.#path)
    this.#changedAt = await this.#modified()
    this.#lookedAt = this.#clock.now()
  }

  get value(): T | undefined {
    const now = this.#clock.now()
    // A clock that was set back must not stop the looking.
    if (this.#intervalMs > 0 && !this.#looking && Math.abs(now - this.#lookedAt) >= this.#intervalMs) void this.#look(now)
    return this.#value
  }

  async #look(now: number): Promise<void> {
    this.#looking = true
    this.#lookedAt = now
    try {
      const changedAt = await this.#modified()
      if (changedAt !== this.#changedAt) {
        this.#value = await this.#read(this.#path)
        this.#changedAt = changedAt
        this.#log.info({ path: this.#path }, 'file read again')
      }
    } catch (error) {
      this.#log.warn({ path: this.#path, error: reasonOf(error) }, 'file cannot be read again')
    } finally {
      this.#looking = false
    }
  }

  async #modified(): Promise<number> {
    return (await stat(this.#path)).mtimeMs
  }
}
