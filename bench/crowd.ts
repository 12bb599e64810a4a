import { count, readArguments } from './harness/arguments.ts'
import { fillIndex } from './harness/fill-index.ts'
import type { HttpClient } from './harness/http-client.ts'
import { askOnce } from './harness/query-cost.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'
import { openTarget, targetHelp } from './harness/target.ts'
import { iotBodies } from './workload/bulk-bodies.ts'
import { iotQueries } from './workload/iot-queries.ts'

const help = `A writer among dashboards: how long 500 documents wait, ten times a second, alone and while dashboards of eight panels are asked for
without a pause by many clients.

  --docs N        documents that the dashboards are about (default: 500000)
  --dashboards N  clients that ask for dashboards (default: 20)
  --seconds N     of each measurement (default: 30)
${targetHelp}`

const WRITES_PER_SECOND = 10
const DOCUMENTS_PER_WRITE = 500

const options = readArguments(help, ['docs', 'dashboards', 'seconds'])
const documents = count(options['docs'], 500_000, 'docs')
const dashboards = count(options['dashboards'], 20, 'dashboards')
const seconds = count(options['seconds'], 30, 'seconds')
const before = circumstances()
const target = await openTarget(options)
const { http } = target
try {
  await fillIndex(target, 'iot', documents)
  const alone = await write(http, seconds)
  const stop = new AbortController()
  const asked = Array.from({ length: dashboards }, () => askUntil(stop.signal))
  const among = await write(http, seconds)
  stop.abort()
  const waits = (await Promise.all(asked)).flat()
  const row = (name: string, values: readonly number[], expected: number | ''): (string | number)[] => [
    name,
    values.length,
    expected,
    ...[0.5, 0.95, 1].map((q) => Math.round(quantile(values, q))),
  ]
  printTable([
    [`${dashboards} dashboards over ${documents} documents`, 'answers', 'due', 'p50 ms', 'p95 ms', 'longest ms'],
    row('writer alone', alone, seconds * WRITES_PER_SECOND),
    row('writer among dashboards', among, seconds * WRITES_PER_SECOND),
    row('dashboards', waits, ''),
  ])
  process.stdout.write(`kept in ${keepResult('crowd', { target: target.name, ...before, documents, alone, among, waits })}\n`)
} finally {
  await target.close()
}

/** Sends documents at a steady rate. @returns how long each request took from when it was due, in milliseconds */
async function write(client: HttpClient, forSeconds: number): Promise<number[]> {
  const bodies = iotBodies(DOCUMENTS_PER_WRITE * WRITES_PER_SECOND * forSeconds, DOCUMENTS_PER_WRITE)
  const waits: Promise<number>[] = []
  const startedAt = performance.now()
  for (let n = 0; n < forSeconds * WRITES_PER_SECOND; n++) {
    const due = startedAt + (n * 1000) / WRITES_PER_SECOND
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    const body = bodies.body(n)
    waits.push(
      client.call('POST', '/written/_bulk', body, 'application/x-ndjson').then(({ text }) => {
        if (!/"errors":\s*false/.test(text.slice(0, 300))) throw new Error(`bulk request failed: ${text.slice(0, 500)}`)
        return performance.now() - due
      }),
    )
  }
  const all = await Promise.all(waits)
  bodies.close()
  return all
}

/** Asks for a dashboard again and again. @returns how long each took, in milliseconds */
async function askUntil(signal: AbortSignal): Promise<number[]> {
  const dashboard = iotQueries('iot', documents).find(({ id }) => id === 'D1b')
  if (!dashboard) throw new Error('no dashboard among the questions')
  const waits: number[] = []
  while (!signal.aborted) waits.push(await askOnce(http, dashboard))
  return waits
}
