import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MqttPublisher } from '../src/sample/mqtt-publisher.ts'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'
import { HttpClient } from './harness/http-client.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'

const help = `How long a reading takes from a device to whoever asks: published over MQTT at QoS 1 until acknowledged, and until a
search finds it. Always measures an Elkhorn of its own, at rest otherwise.

  --messages N     readings that are followed (default: 200)`

const POLL_MILLIS = 5

const options = readArguments(help, ['messages'])
const messages = count(options['messages'], 200, 'messages')

const before = circumstances()
const dataFolder = await mkdtemp(join(tmpdir(), 'elkhorn-bench-'))
const live = await publishToSearchable()
await rm(dataFolder, { recursive: true, force: true })

const row = (name: string, values: readonly number[]): string[] => [
  name,
  quantile(values, 0.5).toFixed(0),
  quantile(values, 0.95).toFixed(0),
  (quantile(values, 0.95) / quantile(live.limitMs, 0.95)).toFixed(1),
]
printTable([
  ['live', 'p50 ms', 'p95 ms', 'of the limit'],
  row('published until acknowledged', live.acknowledgedMs),
  row('published until searchable', live.searchableMs),
  row('limit: a document written and searchable at once (refresh=true)', live.limitMs),
])
process.stdout.write(`kept in ${keepResult('live', { ...before, ...live })}\n`)

/** Publishes readings one after the other and asks for each until it is found. */
async function publishToSearchable() {
  const elkhorn = await startElkhorn(dataFolder, { sample: true, settings: ['sample.backfill=0', 'sample.interval=1d'] })
  const http = new HttpClient(`http://127.0.0.1:${elkhorn.ports['api']}`, elkhorn.auth)
  try {
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
    const limitMs: number[] = []
    for (let n = 0; n < messages; n++) {
      const writtenAt = performance.now()
      await http.call('POST', '/limit/_doc?refresh=true', JSON.stringify({ n }))
      limitMs.push(performance.now() - writtenAt)
    }
    return { acknowledgedMs, searchableMs, limitMs }
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
