import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { spawn, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createEvent, type Event, type Fields } from '../src/core/event.ts'
import type { FilterResult } from '../src/plugins/plugin.ts'
import { pluginTables } from '../src/plugins/tables.ts'
import { testContext } from '../src/plugins/test-context.ts'
import { fetchDebianPackages } from './support/debian-packages.ts'

// The filter against memcached as Debian has it.

const unpacked = await fetchDebianPackages('memcached', ['memcached', 'libevent-2.1-7'])
if (unpacked === undefined) process.stderr.write("skipped: Debian's package memcached could not be had\n")

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-memcached-'))
const running: ChildProcess[] = []
afterAll(() => {
  for (const child of running) child.kill()
  rmSync(folder, { recursive: true, force: true })
})

async function startMemcached(port = -1): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  if (unpacked === undefined) throw new Error('there is no memcached')
  const file = join(folder, `port-${running.length}`)
  const env = { ...unpacked.env, MEMCACHED_PORT_FILENAME: file }
  const args = ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'root']
  const child = spawn(join(unpacked.root, 'usr/bin/memcached'), args, { env, stdio: 'ignore' })
  running.push(child)
  let found: number | undefined
  await expect
    .poll(
      () => {
        try {
          found = Number(/TCP INET: (\d+)/.exec(readFileSync(file, 'utf8'))?.[1])
        } catch {
          // not there yet
        }
        return found
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0)
  return { child, port: found ?? 0 }
}

function filter(
  options: object,
): (...fields: readonly Fields[]) => Promise<{ events: Event[]; results: readonly FilterResult[] }> {
  const plugin = pluginTables.filters.find(({ name }) => name === 'memcached')
  const made = plugin?.create(plugin.config.parse(options), testContext())
  if (made === undefined || !('processBatch' in made)) throw new Error('no such filter')
  return async (...fields) => {
    const events = fields.map((one) => createEvent(one))
    return { events, results: await made.processBatch(events, { add: () => undefined, addMatched: () => undefined }) }
  }
}

test.runIf(unpacked !== undefined)('what one event sets, the next one gets', async () => {
  const { port } = await startMemcached()
  const run = filter({
    hosts: [`127.0.0.1:${port}`],
    namespace: 'plant',
    set: { '[reading][value]': 'last:%{device}' },
    get: { 'last:%{device}': '[known][last]', 'limit:%{device}': '[known][limit]' },
    ttl: 60,
  })
  const { events, results } = await run(
    { device: 'press-07', reading: { value: 20.5 } },
    { device: 'press-07' },
    { device: 'größe', reading: { value: 'zwei\r\nZeilen: é' } },
    { device: 'press-08' },
    { device: 'two words', reading: { value: 1 } },
  )
  expect(results).toEqual(['matched', 'matched', 'matched', 'unmatched', 'unmatched'])
  expect(events.map(({ fields }) => fields['known'])).toEqual([
    { last: '20.5' },
    { last: '20.5' },
    { last: 'zwei\r\nZeilen: é' },
    undefined,
    undefined,
  ])
  expect(events[4]?.fields['tags']).toEqual(['_memcached_failure'])
  const other = filter({ hosts: `127.0.0.1:${port}`, get: { 'plant:last:press-07': 'a', 'last:press-07': 'b' } })
  expect((await other({})).events[0]?.fields).toEqual({ a: '20.5' })
})

test.runIf(unpacked !== undefined)('values lie on several servers, and each is found again', async () => {
  const servers = [await startMemcached(), await startMemcached(), await startMemcached()]
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`)
  const devices = Array.from({ length: 300 }, (_, n) => ({ device: `press-${n}`, value: `v${n}` }))
  await filter({ hosts, set: { value: '%{device}' } })(...devices)
  const found = await filter({ hosts, get: { '%{device}': 'found' } })(...devices)
  expect(found.events.map(({ fields }) => fields['found'])).toEqual(devices.map(({ value }) => value))
  const shares = await Promise.all(
    hosts.map(async (host) => {
      const { results } = await filter({ hosts: host, get: { '%{device}': 'found' } })(...devices)
      return results.filter((result) => result === 'matched').length
    }),
  )
  expect(shares.reduce((sum, share) => sum + share)).toBe(300)
  expect(Math.min(...shares)).toBeGreaterThan(30)
})

test.runIf(unpacked !== undefined)('what is refused is tagged; a server that is back is used again', async () => {
  const { child, port } = await startMemcached()
  const run = filter({ hosts: `127.0.0.1:${port}`, set: { value: 'key' }, get: { key: 'found' } })
  expect((await run({ value: 'x'.repeat(2 * 1024 * 1024) })).events[0]?.fields['tags']).toEqual(['_memcached_failure'])
  expect((await run({ value: 'a' })).events[0]?.fields['found']).toBe('a')
  child.kill()
  await once(child, 'exit')
  expect((await run({}, {})).events.map(({ fields }) => fields['tags'])).toEqual([['_memcached_failure'], ['_memcached_failure']])
  await startMemcached(port)
  expect((await run({ value: 'b' })).events[0]?.fields).toEqual({ value: 'b', found: 'b' })
})

test('who takes the question and never answers is given up', async () => {
  const server = createServer((socket) => void socket.on('error', () => undefined).resume())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const run = filter({ hosts: `127.0.0.1:${(server.address() as AddressInfo).port}`, get: { key: 'found' } })
  expect((await run({})).events[0]?.fields).toEqual({ tags: ['_memcached_failure'] })
  server.close()
})
