import { once } from 'node:events'
import { createConnection } from 'node:net'
import { encodeConnect, encodePublish } from '../../src/protocols/mqtt/encode.ts'
import type { Random } from '../../src/sample/random.ts'
import { encodeLumberjackBatch, LumberjackClient } from '../support/lumberjack-client.ts'
import type { Deliveries } from './deliveries.ts'

/** Where the inputs of a started Elkhorn listen, and the credentials for them. */
export interface IngestDoors {
  readonly mqtt: number
  readonly beats: number
  readonly http: number
  readonly user: string
  readonly password: string
}

/** Sends events over one connection until it breaks or is told to end; what the protocol sends again, it does. */
export interface Sender {
  /** Resolves when `signal` aborted and nothing waits for its acknowledgement; rejects when the connection ends before. */
  run(doors: IngestDoors, signal: AbortSignal): Promise<void>
}

/** What an event holds: its number and a text of some length. */
const event = (n: number): object => ({ n, text: `event ${n} of many`, value: n % 97 })

const between = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low + 1))

/** A window that was not acknowledged is sent again first. */
export function beatsSender(deliveries: Deliveries, random: Random): Sender {
  let pending: number[] = []
  return {
    async run({ beats }, signal) {
      const client = await LumberjackClient.connect(beats)
      try {
        while (!signal.aborted || pending.length > 0) {
          if (pending.length === 0) pending = deliveries.make('beats', between(random, 1, 200))
          deliveries.sending(pending)
          await client.send(encodeLumberjackBatch(pending.map(event)), pending.length)
          deliveries.acknowledge(pending)
          pending = []
        }
      } finally {
        client.close()
      }
    },
  }
}

/** A request whose answer is lost is not sent again. */
export function httpSender(deliveries: Deliveries, random: Random): Sender {
  return {
    async run({ http }, signal) {
      while (!signal.aborted) {
        const numbers = deliveries.make('http', between(random, 1, 20))
        deliveries.sending(numbers)
        const answer = await fetch(`http://127.0.0.1:${http}/`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(numbers.map(event)),
        })
        await answer.text()
        if (answer.ok) deliveries.acknowledge(numbers)
      }
    },
  }
}

const MQTT_WINDOW = 8
const PUBACK = 0x40

/** QoS 1 within a session: what was not acknowledged is sent again with the same packet id after the next CONNECT. */
export function mqttSender(deliveries: Deliveries, clientId: string): Sender {
  const pending = new Map<number, number>()
  let nextId = 1
  const packet = (n: number, packetId: number, duplicate: boolean): Buffer =>
    encodePublish(4, {
      topic: Buffer.from(`crash/${clientId}`),
      payload: Buffer.from(JSON.stringify(event(n))),
      qos: 1,
      retain: false,
      duplicate,
      packetId,
      properties: Buffer.alloc(0),
    })
  return {
    async run({ mqtt, user, password }, signal) {
      const socket = createConnection({ host: '127.0.0.1', port: mqtt, noDelay: true })
      const closed = once(socket, 'close').then(() => {
        throw new Error('the connection was closed')
      })
      closed.catch(() => undefined)
      socket.on('error', () => undefined) // `close` follows
      try {
        const secret = Buffer.from(password)
        socket.write(
          encodeConnect({ version: 4, clientId, cleanStart: false, keepAliveSeconds: 0, username: user, password: secret }),
        )
        const [answer] = (await Promise.race([once(socket, 'data'), closed])) as [Buffer]
        if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`the broker refused: ${answer.toString('hex')}`)
        const again = [...pending]
        deliveries.sending(again.map(([, n]) => n))
        for (const [packetId, n] of again) socket.write(packet(n, packetId, true))
        await Promise.race([closed, publishUntil(signal)])
      } finally {
        socket.destroy()
      }

      function publishUntil(end: AbortSignal): Promise<void> {
        return new Promise((resolve) => {
          let rest: Buffer = Buffer.alloc(0)
          const fill = (): void => {
            while (!end.aborted && pending.size < MQTT_WINDOW) {
              const [n = 0] = deliveries.make('mqtt', 1)
              while (pending.has(nextId)) nextId = (nextId % 65_535) + 1
              pending.set(nextId, n)
              deliveries.sending([n])
              socket.write(packet(n, nextId, false))
              nextId = (nextId % 65_535) + 1
            }
            if (pending.size === 0) resolve()
          }
          socket.on('data', (bytes: Buffer) => {
            rest = Buffer.concat([rest, bytes])
            for (; rest.length >= 4; rest = rest.subarray(4)) {
              const packetId = rest.readUInt16BE(2)
              const n = rest[0] === PUBACK ? pending.get(packetId) : undefined
              if (n === undefined) continue
              deliveries.acknowledge([n])
              pending.delete(packetId)
            }
            fill()
          })
          end.addEventListener('abort', fill)
          fill()
        })
      }
    },
  }
}
