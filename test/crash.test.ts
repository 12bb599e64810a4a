import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import type { CrashDriverLine, CrashWrite } from '../src/engine/embedded/testing/crash-driver.ts'
import { seededRandom } from '../src/sample/random.ts'

/** `CRASH_POINTS=100 npx vitest run test/crash.test.ts` kills more often. */
const POINTS = Number(process.env['CRASH_POINTS'] ?? 20)
const SEED = process.env['CRASH_SEED'] ?? 'crash-1'
const MAX_LIFE_MS = 700
const CHILD_KILLS = 2

const root = new URL('..', import.meta.url).pathname
const dataPath = mkdtempSync(join(tmpdir(), 'elkhorn-crash-'))
const lives: ChildProcess[] = []
afterAll(async () => {
  for (const life of lives) life.kill('SIGKILL')
  await sleep(500) // their children notice and end
  rmSync(dataPath, { recursive: true })
})

/** What must be there, may be there, and what each kept document may be. */
class Expectation {
  readonly #acknowledged: { first: number; count: number }[] = []
  readonly #tried: { first: number; count: number }[] = []
  /** The last acknowledged state of a kept document, and those that were tried since. */
  readonly #kept = new Map<string, (number | undefined)[]>()

  try(write: CrashWrite): void {
    if (write.kind === 'append') this.#tried.push(write)
    else this.#kept.set(write.id, [...(this.#kept.get(write.id) ?? [undefined]), write.value])
  }

  acknowledge(write: CrashWrite): void {
    if (write.kind === 'append') this.#acknowledged.push(write)
    else this.#kept.set(write.id, [write.value])
  }

  /** What is wrong with what was found; nothing when all is well. */
  problems({ appended, kept }: Extract<CrashDriverLine, { kind: 'found' }>): string[] {
    const problems: string[] = []
    const found = new Set(appended)
    if (found.size !== appended.length) problems.push(`${appended.length - found.size} documents are there twice`)
    for (const { first, count } of this.#acknowledged) {
      for (let n = first; n < first + count; n++) if (!found.delete(n)) problems.push(`${n} was acknowledged and is lost`)
    }
    const tried = this.#tried.map(({ first, count }) => [first, first + count] as const)
    for (const n of found) {
      if (!tried.some(([first, end]) => n >= first && n < end)) problems.push(`${n} was never written`)
    }
    const states = new Map<string, number>()
    for (const [id, value] of kept) {
      if (states.has(id)) problems.push(`${id} is there twice: ${states.get(id)} and ${value}`)
      states.set(id, value)
    }
    for (const [id, allowed] of this.#kept) {
      if (!allowed.includes(states.get(id))) problems.push(`${id} is ${states.get(id)}, expected one of ${allowed.join(', ')}`)
      // What is there now is the state to go on from.
      this.#kept.set(id, [states.get(id)])
    }
    return problems
  }
}

interface Life {
  readonly process: ChildProcess
  /** What was wrong with what it found at its start. */
  readonly problems: Promise<readonly string[]>
  readonly ended: Promise<void>
  childPid: number
  readonly errors: string[]
}

function live(from: number, expected: Expectation): Life {
  const driver = join(root, 'dist/engine/embedded/testing/crash-driver.js')
  const child = spawn(process.execPath, [driver, JSON.stringify({ dataPath, from })], { stdio: ['ignore', 'pipe', 'inherit'] })
  const errors: string[] = []
  const life: { childPid: number } & Partial<Life> = { process: child, errors, childPid: 0 }
  const problems = new Promise<readonly string[]>((resolve, reject) => {
    child.on('exit', () => reject(new Error('the driver ended before it had opened the engine')))
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = parseLine(text)
      if (line === undefined) return
      // At once: what it writes then comes in the same turn.
      if (line.kind === 'found') resolve(expected.problems(line))
      else if (line.kind === 'try') expected.try(line.write)
      else if (line.kind === 'acknowledged') expected.acknowledge(line.write)
      else if (line.kind === 'child') life.childPid = line.pid
      else if (line.kind === 'error') errors.push(line.message)
    })
  })
  const ended = new Promise<void>((resolve) => child.stdout.on('close', resolve))
  return Object.assign(life, { process: child, problems, ended, errors })
}

/** `undefined` for a line that the kill cut. */
function parseLine(text: string): CrashDriverLine | undefined {
  try {
    return JSON.parse(text) as CrashDriverLine
  } catch {
    return undefined
  }
}

/** A child that was just killed is not there any more while the next one is started. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test(
  `nothing acknowledged is lost or doubled over ${POINTS} kills of the engine and its child`,
  async () => {
    const random = seededRandom(SEED)
    const expected = new Expectation()
    for (let point = 0; point <= POINTS; point++) {
      const life = live(point * 1_000_000, expected)
      lives.push(life.process)
      expect(await life.problems, `after kill ${point}`).toEqual([])
      const killsChild = random() < 0.4
      const kills = killsChild ? CHILD_KILLS : 0
      for (let kill = 0; kill < kills; kill++) {
        await sleep(random() * MAX_LIFE_MS)
        killIfThere(life.childPid)
      }
      await sleep(random() * MAX_LIFE_MS)
      life.process.kill('SIGKILL')
      await life.ended
      expect(life.errors, `before kill ${point}: clients see no error`).toEqual([])
    }
  },
  30_000 + POINTS * 10_000,
)
