interface Running<Answer> {
  readonly answer: Promise<Answer>
  readonly controller: AbortController
  waiting: number
}

/**
 * Runs equal searches once: who asks the same thing while it is being answered waits for that answer. A search is given
 * up when the last who waits for it gives up.
 */
export class SharedSearches<Answer> {
  readonly #running = new Map<string, Running<Answer>>()

  get size(): number {
    return this.#running.size
  }

  /** `key` names everything that the answer depends on, the user included. */
  async run(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    signal.throwIfAborted()
    const search = this.#running.get(key) ?? this.#start(key, start)
    search.waiting += 1
    return new Promise<Answer>((resolve, reject) => {
      const leave = (): void => {
        search.waiting -= 1
        if (search.waiting === 0) {
          this.#forget(key, search)
          search.controller.abort(signal.reason)
        }
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      search.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<Answer>): Running<Answer> {
    const controller = new AbortController()
    const search: Running<Answer> = { answer: start(controller.signal), controller, waiting: 0 }
    this.#running.set(key, search)
    const forget = (): void => this.#forget(key, search)
    search.answer.then(forget, forget)
    return search
  }

  #forget(key: string, search: Running<Answer>): void {
    if (this.#running.get(key) === search) this.#running.delete(key)
  }
}
