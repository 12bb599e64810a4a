/** Together, what all connections of an input have sent of events that are not complete. */
const MAX_HELD_BYTES = 256 * 1024 * 1024

interface Holder {
  bytes: number
  readonly drop: () => void
}

/** What one connection holds. */
export interface HeldShare {
  /** To be told whenever it changes; 0 when the connection is closed. */
  set(bytes: number): void
}

/**
 * Bounds what senders begin and do not complete: a thousand connections that each send nearly all of a large event would
 * fill the memory, however little each of them may. The one that holds most is dropped.
 */
export class HeldBytes {
  readonly #maxBytes: number
  readonly #holders = new Set<Holder>()
  #bytes = 0

  constructor(maxBytes = MAX_HELD_BYTES) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @param drop closes the connection; it must tell 0 when it is closed */
  open(drop: () => void): HeldShare {
    const holder: Holder = { bytes: 0, drop }
    return {
      set: (bytes) => {
        this.#bytes += bytes - holder.bytes
        holder.bytes = bytes
        if (bytes === 0) this.#holders.delete(holder)
        else this.#holders.add(holder)
        if (this.#bytes > this.#maxBytes) this.#dropLargest()
      },
    }
  }

  #dropLargest(): void {
    let largest: Holder | undefined
    for (const holder of this.#holders) if (largest === undefined || holder.bytes > largest.bytes) largest = holder
    if (largest === undefined) return
    // Counted off at once: closing takes a moment, in which others go on sending.
    this.#holders.delete(largest)
    this.#bytes -= largest.bytes
    largest.bytes = 0
    largest.drop()
  }
}
