import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ElkhornError } from '../../../core/errors.ts'
import type { Aggregation, AggregationResult, AggregationResults, NamedAggregation } from '../../../query/aggregation.ts'
import { matchAll, type Query } from '../../../query/ast.ts'
import type { SortKey } from '../../../query/sort.ts'
import type { EngineSearch } from '../../engine.ts'
import { SEARCH_LIMITS } from './limits.ts'
import { createSearch, type Search } from './search.ts'
import { type Fixture, startFixture } from './testing/fixture.ts'

const HOUR = 3_600_000
const T0 = Date.UTC(2026, 0, 1)

let fixture: Fixture
let search: Search
let statements: string[] = []

/** Two devices report every ten minutes for a day, one of them warmer; the second index has whole numbers instead of floats. */
beforeAll(async () => {
  const documents = Array.from({ length: 288 }, (_, i) => ({
    values: {
      '@timestamp': T0 + Math.floor(i / 2) * 600_000,
      device: `d${i % 2}`,
      line: `l${i % 3}`,
      temperature: (i % 2) * 100 + (i % 7),
      ...(i % 5 === 0 && { note: 'spare' }),
      message: i % 4 === 0 ? 'alarm raised' : 'all good',
    },
  }))
  fixture = await startFixture([
    {
      name: 'a',
      timeField: '@timestamp',
      dimensions: ['device'],
      fields: {
        '@timestamp': { type: 'date' },
        device: { type: 'keyword' },
        line: { type: 'keyword' },
        temperature: { type: 'double' },
        note: { type: 'keyword', termIndex: true },
        message: { type: 'text' },
      },
      documents,
    },
    {
      name: 'b',
      timeField: '@timestamp',
      fields: { '@timestamp': { type: 'date' }, device: { type: 'keyword' }, temperature: { type: 'long' } },
      documents: [
        { values: { '@timestamp': T0 + 48 * HOUR, device: 'd0', temperature: 7 } },
        { values: { '@timestamp': T0 + 48 * HOUR + 1, device: ['d0', 'd9'], temperature: 9 } },
      ],
    },
  ])
  search = searchWith()
})

afterAll(() => fixture.close())

function searchWith(limits = SEARCH_LIMITS): Search {
  return createSearch({
    lanes: {
      query: (statement, options) => {
        statements.push(statement.text)
        return fixture.lanes.query(statement, options)
      },
      run: (kind, statement) => fixture.lanes.run(kind, statement),
      insert: (...insert) => fixture.lanes.insert(...insert),
    },
    tables: fixture.tables,
    ids: { encode: (uuid, seqNo) => `${uuid}#${seqNo}`, decode: () => undefined },
    now: () => performance.now(),
    limits,
  })
}

function request(more: Partial<EngineSearch>, query: Query = matchAll, names: readonly string[] = ['a']): EngineSearch {
  return {
    targets: names.map((name) => ({ schema: fixture.schema(name), query })),
    from: 0,
    size: 0,
    sort: [],
    trackTotalHits: 0,
    trackScores: false,
    source: false,
    aggregations: [],
    maxBuckets: 65_536,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...more,
  }
}

async function ask(
  aggregations: readonly NamedAggregation[],
  query?: Query,
  names?: readonly string[],
  by: Search = search,
): Promise<AggregationResults> {
  statements = []
  return (await by.search(request({ aggregations }, query, names))).aggregations
}

const named = (name: string, aggregation: Aggregation, children: NamedAggregation[] = []): NamedAggregation => ({
  name,
  aggregation,
  children,
})
const byCount = [
  { by: '_count', order: 'desc' },
  { by: '_key', order: 'asc' },
] as const
const terms = (field: string, children: NamedAggregation[] = [], more: object = {}): NamedAggregation =>
  named(field, { kind: 'terms', source: { field }, size: 10, order: byCount, minDocCount: 1, ...more }, children)
const hourly = (hours: number, children: NamedAggregation[] = []): NamedAggregation =>
  named(
    'time',
    {
      kind: 'date_histogram',
      source: { field: '@timestamp' },
      rounding: { kind: 'fixed', intervalMs: hours * HOUR, zone: 'UTC', offsetMs: 0 },
      order: [{ by: '_key', order: 'asc' }],
    },
    children,
  )
const avg = named('avg', { kind: 'avg', source: { field: 'temperature' } })
const newest: SortKey = { field: '@timestamp', order: 'desc', missing: 'last', mode: 'max' }

