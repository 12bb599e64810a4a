import { requireCluster, type Access } from '../../core/access.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseApiKeyChange, type ApiKeyChange, type ApiKeyFilter, type IdentifiedApiKey } from '../../security/api-keys.ts'
import { parseRole, validationError, type Role } from '../../security/role.ts'
import type { Security } from '../../security/security.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { basicAuthorization, bodyOf, changed, originOf, partOf, refusedOf } from './security-request.ts'
import { printRole } from './security.ts'

/** `_security/api_key`: made, shown and invalidated; one's own, or with the privilege everybody's. */
export function apiKeyRoutes(security: Security): readonly Route<unknown>[] {
  const { apiKeys } = security
  return [
    {
      methods: ['PUT', 'POST'],
      paths: ['/_security/api_key'],
      action: 'cluster:admin/xpack/security/api_key/create',
      params: ['refresh'],
      handler: async (request) => {
        const body = bodyOf(request)
        if (request.access.principal.kind === 'api_key') refuseDerivedPrivileges(body)
        return await create(security, request, body, request.access)
      },
    },
    {
      methods: ['GET'],
      paths: ['/_security/api_key'],
      action: 'cluster:admin/xpack/security/api_key/get',
      params: ['id', 'name', 'username', 'realm_name', 'owner', 'with_limited_by', 'active_only', 'with_profile_uid'],
      handler: (request) => {
        const { query } = request
        const ids = query.list('id')
        const filter = limitToOwn(request.access, 'cluster:admin/xpack/security/api_key/get', query.boolean('owner', false), {
          ids: ids.length === 0 ? undefined : ids,
          name: query.text('name'),
          owner: query.text('username'),
          realm: query.text('realm_name'),
          activeOnly: query.boolean('active_only', false),
        })
        const found = apiKeys.list(filter)
        if (found.length === 0 && ids.length > 0) throw notFound(ids)
        const withLimits = query.boolean('with_limited_by', false)
        return ok({ api_keys: found.map((key) => printKey(key, withLimits)) })
      },
    },
    {
      methods: ['POST'],
      paths: ['/_security/api_key/grant'],
      action: 'cluster:admin/xpack/security/api_key/grant',
      params: ['refresh'],
      handler: (request) => grant(security, request),
    },
    {
      methods: ['PUT'],
      paths: ['/_security/api_key/{id}'],
      action: 'cluster:admin/xpack/security/api_key/update',
      handler: async (request) => {
        const change = parseApiKeyChange(request.json() ?? {})
        return ok({ updated: await updateOwn(security, request, partOf(request, 'id'), change) })
      },
    },
    {
      methods: ['POST'],
      paths: ['/_security/api_key/_bulk_update'],
      action: 'cluster:admin/xpack/security/api_key/update',
      handler: (request) => updateMany(security, request),
    },
    {
      methods: ['DELETE'],
      paths: ['/_security/api_key'],
      action: 'cluster:admin/xpack/security/api_key/invalidate',
      handler: async (request) => {
        const { own, filter } = parseInvalidation(bodyOf(request))
        const limited = limitToOwn(request.access, 'cluster:admin/xpack/security/api_key/invalidate', own, filter)
        const { invalidated, previously } = await apiKeys.invalidate(apiKeys.list(limited))
        for (const id of invalidated) changed(security, request, `invalidated api key with id [${id}]`)
        return ok({ invalidated_api_keys: invalidated, previously_invalidated_api_keys: previously, error_count: 0 })
      },
    },
  ]
}

/** Makes a key for whom `access` is. */
async function create(security: Security, request: ApiRequest, body: JsonObject, access: Access): Promise<Answer> {
  const { name, realm } = access.principal
  const { key, secret } = await security.apiKeys.create(body, { name, realm, roles: rolesOf(security, access) })
  changed(security, request, `created api key [${key.name}] with id [${key.id}]`)
  return ok({
    id: key.id,
    name: key.name,
    ...(key.expiration === undefined ? {} : { expiration: key.expiration }),
    api_key: secret,
    encoded: Buffer.from(`${key.id}:${secret}`).toString('base64'),
  })
}

/** Makes a key for somebody else, who has to be known by password or token. @throws ElkhornError 400, 401 */
async function grant(security: Security, request: ApiRequest): Promise<Answer> {
  const body = bodyOf(request)
  const unknown = Object.keys(body).find(
    (key) => !['grant_type', 'username', 'password', 'access_token', 'api_key', 'run_as'].includes(key),
  )
  if (unknown !== undefined)
    throw new ElkhornError('x_content_parse_exception', 400, `[grant_api_key_request] unknown field [${unknown}]`)
  const { api_key: key, run_as: runAs } = body
  if (runAs !== undefined) throw validationError(['[run_as] is not supported: grant the key to whoever asks'])
  if (!isJsonObject(key)) throw validationError(['[api_key] is required'])
  const { access } = await security.authenticator.authenticate(authorizationOf(body), originOf(request))
  return await create(security, request, key, access)
}

/** The header by which whom a key is for would be known. @throws ElkhornError 400 */
function authorizationOf({ grant_type: type, username, password, access_token: token }: JsonObject): string {
  switch (type) {
    case 'password':
      if (typeof username !== 'string' || typeof password !== 'string')
        throw validationError(['[username] and [password] are required for grant type [password]'])
      return basicAuthorization(username, password)
    case 'access_token':
      if (typeof token !== 'string') throw validationError(['[access_token] is required for grant type [access_token]'])
      return `Bearer ${token}`
    default:
      throw validationError([`grant_type [${String(type)}] is not supported: [password] and [access_token] are`])
  }
}

