import type { Log } from '../core/log.ts'
import type { Service } from '../core/service.ts'

/**
 * Starts services one after the other and stops them in the reverse order. What follows the failed start of one is not
 * started; what was started before is stopped.
 */
export class ServiceStack {
  readonly #stopLimitMs: number
  readonly #started: Service[] = []

  constructor({ stopLimitMs }: { readonly stopLimitMs: number }) {
    this.#stopLimitMs = stopLimitMs
  }

  /** Rejects with what the service said; the caller stops the stack then. */
  async start(service: Service): Promise<void> {
    this.#started.push(service) // before: `stop` may be called after a failed start and cleans up then
    await service.start()
  }

  /**
   * Stops what was started. A service that takes longer than the limit or fails is named in the log and left behind.
   *
   * @returns whether everything stopped as it should
   */
  async stop(log: Log): Promise<boolean> {
    let clean = true
    for (let service = this.#started.pop(); service; service = this.#started.pop()) {
      const { name } = service
      const outcome = await withLimit(service.stop(), this.#stopLimitMs)
      if (outcome.kind === 'late') log.error({ service: name, limit_ms: this.#stopLimitMs }, 'did not stop in time')
      if (outcome.kind === 'failed') log.error({ service: name, error: outcome.error }, 'failed to stop')
      if (outcome.kind !== 'done') clean = false
    }
    return clean
  }
}

type Outcome = { readonly kind: 'done' } | { readonly kind: 'late' } | { readonly kind: 'failed'; readonly error: unknown }

function withLimit(work: Promise<void>, limitMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'late' }), limitMs)
    work.then(
      () => {
        clearTimeout(timer)
        resolve({ kind: 'done' })
      },
      (error: unknown) => {
        clearTimeout(timer)
        resolve({ kind: 'failed', error })
      },
    )
  })
}
