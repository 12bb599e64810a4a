import { ConfigError } from '../config/config-error.ts'
import type { Principal } from '../core/access.ts'
import { ElkhornError } from '../core/errors.ts'
import type { MetadataStore } from '../core/metadata-store.ts'
import type { Clock } from '../core/time.ts'
import { ApplicationPrivilegeStore } from './application-privileges.ts'
import { ApiKeyStore } from './api-keys.ts'
import { Authenticator } from './authenticator.ts'
import { DeviceStore } from './devices.ts'
import { FailureThrottle } from './failure-throttle.ts'
import { generatePassword } from './password.ts'
import { PasswordChecker } from './password-checker.ts'
import { RoleStore } from './roles.ts'
import type { Origin, SecurityEventSink } from './security-event.ts'
import { SessionStore } from './sessions.ts'
import { TokenStore } from './tokens.ts'
import { passwordProblems, UserStore } from './users.ts'

export interface SecurityOptions {
  readonly metadata: MetadataStore
  readonly clock: Clock
  readonly events: SecurityEventSink
  readonly localToken: string
  /** The `security` section of the configuration. */
  readonly config: {
    readonly session_idle_timeout: number
    readonly session_lifespan: number
    readonly max_failures: number
    readonly failure_window: number
  }
}

/** Everything about who may do what, put together. */
export interface Security {
  readonly users: UserStore
  readonly roles: RoleStore
  readonly apiKeys: ApiKeyStore
  readonly sessions: SessionStore
  readonly tokens: TokenStore
  readonly applicationPrivileges: ApplicationPrivilegeStore
  readonly devices: DeviceStore
  readonly authenticator: Authenticator
  readonly events: SecurityEventSink
  readonly clock: Clock
}

export function createSecurity({ metadata, clock, events, localToken, config }: SecurityOptions): Security {
  const forget = (): void => authenticator.forget()
  const users = new UserStore(metadata, (name, what) => {
    forget()
    if (what === 'other') return
    void sessions.endAllOf(name)
    void tokens.invalidate({ user: name })
  })
  const roles = new RoleStore(metadata, forget)
  const apiKeys = new ApiKeyStore(metadata, clock, forget)
  const sessions = new SessionStore(metadata, clock, {
    idleTimeoutMs: config.session_idle_timeout,
    lifespanMs: config.session_lifespan,
  })
  const tokens = new TokenStore(metadata, clock, forget)
  const passwords = new PasswordChecker(clock)
  const throttle = new FailureThrottle(clock, { maxFailures: config.max_failures, windowMs: config.failure_window })
  const authenticator = new Authenticator({
    users,
    roles,
    apiKeys,
    sessions,
    tokens,
    passwords,
    throttle,
    clock,
    events,
    localToken,
  })
  const applicationPrivileges = new ApplicationPrivilegeStore(metadata)
  const devices = new DeviceStore(metadata, clock)
  return { users, roles, apiKeys, sessions, tokens, applicationPrivileges, devices, authenticator, events, clock }
}

/**
 * Gives `elastic` a password at the very first start: the given one, or one that nobody chose.
 * @returns the generated password, to be shown once; `undefined` when it was given or there has been one all along
 * @throws ConfigError when the given one may not be a password
 */
export async function ensureElasticPassword(users: UserStore, given: string | undefined): Promise<string | undefined> {
  if (users.find('elastic')) return undefined
  const problems = given === undefined ? [] : passwordProblems(given)
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `ELASTIC_PASSWORD in the environment: ${problem}`))
  const password = given ?? generatePassword()
  await users.setPassword('elastic', password)
  return given === undefined ? password : undefined
}

/**
 * Signs a device in: by credentials of its own, or by those of a user who may write to every index, as pipelines and
 * people with a test client do.
 * @returns `undefined` when it may not come in
 */
export async function authenticateDevice(
  security: Security,
  user: string,
  secret: string,
  origin: Origin,
): Promise<Principal | undefined> {
  const { devices, authenticator, events, clock } = security
  if (devices.verify(user, secret)) {
    events({ kind: 'authentication_success', at: clock.now(), origin, user, realm: 'devices' })
    return { name: user, kind: 'device', roles: [], realm: 'devices' }
  }
  if (devices.find(user)) {
    events({ kind: 'authentication_failed', at: clock.now(), origin, user, reason: 'wrong secret' })
    return undefined
  }
  try {
    const header = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
    const { access } = await authenticator.authenticate(header, origin)
    return access.allows('write', '*') ? access.principal : undefined
  } catch (error) {
    if (!(error instanceof ElkhornError)) throw error
    return undefined // refused, and told to the auditor already
  }
}
