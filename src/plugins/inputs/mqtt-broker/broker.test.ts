import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { silentLog } from '../../../core/log.ts'
import { encodeDisconnect, PINGREQ_BYTES } from '../../../protocols/mqtt/encode.ts'
import { PUBACK, PUBCOMP, PUBREC, PUBREL, type ProtocolVersion } from '../../../protocols/mqtt/packet.ts'
import { printProperties } from '../../../protocols/mqtt/properties.ts'
import type { LocalMessage } from '../../broker.ts'
import type { BrokerEvent } from './broker-event.ts'
import { Broker } from './broker.ts'
import { defaultLimits, type BrokerLimits } from './limits.ts'
import { TestClient } from './test-client.ts'

let now = 0
let events: BrokerEvent[]
let broker: Broker

function start(limits: Partial<BrokerLimits> = {}): Broker {
  return new Broker({
    clock: { now: () => now },
    log: silentLog,
    limits: { ...defaultLimits, ...limits },
    newClientId: () => 'made-up',
    authenticate: ({ username }) =>
      Promise.resolve(
        username === undefined
          ? { allowed: false, reason: 'no user name' }
          : { allowed: true, principal: { name: username, kind: 'device', roles: [], realm: 'test' } },
      ),
    rightsOf: () => ({
      mayPublish: (topic) => !topic.startsWith('secret'),
      mayReceive: () => true,
      share: (filter) => (filter.startsWith('secret') ? 'none' : 'all'),
    }),
    onEvent: (event) => events.push(event),
  })
}

async function client(
  clientId: string,
  version: ProtocolVersion = 4,
  parts: Parameters<TestClient['connect']>[1] = {},
): Promise<TestClient> {
  const made = new TestClient(broker, version)
  await made.connect(clientId, parts)
  return made
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  now = 1_000_000
  events = []
  broker = start()
  broker.start()
})
afterEach(() => vi.useRealTimers())

/** Time passes; deadlines are looked at once a second. */
function pass(seconds: number): void {
  now += seconds * 1000
  vi.advanceTimersByTime(1000)
}

describe.each([3, 4, 5] as const)('protocol level %i', (version) => {
  test('a message goes to who subscribed, at the lower QoS', async () => {
    const one = await client('one', version)
    const two = await client('two', version)
    await one.subscribe('a/+', 1)
    await one.publish('a/b', 'x', { qos: 0 })
    await two.publish('a/b', 'y', { qos: 1 })
    await two.publish('b', 'z', { qos: 1 })
    expect(one.take()).toEqual(['CONNACK 0', 'SUBACK 1', 'PUBLISH a/b=x qos0', 'PUBLISH a/b=y qos1 #1'])
    expect(two.take()).toEqual(['CONNACK 0', 'PUBACK #1', version === 5 ? 'PUBACK #1 0x10' : 'PUBACK #1'])
  })

  test('QoS 2 in both directions, once', async () => {
    const one = await client('one', version)
    await one.subscribe('a', 2)
    await one.publish('a', 'x', { qos: 2, packetId: 7 })
    await one.publish('a', 'x', { qos: 2, packetId: 7 })
    expect(one.take()).toEqual(['CONNACK 0', 'SUBACK 2', 'PUBLISH a=x qos2 #1', 'PUBREC #7', 'PUBREC #7'])
    await one.ack(PUBREL, 7)
    await one.ack(PUBREC, 1)
    await one.ack(PUBCOMP, 1)
    expect(one.take()).toEqual(['PUBCOMP #7', 'PUBREL #1'])
  })

  test('a client without a name is refused', async () => {
    const nobody = await client('x', version, { username: undefined })
    expect(nobody.take()).toEqual([version === 5 ? 'CONNACK 134' : 'CONNACK 4'])
    expect(nobody.closed).toBe(true)
    expect(events.map(({ kind, reason }) => `${kind}: ${reason}`)).toEqual(['refused: no user name'])
  })

  test('the same id again: the older connection goes', async () => {
    const first = await client('same', version)
    const second = await client('same', version)
    expect(first.take()).toEqual(version === 5 ? ['CONNACK 0', 'DISCONNECT 0x8e'] : ['CONNACK 0'])
    expect(first.closed).toBe(true)
    await second.send(PINGREQ_BYTES)
    expect(second.take()).toEqual(['CONNACK 0', 'PINGRESP'])
    expect(events.map(({ kind }) => kind)).toEqual(['connected', 'taken over', 'disconnected', 'connected'])
  })

  test('retained messages come with the subscription, the last of each topic', async () => {
    const one = await client('one', version)
    await one.publish('a/b', 'old', { retain: true })
    await one.publish('a/b', 'new', { retain: true })
    await one.publish('a/c', 'gone', { retain: true })
    await one.publish('a/c', '', { retain: true })
    const two = await client('two', version)
    await two.subscribe('#', 1)
    expect(two.take()).toEqual(['CONNACK 0', 'SUBACK 1', 'PUBLISH a/b=new qos0 retain'])
  })

  test('a will is told when a client goes without a word, not when it says good-bye', async () => {
    const watcher = await client('watcher', version)
    await watcher.subscribe('will/#', 0)
    watcher.take()
    const will = (topic: string) =>
      ({ will: { topic, payload: Buffer.from('gone'), qos: 0, retain: false, properties: {} } }) as const
    await (await client('a', version, will('will/a'))).lose()
    await (await client('b', version, will('will/b'))).send(encodeDisconnect(version, 0))
    expect(watcher.take()).toEqual(['PUBLISH will/a=gone qos0'])
  })

  test('silence beyond 1.5 times the keep alive ends the connection', async () => {
    const one = await client('one', version, { keepAliveSeconds: 10 })
    pass(14)
    expect(one.closed).toBe(false)
    pass(2)
    expect(one.closed).toBe(true)
    expect(one.take().at(-1)).toBe(version === 5 ? 'DISCONNECT 0x8d' : 'CONNACK 0')
  })

  test('a topic that is not for the client', async () => {
    const one = await client('one', version)
    await one.subscribe('secret/#')
    await one.publish('secret/x', 'y', { qos: 1 })
    expect(one.take()).toEqual(
      version === 5 ? ['CONNACK 0', 'SUBACK 135', 'PUBACK #1 0x87'] : ['CONNACK 0', 'SUBACK 128', 'PUBACK #1'],
    )
    expect(events.filter(({ kind }) => kind === 'topic refused').map(({ topic }) => topic)).toEqual(['secret/#', 'secret/x'])
  })
})

