import { fork, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { encodeSubscribe } from '../src/protocols/mqtt/encode.ts'
import { count, readArguments } from './harness/arguments.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'
import { connectAll, publishAcknowledged, publishPacket } from './workload/mqtt-load.ts'

const help = `The MQTT broker alone, in messages per CPU second of its process: 3.1.1, payloads of 124 bytes.

  --messages N   messages of each load but the fan-out (default: 1000000)
  --idle N       connections that only stay (default: 10000)
`

const options = readArguments(help, ['messages', 'idle'])
const messages = count(options['messages'], 1_000_000, 'messages')
const idle = count(options['idle'], 10_000, 'idle')
const PAYLOAD = Buffer.from(JSON.stringify({ temperature: 22.5, timestamp: '2024-05-01T10:00:00.000Z', text: '' }).padEnd(124))
const CHUNK = 64 * 1024

interface State {
  readonly cpuSeconds: number
  readonly count: number
  readonly sent: number
  readonly residentBytes: number
  readonly connections: number
}

/** The broker's process. */
class BrokerProcess {
  readonly #child: ChildProcess = fork(new URL('./workload/mqtt-broker.js', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  port = 0
  tlsPort = 0

  async start(): Promise<void> {
    const { port, tlsPort } = await this.#message<{ port: number; tlsPort: number }>()
    this.port = port
    this.tlsPort = tlsPort
  }

  state(): Promise<State> {
    const answer = this.#message<State>()
    this.#child.send('state')
    return answer
  }

  stop(): void {
    this.#child.disconnect()
  }

  #message<T>(): Promise<T> {
    return new Promise((resolve) => this.#child.once('message', (message) => resolve(message as T)))
  }
}

/** As many copies of a packet as a full pipe takes at once. */
function chunkOf(packet: Buffer): { readonly bytes: Buffer; readonly packets: number } {
  const packets = Math.floor(CHUNK / packet.length)
  return { bytes: Buffer.concat(Array.from({ length: packets }, () => packet)), packets }
}

/** Writes at least so many packets, as fast as the other end takes them. Answers how many. */
async function pour(socket: Socket, packet: Buffer, wanted: number): Promise<number> {
  const { bytes, packets } = chunkOf(packet)
  let written = 0
  for (; written < wanted; written += packets) {
    if (!socket.write(bytes)) await new Promise((resolve) => socket.once('drain', resolve))
  }
  return written
}

async function until(reached: (state: State) => boolean): Promise<State> {
  for (;;) {
    const state = await broker.state()
    if (reached(state)) return state
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Messages per CPU second of the broker while the work goes on. */
async function rate(work: () => Promise<number>): Promise<number> {
  const before = await broker.state()
  const done = await work()
  const after = await broker.state()
  return done / (after.cpuSeconds - before.cpuSeconds)
}

async function fanIn(): Promise<number> {
  const sockets = await connectAll(broker, 10)
  const result = await rate(async () => {
    const { count: before } = await broker.state()
    const written = await Promise.all(
      sockets.map((socket, index) => pour(socket, publishPacket(`in/machine/${index}`, PAYLOAD, 0, 0), messages / 10)),
    )
    const total = written.reduce((sum, one) => sum + one, 0)
    await until(({ count: now }) => now - before >= total)
    return total
  })
  for (const socket of sockets) socket.destroy()
  return result
}

/** QoS 1: each client keeps so many on their way. */
async function acknowledged(clientCount: number, window: number): Promise<number> {
  const sockets = await connectAll(broker, clientCount)
  const each = Math.ceil(messages / clientCount)
  const result = await rate(async () => {
    await Promise.all(
      sockets.map((socket, index) => {
        const packets = Array.from({ length: window }, (_, id) => publishPacket(`in/machine/${index}`, PAYLOAD, 1, id + 1))
        return publishAcknowledged(socket, { messages: each, window, packet: (n) => packets[n % window] ?? PAYLOAD })
      }),
    )
    return each * clientCount
  })
  for (const socket of sockets) socket.destroy()
  return result
}

async function fanOut(): Promise<number> {
  const subscribers = await connectAll(broker, 1000)
  for (const socket of subscribers) {
    socket.write(
      encodeSubscribe(4, 1, [{ filter: 'out/#', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }]),
    )
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resume()
  }
  const [publisher] = await connectAll(broker, 1)
  const result = await rate(async () => {
    const { sent: before } = await broker.state()
    const bursts = 100
    const packet = publishPacket('out/all', PAYLOAD, 0, 0)
    const burst = Buffer.concat(Array.from({ length: 20 }, () => packet))
    for (let i = 1; i <= bursts; i++) {
      publisher?.write(burst)
      await until(({ sent }) => sent - before >= i * 20_000)
    }
    return bursts * 20_000
  })
  for (const socket of [...subscribers, ...(publisher === undefined ? [] : [publisher])]) socket.destroy()
  return result
}

/** What clients that do nothing cost a broker of their own: all of its process with them, and what each adds. */
async function idleMemory(tls: boolean): Promise<{ readonly residentBytes: number; readonly bytesPerClient: number }> {
  const broker = new BrokerProcess()
  await broker.start()
  const { residentBytes: before } = await broker.state()
  const sockets = await connectAll({ port: tls ? broker.tlsPort : broker.port, tls }, idle)
  const { residentBytes: after, connections } = await broker.state()
  if (connections !== idle) throw new Error(`${connections} of ${idle} clients are connected`)
  for (const socket of sockets) socket.destroy()
  broker.stop()
  return { residentBytes: after, bytesPerClient: (after - before) / idle }
}

const before = circumstances()
const idleTcp = await idleMemory(false)
const idleTls = await idleMemory(true)
const broker = new BrokerProcess()
await broker.start()
const result = {
  idleTcp,
  idleTls,
  qos0: await fanIn(),
  qos1: await acknowledged(100, 20),
  qos1OneAtATime: await acknowledged(2000, 1),
  fanOut: await fanOut(),
}
const rounded = (value: number): string => Math.round(value).toLocaleString('en-US')
printTable([
  ['messages per CPU second of the broker', 'measured', 'asked'],
  ['QoS 0, ten clients, full pipes', rounded(result.qos0), '500,000'],
  ['QoS 1, 100 clients with 20 on their way, journalled', rounded(result.qos1), '250,000'],
  ['QoS 1, 2,000 clients one at a time, journalled', rounded(result.qos1OneAtATime), '60,000'],
  ['QoS 0 to 1,000 subscribers', rounded(result.fanOut), '800,000'],
  [
    `MB of the process with ${rounded(idle)} idle clients, TCP`,
    rounded(idleTcp.residentBytes / 1e6),
    idle === 10_000 ? '200' : '',
  ],
  [
    `MB of the process with ${rounded(idle)} idle clients, TLS`,
    rounded(idleTls.residentBytes / 1e6),
    idle === 10_000 ? '450' : '',
  ],
  ['bytes for an idle client, TCP', rounded(idleTcp.bytesPerClient), ''],
  ['bytes for an idle client, TLS', rounded(idleTls.bytesPerClient), ''],
])
process.stdout.write(`kept in ${keepResult('mqtt', { ...before, messages, ...result })}\n`)
broker.stop()
