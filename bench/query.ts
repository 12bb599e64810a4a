import { count, readArguments } from './harness/arguments.ts'
import { ensureFilled } from './harness/fill-index.ts'
import { measureQuery, type QueryCost } from './harness/query-cost.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'
import { openTarget, targetHelp } from './harness/target.ts'
import { iotQueries } from './workload/iot-queries.ts'

const help = `The benchmark's questions over HTTP, one client, a different time window each time.

  --docs N         documents in the index (default: 2000000); they are ingested first unless they are there
  --only REGEX     only questions whose id matches: 'A|D1'
  --runs N         measured runs of each (default: 20)
  --index NAME     (default: iot)
${targetHelp}`

const ENOUGH_CPU_SECONDS = 0.3

const options = readArguments(help, ['docs', 'only', 'runs', 'index'])
const documents = count(options['docs'], 2_000_000, 'docs')
const runs = count(options['runs'], 20, 'runs')
const index = options['index'] ?? 'iot'
const only = new RegExp(options['only'] ?? '')

const before = circumstances()
const target = await openTarget(options)
try {
  await ensureFilled(target, index, documents)
  const rows: (string | number)[][] = [['', 'question', 'p50 ms', 'p95 ms', 'CPU ms']]
  const results: Record<string, QueryCost | string> = {}
  for (const query of iotQueries(index, documents).filter(({ id }) => only.test(id))) {
    const measured = await measureQuery(target, query, { runs, enoughCpuSeconds: ENOUGH_CPU_SECONDS }).catch(
      (error: unknown) => (error as Error).message,
    )
    results[query.id] = measured
    rows.push([query.id, query.summary, ...(typeof measured === 'string' ? ['refused', '', ''] : figures(measured))])
    if (typeof measured === 'string') process.stderr.write(`${query.id}: ${measured}\n`)
  }
  printTable(rows)
  process.stdout.write(`kept in ${keepResult('query', { target: target.name, ...before, documents, results })}\n`)
} finally {
  await target.close()
}

function figures({ p50Ms, p95Ms, cpuMs }: QueryCost): string[] {
  return [p50Ms.toFixed(1), p95Ms.toFixed(1), cpuMs.toFixed(1)]
}
