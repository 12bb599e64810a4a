import { statfs } from 'node:fs/promises'
import { ElkhornError } from '../../core/errors.ts'

/** How long an answer of the file system is good for. */
const FRESH_MS = 500

/**
 * Refuses writes while the disk is nearly full, so that what was acknowledged can still be stored: merges and inserts need
 * room, too. Looks again by itself.
 */
export class DiskSpace {
  readonly #path: string
  readonly #minFreeBytes: number
  readonly #now: () => number
  #freeBytes = Infinity
  #askedAt = -Infinity
  #asking: Promise<void> | undefined

  constructor(path: string, minFreeBytes: number, now: () => number) {
    this.#path = path
    this.#minFreeBytes = minFreeBytes
    this.#now = now
  }

  /** @throws ElkhornError `cluster_block_exception` (429), in the words of Elasticsearch's flood stage */
  async assertRoom(): Promise<void> {
    // An old answer that was good is good enough while the next one is fetched.
    if (this.#now() - this.#askedAt > FRESH_MS) this.#asking ??= this.#ask()
    if (this.#freeBytes < this.#minFreeBytes || this.#freeBytes === Infinity) await this.#asking
    if (this.#freeBytes < this.#minFreeBytes)
      throw diskFull(`${this.#freeBytes} bytes are free, ${this.#minFreeBytes} are needed`)
  }

  /** A write failed for lack of space: ask before the next one. */
  suspect(): void {
    this.#askedAt = -Infinity
    this.#freeBytes = Infinity
  }

  async #ask(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.#path)
      this.#freeBytes = bavail * bsize
      this.#askedAt = this.#now()
    } finally {
      this.#asking = undefined
    }
  }
}

export function diskFull(detail: string): ElkhornError {
  return new ElkhornError(
    'cluster_block_exception',
    429,
    `blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block]: ${detail}`,
  )
}
