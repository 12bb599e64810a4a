import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFreePort } from './support/free-port.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

let folder: string
let httpPort: number
let elkhorn: RunningElkhorn
const clients: MqttClient[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-devices-'))
  httpPort = await findFreePort()
  await writeFile(
    join(folder, 'devices.conf'),
    `input {
       mqtt { topics => ["up/#"] codec => "json" }
       http { port => ${httpPort} devices => true }
     }
     filter { if [@metadata][device][id] { mutate { add_field => { "[device][id]" => "%{[@metadata][device][id]}" } } } }
     output { elasticsearch { index => "readings" } }`,
  )
  elkhorn = await startElkhorn(join(folder, 'data'), ['--no-sample', '--set', `pipelines.path=${folder}`])
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)))
  await elkhorn.stop()
  await rm(folder, { recursive: true, force: true })
})

async function connect(clientId: string, options: IClientOptions): Promise<MqttClient> {
  const made = await mqtt.connectAsync(`mqtt://127.0.0.1:${elkhorn.ports['mqtt']}`, { clientId, reconnectPeriod: 0, ...options })
  clients.push(made)
  return made
}

async function issue(id: string): Promise<string> {
  const { status, json } = await elkhorn.call('PUT', `/_elkhorn/devices/${id}`, { description: `test of ${id}` })
  expect(status).toBe(201)
  return (json as { secret: string }).secret
}

const device = async (id: string): Promise<Record<string, unknown>> => (await elkhorn.call('GET', `/_elkhorn/devices/${id}`)).json

test('a device appears by itself, with what it says about itself, and is online while it is connected', async () => {
  const secret = await issue('press-07')
  expect(await device('press-07')).toMatchObject({ id: 'press-07', online: false, has_credentials: true, sources: [] })
  const client = await connect('any-client-id', { username: 'press-07', password: secret })
  await client.publishAsync('up/press', '{"device":{"id":"press-07","type":"press","firmware":"1.4.2"}}', { qos: 1 })
  expect(await device('press-07')).toMatchObject({
    type: 'press',
    firmware: '1.4.2',
    address: '127.0.0.1',
    online: true,
    connections: 1,
    sources: ['mqtt', 'data'],
    description: 'test of press-07',
  })
  // One behind it that never connected itself.
  await client.publishAsync('up/press', '{"device":{"id":"probe-1","type":"probe"}}', { qos: 1 })
  expect(await device('probe-1')).toMatchObject({ type: 'probe', online: true, connections: 0, has_credentials: false })
  const { json } = await elkhorn.call('GET', '/_elkhorn/devices?type=press')
  expect(json).toMatchObject({ total: 1, online: 1, devices: [{ id: 'press-07' }] })
  // People with a client of theirs are no devices.
  await connect('looks-only', { username: 'elastic', password: PASSWORD })
  expect((await elkhorn.call('GET', '/_elkhorn/devices/looks-only')).status).toBe(404)
})

test('over _bulk, too', async () => {
  const document = { device: { id: 'meter-3', firmware: { version: '7' } }, '@timestamp': '2024-01-01T00:00:00Z' }
  await elkhorn.call('POST', '/meters/_bulk', `{"index":{}}\n${JSON.stringify(document)}\n`)
  expect(await device('meter-3')).toMatchObject({ firmware: '7', online: false, last_seen: '2024-01-01T00:00:00.000Z' })
})

