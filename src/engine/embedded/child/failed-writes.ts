import type { Lane } from './native.ts'

/** Says nothing, and its part is short, when the system refuses to write: only this counter of the engine grows. */
const FAILED = `SELECT sum(value) FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'`

/**
 * Finds out whether the engine failed to write something. It takes no notice when the system refuses to (a full disk, a
 * broken one): the statement succeeds with files that are short, and so does a merge in the background.
 */
export class FailedWrites {
  readonly #lane: Lane
  #running: Promise<boolean> | undefined
  #next: Promise<boolean> | undefined

  /** The lane is for this alone, and does not compile what it is asked, which costs 40 CPU-ms each time (see `lane-pool.ts`). */
  constructor(lane: Lane) {
    this.#lane = lane
  }

  /** Whether a write failed before the call, ever since the process began. Calls that wait share one statement. */
  any(): Promise<boolean> {
    this.#next ??= (this.#running ?? Promise.resolve()).then(() => {
      this.#running = this.#next
      this.#next = undefined
      return this.#ask()
    })
    return this.#next
  }

  async #ask(): Promise<boolean> {
    const answer = await this.#lane.run(FAILED, 'TSV')
    return Buffer.from(answer).toString('utf8').trim() !== '0'
  }
}
