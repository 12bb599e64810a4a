import { expect, test } from 'vitest'
import type { SearchAnswer } from '../../data/search-answer.ts'
import type { PanelData } from '../frame.ts'
import { mainFrame } from '../frame.ts'
import type { PanelContext } from '../panel-type.ts'
import { readXy, xySearches, xyTail } from './data.ts'
import { parseXyOptions } from './options.ts'

const MINUTE = 60_000
const context = (from: number, to: number): PanelContext => ({
  interval: { from, to },
  zone: 'UTC',
  width: 180, // 60 points: an hour is cut into minutes
  source: () => ({ index: 'iot-*', timeField: 't', query: (interval) => ({ interval: { ...interval } }) }),
})
const hour = context(30_000, 60 * MINUTE + 30_000)

const options = (operation = 'average') =>
  parseXyOptions({
    layers: [
      {
        type: 'line',
        data_source: { type: 'data_view_spec', index_pattern: 'iot-*' },
        y: [{ operation, ...(operation === 'count' ? {} : { field: 'temp' }) }],
        breakdown_by: { operation: 'terms', fields: ['line'], limit: 2 },
      },
    ],
  })

const answer = (series: Record<string, [number, number][]>): SearchAnswer => ({
  partial: false,
  total: undefined,
  hits: [],
  aggregations: {
    series: {
      buckets: Object.entries(series).map(([key, points]) => ({
        key,
        doc_count: 1,
        points: { buckets: points.map(([minute, value]) => ({ key: minute * MINUTE, doc_count: value, v0: { value } })) },
      })),
    },
    all: { value: 5 },
  },
})

const table = (data: PanelData): unknown => Object.fromEntries(mainFrame(data).columns.map(({ name, values }) => [name, values]))

test('asks for the first series by their value, from where a bucket begins', () => {
  const [search] = xySearches(options(), hour)
  expect(search?.body).toMatchObject({
    query: { interval: { from: 0, to: 60 * MINUTE + 30_000 } },
    aggs: {
      series: {
        terms: { field: 'line', size: 2, order: { rank: 'desc' } },
        aggs: {
          rank: { avg: { field: 'temp' } },
          points: { date_histogram: { field: 't', fixed_interval: '1m' }, aggs: { v0: { avg: { field: 'temp' } } } },
        },
      },
      all: { cardinality: { field: 'line' } },
    },
  })
})

test('series get one column each over all times, in the order of their names', () => {
  const data = readXy(
    options(),
    [
      answer({
        'line-10': [[1, 5]],
        'line-2': [
          [0, 3],
          [1, 4],
        ],
      }),
    ],
    hour,
  )
  expect(table(data)).toEqual({ time: [0, MINUTE], 'line-2': [3, 4], 'line-10': [null, 5] })
  expect(data.cut).toBe(3)
})

test('a bucket that is not over has no count yet, but an average', () => {
  const points: Record<string, [number, number][]> = {
    a: [
      [59, 7],
      [60, 2],
    ],
  }
  expect(table(readXy(options('count'), [answer(points)], hour))).toEqual({ time: [59 * MINUTE, 60 * MINUTE], a: [7, null] })
  expect(table(readXy(options(), [answer(points)], hour))).toEqual({ time: [59 * MINUTE, 60 * MINUTE], a: [7, 2] })
})

test('a tail asks for the last buckets of the same series, and takes their place', () => {
  const before = readXy(
    options(),
    [
      answer({
        a: [
          [0, 1],
          [59, 7],
          [60, 2],
        ],
        b: [[60, 9]],
      }),
    ],
    hour,
  )
  const later = { ...context(75_000, 61 * MINUTE + 15_000), series: ['a', 'b'] }
  const since = xyTail.since(options(), before, later)
  expect(since).toBe(59 * MINUTE)
  const [search] = xySearches(options(), later, since)
  expect(search?.body).toMatchObject({
    query: { interval: { from: 59 * MINUTE } },
    aggs: { series: { terms: { field: 'line', size: 2, include: ['a', 'b'] } } },
  })
  const fresh = readXy(
    options(),
    [
      answer({
        a: [
          [59, 7],
          [60, 3],
          [61, 4],
        ],
      }),
    ],
    later,
  )
  expect(table(xyTail.merge(options(), before, fresh, since ?? 0, later))).toEqual({
    time: [59 * MINUTE, 60 * MINUTE, 61 * MINUTE],
    a: [7, 3, 4],
    b: [null, null, null],
  })
})

test.each([
  { name: 'after a while', interval: context(0, 70 * MINUTE) },
  { name: 'when buckets have another length', interval: context(0, 180 * MINUTE) },
  { name: 'when time went backwards', interval: context(0, 60 * MINUTE) },
])('everything is asked for again $name', ({ interval }) => {
  const before = readXy(options(), [answer({ a: [[0, 1]] })], hour)
  expect(xyTail.since(options(), before, interval)).toBeUndefined()
})
