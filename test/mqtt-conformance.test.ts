import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silentLog } from '../src/core/log.ts'
import { Broker } from '../src/plugins/inputs/mqtt-broker/broker.ts'
import { defaultLimits } from '../src/plugins/inputs/mqtt-broker/limits.ts'
import { sharedPath } from './shared.ts'

/*
 * Packet sequences of Eclipse Mosquitto's own tests, played against our broker without a socket in between: what a client
 * sends as bytes, what it must get as bytes, and whether the connection must end.
 */

type Step =
  | { readonly type: 'send' | 'recv'; readonly payload: string }
  | {
      readonly type: 'publish' | 'external_publish'
      readonly topic: string
      readonly payload: string
      readonly qos: 0 | 1 | 2
      readonly retain?: boolean
    }
  | { readonly type: 'subscribe'; readonly topic: string; readonly qos: number }
  | { readonly type: 'unsubscribe'; readonly topic: string }

interface Defaults {
  readonly ver?: 3 | 4 | 5
  /** Whether a CONNECT goes before; on by default. */
  readonly connect?: boolean
  /** Whether the connection must end; on by default. */
  readonly expect_disconnect?: boolean
}

interface Sequence extends Defaults {
  readonly name: string
  readonly msgs: readonly Step[]
}

interface Group extends Defaults {
  readonly group: string
  readonly disable?: boolean
  readonly tests: readonly Sequence[]
}

/** Sequences where we answer otherwise, and why that is as good. */
const choices: Readonly<Record<string, string>> = {
  'subpub self publish qos2': 'a message of QoS 2 is handed out, and stored, before its PUBREC; Mosquitto waits for PUBREL',
  'subpub retain as normal qos2': 'the same',
  '34 QoS 2 Dup flow*3': 'a client may repeat a message until it has the PUBREC; Mosquitto ends it at the third time',
  'PUBLISH with $ topic - connection/state': 'nobody may publish below $SYS; Mosquitto lets its bridges',
}

const folder = sharedPath('conformance/mqtt/packets')

test.skipIf(folder === undefined)('packet sequences of Mosquitto', async () => {
  const groups = readdirSync(folder ?? '')
    .filter((name) => !name.includes('ZZ'))
    .toSorted()
    .flatMap((name) => JSON.parse(readFileSync(join(folder ?? '', name), 'utf8')) as readonly Group[])
    .filter(({ disable }) => disable !== true)
  let passed = 0
  const failed: string[] = []
  const chosen = new Set<string>()
  for (const group of groups) {
    for (const sequence of group.tests) {
      const problem = await play({ ...group, ...sequence })
      if (problem === undefined) passed += 1
      else if (choices[sequence.name] !== undefined) chosen.add(sequence.name)
      else failed.push(`${group.group} | ${sequence.name} | ${problem}`)
    }
  }
  expect(failed).toEqual([])
  expect([...chosen].toSorted()).toEqual(Object.keys(choices).toSorted())
  expect(passed).toBeGreaterThanOrEqual(1817)
})

