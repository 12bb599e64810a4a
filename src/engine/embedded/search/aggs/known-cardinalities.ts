import type { Target } from '../target.ts'

const MAX_REMEMBERED = 10_000

/** What the number of terms of a field is remembered by. */
export function cardinalityName(targets: readonly Target[], field: string): string {
  return `${targets.map(({ layout }) => layout.uuid).join(',')} ${field}`
}

/**
 * How many terms fields turned out to have: tells before a statement whether its buckets will be cut. A wrong guess
 * costs time, never a wrong answer.
 */
export class KnownCardinalities {
  readonly #known = new Map<string, number>()

  get(field: string): number | undefined {
    return this.#known.get(field)
  }

  learn(field: string, terms: number): void {
    const known = this.#known.get(field)
    if (known !== undefined && known >= terms) return
    this.#known.delete(field)
    this.#known.set(field, terms)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest)
  }
}
