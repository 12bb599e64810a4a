import { count, readArguments } from './harness/arguments.ts'
import { type IngestResult, measureIngest } from './harness/measure-ingest.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'
import { openTarget, targetHelp } from './harness/target.ts'
import { ingestLimit } from './limits/run-limit.ts'
import { iotBodies, type Ids } from './workload/bulk-bodies.ts'

const help = `Bulk ingest of generated IoT documents over HTTP, in documents per CPU second of the server, merges included.

  --docs N         how many documents (default: 2000000)
  --bulk N         documents per request (default: 5000)
  --connections N  clients at once (default: 8)
  --ids SHARE      gives documents ids of the client's own; SHARE of them, such as 0.1, overwrite an earlier one
  --index NAME     index that is deleted and filled (default: iot)
${targetHelp}`

const options = readArguments(help, ['docs', 'bulk', 'connections', 'ids', 'index'])
const documents = count(options['docs'], 2_000_000, 'docs')
const connections = count(options['connections'], 8, 'connections')
const index = options['index'] ?? 'iot'
const ids: Ids = options['ids'] === undefined ? { kind: 'none' } : { kind: 'own', overwriting: Number(options['ids']) }
const bodies = iotBodies(documents, count(options['bulk'], 5000, 'bulk'), ids)

const limits = { P1: await ingestLimit('P1', bodies, connections), P2: await ingestLimit('P2', bodies, connections) }
const before = circumstances()
const target = await openTarget(options)
try {
  report(await measureIngest(target, index, bodies, connections))
} finally {
  await target.close()
  bodies.close()
}

function report(result: IngestResult): void {
  const rate = result.documents / result.cpuSeconds
  const rateWithMerges = result.documents / result.cpuSecondsWithMerges
  const ratio = (limit: number): string => `${((100 * rateWithMerges) / limit).toFixed(0)} %`
  printTable([
    ['bulk ingest', target.name],
    ['documents per second', Math.round(result.documents / result.seconds)],
    ['documents per CPU second', Math.round(rate)],
    ['  with merges', Math.round(rateWithMerges)],
    ['  of P1 (HTTP and lines)', `${ratio(limits.P1)} of ${Math.round(limits.P1)}`],
    ['  of P2 (and JSON, columns)', `${ratio(limits.P2)} of ${Math.round(limits.P2)}`],
    ['request, p50 / p99', `${result.requestMs.p50.toFixed(0)} / ${result.requestMs.p99.toFixed(0)} ms`],
    ['bytes per document, merged', result.bytesPerDocument.merged.toFixed(1)],
    ['  before the merge', result.bytesPerDocument.flushed.toFixed(1)],
    ['memory idle / peak', `${megabytes(result.residentBytes.idle)} / ${megabytes(result.residentBytes.peak)} MB`],
  ])
  const lost = result.documents - result.counted
  if (lost !== 0 && ids.kind === 'none') {
    process.stderr.write(`${lost} documents of ${result.documents} are missing\n`)
    process.exitCode = 1
  }
  process.stdout.write(
    `kept in ${keepResult('ingest', { ...before, target: target.name, bulk: bodies.documentsPerBody, connections, limits, ...result })}\n`,
  )
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
