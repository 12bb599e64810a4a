import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodeLumberjackBatch, LumberjackClient } from '../test/support/lumberjack-client.ts'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn, type ElkhornProcess } from './harness/elkhorn-process.ts'
import { HttpClient } from './harness/http-client.ts'
import { ProcessTree } from './harness/processes.ts'
import { circumstances, keepResult, printRates } from './harness/report.ts'
import { settle } from './harness/settle.ts'
import { APPLICATION_FILTER, filebeatEvent, shortEvent } from './workload/filters.ts'
import { iotDocuments } from './workload/iot-documents.ts'
import { connectAll, publishAcknowledged, publishPacket, type MqttTarget } from './workload/mqtt-load.ts'

const help = `Pipelines of the whole program over real sockets, from the sender to the store, in events per CPU second of all
processes, until background work is over. Every acknowledged event is counted in the store afterwards.

  --events N   events of each load (default: 400000)
  --only TEXT  only loads whose name holds this text: beats, mqtt`

const SENDERS = 4
const WINDOW = 2048
const CLIENTS = 1000
/** Batches that are made beforehand, and sent again and again: senders cost the machine, not the figure. */
const PREPARED = 24

const options = readArguments(help, ['events', 'only'])
const events = count(options['events'], 400_000, 'events')

interface Load {
  readonly name: string
  readonly asked: number
  /** Where its documents are found. */
  readonly index: string
  readonly connect: (ports: Ports, auth: string) => Promise<Senders>
  readonly limit: () => Promise<Limit>
}

type Ports = Readonly<Record<string, number>>

interface Senders {
  /** Sends at least so many events and waits until all are acknowledged. @returns how many it were */
  send(events: number): Promise<number>
  close(): void
}

/** A limit program: the sender's other end without filter and store. */
interface Limit {
  readonly pid: number
  readonly ports: Ports
  stop(): void
}

const PIPELINES = {
  'beats.conf': `input { beats { port => 0 } }
${APPLICATION_FILTER}
output { elasticsearch { hosts => ["localhost:9200"] data_stream => true } }`,
  'mqtt.conf': `input { mqtt { topics => ["sensors/#"] codec => json } }
output { elasticsearch { hosts => ["localhost:9200"] index => "iot" } }`,
}

const loads: readonly Load[] = [
  ...[
    { name: 'beats: grok, date, mutate; events as Filebeat makes them', event: filebeatEvent },
    { name: 'beats: grok, date, mutate; events with little besides the line', event: shortEvent },
  ].map(({ name, event }) => ({
    name,
    asked: 40_000,
    index: 'logs-django-pt',
    connect: (ports: Ports) => beatsSenders(ports['beats'] ?? 0, event),
    limit: lumberjackLimit,
  })),
  ...[20, 1].map((window) => ({
    name: `mqtt: QoS 1, ${CLIENTS} clients, ${window} on the way`,
    asked: 30_000,
    index: 'iot',
    connect: (ports: Ports, auth: string) => mqttSenders(ports, auth, window),
    limit: mqttLimit,
  })),
]

async function beatsSenders(port: number, event: (n: number) => object): Promise<Senders> {
  const batches = Array.from({ length: PREPARED }, (_, batch) =>
    encodeLumberjackBatch(Array.from({ length: WINDOW }, (__, n) => event(batch * WINDOW + n))),
  )
  const clients = await Promise.all(Array.from({ length: SENDERS }, () => LumberjackClient.connect(port)))
  return {
    async send(wanted) {
      const total = Math.ceil(wanted / WINDOW)
      let next = 0
      const sender = async (client: LumberjackClient): Promise<void> => {
        for (let n = next++; n < total; n = next++) await client.send(batches[n % PREPARED] ?? Buffer.alloc(0), WINDOW)
      }
      await Promise.all(clients.map(sender))
      return total * WINDOW
    },
    close: () => clients.forEach((client) => client.close()),
  }
}

