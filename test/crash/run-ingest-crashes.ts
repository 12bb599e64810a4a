import { seededRandom } from '../../src/sample/random.ts'
import { ApiClient, type CrashTarget } from './api-client.ts'
import { Deliveries } from './deliveries.ts'
import { beatsSender, httpSender, mqttSender, type IngestDoors, type Sender } from './senders.ts'
import { gone } from './wait-gone.ts'

/** What senders send to, as a pipeline: ports are free ones, which `ports.json` tells. */
export const CRASH_PIPELINE = `input {
  beats { id => "beats" port => 0 }
  http { id => "http" port => 0 codec => json }
  mqtt { topics => ["crash/#"] codec => json }
}
filter { mutate { add_tag => ["seen"] } }
output { elasticsearch { hosts => ["localhost:9200"] index => "crash-ingest" } }`

/** Name of the file that holds it. */
export const CRASH_PIPELINE_FILE = 'crash.conf'
const INDEX = 'crash-ingest'

export interface IngestCrashOptions {
  readonly points: number
  /** The same seed kills at the same moments; what meets what is the machine's. */
  readonly seed: string
  /** Whether the pipeline's queue is on disk: then what was stored just before a kill may be delivered once more. */
  readonly persisted: boolean
  /** Starts an Elkhorn over the same data folder again, with the pipeline. */
  readonly start: () => Promise<IngestTarget>
  readonly onPoint?: (point: IngestCrashPoint) => void
}

export interface IngestTarget extends CrashTarget {
  readonly ports: Readonly<Record<string, number>>
  readonly user: string
  readonly password: string
}

export interface IngestCrashPoint {
  readonly number: number
  readonly acknowledged: number
  /** Events that were sent again since no acknowledgement had come. */
  readonly resent: number
  /** Events that are stored more than once. */
  readonly duplicates: number
}

export interface IngestCrashReport {
  /** What was lost, doubled without need, never sent or broken off; empty when nothing was. */
  readonly problems: readonly string[]
  readonly points: readonly IngestCrashPoint[]
}

const MQTT_CLIENTS = 6
const BEATS_CLIENTS = 2
const HTTP_CLIENTS = 3
/** The process is killed after so many acknowledged events at most, somewhere between two of them; or after this long. */
const MAX_ACKNOWLEDGED = 1_500
const MAX_LOAD_MS = 10_000
/** Numbers asked for at a time: a search gives 10,000 hits, and some are there twice. */
const SLICE = 4_000
/** How long a queue on disk may take to give what it holds. */
const DRAIN_LIMIT_MS = 120_000

/**
 * Kills an Elkhorn at random points while MQTT clients, Beats and HTTP clients send to it, starts it again, lets them go
 * on as their protocols say, and compares what is stored with what was acknowledged. An orderly stop comes last.
 */
export async function runIngestCrashes(options: IngestCrashOptions): Promise<IngestCrashReport> {
  const { points, seed, start, onPoint } = options
  const random = seededRandom(seed)
  const deliveries = new Deliveries()
  const senders: Sender[] = [
    ...Array.from({ length: MQTT_CLIENTS }, (_, i) => mqttSender(deliveries, `client-${i}`)),
    ...Array.from({ length: BEATS_CLIENTS }, (_, i) => beatsSender(deliveries, seededRandom(`${seed} beats ${i}`))),
    ...Array.from({ length: HTTP_CLIENTS }, (_, i) => httpSender(deliveries, seededRandom(`${seed} http ${i}`))),
  ]
  const problems: string[] = []
  const done: IngestCrashPoint[] = []
  const duplicates = new Set<number>()
  const check = async (target: IngestTarget, when: string): Promise<void> => {
    const client = new ApiClient(target)
    const { found, lost, doubled, strange } = await compare(client, deliveries, options.persisted)
    for (const [n, times] of found) if (times > 1) duplicates.add(n)
    for (const [what, numbers] of Object.entries({ lost, doubled, strange })) {
      if (numbers.length === 0) continue
      const examples = numbers.slice(0, 5).map((n) => deliveries.describe(n))
      problems.push(`${when}: ${numbers.length} events are ${what}, such as ${examples.join(', ')}`)
    }
  }
  let target = await start()
  while (done.length < points && problems.length === 0) {
    const killed = { yet: false }
    const load = runAll(senders, doorsOf(target), new AbortController().signal, killed)
    const enough = deliveries.acknowledged + Math.floor(random() * MAX_ACKNOWLEDGED)
    const patience = performance.now() + MAX_LOAD_MS
    while (deliveries.acknowledged < enough && performance.now() < patience) await sleep(1)
    await sleep(random() * 30)
    killed.yet = true
    process.kill(target.pid, 'SIGKILL')
    problems.push(...(await load))
    await gone(target.pid)
    target = await start()
    await check(target, `after kill ${done.length + 1}`)
    const { acknowledged, resent } = deliveries
    const point = { number: done.length + 1, acknowledged, resent, duplicates: duplicates.size }
    done.push(point)
    onPoint?.(point)
  }
  const end = new AbortController()
  const load = runAll(senders, doorsOf(target), end.signal, { yet: false })
  end.abort() // nothing new: what waits is sent again, and acknowledged
  problems.push(...(await load))
  process.kill(target.pid, 'SIGTERM')
  await gone(target.pid)
  target = await start()
  await check(target, 'after a stop')
  process.kill(target.pid, 'SIGTERM')
  await gone(target.pid)
  return { problems, points: done }
}

/** @returns what broke off before the process was killed */
async function runAll(
  senders: readonly Sender[],
  doors: IngestDoors,
  signal: AbortSignal,
  killed: { readonly yet: boolean },
): Promise<string[]> {
  const problems: string[] = []
  const run = async (sender: Sender): Promise<void> => {
    try {
      await sender.run(doors, signal)
    } catch (error) {
      if (!killed.yet) problems.push(`a sender was cut off: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  await Promise.all(senders.map(run))
  return problems
}

function doorsOf({ ports, user, password }: IngestTarget): IngestDoors {
  const port = (name: string): number => {
    const found = ports[name]
    if (found === undefined) throw new Error(`no port [${name}] among ${Object.keys(ports).join(', ')}`)
    return found
  }
  return { mqtt: port('mqtt'), beats: port('crash/beats'), http: port('crash/http'), user, password }
}

/** Everything that was acknowledged is there at once, or, from a queue on disk, in time. */
async function compare(client: ApiClient, deliveries: Deliveries, persisted: boolean) {
  const until = performance.now() + (persisted ? DRAIN_LIMIT_MS : 0)
  for (;;) {
    await client.call('POST', `/${INDEX}/_refresh?ignore_unavailable=true`)
    const found = await findAll(client, deliveries.size)
    const result = deliveries.problems(found, 0, persisted)
    if (result.lost.length === 0 || performance.now() > until) return { found, ...result }
    await sleep(100)
  }
}

/** How often each event is stored. */
async function findAll(client: ApiClient, size: number): Promise<Map<number, number>> {
  const found = new Map<number, number>()
  for (let first = 0; first < size; first += SLICE) {
    const { hits } = (await client.call('POST', `/${INDEX}/_search?ignore_unavailable=true`, {
      size: 10_000,
      query: { range: { n: { gte: first, lt: first + SLICE } } },
      docvalue_fields: ['n'],
      _source: false,
    })) as { hits: { hits: readonly { readonly fields: { readonly n: readonly number[] } }[] } }
    for (const { fields } of hits.hits) found.set(fields.n[0] ?? -1, (found.get(fields.n[0] ?? -1) ?? 0) + 1)
  }
  return found
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
