import { fork, type ChildProcess } from 'node:child_process'
import { createConnection, type Socket } from 'node:net'
import { encodeConnect, encodePublish, encodeSubscribe } from '../src/protocols/mqtt/encode.ts'
import type { Qos } from '../src/protocols/mqtt/packet.ts'
import { count, readArguments } from './harness/arguments.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'

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
}

/** The broker's process. */
class BrokerProcess {
  readonly #child: ChildProcess = fork(new URL('./workload/mqtt-broker.js', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  port = 0

  async start(): Promise<void> {
    this.port = (await this.#message<{ port: number }>()).port
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

const broker = new BrokerProcess()
await broker.start()
let clients = 0

/** A connection that is through CONNECT. */
async function connect(): Promise<Socket> {
  const socket = createConnection({ host: '127.0.0.1', port: broker.port, noDelay: true })
  clients += 1
  socket.write(
    encodeConnect({ version: 4, clientId: `bench-${clients}`, cleanStart: true, keepAliveSeconds: 0, username: 'bench' }),
  )
  await new Promise((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('error', reject)
  })
  return socket
}

const connectAll = (wanted: number): Promise<Socket[]> => Promise.all(Array.from({ length: wanted }, connect))

function publish(topic: string, qos: Qos, packetId: number): Buffer {
  return encodePublish(4, {
    topic: Buffer.from(topic),
    payload: PAYLOAD,
    qos,
    retain: false,
    duplicate: false,
    packetId,
    properties: Buffer.alloc(0),
  })
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
  const sockets = await connectAll(10)
  const result = await rate(async () => {
    const { count: before } = await broker.state()
    const written = await Promise.all(
      sockets.map((socket, index) => pour(socket, publish(`in/machine/${index}`, 0, 0), messages / 10)),
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
  const sockets = await connectAll(clientCount)
  const each = Math.ceil(messages / clientCount)
  const run = (socket: Socket, index: number): Promise<void> =>
    new Promise((resolve) => {
      const packets = Array.from({ length: window }, (_, id) => publish(`in/machine/${index}`, 1, id + 1))
      let sent = window
      let bytes = 0
      socket.on('data', (chunk: Buffer) => {
        // A PUBACK takes four bytes.
        const whole = Math.floor((bytes + chunk.length) / 4) - Math.floor(bytes / 4)
        bytes += chunk.length
        if (bytes / 4 >= each) resolve()
        const next: Buffer[] = []
        for (let i = 0; i < whole && sent < each; i++, sent++) next.push(packets[sent % window] ?? PAYLOAD)
        if (next.length > 0) socket.write(next.length === 1 ? (next[0] ?? PAYLOAD) : Buffer.concat(next))
      })
      socket.write(Buffer.concat(packets))
    })
  const result = await rate(async () => {
    await Promise.all(sockets.map(run))
    return each * clientCount
  })
  for (const socket of sockets) socket.destroy()
  return result
}

async function fanOut(): Promise<number> {
  const subscribers = await connectAll(1000)
  for (const socket of subscribers) {
    socket.write(
      encodeSubscribe(4, 1, [{ filter: 'out/#', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }]),
    )
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resume()
  }
  const [publisher] = await connectAll(1)
  const result = await rate(async () => {
    const { sent: before } = await broker.state()
    const bursts = 100
    const packet = publish('out/all', 0, 0)
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

/** What clients that do nothing cost: all of the process with them, and what each adds. */
async function idleMemory(): Promise<{ readonly idleResidentBytes: number; readonly idleBytesPerClient: number }> {
  const { residentBytes: before } = await broker.state()
  const sockets: Socket[] = []
  while (sockets.length < idle) sockets.push(...(await connectAll(Math.min(200, idle - sockets.length))))
  const { residentBytes: after } = await broker.state()
  for (const socket of sockets) socket.destroy()
  return { idleResidentBytes: after, idleBytesPerClient: (after - before) / idle }
}

const before = circumstances()
const result = {
  ...(await idleMemory()),
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
  [`MB of the process with ${rounded(idle)} idle clients`, rounded(result.idleResidentBytes / 1e6), idle === 10_000 ? '200' : ''],
  ['bytes for an idle client', rounded(result.idleBytesPerClient), '20,000'],
])
process.stdout.write(`kept in ${keepResult('mqtt', { ...before, messages, ...result })}\n`)
broker.stop()
