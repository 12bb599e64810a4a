import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import type { AggregationResult, AggregationResults, EngineHitRef } from '../aggregation.ts'
import { builtInAnalysis } from '../analysis/analysis.ts'
import { DEFAULT_QUERY_LIMITS, type BindContext } from '../bind/context.ts'
import { ComputedFields } from '../computed/computed-fields.ts'
import { fieldList } from '../field-list.ts'
import { momentsOfRows } from '../joint-moments.ts'
import { scriptsForTests } from '../testing/scripts-for-tests.ts'
import { parseAggregations } from './parse-aggregations.ts'
import { bindAggregations, type BoundAggregations } from './run-aggregations.ts'

const fields = fieldList({
  k: 'keyword',
  t: 'text',
  n: 'long',
  f: 'double',
  d: 'date',
  b: 'boolean',
  ip: 'ip',
  g: 'geo_point',
  ck: { type: 'constant_keyword', constant: 'x' },
  off: { type: 'keyword', docValues: false },
})

const context: BindContext = {
  index: { name: 'i', uuid: 'u' },
  fields,
  computed: new ComputedFields(fields, scriptsForTests()),
  analysis: builtInAnalysis,
  now: Date.parse('2024-03-15T13:37:42Z'),
  limits: DEFAULT_QUERY_LIMITS,
  defaultFields: ['*'],
}

const bind = (aggs: JsonObject, maxBuckets = 1000): BoundAggregations =>
  bindAggregations(parseAggregations(aggs, { node: { aggs }, key: 'aggs', owner: 'aggs' }), { indices: [context], maxBuckets })

const formatHit = (hit: EngineHitRef): JsonObject => ({ _id: hit.id })

type Results = Readonly<Record<string, AggregationResult>>

const print = (aggs: JsonObject, results: Results, typedKeys = false): string =>
  printJson(bind(aggs).shape(new Map(Object.entries(results)), { formatHit, typedKeys }))

/** The answer as clients read it. */
const shape = (aggs: JsonObject, results: Results, typedKeys = false): JsonValue =>
  JSON.parse(print(aggs, results, typedKeys)) as JsonValue

const none: AggregationResults = new Map()
const value = (one: number | null): AggregationResult => ({ kind: 'value', value: one })

test.each<{ name: string; bounds: JsonObject; indices: readonly BindContext[] }>([
  { name: 'beyond all dates', bounds: { min: -9e15, max: 9e15 }, indices: [context] },
  { name: 'of no index at all', bounds: { min: '2026-03-22', max: '2026-04-04' }, indices: [] },
])('hard bounds $name are taken as they are', ({ bounds, indices }) => {
  const aggs = {
    h: { date_histogram: { field: 'd', fixed_interval: '90m', time_zone: 'Africa/Casablanca', hard_bounds: bounds } },
  }
  const bound = bindAggregations(parseAggregations(aggs, { node: { aggs }, key: 'aggs', owner: 'aggs' }), {
    indices,
    maxBuckets: 10,
  })
  expect(bound.shape(new Map(), { formatHit, typedKeys: false })).toEqual({ h: { buckets: [] } })
})

