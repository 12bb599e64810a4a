import type { EventSink } from './plugin.ts'

/** Where pipelines of this program reach each other: `pipeline` inputs listen at addresses, `pipeline` outputs send there. */
export class PipelineBus {
  readonly #sinks = new Map<string, EventSink>()
  readonly #waiting = new Map<string, Set<() => void>>()

  /** @throws Error when another input has the address */
  listen(address: string, sink: EventSink): { close(): void } {
    if (this.#sinks.has(address)) throw new Error(`another pipeline input has the address [${address}]`)
    this.#sinks.set(address, sink)
    for (const wake of this.#waiting.get(address) ?? []) wake()
    return {
      close: () => {
        if (this.#sinks.get(address) === sink) this.#sinks.delete(address)
      },
    }
  }

  find(address: string): EventSink | undefined {
    return this.#sinks.get(address)
  }

  /** Resolves when an input has the address, or when the signal aborts. */
  whenListening(address: string, signal: AbortSignal): Promise<void> {
    if (this.#sinks.has(address) || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(address) ?? new Set()
      this.#waiting.set(address, waiting)
      const done = (): void => {
        waiting.delete(done)
        if (waiting.size === 0) this.#waiting.delete(address)
        signal.removeEventListener('abort', done)
        resolve()
      }
      waiting.add(done)
      signal.addEventListener('abort', done)
    })
  }
}
