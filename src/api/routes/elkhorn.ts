import { isJsonObject } from '../../core/json.ts'
import { generatePassword } from '../../security/password.ts'
import type { Security } from '../../security/security.ts'
import { ok, type ApiRequest, type Route } from '../http/route.ts'
import { changed, partOf } from './security-request.ts'

/** What the sample factory can be told while it runs. */
export interface SampleControl {
  /** What is on, and every kind of fault there is. @throws ElkhornError 404 when the sample factory does not run */
  describe(): Promise<{ readonly faults: readonly string[]; readonly kinds: Readonly<Record<string, string>> }>
  /** @throws ElkhornError 400 for a fault that there is not */
  switchFault(fault: string, on: boolean): Promise<void>
}

/** Elkhorn's own endpoints: what Elasticsearch has no word for. */
export function elkhornRoutes(security: Security, sample: SampleControl): readonly Route<unknown>[] {
  const { users } = security
  return [
    {
      methods: ['POST'],
      paths: ['/_elkhorn/users/{username}/_reset_password'],
      action: 'cluster:admin/xpack/security/user/change_password',
      handler: async (request) => {
        const name = partOf(request, 'username')
        const given = givenPassword(request)
        const password = given ?? generatePassword()
        await users.setPassword(name, password)
        changed(security, request, `reset the password of user [${name}]`)
        return ok(given === undefined ? { password } : {})
      },
    },
    {
      methods: ['GET'],
      paths: ['/_elkhorn/sample'],
      action: 'cluster:monitor/elkhorn',
      handler: async () => ok(await sample.describe()),
    },
    {
      methods: ['PUT', 'POST', 'DELETE'],
      paths: ['/_elkhorn/sample/faults/{fault}'],
      action: 'cluster:admin/settings/update',
      handler: async (request) => {
        await sample.switchFault(partOf(request, 'fault'), request.method !== 'DELETE')
        return ok({ acknowledged: true })
      },
    },
  ]
}

function givenPassword(request: ApiRequest): string | undefined {
  const body = request.json()
  return isJsonObject(body) && typeof body['password'] === 'string' ? body['password'] : undefined
}
