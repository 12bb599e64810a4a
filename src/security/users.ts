import { ElkhornError } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import { hashPassword, type PasswordHash } from './password.ts'
import { parseMetadata, validationError } from './role.ts'

/** A person or a program that signs in with a password. Its name is the key it is stored under. */
export interface User {
  readonly password: PasswordHash
  readonly roles: readonly string[]
  readonly full_name: string | null
  readonly email: string | null
  readonly metadata: JsonObject
  readonly enabled: boolean
}

/** Users that are always there. Only their passwords can be set; those without one cannot sign in. */
const reservedUsers: ReadonlyMap<string, readonly string[]> = new Map([
  ['elastic', ['superuser']],
  ['kibana_system', ['kibana_system']],
  ['logstash_system', ['logstash_system']],
  ['beats_system', ['beats_system']],
  ['apm_system', ['apm_system']],
  ['remote_monitoring_user', ['remote_monitoring_collector', 'remote_monitoring_agent']],
])

const MIN_PASSWORD_LENGTH = 6
const MAX_NAME_LENGTH = 507

/** A user without its secret: what the API shows. */
export type PublicUser = Omit<User, 'password'> & { readonly username: string }

/** What happened to a user: sessions outlive only a change of other fields. */
export type UserChange = 'password' | 'deleted' | 'other'

export class UserStore {
  readonly #users: MetadataSection<User>
  readonly #changed: (name: string, what: UserChange) => void

  /** `changed` hears of every change as soon as it holds. */
  constructor(metadata: MetadataStore, changed: (name: string, what: UserChange) => void) {
    this.#users = metadata.section<User>('security.users')
    this.#changed = changed
  }

  /** A user that has a password; `undefined` when there is none such. */
  find(name: string): User | undefined {
    return this.#users.get(name)
  }

  /** What the API shows of a user; of a reserved one even before it has a password. */
  findPublic(name: string): PublicUser | undefined {
    const user = this.#users.get(name) ?? reservedUser(name, '')
    if (!user) return undefined
    const { password: _, ...visible } = user
    return { username: name, ...visible }
  }

