import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createEvent } from '../src/core/event.ts'
import type { Output } from '../src/plugins/plugin.ts'
import { RedisClient } from '../src/plugins/redis-client.ts'
import { pluginTables } from '../src/plugins/tables.ts'
import { testContext } from '../src/plugins/test-context.ts'
import { startInput, stopInputs } from '../src/plugins/test-input.ts'
import { fetchDebianPackages } from './support/debian-packages.ts'

// Input and output against Redis as Debian has it.

const unpacked = await fetchDebianPackages('redis', [
  'redis-server',
  'redis-tools',
  'liblzf1',
  'libjemalloc2',
  'liblua5.1-0',
  'lua-cjson',
  'lua-bitop',
  'libhiredis0.14',
  'libatomic1',
])
if (unpacked === undefined) process.stderr.write("skipped: Debian's package redis-server could not be had\n")

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-redis-'))
const running: ChildProcess[] = []
const clients: RedisClient[] = []
const outputs: Output[] = []
afterEach(async () => {
  await stopInputs()
  for (const output of outputs.splice(0)) await output.close?.()
  for (const client of clients.splice(0)) client.close()
})
afterAll(() => {
  for (const child of running) child.kill()
  rmSync(folder, { recursive: true, force: true })
})

/** Resolves when the server takes connections; `undefined` when it ended, as when its port is taken. */
async function launch(...args: readonly string[]): Promise<ChildProcess | undefined> {
  if (unpacked === undefined) throw new Error('there is no Redis')
  // In Debian's package `redis-server` is a link to this program: it does what it is called.
  const child = spawn(
    join(unpacked.root, 'usr/bin/redis-check-rdb'),
    [...args, '--requirepass', 'secret', '--save', '', '--dir', folder],
    { argv0: 'redis-server', env: unpacked.env, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  running.push(child)
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await expect.poll(() => child.exitCode !== null || /ready to accept/i.test(said), { timeout: 20_000 }).toBe(true)
  return child.exitCode === null ? child : undefined
}

/** A server on a socket of its own. */
async function startRedis(name: string): Promise<{ readonly path: string }> {
  const path = join(folder, `${name}.sock`)
  await launch('--port', '0', '--unixsocket', path)
  return { path }
}

/** A server on a port. Redis takes no free one by itself: ports are tried. */
async function startTcpRedis(wanted?: number): Promise<{ child: ChildProcess; host: string; port: number }> {
  for (let port = wanted ?? 20_000 + (process.pid % 20_000); ; port++) {
    const child = await launch('--port', String(port), '--bind', '127.0.0.1')
    if (child !== undefined) return { child, host: '127.0.0.1', port }
    if (wanted !== undefined) throw new Error(`port ${wanted} is taken`)
  }
}

async function openClient(path: string): Promise<RedisClient> {
  const client = await RedisClient.open({ path }, connection)
  clients.push(client)
  return client
}

const connection = {
  password: 'secret',
  db: 0,
  timeout: 5,
  ssl_enabled: false,
  ssl_certificate_authorities: [],
  ssl_verification_mode: 'full',
} as const

const texts = (fields: readonly unknown[]): string[] => fields.map((one) => (one as { message: string }).message)

test.runIf(unpacked !== undefined)(
  'values of a list become events, in their order, and are gone when they are stored',
  async () => {
    const { path } = await startRedis('list')
    const client = await openClient(path)
    const values = Array.from({ length: 1000 }, (_, n) => `värde ${n}`)
    await client.ask(['RPUSH', 'logs', ...values])
    const { fields } = await startInput('redis', { path, password: 'secret', data_type: 'list', key: 'logs' })
    await expect.poll(() => fields().length).toBe(1000)
    expect(texts(fields())).toEqual(values)
    await expect.poll(() => client.ask(['KEYS', '*'])).toEqual([])
    await client.ask(['RPUSH', 'logs', 'one more'])
    await expect.poll(() => texts(fields()).at(-1)).toBe('one more')
  },
)

test.runIf(unpacked !== undefined)('what could not be stored is taken again', async () => {
  const { path } = await startRedis('again')
  const client = await openClient(path)
  const options = { path, password: 'secret', data_type: 'list', key: 'logs', batch_count: 2 }
  const first = await startInput('redis', options)
  first.outcome.error = new Error('the store is full')
  await client.ask(['RPUSH', 'logs', 'a', 'b', 'c'])
  await expect.poll(() => texts(first.fields())).toEqual(expect.arrayContaining(['a', 'b']))
  await stopInputs()
  const second = await startInput('redis', options)
  await expect.poll(() => texts(second.fields())).toEqual(['a', 'b', 'c'])
  await expect.poll(() => client.ask(['KEYS', '*'])).toEqual([])
})

test.runIf(unpacked !== undefined)('messages of channels, also of those like a pattern', async () => {
  const { path } = await startRedis('channels')
  const client = await openClient(path)
  const one = await startInput('redis', { path, password: 'secret', data_type: 'channel', key: 'sensors.1' })
  const all = await startInput('redis', { path, password: 'secret', data_type: 'pattern_channel', key: 'sensors.*' })
  await expect.poll(() => client.ask(['PUBLISH', 'sensors.1', 'x'])).toBe(2)
  await client.ask(['PUBLISH', 'sensors.2', 'y'])
  await expect.poll(() => texts(all.fields())).toEqual(['x', 'y'])
  expect(texts(one.fields())).toEqual(['x'])
  expect(all.events.map(({ metadata }) => metadata['redis_channel'])).toEqual(['sensors.1', 'sensors.2'])
})

async function startOutput(options: Record<string, unknown>, refused: string[] = []): Promise<Output> {
  const plugin = pluginTables.outputs.find(({ name }) => name === 'redis')
  const json = pluginTables.codecs.find(({ name }) => name === 'plain')
  if (plugin === undefined || json === undefined) throw new Error('no such output')
  const output = plugin.create(plugin.config.parse(options), {
    ...testContext(),
    codec: json.create(json.config.parse({ format: '%{message}' }), testContext()),
    signal: new AbortController().signal,
    deadLetter: (event, { reason }) => {
      refused.push(`${String(event.fields['message'])}: ${reason}`)
      return Promise.resolve()
    },
  })
  outputs.push(output)
  await output.start?.()
  return output
}

test.runIf(unpacked !== undefined)(
  'events go to the list that their fields name; a list that is none makes dead letters',
  async () => {
    const server = await startTcpRedis()
    const client = await RedisClient.open(server, connection)
    clients.push(client)
    await client.ask(['SET', 'text', 'is no list'])
    const refused: string[] = []
    const output = await startOutput(
      { host: `127.0.0.1:${server.port}`, password: 'secret', data_type: 'list', key: '%{where}' },
      refused,
    )
    await output.write(['a', 'b', 'text', 'a'].map((where, n) => createEvent({ where, message: `${where}${n}` })))
    const list = async (key: string): Promise<string> => String(await client.ask(['LRANGE', key, 0, -1]))
    expect([await list('a'), await list('b')]).toEqual(['a0,a3', 'b1'])
    expect(refused).toEqual([expect.stringMatching(/^text2: \[text\]: WRONGTYPE /)])
    server.child.kill()
    await once(server.child, 'exit')
    const written = output.write([createEvent({ where: 'a', message: 'after the fall' })])
    const again = await startTcpRedis(server.port)
    await written
    const other = await RedisClient.open(again, connection)
    clients.push(other)
    expect(String(await other.ask(['LRANGE', 'a', 0, -1]))).toBe('after the fall')
  },
)
