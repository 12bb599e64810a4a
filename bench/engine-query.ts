import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src/core/time.ts'
import { silentLog } from '../src/core/log.ts'
import { isJsonObject } from '../src/core/json.ts'
import { EmbeddedEngine } from '../src/engine/embedded/embedded-engine.ts'
import { LanePool } from '../src/engine/embedded/lane-pool.ts'
import { createSearch } from '../src/engine/embedded/search/search.ts'
import { Catalogue } from '../src/engine/embedded/tables/catalogue.ts'
import { Definitions } from '../src/engine/embedded/tables/definitions.ts'
import { TableStore } from '../src/engine/embedded/tables/table-store.ts'
import { testHost, testIndex } from '../src/engine/embedded/testing/test-host.ts'
import { count, readArguments } from './harness/arguments.ts'
import { ProcessTree } from './harness/processes.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'
import { engineQuestions } from './workload/engine-questions.ts'
import { DEFAULT_SEED, iotDocuments } from './workload/iot-documents.ts'

const help = `The benchmark's questions asked of the embedded engine alone, beside SQL written by hand for the same table (the limit).

  --docs N         documents in the index (default: 2000000); they are written first unless they are there
  --folder DIR     where the engine's data lies and stays (default: /tmp/elkhorn-engine-query)
  --dimension F    field by which documents are kept together, or none (default: device.id)
  --only REGEX     only questions whose id matches
  --runs N         measured runs of each (default: 30)`

const options = readArguments(help, ['docs', 'folder', 'dimension', 'only', 'runs'])
const total = count(options['docs'], 2_000_000, 'docs')
const runs = count(options['runs'], 30, 'runs')
const dimension = options['dimension'] ?? 'device.id'
const folder = join(options['folder'] ?? '/tmp/elkhorn-engine-query', `${total}-${dimension}`)
const only = new RegExp(options['only'] ?? '')
mkdirSync(folder, { recursive: true })

const index = testIndex(
  'iot',
  {
    '@timestamp': 'date',
    'device.id': 'keyword',
    'device.type': 'keyword',
    'device.firmware': 'keyword',
    location: 'geo_point',
    temperature: 'double',
    humidity: 'double',
    pressure: 'double',
    battery: 'double',
    message: 'text',
  },
  { timeField: '@timestamp', dimensions: dimension === 'none' ? [] : [dimension] },
)

await fill()
await measure()

/** Writes the documents unless they are there. */
async function fill(): Promise<void> {
  const engine = new EmbeddedEngine({ dataPath: folder, host: testHost([index]), log: silentLog, clock: systemClock })
  await engine.start()
  await engine.createIndex(index)
  const stored = (await engine.stats([index.uuid])).get(index.uuid)?.documents ?? 0
  if (stored !== total) {
    if (stored > 0) throw new Error(`${folder} holds ${stored} documents instead of ${total}: remove it`)
    let batch: string[] = []
    const write = async (): Promise<void> => {
      const operations = batch.map((text) => {
        const document: unknown = JSON.parse(text)
        if (!isJsonObject(document)) throw new Error('a document is an object')
        return { index, kind: 'index' as const, document, source: Buffer.from(text) }
      })
      batch = []
      await engine.write(operations)
    }
    for (const text of iotDocuments(total, DEFAULT_SEED)) if (batch.push(text) === 5000) await write()
    await write()
    await engine.refresh([index.uuid])
    await settled(engine)
  }
  await engine.stop()
}

/** Waits until the merges of what was written are done. */
async function settled(engine: EmbeddedEngine): Promise<void> {
  const processes = new ProcessTree([process.pid])
  for (let quiet = 0; quiet < 5;) {
    const before = processes.cpuSeconds()
    await new Promise((resolve) => setTimeout(resolve, 1000))
    quiet = processes.cpuSeconds() - before < 0.1 ? quiet + 1 : 0
  }
  process.stdout.write(`${(await engine.stats([index.uuid])).get(index.uuid)?.parts ?? 0} parts\n`)
}

interface Cost {
  readonly best: number
  readonly p50: number
  readonly cpu: number
}

async function measure(): Promise<void> {
  const lanes = new LanePool(join(folder, 'engine', 'store'), [], silentLog)
  await lanes.process.start()
  const tables = new TableStore(
    lanes,
    new Catalogue(join(folder, 'engine', 'catalogue.jsonl')),
    new Definitions(join(folder, 'engine', 'store')),
  )
  await tables.start(() => true)
  const ids = { encode: (_: string, seqNo: number) => `#${seqNo}`, decode: () => undefined }
  const search = createSearch({ lanes, tables, ids, now: () => performance.now() })
  const open = await tables.open([index])
  const [layout] = open.layouts
  if (layout === undefined) throw new Error('the table is empty')
  const statement = { lane: 'reader', format: 'RowBinary', signal: new AbortController().signal, timeoutMs: 60_000 } as const

  const rows: (string | number)[][] = [['', 'ms', 'p50', 'CPU', 'SQL ms', 'p50', 'CPU', 'ratio']]
  const results: Record<string, unknown> = {}
  const before = circumstances()
  for (const question of engineQuestions(index, layout, total)) {
    if (!only.test(question.id)) continue
    const [ours, limit] = await side(
      async () => {
        await Promise.all(question.searches().map((request) => search.search(request)))
      },
      async () => {
        await Promise.all(question.statements().map((text) => lanes.query({ kind: 'sql', text }, statement)))
      },
    )
    results[question.id] = { ...ours, limit }
    rows.push([question.id, ...figures(ours), ...figures(limit), (ours.best / limit.best).toFixed(2)])
  }
  printTable(rows)
  process.stdout.write(`kept in ${keepResult('engine-query', { ...before, documents: total, dimension, results })}\n`)
  open.release()
  await tables.stop()
  await lanes.process.stop()
}

function figures({ best, p50, cpu }: Cost): string[] {
  return [best, p50, cpu].map((value) => value.toFixed(1))
}

/** Both in turns, so that neighbours disturb them alike. */
async function side(a: () => Promise<void>, b: () => Promise<void>): Promise<[Cost, Cost]> {
  const processes = new ProcessTree([process.pid])
  const timed = [a, b].map((run) => ({ run, ms: [] as number[], cpu: 0 }))
  for (let n = -3; n < runs; n++) {
    for (const one of timed) {
      const cpu = processes.cpuSeconds()
      const start = performance.now()
      await one.run()
      if (n < 0) continue
      one.ms.push(performance.now() - start)
      one.cpu += processes.cpuSeconds() - cpu
    }
  }
  const cost = ({ ms, cpu }: { readonly ms: number[]; readonly cpu: number }): Cost => ({
    best: Math.min(...ms),
    p50: quantile(ms, 0.5),
    cpu: (cpu * 1000) / ms.length,
  })
  const [first, second] = timed
  if (first === undefined || second === undefined) throw new Error('nothing was measured')
  return [cost(first), cost(second)]
}
