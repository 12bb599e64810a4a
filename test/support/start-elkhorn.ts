import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const READY_LIMIT_MILLIS = 100_000

/** The password of `elastic` in every Elkhorn that a test starts. */
export const PASSWORD = 'test-password'

export interface RunningElkhorn {
  readonly pid: number
  readonly dataFolder: string
  readonly ports: Readonly<Record<string, number>>
  /** `http://127.0.0.1:<api.port>` */
  readonly url: string
  /** Value of an `Authorization` header for `elastic`. */
  readonly authorization: string
  /** What it has printed so far. */
  output(): string
  /** Calls the REST API as `elastic` (or with another header); a body that is not text is sent as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    authorization?: string,
  ): Promise<{ status: number; headers: Headers; json: never; text: string }>
  kill(signal: NodeJS.Signals): void
  /** Resolves to the exit code. */
  readonly exit: Promise<number | null>
  /** SIGTERM, then waits. */
  stop(): Promise<void>
}

/** Runs `bin/elkhorn` with the given arguments until it ends by itself. */
export async function runElkhorn(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  const child = launch(args, env)
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_LIMIT_MILLIS)
  const code = await child.exit
  clearTimeout(timer)
  return { code, output: child.output() }
}

/** Starts the built Elkhorn on free ports and waits until it can serve. `args` come on top, such as `--set` and `--no-sample`. */
export async function startElkhorn(
  dataFolder: string,
  args: readonly string[] = ['--no-sample'],
  env: Readonly<Record<string, string>> = { ELASTIC_PASSWORD: PASSWORD },
): Promise<RunningElkhorn> {
  const child = launch([...freePorts, '--data', dataFolder, ...args], env)
  const file = join(dataFolder, 'run', 'ports.json')
  const startedAt = performance.now()
  while (!isWrittenBy(file, child.pid)) {
    if (child.ended()) throw new Error(`elkhorn ended:\n${child.output()}`)
    if (performance.now() - startedAt > READY_LIMIT_MILLIS) throw new Error(`elkhorn was not ready in time:\n${child.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const ports = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
  const url = `http://127.0.0.1:${ports['api']}`
  const elastic = `Basic ${Buffer.from(`elastic:${PASSWORD}`).toString('base64')}`
  return {
    pid: child.pid,
    dataFolder,
    ports,
    url,
    authorization: elastic,
    output: child.output,
    exit: child.exit,
    kill: child.kill,
    call: async (method, path, body, authorization = elastic) => {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const headers = {
        ...(authorization === '' ? {} : { authorization }),
        ...(text === undefined ? {} : { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' }),
      }
      const answer = await fetch(url + path, { method, headers, ...(text === undefined ? {} : { body: text }) })
      const answered = await answer.text()
      return { status: answer.status, headers: answer.headers, text: answered, json: parse(answered) as never }
    },
    stop: async () => {
      child.kill('SIGTERM')
      await child.exit
    },
  }
}

/** `--set` arguments that let every port be a free one. */
export const freePorts = ['api.port', 'ui.port', 'mqtt.port', 'mqtt.tls_port', 'beats.port', 'monitoring.port'].flatMap((key) => [
  '--set',
  `${key}=0`,
])

function launch(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { ELASTIC_PASSWORD: _, ...inherited } = process.env
  const child = spawn(process.execPath, [join(root, 'bin/elkhorn'), 'start', ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let ended = false
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exit = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      ended = true
      resolve(code)
    })
  })
  return {
    pid: child.pid ?? 0,
    exit,
    output: () => output,
    ended: () => ended,
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
  }
}

/** Whether this very process wrote the file: one that was killed leaves its own, until the next clears it away. */
function isWrittenBy(file: string, pid: number): boolean {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid === pid
  } catch {
    return false // not there yet, or just gone
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // tables of `_cat`, HEAD
  }
}