describe('results as JSON', () => {
  test('what stands within empty buckets is made once, counted for each, and told apart where pipelines add to it', () => {
    const aggs = {
      h: {
        histogram: { field: 'n', interval: 1 },
        aggs: {
          r: { range: { field: 'f', ranges: [{ to: 1 }] }, aggs: { m: { max: { field: 'f' } } } },
          c: { cumulative_sum: { buckets_path: '_count' } },
          e: { histogram: { field: 'f', interval: 1, extended_bounds: { min: 0, max: 1 } } },
        },
      },
    }
    const bucket = (key: number) => ({ key, docCount: 1, children: none })
    const results = (last: number): Results => ({ h: { kind: 'buckets', otherDocCount: 0, buckets: [bucket(0), bucket(last)] } })
    const zeros = [0, 1].map((key) => ({ key, doc_count: 0 }))
    const within = { r: { buckets: [{ key: '*-1.0', to: 1, doc_count: 0, m: { value: null } }] }, e: { buckets: zeros } }
    expect(shape(aggs, results(3))).toEqual({
      h: {
        buckets: [
          { key: 0, doc_count: 1, ...within, c: { value: 1 } },
          { key: 1, doc_count: 0, ...within, c: { value: 1 } },
          { key: 2, doc_count: 0, ...within, c: { value: 1 } },
          { key: 3, doc_count: 1, ...within, c: { value: 2 } },
        ],
      },
    })
    expect(() => bind(aggs, 12).shape(new Map(Object.entries(results(5))), { formatHit, typedKeys: false })).toThrow(
      'Trying to create too many buckets. Must be less than or equal to: [12]',
    )
  })

  test('typed keys and meta, at every level', () => {
    const aggs = {
      a: {
        terms: { field: 'n' },
        meta: { x: 1 },
        aggs: {
          m: { max: { field: 'd' } },
          s: { max_bucket: { buckets_path: 'h>_count' } },
          h: { histogram: { field: 'f', interval: 1 } },
        },
      },
    }
    const children: AggregationResults = new Map([['m', value(0)]])
    expect(shape(aggs, { a: { kind: 'buckets', otherDocCount: 3, buckets: [{ key: 5, docCount: 2, children }] } }, true)).toEqual(
      {
        'lterms#a': {
          meta: { x: 1 },
          doc_count_error_upper_bound: 0,
          sum_other_doc_count: 3,
          buckets: [
            {
              key: 5,
              doc_count: 2,
              'max#m': { value: 0, value_as_string: '1970-01-01T00:00:00.000Z' },
              'histogram#h': { buckets: [] },
              'bucket_metric_value#s': { value: null, keys: [] },
            },
          ],
        },
      },
    )
  })

  test('keys as their types have them', () => {
    const bucket = (key: string | number | boolean | Uint8Array): AggregationResult => ({
      kind: 'buckets',
      buckets: [{ key, docCount: 1, children: none }],
    })
    const keyOf = (json: JsonValue): unknown => (json as { a: { buckets: unknown[] } }).a.buckets[0]
    expect(keyOf(shape({ a: { terms: { field: 'b' } } }, { a: bucket(true) }))).toEqual({
      key: 1,
      key_as_string: 'true',
      doc_count: 1,
    })
    expect(keyOf(shape({ a: { terms: { field: 'd' } } }, { a: bucket(0) }))).toEqual({
      key: 0,
      key_as_string: '1970-01-01T00:00:00.000Z',
      doc_count: 1,
    })
    const ip = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1])
    expect(keyOf(shape({ a: { terms: { field: 'ip' } } }, { a: bucket(ip) }))).toEqual({ key: '10.0.0.1', doc_count: 1 })
    expect(keyOf(shape({ a: { terms: { field: 'f', format: '0.00' } } }, { a: bucket(1.5) }))).toEqual({
      key: 1.5,
      key_as_string: '1.50',
      doc_count: 1,
    })
  })

  test('top_metrics', () => {
    const aggs = { a: { top_metrics: { metrics: [{ field: 'f' }, { field: 'd' }], sort: { d: 'desc' } } } }
    expect(shape(aggs, { a: { kind: 'top', rows: [{ sort: [1000], metrics: [1.5, null] }] } })).toEqual({
      a: { top: [{ sort: ['1970-01-01T00:00:01.000Z'], metrics: { f: 1.5, d: null } }] },
    })
    expect(shape(aggs, {})).toEqual({ a: { top: [] } })
  })

  test('top_hits', () => {
    const hit: EngineHitRef = { target: 0, id: '7', seqNo: 0, version: 1, source: undefined, score: null, sort: [] }
    expect(shape({ a: { top_hits: {} } }, { a: { kind: 'hits', total: 1, hits: [hit], maxScore: 2 } })).toEqual({
      a: { hits: { total: { value: 1, relation: 'eq' }, max_score: 2, hits: [{ _id: '7' }] } },
    })
  })

  test('what the engine says nothing of is empty', () => {
    const aggs = {
      avg: { avg: { field: 'n' } },
      sum: { sum: { field: 'n' } },
      count: { value_count: { field: 'n' } },
      cardinality: { cardinality: { field: 'n' } },
      stats: { stats: { field: 'n' } },
      percentiles: { percentiles: { field: 'n', percents: [50] } },
      terms: { terms: { field: 'k' } },
      filter: { filter: { match_all: {} }, aggs: { m: { max: { field: 'n' } } } },
      range: { range: { field: 'n', keyed: true, ranges: [{ to: 1 }] } },
    }
    expect(shape(aggs, {})).toEqual({
      avg: { value: null },
      sum: { value: 0 },
      count: { value: 0 },
      cardinality: { value: 0 },
      stats: { count: 0, min: null, max: null, avg: null, sum: 0 },
      percentiles: { values: { '50.0': null } },
      terms: { doc_count_error_upper_bound: 0, sum_other_doc_count: 0, buckets: [] },
      filter: { doc_count: 0, m: { value: null } },
      range: { buckets: { '*-1.0': { to: 1, doc_count: 0 } } },
    })
  })

  test('empty buckets of a histogram hold empty results', () => {
    const aggs = { a: { histogram: { field: 'n', interval: 10 }, aggs: { s: { sum: { field: 'n' } } } } }
    const buckets = [0, 20].map((key) => ({ key, docCount: 1, children: new Map([['s', value(key)]]) }))
    expect(shape(aggs, { a: { kind: 'buckets', buckets } })).toEqual({
      a: {
        buckets: [
          { key: 0, doc_count: 1, s: { value: 0 } },
          { key: 10, doc_count: 0, s: { value: 0 } },
          { key: 20, doc_count: 1, s: { value: 20 } },
        ],
      },
    })
  })
})

