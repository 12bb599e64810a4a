import { createSocket } from 'node:dgram'
import { expect, test } from 'vitest'
import { createEvent, type Event } from '../core/event.ts'
import { silentLog, type Log } from '../core/log.ts'
import { receiveDatagrams } from '../plugins/inputs/datagrams.ts'
import { MemoryQueue } from './memory-queue.ts'
import { openTestChain } from './test-chain.ts'

const HOUR_MS = 3_600_000

test('a clock that is set back: nothing is lost, and what waits for a time waits no longer than that', async () => {
  let now = Date.UTC(2024, 4, 1, 10)
  const clock = { now: () => now }
  const chain = await openTestChain(
    `filter {
      throttle { key => "%{device}" after_count => 100 }
      dns { resolve => ["host"] action => "replace" hostsfile => [] }
      elapsed { unique_id_field => "id" start_tag => "begin" end_tag => "end" timeout => 30 }
      if [sum] { aggregate { task_id => "%{device}" code => "map['n'] ||= 0; map['n'] += 1; event.cancel"
        timeout => 20 push_map_as_event_on_timeout => true } }
    }`,
    { context: { clock } },
  )
  const count = (events: readonly Event[], name: string): number =>
    events.filter(({ fields }) => fields[name] !== undefined).length
  const before = await chain.run([
    createEvent({ id: 'a', tags: ['begin'], device: 'd', host: '192.0.2.1' }),
    createEvent({ sum: true, device: 'd' }),
  ])
  now -= HOUR_MS
  const after = await chain.run([
    createEvent({ id: 'b', device: 'd', host: '192.0.2.1' }),
    createEvent({ sum: true, device: 'd' }),
  ])
  expect([before.length, after.length]).toEqual([1, 1])
  expect(await chain.flush('due')).toEqual([])
  now += 31_000
  const due = await chain.flush('due')
  expect(count(due, 'n')).toBe(1)
  expect(due.find(({ fields }) => fields['n'] !== undefined)?.fields['n']).toBe(2)
  expect(due.filter(({ fields }) => JSON.stringify(fields['tags'] ?? '').includes('elapsed_expired_error'))).toHaveLength(1)
  await chain.close()
})

test('names cannot be asked for: events are tagged and go on', async () => {
  // A port where nobody answers.
  const silent = createSocket('udp4')
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve))
  const chain = await openTestChain(
    `filter { dns { resolve => ["host"] nameserver => ["127.0.0.1:${silent.address().port}"] timeout => 0.05 max_retries => 0 } }`,
  )
  const out = await chain.run(Array.from({ length: 50 }, (_, n) => createEvent({ host: `machine-${n}.example.org` })))
  expect(out).toHaveLength(50)
  for (const { fields } of out) expect(fields['tags']).toEqual(['_dnstimeout'])
  await chain.close()
  silent.close()
})

test('more datagrams than the queue takes are dropped, counted and told; afterwards it goes on', async () => {
  const queue = new MemoryQueue({ maxEvents: 100, maxBytes: 1_000_000 })
  const told: unknown[] = []
  const log: Log = { ...silentLog, warn: (fields) => void told.push(fields) }
  const stop = new AbortController()
  const decode = (bytes: Buffer): Event[] => [createEvent({ message: bytes.toString() })]
  const socket = await receiveDatagrams(queue, { host: '127.0.0.1', port: 0, decode, log, signal: stop.signal })
  const { port } = socket.address()
  const sender = createSocket('udp4')
  const send = (text: string): Promise<void> => new Promise((resolve) => sender.send(text, port, '127.0.0.1', () => resolve()))
  // What the system itself drops nobody can count: it may take a second flood until one comes while the queue is full.
  while (told.length === 0) {
    for (let n = 0; n < 500; n++) await send(`flood ${n}`)
    await expect.poll(() => queue.length).toBe(100)
    expect((await queue.take(100, 0))?.length).toBe(100)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await send('after')
  await expect.poll(() => queue.length).toBeGreaterThan(0)
  const [next] = (await queue.take(1, 0)) ?? []
  expect(next?.fields['message']).toMatch(/^(?:after|flood \d+)$/)
  stop.abort()
  sender.close()
  socket.close()
})
