import type { Event } from '../core/event.ts'

export interface QueueLimits {
  readonly maxEvents: number
  readonly maxBytes: number
}

/** What lies between inputs and workers. */
export interface EventQueue {
  readonly length: number
  readonly bytes: number
  /** Takes events, always. Answers whether more are welcome. */
  push(events: readonly Event[]): boolean
  /** Resolves when there is room (and, if it is said, no more events wait than so many), or when the signal aborts. */
  ready(signal: AbortSignal, maxWaiting?: number): Promise<void>
  /**
   * The next batch: when `maxEvents` wait, or `delayMs` after the first came. `undefined` when the queue is closed and
   * empty, or when the signal aborts. Concurrent calls take their turns.
   */
  take(maxEvents: number, delayMs: number, signal?: AbortSignal): Promise<Event[] | undefined>
  /** Nothing more comes. What is there can still be taken, unless it lies on disk and waits for the next start. */
  close(): void
  /** Before the first push. */
  open?(): Promise<void>
  /** After the last batch was settled. */
  shutDown?(): Promise<void>
}

/** A bounded queue in memory. Full means: sources wait. Nothing is dropped. */
export class MemoryQueue implements EventQueue {
  readonly #limits: QueueLimits
  readonly #events: Event[] = []
  #bytes = 0
  #closed = false
  #turn: Promise<unknown> = Promise.resolve()
  /** The taker whose turn it is, when it waits for events. */
  #taker: { readonly count: number; readonly resolve: () => void } | undefined
  /** Sources that wait for room, and how many events may wait for it to be room enough for them. */
  readonly #sources = new Map<() => void, number>()

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get length(): number {
    return this.#events.length
  }

  get bytes(): number {
    return this.#bytes
  }

  get #full(): boolean {
    return this.length >= this.#limits.maxEvents || this.#bytes >= this.#limits.maxBytes
  }

  push(events: readonly Event[]): boolean {
    for (const event of events) {
      this.#events.push(event)
      this.#bytes += event.sizeBytes
    }
    if (this.#taker !== undefined && this.length >= this.#taker.count) this.#taker.resolve()
    this.#welcome()
    return !this.#full
  }

  ready(signal: AbortSignal, maxWaiting = Infinity): Promise<void> {
    if ((!this.#full && this.length <= maxWaiting) || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#sources.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#sources.set(done, maxWaiting)
      signal.addEventListener('abort', done)
    })
  }

  take(maxEvents: number, delayMs: number, signal?: AbortSignal): Promise<Event[] | undefined> {
    const taken = this.#turn.then(() => this.#next(maxEvents, delayMs, signal))
    this.#turn = taken
    return taken
  }

  close(): void {
    this.#closed = true
    this.#taker?.resolve()
  }

  async #next(maxEvents: number, delayMs: number, signal: AbortSignal | undefined): Promise<Event[] | undefined> {
    while (this.length === 0 && !this.#closed && !isAborted(signal)) await this.#arrival(1, signal)
    if (this.length === 0 || isAborted(signal)) return undefined
    if (this.length < maxEvents && delayMs > 0 && !this.#closed) await this.#arrival(maxEvents, signal, delayMs)
    // It may have aborted meanwhile.
    return isAborted(signal) ? undefined : this.#shift(maxEvents)
  }

  /** Resolves when this many events wait, when the queue is closed, when the signal aborts, or when the time is over. */
  #arrival(count: number, signal: AbortSignal | undefined, timeoutMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        this.#taker = undefined
        resolve()
      }
      const timer = timeoutMs === undefined ? undefined : setTimeout(done, timeoutMs)
      signal?.addEventListener('abort', done)
      this.#taker = { count, resolve: done }
    })
  }

  #shift(maxEvents: number): Event[] {
    // Nothing of it may stay referenced: events that outlive their work twice cost as much as the work.
    const batch = this.#events.splice(0, maxEvents)
    for (const event of batch) this.#bytes -= event.sizeBytes
    this.#welcome()
    return batch
  }

  /** Lets sources go on. One that waits until few events wait is taken to bring as many: of several the others wait on. */
  #welcome(): void {
    if (this.#full) return
    let expected = this.length
    for (const [source, maxWaiting] of this.#sources) {
      if (expected > maxWaiting) continue
      source()
      if (Number.isFinite(maxWaiting)) expected += maxWaiting + 1
    }
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
