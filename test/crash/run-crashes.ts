import { readdirSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { seededRandom } from '../../src/sample/random.ts'
import { ApiClient, type CrashTarget } from './api-client.ts'
import { Expectation } from './expectation.ts'
import { contradictions, findAppended, findKeyed } from './find-all.ts'
import { APPENDED, KEYED, Load } from './load.ts'
import { gone } from './wait-gone.ts'

export interface CrashOptions {
  readonly points: number
  /** The same seed kills at the same moments and writes the same documents; what meets what is the machine's. */
  readonly seed: string
  /** Starts an Elkhorn over the same data folder again. */
  readonly start: () => Promise<CrashTarget>
  /** Called after each kill. */
  readonly onPoint?: (point: CrashPoint) => void
}

export interface CrashPoint {
  readonly number: number
  readonly killed: 'process' | 'engine'
  /** From the kill to the answer of a search that was asked right behind it, or to where a new process can serve. */
  readonly backAfterMs: number
}

export interface CrashReport {
  /** What was lost, doubled, wrong or refused; empty when nothing was. */
  readonly problems: readonly string[]
  readonly points: readonly CrashPoint[]
  readonly acknowledgedChanges: number
}

/** A process is killed after so long a load at most. */
const MAX_LOAD_MS = 700
/** Kills of the engine alone before the whole process is killed. */
const ENGINE_SHARE = 0.5

/**
 * Kills an Elkhorn or its engine at random points under load, starts it again, and compares what is there with what was
 * acknowledged. The last start follows an orderly stop.
 */
export async function runCrashes({ points, seed, start, onPoint }: CrashOptions): Promise<CrashReport> {
  const random = seededRandom(seed)
  const expected = new Expectation()
  const done: CrashPoint[] = []
  const problems: string[] = []
  const finish = (point: Omit<CrashPoint, 'number'>): void => {
    const numbered = { number: done.length + 1, ...point }
    done.push(numbered)
    onPoint?.(numbered)
  }
  let target = await start()
  await prepare(new ApiClient(target))
  while (done.length < points) {
    const client = new ApiClient(target)
    const load = new Load(client, expected, seededRandom(`${seed} ${done.length}`), done.length * 1_000_000)
    while (done.length < points - 1 && random() < ENGINE_SHARE) {
      await sleep(random() * MAX_LOAD_MS)
      finish({ killed: 'engine', backAfterMs: await killEngine(target.pid, client) })
    }
    await sleep(random() * MAX_LOAD_MS)
    load.end()
    const killedAt = performance.now()
    process.kill(target.pid, 'SIGKILL')
    problems.push(...(await load.ended()))
    await gone(target.pid)
    target = await start()
    finish({ killed: 'process', backAfterMs: performance.now() - killedAt })
    problems.push(...(await compare(new ApiClient(target), expected)).map((problem) => `after kill ${done.length}: ${problem}`))
    if (problems.length > 0) break
  }
  process.kill(target.pid, 'SIGTERM')
  await gone(target.pid)
  target = await start()
  problems.push(...(await compare(new ApiClient(target), expected)).map((problem) => `after a stop: ${problem}`))
  process.kill(target.pid, 'SIGTERM')
  await gone(target.pid)
  return { problems, points: done, acknowledgedChanges: expected.acknowledgedChanges }
}

async function prepare(client: ApiClient): Promise<void> {
  const long = { type: 'long' }
  await client.call('PUT', `/${APPENDED}`, {
    mappings: { properties: { n: long, '@timestamp': { type: 'date' }, text: { type: 'text' }, device: { type: 'keyword' } } },
  })
  await client.call('PUT', `/${KEYED}`, { mappings: { properties: { value: long, note: long } } })
}

async function compare(client: ApiClient, expected: Expectation): Promise<string[]> {
  const appended = await findAppended(client)
  const keyed = await findKeyed(client)
  return [
    ...expected.problemsOfAppended(appended),
    ...expected.problemsOfKeyed(keyed),
    ...(await contradictions(client, appended, keyed)),
  ]
}

/** @returns milliseconds until a search was answered again */
async function killEngine(pid: number, client: ApiClient): Promise<number> {
  const engine = childrenOf(pid).find(({ command }) => command.includes('engine/embedded/child/'))
  if (engine === undefined) return 0 // killed a moment ago, and not started again yet
  const killedAt = performance.now()
  process.kill(engine.pid, 'SIGKILL')
  await client.call('POST', `/${KEYED}/_search`, { size: 1 })
  return performance.now() - killedAt
}

function childrenOf(pid: number): { readonly pid: number; readonly command: string }[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
      .map((name) => ({ pid: Number(name), command: readOr('', `/proc/${name}/cmdline`) }))
  }
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' })
  return table.split('\n').flatMap((line) => {
    const [, child, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(parent) === pid ? [{ pid: Number(child), command: command ?? '' }] : []
  })
}

function parentOf(pid: string): number {
  const stat = readOr('', `/proc/${pid}/stat`)
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** A process may end while it is looked at. */
function readOr(otherwise: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
