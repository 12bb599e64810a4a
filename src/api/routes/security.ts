import { isDeepStrictEqual } from 'node:util'
import { requireCluster, type Access } from '../../core/access.ts'
import { clusterPrivileges, indexPrivileges } from '../../core/actions.ts'
import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { hasPrivileges } from '../../security/has-privileges.ts'
import { validationError, type Role } from '../../security/role.ts'
import type { Security } from '../../security/security.ts'
import { ok, type Answer, type Route } from '../http/route.ts'
import { bodyOf, changed, partOf, refusedOf } from './security-request.ts'

/** Users, roles and who one is: `_security/*` but the API keys. */
export function securityRoutes(security: Security): readonly Route<unknown>[] {
  const { users, roles } = security
  return [
    {
      methods: ['GET'],
      paths: ['/_security/_authenticate'],
      action: 'cluster:admin/xpack/security/user/authenticate',
      handler: (request) => ok(describeCaller(security, request.access)),
    },
    {
      methods: ['GET'],
      paths: ['/_security/user', '/_security/user/{username}'],
      action: 'cluster:admin/xpack/security/user/get',
      params: ['with_profile_uid'],
      handler: (request) => named(request.part('username'), users.names(), (name) => users.findPublic(name)),
    },
    {
      methods: ['PUT', 'POST'],
      paths: ['/_security/user/{username}'],
      action: 'cluster:admin/xpack/security/user/put',
      params: ['refresh'],
      handler: async (request) => {
        const name = partOf(request, 'username')
        const created = await users.put(name, bodyOf(request))
        changed(security, request, `${created ? 'created' : 'changed'} user [${name}]`)
        return ok({ created })
      },
    },
    {
      methods: ['DELETE'],
      paths: ['/_security/user/{username}'],
      action: 'cluster:admin/xpack/security/user/delete',
      params: ['refresh'],
      handler: async (request) => {
        const name = partOf(request, 'username')
        const found = await users.delete(name)
        if (found) changed(security, request, `deleted user [${name}]`)
        return { status: found ? 200 : 404, json: { found } }
      },
    },
    {
      methods: ['PUT', 'POST'],
      paths: ['/_security/user/_password', '/_security/user/{username}/_password'],
      action: 'cluster:admin/xpack/security/user/authenticate', // one's own password is one's own business: see below
      params: ['refresh'],
      handler: async (request) => {
        const own = request.access.principal.name
        const name = request.part('username') ?? own
        if (name !== own || request.access.principal.kind !== 'user') {
          requireCluster(request.access, 'cluster:admin/xpack/security/user/change_password')
        }
        await users.setPassword(name, passwordOf(bodyOf(request)))
        changed(security, request, `changed the password of user [${name}]`)
        return ok({})
      },
    },
    {
      methods: ['PUT', 'POST'],
      paths: ['/_security/user/{username}/_enable', '/_security/user/{username}/_disable'],
      action: 'cluster:admin/xpack/security/user/set_enabled',
      params: ['refresh'],
      handler: async (request) => {
        const name = partOf(request, 'username')
        const enabled = request.path.endsWith('_enable')
        await users.setEnabled(name, enabled)
        changed(security, request, `${enabled ? 'enabled' : 'disabled'} user [${name}]`)
        return ok({})
      },
    },
    {
      methods: ['GET', 'POST'],
      paths: ['/_security/user/_has_privileges', '/_security/user/{username}/_has_privileges'],
      action: 'cluster:admin/xpack/security/user/has_privileges',
      handler: (request) => {
        const name = request.part('username')
        if (name !== undefined && name !== request.access.principal.name) {
          throw new ElkhornError('security_exception', 403, 'users may only check the privileges of their own account')
        }
        return ok(
          hasPrivileges(request.access, bodyOf(request), (application, privilege) =>
            security.applicationPrivileges.actionsOf(application, privilege),
          ),
        )
      },
    },
    {
      methods: ['GET'],
      paths: ['/_security/user/_privileges'],
      action: 'cluster:admin/xpack/security/user/list_privileges',
      params: ['application', 'priviledge', 'username'],
      handler: (request) => ok(ownPrivileges(security, request.access)),
    },
    {
      methods: ['GET'],
      paths: ['/_security/role', '/_security/role/{name}'],
      action: 'cluster:admin/xpack/security/role/get',
      handler: (request) => named(request.part('name'), roles.names(), (name) => printRole(roles.find(name))),
    },
    {
      methods: ['PUT', 'POST'],
      paths: ['/_security/role/{name}'],
      action: 'cluster:admin/xpack/security/role/put',
      params: ['refresh'],
      handler: async (request) => {
        const name = partOf(request, 'name')
        const created = await roles.put(name, bodyOf(request))
        changed(security, request, `${created ? 'created' : 'changed'} role [${name}]`)
        return ok({ role: { created } })
      },
    },
    {
      methods: ['DELETE'],
      paths: ['/_security/role/{name}'],
      action: 'cluster:admin/xpack/security/role/delete',
      params: ['refresh'],
      handler: async (request) => {
        const name = partOf(request, 'name')
        const found = await roles.delete(name)
        if (found) changed(security, request, `deleted role [${name}]`)
        return { status: found ? 200 : 404, json: { found } }
      },
    },
    {
      methods: ['POST'],
      paths: ['/_security/role'],
      action: 'cluster:admin/xpack/security/role/bulk_put',
      params: ['refresh'],
      handler: async (request) => {
        const given = bodyOf(request)['roles']
        if (!isJsonObject(given)) throw validationError(['roles are missing'])
        const answer = { created: [] as string[], updated: [] as string[], noop: [] as string[] }
        const errors = await refusedOf(Object.keys(given), async (name) => {
          const before = roles.find(name)
          const created = await roles.put(name, given[name] ?? null)
          const isSame = !created && isDeepStrictEqual(before, roles.find(name))
          answer[created ? 'created' : isSame ? 'noop' : 'updated'].push(name)
          if (!isSame) changed(security, request, `${created ? 'created' : 'changed'} role [${name}]`)
        })
        return ok({ ...notEmpty(answer), ...errors })
      },
    },
    {
      methods: ['DELETE'],
      paths: ['/_security/role'],
      action: 'cluster:admin/xpack/security/role/bulk_delete',
      params: ['refresh'],
      handler: async (request) => {
        const { names } = bodyOf(request)
        if (!Array.isArray(names)) throw validationError(['names are missing'])
        const answer = { deleted: [] as string[], not_found: [] as string[] }
        const errors = await refusedOf(names.map(String), async (name) => {
          const found = await roles.delete(name)
          answer[found ? 'deleted' : 'not_found'].push(name)
          if (found) changed(security, request, `deleted role [${name}]`)
        })
        return ok({ ...notEmpty(answer), ...errors })
      },
    },
    {
      methods: ['GET'],
      paths: ['/_security/privilege/_builtin'],
      action: 'cluster:admin/xpack/security/privilege/builtin/get',
      handler: () => ok({ cluster: clusterPrivileges, index: indexPrivileges, remote_cluster: [] }),
    },
  ]
}

