import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Device } from '../../security/devices.ts'
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
  const { devices, users } = security
  return [
    {
      methods: ['GET'],
      paths: ['/_elkhorn/devices'],
      action: 'cluster:admin/elkhorn/device/get',
      handler: () => ok({ devices: devices.list().map(printDevice) }),
    },
    {
      methods: ['GET'],
      paths: ['/_elkhorn/devices/{id}'],
      action: 'cluster:admin/elkhorn/device/get',
      handler: (request) => {
        const device = devices.find(partOf(request, 'id'))
        if (!device)
          throw new ElkhornError('resource_not_found_exception', 404, `device [${partOf(request, 'id')}] has no credentials`)
        return ok(printDevice(device))
      },
    },
    {
      methods: ['PUT', 'POST'],
      paths: ['/_elkhorn/devices/{id}'],
      action: 'cluster:admin/elkhorn/device/put',
      handler: async (request) => {
        const id = partOf(request, 'id')
        const { description } = request.json() ?? {}
        const secret = await devices.issue(id, typeof description === 'string' ? description : '')
        changed(security, request, `issued credentials of device [${id}]`)
        return { status: 201, json: { id, username: id, secret } }
      },
    },
    {
      methods: ['POST'],
      paths: ['/_elkhorn/devices/{id}/_rotate'],
      action: 'cluster:admin/elkhorn/device/put',
      handler: async (request) => {
        const id = partOf(request, 'id')
        const secret = await devices.rotate(id)
        changed(security, request, `rotated the secret of device [${id}]`)
        return ok({ id, username: id, secret })
      },
    },
    {
      methods: ['POST'],
      paths: ['/_elkhorn/devices/{id}/_enable', '/_elkhorn/devices/{id}/_disable'],
      action: 'cluster:admin/elkhorn/device/put',
      handler: async (request) => {
        const id = partOf(request, 'id')
        const enabled = request.path.endsWith('_enable')
        await devices.setEnabled(id, enabled)
        changed(security, request, `${enabled ? 'enabled' : 'disabled'} device [${id}]`)
        return ok({ id, enabled })
      },
    },
    {
      methods: ['DELETE'],
      paths: ['/_elkhorn/devices/{id}'],
      action: 'cluster:admin/elkhorn/device/put',
      handler: async (request) => {
        const id = partOf(request, 'id')
        const found = await devices.revoke(id)
        if (found) changed(security, request, `revoked the credentials of device [${id}]`)
        return { status: found ? 200 : 404, json: { found } }
      },
    },
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

const printDevice = ({ created, rotated, ...device }: Device): unknown => ({
  ...device,
  created: new Date(created).toISOString(),
  ...(rotated === undefined ? {} : { rotated: new Date(rotated).toISOString() }),
})
