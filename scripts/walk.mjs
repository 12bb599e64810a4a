// The first minutes of a user: `npm start`, sign in, write a document, Ctrl-C, start again, find it. What the README says.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './lib/project.mjs'
import { writeSummary } from './lib/summary.mjs'

/** Installing and building included. */
const FIRST_START_LIMIT_MS = 300_000
const READY_AGAIN_LIMIT_MS = 1500
/** CPU time of a Node.js that does nothing, on a machine that has nothing else to do. */
const BARE_NODE_MS = 45
const STOP_LIMIT_MS = 30_000

const data = mkdtempSync(join(tmpdir(), 'elkhorn-walk-'))
const counts = { passed: 0, failed: 0, skipped: 0 }

/** One thing that a user expects. @param {() => Promise<string | void>} check may answer a remark; throws when it does not hold */
async function expects(what, check) {
  try {
    const remark = await check()
    counts.passed++
    console.log(`ok     ${what}${remark ? ` (${remark})` : ''}`)
  } catch (error) {
    counts.failed++
    console.log(`FAILED ${what}: ${error.message}`)
  }
}

function assert(condition, message) {
  if (!condition) throw new Error(message)
}

/** Starts `npm start -- …` and collects what it prints. */
function npmStart(...args) {
  const { ELASTIC_PASSWORD: _, ...env } = process.env
  const child = spawn('npm', ['start', '--', '--data', data, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const exit = new Promise((resolve) => child.on('exit', (code) => resolve(code)))
  const program = { child, output: '', exit }
  const keep = (chunk) => {
    program.output += chunk
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return program
}

async function untilReady(program) {
  const startedAt = performance.now()
  const file = join(data, 'run', 'ports.json')
  let ended = false
  void program.exit.then(() => (ended = true))
  while (!existsSync(file)) {
    assert(!ended, `it ended:\n${program.output}`)
    assert(
      performance.now() - startedAt < FIRST_START_LIMIT_MS,
      `not ready after ${FIRST_START_LIMIT_MS / 1000} s:\n${program.output}`,
    )
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return JSON.parse(readFileSync(file, 'utf8'))
}

const freePorts = ['api', 'ui', 'mqtt', 'beats', 'monitoring'].flatMap((name) => ['--set', `${name}.port=0`])
let password = ''
let ports = {}

/** @param user name and password with a colon; `null` for nobody */
const call = (path, { user = `elastic:${password}`, method = 'GET', body } = {}) =>
  fetch(`http://127.0.0.1:${ports.api}${path}`, {
    method,
    headers: {
      ...(user && { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  })

/** Ends the program as Ctrl-C does: the whole group gets the signal. npm itself dies of it, so the program is judged by its traces. */
const interrupt = async (program) => {
  const { pid } = JSON.parse(readFileSync(join(data, 'run', 'ports.json'), 'utf8'))
  process.kill(-program.child.pid, 'SIGINT')
  const startedAt = performance.now()
  while (existsSync(join(data, 'lock')) || isAlive(pid)) {
    assert(performance.now() - startedAt < STOP_LIMIT_MS, `it still runs after ${STOP_LIMIT_MS / 1000} s:\n${program.output}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert(!existsSync(join(data, 'run', 'ports.json')), 'ports.json is still there')
  const log = logLines()
  const stop = log.slice(log.findLastIndex(({ message }) => message === 'stops'))
  const told = stop.map((line) => JSON.stringify(line)).join('\n')
  assert(stop.at(-1)?.message === 'stopped', `the log ends with:\n${told}`)
  assert(!stop.some((line) => line['log.level'] === 'error'), `errors while it stopped:\n${told}`)
  await program.exit
}

const logLines = () =>
  readFileSync(join(data, 'logs', 'elkhorn.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** The median of what Node.js itself needs now. */
function bareNodeMillis() {
  const program = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)'
  const runs = Array.from({ length: 5 }, () => Number(execFileSync(process.execPath, ['-e', program])))
  return runs.sort((a, b) => a - b)[2]
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const first = npmStart(...freePorts)
await expects('npm start gets as far as serving', async () => {
  ports = await untilReady(first)
})
await expects('it prints the page and a password', async () => {
  await new Promise((resolve) => setTimeout(resolve, 100))
  password = /password\s+(\S{12,})/.exec(first.output)?.[1] ?? ''
  assert(password, `no password in:\n${first.output}`)
  assert(first.output.includes(`http://127.0.0.1:${ports.ui}`), `no address of the page in:\n${first.output}`)
})
await expects('nobody gets in without the password', async () => {
  const { status, headers } = await call('/', { user: null })
  assert(status === 401, `status ${status}`)
  assert(
    headers.get('www-authenticate')?.includes('Basic realm="security"'),
    `www-authenticate: ${headers.get('www-authenticate')}`,
  )
})
await expects('the password is good for 9200', async () => {
  const { status } = await call('/')
  assert(status === 200, `status ${status}`)
})
await expects('a document is stored', async () => {
  const { status } = await call('/walk/_doc/1', { method: 'PUT', body: { message: 'kept' } })
  assert(status === 201, `status ${status}`)
})
await expects('the sample factory reports', async () => {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await call('/iot-data-*/_count')
    if (answer.ok && (await answer.json()).count > 1000) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('no 1,000 documents in iot-data-* within a minute')
})
await expects('the page is there', async () => {
  const answer = await fetch(`http://127.0.0.1:${ports.ui}/`)
  const text = await answer.text()
  assert(answer.status === 200 && text.includes('<div id="root"'), `status ${answer.status}: ${text.slice(0, 200)}`)
})
await expects('Ctrl-C stops it in order', () => interrupt(first))

const second = npmStart(...freePorts, '--no-sample')
await expects('the second start is ready soon', async () => {
  ports = await untilReady(second)
  const { duration_ms, cpu_ms } = logLines().findLast(({ message }) => message === 'ready')
  // On a machine that does other things at the same time the clock says nothing: then CPU time counts, which grows there, too.
  const limit = READY_AGAIN_LIMIT_MS * Math.max(1, bareNodeMillis() / BARE_NODE_MS)
  const told = `${duration_ms} ms, ${cpu_ms} ms of CPU time; the limit is ${limit.toFixed(0)} ms`
  assert(Math.min(duration_ms, cpu_ms) <= limit, `it took ${told}`)
  return told
})
await expects('it does not show the password again', async () => assert(!second.output.includes('password'), second.output))
await expects('the document and the password are still there', async () => {
  const answer = await call('/walk/_doc/1')
  assert(answer.status === 200, `status ${answer.status}`)
  assert((await answer.json())._source.message === 'kept', 'another document')
})
await expects('a data folder in use is one clear line', async () => {
  const third = npmStart(...freePorts)
  assert((await third.exit) === 1, `exit code ${await third.exit}`)
  assert(third.output.includes(`data folder [${data}] is in use by process`), third.output)
})
await expects('Ctrl-C stops it again', () => interrupt(second))
await expects('a taken port is one clear line', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.on('listening', resolve))
  const { port } = server.address()
  const fourth = npmStart(...freePorts, '--no-sample', '--set', `api.port=${port}`)
  assert((await fourth.exit) === 1, `exit code ${await fourth.exit}`)
  assert(
    fourth.output.includes(`port ${port} is taken by another program; free it, or choose another with --set api.port=PORT`),
    fourth.output,
  )
  server.close()
})

rmSync(data, { recursive: true, force: true })
writeSummary(counts)
process.exit(counts.failed === 0 ? 0 : 1)