function buckets(result: AggregationResult | undefined): [unknown, number][] {
  return result?.kind === 'buckets' ? result.buckets.map(({ key, docCount }) => [key, docCount]) : []
}

describe('a tree takes few statements', () => {
  test.each([
    {
      name: 'metrics of everything share one',
      aggregations: [avg, named('max', { kind: 'max', source: { field: 'temperature' } })],
      want: 1,
    },
    {
      name: 'buckets that are all kept are fused with those below',
      aggregations: [hourly(6, [terms('device', [avg])])],
      want: 1,
    },
    {
      name: 'filters beside each other share one',
      aggregations: [
        named('x', { kind: 'filter', query: [{ kind: 'exists', field: 'note' }] }, [avg]),
        named('y', { kind: 'missing', field: 'note' }, [avg]),
      ],
      want: 1,
    },
    { name: 'one histogram each', aggregations: [hourly(6), terms('line')], want: 2 },
  ])('$name', async ({ aggregations, want }) => {
    await ask(aggregations)
    expect(statements).toHaveLength(want)
  })

  test('terms that are cut are asked first, and fused once their number is known', async () => {
    const own = searchWith()
    const tree = [terms('device', [hourly(6, [terms('line', [avg])])], { size: 5 })]
    const first = await ask(tree, undefined, undefined, own)
    expect(statements).toHaveLength(2)
    expect(await ask(tree, undefined, undefined, own)).toEqual(first)
    expect(statements).toHaveLength(1)
  })

  test('the same comes out level by level', async () => {
    const tree = [
      hourly(4, [
        terms(
          'line',
          [
            avg,
            named('p', { kind: 'percentiles', source: { field: 'temperature' }, percents: [50], method: 'tdigest' }),
            terms('device', [avg]),
          ],
          { size: 2 },
        ),
      ]),
    ]
    const want = await ask(tree)
    const got = await ask(tree, undefined, undefined, searchWith({ ...SEARCH_LIMITS, groups: 3, heavyGroups: 2 }))
    expect(got).toEqual(want)
  })
})

