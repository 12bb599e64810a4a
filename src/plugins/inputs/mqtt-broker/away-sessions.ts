import type { Session, SessionOwner } from './session.ts'

/** Sessions whose clients are not there, by their owners, each list in the order in which they went. */
export class AwaySessions {
  readonly #all = new Set<Session>()
  readonly #byOwner = new Map<string, Set<Session>>()

  get size(): number {
    return this.#all.size
  }

  all(): Iterable<Session> {
    return this.#all
  }

  add(session: Session): void {
    const key = keyOf(session.owner)
    let own = this.#byOwner.get(key)
    if (own === undefined) this.#byOwner.set(key, (own = new Set()))
    this.#all.add(session)
    own.add(session)
  }

  delete(session: Session): void {
    if (!this.#all.delete(session)) return
    const key = keyOf(session.owner)
    const own = this.#byOwner.get(key)
    own?.delete(session)
    if (own?.size === 0) this.#byOwner.delete(key)
  }

  /** Whose session goes when there are too many: the oldest of who wants one more, or of all. A flood pushes out its own. */
  oldestFor(owner: SessionOwner): Session | undefined {
    const [own] = this.#byOwner.get(keyOf(owner)) ?? []
    const [any] = this.#all
    return own ?? any
  }
}

const keyOf = ({ realm, user }: SessionOwner): string => `${realm}/${user}`
