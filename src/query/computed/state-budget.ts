import { ElkhornError } from '../../core/errors.ts'
import { allocatedByLastRun } from '../../script/painless/budget.ts'
import { sizeOf } from '../../script/painless/values/size.ts'

/** Rough bytes that the scripts of one aggregation may keep, in all its buckets together. */
const MAX_STATE_BYTES = 128 * 1024 * 1024

/**
 * What scripts keep from document to document. What they allocate is counted as they run; only when that comes to the
 * limit it is looked up how much of it they still hold, so that many documents with passing values are no reason to stop.
 */
export class StateBudget {
  readonly #maxBytes: number
  readonly #held: unknown[] = []
  #bytes = 0

  constructor(maxBytes = MAX_STATE_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** A value that is kept from now on. What is answered puts another one in its place. */
  keep(value: unknown): (instead: unknown) => void {
    const at = this.#held.push(value) - 1
    return (instead) => {
      this.#held[at] = instead
    }
  }

  /** A script was run. @throws ElkhornError `circuit_breaking_exception` (429) */
  spend(): void {
    this.#bytes += allocatedByLastRun()
    if (this.#bytes <= this.#maxBytes) return
    // At least half of the budget has to be free again, or else states would be measured after every document.
    const held = sizeOf(this.#held, this.#maxBytes)
    if (held * 2 > this.#maxBytes) {
      throw new ElkhornError(
        'circuit_breaking_exception',
        429,
        `[request] Data too large: the scripts of an aggregation keep more than [${this.#maxBytes / 2}] bytes. Keep sums instead of values, or ask for fewer buckets.`,
        { details: { durability: 'PERMANENT' } },
      )
    }
    this.#bytes = held
  }
}
