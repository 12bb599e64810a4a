import type { TableLayout } from '../../layout.ts'

const MAX_REMEMBERED = 2_000
/** Longer conditions are hardly asked twice, and would take the memory of many others. */
const MAX_CONDITION_CHARACTERS = 8_192

/**
 * How many documents of a table match a condition, as of the last sequence number that searches see: every write takes a
 * new one, so a count holds until the next. The next page of hits, another order, or the same dashboard again need not count.
 */
export class KnownCounts {
  readonly #known = new Map<string, number>()

  get(layout: TableLayout, condition: string): number | undefined {
    return this.#known.get(keyOf(layout, condition))
  }

  learn(layout: TableLayout, condition: string, count: number): void {
    if (condition.length > MAX_CONDITION_CHARACTERS) return
    const key = keyOf(layout, condition)
    this.#known.delete(key)
    this.#known.set(key, count)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest)
  }
}

function keyOf({ uuid, visibleSeqNo }: TableLayout, condition: string): string {
  return `${uuid} ${visibleSeqNo} ${condition}`
}
