import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../src/core/log.ts'
import { systemClock } from '../src/core/time.ts'
import { EmbeddedEngine } from '../src/engine/embedded/embedded-engine.ts'
import type { EngineHost, IndexSchema, WriteOperation } from '../src/engine/engine.ts'
import { parseDocument } from '../src/index/documents/parse-document.ts'
import { compileMapping } from '../src/index/mapping/compile-mapping.ts'
import { readDocumentBytes } from '../src/index/mapping/document-bytes.ts'
import { readDocument } from '../src/index/mapping/document-mapper.ts'
import { parseMapping } from '../src/index/mapping/parse-mapping.ts'
import { builtInAnalysis } from '../src/query/analysis/analysis.ts'
import { count, readArguments } from './harness/arguments.ts'
import { ProcessTree } from './harness/processes.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'
import { settle } from './harness/settle.ts'
import { iotBodies, type BulkBodies, type Ids } from './workload/bulk-bodies.ts'
import { iotMappings } from './workload/iot-index.ts'

const help = `Ingest of generated IoT documents into the embedded engine, without HTTP: JSON text → engine.write → merged parts,
in documents per CPU second of all processes.

  --docs N         how many documents (default: 2000000)
  --bulk N         documents per write (default: 5000)
  --connections N  writes at once (default: 8)
  --ids SHARE      gives documents ids of the client's own; SHARE of them, such as 0.1, overwrite an earlier one
  --rate N         documents a second at most, to see how soon they are searchable`

const options = readArguments(help, ['docs', 'bulk', 'connections', 'ids', 'rate'])
const ids: Ids = options['ids'] === undefined ? { kind: 'none' } : { kind: 'own', overwriting: Number(options['ids']) }
const documents = count(options['docs'], 2_000_000, 'docs')
const bodies = iotBodies(documents, count(options['bulk'], 5000, 'bulk'), ids)
const connections = count(options['connections'], 8, 'connections')
const rate = options['rate'] === undefined ? Infinity : count(options['rate'], 1, 'rate')

const compiled = compileMapping(parseMapping(iotMappings), [])
const index: IndexSchema = {
  uuid: 'iot',
  name: 'iot',
  fields: compiled,
  analysis: builtInAnalysis,
  timeField: '@timestamp',
  dimensions: ['device.id'],
  createdAt: 0,
}
const host: EngineHost = {
  map: (_index, { id, source }, out) => {
    if (source !== undefined && readDocumentBytes(compiled, source, id, out)) return
    readDocument(compiled, parseDocument(source), id, out)
  },
  schemaByUuid: (uuid) => (uuid === index.uuid ? index : undefined),
  fieldsDurable: () => Promise.resolve(),
}

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-bench-engine-'))
const processes = new ProcessTree([process.pid])
const engine = new EmbeddedEngine({ dataPath: folder, host, log: silentLog, clock: systemClock })
try {
  await engine.start()
  report(await measure())
} finally {
  await engine.stop()
  rmSync(folder, { recursive: true })
}

async function measure() {
  const before = circumstances()
  const idleBytes = processes.residentBytes()
  let peakBytes = idleBytes
  const sampling = setInterval(() => (peakBytes = Math.max(peakBytes, processes.residentBytes())), 500)
  const visible: number[] = []
  const cpuBefore = processes.cpuSeconds()
  const mainBefore = process.cpuUsage()
  const startedAt = performance.now()
  await writeAll(bodies, visible)
  const wallSeconds = (performance.now() - startedAt) / 1000
  const cpuWritten = processes.cpuSeconds() - cpuBefore
  await engine.refresh([index.uuid])
  await settle(processes)
  const cpuSettled = processes.cpuSeconds() - cpuBefore
  const { user, system } = process.cpuUsage(mainBefore)
  const main = (user + system) / 1e6
  clearInterval(sampling)
  const settled = (await engine.stats([index.uuid])).get(index.uuid)
  await engine.forceMerge([index.uuid])
  const merged = (await engine.stats([index.uuid])).get(index.uuid)
  return {
    ...before,
    documents,
    bulk: bodies.documentsPerBody,
    ids,
    docs_per_s: Math.round(documents / wallSeconds),
    docs_per_cpu_s_written: Math.round(documents / cpuWritten),
    docs_per_cpu_s: Math.round(documents / cpuSettled),
    cpu_us_per_doc: { main: micros(main), child: micros(cpuSettled - main) },
    live: settled?.documents,
    parts: settled?.parts,
    bytes_per_doc: { settled: perDocument(settled?.storedBytes), merged: perDocument(merged?.storedBytes) },
    searchable_after_ms: { p50: Math.round(quantile(visible, 0.5)), p95: Math.round(quantile(visible, 0.95)) },
    idle_mb: Math.round(idleBytes / 1e6),
    peak_mb: Math.round(peakBytes / 1e6),
  }
}

function micros(seconds: number): number {
  return Math.round((seconds * 1e8) / documents) / 100
}

function perDocument(bytes = 0): number {
  return Math.round((bytes / documents) * 10) / 10
}

async function writeAll(all: BulkBodies, visible: number[]): Promise<void> {
  let next = 0
  const startedAt = performance.now()
  const write = async (): Promise<void> => {
    while (next < all.bodies) {
      const number = next++
      const waitMs = (number * all.documentsPerBody * 1000) / rate - (performance.now() - startedAt)
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      const sentAt = performance.now()
      const results = await engine.write(operations(all.body(number)))
      const failed = results.find(({ outcome }) => outcome === 'failed')
      if (failed) throw new Error('a document was refused', { cause: failed })
      void engine.waitUntilSearchable([index.uuid]).then(() => visible.push(performance.now() - sentAt))
    }
  }
  await Promise.all(Array.from({ length: connections }, write))
}

/** What the `_bulk` route does with a body. */
function operations(body: Buffer): WriteOperation[] {
  const all: WriteOperation[] = []
  for (let at = 0; at < body.length;) {
    const action = body.indexOf(10, at)
    const end = body.indexOf(10, action + 1)
    const source = body.subarray(action + 1, end)
    const id = ids.kind === 'own' ? idOf(body.toString('latin1', at, action)) : undefined
    all.push({ index, kind: 'index', source, ...(id === undefined ? {} : { id }) })
    at = end + 1
  }
  return all
}

function idOf(action: string): string {
  return (JSON.parse(action) as { index: { _id: string } }).index._id
}

function report(result: Awaited<ReturnType<typeof measure>>): void {
  const { bytes_per_doc: bytes, searchable_after_ms: searchable, ...rest } = result
  const rows = Object.entries({
    ...rest,
    bytes_per_doc: `${bytes.settled} settled, ${bytes.merged} merged`,
    searchable_after_ms: `${searchable.p50} p50, ${searchable.p95} p95`,
  })
  printTable(rows.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]))
  process.stdout.write(`${keepResult('engine-ingest', result)}\n`)
}