describe('doubles are told from whole numbers, as in Elasticsearch', () => {
  const bucket = (key: number) => ({ key, docCount: 1, children: none })
  test.each<[string, JsonObject, AggregationResult, string]>([
    ['avg', { avg: { field: 'n' } }, value(4), '{"value":4.0}'],
    ['sum of large numbers', { sum: { field: 'n' } }, value(12_345_678_900), '{"value":1.23456789E10}'],
    ['value_count', { value_count: { field: 'f' } }, value(4), '{"value":4}'],
    ['cardinality', { cardinality: { field: 'f' } }, value(4), '{"value":4}'],
    [
      'stats',
      { stats: { field: 'n' } },
      { kind: 'stats', count: 2, min: 1, max: 3, sum: 4 },
      '{"count":2,"min":1.0,"max":3.0,"avg":2.0,"sum":4.0}',
    ],
    [
      'percentiles',
      { percentiles: { field: 'n', percents: [50] } },
      { kind: 'percentiles', values: [4] },
      '{"values":{"50.0":4.0}}',
    ],
    [
      'terms of whole numbers',
      { terms: { field: 'n' } },
      { kind: 'buckets', otherDocCount: 0, buckets: [bucket(4)] },
      '{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":4,"doc_count":1}]}',
    ],
    [
      'terms of doubles',
      { terms: { field: 'f' } },
      { kind: 'buckets', otherDocCount: 0, buckets: [bucket(4)] },
      '{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":4.0,"doc_count":1}]}',
    ],
    [
      'histogram',
      { histogram: { field: 'n', interval: 10 } },
      { kind: 'buckets', buckets: [bucket(20)] },
      '{"buckets":[{"key":20.0,"doc_count":1}]}',
    ],
    [
      'range',
      { range: { field: 'n', ranges: [{ to: 5 }] } },
      { kind: 'buckets', buckets: [] },
      '{"buckets":[{"key":"*-5.0","to":5.0,"doc_count":0}]}',
    ],
  ])('%s', (_, aggregation, result, want) => {
    expect(print({ a: aggregation }, { a: result })).toBe(`{"a":${want}}`)
  })
})

