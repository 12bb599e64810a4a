import { beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../../core/log.ts'
import { encodeDisconnect, PINGREQ_BYTES } from '../../../protocols/mqtt/encode.ts'
import { PUBACK, PUBREC, type ProtocolVersion } from '../../../protocols/mqtt/packet.ts'
import { Broker } from './broker.ts'
import { defaultLimits } from './limits.ts'
import { TestClient } from './test-client.ts'

// Normative statements of MQTT 3.1.1 and 5, by their numbers: what a server must do besides refusing.

let broker: Broker

beforeEach(() => {
  broker = new Broker({
    clock: { now: () => 1_000_000 },
    log: silentLog,
    limits: defaultLimits,
    newClientId: () => 'made-up',
    authenticate: ({ username = '' }) =>
      Promise.resolve({ allowed: true, principal: { name: username, kind: 'device', roles: [], realm: 'test' } }),
  })
})

type ConnectParts = Parameters<TestClient['connect']>[1]

/** Connected; what it was told about that is taken. */
async function client(clientId: string, version: ProtocolVersion, parts: ConnectParts = {}): Promise<TestClient> {
  const made = new TestClient(broker, version)
  await made.connect(clientId, parts)
  made.take()
  return made
}

const will = { topic: 'will', payload: Buffer.from('gone'), qos: 0, retain: false, properties: {} } as const

describe.each([4, 5] as const)('protocol level %i', (version) => {
  const kept: ConnectParts = { cleanStart: false, ...(version === 5 && { properties: { sessionExpiryInterval: 3600 } }) }

  test('[MQTT-3.1.2-6], v5 [MQTT-3.1.2-4]: a clean start forgets the session', async () => {
    const before = await client('one', version, kept)
    await before.subscribe('a', 1)
    await before.lose()
    const clean = new TestClient(broker, version)
    await clean.connect('one', { ...kept, cleanStart: true })
    await (await client('other', version)).publish('a', 'x')
    expect(clean.take()).toEqual(['CONNACK 0'])
  })

  test('[MQTT-3.3.1-11], v5 [MQTT-3.3.1-7]: an empty retained message removes the last, and is not kept itself', async () => {
    const one = await client('one', version)
    await one.publish('a', 'x', { retain: true })
    await one.publish('a', '', { retain: true })
    await one.subscribe('a')
    expect(one.take()).toEqual(['SUBACK 0'])
  })

  test('[MQTT-3.3.1-9], v5 [MQTT-3.3.1-12]: who is subscribed already gets it as any other message', async () => {
    const one = await client('one', version)
    await one.subscribe('a')
    await one.publish('a', 'x', { retain: true })
    expect(one.take()).toEqual(['SUBACK 0', 'PUBLISH a=x qos0'])
  })

  test('[MQTT-3.8.4-3]: the same filter again replaces the subscription, and retained messages come again', async () => {
    const one = await client('one', version)
    await one.publish('a', 'kept', { retain: true })
    await one.subscribe('a', 1)
    await one.subscribe('a', 0)
    await one.publish('a', 'x', { qos: 1, packetId: 7 })
    expect(one.take()).toEqual([
      'SUBACK 1',
      'PUBLISH a=kept qos0 retain',
      'SUBACK 0',
      'PUBLISH a=kept qos0 retain',
      'PUBLISH a=x qos0',
      'PUBACK #7',
    ])
  })

  test('[MQTT-3.3.5-1], v5 [MQTT-3.3.4-2]: filters that overlap, and the highest QoS of them', async () => {
    const one = await client('one', version)
    await one.subscribe('a/#', 0)
    await one.subscribe('a/+', 2)
    await one.subscribe('b', 1)
    one.take()
    await (await client('other', version)).publish('a/b', 'x', { qos: 2, packetId: 1 })
    const messages = one.take()
    expect(messages.every((line) => line.startsWith('PUBLISH a/b=x '))).toBe(true)
    expect(messages.some((line) => line.includes('qos2'))).toBe(true)
  })

  test('[MQTT-3.10.4-2]: nothing new comes once a filter is given up; filters are compared letter by letter', async () => {
    const one = await client('one', version)
    await one.subscribe('a/+')
    await one.unsubscribe('a/#')
    await one.publish('a/b', '1')
    await one.unsubscribe('a/+')
    await one.publish('a/b', '2')
    const codes = version === 5 ? [' 17', ' 0'] : ['', '']
    expect(one.take()).toEqual(['SUBACK 0', `UNSUBACK${codes[0]}`, 'PUBLISH a/b=1 qos0', `UNSUBACK${codes[1]}`])
  })

  test('[MQTT-3.10.4-3]: what was sent before a filter was given up is finished', async () => {
    const one = await client('one', version, kept)
    await one.subscribe('a', 2)
    await (await client('other', version)).publish('a', 'x', { qos: 2, packetId: 1 })
    await one.unsubscribe('a')
    await one.ack(PUBREC, 1)
    expect(one.take().filter((line) => !line.includes('SUBACK'))).toEqual(['PUBLISH a=x qos2 #1', 'PUBREL #1'])
  })

  test('[MQTT-3.12.4-1]: a PINGREQ is answered', async () => {
    const one = await client('one', version)
    await one.send(PINGREQ_BYTES)
    expect(one.take()).toEqual(['PINGRESP'])
  })

  test('[MQTT-3.14.4-3]: a good-bye takes the will with it', async () => {
    const watcher = await client('watcher', version)
    await watcher.subscribe('will')
    const one = await client('one', version, { will })
    await one.send(encodeDisconnect(version, 0))
    expect(watcher.take()).toEqual(['SUBACK 0'])
    expect(one.closed).toBe(true)
  })

  test('[MQTT-4.3.3-2], v5 [MQTT-4.3.3-10]: a QoS 2 message that comes twice is handed out once', async () => {
    const reader = await client('reader', version)
    await reader.subscribe('a')
    const one = await client('one', version)
    for (let again = 0; again < 2; again++) await one.publish('a', 'x', { qos: 2, packetId: 3 })
    expect(one.take()).toEqual(['PUBREC #3', 'PUBREC #3'])
    expect(reader.take()).toEqual(['SUBACK 0', 'PUBLISH a=x qos0'])
  })

  test('[MQTT-4.6.0-6]: messages of a topic come in the order in which they were published', async () => {
    const reader = await client('reader', version)
    await reader.subscribe('a', 1)
    const one = await client('one', version)
    for (let n = 1; n <= 30; n++) await one.publish('a', String(n), { qos: 1, packetId: n })
    for (let n = 1; n <= 30; n++) await reader.ack(PUBACK, n)
    const messages = Array.from({ length: 30 }, (_, n) => `PUBLISH a=${n + 1} qos1 #${n + 1}`)
    expect(reader.take()).toEqual(['SUBACK 1', ...messages])
    expect(one.take()).toEqual(Array.from({ length: 30 }, (_, n) => `PUBACK #${n + 1}`))
  })
})

describe('MQTT 5', () => {
  test('[MQTT-3.1.2-25]: a message larger than the client takes is left out, and those after it come', async () => {
    const one = await client('one', 5, { properties: { maximumPacketSize: 60 } })
    await one.subscribe('a', 1)
    const other = await client('other', 5)
    await other.publish('a', 'x'.repeat(100), { qos: 1, packetId: 1 })
    await other.publish('a', 'small', { qos: 1, packetId: 2 })
    expect(one.take()).toEqual(['SUBACK 1', expect.stringMatching(/^PUBLISH a=small qos1 #\d+$/)])
  })

  test('[MQTT-3.1.2-26], [MQTT-3.1.2-27]: topics by number, no more of them than the client takes, and none where it takes none', async () => {
    const one = await client('one', 5, { properties: { topicAliasMaximum: 2 } })
    await one.subscribe('line/#', 1)
    const plain = await client('plain', 5, { properties: { topicAliasMaximum: 0 } })
    await plain.subscribe('line/#', 1)
    const other = await client('other', 5)
    for (const topic of ['line/1', 'line/1', 'line/2', 'line/3', 'line/3', 'line/2']) await other.publish(topic, 'x')
    await other.publish('line/1', 'y', { qos: 1 })
    expect(one.take()).toEqual([
      'SUBACK 1',
      'PUBLISH line/1=x qos0 alias=1',
      'PUBLISH =x qos0 alias=1',
      'PUBLISH line/2=x qos0 alias=2',
      'PUBLISH line/3=x qos0',
      'PUBLISH line/3=x qos0',
      'PUBLISH =x qos0 alias=2',
      expect.stringMatching(/^PUBLISH =y qos1 #\d+ alias=1$/),
    ])
    expect(plain.take().filter((line) => line.includes('alias'))).toEqual([])
  })

  test('a number that the client did not hear of, since the packet was too large, is not used', async () => {
    const one = await client('one', 5, { properties: { topicAliasMaximum: 5, maximumPacketSize: 60 } })
    await one.subscribe('line/#')
    const other = await client('other', 5)
    await other.publish('line/1', 'x'.repeat(100))
    await other.publish('line/1', 'small')
    expect(one.take()).toEqual(['SUBACK 0', 'PUBLISH line/1=small qos0 alias=1'])
  })

  test('[MQTT-3.3.4-9]: no more on the way than the client takes at once; what is acknowledged makes room', async () => {
    const one = await client('one', 5, { properties: { receiveMaximum: 2 } })
    await one.subscribe('a', 1)
    const other = await client('other', 5)
    for (let n = 1; n <= 4; n++) await other.publish('a', String(n), { qos: 1, packetId: n })
    await other.publish('a', 'qos 0 is not counted')
    const first = one.take().filter((line) => line.includes('qos1'))
    expect(first).toEqual(['PUBLISH a=1 qos1 #1', 'PUBLISH a=2 qos1 #2'])
    await one.ack(PUBACK, 1)
    expect(one.take()).toEqual([expect.stringMatching(/^PUBLISH a=3 qos1 /)])
  })

  test('[MQTT-3.3.1-10], [MQTT-3.3.1-11]: retained messages only for a new subscription, or not at all', async () => {
    const one = await client('one', 5)
    await one.publish('a', 'kept', { retain: true })
    await one.subscribe('a', 0, { retainHandling: 2 })
    await one.subscribe('a', 0, { retainHandling: 1 })
    expect(one.take()).toEqual(['SUBACK 0', 'SUBACK 0'])
    await one.unsubscribe('a')
    await one.subscribe('a', 0, { retainHandling: 1 })
    expect(one.take()).toEqual(['UNSUBACK 0', 'SUBACK 0', 'PUBLISH a=kept qos0 retain'])
  })

  test('[MQTT-3.3.4-3], [MQTT-3.3.4-4]: a message that several filters match has the identifiers of all that have one', async () => {
    const one = await client('one', 5)
    await one.subscribe('a/#', 0, {}, { subscriptionIdentifier: [1] })
    await one.subscribe('a/+', 0, {}, { subscriptionIdentifier: [2] })
    await one.publish('a/b', 'x')
    const ids = one
      .take()
      .flatMap((line) => / ids=([\d,]+)/.exec(line)?.[1]?.split(',') ?? [])
      .toSorted()
    expect(ids).toEqual(['1', '2'])
  })

  test('[MQTT-3.1.2-8]: a good-bye with the will is one of those after which it is told', async () => {
    const watcher = await client('watcher', 5)
    await watcher.subscribe('will')
    const one = await client('one', 5, { will })
    await one.send(encodeDisconnect(5, 0x04))
    expect(watcher.take()).toEqual(['SUBACK 0', 'PUBLISH will=gone qos0'])
  })

  test('§3.14.2.2.2: a session that was to end with the connection cannot be kept by its good-bye', async () => {
    const one = await client('one', 5)
    await one.send(encodeDisconnect(5, 0, { sessionExpiryInterval: 60 }))
    expect(one.take()).toEqual(['DISCONNECT 0x82'])
  })

  test('[MQTT-4.8.2-5]: a message that waits for a member goes to nobody else', async () => {
    const members = [await client('one', 5), await client('two', 5)]
    for (const member of members) await member.subscribe('$share/group/a', 2)
    await (await client('other', 5)).publish('a', 'x', { qos: 2, packetId: 1 })
    const [first, second] = members
    await first?.lose()
    expect(first?.take()).toEqual(['SUBACK 2', 'PUBLISH a=x qos2 #1'])
    expect(second?.take()).toEqual(['SUBACK 2'])
  })
})
