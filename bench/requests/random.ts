import { seededRandom } from '../../src/sample/random.ts'

/** Choices that are the same for the same seed. */
export class Random {
  readonly #next: () => number

  constructor(seed: string) {
    this.#next = seededRandom(seed)
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.#next()
  }

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.#next() < probability
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from')
    return list[this.int(0, list.length - 1)] as T
  }

  /** Up to `count` different members, in the list's order. */
  some<T>(list: readonly T[], count: number): T[] {
    const left = list.map((one, at) => ({ one, at }))
    while (left.length > count) left.splice(this.int(0, left.length - 1), 1)
    return left.map(({ one }) => one)
  }

  /** `make()` for each of `from` to `to`. */
  times<T>(from: number, to: number, make: (at: number) => T): T[] {
    return Array.from({ length: this.int(from, to) }, (_, at) => make(at))
  }

  /** The members, each kept with this probability. */
  options<T extends object>(probability: number, all: T): Partial<T> {
    return Object.fromEntries(Object.entries(all).filter(() => this.chance(probability))) as Partial<T>
  }
}
