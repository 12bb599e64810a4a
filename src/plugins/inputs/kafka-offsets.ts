/** The offset to go on from, of a partition. */
export interface CommittableOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

interface Pending {
  readonly offset: bigint
  done: boolean
}

/**
 * Which offsets may be committed: those before which everything of their partition is stored, whatever the order in which
 * that happened.
 */
export class CommittableOffsets {
  #pending = new Map<string, Pending[]>()
  #ready = new Map<string, CommittableOffset>()

  /** A record was read. Answers what to call when it is stored. */
  begin(topic: string, partition: number, offset: bigint): () => void {
    const key = `${partition}:${topic}`
    const list = this.#pending.get(key) ?? []
    this.#pending.set(key, list)
    const one: Pending = { offset, done: false }
    list.push(one)
    return () => {
      one.done = true
      // Records of a list that was given up are read again.
      if (this.#pending.get(key) !== list) return
      let last: bigint | undefined
      while (list[0]?.done === true) last = list.shift()?.offset
      if (last !== undefined) this.#ready.set(key, { topic, partition, offset: last + 1n })
    }
  }

  /** What can be committed since the last call. */
  take(): readonly CommittableOffset[] {
    const ready = [...this.#ready.values()]
    this.#ready = new Map()
    return ready
  }

  /** The connection ended: what is not committed is read again. */
  clear(): void {
    this.#pending = new Map()
    this.#ready = new Map()
  }
}