test('a session that is kept: what came meanwhile, and what was not acknowledged', async () => {
  const kept = { cleanStart: false }
  const first = await client('one', 4, kept)
  await first.subscribe('a', 1)
  const other = await client('other')
  await other.publish('a', '1', { qos: 1 })
  await first.lose()
  await other.publish('a', '2', { qos: 1 })
  await other.publish('a', 'qos 0 is not kept', { qos: 0 })
  const second = await client('one', 4, kept)
  expect(second.take()).toEqual(['CONNACK 0 present', 'PUBLISH a=1 qos1 #1 dup', 'PUBLISH a=2 qos1 #2'])
  await second.ack(PUBACK, 1)
  await second.ack(PUBACK, 2)
  await second.lose()
  expect((await client('one', 4, kept)).take()).toEqual(['CONNACK 0 present'])
})

test('a session is for the user who made it', async () => {
  const first = await client('one', 4, { cleanStart: false, username: 'anna' })
  await first.lose()
  const second = await client('one', 4, { cleanStart: false, username: 'otto' })
  expect(second.take()).toEqual(['CONNACK 0'])
})

test('a session of MQTT 5 ends after its time, and its will is told then at the latest', async () => {
  const watcher = await client('watcher')
  await watcher.subscribe('will')
  const will = {
    topic: 'will',
    payload: Buffer.from('gone'),
    qos: 0,
    retain: false,
    properties: { willDelayInterval: 100 },
  } as const
  const one = await client('one', 5, { cleanStart: false, properties: { sessionExpiryInterval: 30 }, will })
  await one.lose()
  pass(20)
  const again = await client('one', 5, { cleanStart: false, properties: { sessionExpiryInterval: 30 }, will })
  expect(again.take()).toEqual(['CONNACK 0 present'])
  await again.lose()
  watcher.take()
  pass(31)
  await new Promise((resolve) => setImmediate(resolve))
  expect(watcher.take()).toEqual(['PUBLISH will=gone qos0'])
  expect((await client('one', 5, { cleanStart: false })).take()).toEqual(['CONNACK 0'])
})

test('options of MQTT 5: no local, retain as published, identifiers, expiry', async () => {
  const one = await client('one', 5)
  await one.subscribe('a/#', 0, { noLocal: true })
  await one.publish('a/b', 'own')
  const two = await client('two', 5)
  await two.subscribe('a/#', 0, { retainAsPublished: true }, { subscriptionIdentifier: [3] })
  await one.publish('a/b', 'x', { retain: true, properties: printProperties({ messageExpiryInterval: 60 }) })
  expect(one.take()).toEqual(['CONNACK 0', 'SUBACK 0'])
  expect(two.take()).toEqual(['CONNACK 0', 'SUBACK 0', 'PUBLISH a/b=x qos0 retain ids=3 expiry=60'])
  now += 50_000
  const three = await client('three', 5)
  await three.subscribe('a/b')
  expect(three.take().at(-1)).toBe('PUBLISH a/b=x qos0 retain expiry=10')
  now += 11_000
  const four = await client('four', 5)
  await four.subscribe('a/b')
  expect(four.take()).toEqual(['CONNACK 0', 'SUBACK 0'])
})

