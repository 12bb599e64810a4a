interface Batch {
  readonly upTo: number
  isStored: boolean
}

/** How far a file is stored, in bytes: up to where every batch is, whatever the order in which they were. */
export class StoredPosition {
  #value: number
  #batches: Batch[] = []

  constructor(value: number) {
    this.#value = value
  }

  get value(): number {
    return this.#value
  }

  /** Whether no batch is on its way. */
  get isSettled(): boolean {
    return this.#batches.length === 0
  }

  /** A batch that ends there is on its way. Answers what to call when it is stored, which tells whether the position moved. */
  begin(upTo: number): () => boolean {
    const batches = this.#batches
    const batch: Batch = { upTo, isStored: false }
    batches.push(batch)
    return () => {
      batch.isStored = true
      // What is read anew counts from there.
      if (this.#batches !== batches) return false
      const before = this.#value
      while (batches[0]?.isStored === true) this.#value = batches.shift()?.upTo ?? this.#value
      return this.#value !== before
    }
  }

  /** The file is read from there: batches that are on their way do not count any more. */
  restart(value: number): void {
    this.#value = value
    this.#batches = []
  }
}