describe('pipelines', () => {
  const hours = (...values: (number | null)[]): AggregationResult => ({
    kind: 'buckets',
    buckets: values.map((one, at) => ({
      key: at * 3_600_000,
      docCount: one === null ? 0 : 1,
      children: new Map([['m', value(one)]]),
    })),
  })
  const over = (pipelines: JsonObject): JsonObject => ({
    date_histogram: { field: 'd', fixed_interval: '1h' },
    aggs: { m: { avg: { field: 'f' } }, ...pipelines },
  })
  const column = (json: JsonValue, name: string): unknown[] =>
    (json as { h: { buckets: Record<string, { value: unknown } | undefined>[] } }).h.buckets.map((bucket) => bucket[name]?.value)

  test('within a histogram', () => {
    const aggs = over({
      sum: { cumulative_sum: { buckets_path: 'm' } },
      change: { derivative: { buckets_path: 'm', unit: 'minute' } },
      second: { derivative: { buckets_path: 'change' } },
      diff: { serial_diff: { buckets_path: 'm', lag: 2 } },
    })
    const json = shape({ h: aggs }, { h: hours(60, 120, 60, null) })
    expect(column(json, 'sum')).toEqual([60, 180, 240, 240])
    expect(column(json, 'change')).toEqual([undefined, 60, -60, null])
    expect(column(json, 'second')).toEqual([undefined, null, -120, null])
    expect(column(json, 'diff')).toEqual([undefined, undefined, 0, undefined])
    expect(json).toMatchObject({ h: { buckets: [{}, { change: { normalized_value: 1 } }, {}, {}] } })
  })

  test('the best of buckets, and only some of them', () => {
    const aggs = {
      h: over({ best: { bucket_sort: { sort: [{ m: { order: 'desc' } }], size: 2 } } }),
      max: { max_bucket: { buckets_path: 'h>m', format: '0.0' } },
      avg: { avg_bucket: { buckets_path: 'h>m' } },
      stats: { stats_bucket: { buckets_path: 'h>m' } },
      half: { percentiles_bucket: { buckets_path: 'h>m', percents: [50] } },
    }
    const json = shape(aggs, { h: hours(1, 5, 3) })
    expect(column(json, 'm')).toEqual([5, 3])
    expect(json).toMatchObject({
      max: { value: 5, value_as_string: '5.0', keys: ['1970-01-01T01:00:00.000Z'] },
      avg: { value: 4 },
      stats: { count: 2, min: 3, max: 5, avg: 4, sum: 8 },
      half: { values: { '50.0': 5 } },
    })
  })

  test('buckets without documents have a place by their key', () => {
    const sorted = (sort: JsonValue): JsonValue =>
      shape({ h: over({ all: { bucket_sort: { sort: [sort] } } }) }, { h: hours(1, null, 3) })
    const counts = (json: JsonValue): unknown[] =>
      (json as { h: { buckets: { doc_count: unknown }[] } }).h.buckets.map((bucket) => bucket.doc_count)
    expect(counts(sorted({ _key: 'desc' }))).toEqual([1, 0, 1])
    expect(counts(sorted({ m: 'desc' }))).toEqual([1, 1])
  })

  test('a path to nothing is refused', () => {
    expect(() => shape({ a: { max_bucket: { buckets_path: 'nope>m' } } }, {})).toThrow(
      'buckets_path aggregation does not exist for aggregation [a]: nope>m',
    )
    expect(() =>
      bind({ h: over({ a: { derivative: { buckets_path: 'b' } }, b: { derivative: { buckets_path: 'a' } } }) }),
    ).toThrow(/^Cyclical dependency/)
  })
})

