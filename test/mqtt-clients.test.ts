import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

const run = promisify(execFile)

/** The pipeline of the case study on IoT data, shortened by what other tests see. */
const PIPELINE = `
input { mqtt { host => "mqtt-broker.example.com" port => 1883 topics => ["sensors/#"] codec => "json" } }
filter {
  grok { match => { "topic" => "sensors/%{DATA:device.type}/%{DATA:device.id}" } }
  date { match => [ "timestamp", "ISO8601", "UNIX", "UNIX_MS" ] target => "@timestamp" remove_field => [ "timestamp" ] }
}
output { elasticsearch { hosts => ["https://elasticsearch:9200"] index => "iot-data-%{+YYYY.MM.dd}" } }
`

let folder: string
let elkhorn: RunningElkhorn
const clients: MqttClient[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-mqtt-'))
  await writeFile(join(folder, 'sensors.conf'), PIPELINE)
  elkhorn = await startElkhorn(join(folder, 'data'), ['--no-sample', '--set', `pipelines.path=${folder}`])
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)))
  await elkhorn.stop()
  await rm(folder, { recursive: true, force: true })
})

const url = (): string => `mqtt://127.0.0.1:${elkhorn.ports['mqtt']}`

async function connect(clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url(), {
    clientId,
    username: 'elastic',
    password: PASSWORD,
    reconnectPeriod: 0,
    ...options,
  })
  clients.push(client)
  return client
}

async function documents(index: string): Promise<readonly Record<string, unknown>[]> {
  await elkhorn.call('POST', `/${index}/_refresh`)
  const { json } = await elkhorn.call('GET', `/${index}/_search?sort=n`)
  const { hits } = json as { hits: { hits: { _source: Record<string, unknown> }[] } }
  return hits.hits.map(({ _source }) => _source)
}

describe.each([4, 5] as const)('mqtt.js, protocol level %i', (protocolVersion) => {
  test('messages of every QoS become documents, once their publisher has the acknowledgement', async () => {
    const client = await connect(`sensor-${protocolVersion}`, { protocolVersion })
    const day = protocolVersion === 4 ? '2024.05.01' : '2024.05.02'
    for (const qos of [0, 1, 2] as const) {
      const payload = { n: qos, temperature: 22.5, timestamp: `${day.replaceAll('.', '-')}T10:00:00Z` }
      await client.publishAsync(`sensors/temp/dev${qos}`, JSON.stringify(payload), { qos })
    }
    expect(await documents(`iot-data-${day}`)).toEqual(
      [0, 1, 2].map((n) => ({
        n,
        temperature: 22.5,
        topic: `sensors/temp/dev${n}`,
        'device.type': 'temp',
        'device.id': `dev${n}`,
        '@timestamp': `${day.replaceAll('.', '-')}T10:00:00.000Z`,
        '@version': '1',
      })),
    )
  })

  test('messages from client to client, retained ones, and a will', async () => {
    const dying = await connect(`dying-${protocolVersion}`, {
      protocolVersion,
      will: { topic: 'home/state', payload: Buffer.from('gone'), qos: 1, retain: true },
    })
    await dying.publishAsync('home/light', 'on', { qos: 2, retain: true })
    const listener = await connect(`listener-${protocolVersion}`, { protocolVersion })
    const got: string[] = []
    const told = new Promise<void>((resolve) =>
      listener.on('message', (topic, payload, { qos, retain }) => {
        got.push(`${topic}=${payload.toString()} qos${qos}${retain ? ' retained' : ''}`)
        if (topic === 'home/state') resolve()
      }),
    )
    await listener.subscribeAsync('home/#', { qos: 2 })
    dying.stream.destroy()
    await told
    expect(got).toEqual(['home/light=on qos2 retained', 'home/state=gone qos1'])
    await listener.publishAsync('home/state', '', { retain: true, qos: 1 })
  })

  test('wrong credentials', async () => {
    const refused = connect('nobody', { protocolVersion, password: 'wrong' })
    await expect(refused).rejects.toThrow(/bad user ?name or password/i)
  })
})

