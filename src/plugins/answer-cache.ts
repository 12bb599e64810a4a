import type { Clock } from '../core/time.ts'

/** Answers for a time, the oldest forgotten first. */
export class AnswerCache<Answer> {
  readonly #clock: Clock
  readonly #size: number
  readonly #ttlMs: number
  readonly #answers = new Map<string, { readonly answer: Answer; readonly until: number }>()

  constructor(clock: Clock, size: number, ttlMs: number) {
    this.#clock = clock
    this.#size = size
    this.#ttlMs = ttlMs
  }

  get(key: string): { readonly answer: Answer } | undefined {
    const known = this.#answers.get(key)
    return known !== undefined && known.until > this.#clock.now() ? known : undefined
  }

  set(key: string, answer: Answer): void {
    if (this.#size === 0) return
    const [oldest] = this.#answers.keys()
    if (this.#answers.size >= this.#size && oldest !== undefined) this.#answers.delete(oldest)
    this.#answers.set(key, { answer, until: this.#clock.now() + this.#ttlMs })
  }
}
