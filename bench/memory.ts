import { count, readArguments } from './harness/arguments.ts'
import { measureQuery } from './harness/query-cost.ts'
import { postBodies } from './harness/post-bodies.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'
import { settle } from './harness/settle.ts'
import { openTarget, targetHelp } from './harness/target.ts'
import { iotBodies } from './workload/bulk-bodies.ts'
import { iotMappings } from './workload/iot-index.ts'
import { iotQueries } from './workload/iot-queries.ts'

const help = `Resident memory of all processes: after the start, while documents come in at full speed, while dashboards are asked for, and
a minute later. Without the sample factory.

  --docs N   documents (default: 500000)
${targetHelp}`

const SAMPLE_MILLIS = 250
const REST_SECONDS = 60

const options = readArguments(help, ['docs'])
const documents = count(options['docs'], 500_000, 'docs')
const before = circumstances()
const target = await openTarget(options)
const { http, processes } = target
try {
  await settle(processes)
  const idle = processes.residentBytes()
  await http.json('PUT', '/iot', { settings: { number_of_shards: 1, number_of_replicas: 0 }, mappings: iotMappings })
  const ingest = await peakWhile(async () => {
    const bodies = iotBodies(documents, 5000)
    await postBodies(http, '/iot/_bulk', bodies, { connections: 8 })
    bodies.close()
  })
  await http.call('POST', '/iot/_refresh')
  const dashboards = await peakWhile(async () => {
    for (const query of iotQueries('iot', documents).filter(({ id }) => id === 'D1b'))
      await measureQuery(target, query, { runs: 20, enoughCpuSeconds: 0 })
  })
  await new Promise((resolve) => setTimeout(resolve, REST_SECONDS * 1000))
  const after = processes.residentBytes()
  const limit = process.memoryUsage().rss
  const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
  printTable([
    [`memory, ${documents} documents`, 'MB'],
    ['idle', megabytes(idle)],
    ['peak while documents come in', megabytes(ingest)],
    ['peak while dashboards are asked for', megabytes(dashboards)],
    ['a minute later', megabytes(after)],
    ['for comparison: this program, a Node.js process', megabytes(limit)],
  ])
  process.stdout.write(
    `kept in ${keepResult('memory', { target: target.name, ...before, documents, idle, ingest, dashboards, after })}\n`,
  )
} finally {
  await target.close()
}

/** The largest amount seen while something is done, in bytes. */
async function peakWhile(work: () => Promise<void>): Promise<number> {
  let peak = processes.residentBytes()
  const sampling = setInterval(() => {
    peak = Math.max(peak, processes.residentBytes())
  }, SAMPLE_MILLIS)
  try {
    await work()
  } finally {
    clearInterval(sampling)
  }
  return peak
}
