/** Smaller buffers cost less to make than to keep. */
const MIN_POOLED_BYTES = 64 * 1024
const MAX_POOLED_BYTES = 96 * 1024 * 1024

/**
 * Memory of batches that were stored, for those that come. Without it every batch makes the system clear and the collector
 * account for tens of megabytes, a fifth of the time that filling columns takes.
 */
export class BufferPool {
  /** Free buffers by the exponent of their size. */
  readonly #free: ArrayBuffer[][] = []
  #bytes = 0

  /** At least so many bytes; what is in them is anything. */
  take(bytes: number): ArrayBuffer {
    if (bytes < MIN_POOLED_BYTES) return new ArrayBuffer(bytes)
    const exponent = Math.ceil(Math.log2(bytes))
    const free = this.#free[exponent]?.pop()
    if (free === undefined) return new ArrayBuffer(2 ** exponent)
    this.#bytes -= free.byteLength
    return free
  }

  /** Gives a buffer back that nobody reads or writes any more. */
  give(buffer: ArrayBuffer): void {
    const { byteLength } = buffer
    const exponent = Math.log2(byteLength)
    if (byteLength < MIN_POOLED_BYTES || !Number.isInteger(exponent) || this.#bytes + byteLength > MAX_POOLED_BYTES) return
    this.#bytes += byteLength
    const free = (this.#free[exponent] ??= [])
    free.push(buffer)
  }

  /** Lets go of everything. */
  clear(): void {
    this.#free.length = 0
    this.#bytes = 0
  }
}
