import { randomBytes } from 'node:crypto'
import { ElkhornError } from '../core/errors.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import type { Clock, EpochMillis } from '../core/time.ts'
import { hashSecret } from './secret.ts'

/** Stands for a user for a short time (`_security/oauth2/token`). Stored under the hash of the access token. */
interface Token {
  readonly user: string
  readonly expires: EpochMillis
  /** Hash of what makes a new pair of tokens, once. */
  readonly refresh: string | undefined
  readonly refreshed: boolean
  readonly invalidated: boolean
}

export interface TokenPair {
  readonly access: string
  readonly refresh: string | undefined
  readonly lifeSeconds: number
}

const LIFE_SECONDS = 20 * 60
const REFRESH_LIFE_MS = 24 * 60 * 60_000
/** Of all users together; more are refused until some have ended. */
const MAX_TOKENS = 50_000

export class TokenStore {
  readonly #tokens: MetadataSection<Token>
  readonly #clock: Clock
  readonly #changed: () => void

  /** `changed` hears of invalidations as soon as they hold. */
  constructor(metadata: MetadataStore, clock: Clock, changed: () => void) {
    this.#tokens = metadata.section<Token>('security.tokens')
    this.#clock = clock
    this.#changed = changed
  }

  /** @returns tokens that are kept nowhere; the second one only for whom it is worth to come back */
  async create(user: string, options: { readonly refreshable: boolean }): Promise<TokenPair> {
    await this.#forgetOld()
    if (this.#tokens.size >= MAX_TOKENS) {
      throw new ElkhornError('security_exception', 429, `there are [${MAX_TOKENS}] tokens already: invalidate some`)
    }
    const access = randomBytes(32).toString('base64url')
    const refresh = options.refreshable ? randomBytes(32).toString('base64url') : undefined
    await this.#tokens.put(hashSecret(access), {
      user,
      expires: this.#clock.now() + LIFE_SECONDS * 1000,
      refresh: refresh === undefined ? undefined : hashSecret(refresh),
      refreshed: false,
      invalidated: false,
    })
    return { access, refresh, lifeSeconds: LIFE_SECONDS }
  }

  /** Whom an access token stands for and until when; `undefined` when it has ended or never was. */
  verify(access: string): { readonly user: string; readonly until: EpochMillis } | undefined {
    const token = this.#tokens.get(hashSecret(access))
    if (!token || token.invalidated || token.expires <= this.#clock.now()) return undefined
    return { user: token.user, until: token.expires }
  }

  /** The user of a refresh token, which is used up by this; `undefined` when it is none, was used or is too old. */
  async useRefresh(refresh: string): Promise<string | undefined> {
    const hash = hashSecret(refresh)
    const [found] = this.#find(({ refresh: own }) => own === hash)
    if (!found) return undefined
    const [key, token] = found
    const isOld = token.expires - LIFE_SECONDS * 1000 + REFRESH_LIFE_MS < this.#clock.now()
    if (token.refreshed || token.invalidated || isOld) return undefined
    await this.#tokens.put(key, { ...token, refreshed: true })
    return token.user
  }

  /** Ends the tokens that are meant. @returns how many, and how many had been ended before */
  async invalidate(which: TokenFilter): Promise<{ readonly invalidated: number; readonly previously: number }> {
    const access = which.access === undefined ? undefined : hashSecret(which.access)
    const refresh = which.refresh === undefined ? undefined : hashSecret(which.refresh)
    const found = this.#find(
      (token, key) =>
        key === access ||
        (refresh !== undefined && token.refresh === refresh) ||
        (which.user !== undefined && token.user === which.user),
    )
    const live = found.filter(([, token]) => !token.invalidated)
    const stored = live.map(([key, token]) => this.#tokens.put(key, { ...token, invalidated: true }))
    this.#changed()
    await Promise.all(stored)
    return { invalidated: live.length, previously: found.length - live.length }
  }

  #find(matches: (token: Token, key: string) => boolean): [string, Token][] {
    return [...this.#tokens.entries()].filter(([key, token]) => matches(token, key))
  }

  async #forgetOld(): Promise<void> {
    const limit = this.#clock.now() - REFRESH_LIFE_MS
    for (const [key] of this.#find(({ expires }) => expires < limit)) await this.#tokens.delete(key)
  }
}

/** Which tokens a request is about. */
export interface TokenFilter {
  readonly access?: string | undefined
  readonly refresh?: string | undefined
  readonly user?: string | undefined
}
