import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CRASH_PIPELINE, CRASH_PIPELINE_FILE, runIngestCrashes } from '../test/crash/run-ingest-crashes.ts'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'

const help = `Kills Elkhorn (kill -9) at random points while MQTT QoS 1, Beats and HTTP send to it together, and compares what is stored
with what was acknowledged. Duplicates are counted: of what was sent again since its acknowledgement was lost, and, from a queue
on disk, of what was stored just before the kill. Exit code 1 when anything is lost or there without need twice.

  --points N       how many kills with each kind of queue (default: 100)
  --queue TEXT     memory or persisted only (default: both)
  --seed TEXT      other moments and other batches (default: crash-ingest-1)`

const options = readArguments(help, ['points', 'queue', 'seed'])
const points = count(options['points'], 100, 'points')
const seed = options['seed'] ?? 'crash-ingest-1'

async function crash(queue: 'memory' | 'persisted') {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-crash-'))
  const pipelines = join(folder, 'pipelines')
  await mkdir(pipelines)
  await writeFile(join(pipelines, CRASH_PIPELINE_FILE), CRASH_PIPELINE)
  const start = async () => {
    const settings = [`pipelines.path=${pipelines}`, `queue.type=${queue}`]
    const { pid, ports, auth } = await startElkhorn(join(folder, 'data'), { settings })
    const [user = '', password = ''] = auth.split(':')
    const authorization = `Basic ${Buffer.from(auth).toString('base64')}`
    return { pid, ports, user, password, url: `http://127.0.0.1:${ports['api']}`, authorization }
  }
  const report = await runIngestCrashes({
    points,
    seed,
    persisted: queue === 'persisted',
    start,
    onPoint: ({ number, acknowledged, resent, duplicates }) =>
      process.stderr.write(
        `${queue} ${number}: ${acknowledged} acknowledged, ${resent} sent again, ${duplicates} stored twice or more\n`,
      ),
  })
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  return { queue, ...report }
}

const before = circumstances()
const reports: Awaited<ReturnType<typeof crash>>[] = []
for (const queue of ['memory', 'persisted'] as const) {
  if ((options['queue'] ?? queue) === queue) reports.push(await crash(queue))
}
printTable([
  ['queue', 'kills', 'acknowledged events', 'sent again', 'stored twice', 'lost or wrong'],
  ...reports.map(({ queue, points: kills, problems }) => {
    const last = kills.at(-1)
    return [queue, kills.length, last?.acknowledged ?? 0, last?.resent ?? 0, last?.duplicates ?? 0, problems.length]
  }),
])
for (const { queue, problems } of reports) for (const problem of problems) process.stderr.write(`${queue}: ${problem}\n`)
process.stdout.write(`kept in ${keepResult('crash-ingest', { ...before, seed, reports })}\n`)
process.exitCode = reports.every(({ problems }) => problems.length === 0) ? 0 : 1
