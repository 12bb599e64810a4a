import { count, readArguments } from './harness/arguments.ts'
import { postBodies } from './harness/post-bodies.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'
import { settle } from './harness/settle.ts'
import { openTarget, targetHelp, type Target } from './harness/target.ts'
import { ingestLimit } from './limits/run-limit.ts'
import { iotBodies, type Ids } from './workload/bulk-bodies.ts'
import { iotMappings } from './workload/iot-index.ts'

const help = `Bulk ingest of generated IoT documents over HTTP, in documents per CPU second of the server, merges included.

  --docs N         how many documents (default: 2000000)
  --bulk N         documents per request (default: 5000)
  --connections N  clients at once (default: 8)
  --ids SHARE      gives documents ids of the client's own; SHARE of them, such as 0.1, overwrite an earlier one
  --index NAME     index that is deleted and filled (default: iot)
${targetHelp}`

interface Stats {
  readonly indices: Readonly<
    Record<
      string,
      { readonly primaries: { readonly docs?: { readonly count: number }; readonly store?: { readonly size_in_bytes: number } } }
    >
  >
}

const options = readArguments(help, ['docs', 'bulk', 'connections', 'ids', 'index'])
const documents = count(options['docs'], 2_000_000, 'docs')
const connections = count(options['connections'], 8, 'connections')
const index = options['index'] ?? 'iot'
const ids: Ids = options['ids'] === undefined ? { kind: 'none' } : { kind: 'own', overwriting: Number(options['ids']) }
const bodies = iotBodies(documents, count(options['bulk'], 5000, 'bulk'), ids)

const limits = { P1: await ingestLimit('P1', bodies, connections), P2: await ingestLimit('P2', bodies, connections) }
const target = await openTarget(options)
try {
  report(await measure(target))
} finally {
  await target.close()
  bodies.close()
}

async function measure({ http, processes }: Target) {
  const before = circumstances()
  await http.call('DELETE', `/${index}?ignore_unavailable=true`)
  await http.json('PUT', `/${index}`, { settings: { number_of_shards: 1, number_of_replicas: 0 }, mappings: iotMappings })
  await settle(processes)
  const idleBytes = processes.residentBytes()
  let peakBytes = idleBytes
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, processes.residentBytes())
  }, 250)
  const cpuBefore = processes.cpuSeconds()
  const posted = await postBodies(http, `/${index}/_bulk`, bodies, { connections })
  const cpuPosted = processes.cpuSeconds()
  clearInterval(sampling)
  await http.call('POST', `/${index}/_refresh`)
  await settle(processes)
  const cpuSettled = processes.cpuSeconds()
  const flushed = await stored(http)
  await http.call('POST', `/${index}/_forcemerge?max_num_segments=1`)
  await settle(processes)
  const merged = await stored(http)
  return {
    ...before,
    documents: posted.documents,
    counted: merged.documents,
    seconds: posted.seconds,
    cpuSeconds: cpuPosted - cpuBefore,
    cpuSecondsWithMerges: cpuSettled - cpuBefore,
    requestMs: { p50: quantile(posted.latenciesMs, 0.5), p99: quantile(posted.latenciesMs, 0.99) },
    bytesPerDocument: {
      flushed: flushed.bytes / flushed.documents,
      merged: merged.bytes / merged.documents,
      json: bodies.documentBytes / bodies.documents,
    },
    residentBytes: { idle: idleBytes, peak: peakBytes, after: processes.residentBytes() },
  }
}

async function stored(http: Target['http']): Promise<{ readonly documents: number; readonly bytes: number }> {
  const stats = (await http.json('GET', `/${index}/_stats/docs,store`)) as Stats
  const primaries = stats.indices[index]?.primaries
  return { documents: primaries?.docs?.count ?? Number.NaN, bytes: primaries?.store?.size_in_bytes ?? Number.NaN }
}

function report(result: Awaited<ReturnType<typeof measure>>): void {
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
    `kept in ${keepResult('ingest', { target: target.name, bulk: bodies.documentsPerBody, connections, limits, ...result })}\n`,
  )
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
