import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { askOnce } from './harness/query-cost.ts'
import { printTable } from './harness/report.ts'
import { openTarget, type Target } from './harness/target.ts'
import { postBodies } from './harness/post-bodies.ts'
import { startEngineWork } from './limits/engine-work.ts'
import { iotBodies } from './workload/bulk-bodies.ts'
import { iotMappings } from './workload/iot-index.ts'
import { iotQueries } from './workload/iot-queries.ts'

/*
 * The gate against creeping slowness: CPU seconds of a small run of the benchmark, as multiples of what fixed work for the
 * bare engine (P4) costs in the same moments. Machines differ, and neighbours make a CPU second worth more or less from one
 * moment to the next, so each turn of some tenths of a second stands between runs of that work and is compared with those
 * alone; what counts is what most turns say. Searches are compared with searches, ingest with inserts. Two runs, with seven and
 * with thirteen busy programs on two cores, differed by 1 to 4 %.
 * --record writes bench/baseline.json.
 */

const DOCUMENTS = 100_000
const ALLOWED = 1.15
/** What is over the limit is measured again so often; all turns count, not the best. */
const REPEATS = 3
const INGESTS = 7
const UNITS_PER_INGEST = 3
const TURNS = 15
const UNITS_PER_TURN = 2
const CPU_SECONDS_OF_TURN = 0.4
const WARM_UP_RUNS = 15
const QUESTIONS = ['Q1', 'A1', 'A2', 'T1', 'S1', 'D1b']

/** Work that is measured in turns. */
interface Part {
  readonly name: string
  readonly turns: number
  /** Runs of the unit before each turn, and after it. */
  readonly units: number
  /** @returns CPU seconds of one run */
  turn(): Promise<number>
}

const isRecording = process.argv.includes('--record')
const file = fileURLToPath(new URL('../../../bench/baseline.json', import.meta.url))
const baseline = existsSync(file) && !isRecording ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>) : {}

const target = await openTarget({})
const work = await startEngineWork()
const found: Record<string, number> = {}
try {
  await work.insert() // its threads are there then
  const ingest: Part = { name: 'ingest', turns: INGESTS, units: UNITS_PER_INGEST, turn: () => ingestOnce(target) }
  await ingest.turn()
  Object.assign(found, await measure([ingest], () => work.insert()))
  Object.assign(found, await measure(await questionParts(target), () => work.search()))
} finally {
  await work.close()
  await target.close()
}

/** What each part costs over what the unit does, all in turns. */
async function measure(parts: readonly Part[], unit: () => Promise<number>): Promise<Record<string, number>> {
  const ratios = new Map(parts.map((part) => [part, [] as number[]]))
  const ratioOf = (part: Part): number => middleMean(ratios.get(part) ?? [])
  const units = async (runs: number): Promise<number> => {
    let sum = 0
    for (let run = 0; run < runs; run++) sum += await unit()
    return sum / runs
  }
  const takeTurns = async (some: readonly Part[]): Promise<void> => {
    for (let turn = 0; turn < Math.max(...some.map(({ turns }) => turns)); turn++) {
      for (const part of some) {
        const before = await units(part.units)
        const cost = await part.turn()
        ratios.get(part)?.push((2 * cost) / (before + (await units(part.units))))
      }
    }
  }
  let measured = parts
  for (let repeat = 0; repeat <= REPEATS && measured.length > 0; repeat++) {
    await takeTurns(measured)
    measured = measured.filter((part) => isSlower(part.name, ratioOf(part)))
  }
  return Object.fromEntries(parts.map((part) => [part.name, ratioOf(part)]))
}

/** Mean of the middle half: untouched by the moments when a neighbour took the machine, and finer than a tick of CPU time. */
function middleMean(values: readonly number[]): number {
  const from = Math.floor(values.length / 4)
  const middle = values.toSorted((a, b) => a - b).slice(from, values.length - from)
  return middle.reduce((sum, value) => sum + value, 0) / middle.length
}

/** Documents into a new index, to the end of their merges: into one part, so that it does not matter when which ones began. */
async function ingestOnce({ http, processes }: Target): Promise<number> {
  await http.call('DELETE', '/iot?ignore_unavailable=true')
  await http.json('PUT', '/iot', { mappings: iotMappings })
  const bodies = iotBodies(DOCUMENTS, 5000)
  const before = processes.cpuSeconds()
  await postBodies(http, '/iot/_bulk', bodies, { connections: 8 })
  bodies.close()
  await http.call('POST', '/iot/_refresh')
  await http.call('POST', '/iot/_forcemerge?max_num_segments=1')
  return processes.cpuSeconds() - before
}

async function questionParts({ http, processes }: Target): Promise<Part[]> {
  const parts: Part[] = []
  for (const query of iotQueries('iot', DOCUMENTS, 'gate').filter(({ id }) => QUESTIONS.includes(id))) {
    const cost = async (runs: number): Promise<number> => {
      const before = processes.cpuSeconds()
      for (let run = 0; run < runs; run++) await askOnce(http, query)
      return (processes.cpuSeconds() - before) / runs
    }
    await cost(WARM_UP_RUNS)
    // CPU time is counted in ticks of 10 ms, so a turn asks as often as takes many of them.
    const runs = Math.ceil(CPU_SECONDS_OF_TURN / (await cost(WARM_UP_RUNS)))
    parts.push({ name: query.id, turns: TURNS, units: UNITS_PER_TURN, turn: () => cost(runs) })
  }
  return parts
}

function isSlower(name: string, ratio: number): boolean {
  const recorded = baseline[name]
  return recorded !== undefined && ratio > ALLOWED * recorded
}

const rows = Object.entries(found).map(([name, ratio]) => {
  const recorded = baseline[name]
  if (recorded === undefined) return [name, ratio.toFixed(4), '', '', 'new']
  const change = `${(100 * (ratio / recorded - 1)).toFixed(0)} %`
  return [name, ratio.toFixed(4), recorded.toFixed(4), change, isSlower(name, ratio) ? 'SLOWER' : 'ok']
})
printTable([['CPU seconds over those of P4', 'now', 'recorded', 'change', ''], ...rows])
if (isRecording) {
  writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`)
} else if (rows.some((row) => row[4] === 'SLOWER')) {
  process.stderr.write('slower than recorded: find out why, or record the new figures with --record and say why in the commit\n')
  process.exitCode = 1
}