  /** Every user, sorted by name. */
  names(): string[] {
    return [...new Set([...reservedUsers.keys(), ...[...this.#users.entries()].map(([name]) => name)])].sort()
  }

  isReserved(name: string): boolean {
    return reservedUsers.has(name)
  }

  /**
   * Creates or replaces a user from the body of `PUT _security/user/<name>`. Without a password an existing one is kept.
   * @returns whether it was created
   * @throws ElkhornError `action_request_validation_exception` (400)
   */
  async put(name: string, body: JsonValue): Promise<boolean> {
    const existing = this.#users.get(name)
    const { fields, password, passwordHash } = parseUserBody(name, body)
    const problems = nameProblems(name)
    if (password !== undefined) problems.push(...passwordProblems(password))
    if (reservedUsers.has(name)) problems.push(`user [${name}] is reserved and only its password can be changed`)
    if (password === undefined && passwordHash === undefined && !existing)
      problems.push('password must be specified unless you are updating an existing user')
    if (problems.length > 0) throw validationError(problems)
    const hash = password === undefined ? (passwordHash ?? existing?.password ?? '') : await hashPassword(password)
    await this.#store(name, { ...fields, password: hash }, hash === existing?.password ? 'other' : 'password')
    return !existing
  }

  /** @throws ElkhornError `validation_exception` (400) when there is no such user or the password is too short */
  async setPassword(name: string, password: string): Promise<void> {
    const problems = passwordProblems(password)
    if (problems.length > 0) throw validationError(problems)
    const user = this.#users.get(name) ?? reservedUser(name, '')
    if (!user)
      throw new ElkhornError('validation_exception', 400, `Validation Failed: 1: user must exist in order to change password;`)
    await this.#store(name, { ...user, password: await hashPassword(password) }, 'password')
  }

  /** @throws ElkhornError (400) for users that must stay as they are, or are not there */
  async setEnabled(name: string, enabled: boolean): Promise<void> {
    const user = this.#users.get(name)
    if (!user) throw validationError([`only existing users can be ${enabled ? 'enabled' : 'disabled'}`])
    if (name === 'elastic') throw validationError([`user [${name}] may not be ${enabled ? 'enabled' : 'disabled'}`])
    await this.#store(name, { ...user, enabled }, 'other')
  }

  /** @returns whether it was there. @throws ElkhornError (400) for reserved users */
  async delete(name: string): Promise<boolean> {
    if (reservedUsers.has(name)) throw validationError([`user [${name}] is reserved and cannot be deleted`])
    const deleted = this.#users.delete(name)
    this.#changed(name, 'deleted')
    return deleted
  }

  #store(name: string, user: User, what: UserChange): Promise<void> {
    const stored = this.#users.put(name, user)
    this.#changed(name, what)
    return stored
  }
}

function reservedUser(name: string, password: PasswordHash): User | undefined {
  const roles = reservedUsers.get(name)
  return roles && { password, roles, full_name: null, email: null, metadata: { _reserved: true }, enabled: true }
}

interface UserBody {
  readonly fields: Omit<User, 'password'>
  readonly password: string | undefined
  readonly passwordHash: PasswordHash | undefined
}

function parseUserBody(name: string, body: JsonValue): UserBody {
  if (!isJsonObject(body)) throw userError(name, 'expected an object')
  const fields: { -readonly [K in keyof UserBody['fields']]: UserBody['fields'][K] } = {
    roles: [],
    full_name: null,
    email: null,
    metadata: {},
    enabled: true,
  }
  let password: string | undefined
  let passwordHash: PasswordHash | undefined
  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'username':
        if (value !== name) throw userError(name, `username in source does not match path parameter [${name}]`)
        break
      case 'password':
        password = text(name, field, value)
        break
      case 'password_hash':
        passwordHash = knownHash(text(name, field, value))
        break
      case 'roles':
        fields.roles = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : texts(name, field, value)
        break
      case 'full_name':
      case 'email':
        fields[field] = value === null ? null : text(name, field, value)
        break
      case 'metadata':
        if (value !== undefined && value !== null) fields.metadata = parseMetadata(value, `user [${name}]`)
        break
      case 'enabled':
        if (typeof value !== 'boolean') throw userError(name, 'expected field [enabled] to be true or false')
        fields.enabled = value
        break
      default:
        throw userError(name, `unexpected field [${field}]`)
    }
  }
  return { fields, password, passwordHash }
}

/** A hash can only be one of ours: others use algorithms that this program does not compute. */
function knownHash(hash: string): PasswordHash {
  if (!/^scrypt\$\d+\$\d+\$\d+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$/.test(hash)) {
    throw validationError([
      'The provided password hash is not a hash or it could not be resolved to a supported hash algorithm. The supported password hash algorithms are [scrypt]',
    ])
  }
  return hash
}

function nameProblems(name: string): string[] {
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) {
    return [`User names must be at least 1 and no more than ${MAX_NAME_LENGTH} characters.`]
  }
  // eslint-disable-next-line no-control-regex -- control characters are what must not be in it
  return /^\s|\s$|[\u0000-\u001F\u007F]/.test(name)
    ? ['User names must not start or end with whitespace, nor contain control characters.']
    : []
}

/** What keeps a text from being a password. */
export const passwordProblems = (password: string): string[] =>
  password.length < MIN_PASSWORD_LENGTH ? [`passwords must be at least [${MIN_PASSWORD_LENGTH}] characters long`] : []

function text(name: string, field: string, value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw userError(name, `expected field [${field}] to be text`)
  return value
}

function texts(name: string, field: string, value: JsonValue | undefined): string[] {
  if (!Array.isArray(value)) throw userError(name, `expected field [${field}] to be an array of texts`)
  return value.map((one: JsonValue) => text(name, field, one))
}

const userError = (name: string, what: string): ElkhornError =>
  new ElkhornError('parse_exception', 400, `failed to parse add user request for [${name}]. ${what}`)
