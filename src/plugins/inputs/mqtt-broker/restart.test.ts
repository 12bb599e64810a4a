import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../../core/log.ts'
import { encodeDisconnect } from '../../../protocols/mqtt/encode.ts'
import { PUBACK, PUBCOMP, PUBREC, PUBREL, type ProtocolVersion } from '../../../protocols/mqtt/packet.ts'
import { Broker } from './broker.ts'
import { SessionJournal } from './journal/session-journal.ts'
import { defaultLimits, type BrokerLimits } from './limits.ts'
import { TestClient } from './test-client.ts'

let folder: string
let now: number
let journal: SessionJournal
let broker: Broker
let brokers: Broker[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-mqtt-'))
  now = 1_000_000
  brokers = []
  await restart()
})
afterEach(async () => {
  for (const one of brokers) await one.stop()
  await rm(folder, { recursive: true })
})

/** Goes on with what is on disk, as after `kill -9`: the broker before says nothing any more. */
async function restart(limits: Partial<BrokerLimits> = {}): Promise<void> {
  journal = new SessionJournal({ folder, log: silentLog })
  broker = new Broker({
    clock: { now: () => now },
    log: silentLog,
    limits: { ...defaultLimits, ...limits },
    newClientId: () => 'made-up',
    authenticate: ({ username = '' }) =>
      Promise.resolve({ allowed: true, principal: { name: username, kind: 'device', roles: [], realm: 'test' } }),
    journal,
  })
  brokers.push(broker)
  await broker.restore()
}

async function stays(clientId: string, version: ProtocolVersion, username = 'dev'): Promise<TestClient> {
  const made = new TestClient(broker, version)
  const properties = version === 5 ? { properties: { sessionExpiryInterval: 3600 } } : {}
  await made.connect(clientId, { cleanStart: false, username, ...properties })
  return made
}

/** What came, once the journal has what was said before. */
async function told(client: TestClient): Promise<string[]> {
  await journal.flush()
  await client.send()
  return client.take()
}

describe.each([4, 5] as const)('after a crash, protocol level %i', (version) => {
  test('a session has its subscriptions, and what came for it', async () => {
    const before = await stays('reader', version)
    await before.subscribe('a/#', 2)
    expect(await told(before)).toEqual(['CONNACK 0', 'SUBACK 2'])
    await before.lose()
    const other = await stays('writer', version)
    await other.publish('a/1', 'one', { qos: 1, packetId: 1 })
    await other.publish('a/2', 'two', { qos: 2, packetId: 2 })
    await other.publish('a/3', 'three', { qos: 0 })
    expect(await told(other)).toEqual(['CONNACK 0', 'PUBACK #1', 'PUBREC #2'])

    await restart()
    const after = await stays('reader', version)
    expect(await told(after)).toEqual(['CONNACK 0 present', 'PUBLISH a/1=one qos1 #1', 'PUBLISH a/2=two qos2 #2'])
    await after.ack(PUBACK, 1)
    await after.ack(PUBREC, 2)
    expect(await told(after)).toEqual(['PUBREL #2'])

    await restart()
    const third = await stays('reader', version)
    expect(await told(third)).toEqual(['CONNACK 0 present', 'PUBREL #2'])
    await third.ack(PUBCOMP, 2)
    await journal.flush()

    await restart()
    expect(await told(await stays('reader', version))).toEqual(['CONNACK 0 present'])
  })

  test('what may have been sent comes again as a duplicate, with the id it had', async () => {
    const before = await stays('reader', version)
    await before.subscribe('a', 1)
    const other = await stays('writer', version)
    for (const id of [1, 2, 3]) await other.publish('a', `m${id}`, { qos: 1, packetId: id })
    await journal.flush()
    await before.ack(PUBACK, 2)
    await journal.flush()
    await restart()
    expect(await told(await stays('reader', version))).toEqual([
      'CONNACK 0 present',
      'PUBLISH a=m1 qos1 #1 dup',
      'PUBLISH a=m3 qos1 #3 dup',
    ])
  })

  test('a message of QoS 2 that was received is not handed out again', async () => {
    const reader = await stays('reader', version)
    await reader.subscribe('a', 2)
    const writer = await stays('writer', version)
    await writer.publish('a', 'once', { qos: 2, packetId: 7 })
    expect((await told(writer)).at(-1)).toBe('PUBREC #7')
    await restart()
    const again = await stays('writer', version)
    await again.publish('a', 'once', { qos: 2, packetId: 7 })
    expect(await told(again)).toEqual(['CONNACK 0 present', 'PUBREC #7'])
    await again.ack(PUBREL, 7)
    expect(await told(again)).toEqual(['PUBCOMP #7'])
    // The id is free: another message may use it.
    await restart()
    const third = await stays('writer', version)
    await third.publish('a', 'another', { qos: 2, packetId: 7 })
    await told(third)
    expect(await told(await stays('reader', version))).toEqual([
      'CONNACK 0 present',
      'PUBLISH a=once qos2 #1 dup',
      'PUBLISH a=another qos2 #2',
    ])
  })

  test('retained messages, and those that were cleared', async () => {
    const writer = await stays('writer', version)
    await writer.publish('kept', 'x', { qos: 1, retain: true, packetId: 1 })
    await writer.publish('kept/0', 'y', { retain: true })
    await writer.publish('gone', 'z', { qos: 1, retain: true, packetId: 2 })
    await writer.publish('gone', '', { qos: 1, retain: true, packetId: 3 })
    await journal.flush()
    await restart()
    const reader = await stays('reader', version)
    await reader.subscribe('#', 1)
    expect(await told(reader)).toEqual(['CONNACK 0', 'SUBACK 1', 'PUBLISH kept=x qos1 #1 retain', 'PUBLISH kept/0=y qos0 retain'])
  })

  test('another user gets nothing of it', async () => {
    const before = await stays('reader', version)
    await before.subscribe('a', 1)
    await told(before)
    await restart()
    expect(await told(await stays('reader', version, 'somebody else'))).toEqual(['CONNACK 0'])
  })
})

