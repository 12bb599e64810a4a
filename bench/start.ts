import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'
import { HttpClient } from './harness/http-client.ts'
import { postBodies } from './harness/post-bodies.ts'
import { ProcessTree } from './harness/processes.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'
import { iotBodies } from './workload/bulk-bodies.ts'

const help = `How long a start takes: until everything can serve, and until the first document is acknowledged. Wall time, and the CPU
time of all processes, which says more on a machine that is busy.

  --docs N   documents that the data folder holds for the later starts (default: 100000)
  --runs N   later starts (default: 5)`

const options = readArguments(help, ['docs', 'runs'])
const documents = count(options['docs'], 100_000, 'docs')
const runs = count(options['runs'], 5, 'runs')

interface Start {
  readonly readyMs: number
  readonly acknowledgedMs: number
  readonly cpuMs: number
}

const before = circumstances()
const dataFolder = await mkdtemp(join(tmpdir(), 'elkhorn-bench-'))
const limits: number[] = []
for (let run = 0; run < runs; run++) limits.push(await startOfNode())
const first = await start(documents)
const later: Start[] = []
for (let run = 0; run < runs; run++) later.push(await start(0))
await rm(dataFolder, { recursive: true, force: true })

const median = (of: (one: Start) => number): number => quantile(later.map(of), 0.5)
const limit = quantile(limits, 0.5)
const row = (name: string, one: Start): (string | number)[] => [
  name,
  one.readyMs.toFixed(0),
  one.acknowledgedMs.toFixed(0),
  one.cpuMs.toFixed(0),
  (one.readyMs / limit).toFixed(1),
]
const again: Start = {
  readyMs: median((one) => one.readyMs),
  acknowledgedMs: median((one) => one.acknowledgedMs),
  cpuMs: median((one) => one.cpuMs),
}
printTable([
  ['start', 'ready ms', 'first document ms', 'CPU ms', 'of the limit'],
  row('first, empty folder', first),
  row(`later, ${documents} documents, median of ${runs}`, again),
  ['limit: Node.js and the native engine alone', limit.toFixed(0), '', '', ''],
])
process.stdout.write(`kept in ${keepResult('start', { ...before, documents, limits, first, later })}\n`)

/** Starts, writes one document, fills the folder where asked to, stops. Times since the process was started. */
async function start(fill: number): Promise<Start> {
  const startedAt = performance.now()
  const elkhorn = await startElkhorn(dataFolder)
  const cpuMs = new ProcessTree([elkhorn.pid]).cpuSeconds() * 1000
  const http = new HttpClient(`http://127.0.0.1:${elkhorn.ports['api']}`, elkhorn.auth)
  await http.call('POST', '/first/_doc', '{"a":1}')
  const acknowledgedMs = performance.now() - startedAt
  if (fill > 0) {
    const bodies = iotBodies(fill, 5000)
    await postBodies(http, '/iot/_bulk?refresh=true', bodies, { connections: 4 })
    bodies.close()
  }
  http.close()
  await elkhorn.stop()
  return { readyMs: elkhorn.readyMs, acknowledgedMs, cpuMs }
}

/** What the runtime and the engine's library need to be there and answer once. */
function startOfNode(): Promise<number> {
  const program = `const { Session } = await import('chdb'); new Session().query('SELECT 1', 'CSV')`
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' })
    child.on('error', reject)
    child.on('exit', () => resolve(performance.now() - startedAt))
  })
}