describe('buckets', () => {
  test('say what was left out', async () => {
    const results = await ask([terms('line', [], { size: 1 })])
    expect(results.get('line')).toMatchObject({ buckets: [{ key: 'l0', docCount: 96 }], otherDocCount: 192 })
  })

  test('are ordered by what is inside of them', async () => {
    const results = await ask([terms('device', [avg], { order: [{ by: 'avg', order: 'desc' }] })])
    expect(buckets(results.get('device'))).toEqual([
      ['d1', 144],
      ['d0', 144],
    ])
  })

  test('are ordered by a metric under a filter', async () => {
    const filter = named(
      'alarms',
      { kind: 'filter', query: [{ kind: 'tokens', field: 'message', tokens: ['alarm'], minimum: 1 }] },
      [avg, hourly(24)],
    )
    const results = await ask([terms('line', [filter], { order: [{ by: 'alarms>avg', order: 'desc' }] })])
    const lines = results.get('line')
    const values = lines?.kind === 'buckets' ? lines.buckets.map(({ children }) => children.get('alarms')) : []
    const averages = values
      .map((one) => (one?.kind === 'single' ? one.children.get('avg') : undefined))
      .map((one) => (one?.kind === 'value' ? one.value : 0) ?? 0)
    expect(averages).toEqual(averages.toSorted((a, b) => b - a))
    expect(values[0]).toMatchObject({ kind: 'single', docCount: 24 })
  })

  test('count documents without a value beside a filter on an index of terms', async () => {
    const noted = { kind: 'terms', field: 'note', values: ['spare'] } as const
    const filters = named('f', { kind: 'filters', filters: [{ key: 'noted', query: [noted] }], otherKey: 'other' })
    const results = await ask([terms('device', [filters])])
    const devices = results.get('device')
    const counts = devices?.kind === 'buckets' ? devices.buckets.map(({ docCount }) => docCount) : []
    expect(counts).toEqual([144, 144])
  })

  test('without documents are there when asked for', async () => {
    const results = await ask([terms('line', [avg], { minDocCount: 0 })], { kind: 'terms', field: 'line', values: ['l2'] })
    expect(buckets(results.get('line'))).toEqual([
      ['l2', 96],
      ['l0', 0],
      ['l1', 0],
    ])
    const none = await ask([terms('line', [], { minDocCount: 0 })], { kind: 'none' })
    expect(buckets(none.get('line'))).toEqual([
      ['l0', 0],
      ['l1', 0],
      ['l2', 0],
    ])
  })

  test('without documents may come first where the engine would cut', async () => {
    const warmest = named('warmest', {
      kind: 'percentiles',
      source: { field: 'temperature' },
      percents: [100],
      method: 'tdigest',
    })
    const rarest = [
      { by: '_count', order: 'asc' },
      { by: '_key', order: 'desc' },
    ]
    const lines = async (size: number, by: Search): Promise<AggregationResult | undefined> => {
      const tree = [terms('line', [warmest], { size, minDocCount: 0, order: rarest })]
      return (await ask(tree, { kind: 'terms', field: 'line', values: ['l1', 'l2'] }, undefined, by)).get('line')
    }
    const frugal = searchWith({ ...SEARCH_LIMITS, groups: 1, heavyGroups: 1 })
    for (const by of [search, frugal]) {
      expect(await lines(1, by)).toMatchObject({ otherDocCount: 192, buckets: [{ key: 'l0', docCount: 0 }] })
      expect(await lines(2, by)).toMatchObject({
        otherDocCount: 96,
        buckets: [
          { key: 'l0', docCount: 0 },
          { key: 'l2', docCount: 96, children: new Map([['warmest', { values: [106] }]]) },
        ],
      })
    }
  })

  test('of days follow the clock of a zone', async () => {
    const rounding = { kind: 'calendar', unit: 'day', zone: 'Europe/Berlin', offsetMs: 0 } as const
    const results = await ask([
      named('day', { kind: 'date_histogram', source: { field: '@timestamp' }, rounding, order: [{ by: '_key', order: 'asc' }] }),
    ])
    expect(buckets(results.get('day'))).toEqual([
      [T0 - HOUR, 276],
      [T0 + 23 * HOUR, 12],
    ])
  })

  test('of nothing are no buckets', async () => {
    const results = await ask(
      [terms('line', [avg]), hourly(1), avg, named('none', { kind: 'filter', query: [matchAll] }, [terms('line')])],
      { kind: 'none' },
    )
    expect(results.get('line')).toEqual({ kind: 'buckets', buckets: [], otherDocCount: 0, bucketCount: 0 })
    expect(results.get('time')).toEqual({ kind: 'buckets', buckets: [] })
    expect(results.get('avg')).toEqual({ kind: 'value', value: null })
    expect(results.get('none')).toMatchObject({ kind: 'single', docCount: 0 })
  })

  test('too many are refused in the words of Elasticsearch', async () => {
    const failure = await search
      .search(request({ aggregations: [hourly(1, [terms('line')])], maxBuckets: 20 }))
      .catch((error: unknown) => error)
    expect((failure as ElkhornError).type).toBe('too_many_buckets_exception')
    expect((failure as ElkhornError).reason).toContain('Must be less than or equal to: [20] but was [21]')
  })

  test('of several indices come together, whatever the types of their fields', async () => {
    const results = await ask([terms('device', [avg]), hourly(24, [avg])], matchAll, ['a', 'b'])
    expect(buckets(results.get('device'))).toEqual([
      ['d0', 146],
      ['d1', 144],
      ['d9', 1],
    ])
    expect(buckets(results.get('time'))).toEqual([
      [T0, 288],
      [T0 + 48 * HOUR, 2],
    ])
  })
})

