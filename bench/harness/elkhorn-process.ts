import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root, seen from `dist/.bench/bench/harness`. */
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const START_LIMIT_MILLIS = 120_000
/** The password of every Elkhorn that is started for a measurement. */
const PASSWORD = 'bench-password'

export interface ElkhornProcess {
  readonly pid: number
  readonly dataFolder: string
  readonly ports: Readonly<Record<string, number>>
  /** `user:password` */
  readonly auth: string
  /** Milliseconds from the start of the process to `ports.json`. */
  readonly readyMs: number
  /** What it has printed so far. */
  output(): string
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>
}

/**
 * Starts the built Elkhorn on free ports with defaults otherwise, and waits until it is ready. With PROFILE_FOLDER in the
 * environment each of its processes leaves a CPU profile there.
 */
export async function startElkhorn(
  dataFolder: string,
  { sample = false, settings = [] }: { sample?: boolean; settings?: readonly string[] } = {},
): Promise<ElkhornProcess> {
  const ports = ['api', 'ui', 'mqtt', 'beats', 'monitoring'].flatMap((name) => ['--set', `${name}.port=0`])
  const profileFolder = process.env['PROFILE_FOLDER']
  const args = [
    ...(profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]),
    join(root, 'bin/elkhorn'),
    'start',
    '--data',
    dataFolder,
    ...ports,
    ...(sample ? [] : ['--no-sample']),
    ...settings.flatMap((one) => ['--set', one]),
  ]
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ELASTIC_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  const file = join(dataFolder, 'run', 'ports.json')
  while (!isWrittenBy(file, child.pid)) {
    if (child.exitCode !== null) throw new Error(`elkhorn ended with code ${child.exitCode}:\n${output.join('')}`)
    if (performance.now() - startedAt > START_LIMIT_MILLIS) {
      child.kill('SIGKILL')
      throw new Error(`elkhorn was not ready in time:\n${output.join('')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return {
    pid: child.pid ?? 0,
    dataFolder,
    ports: JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>,
    auth: `elastic:${PASSWORD}`,
    readyMs: performance.now() - startedAt,
    output: () => output.join(''),
    stop: () => stop(child),
  }
}

/** Whether this very process wrote the file: one that was killed leaves its own, until the next clears it away. */
function isWrittenBy(file: string, pid: number | undefined): boolean {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { pid?: number }).pid === pid
  } catch {
    return false // not there yet, or just gone
  }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.on('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
