import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'
import { HttpClient } from './harness/http-client.ts'
import { ProcessTree } from './harness/processes.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'
import { settle } from './harness/settle.ts'

const help = `Thousands of indices: streams with an index a day, a hundred documents each. Measures a start over them, memory at rest,
and a query of one day in one stream's days.

  --streams N      how many streams (default: 6)
  --days N         indices of each (default: 500)
  --runs N         queries, of another day each (default: 20)
  --data DIR       keeps the data there, and measures what a run before has filled`

const DOCUMENTS_PER_INDEX = 100
const INDICES_PER_BULK = 10
const FIRST_DAY = Date.UTC(2025, 0, 1)
const DAY_MS = 86_400_000

const options = readArguments(help, ['streams', 'days', 'runs'])
const streams = count(options['streams'], 6, 'streams')
const days = count(options['days'], 500, 'days')
const runs = count(options['runs'], 20, 'runs')
const folder = options['data'] ?? (await mkdtemp(join(tmpdir(), 'elkhorn-bench-')))
const before = circumstances()
try {
  if (!existsSync(join(folder, 'engine'))) await run(fill)
  await report()
} finally {
  if (options['data'] === undefined) await rm(folder, { recursive: true, force: true })
}

interface Running {
  readonly http: HttpClient
  readonly processes: ProcessTree
}

/** Starts, works, and stops in order. */
async function run<T>(work: (running: Running) => Promise<T>): Promise<T> {
  const elkhorn = await startElkhorn(folder)
  const http = new HttpClient(`http://127.0.0.1:${elkhorn.ports['api']}`, elkhorn.auth)
  try {
    return await work({ http, processes: new ProcessTree([elkhorn.pid]) })
  } finally {
    http.close()
    await elkhorn.stop()
  }
}

function dayOf(day: number): string {
  return new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10)
}

async function fill({ http, processes }: Running): Promise<void> {
  await http.json('PUT', '/_index_template/many', {
    index_patterns: ['many-*'],
    template: {
      mappings: {
        properties: {
          '@timestamp': { type: 'date' },
          host: { type: 'keyword' },
          message: { type: 'text' },
          took: { type: 'long' },
        },
      },
    },
  })
  for (let day = 0; day < days; day += INDICES_PER_BULK) {
    const lines: string[] = []
    for (let of = day; of < Math.min(day + INDICES_PER_BULK, days); of++) {
      for (let stream = 0; stream < streams; stream++) lines.push(...documentsOf(stream, of))
    }
    await http.call('POST', '/_bulk', lines.join(''), 'application/x-ndjson')
    if (day % 50 === 0) process.stderr.write(`${day} of ${days} days\n`)
  }
  // Making thousands of tables takes longer than acknowledging their documents.
  await http.call('POST', '/many-*/_refresh')
  await settle(processes)
}

function* documentsOf(stream: number, day: number): Generator<string> {
  for (let n = 0; n < DOCUMENTS_PER_INDEX; n++) {
    const at = new Date(FIRST_DAY + day * DAY_MS + (n * DAY_MS) / DOCUMENTS_PER_INDEX).toISOString()
    yield `{"create":{"_index":"many-${stream}-${dayOf(day)}"}}\n`
    yield `${JSON.stringify({ '@timestamp': at, host: `host-${n % 9}`, message: `request ${n} of day ${day} answered`, took: n * 7 })}\n`
  }
}

/** Another day of another stream each time: none of them is warm. */
async function oneDay({ http }: Running, number: number): Promise<number> {
  const day = (number * 37 + 5) % days
  const from = `${dayOf(day)}T00:00:00Z`
  const startedAt = performance.now()
  const answer = (await http.json('POST', `/many-${number % streams}-*/_search`, {
    size: 10,
    track_total_hits: true,
    query: { range: { '@timestamp': { gte: from, lt: `${from}||+1d` } } },
    aggs: { hours: { date_histogram: { field: '@timestamp', fixed_interval: '1h' } } },
  })) as { readonly hits: { readonly total: { readonly value: number } } }
  const took = performance.now() - startedAt
  const { value } = answer.hits.total
  if (value !== DOCUMENTS_PER_INDEX) throw new Error(`${dayOf(day)}: ${value} documents, expected ${DOCUMENTS_PER_INDEX}`)
  return took
}

async function report(): Promise<void> {
  const startedAt = performance.now()
  const { firstAckMs, cpuSecondsOfStart, residentBytes, queryMs, cpuMsOfQuery } = await run(async (running) => {
    const { http, processes } = running
    await http.json('PUT', '/many-first/_doc/1', { '@timestamp': new Date(FIRST_DAY - DAY_MS).toISOString() })
    const firstAckMs = performance.now() - startedAt
    const cpuSecondsOfStart = processes.cpuSeconds()
    await settle(processes)
    const residentBytes = processes.residentBytes()
    const cpuBefore = processes.cpuSeconds()
    const queryMs: number[] = []
    for (let number = 0; number < runs; number++) queryMs.push(await oneDay(running, number))
    const cpuMsOfQuery = ((processes.cpuSeconds() - cpuBefore) * 1000) / runs
    return { firstAckMs, cpuSecondsOfStart, residentBytes, queryMs, cpuMsOfQuery }
  })
  printTable([
    ['indices', streams * days],
    ['start to the first acknowledged document', `${Math.round(firstAckMs)} ms, ${cpuSecondsOfStart.toFixed(1)} CPU s`],
    ['memory at rest', `${Math.round(residentBytes / 2 ** 20)} MB`],
    ['one day of one stream, p50', `${quantile(queryMs, 0.5).toFixed(1)} ms, ${cpuMsOfQuery.toFixed(1)} CPU ms`],
    ['  p95', `${quantile(queryMs, 0.95).toFixed(1)} ms`],
  ])
  const result = { ...before, streams, days, firstAckMs, cpuSecondsOfStart, residentBytes, queryMs, cpuMsOfQuery }
  process.stdout.write(`kept in ${keepResult('many-indices', result)}\n`)
}
