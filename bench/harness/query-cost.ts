import type { BenchQuery } from '../workload/iot-queries.ts'
import { quantile } from './report.ts'
import type { Target } from './target.ts'

const WARM_UP_RUNS = 3
const MAX_RUNS = 150

export interface QueryCost {
  readonly p50Ms: number
  readonly p95Ms: number
  /** CPU milliseconds of the server for one answer. */
  readonly cpuMs: number
}

/**
 * @returns milliseconds until the answer was there
 * @throws Error when it says that something failed
 */
export async function askOnce(http: Target['http'], query: BenchQuery): Promise<number> {
  const { path, body, type } = query.make()
  const startedAt = performance.now()
  const { text } = await http.call('POST', path, body, type)
  const duration = performance.now() - startedAt
  const failure = /"error"\s*:\s*\{.{0,200}|"failed"\s*:\s*[1-9]/s.exec(text)
  if (failure) throw new Error(`${query.id}: ${failure[0]}`)
  return duration
}

/**
 * Asks a question again and again, one client. CPU time is counted in ticks of 10 ms: short questions are asked until they
 * have used enough of it.
 */
export async function measureQuery(
  { http, processes }: Target,
  query: BenchQuery,
  { runs, enoughCpuSeconds }: { readonly runs: number; readonly enoughCpuSeconds: number },
): Promise<QueryCost> {
  for (let n = 0; n < WARM_UP_RUNS; n++) await askOnce(http, query)
  const durations: number[] = []
  const before = processes.cpuSeconds()
  while (durations.length < runs || (processes.cpuSeconds() - before < enoughCpuSeconds && durations.length < MAX_RUNS))
    durations.push(await askOnce(http, query))
  const cpuMs = ((processes.cpuSeconds() - before) * 1000) / durations.length
  return { p50Ms: quantile(durations, 0.5), p95Ms: quantile(durations, 0.95), cpuMs }
}
