import { setImmediate } from 'node:timers/promises'

/** How long work over documents may hold the event loop. */
const TURN_MS = 8
/** Documents between two looks at the clock. */
const DOCUMENTS_PER_LOOK = 4

/** Work over many documents in turns, between which others have theirs. */
export class Turns {
  #documents = 0
  #endsAt = performance.now() + TURN_MS

  /** To be called after each document. @returns whether it is the others' turn */
  isOver(): boolean {
    return ++this.#documents % DOCUMENTS_PER_LOOK === 0 && performance.now() >= this.#endsAt
  }

  /** Resolves when the others have had theirs. */
  async next(): Promise<void> {
    await setImmediate()
    this.#endsAt = performance.now() + TURN_MS
  }
}