/** Answers what went wrong. */
async function play({
  ver = 4,
  connect = true,
  expect_disconnect: ends = true,
  msgs,
}: Defaults & Sequence): Promise<string | undefined> {
  const broker = new Broker({
    clock: { now: () => 0 },
    log: silentLog,
    limits: { ...defaultLimits, receiveMaximum: 20 },
    newClientId: () => 'made-up',
    authenticate: () => Promise.resolve({ allowed: true, principal: { name: 'test', kind: 'device', roles: [], realm: 'test' } }),
  })
  const client = new RawClient(broker)
  if (connect) {
    await client.send(connectPacket(ver))
    const answer = client.takePacket()
    if (answer[0] !== 0x20 || answer[3] !== 0) return `no CONNACK: ${answer.toString('hex')}`
  }
  for (const step of msgs) {
    switch (step.type) {
      case 'send':
        await client.send(bytesOf(step.payload))
        break
      case 'recv': {
        const want = bytesOf(step.payload)
        const type = client.peek()
        // The reason and the properties of a refusal may differ.
        if (type !== undefined && (type === 0xe0 || type === 0x20) && want[0] === type && (ends || want[0] === 0x20)) {
          client.takePacket()
          break
        }
        if (ends && type === undefined && client.closed) return undefined
        const got = client.take(want.length)
        if (!got.equals(want)) return `got ${got.toString('hex')}, want ${want.toString('hex')}`
        break
      }
      case 'publish':
      case 'external_publish': {
        const helper = new RawClient(broker)
        await helper.send(connectPacket(4, 'helper'))
        const { topic, qos, retain = false, payload } = step
        await helper.send(
          packet(0x30 | (qos << 1) | (retain ? 1 : 0), sized(topic), Buffer.from(qos > 0 ? [0, 1] : []), Buffer.from(payload)),
        )
        if (qos === 2) await helper.send(Buffer.from([0x62, 2, 0, 1]))
        await helper.send(Buffer.from([0xe0, 0]))
        break
      }
      default: {
        const filter = [Buffer.from(ver === 5 ? [0, 1, 0] : [0, 1]), sized(step.topic)]
        await client.send(step.type === 'subscribe' ? packet(0x82, ...filter, Buffer.from([step.qos])) : packet(0xa2, ...filter))
        client.takePacket()
      }
    }
  }
  if (ends) return client.closed ? undefined : 'still connected'
  await client.send(Buffer.from([0xc0, 0]))
  return client.closed ? 'closed' : client.rest().includes(Buffer.from([0xd0, 0])) ? undefined : 'no answer to a ping'
}

class RawClient {
  closed = false
  #got = Buffer.alloc(0)
  readonly #connection: ReturnType<Broker['connect']>

  constructor(broker: Broker) {
    const end = (): void => void (this.closed = true)
    this.#connection = broker.connect({
      remoteAddress: '127.0.0.1',
      certificate: undefined,
      certificateError: undefined,
      writableLength: 0,
      write: (bytes) => void (this.#got = Buffer.concat([this.#got, bytes])),
      pause: () => undefined,
      resume: () => undefined,
      end,
      destroy: end,
    })
  }

  async send(bytes: Buffer): Promise<void> {
    this.#connection.receive(bytes)
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
  }

  peek(): number | undefined {
    return this.#got[0]
  }

  take(length: number): Buffer {
    const taken = this.#got.subarray(0, length)
    this.#got = this.#got.subarray(length)
    return taken
  }

  /** All packets of these tests are shorter than 128 bytes. */
  takePacket(): Buffer {
    return this.take(2 + (this.#got[1] ?? 0))
  }

  rest(): Buffer {
    return this.#got
  }
}

function packet(first: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([first, content.length]), content])
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

function connectPacket(version: 3 | 4 | 5, clientId = 'seq'): Buffer {
  const head = Buffer.from([version, 2, 0, 60, ...(version === 5 ? [0] : [])])
  return packet(0x10, sized(version === 3 ? 'MQIsdp' : 'MQTT'), head, sized(clientId))
}

/** The notation of the sequences: hex, `s5` a u16, `L5` a u32, `i5` a byte, `r5` a variable byte integer, `'text'`. */
function bytesOf(written: string): Buffer {
  const parts = [...written.matchAll(/'([^']*)'|(\S+)/g)].map(([, text, word = '']) => {
    if (text !== undefined) return Buffer.from(text)
    const value = Number(word.slice(1))
    switch (word[0]) {
      case 'i':
        return Buffer.from([value])
      case 'H':
      case 'k':
      case 'm':
      case 's':
        return Buffer.from([value >> 8, value & 0xff])
      case 'L':
        return Buffer.from([value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff])
      case 'v':
      case 'r':
        return variable(value)
      default:
        return Buffer.from(word, 'hex')
    }
  })
  return Buffer.concat(parts)
}

function variable(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    const more = rest > 127
    bytes.push((rest & 0x7f) | (more ? 0x80 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Buffer.from(bytes)
}