describe('top documents', () => {
  test('of each bucket', async () => {
    const top = named('last', { kind: 'top_hits', from: 0, size: 2, sort: [newest] })
    const results = await ask([terms('device', [top])])
    const devices = results.get('device')
    const hits = devices?.kind === 'buckets' ? devices.buckets.map(({ children }) => children.get('last')) : []
    expect(hits).toMatchObject([
      {
        kind: 'hits',
        total: 144,
        hits: [{ id: 'uuid-a#286', sort: [T0 + 143 * 600_000] }, { id: 'uuid-a#284' }],
        maxScore: null,
      },
      { kind: 'hits', total: 144, hits: [{ id: 'uuid-a#287' }, { id: 'uuid-a#285' }] },
    ])
    const [first] = hits
    expect(JSON.parse(Buffer.from((first?.kind === 'hits' ? first.hits[0]?.source : undefined) ?? []).toString())).toMatchObject({
      device: 'd0',
    })
  })

  test('of buckets that fell silent long ago', async () => {
    const top = named('last', { kind: 'top_hits', from: 0, size: 1, sort: [newest] })
    const early: Query = {
      kind: 'bool',
      must: [],
      filter: [],
      should: [
        { kind: 'range', field: '@timestamp', bounds: { lt: T0 + 1 } },
        { kind: 'terms', field: 'device', values: ['d1'] },
      ],
      mustNot: [],
      minimumShouldMatch: 1,
    }
    const results = await ask([terms('device', [top])], early)
    const devices = results.get('device')
    expect(
      devices?.kind === 'buckets' ? devices.buckets.map(({ key, children }) => [key, children.get('last')]) : [],
    ).toMatchObject([
      ['d1', { hits: [{ id: 'uuid-a#287' }] }],
      ['d0', { hits: [{ id: 'uuid-a#0' }], total: 1 }],
    ])
  })

  test('of everything, with their metrics', async () => {
    const top = named('top', {
      kind: 'top_metrics',
      fields: ['temperature', 'device'],
      size: 2,
      sort: [{ field: 'temperature', order: 'desc', missing: 'last', mode: 'max' }],
    })
    expect((await ask([top])).get('top')).toEqual({
      kind: 'top',
      rows: [
        { sort: [106], metrics: [106, 'd1'] },
        { sort: [106], metrics: [106, 'd1'] },
      ],
    })
  })

  test('by score', async () => {
    const top = named('best', { kind: 'top_hits', from: 0, size: 1, sort: [] })
    const query: Query = { kind: 'tokens', field: 'message', tokens: ['alarm'], minimum: 1 }
    const results = await ask([terms('device', [top]), named('all', top.aggregation)], query)
    const devices = results.get('device')
    const best = devices?.kind === 'buckets' ? devices.buckets[0]?.children.get('best') : undefined
    expect(best).toMatchObject({ kind: 'hits', hits: [{ id: 'uuid-a#0' }], maxScore: expect.closeTo(1.38, 1) })
    expect(results.get('all')).toMatchObject({ total: 72, hits: [{ id: 'uuid-a#0' }] })
  })
})

describe('a search ends', () => {
  test('when its time is over', async () => {
    const failure = await search.search(request({ aggregations: [avg], timeoutMs: 0 })).catch((error: unknown) => error)
    expect((failure as ElkhornError).type).toBe('search_timeout_exception')
  })

  test('when a statement takes too much memory', async () => {
    const frugal = searchWith({ ...SEARCH_LIMITS, statementBytes: 1 })
    const failure = await frugal.search(request({ aggregations: [terms('line', [avg])] })).catch((error: unknown) => error)
    expect(failure).toMatchObject({ type: 'circuit_breaking_exception', status: 429 })
  })

  test('when nobody waits for it any more', async () => {
    const abort = new AbortController()
    const answer = search.search(request({ aggregations: [hourly(1, [terms('line', [avg])])], signal: abort.signal }))
    abort.abort(new Error('the client left'))
    await expect(answer).rejects.toThrow('the client left')
  })
})

test('distinct values that are known to be few are counted by their groups', async () => {
  const devices = {
    name: 'devices',
    aggregation: { kind: 'cardinality', source: { field: 'line' }, precisionThreshold: 3000 },
    children: [],
  } as const
  const fresh = searchWith()
  const asked: { readonly grouped: boolean; readonly result: AggregationResult | undefined }[] = []
  for (let i = 0; i < 2; i++) {
    statements = []
    const { aggregations } = await fresh.search(request({ aggregations: [devices] }))
    asked.push({ grouped: statements.some((text) => text.includes('GROUP BY')), result: aggregations.get('devices') })
  }
  const result = { kind: 'value', value: 3 }
  expect(asked).toEqual([
    { grouped: false, result },
    { grouped: true, result },
  ])
})

