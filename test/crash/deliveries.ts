export type SenderKind = 'mqtt' | 'beats' | 'http'

/** One event on its way: events are numbered in the order in which they were made. */
interface Sent {
  readonly sender: SenderKind
  attempts: number
  acknowledged: boolean
}

export interface DeliveryProblems {
  readonly lost: readonly number[]
  /** There more often than their senders sent them, though nothing but sending makes copies. */
  readonly doubled: readonly number[]
  /** Never sent. */
  readonly strange: readonly number[]
}

/** Every event that was sent, how often, and whether it was acknowledged: so what must be stored, and may be twice. */
export class Deliveries {
  readonly #sent: Sent[] = []
  #acknowledged = 0
  #resent = 0

  get size(): number {
    return this.#sent.length
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Events that their senders sent again, as their protocols say, because no acknowledgement came. */
  get resent(): number {
    return this.#resent
  }

  /** Numbers for new events. */
  make(sender: SenderKind, count: number): number[] {
    return Array.from({ length: count }, () => this.#sent.push({ sender, attempts: 0, acknowledged: false }) - 1)
  }

  /** To be called before the first byte of them leaves. */
  sending(numbers: readonly number[]): void {
    for (const one of this.#of(numbers)) {
      one.attempts += 1
      if (one.attempts === 2) this.#resent += 1
    }
  }

  acknowledge(numbers: readonly number[]): void {
    for (const one of this.#of(numbers)) {
      if (!one.acknowledged) this.#acknowledged += 1
      one.acknowledged = true
    }
  }

  /**
   * @param found how often each event from `first` on is stored
   * @param copies whether a queue on disk may deliver again what was stored just before a kill
   */
  problems(found: ReadonlyMap<number, number>, first: number, copies: boolean): DeliveryProblems {
    const lost: number[] = []
    const doubled: number[] = []
    for (let n = first; n < this.#sent.length; n++) {
      const { acknowledged, attempts } = this.#sent[n] ?? { acknowledged: false, attempts: 0 }
      const times = found.get(n) ?? 0
      if (acknowledged && times === 0) lost.push(n)
      if (!copies && times > attempts) doubled.push(n)
    }
    return { lost, doubled, strange: [...found.keys()].filter((n) => n >= this.#sent.length) }
  }

  /** For people: who sent an event and what became of it. */
  describe(n: number): string {
    const sent = this.#sent[n]
    if (sent === undefined) return `${n} (never sent)`
    return `${n} (${sent.sender}, sent ${sent.attempts} times${sent.acknowledged ? ', acknowledged' : ''})`
  }

  *#of(numbers: readonly number[]): Generator<Sent> {
    for (const n of numbers) {
      const one = this.#sent[n]
      if (one !== undefined) yield one
    }
  }
}
