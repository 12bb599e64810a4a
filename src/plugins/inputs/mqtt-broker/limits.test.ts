import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { silentLog } from '../../../core/log.ts'
import { PINGREQ_BYTES } from '../../../protocols/mqtt/encode.ts'
import { Broker } from './broker.ts'
import type { BrokerEvent } from './broker-event.ts'
import { defaultLimits, type BrokerLimits } from './limits.ts'
import { TestClient } from './test-client.ts'
import { TopicAcl } from './topic-acl.ts'

let now = 1_000_000
let events: BrokerEvent[] = []
let broker: Broker

/** In the place of `acl`, when a test changes the rights. */
let newAcl: TopicAcl | undefined

const acl = new TopicAcl(
  ['user dashboard', 'topic read #', 'topic deny secret/#', 'pattern readwrite devices/%u/#'].map((text) => ({
    text,
    place: 'here',
  })),
)

function start(limits: Partial<BrokerLimits> = {}): void {
  broker = new Broker({
    clock: { now: () => now },
    log: silentLog,
    limits: { ...defaultLimits, ...limits },
    newClientId: () => 'made-up',
    authenticate: ({ username = '' }) =>
      Promise.resolve({ allowed: true, principal: { name: username, kind: 'device', roles: [], realm: 'test' } }),
    rightsOf: ({ user }, clientId) => (user === 'dev' ? undefined : (newAcl ?? acl).rightsOf(user, clientId)),
    sys: { version: '1.2.3', intervalMs: 10_000 },
    onEvent: (event) => events.push(event),
  })
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
  now = 1_000_000
  newAcl = undefined
  events = []
  start()
})
afterEach(async () => {
  await broker.stop()
  vi.useRealTimers()
})

async function client(clientId: string, username = 'dev', version: 4 | 5 = 5, properties = {}): Promise<TestClient> {
  const made = new TestClient(broker, version)
  await made.connect(clientId, { username, properties, cleanStart: version === 5 })
  return made
}

describe('rights to topics', () => {
  test('a subscription that takes too much brings what is allowed', async () => {
    const dashboard = await client('d1', 'dashboard')
    const writer = await client('writer')
    await writer.publish('secret/retained', 'x', { retain: true })
    await writer.publish('open/retained', 'x', { retain: true })
    await dashboard.subscribe('#', 1)
    await writer.publish('secret/now', 'x', { qos: 1 })
    await writer.publish('open/now', 'x', { qos: 1 })
    expect(dashboard.take()).toEqual([
      'CONNACK 0',
      'SUBACK 1',
      'PUBLISH open/retained=x qos0 retain',
      'PUBLISH open/now=x qos1 #1',
    ])
  })

  test('of a shared subscription, too', async () => {
    const dashboard = await client('d1', 'dashboard')
    const other = await client('other')
    for (const one of [dashboard, other]) await one.subscribe('$share/g/#')
    for (const text of ['1', '2', '3']) await other.publish('secret/now', text)
    expect(dashboard.take()).toEqual(['CONNACK 0', 'SUBACK 0'])
    expect(other.take()).toHaveLength(5)
  })

  test('what is refused is told: publishing, subscribing, a will', async () => {
    const press = new TestClient(broker, 5)
    const will = { topic: 'will/press', payload: Buffer.from('x'), qos: 0 as const, retain: false, properties: {} }
    await press.connect('press', { username: 'press', will })
    await press.subscribe('other/#')
    await press.publish('devices/press/up', 'x', { qos: 1, packetId: 2 })
    await press.publish('devices/drill/up', 'x', { qos: 1, packetId: 3 })
    expect(press.take()).toEqual(['CONNACK 0', 'SUBACK 135', 'PUBACK #2 0x10', 'PUBACK #3 0x87'])
    const watcher = await client('watcher')
    await watcher.subscribe('will/#')
    await press.lose()
    expect(watcher.take()).toEqual(['CONNACK 0', 'SUBACK 0'])
    const refused = events.filter(({ kind }) => kind === 'topic refused')
    expect(refused.map(({ reason, topic }) => `${reason} ${topic}`)).toEqual([
      'may not publish will/press',
      'may not subscribe other/#',
      'may not publish devices/drill/up',
    ])
  })

  test('rights that change hold for who is connected', async () => {
    const dashboard = await client('d1', 'dashboard')
    const press = await client('press', 'press')
    await dashboard.subscribe('#')
    await press.publish('devices/press/up', '1', { qos: 1, packetId: 1 })
    newAcl = new TopicAcl([
      { text: 'user dashboard', place: '1' },
      { text: 'topic read open/#', place: '2' },
      { text: 'user press', place: '3' },
      { text: 'topic write open/#', place: '4' },
    ])
    broker.refreshRights()
    await press.publish('devices/press/up', '2', { qos: 1, packetId: 2 })
    await press.publish('open/press', '3', { qos: 1, packetId: 3 })
    newAcl = undefined
    broker.refreshRights()
    await press.publish('devices/press/up', '4', { qos: 1, packetId: 4 })
    expect(press.take()).toEqual(['CONNACK 0', 'PUBACK #1', 'PUBACK #2 0x87', 'PUBACK #3', 'PUBACK #4'])
    expect(dashboard.take()).toEqual([
      'CONNACK 0',
      'SUBACK 0',
      'PUBLISH devices/press/up=1 qos0',
      'PUBLISH open/press=3 qos0',
      'PUBLISH devices/press/up=4 qos0',
    ])
  })

  test('a client that tries them all does not fill the log', async () => {
    const press = await client('press', 'press')
    for (let i = 0; i < 1000; i++) await press.publish(`not/${i}`, 'x')
    expect(events.filter(({ kind }) => kind === 'topic refused')).toHaveLength(20)
  })
})

