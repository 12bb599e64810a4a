import { ElkhornError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { checkShape } from '../../index/definitions/body-shape.ts'
import { validationError } from '../../security/role.ts'
import type { Security } from '../../security/security.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { basicAuthorization, bodyOf, changed, originOf } from './security-request.ts'
import { describeCaller } from './security.ts'

/** `_security/oauth2/token`: tokens that stand for a user for twenty minutes. */
export function securityTokenRoutes(security: Security): readonly Route<unknown>[] {
  return [
    {
      methods: ['POST'],
      paths: ['/_security/oauth2/token'],
      action: 'cluster:admin/xpack/security/token/create',
      handler: (request) => create(security, request),
    },
    {
      methods: ['DELETE'],
      paths: ['/_security/oauth2/token'],
      action: 'cluster:admin/xpack/security/token/invalidate',
      handler: (request) => invalidate(security, request),
    },
  ]
}

async function create(security: Security, request: ApiRequest): Promise<Answer> {
  const body = bodyOf(request)
  checkShape(body, {
    parser: 'token_request',
    members: {
      grant_type: 'text',
      username: 'text',
      password: 'text',
      refresh_token: 'text',
      scope: 'text',
      kerberos_ticket: 'text',
    },
  })
  const user = await userOf(security, request, body)
  const { access, refresh, lifeSeconds } = await security.tokens.create(user, {
    refreshable: body['grant_type'] !== 'client_credentials',
  })
  changed(security, request, `created a token of user [${user}]`)
  const authenticated = await security.authenticator.authenticate(`Bearer ${access}`, originOf(request))
  return ok({
    access_token: access,
    type: 'Bearer',
    expires_in: lifeSeconds,
    authentication: { ...describeCaller(security, authenticated.access), authentication_type: 'token' },
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
  })
}

/** Whose token it is to be. @throws ElkhornError 400 for a grant that is none, 401 for a wrong password */
async function userOf(security: Security, request: ApiRequest, body: JsonObject): Promise<string> {
  const { grant_type: type, username, password, refresh_token: refresh } = body
  switch (type) {
    case 'password': {
      if (typeof username !== 'string' || typeof password !== 'string')
        throw validationError(['username and password are missing'])
      const { access } = await security.authenticator.authenticate(basicAuthorization(username, password), originOf(request))
      return access.principal.name
    }
    case 'client_credentials': {
      const { principal } = request.access
      if (principal.kind !== 'user') throw validationError(['only a user can have a token of grant type [client_credentials]'])
      return principal.name
    }
    case 'refresh_token': {
      if (typeof refresh !== 'string') throw validationError(['refresh_token is missing'])
      const user = await security.tokens.useRefresh(refresh)
      if (user === undefined) throw new ElkhornError('invalid_grant', 400, 'could not refresh the requested token')
      return user
    }
    default:
      throw validationError([
        `grant_type only supports the values: [client_credentials, password, refresh_token], got [${String(type)}]`,
      ])
  }
}

async function invalidate(security: Security, request: ApiRequest): Promise<Answer> {
  const body = bodyOf(request)
  checkShape(body, {
    parser: 'invalidate_token',
    members: { token: 'text', refresh_token: 'text', username: 'text', realm_name: 'text' },
  })
  const text = (name: string): string | undefined => (typeof body[name] === 'string' ? body[name] : undefined)
  const which = { access: text('token'), refresh: text('refresh_token'), user: text('username') }
  const given = Object.values(which).filter((value) => value !== undefined)
  if (given.length !== 1) throw validationError(['exactly one of [token, refresh_token, username] must be specified'])
  const { invalidated, previously } = await security.tokens.invalidate(which)
  changed(security, request, `invalidated [${invalidated}] tokens`)
  return ok({ invalidated_tokens: invalidated, previously_invalidated_tokens: previously, error_count: 0 })
}
