import { beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../../core/log.ts'
import { encodeConnect, PINGREQ_BYTES } from '../../../protocols/mqtt/encode.ts'
import type { ProtocolVersion } from '../../../protocols/mqtt/packet.ts'
import { Broker } from './broker.ts'
import { defaultLimits } from './limits.ts'
import { TestClient } from './test-client.ts'

/*
 * Everything that must end a connection, as bytes: MQTT 3.1.1 [MQTT-4.8.0-1], MQTT 5.0 [MQTT-4.13.1-1]. `reason` is what a
 * client of MQTT 5 is told in DISCONNECT before that.
 */

interface Case {
  readonly name: string
  /** In which versions it is wrong; in all when absent. */
  readonly in?: readonly ProtocolVersion[]
  /** Hexadecimal, spaces are for people. `P` stands for the empty properties of MQTT 5. */
  readonly bytes: string
  readonly reason: number
}

const VERSIONS = [3, 4, 5] as const
const MALFORMED = 0x81
const PROTOCOL_ERROR = 0x82

const connected: readonly Case[] = [
  // §2
  { name: 'a packet of type 0 [§2.1.2]', bytes: '00 00', reason: PROTOCOL_ERROR },
  { name: 'a length of five bytes [§2.1.4]', bytes: 'c0 ff ff ff ff 01', reason: MALFORMED },
  { name: 'AUTH before version 5', in: [3, 4], bytes: 'f0 00', reason: 0 },
  { name: 'AUTH without a method [MQTT-4.12.0-6]', in: [5], bytes: 'f0 00', reason: PROTOCOL_ERROR },
  { name: 'flags of SUBSCRIBE [MQTT-3.8.1-1]', bytes: '80 06 0001 P 0001 61 00', reason: MALFORMED },
  { name: 'flags of UNSUBSCRIBE [MQTT-3.10.1-1]', bytes: 'a0 05 0001 P 0001 61', reason: MALFORMED },
  { name: 'flags of PUBREL [MQTT-3.6.1-1]', bytes: '60 02 0001', reason: MALFORMED },
  { name: 'flags of PUBACK [MQTT-2.1.3-1]', bytes: '41 02 0001', reason: MALFORMED },
  { name: 'flags of PINGREQ [MQTT-2.1.3-1]', bytes: 'c1 00', reason: MALFORMED },
  { name: 'flags of DISCONNECT [MQTT-3.14.1-1]', bytes: 'e1 00', reason: MALFORMED },
  { name: 'CONNACK from a client', bytes: '20 02 00 00', reason: PROTOCOL_ERROR },
  { name: 'SUBACK from a client', bytes: '90 03 0001 00', reason: PROTOCOL_ERROR },
  { name: 'UNSUBACK from a client', bytes: 'b0 02 0001', reason: PROTOCOL_ERROR },
  { name: 'PINGRESP from a client', bytes: 'd0 00', reason: PROTOCOL_ERROR },
  { name: 'a second CONNECT [MQTT-3.1.0-2]', bytes: '10 0f 0004 4d515454 04 02 0000 0003 616263', reason: PROTOCOL_ERROR },
  // PUBLISH
  { name: 'QoS 3 [MQTT-3.3.1-4]', bytes: '36 06 0001 61 0001 P', reason: MALFORMED },
  { name: 'DUP at QoS 0 [MQTT-3.3.1-2]', bytes: '38 03 0001 61 P', reason: MALFORMED },
  { name: 'packet id 0 of PUBLISH [MQTT-2.2.1-3]', bytes: '32 05 0001 61 0000 P', reason: PROTOCOL_ERROR },
  { name: 'an empty topic [MQTT-4.7.3-1]', bytes: '30 02 0000 P', reason: PROTOCOL_ERROR },
  { name: 'a wildcard # in a topic [MQTT-3.3.2-2]', bytes: '30 05 0003 612f23 P', reason: 0x90 },
  { name: 'a wildcard + in a topic [MQTT-3.3.2-2]', bytes: '30 05 0003 612f2b P', reason: 0x90 },
  { name: 'U+0000 in a topic [MQTT-1.5.4-2]', bytes: '30 05 0003 610062 P', reason: MALFORMED },
  { name: 'a surrogate in a topic [MQTT-1.5.4-1]', bytes: '30 05 0003 eda080 P', reason: MALFORMED },
  { name: 'an overlong character in a topic [MQTT-1.5.4-1]', bytes: '30 04 0002 c080 P', reason: MALFORMED },
  { name: 'half a character in a topic [MQTT-1.5.4-1]', bytes: '30 04 0002 61c3 P', reason: MALFORMED },
  { name: 'a topic that ends behind the packet', bytes: '30 03 00ff 61', reason: MALFORMED },
  { name: 'a PUBLISH without a packet id', bytes: '32 03 0001 61', reason: MALFORMED },
  // SUBSCRIBE and UNSUBSCRIBE
  { name: 'packet id 0 of SUBSCRIBE [MQTT-2.2.1-3]', bytes: '82 06 0000 P 0001 61 00', reason: PROTOCOL_ERROR },
  { name: 'SUBSCRIBE to nothing [MQTT-3.8.3-2]', bytes: '82 02 0001 P', reason: PROTOCOL_ERROR },
  { name: 'QoS 3 of SUBSCRIBE [MQTT-3.8.3-4]', bytes: '82 06 0001 P 0001 61 03', reason: PROTOCOL_ERROR },
  { name: 'reserved bits of SUBSCRIBE [MQTT-3.8.3-5]', bytes: '82 06 0001 P 0001 61 c0', reason: MALFORMED },
  { name: 'options of version 5 before it [MQTT-3.8.3-4]', in: [3, 4], bytes: '82 06 0001 P 0001 61 04', reason: 0 },
  { name: 'retain handling 3 [§3.8.3.1]', in: [5], bytes: '82 06 0001 P 0001 61 30', reason: PROTOCOL_ERROR },
  { name: 'an empty filter [MQTT-4.7.3-1]', bytes: '82 05 0001 P 0000 00', reason: 0x8f },
  { name: '# before the end of a filter [MQTT-4.7.1-2]', bytes: '82 08 0001 P 0003 232f61 00', reason: 0x8f },
  { name: '# within a level [MQTT-4.7.1-2]', bytes: '82 07 0001 P 0002 6123 00', reason: 0x8f },
  { name: '+ within a level [MQTT-4.7.1-3]', bytes: '82 07 0001 P 0002 612b 00', reason: 0x8f },
  { name: 'U+0000 in a filter [MQTT-1.5.4-2]', bytes: '82 07 0001 P 0002 6100 00', reason: MALFORMED },
  { name: 'a filter without options', bytes: '82 05 0001 P 0001 61', reason: MALFORMED },
  { name: 'packet id 0 of UNSUBSCRIBE [MQTT-2.2.1-3]', bytes: 'a2 05 0000 P 0001 61', reason: PROTOCOL_ERROR },
  { name: 'UNSUBSCRIBE from nothing [MQTT-3.10.3-2]', bytes: 'a2 02 0001 P', reason: PROTOCOL_ERROR },
  { name: 'a share without a name [MQTT-4.8.2-1]', in: [5], bytes: '82 0e 0001 00 0008 2473686172652f2f 00', reason: 0x8f },
  {
    name: 'No Local of a shared subscription [MQTT-3.8.3-4]',
    in: [5],
    bytes: '82 10 0001 00 000a 2473686172652f672f61 04',
    reason: PROTOCOL_ERROR,
  },
  // acknowledgements
  { name: 'packet id 0 of PUBACK [MQTT-2.2.1-3]', bytes: '40 02 0000', reason: PROTOCOL_ERROR },
  { name: 'packet id 0 of PUBREL [MQTT-2.2.1-3]', bytes: '62 02 0000', reason: PROTOCOL_ERROR },
  { name: 'PINGREQ with content', bytes: 'c0 01 00', reason: MALFORMED },
  // properties of version 5
  { name: 'a property that there is not', in: [5], bytes: '30 05 0001 61 01 7f', reason: MALFORMED },
  { name: 'a property twice [MQTT-2.2.2-2]', in: [5], bytes: '30 08 0001 61 04 0101 0101', reason: PROTOCOL_ERROR },
  { name: 'a property of another packet', in: [5], bytes: '30 09 0001 61 05 1100000001', reason: PROTOCOL_ERROR },
  { name: 'properties behind the packet', in: [5], bytes: '30 04 0001 61 05', reason: MALFORMED },
  { name: 'a length of properties that is too long', in: [5], bytes: '30 05 0001 61 8000', reason: MALFORMED },
  { name: 'payload format 2', in: [5], bytes: '30 06 0001 61 02 0102', reason: PROTOCOL_ERROR },
  { name: 'a payload that is no UTF-8 and says so', in: [5], bytes: '30 07 0001 61 02 0101 ff', reason: 0x99 },
  { name: 'topic alias 0 [MQTT-3.3.2-8]', in: [5], bytes: '30 07 0001 61 03 230000', reason: 0x94 },
  { name: 'a topic alias over the maximum [MQTT-3.3.2-9]', in: [5], bytes: '30 07 0001 61 03 23000b', reason: 0x94 },
  { name: 'a topic alias that was never set', in: [5], bytes: '30 06 0000 03 230001', reason: PROTOCOL_ERROR },
  { name: 'a response topic with wildcards [MQTT-3.3.2-14]', in: [5], bytes: '30 08 0001 61 04 080001 23', reason: 0x90 },
  {
    name: 'a subscription identifier from a client [MQTT-3.3.4-6]',
    in: [5],
    bytes: '30 06 0001 61 02 0b01',
    reason: PROTOCOL_ERROR,
  },
  { name: 'subscription identifier 0', in: [5], bytes: '82 08 0001 02 0b00 0001 61 00', reason: PROTOCOL_ERROR },
  { name: 'a session expiry that DISCONNECT raises from 0', in: [5], bytes: 'e0 07 00 05 1100000001', reason: PROTOCOL_ERROR },
  { name: 'a packet that is too large [§3.2.2.3.6]', bytes: '30 ff ff ff 7f', reason: 0x95 },
]

/** What cannot be the first packet, or is a CONNECT that must be refused. */
const first: readonly { readonly name: string; readonly bytes: string; readonly answer?: readonly string[] }[] = [
  { name: 'PUBLISH [MQTT-3.1.0-1]', bytes: '30 03 0001 61' },
  { name: 'PINGREQ [MQTT-3.1.0-1]', bytes: 'c0 00' },
  { name: 'another protocol name [MQTT-3.1.2-1]', bytes: '10 0f 0004 4d515455 04 02 0000 0003 616263' },
  { name: 'level 6', bytes: '10 0f 0004 4d515454 06 02 0000 0003 616263', answer: ['CONNACK 1'] },
  { name: 'the reserved flag [MQTT-3.1.2-3]', bytes: '10 0f 0004 4d515454 04 03 0000 0003 616263' },
  { name: 'flags of the first byte [MQTT-2.2.2-2]', bytes: '11 0f 0004 4d515454 04 02 0000 0003 616263' },
  { name: 'QoS of a will without a will [MQTT-3.1.2-13]', bytes: '10 0f 0004 4d515454 04 0a 0000 0003 616263' },
  { name: 'retain of a will without a will [MQTT-3.1.2-15]', bytes: '10 0f 0004 4d515454 04 22 0000 0003 616263' },
  { name: 'QoS 3 of a will [MQTT-3.1.2-14]', bytes: '10 14 0004 4d515454 04 1e 0000 0003 616263 0001 61 0000' },
  { name: 'a wildcard in the topic of a will', bytes: '10 14 0004 4d515454 04 06 0000 0003 616263 0001 23 0000' },
  { name: 'a password without a user [MQTT-3.1.2-22]', bytes: '10 12 0004 4d515454 04 42 0000 0003 616263 0001 61' },
  { name: 'U+0000 in the client id [MQTT-1.5.3-2]', bytes: '10 0f 0004 4d515454 04 02 0000 0003 610063' },
  { name: 'a client id that is no UTF-8 [MQTT-1.5.3-1]', bytes: '10 0f 0004 4d515454 04 02 0000 0003 61ff63' },
  { name: 'bytes behind its end', bytes: '10 10 0004 4d515454 04 02 0000 0003 616263 00' },
  { name: 'an end within it', bytes: '10 0d 0004 4d515454 04 02 0000 0003 61' },
  {
    name: 'an empty client id with clean session 0 [MQTT-3.1.3-8]',
    bytes: '10 0c 0004 4d515454 04 00 0000 0000',
    answer: ['CONNACK 2'],
  },
  { name: 'receive maximum 0 [§3.1.2.11.3]', bytes: '10 13 0004 4d515454 05 02 0000 03 210000 0003 616263' },
  { name: 'maximum packet size 0 [§3.1.2.11.4]', bytes: '10 15 0004 4d515454 05 02 0000 05 2700000000 0003 616263' },
  { name: 'an authentication method [§4.12]', bytes: '10 14 0004 4d515454 05 02 0000 04 150001 61 0003 616263' },
]

let broker: Broker
beforeEach(() => {
  broker = new Broker({
    clock: { now: () => 0 },
    log: silentLog,
    limits: defaultLimits,
    newClientId: () => 'made-up',
    authenticate: () => Promise.resolve({ allowed: true, principal: { name: 'x', kind: 'device', roles: [], realm: 'test' } }),
  })
})

/** With the properties that the version has; the length counts without them. */
function bytesOf(text: string, version: ProtocolVersion): Buffer {
  const bytes = Buffer.from(text.replaceAll('P', version === 5 ? '00' : '').replaceAll(' ', ''), 'hex')
  if (version === 5 && text.includes('P')) bytes[1] = (bytes[1] ?? 0) + 1
  return bytes
}

const rows = connected.flatMap((one) => (one.in ?? VERSIONS).map((version) => ({ ...one, version })))

test.each(rows)('level $version: $name', async ({ bytes, version, reason }) => {
  const client = new TestClient(broker, version)
  await client.connect('one')
  expect(client.take()).toEqual(['CONNACK 0'])
  // What stands behind it is not looked at.
  await client.send(Buffer.concat([bytesOf(bytes, version), PINGREQ_BYTES]))
  expect({ closed: client.closed, told: client.take() }).toEqual({
    closed: true,
    told: version === 5 ? [`DISCONNECT 0x${reason.toString(16)}`] : [],
  })
  expect(broker.stats).toMatchObject({ connections: 0, messagesSent: 0 })
})

describe('as the first packet', () => {
  test.each(first)('$name', async ({ bytes, answer }) => {
    const client = new TestClient(broker, 4)
    await client.send(bytesOf(bytes, 4))
    expect(client.closed).toBe(true)
    // A CONNACK says no, or nothing is said [MQTT-3.1.4-1].
    const told = client.take()
    expect(told).toEqual(answer ?? told.filter((line) => /^CONNACK [1-9]/.test(line)))
    expect(broker.stats.connections).toBe(0)
  })
})

test('more messages than may wait for their acknowledgement [§3.3.4]', async () => {
  broker.subscribeLocally({ filters: ['#'], receive: () => true, ready: () => Promise.resolve() })
  const client = new TestClient(broker, 5)
  await client.connect('one')
  for (let packetId = 1; packetId <= 101; packetId++) await client.publish('a', 'x', { qos: 1, packetId })
  expect(client.take()).toEqual(['CONNACK 0', 'DISCONNECT 0x93'])
})

test.each([4, 5] as const)('level %i: an id that is taken over ends the older connection [MQTT-3.1.4-2]', async (version) => {
  const [one, two] = [new TestClient(broker, version), new TestClient(broker, version)]
  for (const client of [one, two]) await client.connect('same')
  expect([one.closed, two.closed]).toEqual([true, false])
})

test('random bytes end a connection or are waited for, and never more', async () => {
  let seed = 42
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  for (let round = 0; round < 300; round++) {
    const version = VERSIONS[random(3)] ?? 4
    const client = new TestClient(broker, version)
    if (random(4) > 0) await client.connect(`c${round}`)
    const valid = encodeConnect({ version, clientId: 'x', cleanStart: true, keepAliveSeconds: 0 })
    const bytes = random(2) === 0 ? Buffer.from(valid) : Buffer.alloc(1 + random(40))
    for (let at = 0; at < bytes.length; at++) if (random(3) === 0) bytes[at] = random(256)
    await client.send(bytes)
    if (!client.closed) await client.lose()
  }
  expect(broker.stats).toMatchObject({ connections: 0, queuedBytes: 0 })
})
