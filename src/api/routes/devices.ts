import type { ClusterAction } from '../../core/actions.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { EpochMillis } from '../../core/time.ts'
import type { Device } from '../../security/devices.ts'
import type { Security } from '../../security/security.ts'
import { ok, type ApiRequest, type Route } from '../http/route.ts'
import { changed, partOf } from './security-request.ts'

/** Who changes something, and from where. */
export interface Doer {
  readonly user: string
  readonly address: string
}

/** A device: what was seen of it, and its credentials where it has any. */
export interface DeviceView {
  readonly id: string
  readonly type: string | undefined
  readonly firmware: string | undefined
  readonly address: string | undefined
  /** Connected over MQTT, or its data came lately. */
  readonly online: boolean
  readonly connections: number
  readonly firstSeen: EpochMillis | undefined
  readonly lastSeen: EpochMillis | undefined
  readonly sources: readonly string[]
  readonly credentials: Device | undefined
}

export interface DeviceControl {
  /** Sorted by id. */
  list(): readonly DeviceView[]
  find(id: string): DeviceView | undefined
  /** Makes a secret, which is kept nowhere. @throws ElkhornError 400, 409 */
  issue(id: string, description: string, by: Doer): Promise<string>
  /** @throws ElkhornError 404 */
  rotate(id: string, by: Doer): Promise<string>
  /** @throws ElkhornError 404 */
  setEnabled(id: string, enabled: boolean, by: Doer): Promise<void>
  /** Revokes the credentials and forgets what was seen. @returns whether there was anything */
  remove(id: string, by: Doer): Promise<boolean>
}

const DEFAULT_SIZE = 10_000

/** What there is below `/_elkhorn/devices`, for the router and for the reference. */
export const deviceEndpoints = {
  list: {
    methods: ['GET'],
    paths: ['/_elkhorn/devices'],
    action: 'cluster:admin/elkhorn/device/get',
    params: ['online', 'type', 'q', 'from', 'size'],
    summary: 'Lists devices, sorted by id, and counts them. `q` finds a part of the id or of the description.',
  },
  get: {
    methods: ['GET'],
    paths: ['/_elkhorn/devices/{id}'],
    action: 'cluster:admin/elkhorn/device/get',
    params: [],
    summary: 'Tells of one device. 404 when it has no credentials and was never seen.',
  },
  issue: {
    methods: ['PUT', 'POST'],
    paths: ['/_elkhorn/devices/{id}'],
    action: 'cluster:admin/elkhorn/device/put',
    params: [],
    summary:
      'Makes credentials; the body may hold a `description`. Answers 201 with `username` and `secret`, which is shown this once; 409 when there are credentials already.',
  },
  rotate: {
    methods: ['POST'],
    paths: ['/_elkhorn/devices/{id}/_rotate'],
    action: 'cluster:admin/elkhorn/device/put',
    params: [],
    summary: 'Makes a new secret. The old one ends at once, and who is connected with it is disconnected.',
  },
  enable: {
    methods: ['POST'],
    paths: ['/_elkhorn/devices/{id}/_enable', '/_elkhorn/devices/{id}/_disable'],
    action: 'cluster:admin/elkhorn/device/put',
    params: [],
    summary: 'Lets a device in again, or keeps it out and disconnects it, whether it shows a secret or a certificate.',
  },
  remove: {
    methods: ['DELETE'],
    paths: ['/_elkhorn/devices/{id}'],
    action: 'cluster:admin/elkhorn/device/put',
    params: [],
    summary: 'Revokes the credentials, disconnects the device and forgets it. Answers `found`; 404 when there was nothing.',
  },
} as const satisfies Readonly<Record<string, Endpoint>>

/** A route without its handler, and what it does. */
export interface Endpoint extends Omit<Route<unknown>, 'handler' | 'action'> {
  readonly action: ClusterAction
  readonly summary: string
}

/** Devices and their credentials: `/_elkhorn/devices`. */
export function deviceRoutes(security: Security, devices: DeviceControl): readonly Route<unknown>[] {
  return [
    {
      ...deviceEndpoints.list,
      handler: (request) => ok(list(request, devices.list())),
    },
    {
      ...deviceEndpoints.get,
      handler: (request) => {
        const id = partOf(request, 'id')
        const device = devices.find(id)
        if (!device) throw new ElkhornError('resource_not_found_exception', 404, `device [${id}] is not known`)
        return ok(print(device))
      },
    },
    {
      ...deviceEndpoints.issue,
      handler: async (request) => {
        const id = partOf(request, 'id')
        const secret = await devices.issue(id, descriptionOf(request), doer(request))
        changed(security, request, `issued credentials of device [${id}]`)
        return { status: 201, json: { id, username: id, secret } }
      },
    },
    {
      ...deviceEndpoints.rotate,
      handler: async (request) => {
        const id = partOf(request, 'id')
        const secret = await devices.rotate(id, doer(request))
        changed(security, request, `rotated the secret of device [${id}]`)
        return ok({ id, username: id, secret })
      },
    },
    {
      ...deviceEndpoints.enable,
      handler: async (request) => {
        const id = partOf(request, 'id')
        const enabled = request.path.endsWith('_enable')
        await devices.setEnabled(id, enabled, doer(request))
        changed(security, request, `${enabled ? 'enabled' : 'disabled'} device [${id}]`)
        return ok({ id, enabled })
      },
    },
    {
      ...deviceEndpoints.remove,
      handler: async (request) => {
        const id = partOf(request, 'id')
        const found = await devices.remove(id, doer(request))
        if (found) changed(security, request, `revoked the credentials of device [${id}]`)
        return { status: found ? 200 : 404, json: { found } }
      },
    },
  ]
}

const doer = ({ access, address }: ApiRequest): Doer => ({ user: access.principal.name, address })

/** @throws ElkhornError 400 for members that there are not */
function descriptionOf(request: ApiRequest): string {
  const { description = '', ...others } = request.json() ?? {}
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw illegalArgument(`unknown member [${unknown}]; a device takes [description]`)
  if (typeof description !== 'string') throw illegalArgument('[description] must be a text')
  return description
}

function list({ query }: ApiRequest, all: readonly DeviceView[]): unknown {
  const online = query.has('online') ? query.boolean('online', true) : undefined
  const type = query.text('type')
  const text = query.text('q')?.toLowerCase()
  const from = atLeast0(query, 'from') ?? 0
  const size = atLeast0(query, 'size') ?? DEFAULT_SIZE
  const found = all.filter(
    (device) =>
      (online === undefined || device.online === online) &&
      (type === undefined || device.type === type) &&
      (text === undefined || `${device.id} ${device.credentials?.description ?? ''}`.toLowerCase().includes(text)),
  )
  return {
    total: found.length,
    online: found.filter((device) => device.online).length,
    devices: found.slice(from, from + size).map(print),
  }
}

function atLeast0(query: ApiRequest['query'], name: string): number | undefined {
  const value = query.integer(name)
  if (value !== undefined && value < 0) throw illegalArgument(`[${name}] must not be negative: [${value}]`)
  return value
}

const instant = (at: EpochMillis | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString())

const print = (device: DeviceView): unknown => ({
  id: device.id,
  type: device.type,
  firmware: device.firmware,
  address: device.address,
  online: device.online,
  connections: device.connections,
  first_seen: instant(device.firstSeen),
  last_seen: instant(device.lastSeen),
  sources: device.sources,
  has_credentials: device.credentials !== undefined,
  enabled: device.credentials?.enabled,
  created: instant(device.credentials?.created),
  rotated: instant(device.credentials?.rotated),
  description: device.credentials?.description,
})
