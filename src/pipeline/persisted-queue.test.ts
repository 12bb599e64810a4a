import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEvent, type Event } from '../core/event.ts'
import { float } from '../core/float.ts'
import { silentLog } from '../core/log.ts'
import { Timestamp } from '../core/timestamp.ts'
import { deliver } from './delivery.ts'
import { PersistedQueue } from './persisted-queue.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'queue-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function openQueue(limits: { maxBytes?: number; maxEvents?: number; drain?: boolean } = {}): Promise<PersistedQueue> {
  const queue = new PersistedQueue({ folder, maxBytes: 1e9, maxEvents: 1e9, drain: false, log: silentLog, ...limits })
  await queue.open()
  return queue
}

async function stop(queue: PersistedQueue): Promise<void> {
  queue.close()
  await queue.shutDown()
}

const numbered = (from: number, count: number): Event[] => Array.from({ length: count }, (_, n) => createEvent({ n: from + n }))

/** Pushes as an input does; resolves when the events are acknowledged. */
const push = (queue: PersistedQueue, events: readonly Event[]) =>
  new Promise<void>((resolve, reject) => {
    deliver(events, (error) => (error === undefined ? resolve() : reject(error)))
    queue.push(events)
  })

const numbers = (events: readonly Event[] | undefined): unknown[] | undefined => events?.map(({ fields }) => fields['n'])

test('events are acknowledged when they are on disk, and come again until they are written', async () => {
  const first = await openQueue()
  await push(first, numbered(0, 5))
  const batch = await first.take(3, 0)
  expect(numbers(batch)).toEqual([0, 1, 2])
  // Written in another order; the second has a copy that is not written yet.
  batch?.[1]?.delivery?.hold()
  for (const event of batch?.toReversed() ?? []) event.delivery?.release()
  await stop(first)

  const second = await openQueue()
  expect(numbers(await second.take(10, 0))).toEqual([1, 3, 4])
  await stop(second)
})

test('what an output could not write comes again after a restart', async () => {
  const first = await openQueue()
  await push(first, numbered(0, 2))
  for (const event of (await first.take(2, 0)) ?? []) event.delivery?.release(new Error('the disk is full'))
  await stop(first)
  const second = await openQueue()
  expect(numbers(await second.take(10, 0))).toEqual([0, 1])
  await stop(second)
})

test('an event comes back from disk as it was', async () => {
  const first = await openQueue()
  const fields = { '@timestamp': new Timestamp(5, 7), t: float(20), n: 2n ** 60n, s: 'é\n"', list: [null, { a: true }] }
  await push(first, [createEvent({})])
  await push(first, [createEvent(fields, { ip: '::1' })])
  await stop(first)
  const second = await openQueue()
  const [, event] = (await second.take(2, 0)) ?? []
  expect(event).toMatchObject({ fields, metadata: { ip: '::1' } })
  await stop(second)
})

test('what outputs do not keep up with is read back, in order, and the files go', async () => {
  const queue = await openQueue()
  const total = 12_000
  for (let at = 0; at < total; at += 500) await push(queue, numbered(at, 500))
  expect(queue.length).toBe(total)
  const got: unknown[] = []
  while (got.length < total) {
    const batch = (await queue.take(700, 0)) ?? []
    got.push(...(numbers(batch) ?? []))
    for (const event of batch) event.delivery?.release()
  }
  expect(got).toEqual(Array.from({ length: total }, (_, n) => n))
  expect(queue.length).toBe(0)
  await stop(queue)
  const again = await openQueue()
  expect(again.length).toBe(0)
  expect(await readdir(folder)).toEqual([])
  await stop(again)
})

test('with drain a stop waits until everything is written', async () => {
  const queue = await openQueue({ drain: true })
  await push(queue, numbered(0, 6_000))
  queue.close()
  let count = 0
  for (let batch = await queue.take(1000, 0); batch !== undefined; batch = await queue.take(1000, 0)) {
    count += batch.length
    for (const event of batch) event.delivery?.release()
  }
  expect(count).toBe(6_000)
  await queue.shutDown()
})

test('a full queue tells its source to wait, until events are written', async () => {
  const queue = await openQueue({ maxEvents: 2 })
  await push(queue, numbered(0, 2))
  expect(queue.push(numbered(2, 1))).toBe(false)
  const ready = queue.ready(new AbortController().signal)
  for (let written = 0; written < 3;) {
    const batch = (await queue.take(3, 0)) ?? []
    for (const event of batch) event.delivery?.release()
    written += batch.length
  }
  await ready
  expect(queue.length).toBe(0)
  await stop(queue)
})

test('a line that was being written when the power went is cut off', async () => {
  const first = await openQueue()
  await push(first, numbered(0, 2))
  await stop(first)
  const [name = ''] = (await readdir(folder)).filter((one) => one.endsWith('.queue'))
  await appendFile(join(folder, name), '{"f":{"n":')
  const second = await openQueue()
  await push(second, numbered(2, 1))
  expect(numbers(await second.take(2, 0))).toEqual([0, 1])
  expect(numbers(await second.take(2, 0))).toEqual([2])
  await stop(second)
})