test('a session that ended is over', async () => {
  const before = await stays('reader', 5)
  await before.subscribe('a', 1)
  await before.send(encodeDisconnect(5, 0, { sessionExpiryInterval: 0 }))
  await journal.flush()
  await restart()
  expect(await told(await stays('reader', 5))).toEqual(['CONNACK 0'])
})

test('a session ends when its time is over, whoever ran when', async () => {
  const before = await stays('reader', 5)
  await before.lose()
  await journal.flush()
  now += 3_600_000
  await restart()
  broker.sweep()
  expect(await told(await stays('reader', 5))).toEqual(['CONNACK 0'])
})

test('the will of a client that does not come back is told; that of one that does is not', async () => {
  for (const clientId of ['dies', 'returns']) {
    const made = new TestClient(broker, 4)
    const will = { topic: `will/${clientId}`, payload: Buffer.from('gone'), qos: 1 as const, retain: true, properties: {} }
    await made.connect(clientId, { cleanStart: false, will })
  }
  await journal.flush()
  await restart()
  await stays('returns', 4)
  now += 31_000
  broker.sweep()
  const reader = await stays('reader', 4)
  await reader.subscribe('will/#', 1)
  expect(await told(reader)).toEqual(['CONNACK 0', 'SUBACK 1', 'PUBLISH will/dies=gone qos1 #1 retain'])
})

test('a queue that is full after a crash stays full', async () => {
  const before = await stays('reader', 4)
  await before.subscribe('a', 1)
  await before.lose()
  await journal.flush()
  await restart({ maxQueuedMessages: 3 })
  const writer = await stays('writer', 4)
  for (let id = 1; id <= 5; id++) await writer.publish('a', `m${id}`, { qos: 1, packetId: id })
  await told(writer)
  await restart({ maxQueuedMessages: 3 })
  expect(broker.stats.queuedBytes).toBeGreaterThan(0)
  expect(await told(await stays('reader', 4))).toEqual([
    'CONNACK 0 present',
    'PUBLISH a=m1 qos1 #1',
    'PUBLISH a=m2 qos1 #2',
    'PUBLISH a=m3 qos1 #3',
  ])
  expect(broker.stats.queuedBytes).toBe(0)
})