/** @throws ElkhornError 404 for a key that is not one's own */
async function updateOwn(security: Security, request: ApiRequest, id: string, change: ApiKeyChange): Promise<boolean> {
  const { principal } = request.access
  if (principal.kind === 'api_key') {
    throw illegalArgument('authentication via API key not supported: only the owner user can update an API key')
  }
  const [key] = security.apiKeys.list({ ids: [id], owner: principal.name })
  if (!key) {
    throw new ElkhornError('resource_not_found_exception', 404, `no API key owned by requesting user found for ID [${id}]`)
  }
  const updated = await security.apiKeys.update(key, change, rolesOf(security, request.access))
  if (updated) changed(security, request, `changed api key with id [${id}]`)
  return updated
}

/** Each key by itself: what one refuses is told at its id. */
async function updateMany(security: Security, request: ApiRequest): Promise<Answer> {
  const { ids, ...rest } = bodyOf(request)
  if (!Array.isArray(ids) || ids.length === 0) throw validationError(['Field [ids] cannot be empty'])
  const change = parseApiKeyChange(rest)
  const [updated, noops]: [string[], string[]] = [[], []]
  const errors = await refusedOf(
    (ids as readonly JsonValue[]).map((one) => textOf(one, 'ids')),
    async (id) => {
      const list = (await updateOwn(security, request, id, change)) ? updated : noops
      list.push(id)
    },
  )
  return ok({ updated, noops, ...errors })
}

/** A key made by a key must not be able to do anything: otherwise it would outlive the one it came from. */
function refuseDerivedPrivileges(body: JsonObject): void {
  const descriptors = Object.entries((body['role_descriptors'] ?? {}) as JsonObject)
  const empty = descriptors
    .map(([name, role]) => parseRole(name, role ?? null))
    .every((role) => role.cluster.length + role.indices.length === 0)
  if (descriptors.length === 0 || !empty) {
    throw illegalArgument('creating derived api keys requires an explicit role descriptor that is empty (has no privileges)')
  }
}

function rolesOf({ roles }: Security, { principal }: Access): Readonly<Record<string, Role>> {
  const found = principal.roles.map((name): [string, Role | undefined] => [name, roles.find(name)])
  return Object.fromEntries(found.filter((entry): entry is [string, Role] => entry[1] !== undefined))
}

/**
 * Without the privilege on all keys only one's own can be asked for, and that has to be said.
 * @throws ElkhornError `security_exception` (403)
 */
export function limitToOwn(
  access: Access,
  action: 'cluster:admin/xpack/security/api_key/get' | 'cluster:admin/xpack/security/api_key/invalidate',
  own: boolean,
  filter: ApiKeyFilter,
): ApiKeyFilter {
  const { principal } = access
  if (own) {
    if (filter.owner !== undefined || filter.realm !== undefined) {
      throw validationError(['neither username nor realm-name may be specified when retrieving owned API keys'])
    }
    return { ...filter, owner: principal.name }
  }
  const mayAll = access.allowsCluster('manage_api_key') || (action.endsWith('/get') && access.allowsCluster('read_security'))
  if (mayAll || filter.owner === principal.name) return filter
  const ownId = principal.apiKey?.id
  if (ownId !== undefined && filter.ids?.length === 1 && filter.ids[0] === ownId) return filter
  requireCluster({ ...access, allowsCluster: () => false }, action) // says which privileges would do
  return filter
}

/** The body of an invalidation: which keys, and whether only one's own. */
function parseInvalidation(body: JsonObject): { readonly own: boolean; readonly filter: ApiKeyFilter } {
  const unknown = Object.keys(body).find((key) => !['id', 'ids', 'name', 'owner', 'username', 'realm_name'].includes(key))
  if (unknown !== undefined)
    throw new ElkhornError('x_content_parse_exception', 400, `[invalidate_api_key] unknown field [${unknown}]`)
  const ids = body['id'] === undefined ? body['ids'] : [body['id']]
  const filter: ApiKeyFilter = {
    ids: Array.isArray(ids) ? ids.map((one) => textOf(one, 'ids')) : undefined,
    name: optionalText(body['name'], 'name'),
    owner: optionalText(body['username'], 'username'),
    realm: optionalText(body['realm_name'], 'realm_name'),
  }
  const own = body['owner'] === true
  if (!own && Object.values(filter).every((value) => value === undefined)) {
    throw validationError([
      'One of [api key id(s), api key name, username, realm name] must be specified if [owner] flag is false',
    ])
  }
  return { own, filter }
}

const optionalText = (value: JsonValue | undefined, field: string): string | undefined =>
  value === undefined || value === null ? undefined : textOf(value, field)

function textOf(value: JsonValue | undefined, field: string): string {
  if (typeof value !== 'string')
    throw new ElkhornError('x_content_parse_exception', 400, `[invalidate_api_key] expected [${field}] to be text`)
  return value
}

const notFound = (ids: readonly string[]): ElkhornError =>
  new ElkhornError('resource_not_found_exception', 404, `no API key with id [${ids.join(',')}]`)

export function printKey(key: IdentifiedApiKey, withLimits: boolean): unknown {
  const print = (roles: Readonly<Record<string, Role>>): unknown =>
    Object.fromEntries(Object.entries(roles).map(([name, role]) => [name, printRole(role)]))
  return {
    id: key.id,
    name: key.name,
    type: 'rest',
    creation: key.creation,
    ...(key.expiration === undefined ? {} : { expiration: key.expiration }),
    invalidated: key.invalidation !== undefined,
    ...(key.invalidation === undefined ? {} : { invalidation: key.invalidation }),
    username: key.owner,
    realm: key.realm,
    metadata: key.metadata,
    role_descriptors: print(key.roles),
    ...(withLimits ? { limited_by: [print(key.limitedBy)] } : {}),
  }
}
