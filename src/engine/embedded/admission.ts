import { ElkhornError } from '../../core/errors.ts'

/** Memory of documents that are not stored yet, beyond which writes wait. */
const MAX_PENDING_BYTES = 96 * 1024 * 1024
/** Memory of writes that wait, beyond which others are refused. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024
/** So long a write waits for room before it is refused. */
const MAX_WAIT_MS = 30_000

/**
 * Lets writes in while memory lasts: first come, first served. A source that sends faster than the engine stores is
 * slowed down by waiting, and refused only when too many wait or nothing moves.
 */
export class Admission {
  readonly #pendingBytes: () => number
  readonly #waiting: { readonly bytes: number; enter(): void }[] = []
  #waitingBytes = 0

  constructor(pendingBytes: () => number) {
    this.#pendingBytes = pendingBytes
  }

  /** @throws ElkhornError `es_rejected_execution_exception` (429) */
  async enter(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#pendingBytes() < MAX_PENDING_BYTES) return
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) throw rejected(bytes, `${this.#waitingBytes} bytes wait already`)
    this.#waitingBytes += bytes
    await new Promise<void>((resolve, reject) => {
      const waiting = { bytes, enter: resolve }
      const timer = setTimeout(() => {
        this.#leave(waiting)
        reject(rejected(bytes, `nothing could be stored for ${MAX_WAIT_MS / 1000} s`))
      }, MAX_WAIT_MS)
      waiting.enter = () => {
        clearTimeout(timer)
        this.#leave(waiting)
        resolve()
      }
      this.#waiting.push(waiting)
    })
  }

  /** Something was stored: lets in who waits. */
  settle(): void {
    let room = MAX_PENDING_BYTES - this.#pendingBytes()
    for (let next = this.#waiting[0]; next !== undefined && room > 0; next = this.#waiting[0]) {
      room -= next.bytes
      next.enter()
    }
  }

  #leave(waiting: { readonly bytes: number; enter(): void }): void {
    const at = this.#waiting.indexOf(waiting)
    if (at < 0) return
    this.#waiting.splice(at, 1)
    this.#waitingBytes -= waiting.bytes
  }
}

function rejected(bytes: number, detail: string): ElkhornError {
  return new ElkhornError(
    'es_rejected_execution_exception',
    429,
    `rejected execution of coordinating operation [operation_bytes=${bytes}, max_pending_bytes=${MAX_PENDING_BYTES}]: ${detail}`,
  )
}
