import { createEvent, type Event, type Fields } from '../src/core/event.ts'
import { loadCorePatterns } from '../src/plugins/filters/grok/pattern-library.ts'
import { compileGrok } from '../src/plugins/filters/grok/grok-expression.ts'
import { openTestChain } from '../src/pipeline/test-chain.ts'
import { count, readArguments } from './harness/arguments.ts'
import { circumstances, keepResult, printRates } from './harness/report.ts'
import { COMBINED_FILTER, combinedLines, foreignLines, NORMALIZE_FILTER, reading } from './workload/filters.ts'

const help = `Filters alone, in events per CPU second: what a pipeline's filter section makes of batches of 500 events, without
input and output. Beside each what a program written by hand for this one task needs.

  --events N   events of each (default: 300000)
  --only TEXT  only those whose name holds this text`

const BATCH = 500
/** Events that the compiler sees before the clock starts. */
const WARM_UP_SHARE = 0.2

interface Task {
  readonly name: string
  readonly asked: number
  readonly filter: string
  readonly fields: (n: number) => Fields
  /** Whether an event came out as it must. */
  readonly isRight: (event: Event) => boolean
  /** The same by hand. */
  readonly limit: (n: number) => unknown
}

const options = readArguments(help, ['events', 'only'])
const events = count(options['events'], 300_000, 'events')
const combined = combinedLines(5000)
const foreign = foreignLines(5000)
const line = (lines: readonly string[], n: number): string => lines[n % lines.length] ?? ''
const { regexp } = compileGrok('%{COMBINEDAPACHELOG}', await loadCorePatterns('ecs-v1'), { captureUnnamed: false })

const tasks: readonly Task[] = [
  {
    name: 'grok: combined log, matching',
    asked: 120_000,
    filter: COMBINED_FILTER,
    fields: (n) => ({ message: line(combined, n) }),
    isRight: ({ fields }) => (fields['http'] as Fields | undefined)?.['version'] === '1.1',
    limit: (n) => regexp.search(line(combined, n), 0),
  },
  {
    name: 'grok: combined log, not matching',
    asked: 60_000,
    filter: COMBINED_FILTER,
    fields: (n) => ({ message: line(foreign, n) }),
    isRight: ({ fields }) => Array.isArray(fields['tags']),
    limit: (n) => regexp.search(line(foreign, n), 0),
  },
  {
    name: 'ruby: units and heat index',
    asked: 150_000,
    filter: NORMALIZE_FILTER,
    fields: reading,
    isRight: ({ fields }) => fields['temperature_unit'] === 'C' && fields['heat_index'] !== undefined,
    limit: (n) => normalizeByHand(reading(n)),
  },
]

function normalizeByHand(event: Record<string, string>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...event }
  let temperature = Number(event['temperature'])
  if (event['temperature_unit'] === 'F') {
    temperature = Math.round((((temperature - 32) * 5) / 9) * 100) / 100
    result['temperature_unit'] = 'C'
  }
  result['temperature'] = temperature
  const humidity = Number(event['humidity'])
  result['heat_index'] = Math.round(0.5 * (temperature + 61 + (temperature - 68) * 1.2 + humidity * 0.094) * 100) / 100
  return result
}

/** Batches of events, made before the clock starts. */
function batches({ fields }: Task, wanted: number): Event[][] {
  return Array.from({ length: Math.ceil(wanted / BATCH) }, (_, batch) =>
    Array.from({ length: BATCH }, (_, n) => {
      const event = createEvent(fields(batch * BATCH + n))
      event.order = n
      return event
    }),
  )
}

/** @returns events per CPU second */
async function measure(task: Task): Promise<number> {
  const chain = await openTestChain(task.filter)
  const run = async (from: Event[][]): Promise<void> => {
    for (const batch of from) {
      const out = await chain.run(batch)
      if (out.length !== BATCH || !out.every(task.isRight)) throw new Error(`${task.name}: wrong events came out`)
    }
  }
  await run(batches(task, events * WARM_UP_SHARE))
  let done = 0
  let used = 0
  // In rounds: all events at once would measure the garbage collector.
  while (done < events) {
    const round = batches(task, Math.min(50_000, events - done))
    const before = process.cpuUsage()
    await run(round)
    const { user, system } = process.cpuUsage(before)
    used += (user + system) / 1e6
    done += round.length * BATCH
  }
  await chain.close()
  return done / used
}

function measureLimit({ limit }: Task): number {
  for (let n = 0; n < events * WARM_UP_SHARE; n++) limit(n)
  const before = process.cpuUsage()
  for (let n = 0; n < events; n++) limit(n)
  const { user, system } = process.cpuUsage(before)
  return events / ((user + system) / 1e6)
}

const before = circumstances()
const results: { readonly name: string; readonly asked: number; readonly rate: number; readonly limit: number }[] = []
for (const task of tasks.filter(({ name }) => name.includes(options['only'] ?? '')))
  results.push({ name: task.name, asked: task.asked, rate: await measure(task), limit: measureLimit(task) })
printRates('by hand', results)
process.stdout.write(`kept in ${keepResult('filters', { ...before, events, results })}\n`)
