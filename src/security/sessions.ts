import { randomBytes } from 'node:crypto'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import type { Clock, EpochMillis } from '../core/time.ts'
import { hashSecret } from './secret.ts'

/** A person signed in on the page. Stored under the hash of its cookie: whoever reads the data folder cannot use it. */
export interface Session {
  readonly user: string
  readonly created: EpochMillis
  readonly lastUsed: EpochMillis
}

/** Sessions of one user beyond this many end the one that was used least recently. */
const MAX_PER_USER = 50
/** How exactly the last use is kept on disk: a page that asks every few seconds must not write as often. */
const LAST_USED_STEP_MILLIS = 60_000

export class SessionStore {
  readonly #sessions: MetadataSection<Session>
  readonly #clock: Clock
  readonly #idleTimeoutMs: number
  readonly #lifespanMs: number

  constructor(metadata: MetadataStore, clock: Clock, limits: { readonly idleTimeoutMs: number; readonly lifespanMs: number }) {
    this.#sessions = metadata.section<Session>('security.sessions')
    this.#clock = clock
    this.#idleTimeoutMs = limits.idleTimeoutMs
    this.#lifespanMs = limits.lifespanMs
  }

  /** @returns the cookie's value: 256 random bits, kept nowhere */
  async create(user: string): Promise<string> {
    const id = randomBytes(32).toString('base64url')
    const now = this.#clock.now()
    await this.#makeRoom(user, now)
    await this.#sessions.put(hashSecret(id), { user, created: now, lastUsed: now })
    return id
  }

  /** The session of a cookie, and its use noted; `undefined` when there is none or it has ended. */
  use(id: string): Session | undefined {
    const key = hashSecret(id)
    const session = this.#sessions.get(key)
    if (!session) return undefined
    const now = this.#clock.now()
    if (this.#hasEnded(session, now)) {
      void this.#sessions.delete(key)
      return undefined
    }
    if (now - session.lastUsed >= LAST_USED_STEP_MILLIS) void this.#sessions.put(key, { ...session, lastUsed: now })
    return session
  }

  /** @returns the user whose session it was; `undefined` when there was none */
  async end(id: string): Promise<string | undefined> {
    const key = hashSecret(id)
    const user = this.#sessions.get(key)?.user
    await this.#sessions.delete(key)
    return user
  }

  /** Ends every session of a user: the password was changed, or the user is gone. */
  async endAllOf(user: string): Promise<void> {
    for (const [key, session] of this.#sessions.entries()) {
      if (session.user === user) await this.#sessions.delete(key)
    }
  }

  #hasEnded({ created, lastUsed }: Session, now: EpochMillis): boolean {
    return lastUsed + this.#idleTimeoutMs + LAST_USED_STEP_MILLIS <= now || created + this.#lifespanMs <= now
  }

  async #makeRoom(user: string, now: EpochMillis): Promise<void> {
    const own: [string, Session][] = []
    for (const [key, session] of this.#sessions.entries()) {
      if (this.#hasEnded(session, now)) await this.#sessions.delete(key)
      else if (session.user === user) own.push([key, session])
    }
    own.sort(([, a], [, b]) => a.lastUsed - b.lastUsed)
    for (const [key] of own.slice(0, Math.max(0, own.length - MAX_PER_USER + 1))) await this.#sessions.delete(key)
  }
}