test('rotated, disabled, revoked: who is connected is sent away, and nothing opens again', async () => {
  const first = await issue('drill-1')
  const using = async (password: string): Promise<MqttClient> =>
    connect('drill-1', {
      username: 'drill-1',
      password,
      protocolVersion: 5,
      clean: false,
      properties: { sessionExpiryInterval: 600 },
    })
  const steps = [
    { change: () => elkhorn.call('POST', '/_elkhorn/devices/drill-1/_rotate'), secret: true },
    { change: () => elkhorn.call('POST', '/_elkhorn/devices/drill-1/_disable'), secret: false },
    { change: () => elkhorn.call('DELETE', '/_elkhorn/devices/drill-1'), secret: false },
  ]
  let secret = first
  for (const { change, secret: isNew } of steps) {
    const client = await using(secret)
    const left = new Promise<number | undefined>((resolve) => client.once('disconnect', ({ reasonCode }) => resolve(reasonCode)))
    const { json } = await change()
    expect(await left).toBe(0x98)
    await expect(using(secret)).rejects.toThrow(/user ?name or password/i)
    if (isNew) ({ secret } = json)
    else await elkhorn.call('POST', '/_elkhorn/devices/drill-1/_enable')
  }
  expect((await elkhorn.call('GET', '/_elkhorn/devices/drill-1')).status).toBe(404)
  const actions = { terms: { field: 'event.action' } }
  const wanted = ['issued', 'rotated', 'disabled', 'enabled', 'revoked'].map((change) => `device-credentials-${change}`)
  let found: string[] = []
  while (found.length < wanted.length) {
    await elkhorn.call('POST', '/logs-mqtt.audit-default/_refresh')
    const { json } = await elkhorn.call('POST', '/logs-mqtt.audit-default/_search', {
      size: 0,
      query: {
        bool: {
          filter: [
            { term: { 'device.id': 'drill-1' } },
            { exists: { field: 'user.name' } },
            { prefix: { 'event.action': 'device-' } },
          ],
        },
      },
      aggs: { actions },
    })
    const { aggregations } = json as { aggregations?: { actions: { buckets: { key: string }[] } } }
    found = (aggregations?.actions.buckets ?? []).map(({ key }) => key)
  }
  expect(found.toSorted()).toEqual(wanted.toSorted())
})

test('the same credentials over HTTP', async () => {
  const secret = await issue('sensor-9')
  const post = async (password: string): Promise<number> => {
    const authorization = `Basic ${Buffer.from(`sensor-9:${password}`).toString('base64')}`
    const headers = { authorization, 'content-type': 'application/json' }
    const url = `http://127.0.0.1:${httpPort}/`
    return (await fetch(url, { method: 'POST', headers, body: '{"temperature":21.5}' })).status
  }
  expect(await post('wrong')).toBe(401)
  expect(await post(secret)).toBe(200)
  await elkhorn.call('POST', '/readings/_refresh')
  const { json } = await elkhorn.call('POST', '/readings/_search', { query: { match: { 'device.id': 'sensor-9' } } })
  expect(json).toMatchObject({ hits: { total: { value: 1 }, hits: [{ _source: { device: { id: 'sensor-9' } } }] } })
  expect(await device('sensor-9')).toMatchObject({ online: true, sources: ['data'], address: '127.0.0.1' })
  await elkhorn.call('DELETE', '/_elkhorn/devices/sensor-9')
  expect(await post(secret)).toBe(401)
})

test('who may see and who may change', async () => {
  await elkhorn.call('PUT', '/_security/role/looks', { cluster: ['read_security'] })
  await elkhorn.call('PUT', '/_security/user/auditor', { password: 'auditor-password', roles: ['looks'] })
  const auditor = `Basic ${Buffer.from('auditor:auditor-password').toString('base64')}`
  expect((await elkhorn.call('GET', '/_elkhorn/devices', undefined, auditor)).status).toBe(200)
  expect((await elkhorn.call('PUT', '/_elkhorn/devices/new', undefined, auditor)).status).toBe(403)
  expect((await elkhorn.call('DELETE', '/_elkhorn/devices/press-07', undefined, auditor)).status).toBe(403)
  const refused = await elkhorn.call('PUT', '/_elkhorn/devices/new', { descriptoin: 'x' })
  expect(refused).toMatchObject({ status: 400, json: { error: { reason: expect.stringContaining('[descriptoin]') } } })
})

test('what was seen is known after a restart', async () => {
  await elkhorn.stop()
  elkhorn = await startElkhorn(join(folder, 'data'), ['--no-sample', '--set', `pipelines.path=${folder}`])
  expect(await device('press-07')).toMatchObject({ type: 'press', firmware: '1.4.2', online: true, connections: 0 })
})
