import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { parseDurationMs } from '../core/duration.ts'
import { ElkhornError } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import type { Clock, EpochMillis } from '../core/time.ts'
import { printJson } from '../core/print-json.ts'
import { parseMetadata, parseRole, validationError, type Role } from './role.ts'
import { hashSecret, verifySecret } from './secret.ts'

/** A key that stands for its owner, at most with what the owner was allowed when it was made. Stored under its id. */
export interface ApiKey {
  readonly name: string
  readonly hash: string
  readonly owner: string
  readonly realm: string
  readonly creation: EpochMillis
  readonly expiration: EpochMillis | undefined
  readonly invalidation: EpochMillis | undefined
  /** What the key was given; without any it may do what `limitedBy` may. */
  readonly roles: Readonly<Record<string, Role>>
  /** The owner's roles at the moment the key was made. */
  readonly limitedBy: Readonly<Record<string, Role>>
  readonly metadata: JsonObject
}

export type IdentifiedApiKey = ApiKey & { readonly id: string }

/** Which keys a request is about; nothing given means all. */
export interface ApiKeyFilter {
  readonly ids?: readonly string[] | undefined
  /** A trailing `*` is any ending. */
  readonly name?: string | undefined
  readonly owner?: string | undefined
  readonly realm?: string | undefined
  readonly activeOnly?: boolean | undefined
}

/** Invalidated and expired keys are shown for a week, then forgotten. */
const FORGET_AFTER_MILLIS = 7 * 86_400_000

export class ApiKeyStore {
  readonly #keys: MetadataSection<ApiKey>
  readonly #clock: Clock
  readonly #changed: () => void

  /** `changed` hears of invalidations as soon as they hold. */
  constructor(metadata: MetadataStore, clock: Clock, changed: () => void) {
    this.#keys = metadata.section<ApiKey>('security.api_keys')
    this.#clock = clock
    this.#changed = changed
  }

  /**
   * Makes a key from the body of `POST _security/api_key`.
   * @returns the key and its secret, which is kept nowhere
   * @throws ElkhornError (400)
   */
  async create(
    body: JsonValue,
    owner: { readonly name: string; readonly realm: string; readonly roles: Readonly<Record<string, Role>> },
  ): Promise<{ key: IdentifiedApiKey; secret: string }> {
    const request = parseApiKeyRequest(body)
    const secret = randomBytes(16).toString('base64url')
    const id = randomBytes(15).toString('base64url')
    const now = this.#clock.now()
    const key: ApiKey = {
      name: request.name,
      hash: hashSecret(secret),
      owner: owner.name,
      realm: owner.realm,
      creation: now,
      expiration: request.expirationMs === undefined ? undefined : now + request.expirationMs,
      invalidation: undefined,
      roles: request.roles,
      limitedBy: owner.roles,
      metadata: request.metadata,
    }
    await this.#keys.put(id, key)
    await this.#forgetOld(now)
    return { key: { ...key, id }, secret }
  }