test('a client that takes topics by number gets the right ones', async () => {
  const client = await connect('by-number', { protocolVersion: 5, properties: { topicAliasMaximum: 2 } })
  const sizes: number[] = []
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'publish') sizes.push(packet.length ?? 0)
  })
  const got: string[] = []
  client.on('message', (topic, payload) => got.push(`${topic}=${payload.toString()}`))
  await client.subscribeAsync('hall/#', { qos: 1 })
  const topics = ['hall/north/press/07', 'hall/north/press/08', 'hall/north/press/09']
  const sent = [1, 2, 3].flatMap((n) => topics.map((topic) => ({ topic, n })))
  for (const { topic, n } of sent) await client.publishAsync(topic, String(n), { qos: 1 })
  await expect.poll(() => got.length).toBe(sent.length)
  expect(got).toEqual(sent.map(({ topic, n }) => `${topic}=${n}`))
  // Two topics went once and then as numbers, the third one always as it is.
  const [whole, , plain = 0, short = 0] = sizes
  expect(whole).toBe(plain + 3)
  expect(sizes).toEqual([plain + 3, plain + 3, plain, short, short, plain, short, short, plain])
  expect(short).toBe(plain + 3 - 'hall/north/press/07'.length)
})

test.each([
  { protocolVersion: 4, path: '/mqtt' },
  { protocolVersion: 5, path: '/mqtt' },
] as const)('mqtt.js over WebSocket, protocol level $protocolVersion', async ({ protocolVersion, path }) => {
  const options = { username: 'elastic', password: PASSWORD, reconnectPeriod: 0, protocolVersion }
  const client = await mqtt.connectAsync(`ws://127.0.0.1:${elkhorn.ports['mqtt']}${path}`, { ...options, clientId: 'browser' })
  clients.push(client)
  const got = new Promise<string>((resolve) =>
    client.once('message', (topic, payload) => resolve(`${topic}=${payload.toString()}`)),
  )
  await client.subscribeAsync('web/#', { qos: 2 })
  // Larger than a frame that fits into one read of a socket.
  const large = 'x'.repeat(300_000)
  await client.publishAsync('web/large', large, { qos: 2 })
  expect(await got).toBe(`web/large=${large}`)
})

test('$SYS tells who runs', async () => {
  const client = await connect('sys')
  const got = new Promise<string>((resolve) => client.once('message', (_, payload) => resolve(payload.toString())))
  await client.subscribeAsync('$SYS/broker/version')
  expect(await got).toMatch(/^Elkhorn \d/)
})

describe('credentials of a device', () => {
  test('issued over REST, used, revoked', async () => {
    const issued = await elkhorn.call('POST', '/_elkhorn/devices/press-07')
    expect(issued.status).toBeLessThan(300)
    const { secret } = issued.json as { secret: string }
    const device = await connect('press-07', { username: 'press-07', password: secret })
    await device.publishAsync('sensors/press/press-07', '{"n":1,"timestamp":"2024-05-03T10:00:00Z"}', { qos: 1 })
    expect(await documents('iot-data-2024.05.03')).toHaveLength(1)
    await expect(connect('press-07', { username: 'press-07', password: 'other' })).rejects.toThrow(/user ?name or password/i)
  })
})

test('what clients do and are refused is told in the audit log', async () => {
  const wanted = { bool: { filter: [{ term: { 'event.action': 'mqtt-refused' } }, { term: { 'mqtt.client_id': 'nobody' } }] } }
  let found: readonly { _source: unknown }[] = []
  while (found.length === 0) {
    await elkhorn.call('POST', '/logs-mqtt.audit-default/_refresh')
    const { json } = await elkhorn.call('POST', '/logs-mqtt.audit-default/_search', { query: wanted, size: 1 })
    found = (json as { hits: { hits: { _source: unknown }[] } }).hits.hits
  }
  expect(found[0]?._source).toMatchObject({
    event: { category: ['authentication', 'session'], outcome: 'failure', reason: 'wrong user name or password' },
    mqtt: { client_id: 'nobody' },
    user: { name: 'elastic' },
    source: { ip: '127.0.0.1' },
  })
})

test.for(['mqttv311', 'mqttv5'])('mosquitto_pub and mosquitto_sub, %s', async (version, { skip }) => {
  const installed = await run('mosquitto_pub', ['--help']).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )
  if (!installed) {
    skip('mosquitto_pub is not installed (apt-get install mosquitto-clients)')
    return
  }
  const common = ['-V', version, '-p', String(elkhorn.ports['mqtt']), '-u', 'elastic', '-P', PASSWORD]
  await run('mosquitto_pub', [...common, '-t', `clients/${version}`, '-m', 'kept', '-r', '-q', '2'])
  const { stdout } = await run('mosquitto_sub', [...common, '-t', `clients/${version}`, '-C', '1', '-W', '20', '-v'])
  expect(stdout).toBe(`clients/${version} kept\n`)
})