test('a shared subscription: each message to one member, in turn', async () => {
  const members = [await client('one'), await client('two', 5)]
  for (const member of members) await member.subscribe('$share/group/a', 0)
  const other = await client('other')
  for (let i = 0; i < 4; i++) await other.publish('a', String(i))
  expect(members.map((member) => member.take().slice(2))).toEqual([
    ['PUBLISH a=0 qos0', 'PUBLISH a=2 qos0'],
    ['PUBLISH a=1 qos0', 'PUBLISH a=3 qos0'],
  ])
})

test('a client that does not read: QoS 0 is dropped, QoS 1 waits up to a limit', async () => {
  broker = start({ maxOutboxBytes: 1000, maxQueuedMessages: 5 })
  const slow = await client('slow')
  await slow.subscribe('a', 1)
  slow.stuck = true
  const other = await client('other')
  for (let i = 0; i < 100; i++) await other.publish('a', 'x'.repeat(100), { qos: 0 })
  for (let i = 0; i < 10; i++) await other.publish('a', 'y'.repeat(100), { qos: 1 })
  expect(other.take().filter((line) => line.startsWith('PUBACK'))).toHaveLength(10)
  expect(broker.stats).toMatchObject({ messagesReceived: 110, messagesSent: 15, messagesDropped: 95 })
})

describe('subscribers within the program', () => {
  const message = (topic: string, { payload, ...rest }: LocalMessage) => ({
    ...rest,
    text: Buffer.from(payload).toString(),
    topic,
  })

  test('PUBACK follows when the message is kept, in the order of the messages', async () => {
    const settle: ((error: Error | undefined) => void)[] = []
    const seen: unknown[] = []
    broker.subscribeLocally({
      filters: ['a/#'],
      receive: (one, settled) => {
        seen.push(message(one.topic, one))
        if (settled !== undefined) settle.push(settled)
        return true
      },
      ready: () => Promise.resolve(),
    })
    const one = await client('one')
    await one.publish('a/1', 'x', { qos: 1, packetId: 1 })
    await one.publish('a/2', 'y', { qos: 1, packetId: 2 })
    expect(one.take()).toEqual(['CONNACK 0'])
    settle[1]?.(undefined)
    await one.send(PINGREQ_BYTES)
    expect(one.take()).toEqual(['PINGRESP'])
    settle[0]?.(undefined)
    await one.send(PINGREQ_BYTES)
    expect(one.take()).toEqual(['PUBACK #1', 'PUBACK #2', 'PINGRESP'])
    expect(seen[0]).toEqual({
      topic: 'a/1',
      text: 'x',
      qos: 1,
      retain: false,
      clientId: 'one',
      username: 'dev',
      remoteAddress: '192.0.2.1',
    })
  })

  test.each([
    { version: 4 as const, want: [], closed: true },
    { version: 5 as const, want: ['PUBACK #1 0x80'], closed: false },
  ])('a message that could not be kept, level $version', async ({ version, want, closed }) => {
    broker.subscribeLocally({
      filters: ['#'],
      receive: (_, settled) => {
        settled?.(new Error('disk full'))
        return true
      },
      ready: () => Promise.resolve(),
    })
    const one = await client('one', version)
    one.take()
    await one.publish('a', 'x', { qos: 1 })
    expect(one.take()).toEqual(want)
    expect(one.closed).toBe(closed)
  })

  test('a full one stops the reading of who publishes to it', async () => {
    let ready: () => void = () => undefined
    const subscription = broker.subscribeLocally({
      filters: ['a'],
      receive: () => false,
      ready: () => new Promise((resolve) => (ready = resolve)),
    })
    const one = await client('one')
    const two = await client('two')
    await one.publish('a', 'x')
    await one.publish('a', 'y')
    expect([one.paused, two.paused]).toEqual([1, 0])
    ready()
    await one.send()
    expect(one.paused).toBe(0)
    await two.publish('a', 'x')
    subscription.close()
    expect(two.paused).toBe(0)
  })

  test('a filter that is none', () => {
    const subscribe = (): unknown =>
      broker.subscribeLocally({ filters: ['a/#/b'], receive: () => true, ready: () => Promise.resolve() })
    expect(subscribe).toThrow('[a/#/b] is no topic filter: + and # stand for whole levels, # only for the last')
  })

  test('messages of the program itself', async () => {
    const one = await client('one')
    await one.subscribe('state', 1)
    await broker.publishLocally({ topic: 'state', payload: Buffer.from('on'), qos: 1, retain: true })
    await one.send()
    expect(one.take().at(-1)).toBe('PUBLISH state=on qos1 #1')
    await expect(broker.publishLocally({ topic: 'a/#', payload: Buffer.alloc(0) })).rejects.toThrow('is no topic')
  })
})