  /** The key that these credentials are those of; a reason when they are not or no longer. */
  verify(id: string, secret: string): IdentifiedApiKey | { readonly refused: string } {
    const key = this.#keys.get(id)
    if (!key || !verifySecret(secret, key.hash)) return { refused: 'invalid credentials for API key' }
    if (key.invalidation !== undefined) return { refused: `api key [${id}] has been invalidated` }
    if (key.expiration !== undefined && key.expiration <= this.#clock.now()) return { refused: 'api key is expired' }
    return { ...key, id }
  }

  /** Keys that match, newest last. */
  list(filter: ApiKeyFilter): IdentifiedApiKey[] {
    const matchesName = filter.name === undefined ? () => true : nameTest(filter.name)
    return [...this.#keys.entries()]
      .map(([id, key]) => ({ ...key, id }))
      .filter(
        (key) =>
          (!filter.ids || filter.ids.includes(key.id)) &&
          matchesName(key.name) &&
          (filter.owner === undefined || filter.owner === key.owner) &&
          (filter.realm === undefined || filter.realm === key.realm) &&
          (!filter.activeOnly || this.isActive(key)),
      )
      .sort((a, b) => a.creation - b.creation)
  }

  isActive(key: ApiKey): boolean {
    return key.invalidation === undefined && (key.expiration === undefined || key.expiration > this.#clock.now())
  }

  /** @returns the ids that were invalidated now and those that were before */
  async invalidate(keys: readonly IdentifiedApiKey[]): Promise<{ invalidated: string[]; previously: string[] }> {
    const invalidated: string[] = []
    const previously: string[] = []
    for (const { id, ...key } of keys) {
      if (key.invalidation === undefined) {
        const stored = this.#keys.put(id, { ...key, invalidation: this.#clock.now() })
        this.#changed()
        await stored
        invalidated.push(id)
      } else {
        previously.push(id)
      }
    }
    return { invalidated, previously }
  }

  /**
   * Gives a key other roles, metadata or another end; members that are not named stay as they are.
   * @param limitedBy what its owner may do now
   * @returns whether anything of the key is other than before
   * @throws ElkhornError (400) for a key that has ended
   */
  async update(key: IdentifiedApiKey, change: ApiKeyChange, limitedBy: Readonly<Record<string, Role>>): Promise<boolean> {
    const { id, ...before } = key
    if (before.invalidation !== undefined) throw validationError([`cannot update invalidated API key [${id}]`])
    if (!this.isActive(before)) throw validationError([`cannot update expired API key [${id}]`])
    const after: ApiKey = {
      ...before,
      limitedBy,
      ...(change.roles ? { roles: change.roles } : {}),
      ...(change.metadata ? { metadata: change.metadata } : {}),
      ...(change.expirationMs === undefined ? {} : { expiration: this.#clock.now() + change.expirationMs }),
    }
    if (isDeepStrictEqual(after, before)) return false
    const stored = this.#keys.put(id, after)
    this.#changed()
    await stored
    return true
  }

  async #forgetOld(now: EpochMillis): Promise<void> {
    for (const [id, key] of this.#keys.entries()) {
      const ended = key.invalidation ?? key.expiration
      if (ended !== undefined && ended + FORGET_AFTER_MILLIS < now) await this.#keys.delete(id)
    }
  }
}

const nameTest = (name: string): ((text: string) => boolean) =>
  name.endsWith('*') ? (text) => text.startsWith(name.slice(0, -1)) : (text) => text === name

/** What can be changed of a key. */
export interface ApiKeyChange {
  readonly roles: Readonly<Record<string, Role>> | undefined
  readonly metadata: JsonObject | undefined
  readonly expirationMs: number | undefined
}

/** @throws ElkhornError (400) */
export function parseApiKeyChange(body: JsonObject): ApiKeyChange {
  const unknown = Object.keys(body).find((key) => !['role_descriptors', 'metadata', 'expiration'].includes(key))
  if (unknown !== undefined)
    throw new ElkhornError('x_content_parse_exception', 400, `[update_api_key_request] unknown field [${unknown}]`)
  const { role_descriptors: roles, metadata, expiration } = body
  return {
    roles: roles === undefined || roles === null ? undefined : parseRoleDescriptors(roles),
    metadata: metadata === undefined || metadata === null ? undefined : parseMetadata(metadata, 'api key'),
    expirationMs: expiration === undefined || expiration === null ? undefined : expirationOf(expiration),
  }
}

function parseRoleDescriptors(json: JsonValue): Readonly<Record<string, Role>> {
  if (!isJsonObject(json)) throw new ElkhornError('parse_exception', 400, '[role_descriptors] must be an object of roles')
  return Object.fromEntries(Object.entries(json).map(([role, value]) => [role, parseRole(role, value ?? null)]))
}

interface ApiKeyRequest {
  readonly name: string
  readonly expirationMs: number | undefined
  readonly roles: Readonly<Record<string, Role>>
  readonly metadata: JsonObject
}

function parseApiKeyRequest(body: JsonValue): ApiKeyRequest {
  if (!isJsonObject(body))
    throw new ElkhornError('parse_exception', 400, 'expected the body of an API key request to be an object')
  const unknown = Object.keys(body).find((key) => !['name', 'expiration', 'role_descriptors', 'metadata'].includes(key))
  if (unknown !== undefined)
    throw new ElkhornError('x_content_parse_exception', 400, `[api_key_request] unknown field [${unknown}]`)
  const { name, expiration, role_descriptors: roles, metadata } = body
  if (typeof name !== 'string' || name === '') throw validationError(['api key name is required'])
  if (name.length > 256) throw validationError(['api key name may not be more than 256 characters long'])
  if (name !== name.trim()) throw validationError(['api key name may not begin or end with whitespace'])
  if (name.startsWith('_')) throw validationError(['api key name may not begin with an underscore'])
  return {
    name,
    expirationMs: expiration === undefined || expiration === null ? undefined : expirationOf(expiration),
    roles: parseRoleDescriptors(roles ?? {}),
    metadata: metadata === undefined || metadata === null ? {} : parseMetadata(metadata, `api key [${name}]`),
  }
}

function expirationOf(value: JsonValue): number {
  const millis = parseDurationMs(typeof value === 'string' ? value : printJson(value), 'expiration')
  if (millis <= 0) throw validationError(['API key expiration must be in the future'])
  return millis
}
