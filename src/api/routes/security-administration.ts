import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { checkShape } from '../../index/definitions/body-shape.ts'
import { parseApplicationPrivileges } from '../../security/application-privileges.ts'
import { parseEntityQuery, queryEntities } from '../../security/entity-query.ts'
import { validationError } from '../../security/role.ts'
import type { Security } from '../../security/security.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import { limitToOwn, printKey } from './api-keys.ts'
import { bodyOf, changed, partOf } from './security-request.ts'
import { printRole } from './security.ts'

/** `_security/*` that administrators use beside users, roles and keys themselves. */
export function securityAdministrationRoutes(security: Security): readonly Route<ApiContext>[] {
  return [...queryRoutes(security), ...privilegeRoutes(security), ...roleMappingRoutes(security), ...cacheRoutes(security)]
}

function queryRoutes({ roles, users, apiKeys }: Security): readonly Route<ApiContext>[] {
  const answer = (key: string, request: ApiRequest, entities: readonly JsonObject[]): Answer => {
    const { total, found } = queryEntities(entities, parseEntityQuery(request.json() ?? {}))
    return ok({ total, count: found.length, [key]: found })
  }
  const publicUser = (name: string): readonly JsonObject[] => {
    const user = users.findPublic(name)
    return user ? [{ ...user }] : []
  }
  return [
    {
      methods: ['GET', 'POST'],
      paths: ['/_security/_query/role'],
      action: 'cluster:admin/xpack/security/role/query',
      handler: (request) => {
        const own = roles.own().map(([name, role]) => ({ name, ...(printRole(role) as JsonObject) }))
        return answer('roles', request, own)
      },
    },
    {
      methods: ['GET', 'POST'],
      paths: ['/_security/_query/user'],
      action: 'cluster:admin/xpack/security/user/query',
      params: ['with_profile_uid'],
      handler: (request) => {
        const own = users.names().filter((name) => !users.isReserved(name))
        return answer(
          'users',
          request,
          own.flatMap((name) => publicUser(name)),
        )
      },
    },
    {
      methods: ['GET', 'POST'],
      paths: ['/_security/_query/api_key'],
      action: 'cluster:admin/xpack/security/api_key/query',
      params: ['with_limited_by', 'with_profile_uid', 'typed_keys'],
      handler: (request) => {
        const withLimits = request.query.boolean('with_limited_by', false)
        const action = 'cluster:admin/xpack/security/api_key/get'
        const mayAll = ['manage_api_key', 'read_security'] as const
        const isOwn = !mayAll.some((privilege) => request.access.allowsCluster(privilege))
        const filter = limitToOwn(request.access, action, isOwn, {})
        return answer(
          'api_keys',
          request,
          apiKeys.list(filter).map((key) => printKey(key, withLimits) as JsonObject),
        )
      },
    },
  ]
}

const PRIVILEGE = '/_security/privilege/{application}/{name}'

/** Privileges of applications that ask here who may do what in them. */
function privilegeRoutes(security: Security): readonly Route<ApiContext>[] {
  const { applicationPrivileges: privileges } = security
  return [
    {
      methods: ['GET'],
      paths: ['/_security/privilege', '/_security/privilege/{application}', PRIVILEGE],
      action: 'cluster:admin/xpack/security/privilege/get',
      handler: (request) => {
        const application = request.part('application')
        const found = privileges.find(application, namesOf(request, 'name'))
        const byApplication: Record<string, Record<string, unknown>> = {}
        for (const one of found) (byApplication[one.application] ??= {})[one.name] = one
        return { status: found.length === 0 && application !== undefined ? 404 : 200, json: byApplication }
      },
    },
    {
      methods: ['PUT', 'POST'],
      paths: ['/_security/privilege'],
      action: 'cluster:admin/xpack/security/privilege/put',
      params: ['refresh'],
      handler: async (request) => {
        const answer: Record<string, Record<string, unknown>> = {}
        for (const privilege of parseApplicationPrivileges(bodyOf(request))) {
          const created = await privileges.put(privilege)
          const { application, name } = privilege
          ;(answer[application] ??= {})[name] = { created }
          changed(security, request, `${created ? 'created' : 'changed'} privilege [${name}] of application [${application}]`)
        }
        return ok(answer)
      },
    },
    {
      methods: ['DELETE'],
      paths: [PRIVILEGE],
      action: 'cluster:admin/xpack/security/privilege/put',
      params: ['refresh'],
      handler: async (request) => {
        const application = partOf(request, 'application')
        const answer: Record<string, { readonly found: boolean }> = {}
        for (const name of namesOf(request, 'name')) {
          const found = await privileges.delete(application, name)
          answer[name] = { found }
          if (found) changed(security, request, `deleted privilege [${name}] of application [${application}]`)
        }
        const isAny = Object.values(answer).some(({ found }) => found)
        return { status: isAny ? 200 : 404, json: { [application]: answer } }
      },
    },
  ]
}

