import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MEMORY_GROWTH_BYTES, runFuzz, type Failure, WORLD_REQUESTS } from './fuzz/run-fuzz.ts'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'

const help = `Sends random hostile requests to all routes of an Elkhorn that it starts. Fails on an answer of 500 or more, a connection
without an answer, a process that ends, more than 2 s of CPU for one request, or memory that grows.
  --requests N   how many (100000)
  --seed N       other requests (1)
  --from N       begins there, at a multiple of 400, as if all before had been sent: to see again what was found (0)
  --data DIR     where Elkhorn keeps its data and its log (a folder that is removed)`

const SHOWN_CHARACTERS = 1500

const options = readArguments(help, ['requests', 'seed', 'from'])
const requests = count(options['requests'], 100_000, 'requests')
const seed = count(options['seed'], 1, 'seed')
const from = options['from'] === undefined ? 0 : count(options['from'], 0, 'from')
if (from % WORLD_REQUESTS !== 0) throw new Error(`--from ${from}: name a multiple of ${WORLD_REQUESTS}`)
const data = options['data'] ?? mkdtempSync(join(tmpdir(), 'elkhorn-fuzz-'))
const elkhorn = await startElkhorn(data, { settings: [`repositories.path=${join(data, 'repositories')}`] })
try {
  const target = { url: `http://127.0.0.1:${elkhorn.ports['api']}`, auth: elkhorn.auth, pid: elkhorn.pid }
  const {
    statuses,
    failures,
    slow,
    memory,
    requests: sent,
  } = await runFuzz(target, { requests, seed, from, progress: print, found: show })
  if (!existsSync(`/proc/${elkhorn.pid}`)) print(elkhorn.output().slice(-5000))
  const grown = memory.after - memory.before
  print(
    [...statuses]
      .toSorted(([a], [b]) => a - b)
      .map(([status, times]) => `${status}: ${times}`)
      .join(', '),
  )
  print(
    `seed ${seed}: ${sent} requests, ${failures.length} failures, ${slow.length} slow, memory ${mebibytes(memory.before)} → ${mebibytes(memory.after)}`,
  )
  process.exitCode = failures.length + slow.length === 0 && grown <= MEMORY_GROWTH_BYTES ? 0 : 1
} finally {
  await elkhorn.stop()
  if (options['data'] === undefined) rmSync(data, { recursive: true, force: true })
}

function show(kind: string, { request, what }: Failure): void {
  const { method, target, headers, body } = request
  print(
    `${kind}: ${what}\n  ${method} ${target.slice(0, 400)} ${JSON.stringify(headers).slice(0, 300)}\n  ${(body?.toString() ?? '').slice(0, SHOWN_CHARACTERS)}`,
  )
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}
