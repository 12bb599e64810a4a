import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'
import { ProcessTree } from './harness/processes.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'
import { settle } from './harness/settle.ts'

const help = `Resident memory of all processes that do nothing: what the doors for devices and shippers add to a store that only
has its REST API and pages.

  --starts N   starts of each; the median counts (default: 3)`

const PIPELINE = `input {
  beats { port => 0 } http { port => 0 } tcp { port => 0 codec => json_lines } udp { port => 0 } syslog { port => 0 }
}
filter { grok { match => { "message" => "%{COMBINEDAPACHELOG}" } } }
output { elasticsearch { hosts => ["localhost:9200"] } }`

const options = readArguments(help, ['starts'])
const starts = count(options['starts'], 3, 'starts')

/** @returns bytes when everything has come to rest */
async function idle(settings: readonly string[], pipeline?: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-bench-'))
  const pipelines = join(folder, 'pipelines')
  await mkdir(pipelines)
  if (pipeline !== undefined) await writeFile(join(pipelines, 'listeners.conf'), pipeline)
  const withPipelines = [...settings, ...(pipeline === undefined ? [] : [`pipelines.path=${pipelines}`])]
  const elkhorn = await startElkhorn(join(folder, 'data'), { settings: withPipelines })
  try {
    const processes = new ProcessTree([elkhorn.pid])
    await settle(processes)
    return processes.residentBytes()
  } finally {
    await elkhorn.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function median(measure: () => Promise<number>): Promise<number> {
  const all: number[] = []
  while (all.length < starts) all.push(await measure())
  return quantile(all, 0.5)
}

const before = circumstances()
const bare = await median(() => idle(['mqtt.enabled=false']))
const usual = await median(() => idle([]))
const every = await median(() => idle([], PIPELINE))
const megabytes = (bytes: number): number => Math.round(bytes / 1e6)
printTable([
  ['memory of all processes, idle', 'MB', 'more', 'asked'],
  ['without MQTT', megabytes(bare), '', ''],
  ['with the listeners of a start as it is', megabytes(usual), megabytes(usual - bare), '60'],
  ['and beats, http, tcp, udp, syslog, with grok', megabytes(every), megabytes(every - bare), ''],
])
process.stdout.write(`kept in ${keepResult('listeners', { ...before, starts, bare, usual, every })}\n`)
