import type { Random } from '../requests/random.ts'

const KEPT = 30
const MAX_CHARACTERS = 3000
const IN_ANSWER = /"(?:_scroll_id|pit_id|id|task|access_token|refresh_token|encoded)"\s*:\s*"([^"]{6,})"/g

/** What answers have named and later requests can ask for: scrolls, points in time, asynchronous searches, tasks, keys, tokens. The latest ones. */
export class Handles {
  readonly #latest: string[] = []

  /** Takes those out of the text of an answer. */
  note(answer: string): void {
    for (const [, handle = ''] of answer.slice(0, MAX_CHARACTERS).matchAll(IN_ANSWER)) {
      this.#latest.push(handle)
      if (this.#latest.length > KEPT) this.#latest.shift()
    }
  }

  pick(random: Random): string {
    return this.#latest.length === 0 ? 'none' : random.pick(this.#latest)
  }
}