describe('samples', () => {
  const alarm: Query = { kind: 'tokens', field: 'message', tokens: ['alarm'], minimum: 1 }
  const first = (aggregations: AggregationResults, ...path: readonly string[]): AggregationResult | undefined => {
    const [name = '', ...rest] = path
    const result = aggregations.get(name)
    if (rest.length === 0 || result === undefined) return result
    return result.kind === 'single' ? first(result.children, ...rest) : undefined
  }
  const words: NamedAggregation = {
    name: 'words',
    aggregation: {
      kind: 'terms',
      source: { field: 'message' },
      size: 5,
      order: [
        { by: '_count', order: 'desc' },
        { by: '_key', order: 'asc' },
      ],
      minDocCount: 1,
    },
    children: [],
  }

  test('hold the best documents alone, and those of each value', async () => {
    const sampler = { name: 's', aggregation: { kind: 'sampler', size: 5 }, children: [words] } as const
    const diverse = {
      name: 'd',
      aggregation: { kind: 'sampler', size: 5, diverse: { source: { field: 'device' }, maxPerValue: 1 } },
      children: [],
    } as const
    const query: Query = { kind: 'bool', must: [], filter: [], should: [alarm, matchAll], mustNot: [], minimumShouldMatch: 1 }
    const { aggregations } = await search.search(request({ aggregations: [sampler, diverse] }, query))
    expect(first(aggregations, 's')).toMatchObject({ docCount: 5 })
    expect(first(aggregations, 's', 'words')).toMatchObject({
      buckets: [
        { key: 'alarm', docCount: 5 },
        { key: 'raised', docCount: 5 },
      ],
    })
    expect(first(aggregations, 'd')).toMatchObject({ docCount: 2 })
  })

  test('are those of an index, whatever parts it is read in', async () => {
    const range: Query = { kind: 'range', field: '@timestamp', bounds: { gte: T0, lt: T0 + 5 * 600_000 + 1 } }
    const diverse = { source: { field: 'line' }, maxPerValue: 2 }
    const aggregations = [
      { name: 's', aggregation: { kind: 'sampler', size: 5 }, children: [] },
      { name: 'd', aggregation: { kind: 'sampler', size: 20, diverse }, children: [] },
    ] as const
    const answer = await searchWith({ ...SEARCH_LIMITS, minuteRows: 0 }).search(request({ aggregations }, range))
    expect(first(answer.aggregations, 's')).toMatchObject({ docCount: 5 })
    expect(first(answer.aggregations, 'd')).toMatchObject({ docCount: 6 })
  })

  test('of each bucket are samples of their own', async () => {
    const sampler = { name: 's', aggregation: { kind: 'sampler', size: 7 }, children: [words] } as const
    const order = [{ by: '_key', order: 'asc' }] as const
    const lines = {
      name: 'l',
      aggregation: { kind: 'terms', source: { field: 'line' }, size: 5, order, minDocCount: 1 },
      children: [sampler],
    } as const
    const { aggregations } = await search.search(request({ aggregations: [lines] }))
    const found = first(aggregations, 'l')
    expect(
      found?.kind === 'buckets' && found.buckets.map(({ docCount, children }) => [docCount, first(children, 's')]),
    ).toMatchObject([
      [96, { docCount: 7 }],
      [96, { docCount: 7 }],
      [96, { docCount: 7 }],
    ])
  })

  test('hold documents of buckets without a key as well', async () => {
    const sources = [
      { key: { kind: 'terms', source: { field: 'absent' } }, order: 'asc', missingBucket: true, missingOrder: 'first' },
    ]
    const composite = {
      name: 'c',
      aggregation: { kind: 'composite', sources, size: 5 } as Extract<NamedAggregation['aggregation'], { kind: 'composite' }>,
      children: [{ name: 's', aggregation: { kind: 'sampler', size: 7 }, children: [] }],
    } as const
    const { aggregations } = await search.search(request({ aggregations: [composite] }))
    const found = first(aggregations, 'c')
    expect(found?.kind === 'buckets' && found.buckets.map(({ children }) => first(children, 's'))).toMatchObject([
      { docCount: 7 },
    ])
  })

  test('terms within a bucket can be left out', async () => {
    const values = { kind: 'values', values: ['d0'] } as const
    const order = [{ by: '_key', order: 'asc' }] as const
    const inner = { kind: 'terms', source: { field: 'device' }, size: 5, order, minDocCount: 1, exclude: values } as const
    const around = { kind: 'filter', query: [alarm] } as const
    const aggregations: NamedAggregation[] = [
      { name: 'f', aggregation: around, children: [{ name: 'd', aggregation: inner, children: [] }] },
    ]
    const answer = await search.search(request({ aggregations }))
    expect(first(answer.aggregations, 'f', 'd')).toMatchObject({ buckets: [] })
  })

  test('words of a text are its terms', async () => {
    const { aggregations } = await search.search(request({ aggregations: [words] }))
    expect(first(aggregations, 'words')).toMatchObject({
      buckets: [
        { key: 'all', docCount: 216 },
        { key: 'good', docCount: 216 },
        { key: 'alarm', docCount: 72 },
        { key: 'raised', docCount: 72 },
      ],
    })
  })
})
