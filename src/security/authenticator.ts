import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Access, Principal } from '../core/access.ts'
import { ElkhornError } from '../core/errors.ts'
import type { Clock, EpochMillis } from '../core/time.ts'
import { accessOfRoles, limitedAccess } from './access.ts'
import type { ApiKeyStore, IdentifiedApiKey } from './api-keys.ts'
import { builtInRoles } from './built-in-roles.ts'
import type { FailureThrottle } from './failure-throttle.ts'
import type { PasswordChecker } from './password-checker.ts'
import type { Role } from './role.ts'
import type { RoleStore } from './roles.ts'
import type { Origin, SecurityEventSink } from './security-event.ts'
import type { SessionStore } from './sessions.ts'
import type { TokenStore } from './tokens.ts'
import type { User, UserStore } from './users.ts'

/** Who asks, and what that one may do. */
export interface Authentication {
  readonly access: Access
  readonly type: 'realm' | 'api_key' | 'token'
  /** Ends with an API key's expiration at the latest. */
  readonly until: EpochMillis | undefined
}

const MAX_CACHED = 10_000
/** So long a request with the same header costs one keyed hash and no more. Changes of users and roles end it at once. */
const CACHE_MILLIS = 20 * 60_000

export interface AuthenticatorParts {
  readonly users: UserStore
  readonly roles: RoleStore
  readonly apiKeys: ApiKeyStore
  readonly sessions: SessionStore
  readonly tokens: TokenStore
  readonly passwords: PasswordChecker
  readonly throttle: FailureThrottle
  readonly clock: Clock
  readonly events: SecurityEventSink
  /** What `<data>/run/token` holds: lets the command line in. */
  readonly localToken: string
}

