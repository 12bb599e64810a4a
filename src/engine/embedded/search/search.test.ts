import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { matchAll, type Query, type ScoreFunction } from '../../../query/ast.ts'
import type { DistanceMode } from '../../../query/distance-mode.ts'
import type { SortKey } from '../../../query/sort.ts'
import type { EngineSearch } from '../../engine.ts'
import { createSearch, type Search } from './search.ts'
import { type Fixture, startFixture } from './testing/fixture.ts'

let fixture: Fixture
let search: Search

const T0 = Date.UTC(2026, 0, 1)

beforeAll(async () => {
  fixture = await startFixture([
    {
      name: 'a',
      timeField: '@timestamp',
      dimensions: ['host'],
      fields: {
        '@timestamp': { type: 'date' },
        host: { type: 'keyword' },
        tags: { type: 'keyword' },
        user: { type: 'keyword', termIndex: true },
        temperature: { type: 'double' },
        ratio: { type: 'float' },
        count: { type: 'long' },
        ok: { type: 'boolean' },
        ip: { type: 'ip' },
        at: { type: 'geo_point' },
        message: { type: 'text' },
      },
      documents: [
        {
          values: {
            '@timestamp': T0,
            host: 'h1',
            tags: ['x', 'y'],
            user: 'ann',
            temperature: 20.5,
            ratio: Math.fround(0.1),
            count: 1,
            ok: true,
            message: 'error reading the disk',
          },
        },
        {
          values: {
            '@timestamp': T0 + 1000,
            host: 'h2',
            tags: 'x',
            user: 'bob',
            temperature: -3,
            count: 2n ** 60n,
            ok: false,
            message: 'disk full, disk error',
          },
        },
        { id: 'own', values: { '@timestamp': T0 + 2000, host: 'h1', user: ['ann', 'bob'], count: [5, 7], message: 'all good' } },
        { superseded: 4, id: 'dead', values: { '@timestamp': T0 + 3000, host: 'h3', message: 'error' } },
        { values: { '@timestamp': T0 + 3_600_000, host: '', user: '', at: { lat: 52.5, lon: 13.4 }, temperature: 20.5 } },
      ],
    },
  ])
  search = createSearch({
    lanes: fixture.lanes,
    tables: fixture.tables,
    ids: { encode: (_, seqNo) => `#${seqNo}`, decode: (_, id) => (/^#\d+$/.test(id) ? Number(id.slice(1)) : undefined) },
    now: () => performance.now(),
  })
})

afterAll(() => fixture.close())

function request(query: Query, more: Partial<EngineSearch> = {}): EngineSearch {
  return {
    targets: [{ schema: fixture.schema('a'), query }],
    from: 0,
    size: 10,
    sort: [],
    trackTotalHits: 10_000,
    trackScores: false,
    source: false,
    aggregations: [],
    maxBuckets: 65_536,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...more,
  }
}

const ids = async (query: Query, more: Partial<EngineSearch> = {}): Promise<string[]> =>
  (await search.search(request(query, { sort: [byArrival], ...more }))).hits.map(({ id }) => id)

const byArrival: SortKey = { field: '_doc', order: 'asc', missing: 'last', mode: 'min' }
const by = (field: string, order: 'asc' | 'desc' = 'asc', missing: SortKey['missing'] = 'last'): SortKey => ({
  field,
  order,
  missing,
  mode: order === 'asc' ? 'min' : 'max',
})
const bool = (parts: Partial<Extract<Query, { kind: 'bool' }>>): Query => ({
  kind: 'bool',
  must: [],
  filter: [],
  should: [],
  mustNot: [],
  minimumShouldMatch: 0,
  ...parts,
})
const polygon = (...corners: readonly (readonly [lat: number, lon: number])[]): Query => ({
  kind: 'geo_polygon',
  field: 'at',
  points: corners.map(([lat, lon]) => ({ lat, lon })),
})
const term = (field: string, ...values: (string | number | bigint | boolean)[]): Query => ({ kind: 'terms', field, values })
const wildcard = (field: string, text: string, ignoreCase = false): Query => ({
  kind: 'pattern',
  field,
  pattern: { kind: 'wildcard', wildcard: text, ignoreCase },
})
const phrase = (field: string, text: string, slop = 0, lastIsPrefix = false): Query => ({
  kind: 'phrase',
  field,
  phrase: {
    places: text.split(' ').map((token, position) => ({ tokens: [token], position })),
    slop,
    lastIsPrefix,
    maxExpansions: 50,
  },
})

describe('queries find', () => {
  const cases: { name: string; query: Query; want: string[] }[] = [
    { name: 'everything that lives', query: matchAll, want: ['#0', '#1', 'own', '#4'] },
    { name: 'nothing', query: { kind: 'none' }, want: [] },
    { name: 'a keyword', query: term('host', 'h1'), want: ['#0', 'own'] },
    { name: 'the empty keyword', query: term('host', ''), want: ['#4'] },
    { name: 'one of several values', query: term('tags', 'y'), want: ['#0'] },
    { name: 'a keyword in single and several values', query: term('tags', 'x', 'nope'), want: ['#0', '#1'] },
    { name: 'an indexed keyword', query: term('user', 'bob'), want: ['#1', 'own'] },
    { name: 'the empty indexed keyword', query: term('user', '', 'ann'), want: ['#0', 'own', '#4'] },
    { name: 'whole numbers beyond 2^53', query: term('count', 2n ** 60n), want: ['#1'] },
    { name: 'numbers in lists', query: term('count', 7, 1), want: ['#0', 'own'] },
    { name: 'a 32-bit float', query: term('ratio', 0.1), want: ['#0'] },
    { name: 'a boolean', query: term('ok', false), want: ['#1'] },
    { name: 'a field without a column', query: term('nowhere', 'x'), want: [] },
    {
      name: 'a range of numbers',
      query: { kind: 'range', field: 'temperature', bounds: { gt: -3, lte: 20.5 } },
      want: ['#0', '#4'],
    },
    { name: 'a range in lists', query: { kind: 'range', field: 'count', bounds: { gte: 6, lt: 8 } }, want: ['own'] },
    {
      name: 'a range of time',
      query: { kind: 'range', field: '@timestamp', bounds: { gte: T0 + 1, lt: T0 + 60_000 } },
      want: ['#1', 'own'],
    },
    {
      name: 'full minutes',
      query: { kind: 'range', field: '@timestamp', bounds: { gte: T0 + 60_000, lt: T0 + 7_200_000 } },
      want: ['#4'],
    },
    { name: 'no time at all', query: { kind: 'range', field: '@timestamp', bounds: { gte: T0 + 7_200_000 } }, want: [] },
    {
      name: 'not a range of time',
      query: bool({ mustNot: [{ kind: 'range', field: '@timestamp', bounds: { lt: T0 + 60_000 } }] }),
      want: ['#4'],
    },
    { name: 'documents with a value', query: { kind: 'exists', field: 'tags' }, want: ['#0', '#1'] },
    { name: 'documents with text', query: { kind: 'exists', field: 'message' }, want: ['#0', '#1', 'own'] },
    { name: 'documents without a value', query: bool({ mustNot: [{ kind: 'exists', field: 'temperature' }] }), want: ['own'] },
    {
      name: 'what is not, where the value is missing, too',
      query: bool({ mustNot: [term('tags', 'y')] }),
      want: ['#1', 'own', '#4'],
    },
    { name: 'what is not, negated twice', query: bool({ mustNot: [bool({ mustNot: [term('tags', 'y')] })] }), want: ['#0'] },
    { name: 'ids of ours and of others', query: { kind: 'ids', ids: ['#1', 'own', '#3', '#99', 'dead'] }, want: ['#1', 'own'] },
    {
      name: 'any token',
      query: { kind: 'tokens', field: 'message', tokens: ['error', 'good'], minimum: 1 },
      want: ['#0', '#1', 'own'],
    },
    {
      name: 'all tokens',
      query: { kind: 'tokens', field: 'message', tokens: ['error', 'disk'], minimum: 2 },
      want: ['#0', '#1'],
    },
    {
      name: 'two of three tokens',
      query: { kind: 'tokens', field: 'message', tokens: ['error', 'disk', 'full'], minimum: 2 },
      want: ['#0', '#1'],
    },
    {
      name: 'fewer than two of three tokens',
      query: bool({ mustNot: [{ kind: 'tokens', field: 'message', tokens: ['reading', 'disk', 'full'], minimum: 2 }] }),
      want: ['own', '#4'],
    },
    { name: 'a term of a text', query: term('message', 'full'), want: ['#1'] },
    { name: 'a phrase', query: phrase('message', 'disk error'), want: ['#1'] },
    { name: 'a phrase with slop', query: phrase('message', 'error disk', 3), want: ['#0', '#1'] },
    { name: 'a sloppy phrase with a repeat', query: phrase('message', 'disk disk', 1), want: ['#1'] },
    { name: 'a phrase that ends with a prefix', query: phrase('message', 'reading th', 0, true), want: ['#0'] },
    { name: 'a wildcard in a text', query: wildcard('message', '*oo*'), want: ['own'] },
    { name: 'a wildcard in a keyword', query: wildcard('host', 'h?'), want: ['#0', '#1', 'own'] },
    { name: 'a wildcard that ignores case', query: wildcard('host', 'H1', true), want: ['#0', 'own'] },
    { name: 'a wildcard in an indexed keyword', query: wildcard('user', 'a*'), want: ['#0', 'own'] },
    {
      name: 'a regexp',
      query: { kind: 'pattern', field: 'host', pattern: { kind: 'regexp', regexp: 'h[2-9]|none', ignoreCase: false } },
      want: ['#1'],
    },
    {
      name: 'the complement of a regexp',
      query: { kind: 'pattern', field: 'host', pattern: { kind: 'regexp', regexp: '~(h.)', ignoreCase: false } },
      want: ['#4'],
    },
    {
      name: 'a fuzzy token',
      query: {
        kind: 'pattern',
        field: 'message',
        pattern: { kind: 'fuzzy', term: 'dsik', edits: 1, prefixLength: 0, transpositions: true, maxExpansions: 50 },
      },
      want: ['#0', '#1'],
    },
    {
      name: 'points nearby',
      query: { kind: 'geo_distance', field: 'at', center: { lat: 52.52, lon: 13.41 }, distanceMeters: 3000 },
      want: ['#4'],
    },
    {
      name: 'points in a box',
      query: { kind: 'geo_box', field: 'at', topLeft: { lat: 53, lon: 170 }, bottomRight: { lat: 52, lon: 14 } },
      want: ['#4'],
    },
    { name: 'points in a polygon', query: polygon([52, 13], [53, 13], [53, 14], [52, 14]), want: ['#4'] },
    {
      name: 'points in a polygon that crosses itself',
      query: polygon([52.2, 13], [53.2, 14], [53.2, 13], [52.2, 14]),
      want: ['#4'],
    },
    {
      name: 'no terms where the document does not say how many',
      query: { kind: 'terms_set', field: 'host', values: ['h1', ''], minimumField: 'count' },
      want: ['#0'],
    },
    {
      name: 'as many terms as the document says',
      query: { kind: 'terms_set', field: 'tags', values: ['x', 'y', 'z'], minimumField: 'count' },
      want: ['#0'],
    },
    {
      name: 'at least two of three',
      query: bool({ should: [term('host', 'h1'), term('ok', true), { kind: 'exists', field: 'tags' }], minimumShouldMatch: 2 }),
      want: ['#0'],
    },
    {
      name: 'the best of several',
      query: { kind: 'dis_max', queries: [term('host', 'h1'), term('host', 'h2')], tieBreaker: 0 },
      want: ['#0', '#1', 'own'],
    },
  ]
  test.each(cases)('$name', async ({ query, want }) => {
    expect(await ids(query)).toEqual(want)
    expect(await search.count([{ schema: fixture.schema('a'), query }], new AbortController().signal)).toBe(want.length)
  })
})

describe('hits', () => {
  test.each([
    { name: 'newest first', sort: [by('@timestamp', 'desc')], want: ['#4', 'own', '#1', '#0'] },
    { name: 'missing last', sort: [by('temperature')], want: ['#1', '#0', '#4', 'own'] },
    { name: 'missing first', sort: [by('temperature', 'desc', 'first')], want: ['own', '#0', '#4', '#1'] },
    { name: 'a value for what is missing', sort: [by('temperature', 'asc', { value: 0 })], want: ['#1', 'own', '#0', '#4'] },
    { name: 'strings', sort: [by('host', 'desc')], want: ['#1', '#0', 'own', '#4'] },
    { name: 'the greatest of several values', sort: [by('count', 'desc')], want: ['#1', 'own', '#0', '#4'] },
    {
      name: 'the median of several values',
      sort: [{ ...by('count', 'desc'), mode: 'median' as const }],
      want: ['#1', 'own', '#0', '#4'],
    },
  ])('are sorted: $name', async ({ sort, want }) => {
    expect(await ids(matchAll, { sort })).toEqual(want)
    const paged: string[] = []
    let searchAfter: EngineSearch['searchAfter']
    for (;;) {
      const { hits } = await search.search(
        request(matchAll, { sort: [...sort, byArrival], size: 1, ...(searchAfter ? { searchAfter } : {}) }),
      )
      if (hits[0] === undefined) break
      paged.push(hits[0].id)
      searchAfter = hits[0].sort
    }
    expect(paged).toEqual(want)
  })

  test('carry their values exactly', async () => {
    const { hits, total } = await search.search(
      request(matchAll, { sort: [by('count', 'desc'), by('host'), by('ok')], source: true, size: 1 }),
    )
    expect(total).toEqual({ value: 4, relation: 'eq' })
    expect(hits[0]).toMatchObject({ id: '#1', seqNo: 1, version: 1, target: 0, sort: [2n ** 60n, 'h2', false] })
    expect(JSON.parse(Buffer.from(hits[0]?.source ?? []).toString())).toMatchObject({ message: 'disk full, disk error' })
  })

  test('are counted up to a limit', async () => {
    expect((await search.search(request(term('host', 'h1', 'h2'), { trackTotalHits: 2 }))).total).toEqual({
      value: 2,
      relation: 'gte',
    })
    expect((await search.search(request(term('host', 'h1', 'h2'), { trackTotalHits: 3 }))).total).toEqual({
      value: 3,
      relation: 'eq',
    })
    expect((await search.search(request(matchAll, { trackTotalHits: 0 }))).total).toBeUndefined()
  })

  test('of several indices are merged', async () => {
    const schema = fixture.schema('a')
    const targets = [
      { schema, query: term('host', 'h1') },
      { schema, query: term('host', 'h2') },
    ]
    const { hits, total } = await search.search(
      request(matchAll, { targets, sort: [by('@timestamp', 'desc')], source: true, from: 1, size: 2 }),
    )
    expect(hits.map(({ target, id }) => [target, id])).toEqual([
      [1, '#1'],
      [0, '#0'],
    ])
    expect(hits.every(({ source }) => source !== undefined)).toBe(true)
    expect(total).toEqual({ value: 3, relation: 'eq' })
  })

  const weighted = (filter: Query, weight: number): ScoreFunction => ({ filter, weight, value: { kind: 'one' } })
  const functions = (list: readonly ScoreFunction[], more: object = {}): Query => ({
    kind: 'function_score',
    query: matchAll,
    functions: list,
    scoreMode: 'sum',
    boostMode: 'multiply',
    maxBoost: Infinity,
    ...more,
  })
  const decay = (shape: 'gauss' | 'exp' | 'linear'): Query =>
    functions([
      {
        filter: matchAll,
        weight: 1,
        value: { kind: 'decay', field: 'temperature', shape, origin: 20.5, scale: 10, offset: 3.5, decay: 0.5, mode: 'min' },
      },
    ])
  const fromCount = (mode: DistanceMode): Query =>
    functions([
      {
        filter: { kind: 'exists', field: 'count' },
        weight: 1,
        value: { kind: 'decay', field: 'count', shape: 'linear', origin: 3, scale: 10, offset: 1, decay: 0.5, mode },
      },
    ])
  const two = [weighted(term('ok', true), 3), weighted(term('host', 'h1'), 2)]
  test.each<{ name: string; query: Query; want: Record<string, number> }>([
    {
      name: 'what should not be there',
      query: { kind: 'boosting', positive: matchAll, negative: term('host', 'h1'), negativeBoost: 0.5, boost: 4 },
      want: { '#1': 4, '#4': 4, '#0': 2, own: 2 },
    },
    { name: 'a sum of weights', query: functions(two), want: { '#0': 5, own: 2, '#1': 1, '#4': 1 } },
    {
      name: 'the first that applies',
      query: functions(two, { scoreMode: 'first' }),
      want: { '#0': 3, own: 2, '#1': 1, '#4': 1 },
    },
    { name: 'a bounded factor', query: functions(two, { maxBoost: 1.5 }), want: { '#0': 1.5, own: 1.5, '#1': 1, '#4': 1 } },
    {
      name: 'a weighted average',
      query: functions(two, { scoreMode: 'avg', boostMode: 'sum' }),
      want: { '#0': 2, '#1': 2, own: 2, '#4': 2 },
    },
    { name: 'the greatest', query: functions(two, { scoreMode: 'max', boost: 2 }), want: { '#0': 6, own: 4, '#1': 2, '#4': 2 } },
    {
      name: 'a field',
      query: functions(
        [{ filter: matchAll, weight: 10, value: { kind: 'field', field: 'count', factor: 2, modifier: 'square', missing: 0.5 } }],
        { query: term('host', 'h1'), boostMode: 'replace' },
      ),
      want: { own: 1000, '#0': 40 },
    },
    { name: 'a bell around a value', query: decay('gauss'), want: { '#0': 1, own: 1, '#4': 1, '#1': 0.5 ** 4 } },
    { name: 'a fall from a value', query: decay('exp'), want: { '#0': 1, own: 1, '#4': 1, '#1': 0.25 } },
    ...(
      [
        ['min', 0.95],
        ['max', 0.85],
        ['avg', 0.9],
        ['sum', 0.8],
        ['median', 0.9],
      ] as const
    ).map(([mode, own]) => ({
      name: `of several distances ${mode}`,
      query: fromCount(mode),
      want: { '#0': 0.95, own, '#4': 1, '#1': 0 },
    })),
    { name: 'a line from a value', query: decay('linear'), want: { '#0': 1, own: 1, '#4': 1, '#1': 0 } },
    {
      name: 'nearness in time',
      query: { kind: 'distance_feature', field: '@timestamp', origin: T0, pivot: 1000, boost: 3 },
      want: { '#0': 3, '#1': 1.5, own: 1, '#4': 3000 / 3_601_000 },
    },
    {
      name: 'nearness in space',
      query: { kind: 'distance_feature', field: 'at', origin: { lat: 52.5, lon: 13.4 }, pivot: 1000 },
      want: { '#4': 1 },
    },
  ])('are scored by $name', async ({ query, want }) => {
    const { hits } = await search.search(request(query))
    expect(hits.map(({ id }) => id)).toEqual(Object.keys(want).toSorted((a, b) => Number(want[b]) - Number(want[a])))
    for (const { id, score } of hits) expect(score).toBeCloseTo(want[id] ?? NaN, 6)
  })

  test('score', async () => {
    const { hits, maxScore } = await search.search(
      request({ kind: 'tokens', field: 'message', tokens: ['disk', 'full'], minimum: 1 }),
    )
    expect(hits.map(({ id }) => id)).toEqual(['#1', '#0'])
    expect(maxScore).toBe(hits[0]?.score)
    const few = await search.search(
      request({ kind: 'tokens', field: 'message', tokens: ['disk', 'full'], minimum: 1 }, { minScore: maxScore ?? 0 }),
    )
    expect(few).toMatchObject({ total: { value: 1 }, hits: [{ id: '#1' }] })
  })
})
