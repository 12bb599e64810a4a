import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MqttPublisher } from '../src/sample/mqtt-publisher.ts'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'
import { HttpClient } from './harness/http-client.ts'
import { ProcessTree } from './harness/processes.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'

const help = `How long things take that a person waits for: the start, the first document, a reading on its way to the page.
Always measures an Elkhorn of its own.

  --messages N     readings that are followed from publish to searchable (default: 200)`

const POLL_MILLIS = 5
const IDLE_SECONDS = 10

const options = readArguments(help, ['messages'])
const messages = count(options['messages'], 200, 'messages')

const before = circumstances()
const dataFolder = await mkdtemp(join(tmpdir(), 'elkhorn-bench-'))
const first = await untilFirstDocument()
const again = await untilFirstDocument()
const live = await publishToSearchable()
await rm(dataFolder, { recursive: true, force: true })

printTable([
  ['live', ''],
  ['first start: ready / first document', `${first.readyMs.toFixed(0)} / ${first.acknowledgedMs.toFixed(0)} ms`],
  ['start again: ready / first document', `${again.readyMs.toFixed(0)} / ${again.acknowledgedMs.toFixed(0)} ms`],
  [
    'publish to acknowledged, p50 / p95',
    `${quantile(live.acknowledgedMs, 0.5).toFixed(0)} / ${quantile(live.acknowledgedMs, 0.95).toFixed(0)} ms`,
  ],
  [
    'publish to searchable, p50 / p95',
    `${quantile(live.searchableMs, 0.5).toFixed(0)} / ${quantile(live.searchableMs, 0.95).toFixed(0)} ms`,
  ],
  ['memory idle', `${Math.round(live.idleBytes / 2 ** 20)} MB`],
])
process.stdout.write(`kept in ${keepResult('live', { ...before, first, again, ...live })}\n`)

/** Starts, writes one document, stops. Times since the process was started. */
async function untilFirstDocument(): Promise<{ readonly readyMs: number; readonly acknowledgedMs: number }> {
  const startedAt = performance.now()
  const elkhorn = await startElkhorn(dataFolder)
  const http = new HttpClient(`http://127.0.0.1:${elkhorn.ports['api']}`, elkhorn.auth)
  await http.call('POST', '/first/_doc', '{"a":1}')
  const acknowledgedMs = performance.now() - startedAt
  http.close()
  await elkhorn.stop()
  return { readyMs: elkhorn.readyMs, acknowledgedMs }
}

/** Publishes readings one after the other and asks for each until it is found. */
async function publishToSearchable() {
  const elkhorn = await startElkhorn(dataFolder, { sample: true, settings: ['sample.backfill=0', 'sample.interval=1d'] })
  const http = new HttpClient(`http://127.0.0.1:${elkhorn.ports['api']}`, elkhorn.auth)
  try {
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000))
    const idleBytes = new ProcessTree([elkhorn.pid]).residentBytes()
    const [user = '', secret = ''] = elkhorn.auth.split(':')
    const publisher = await MqttPublisher.connect({ host: '127.0.0.1', port: elkhorn.ports['mqtt'] ?? 1883 }, 'bench-live', {
      user,
      secret,
    })
    const acknowledgedMs: number[] = []
    const searchableMs: number[] = []
    for (let n = 0; n < messages; n++) {
      const device = `live-${n}`
      const publishedAt = performance.now()
      await publisher.publish(
        `sensors/bench/${device}`,
        JSON.stringify({ timestamp: new Date().toISOString(), temperature: 20 + (n % 10) }),
      )
      acknowledgedMs.push(performance.now() - publishedAt)
      while (!(await isFound(http, device))) await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS))
      searchableMs.push(performance.now() - publishedAt)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 200)) // not in step with any timer of the server
    }
    await publisher.close(1000)
    return { idleBytes, acknowledgedMs, searchableMs }
  } finally {
    http.close()
    await elkhorn.stop()
  }
}

async function isFound(http: HttpClient, device: string): Promise<boolean> {
  const body = { size: 0, track_total_hits: true, query: { term: { 'device.id': device } } }
  const answer = (await http.json('POST', '/iot-data-*/_search', body)) as {
    readonly hits: { readonly total: { readonly value: number } }
  }
  return answer.hits.total.value > 0
}
