import { count, readArguments } from './harness/arguments.ts'
import { postBodies } from './harness/post-bodies.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'
import { settle } from './harness/settle.ts'
import { openTarget, targetHelp, type Target } from './harness/target.ts'
import { iotBodies } from './workload/bulk-bodies.ts'
import { iotMappings } from './workload/iot-index.ts'
import { iotQueries, type BenchQuery } from './workload/iot-queries.ts'

const help = `The benchmark's questions over HTTP, one client, a different time window each time.

  --docs N         documents in the index (default: 2000000); they are ingested first unless they are there
  --only REGEX     only questions whose id matches: 'A|D1'
  --runs N         measured runs of each (default: 20)
  --index NAME     (default: iot)
${targetHelp}`

const WARM_UP_RUNS = 3
/** CPU time is counted in ticks of 10 ms: short questions are asked until they have used this much, or so often. */
const ENOUGH_CPU_SECONDS = 0.3
const MAX_RUNS = 150

const options = readArguments(help, ['docs', 'only', 'runs', 'index'])
const documents = count(options['docs'], 2_000_000, 'docs')
const runs = count(options['runs'], 20, 'runs')
const index = options['index'] ?? 'iot'
const only = new RegExp(options['only'] ?? '')

const before = circumstances()
const target = await openTarget(options)
try {
  await fill(target)
  const rows: (string | number)[][] = [['', 'question', 'p50 ms', 'p95 ms', 'CPU ms']]
  const results: Record<string, Measured | string> = {}
  for (const query of iotQueries(index, documents).filter(({ id }) => only.test(id))) {
    const measured = await measure(target, query).catch((error: unknown) => (error as Error).message)
    results[query.id] = measured
    rows.push([query.id, query.summary, ...(typeof measured === 'string' ? ['refused', '', ''] : figures(measured))])
    if (typeof measured === 'string')
      process.stderr.write(`${query.id}: ${measured}
`)
  }
  printTable(rows)
  process.stdout.write(`kept in ${keepResult('query', { target: target.name, ...before, documents, results })}\n`)
} finally {
  await target.close()
}

interface Measured {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly cpuMs: number
}

function figures({ p50Ms, p95Ms, cpuMs }: Measured): string[] {
  return [p50Ms.toFixed(1), p95Ms.toFixed(1), cpuMs.toFixed(1)]
}

/** Ingests the data set unless the index holds it already. */
async function fill({ http, processes }: Target): Promise<void> {
  const counted = await http.json('GET', `/${index}/_count`).then(
    (answer) => (answer as { readonly count: number }).count,
    () => 0, // there is no such index yet
  )
  if (counted === documents) return
  const bodies = iotBodies(documents, 5000)
  await http.call('DELETE', `/${index}?ignore_unavailable=true`)
  await http.json('PUT', `/${index}`, { settings: { number_of_shards: 1, number_of_replicas: 0 }, mappings: iotMappings })
  await postBodies(http, `/${index}/_bulk`, bodies, { connections: 8 })
  bodies.close()
  await http.call('POST', `/${index}/_refresh`)
  await http.call('POST', `/${index}/_forcemerge?max_num_segments=1`)
  await settle(processes)
}

async function measure({ http, processes }: Target, query: BenchQuery): Promise<Measured> {
  const ask = async (): Promise<number> => {
    const { path, body, type } = query.make()
    const startedAt = performance.now()
    const { text } = await http.call('POST', path, body, type)
    const duration = performance.now() - startedAt
    const failure = /"error"\s*:\s*\{.{0,200}|"failed"\s*:\s*[1-9]/s.exec(text)
    if (failure) throw new Error(`${query.id}: ${failure[0]}`)
    return duration
  }
  for (let n = 0; n < WARM_UP_RUNS; n++) await ask()
  const durations: number[] = []
  const cpuBefore = processes.cpuSeconds()
  while (durations.length < runs || (processes.cpuSeconds() - cpuBefore < ENOUGH_CPU_SECONDS && durations.length < MAX_RUNS))
    durations.push(await ask())
  const cpuMs = ((processes.cpuSeconds() - cpuBefore) * 1000) / durations.length
  return { p50Ms: quantile(durations, 0.5), p95Ms: quantile(durations, 0.95), cpuMs }
}