test('$SYS tells how things are, by retained messages', async () => {
  broker.start()
  const one = await client('one')
  await one.subscribe('$SYS/broker/clients/#')
  expect(one.take()).toContain('PUBLISH $SYS/broker/clients/connected=0 qos0 retain')
  now += 10_000
  broker.sweep()
  await one.send()
  expect(one.take()).toEqual([
    'PUBLISH $SYS/broker/clients/connected=1 qos0',
    'PUBLISH $SYS/broker/clients/total=1 qos0',
    'PUBLISH $SYS/broker/clients/maximum=1 qos0',
  ])
  const two = await client('two')
  await two.subscribe('#')
  await two.subscribe('$SYS/broker/version')
  await two.subscribe('$SYS/broker/load/connections/1min')
  expect(two.take()).toEqual([
    'CONNACK 0',
    'SUBACK 0',
    'SUBACK 0',
    'PUBLISH $SYS/broker/version=Elkhorn 1.2.3 qos0 retain',
    'SUBACK 0',
    'PUBLISH $SYS/broker/load/connections/1min=0.92 qos0 retain',
  ])
})

describe('bounds', () => {
  test('clients at one address', async () => {
    start({ maxConnectionsPerAddress: 2 })
    const first = await client('1')
    await client('2')
    expect((await client('3')).take()).toEqual(['CONNACK 151'])
    await first.lose()
    expect((await client('4')).take()).toEqual(['CONNACK 0'])
  })

  test('how quickly they come', async () => {
    start({ connectsPerSecond: 2 })
    const answers: string[] = []
    for (let i = 0; i < 3; i++) answers.push(...(await client(`c${i}`)).take())
    now += 600
    answers.push(...(await client('later')).take())
    expect(answers).toEqual(['CONNACK 0', 'CONNACK 0', 'CONNACK 159', 'CONNACK 0'])
  })

  test('how many messages one sends: the others are read later', async () => {
    start({ messagesPerSecond: 10 })
    const one = await client('one')
    for (let i = 0; i < 20; i++) await one.publish('a', 'x')
    expect(one.paused).toBeGreaterThan(0)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(one.paused).toBe(0)
    await one.send(PINGREQ_BYTES)
    expect(one.take()).toEqual(['CONNACK 0', 'PINGRESP'])
  })

  test('a flood of client ids pushes out its own sessions, not those of others', async () => {
    start({ maxSessions: 100 })
    const other = await client('other', 'dev', 4)
    await other.subscribe('a', 1)
    await other.lose()
    for (let i = 0; i < 500; i++) await (await client(`flood-${i}`, 'dashboard', 4)).lose()
    expect(broker.stats).toMatchObject({ sessions: 100, connections: 0 })
    expect((await client('other', 'dev', 4)).take()).toEqual(['CONNACK 0 present'])
  })

  test('large packets that never end', async () => {
    start({ maxPartialBytes: 1_000_000 })
    const head = Buffer.from([0x30, 0xff, 0xff, 0x3e])
    const clients: TestClient[] = []
    for (let i = 0; i < 10; i++) {
      const one = await client(`c${i}`)
      clients.push(one)
      await one.send(head, Buffer.alloc(199_000))
    }
    expect(clients.filter(({ closed }) => closed)).toHaveLength(5)
    expect(broker.traffic.partialBytes).toBeLessThanOrEqual(1_000_000)
    for (const one of clients) if (!one.closed) await one.lose()
    expect(broker.traffic.partialBytes).toBe(0)
  })

  test('100,000 topics, and as many retained', async () => {
    start({ maxRetainedMessages: 1000 })
    const one = await client('one')
    await one.subscribe('+/#', 0)
    for (let i = 0; i < 100_000; i += 1000) {
      await Promise.all(Array.from({ length: 1000 }, (_, at) => one.publish(`t/${i + at}`, 'x', { retain: true })))
      one.take()
    }
    expect(broker.stats).toMatchObject({ messagesReceived: 100_000, messagesSent: 100_000, retained: 1000 })
    await one.publish('t/last', 'x', { retain: true, qos: 1 })
    expect(one.take()).toEqual(['PUBLISH t/last=x qos0', 'PUBACK #1 0x97'])
  })

  test('retained messages whose time is over give their room back', async () => {
    // What the broker tells of itself is there from the second time on.
    for (let i = 0; i < 2; i++) {
      broker.sweep()
      now += 10_000
    }
    const { retained } = broker.stats
    const one = await client('one')
    const expiry = Buffer.from([0x02, 0, 0, 0, 10])
    for (let i = 0; i < 1500; i++) {
      await one.publish(`t/${i}`, 'x', { retain: true, properties: i % 3 === 0 ? Buffer.alloc(0) : expiry })
    }
    expect(broker.stats.retained).toBe(retained + 1500)
    now += 11_000
    for (let i = 0; i < 2; i++) broker.sweep()
    expect(broker.stats.retained).toBe(retained + 500)
  })

  test('subscriptions of a client, and of all', async () => {
    start({ maxSubscriptionsPerClient: 2, maxSubscriptions: 3 })
    const one = await client('one')
    for (const filter of ['a', 'b', 'c', 'a']) await one.subscribe(filter)
    expect(one.take()).toEqual(['CONNACK 0', 'SUBACK 0', 'SUBACK 0', 'SUBACK 151', 'SUBACK 0'])
    const two = await client('two')
    for (const filter of ['a', 'b']) await two.subscribe(filter)
    expect(two.take()).toEqual(['CONNACK 0', 'SUBACK 0', 'SUBACK 151'])
  })
})
