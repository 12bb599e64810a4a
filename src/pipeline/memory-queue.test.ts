import { expect, test } from 'vitest'
import { createEvent, type Event } from '../core/event.ts'
import { MemoryQueue } from './memory-queue.ts'

const events = (...names: string[]): Event[] => names.map((name) => ({ ...createEvent({ name }), sizeBytes: 10 }))
const namesOf = (batch: readonly Event[] | undefined) => batch?.map((event) => event.fields['name'])
const never = new AbortController().signal

test('batches are full, or what came within the delay', async () => {
  const queue = new MemoryQueue({ maxEvents: 100, maxBytes: 1e6 })
  queue.push(events('a', 'b', 'c'))
  expect(namesOf(await queue.take(2, 60_000))).toEqual(['a', 'b'])
  expect(namesOf(await queue.take(2, 1))).toEqual(['c'])
  const waiting = queue.take(2, 60_000)
  queue.push(events('d'))
  queue.push(events('e', 'f'))
  expect(namesOf(await waiting)).toEqual(['d', 'e'])
  expect(namesOf(await queue.take(2, 0))).toEqual(['f'])
})

test('who can hold what it has waits until few enough events wait', async () => {
  const queue = new MemoryQueue({ maxEvents: 100, maxBytes: 1e6 })
  expect(queue.push(events('a', 'b', 'c'))).toBe(true)
  let wanted = false
  const waiting = queue.ready(never, 1).then(() => (wanted = true))
  await queue.ready(never)
  await queue.take(1, 0)
  expect(wanted).toBe(false)
  await queue.take(1, 0)
  await waiting
  expect(namesOf(await queue.take(1, 0))).toEqual(['c'])
})

test('of several who can hold what they have, one goes at a time', async () => {
  const queue = new MemoryQueue({ maxEvents: 100, maxBytes: 1e6 })
  queue.push(events('a', 'b', 'c'))
  const went: string[] = []
  const source = async (name: string, brings: readonly string[]): Promise<void> => {
    await queue.ready(never, 1)
    went.push(name)
    queue.push(events(...brings))
  }
  const sources = [source('first', ['d', 'e']), source('second', []), source('third', ['f', 'g']), source('fourth', ['h'])]
  await queue.take(3, 0)
  await sources[0]
  expect(went).toEqual(['first'])
  await queue.take(2, 0)
  // The second brought nothing: the third need not wait for somebody who takes.
  await sources[2]
  expect(went).toEqual(['first', 'second', 'third'])
  await queue.take(2, 0)
  await sources[3]
})

test('takers take turns', async () => {
  const queue = new MemoryQueue({ maxEvents: 100, maxBytes: 1e6 })
  const [first, second, third] = [queue.take(1, 0), queue.take(1, 0), queue.take(1, 0)]
  queue.push(events('a', 'b'))
  expect(namesOf(await first)).toEqual(['a'])
  expect(namesOf(await second)).toEqual(['b'])
  queue.close()
  expect(await third).toBeUndefined()
})

test('a closed queue gives what it has at once, then nothing', async () => {
  const queue = new MemoryQueue({ maxEvents: 100, maxBytes: 1e6 })
  queue.push(events('a'))
  const waiting = queue.take(10, 60_000)
  queue.close()
  expect(namesOf(await waiting)).toEqual(['a'])
  expect(await queue.take(10, 60_000)).toBeUndefined()
})

test.each([
  { name: 'events', limits: { maxEvents: 2, maxBytes: 1e6 } },
  { name: 'bytes', limits: { maxEvents: 100, maxBytes: 20 } },
])('full by $name: sources wait until there is room', async ({ limits }) => {
  const queue = new MemoryQueue(limits)
  expect(queue.push(events('a'))).toBe(true)
  expect(queue.push(events('b'))).toBe(false)
  let ready = false
  const waiting = queue.ready(never).then(() => {
    ready = true
  })
  await Promise.resolve()
  expect(ready).toBe(false)
  await queue.take(1, 0)
  await waiting
  expect(queue.length).toBe(1)
  expect(queue.bytes).toBe(10)
})

test('waiting for room ends with the signal', async () => {
  const queue = new MemoryQueue({ maxEvents: 1, maxBytes: 1e6 })
  queue.push(events('a'))
  const stop = new AbortController()
  const waiting = queue.ready(stop.signal)
  stop.abort()
  await waiting
  expect(queue.length).toBe(1)
})