describe('binding', () => {
  test('a constant of the mapping stands in for documents', () => {
    expect(bind({ a: { terms: { field: 'ck' } }, b: { missing: { field: 'ck' } } }).engine).toMatchObject([
      { aggregation: { kind: 'terms', source: { field: 'ck', missing: 'x' } } },
      { aggregation: { kind: 'filter' } },
    ])
  })

  test.each<readonly [JsonObject, string]>([
    [{ avg: { field: 'k' } }, 'Field [k] of type [keyword] is not supported for aggregation [avg]'],
    [{ terms: { field: 'g' } }, 'Field [g] of type [geo_point] is not supported for aggregation [terms]'],
    [
      { date_histogram: { field: 'k', calendar_interval: '1d' } },
      'Field [k] of type [keyword] is not supported for aggregation [date_histogram]',
    ],
    [
      { terms: { field: 'off' } },
      "Can't load fielddata on [off] because fielddata is unsupported on fields of type [keyword]. Use doc values instead.",
    ],
    [
      { terms: { field: 'n', include: '1.*' } },
      'Aggregation [a] cannot support regular expression style include/exclude settings as they can only be applied to string fields. Use an array of numeric values for include/exclude clauses used to filter numeric fields',
    ],
    [
      { terms: { field: 'k', order: { x: 'asc' } } },
      'Invalid aggregation order path [x]. The provided aggregation [x] either does not exist, or is a pipeline aggregation and cannot be used to sort the buckets.',
    ],
    [
      { top_hits: { size: 200 } },
      "Top hits result window is too large, the top hits aggregator [a]'s from + size must be less than or equal to: [100] but was [200]. This limit can be set by changing the [index.max_inner_result_window] index level setting.",
    ],
    [{ histogram: { field: 'n' } }, 'interval must be positive, got: 0.0'],
  ])('%j is refused', (aggregation, reason) => {
    expect(() => bind({ a: aggregation })).toThrow(expect.objectContaining({ status: 400, reason }))
  })

  test('text is refused with a way out', () => {
    expect(() => bind({ a: { terms: { field: 't' } } })).toThrow(/^Text fields are not optimised .* on \[t\]/)
  })
})

