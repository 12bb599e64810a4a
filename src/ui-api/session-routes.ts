import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Principal } from '../core/access.ts'
import { ElkhornError } from '../core/errors.ts'
import type { Authenticator } from '../security/authenticator.ts'
import { noSessionCookie, readSessionCookie, sessionCookie } from '../security/cookie.ts'
import { originOf } from './guard.ts'
import type { Guard } from './guard.ts'
import { mayEdit } from './may-edit.ts'
import { parseBody } from './request-body.ts'
import type { SessionAnswer } from './wire/session.ts'

const signIn = z.strictObject({ username: z.string().min(1).max(1024), password: z.string().min(1).max(1024) })

/** `POST`, `GET` and `DELETE /_ui/session`: sign in, ask who is signed in, sign out. */
export function registerSessionRoutes(
  app: FastifyInstance,
  { authenticator, guard, version }: { authenticator: Authenticator; guard: Guard; version: string },
): void {
  const answer = (principal: Principal): SessionAnswer => ({
    username: principal.name,
    roles: principal.roles,
    canEdit: mayEdit(principal),
    version,
  })

  app.post('/_ui/session', async (request, reply) => {
    const { username, password } = parseBody(signIn, request.body)
    const { authentication, cookie } = await authenticator.signIn(username, password, originOf(request))
    // A session that this browser had before ends here: nobody can plant one on another's browser.
    const before = readSessionCookie(request.headers.cookie)
    if (before !== undefined) await authenticator.signOut(before, originOf(request))
    void reply.header('set-cookie', sessionCookie(cookie, { secure: request.protocol === 'https' }))
    return answer(authentication.access.principal)
  })

  app.get('/_ui/session', async (request) => {
    // A page that is opened asks whether it has a session: with none, nobody has tried to get in.
    if (readSessionCookie(request.headers.cookie) === undefined)
      throw new ElkhornError('security_exception', 401, 'nobody is signed in')
    return answer(guard.signedIn(request).access.principal)
  })

  app.delete('/_ui/session', async (request, reply) => {
    const cookie = readSessionCookie(request.headers.cookie)
    if (cookie !== undefined) await authenticator.signOut(cookie, originOf(request))
    return reply
      .header('set-cookie', noSessionCookie({ secure: request.protocol === 'https' }))
      .code(204)
      .send()
  })
}