async function mqttSenders(ports: Ports, auth: string, window: number): Promise<Senders> {
  const [username = '', password = ''] = auth.split(':')
  const target: MqttTarget = { port: ports['mqtt'] ?? 0, username, password }
  const sockets = await connectAll(target, CLIENTS)
  const documents = [...iotDocuments(20_000)].map((text) => Buffer.from(text))
  const topics = sockets.map((_, client) => `sensors/climate/dev-${client}`)
  return {
    async send(wanted) {
      const each = Math.ceil(wanted / CLIENTS)
      await Promise.all(
        sockets.map((socket, client) => {
          const packet = (n: number, id: number): Buffer =>
            publishPacket(topics[client] ?? '', documents[(n * CLIENTS + client) % documents.length] ?? Buffer.alloc(0), 1, id)
          return publishAcknowledged(socket, { messages: each, window, packet })
        }),
      )
      return each * CLIENTS
    },
    close: () => sockets.forEach((socket) => socket.destroy()),
  }
}

async function lumberjackLimit(): Promise<Limit> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./limits/lumberjack-sink.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return { pid: child.pid ?? 0, ports: { beats: Number(port.toString()) }, stop: () => child.kill() }
}

/** A broker that acknowledges what it has written to a journal, and keeps nothing else. */
async function mqttLimit(): Promise<Limit> {
  const child = fork(new URL('./workload/mqtt-broker.js', import.meta.url), ['sensors/#'])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { pid: child.pid ?? 0, ports: { mqtt: port }, stop: () => child.disconnect() }
}

/** @returns events per CPU second */
async function measure({ connect }: Load, { ports, auth, pid }: Pick<ElkhornProcess, 'ports' | 'auth' | 'pid'>): Promise<number> {
  const processes = new ProcessTree([pid])
  const senders = await connect(ports, auth)
  await senders.send(events / 10) // the compiler has seen it then
  await settle(processes)
  const before = processes.cpuSeconds()
  const sent = await senders.send(events)
  await settle(processes)
  const used = processes.cpuSeconds() - before
  senders.close()
  return sent / used
}

/** @returns events per CPU second, after every event was found again */
async function measureElkhorn(load: Load): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-bench-'))
  const pipelines = join(folder, 'pipelines')
  await mkdir(pipelines)
  for (const [name, text] of Object.entries(PIPELINES)) await writeFile(join(pipelines, name), text)
  const elkhorn = await startElkhorn(join(folder, 'data'), { settings: [`pipelines.path=${pipelines}`] })
  const http = new HttpClient(`http://127.0.0.1:${elkhorn.ports['api']}`, elkhorn.auth)
  try {
    const ports = { ...elkhorn.ports, beats: beatsPort(elkhorn.ports) }
    let sent = 0
    const counting: Load = {
      ...load,
      async connect(toPorts, auth) {
        const senders = await load.connect(toPorts, auth)
        return {
          ...senders,
          async send(wanted) {
            const more = await senders.send(wanted)
            sent += more
            return more
          },
        }
      },
    }
    const rate = await measure(counting, { ports, auth: elkhorn.auth, pid: elkhorn.pid })
    await http.call('POST', `/${load.index}/_refresh`)
    const { count: stored } = (await http.json('GET', `/${load.index}/_count`)) as { count: number }
    if (stored !== sent) throw new Error(`${load.name}: ${sent} events were acknowledged and ${stored} are stored`)
    return rate
  } finally {
    http.close()
    await elkhorn.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function beatsPort(ports: Ports): number {
  const [, port] = Object.entries(ports).find(([name]) => name.includes('beats/')) ?? []
  if (port === undefined) throw new Error(`no port of the beats input among ${Object.keys(ports).join(', ')}`)
  return port
}

async function measureLimit(load: Load): Promise<number> {
  const limit = await load.limit()
  try {
    return await measure(load, { ...limit, auth: 'bench:bench' })
  } finally {
    limit.stop()
  }
}

const before = circumstances()
const results: { readonly name: string; readonly asked: number; readonly rate: number; readonly limit: number }[] = []
for (const load of loads.filter(({ name }) => name.includes(options['only'] ?? '')))
  results.push({ name: load.name, asked: load.asked, rate: await measureElkhorn(load), limit: await measureLimit(load) })
printRates('limit', results)
process.stdout.write(`kept in ${keepResult('pipeline', { ...before, events, results })}\n`)