const MAPPING = '/_security/role_mapping/{name}'

/** Which roles people of other realms get: kept for the day such a realm is there; users of this one name their roles themselves. */
function roleMappingRoutes(security: Security): readonly Route<ApiContext>[] {
  return [
    {
      methods: ['GET'],
      paths: ['/_security/role_mapping', MAPPING],
      action: 'cluster:admin/xpack/security/role_mapping/get',
      handler: (request, { definitions }) => {
        const names = namesOf(request, 'name')
        const found = definitions.of('role_mapping').select(names, () => undefined)
        const json = Object.fromEntries(found.map(([name, { body }]) => [name, body]))
        return { status: found.length === 0 && names.length > 0 ? 404 : 200, json }
      },
    },
    {
      methods: ['PUT', 'POST'],
      paths: [MAPPING],
      action: 'cluster:admin/xpack/security/role_mapping/put',
      params: ['refresh'],
      handler: async (request, { definitions }) => {
        const name = partOf(request, 'name')
        const { version } = await definitions.of('role_mapping').put(name, parseRoleMapping(bodyOf(request)))
        changed(security, request, `${version === 1 ? 'created' : 'changed'} role mapping [${name}]`)
        return ok({ role_mapping: { created: version === 1 } })
      },
    },
    {
      methods: ['DELETE'],
      paths: [MAPPING],
      action: 'cluster:admin/xpack/security/role_mapping/put',
      params: ['refresh'],
      handler: async (request, { definitions }) => {
        const name = partOf(request, 'name')
        const found = await definitions.of('role_mapping').delete(name)
        if (found) changed(security, request, `deleted role mapping [${name}]`)
        return { status: found ? 200 : 404, json: { found } }
      },
    },
  ]
}

const RULES = ['any', 'all', 'field', 'except']

/** @throws ElkhornError (400) */
function parseRoleMapping(json: JsonObject): JsonObject {
  checkShape(json, {
    parser: 'role_mapping',
    members: {
      enabled: 'boolean',
      roles: 'texts',
      role_templates: 'objects',
      rules: 'object',
      metadata: 'object',
      run_as: 'texts',
    },
  })
  const { enabled, roles, role_templates: templates, rules, metadata } = json
  const problems: string[] = []
  const size = (list: unknown): number => (Array.isArray(list) ? list.length : 0)
  if (size(roles) + size(templates) === 0) problems.push('role-mapping roles or role-templates are missing')
  if (size(roles) > 0 && size(templates) > 0) problems.push('role-mapping cannot have both roles and role-templates')
  if (!isJsonObject(rules)) problems.push('role-mapping rules are missing')
  if (problems.length > 0) throw validationError(problems)
  if (isJsonObject(rules)) checkRule(rules)
  return {
    enabled: enabled ?? true,
    roles: roles ?? [],
    ...(size(templates) > 0 ? { role_templates: templates } : {}),
    rules,
    metadata: metadata ?? {},
  }
}

function checkRule(rule: JsonObject): void {
  const [kind, ...more] = Object.keys(rule)
  if (kind === undefined || more.length > 0 || !RULES.includes(kind)) {
    throw new ElkhornError(
      'parse_exception',
      400,
      `failed to parse rules expression. expected one of [${RULES.join(', ')}], got [${Object.keys(rule).join(', ')}]`,
    )
  }
  const below = rule[kind]
  if (kind === 'any' || kind === 'all') {
    if (!Array.isArray(below))
      throw new ElkhornError('parse_exception', 400, `failed to parse rules expression. [${kind}] needs an array`)
    for (const one of below) checkRule(isJsonObject(one) ? one : {})
  }
  if (kind === 'except') checkRule(isJsonObject(below) ? below : {})
}

/** Nothing of users, roles and keys is remembered that changed: asked to forget, we forget what was worked out from them. */
function cacheRoutes(security: Security): readonly Route<ApiContext>[] {
  return [
    {
      methods: ['POST'],
      paths: [
        '/_security/role/{name}/_clear_cache',
        '/_security/api_key/{ids}/_clear_cache',
        '/_security/privilege/{application}/_clear_cache',
        '/_security/realm/{realms}/_clear_cache',
        '/_security/service/{namespace}/{service}/credential/token/{name}/_clear_cache',
      ],
      action: 'cluster:admin/xpack/security/cache/clear',
      params: ['usernames'],
      handler: (_request, { node }) => {
        security.authenticator.forget()
        return ok({
          _nodes: { total: 1, successful: 1, failed: 0 },
          cluster_name: node.clusterName,
          nodes: { [node.id]: { name: node.name } },
        })
      },
    },
  ]
}