/** Of lists of names those that have any. */
const notEmpty = (lists: Readonly<Record<string, readonly string[]>>): object =>
  Object.fromEntries(Object.entries(lists).filter(([, names]) => names.length > 0))

/** Things by their names between commas, each under its name; all of them without. Not one found of those named is a 404. */
function named(names: string | undefined, all: readonly string[], find: (name: string) => unknown): Answer {
  const wanted = names === undefined || names === '' ? all : names.split(',')
  const found = wanted.map((name): [string, unknown] => [name, find(name)]).filter(([, value]) => value !== undefined)
  return { status: found.length === 0 && names !== undefined ? 404 : 200, json: Object.fromEntries(found) }
}

export function describeCaller({ users }: Security, { principal }: Access): object {
  const user = users.findPublic(principal.name)
  const realm = { name: principal.realm, type: principal.realm === 'default_native' ? 'native' : principal.realm }
  return {
    username: principal.name,
    roles: principal.kind === 'api_key' ? [] : (user?.roles ?? principal.roles),
    full_name: user?.full_name ?? null,
    email: user?.email ?? null,
    metadata: user?.metadata ?? {},
    enabled: user?.enabled ?? true,
    authentication_realm: realm,
    lookup_realm: realm,
    authentication_type: principal.kind === 'api_key' ? 'api_key' : principal.kind === 'internal' ? 'token' : 'realm',
    ...(principal.apiKey ? { api_key: principal.apiKey } : {}),
  }
}

function ownPrivileges({ roles }: Security, { principal }: Access): unknown {
  const own = principal.roles.map((name) => roles.find(name)).filter((role): role is Role => role !== undefined)
  return {
    cluster: [...new Set(own.flatMap((role) => role.cluster))].sort(),
    global: [],
    indices: own
      .flatMap((role) => role.indices)
      .map(({ query, field_security, ...group }) => ({
        ...group,
        ...(field_security ? { field_security: [field_security] } : {}),
        ...(query === undefined || query === '' ? {} : { query: [query] }),
      })),
    applications: own.flatMap((role) => role.applications),
    run_as: [...new Set(own.flatMap((role) => role.run_as))].sort(),
  }
}

/** A role as Elasticsearch shows it: what is always the same here comes along. */
export function printRole(role: Role | undefined): unknown {
  return role && { ...role, transient_metadata: role.transient_metadata ?? { enabled: true } }
}

function passwordOf(body: JsonValue): string {
  const { password, ...rest } = body as JsonObject
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw new ElkhornError('parse_exception', 400, `Unknown field [${unknown}] in a change password request; expected [password]`)
  if (typeof password !== 'string') throw validationError(['password is missing'])
  return password
}
