import type { Log, LogFields } from '../core/log.ts'
import { reasonOf } from '../core/reason.ts'

/** Reasons that are remembered, and so told: a reason that names something else each time must not fill the log. */
const MAX_REASONS = 100

/**
 * What goes wrong again and again is a line of the log for each reason, until it works again: a server that is gone for an
 * hour is one line, not thousands.
 */
export class Trouble {
  readonly #log: Log
  readonly #about: LogFields
  readonly #told = new Set<string>()
  #worked = false

  /** @param about fields of every line: which server, which bucket */
  constructor(log: Log, about: LogFields = {}) {
    this.#log = log
    this.#about = about
  }

  /** Warns, unless the same was told since it last worked. */
  tell(message: string, error: unknown, fields: LogFields = {}): void {
    const reason = reasonOf(error)
    const key = `${message}\n${reason}`
    if (this.#told.has(key) || this.#told.size >= MAX_REASONS) return
    this.#told.add(key)
    this.#worked = false
    this.#log.warn({ ...this.#about, ...fields, error: reason }, message)
  }

  /** It works: what goes wrong from now on is told anew. `message` is logged the first time, and after what went wrong. */
  works(message?: string): void {
    this.#told.clear()
    if (this.#worked) return
    this.#worked = true
    if (message !== undefined) this.#log.info(this.#about, message)
  }
}