describe('what is measured', () => {
  const single = (docCount: number, children: AggregationResults = none): AggregationResult => ({
    kind: 'single',
    docCount,
    children,
  })
  const summary = (numbers: readonly number[]): AggregationResult => ({
    kind: 'extended_stats',
    count: numbers.length,
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    sum: numbers.reduce((a, b) => a + b, 0),
    sumOfSquares: numbers.reduce((a, b) => a + b * b, 0),
  })

  test('a box plot, and one of nothing', () => {
    const box = { min: 1, max: 90, quartiles: [2, 3, 4], whiskers: [1, 7] } as const
    expect(shape({ a: { boxplot: { field: 'n' } } }, { a: { kind: 'boxplot', box } }, true)).toEqual({
      'boxplot#a': { min: 1, max: 90, q1: 2, q2: 3, q3: 4, lower: 1, upper: 7 },
    })
    expect(shape({ a: { boxplot: { field: 'n' } } }, {})).toEqual({
      a: { min: 'Infinity', max: '-Infinity', q1: 'NaN', q2: 'NaN', q3: 'NaN', lower: 'NaN', upper: 'NaN' },
    })
  })

  test('strings', () => {
    const characters = new Map([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ])
    const result: AggregationResult = { kind: 'string_stats', count: 2, minLength: 1, maxLength: 3, totalLength: 4, characters }
    expect(shape({ a: { string_stats: { field: 'k', show_distribution: true } } }, { a: result })).toEqual({
      a: { count: 2, min_length: 1, max_length: 3, avg_length: 2, entropy: 1.5, distribution: { a: 0.5, b: 0.25, c: 0.25 } },
    })
    expect(shape({ a: { string_stats: { field: 'k' } } }, {})).toEqual({
      a: { count: 0, min_length: null, max_length: null, avg_length: null, entropy: 0 },
    })
  })

  test.each([
    ['heteroscedastic', 0.09077],
    ['homoscedastic', 0.07857],
  ])('whether two populations differ: %s', (type, p) => {
    // The two batches of the article of Wikipedia on Student's t-test.
    const first = summary([30.02, 29.99, 30.11, 29.97, 30.01, 29.99])
    const second = summary([29.89, 29.93, 29.72, 29.98, 30.02, 29.98])
    const side = (one: AggregationResult): AggregationResult => single(6, new Map([['summary', one]]))
    const result = single(
      12,
      new Map([
        ['a', side(first)],
        ['b', side(second)],
      ]),
    )
    const answer = shape({ t: { t_test: { a: { field: 'n' }, b: { field: 'f' }, type } } }, { t: result })
    expect((answer as { t: { value: number } }).t.value).toBeCloseTo(p, 5)
  })

  test('pairs that differ', () => {
    // Differences 1, 2, 3, 2: mean 2, variance 2/3, t = 4.898979 with 3 degrees of freedom.
    const [a, b] = [
      [3, 5, 8, 9],
      [2, 3, 5, 7],
    ] as const
    const pairs: AggregationResult = { kind: 'matrix_stats', moments: momentsOfRows(a.map((one, i) => [one, b[i] ?? 0])) }
    const answer = shape(
      { t: { t_test: { a: { field: 'n' }, b: { field: 'f' }, type: 'paired' } } },
      { t: single(4, new Map([['pairs', pairs]])) },
    )
    expect((answer as { t: { value: number } }).t.value).toBeCloseTo(0.016276, 5)
  })

  test.each([
    ['of documents', { calendar_interval: 'month' }, { unit: 'day' }, single(62), 2],
    ['of months', { calendar_interval: 'year' }, { unit: 'month' }, single(24), 2],
    ['of a sum', { fixed_interval: '2h' }, { unit: 'minute', field: 'n' }, value(240), 2],
    ['without a unit', { calendar_interval: 'month' }, { field: 'n', mode: 'value_count' }, value(7), 7],
  ] as const)('a rate %s', (_, interval, rate, result, expected) => {
    const aggs = { h: { date_histogram: { field: 'd', ...interval }, aggs: { r: { rate } } } }
    const start = Date.UTC(2024, 0, 1)
    const histogram: AggregationResult = {
      kind: 'buckets',
      buckets: [{ key: start, docCount: 1, children: new Map([['r', result]]) }],
    }
    expect(shape(aggs, { h: histogram })).toMatchObject({ h: { buckets: [{ r: { value: expected } }] } })
  })

  test.each([
    ['outside of a histogram', { r: { rate: { unit: 'day' } } }, /can only be used inside a date histogram/],
    [
      'of months in days',
      { h: { date_histogram: { field: 'd', calendar_interval: 'day' }, aggs: { r: { rate: { unit: 'month' } } } } },
      /Cannot use month-based rate unit \[month\] with non-month based calendar interval histogram \[day\]/,
    ],
  ])('no rate %s', (_, aggs, message) => {
    expect(() => bind(aggs)).toThrow(message)
  })
})

test.each([
  { name: 'waits for enough values', script: 'if (values.length > 1*1) { MovingFunctions.max(values) }', want: [0, 20, 30] },
  { name: 'is any script', script: 'double s = 0; for (v in values) { s += v } return s / 2', want: [5, 15, 25] },
  { name: 'gives nothing', script: 'return values.length < 2 ? Double.NaN : MovingFunctions.min(values)', want: [null, 10, 20] },
])('a moving function $name', ({ script, want }) => {
  const aggs = {
    h: {
      histogram: { field: 'n', interval: 1 },
      aggs: { m: { max: { field: 'f' } }, p: { moving_fn: { buckets_path: 'm', window: 2, script, shift: 1 } } },
    },
  }
  const bucket = (key: number) => ({ key, docCount: 1, children: new Map([['m', value(key * 10)]]) })
  expect(shape(aggs, { h: { kind: 'buckets', buckets: [1, 2, 3].map(bucket) } })).toMatchObject({
    h: { buckets: want.map((value) => ({ p: { value } })) },
  })
})
