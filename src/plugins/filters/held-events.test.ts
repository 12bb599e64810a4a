import { expect, test } from 'vitest'
import { createEvent, type Event, type Fields } from '../../core/event.ts'
import { printFields } from '../../core/event-json.ts'
import { loadOniguruma } from '../../script/regexp/oniguruma.ts'
import { EXAMPLE_NOW, testContext } from '../test-context.ts'
import { metrics } from './metrics.ts'
import { multiline } from './multiline.ts'
import type { FilterPlugin } from '../plugin.ts'

// Filters that give events back later, with a clock of their own.

async function open(plugin: FilterPlugin, options: object) {
  await loadOniguruma()
  let now = EXAMPLE_NOW
  const out: Event[] = []
  const filter = plugin.create(plugin.config.parse(options), { ...testContext(), clock: { now: () => now } })
  await filter.open?.()
  if (!('process' in filter)) throw new Error('a filter of batches')
  const emitter = { add: (event: Event) => void out.push(event), addMatched: (event: Event) => void out.push(event) }
  return {
    feed: (fields: Fields, event = createEvent(fields)) => filter.process(event, emitter),
    /** Lets seconds pass, and the filter look at its clock in each. */
    pass: (seconds: number): void => {
      for (let second = 0; second < seconds; second++) {
        now += 1000
        filter.tick?.(emitter)
      }
    },
    take: () => out.splice(0).map(({ fields }) => JSON.parse(printFields(fields)) as unknown),
  }
}

test('multiline: lines of several sources, mixed', async () => {
  const { feed, pass, take } = await open(multiline, { pattern: '^\\s', what: 'previous', stream_identity: '%{host}' })
  for (const [host, message] of [
    ['a', 'boom'],
    ['b', 'fine'],
    ['a', '  at x'],
    ['b', 'bad'],
    ['a', '  at y'],
    ['b', '  at z'],
  ])
    expect(feed({ host, message })).toBe('cancelled')
  expect(take()).toEqual([{ host: 'b', message: 'fine' }])
  pass(4)
  expect(take()).toEqual([])
  pass(1)
  expect(take()).toEqual([
    { host: 'a', message: 'boom\n  at x\n  at y', tags: ['multiline'] },
    { host: 'b', message: 'bad\n  at z', tags: ['multiline'] },
  ])
})

test('multiline: lines that go on, and grok patterns', async () => {
  const next = await open(multiline, { pattern: '\\\\$', what: 'next' })
  for (const message of ['a\\', 'b\\', 'c', 'd']) next.feed({ message })
  expect(next.take()).toEqual([{ message: 'a\\\nb\\\nc', tags: ['multiline'] }, { message: 'd' }])
  const dated = await open(multiline, { pattern: '^%{TIMESTAMP_ISO8601}', negate: true, what: 'previous' })
  for (const message of ['2024-05-01T10:00:00 a', 'b', '2024-05-01T10:00:01 c']) dated.feed({ message })
  expect(dated.take()).toEqual([{ message: '2024-05-01T10:00:00 a\nb', tags: ['multiline'] }])
})

test('multiline: an event of several lines is settled with all of them', async () => {
  const { feed, take } = await open(multiline, { pattern: '^\\s', what: 'previous' })
  const counts = [0, 0]
  const line = (place: number, message: string): Event => {
    const event = createEvent({ message })
    const change = (by: number) => (): void => {
      counts[place] = (counts[place] ?? 0) + by
    }
    event.delivery = { hold: change(1), release: change(-1) }
    return event
  }
  feed({}, line(0, 'a'))
  feed({}, line(1, ' b'))
  expect(counts).toEqual([1, 1])
  feed({ message: 'c' })
  expect(take()).toHaveLength(1)
})

test('metrics: rates, values of a timer, and a new beginning', async () => {
  const options = {
    meter: 'all',
    timer: { ms: '%{ms}' },
    rates: '1',
    percentiles: ['50', '100'],
    flush_interval: 10,
    clear_interval: 20,
  }
  const { feed, pass, take } = await open(metrics, options)
  for (let ms = 1; ms <= 10; ms++) expect(feed({ ms })).toBe('unmatched')
  feed({ ms: 'none' })
  pass(9)
  expect(take()).toEqual([])
  pass(1)
  // 11 events in the first five seconds, none in the next.
  const rate = (count: number): unknown => expect.closeTo((count / 5) * Math.exp(-5 / 60), 6)
  expect(take()).toEqual([
    {
      '@timestamp': '2024-05-01T10:00:10.000Z',
      '@version': '1',
      host: { name: 'example-host' },
      all: { count: 11, rate_1m: rate(11) },
      ms: { count: 10, rate_1m: rate(10), min: 1, max: 10, mean: 5.5, stddev: expect.closeTo(2.872_281, 5), p50: 5, p100: 10 },
    },
  ])
  pass(10)
  expect(take()).toHaveLength(1)
  pass(10)
  expect(take()).toEqual([])
})
