import type { BulkBodies } from '../workload/bulk-bodies.ts'
import { iotMappings } from '../workload/iot-index.ts'
import { postBodies } from './post-bodies.ts'
import { quantile } from './report.ts'
import { settle } from './settle.ts'
import type { Target } from './target.ts'

export interface IngestResult {
  readonly documents: number
  /** As the statistics say after all of it. */
  readonly counted: number
  readonly seconds: number
  /** Of the server, up to the last answer, and up to the end of its merges. */
  readonly cpuSeconds: number
  readonly cpuSecondsWithMerges: number
  readonly requestMs: { readonly p50: number; readonly p99: number }
  readonly bytesPerDocument: { readonly flushed: number; readonly merged: number; readonly json: number }
  readonly residentBytes: { readonly idle: number; readonly peak: number; readonly after: number }
}

interface Stats {
  readonly indices: Readonly<
    Record<
      string,
      { readonly primaries: { readonly docs?: { readonly count: number }; readonly store?: { readonly size_in_bytes: number } } }
    >
  >
}

/** Makes an index anew, posts bulk bodies to it, and merges it into one part. */
export async function measureIngest(
  { http, processes }: Target,
  index: string,
  bodies: BulkBodies,
  connections: number,
): Promise<IngestResult> {
  await http.call('DELETE', `/${index}?ignore_unavailable=true`)
  await http.json('PUT', `/${index}`, { settings: { number_of_shards: 1, number_of_replicas: 0 }, mappings: iotMappings })
  await settle(processes)
  const idle = processes.residentBytes()
  let peak = idle
  const sampling = setInterval(() => {
    peak = Math.max(peak, processes.residentBytes())
  }, 250)
  const cpuBefore = processes.cpuSeconds()
  const posted = await postBodies(http, `/${index}/_bulk`, bodies, { connections })
  const cpuPosted = processes.cpuSeconds()
  clearInterval(sampling)
  await http.call('POST', `/${index}/_refresh`)
  await settle(processes)
  const cpuSettled = processes.cpuSeconds()
  const flushed = await stored(http, index)
  await http.call('POST', `/${index}/_forcemerge?max_num_segments=1`)
  await settle(processes)
  const merged = await stored(http, index)
  return {
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
    residentBytes: { idle, peak, after: processes.residentBytes() },
  }
}

async function stored(http: Target['http'], index: string): Promise<{ readonly documents: number; readonly bytes: number }> {
  const stats = (await http.json('GET', `/${index}/_stats/docs,store`)) as Stats
  const primaries = stats.indices[index]?.primaries
  return { documents: primaries?.docs?.count ?? Number.NaN, bytes: primaries?.store?.size_in_bytes ?? Number.NaN }
}