/** Tells who asks: by `Authorization` header on 9200, by session on the page. */
export class Authenticator {
  readonly #parts: AuthenticatorParts
  readonly #key = randomBytes(32)
  #byHeader = new Map<string, { readonly authentication: Authentication; readonly until: EpochMillis }>()
  #byUser = new Map<string, Access>()

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts
  }

  /** Users, roles or keys have changed: everything is worked out anew. Passwords that were right stay remembered. */
  forget(): void {
    this.#byHeader = new Map()
    this.#byUser = new Map()
  }

  /**
   * Reads an `Authorization` header: `Basic`, `ApiKey` or `Bearer`.
   * @throws ElkhornError `security_exception` 401; 429 when there were too many failures
   */
  async authenticate(authorization: string | undefined, origin: Origin): Promise<Authentication> {
    if (authorization === undefined) throw this.#missing(origin)
    const digest = createHmac('sha256', this.#key).update(authorization).digest('base64')
    const cached = this.#byHeader.get(digest)
    if (cached && cached.until > this.#parts.clock.now()) return cached.authentication
    const authentication = await this.#check(authorization, origin)
    this.#remember(digest, authentication)
    return authentication
  }

  /** @throws ElkhornError as `authenticate` does */
  async signIn(
    user: string,
    password: string,
    origin: Origin,
  ): Promise<{ readonly authentication: Authentication; readonly cookie: string }> {
    const authentication = await this.#checkPassword(user, password, origin)
    const cookie = await this.#parts.sessions.create(user)
    this.#parts.events({ kind: 'session_started', at: this.#parts.clock.now(), origin, user })
    return { authentication, cookie }
  }

  /** @throws ElkhornError 401 when the session has ended or its user is gone */
  authenticateSession(cookie: string | undefined, origin: Origin): Authentication {
    const session = cookie === undefined ? undefined : this.#parts.sessions.use(cookie)
    const user = session && this.#parts.users.find(session.user)
    if (!session || !user?.enabled) throw this.#missing(origin)
    return { access: this.#accessOf(session.user, user), type: 'realm', until: undefined }
  }

  async signOut(cookie: string, origin: Origin): Promise<void> {
    const user = await this.#parts.sessions.end(cookie)
    if (user !== undefined)
      this.#parts.events({ kind: 'session_ended', at: this.#parts.clock.now(), origin, user, reason: 'signed_out' })
  }

  #check(authorization: string, origin: Origin): Promise<Authentication> {
    const space = authorization.indexOf(' ')
    const scheme = authorization.slice(0, space).toLowerCase()
    const value = authorization.slice(space + 1).trim()
    switch (scheme) {
      case 'basic': {
        const credentials = decodePair(value)
        if (!credentials)
          throw this.#refuse(
            undefined,
            'invalid basic authentication header value',
            'invalid basic authentication header value',
            origin,
          )
        return this.#checkPassword(credentials[0], credentials[1], origin)
      }
      case 'apikey':
        return Promise.resolve(this.#checkApiKey(value, origin))
      case 'bearer':
        return Promise.resolve(this.#checkBearer(value, origin))
      default:
        throw this.#missing(origin)
    }
  }

  async #checkPassword(name: string, password: string, origin: Origin): Promise<Authentication> {
    const { users, passwords, throttle, events, clock } = this.#parts
    const user = users.find(name)
    if (!user?.enabled || !passwords.isRemembered(name, password, user.password)) {
      const waitMs = throttle.waitMs(name, origin.address)
      if (waitMs > 0) {
        events({ kind: 'authentication_throttled', at: clock.now(), origin, user: name, waitMs })
        throw tooManyFailures(name, origin, waitMs)
      }
      const right = user ? await passwords.check(name, password, user.password) : await passwords.checkNobody(password)
      if (!right || !user?.enabled) {
        throttle.failed(name, origin.address)
        throw this.#refuse(
          name,
          !user ? 'no such user' : right ? 'user is disabled' : 'wrong password',
          `unable to authenticate user [${name}] for REST request [${pathOf(origin)}]`,
          origin,
        )
      }
      throttle.succeeded(name, origin.address)
      events({ kind: 'authentication_success', at: clock.now(), origin, user: name, realm: realmOf(users, name) })
    }
    return { access: this.#accessOf(name, user), type: 'realm', until: undefined }
  }

  #checkApiKey(value: string, origin: Origin): Authentication {
    const [id, secret] = decodePair(value) ?? ['', '']
    const key = this.#parts.apiKeys.verify(id, secret)
    if ('refused' in key)
      throw this.#refuse(
        undefined,
        key.refused,
        `unable to authenticate with provided credentials and anonymous access is not allowed for this request`,
        origin,
      )
    return { access: this.#accessOfKey(key), type: 'api_key', until: key.expiration }
  }

  #checkBearer(value: string, origin: Origin): Authentication {
    const given = Buffer.from(value)
    const wanted = Buffer.from(this.#parts.localToken)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      const token = this.#parts.tokens.verify(value)
      const user = token && this.#parts.users.find(token.user)
      if (token && user?.enabled) return { access: this.#accessOf(token.user, user), type: 'token', until: token.until }
      throw this.#refuse(undefined, 'unknown token', 'token is invalid or has expired', origin)
    }
    return { access: accessOfRoles(LOCAL, [SUPERUSER]), type: 'token', until: undefined }
  }

  #accessOf(name: string, user: User): Access {
    const known = this.#byUser.get(name)
    if (known) return known
    const found = user.roles.map((role): [string, Role | undefined] => [role, this.#parts.roles.find(role)])
    const effective = found.filter((entry): entry is [string, Role] => entry[1] !== undefined)
    const principal: Principal = {
      name,
      kind: 'user',
      roles: effective.map(([role]) => role),
      realm: realmOf(this.#parts.users, name),
    }
    const access = accessOfRoles(
      principal,
      effective.map(([, role]) => role),
    )
    if (this.#byUser.size < MAX_CACHED) this.#byUser.set(name, access)
    return access
  }

  #accessOfKey(key: IdentifiedApiKey): Access {
    const principal: Principal = {
      name: key.owner,
      kind: 'api_key',
      roles: [],
      realm: '_es_api_key',
      apiKey: { id: key.id, name: key.name },
    }
    const limit = accessOfRoles(principal, Object.values(key.limitedBy))
    const own = Object.values(key.roles)
    return own.length === 0 ? limit : limitedAccess(accessOfRoles(principal, own), limit)
  }

  #remember(digest: string, authentication: Authentication): void {
    const until = Math.min(this.#parts.clock.now() + CACHE_MILLIS, authentication.until ?? Infinity)
    this.#byHeader.set(digest, { authentication, until })
    if (this.#byHeader.size <= MAX_CACHED) return
    const [oldest] = this.#byHeader.keys()
    if (oldest !== undefined) this.#byHeader.delete(oldest)
  }

  #missing(origin: Origin): ElkhornError {
    return this.#refuse(
      undefined,
      'no credentials',
      `missing authentication credentials for REST request [${pathOf(origin)}]`,
      origin,
    )
  }

  #refuse(user: string | undefined, cause: string, reason: string, origin: Origin): ElkhornError {
    this.#parts.events({ kind: 'authentication_failed', at: this.#parts.clock.now(), origin, user, reason: cause })
    return new ElkhornError('security_exception', 401, reason, { details: { header: { 'WWW-Authenticate': CHALLENGES } } })
  }
}

/** What a client may sign in with: the `WWW-Authenticate` headers of a 401, in Elasticsearch's spelling. */
const CHALLENGES = ['Basic realm="security", charset="UTF-8"', 'Bearer realm="security"', 'ApiKey']

/** Whoever may read `<data>/run/token` owns the data folder, and with it everything. */
const LOCAL: Principal = { name: '_local', kind: 'internal', roles: ['superuser'], realm: '__local' }
const SUPERUSER = builtInRoles.get('superuser') ?? { cluster: [], indices: [], applications: [], run_as: [], metadata: {} }

export const realmOf = (users: UserStore, name: string): string => (users.isReserved(name) ? 'reserved' : 'default_native')

/** `base64(a:b)`; `undefined` when it is not that. */
function decodePair(value: string): [string, string] | undefined {
  const text = Buffer.from(value, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)]
}

/** `GET /_search?q=a` → `/_search?q=a` */
const pathOf = (origin: Origin): string => origin.request.slice(origin.request.indexOf(' ') + 1)

function tooManyFailures(user: string, origin: Origin, waitMs: number): ElkhornError {
  const seconds = Math.ceil(waitMs / 1000)
  return new ElkhornError(
    'security_exception',
    429,
    `too many failed sign-ins of user [${user}] from [${origin.address}]; try again in ${seconds} s`,
    {
      details: { header: { 'Retry-After': [String(seconds)] } },
    },
  )
}
