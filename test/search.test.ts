import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// Searches over REST against the whole program: what the parts do is tested beside them, here they are put together.

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-search-'))
let elkhorn: RunningElkhorn

const START = Date.parse('2024-03-30T22:30:00Z')
const readings = Array.from({ length: 40 }, (_, i) => ({
  '@timestamp': new Date(START + i * 15 * 60_000).toISOString(),
  device: `dev-${i % 4}`,
  line: i % 2 === 0 ? 'north' : 'south',
  temperature: 20 + (i % 10),
  ...(i % 5 === 0 ? {} : { vibration: i / 10 }),
  message: i % 8 === 0 ? 'bearing temperature too high' : 'all is well',
  tags: i % 3 === 0 ? ['a', 'b'] : ['b'],
}))

beforeAll(async () => {
  elkhorn = await startElkhorn(folder)
  await ask('PUT', '/readings', {
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        device: { type: 'keyword' },
        line: { type: 'keyword' },
        temperature: { type: 'integer' },
        vibration: { type: 'double' },
        message: { type: 'text', fields: { raw: { type: 'keyword' } } },
        tags: { type: 'keyword' },
      },
    },
  })
  const lines = readings.flatMap((reading, i) => [{ index: { _index: 'readings', _id: `r${i}` } }, reading])
  await ask('POST', '/_bulk?refresh=true', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
}, 120_000)

afterAll(async () => {
  await elkhorn.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Found {
  readonly _scroll_id: string
  readonly pit_id: string
  readonly id: string
  readonly hits: {
    readonly total: { readonly value: number; readonly relation: string }
    readonly hits: readonly { readonly _id: string; readonly sort: readonly unknown[] }[]
  }
  readonly aggregations: Readonly<Record<string, unknown>>
}

async function ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly json: Found }> {
  const { status, json } = await elkhorn.call(method, path, body)
  return { status, json }
}

const search = async (body: unknown, path = '/readings/_search'): Promise<Found> => {
  const { status, json } = await ask('POST', path, body)
  expect({ status, error: status === 200 ? undefined : json }).toEqual({ status: 200, error: undefined })
  return json
}

const idsOf = ({ hits }: Found): string[] => hits.hits.map(({ _id }) => _id)
const allIds = readings.map((_, i) => `r${i}`)

test('hits say which of the named queries matched them', async () => {
  const query = {
    bool: {
      must: [{ ids: { values: ['r0', 'r1', 'r2'] } }],
      should: [
        { term: { line: { value: 'north', _name: 'is north' } } },
        { match: { message: { query: 'temperature', _name: 'hot' } } },
        { range: { temperature: { gte: 99, _name: 'never' } } },
        { bool: { _name: 'both', must: [{ term: { line: 'north' } }, { term: { tags: 'a' } }] } },
      ],
    },
  }
  const matched = async (path: string): Promise<unknown> =>
    (await search({ query, sort: ['@timestamp'] }, path)).hits.hits.map(
      (hit) => (hit as { matched_queries?: unknown }).matched_queries,
    )
  expect(await matched('/readings/_search')).toEqual([['is north', 'hot', 'both'], undefined, ['is north']])
  const [scored] = (await matched('/readings/_search?include_named_queries_score=true')) as Record<string, number>[]
  expect(Object.keys(scored ?? {})).toEqual(['is north', 'hot', 'both'])
  expect(scored?.['hot']).toBeGreaterThan(0)
})

describe('queries', () => {
  test.each([
    { name: 'match_all', query: { match_all: {} }, want: 40 },
    { name: 'term', query: { term: { device: 'dev-1' } }, want: 10 },
    { name: 'terms', query: { terms: { device: ['dev-1', 'dev-2'] } }, want: 20 },
    { name: 'range', query: { range: { temperature: { gte: 28 } } }, want: 8 },
    { name: 'date math', query: { range: { '@timestamp': { lt: '2024-03-30||+1d/d' } } }, want: 6 },
    { name: 'exists', query: { exists: { field: 'vibration' } }, want: 32 },
    { name: 'ids', query: { ids: { values: ['r1', 'r2', 'nope'] } }, want: 2 },
    { name: 'match', query: { match: { message: 'bearing' } }, want: 5 },
    { name: 'match_phrase', query: { match_phrase: { message: 'too high' } }, want: 5 },
    { name: 'prefix', query: { prefix: { message: 'bear' } }, want: 5 },
    { name: 'wildcard', query: { wildcard: { device: '*-3' } }, want: 10 },
    { name: 'query_string', query: { query_string: { query: 'message:bearing AND line:north' } }, want: 5 },
    {
      name: 'bool',
      query: {
        bool: {
          must: { term: { line: 'north' } },
          must_not: { term: { tags: 'a' } },
          filter: { range: { temperature: { lt: 25 } } },
        },
      },
      want: 8,
    },
  ])('$name', async ({ query, want }) => {
    expect((await search({ query, size: 0 })).hits.total).toEqual({ value: want, relation: 'eq' })
    expect(await elkhorn.call('POST', '/readings/_count', { query })).toMatchObject({ status: 200, json: { count: want } })
  })
})

test('words and terms are found where documents were replaced', async () => {
  await ask('PUT', '/readings/_doc/r0?refresh=true', { device: 'dev-0', message: 'replaced' })
  const count = async (query: object): Promise<number> => (await search({ query, size: 0 })).hits.total.value
  expect(await count({ match: { message: 'bearing' } })).toBe(4)
  expect(await count({ match: { message: 'replaced well' } })).toBe(36)
  expect(await count({ term: { device: 'dev-0' } })).toBe(10)
  expect(await count({ term: { tags: 'a' } })).toBe(13)
  await ask('PUT', '/readings/_doc/r0?refresh=true', readings[0])
  expect(await count({ match: { message: 'bearing' } })).toBe(5)
})

test.each<{ name: string; query: object; highlight: object; want: object | undefined }>([
  {
    name: 'words',
    query: { match: { message: 'high bearing' } },
    highlight: { fields: { message: {} } },
    want: { message: ['<em>bearing</em> temperature too <em>high</em>'] },
  },
  {
    name: 'a phrase, as one',
    query: { match_phrase: { message: 'too high' } },
    highlight: { fields: { '*': { type: 'fvh' } }, pre_tags: '[', post_tags: ']' },
    want: { message: ['bearing temperature [too high]'] },
  },
  {
    name: 'parts of words, in every field that they are asked of',
    query: { query_string: { query: 'temp* OR dev-0', fields: ['message', 'device'] } },
    highlight: { fields: [{ device: {} }, { message: { number_of_fragments: 0 } }] },
    want: { device: ['<em>dev-0</em>'], message: ['bearing <em>temperature</em> too high'] },
  },
  {
    name: 'what another field is asked for',
    query: { term: { 'message.raw': 'bearing temperature too high' } },
    highlight: { fields: { message: {} } },
    want: undefined,
  },
  {
    name: 'the beginning where nothing matches',
    query: { term: { line: 'north' } },
    highlight: { fields: { message: { no_match_size: 10 } }, highlight_query: { match: { message: 'nope' } } },
    want: { message: ['bearing temperature'] },
  },
])('highlights $name', async ({ query, highlight, want }) => {
  const json = await search({ query: { bool: { must: query, filter: { ids: { values: ['r0'] } } } }, highlight })
  expect(json.hits.hits[0]).toMatchObject({ _id: 'r0' })
  expect((json.hits.hits[0] as { highlight?: object } | undefined)?.highlight).toEqual(want)
})

describe('aggregations', () => {
  test('days of a zone whose clocks change', async () => {
    const json = await search({
      size: 0,
      aggs: {
        days: {
          date_histogram: { field: '@timestamp', calendar_interval: '1d', time_zone: 'Europe/Berlin' },
          aggs: {
            devices: {
              terms: { field: 'device', size: 1 },
              aggs: { hot: { top_metrics: { metrics: { field: 'temperature' }, sort: { temperature: 'desc' } } } },
            },
          },
        },
      },
    })
    expect(json.aggregations['days']).toMatchObject({
      buckets: [
        { key_as_string: '2024-03-30T00:00:00.000+01:00', doc_count: 2 },
        {
          key_as_string: '2024-03-31T00:00:00.000+01:00',
          doc_count: 38,
          devices: { buckets: [{ doc_count: 10, hot: { top: [{ metrics: { temperature: 28 } }] } }] },
        },
      ],
    })
  })

  test('side by side and within each other', async () => {
    const json = await search({
      size: 0,
      aggs: {
        lines: {
          terms: { field: 'line' },
          aggs: {
            t: { stats: { field: 'temperature' } },
            best: { top_hits: { size: 1, sort: [{ vibration: 'desc' }], _source: ['device'] } },
          },
        },
        none: { missing: { field: 'vibration' } },
        hot: { filter: { range: { temperature: { gte: 28 } } }, aggs: { n: { value_count: { field: 'vibration' } } } },
        ranges: { range: { field: 'temperature', ranges: [{ to: 25 }, { from: 25 }] } },
        count: { cardinality: { field: 'device' } },
      },
    })
    expect(json.aggregations).toMatchObject({
      lines: {
        buckets: [
          {
            key: 'north',
            doc_count: 20,
            t: { count: 20, min: 20, max: 28, avg: 24, sum: 480 },
            best: { hits: { hits: [{ _id: 'r38', _source: { device: 'dev-2' } }] } },
          },
          { key: 'south', doc_count: 20, t: { min: 21, max: 29 } },
        ],
      },
      none: { doc_count: 8 },
      hot: { doc_count: 8, n: { value: 8 } },
      ranges: {
        buckets: [
          { key: '*-25.0', doc_count: 20 },
          { key: '25.0-*', doc_count: 20 },
        ],
      },
      count: { value: 4 },
    })
  })
})

describe('aggregations that are put together from others', () => {
  test('all combinations, page by page', async () => {
    const sources = [
      { line: { terms: { field: 'line', order: 'desc' } } },
      { t: { histogram: { field: 'temperature', interval: 5 } } },
    ]
    const pages: unknown[] = []
    let after: unknown
    for (let page = 0; page < 3; page++) {
      const composite = { sources, size: 3, ...(after === undefined ? {} : { after }) }
      const { aggregations } = await search({
        size: 0,
        aggs: { c: { composite, aggs: { n: { max: { field: 'temperature' } } } } },
      })
      const { buckets, after_key } = aggregations['c'] as { buckets: readonly unknown[]; after_key: unknown }
      pages.push(...buckets)
      after = after_key
    }
    expect(pages).toEqual([
      { key: { line: 'south', t: 20 }, doc_count: 8, n: { value: 23 } },
      { key: { line: 'south', t: 25 }, doc_count: 12, n: { value: 29 } },
      { key: { line: 'north', t: 20 }, doc_count: 12, n: { value: 24 } },
      { key: { line: 'north', t: 25 }, doc_count: 8, n: { value: 28 } },
    ])
  })

  test('a bucket for what is missing, and for several fields', async () => {
    const { aggregations } = await search({
      size: 0,
      query: { range: { '@timestamp': { gte: '2024-03-31T00:00:00Z' } } },
      aggs: {
        c: { composite: { sources: [{ v: { histogram: { field: 'vibration', interval: 2, missing_bucket: true } } }] } },
        m: { multi_terms: { terms: [{ field: 'line' }, { field: 'device' }], size: 1 } },
        all: { global: {}, aggs: { n: { value_count: { field: 'device' } } } },
        rare: { rare_terms: { field: 'temperature', max_doc_count: 3 } },
        both: {
          adjacency_matrix: { filters: { hot: { range: { temperature: { gte: 25 } } }, north: { term: { line: 'north' } } } },
        },
      },
    })
    expect(aggregations).toMatchObject({
      c: {
        buckets: [
          { key: { v: null }, doc_count: 6 },
          { key: { v: 0 }, doc_count: 12 },
          { key: { v: 2 }, doc_count: 16 },
        ],
      },
      m: { sum_other_doc_count: 25, buckets: [{ key: ['north', 'dev-2'], key_as_string: 'north|dev-2', doc_count: 9 }] },
      all: { doc_count: 40, n: { value: 40 } },
      rare: { buckets: [20, 21, 22, 23, 24, 25].map((key) => ({ key, doc_count: 3 })) },
      both: {
        buckets: [
          { key: 'hot', doc_count: 19 },
          { key: 'hot&north', doc_count: 8 },
          { key: 'north', doc_count: 17 },
        ],
      },
    })
  })

  test('an interval that suits', async () => {
    const { aggregations } = await search({ size: 0, aggs: { a: { auto_date_histogram: { field: '@timestamp', buckets: 5 } } } })
    expect(aggregations['a']).toMatchObject({ interval: '3h' })
    expect((aggregations['a'] as { buckets: readonly unknown[] }).buckets).toHaveLength(4)
  })

  test('what is significant, above what is usual', async () => {
    const { aggregations } = await search({
      size: 0,
      query: { match: { message: 'bearing' } },
      aggs: { s: { significant_terms: { field: 'device', min_doc_count: 2 } }, x: { extended_stats: { field: 'temperature' } } },
    })
    expect(aggregations).toMatchObject({
      s: { doc_count: 5, bg_count: 40, buckets: [{ key: 'dev-0', doc_count: 5, bg_count: 10, score: 3 }] },
      x: { count: 5, avg: 24, variance: 8, std_deviation_sampling: Math.sqrt(10) },
    })
  })

  test('along buckets', async () => {
    const { aggregations } = await search({
      size: 0,
      aggs: {
        t: {
          histogram: { field: 'temperature', interval: 1 },
          aggs: {
            v: { sum: { field: 'vibration' } },
            moving: { moving_fn: { buckets_path: 'v', window: 2, script: 'MovingFunctions.unweightedAvg(values)' } },
            share: { normalize: { buckets_path: '_count', method: 'percent_of_sum' } },
          },
        },
        spread: { extended_stats_bucket: { buckets_path: 't>_count' } },
      },
    })
    const { buckets } = aggregations['t'] as {
      buckets: readonly Readonly<Record<'v' | 'moving' | 'share', { value: number | null }>>[]
    }
    expect(buckets).toHaveLength(10)
    expect(buckets[3]?.moving.value).toBeCloseTo(((buckets[1]?.v.value ?? 0) + (buckets[2]?.v.value ?? 0)) / 2)
    expect(buckets[3]?.share.value).toBeCloseTo(0.1)
    expect(aggregations['spread']).toMatchObject({ count: 10, avg: 4, variance: 0 })
  })

  test.each([
    [{ global: {}, aggs: {} }, 200],
    [{ terms: { field: 'line' }, aggs: { g: { global: {} } } }, 400],
    [{ composite: { sources: [] } }, 400],
    [{ moving_fn: { buckets_path: 'x', window: 0, script: '' } }, 400],
    [{ significant_terms: { field: 'line', jlp: {} } }, 400],
  ])('%j answers %i', async (aggregation, status) => {
    expect((await ask('POST', '/readings/_search', { size: 0, aggs: { a: aggregation } })).status).toBe(status)
  })
})

describe('pages', () => {
  test.each<{ name: string; body: object }>([
    { name: 'in any order', body: {} },
    { name: 'by a field with many equal values', body: { sort: [{ line: 'desc' }] } },
    { name: 'by score', body: { query: { match: { message: 'bearing all' } } } },
  ])('a scroll $name has every document once, and what comes later is not in it', async ({ body }) => {
    const first = await search({ ...body, size: 7 }, '/readings/_search?scroll=1m')
    const found = idsOf(first)
    await ask('PUT', '/readings/_doc/late?refresh=true', { message: 'all bearing', line: 'north' })
    await ask('PUT', '/readings/_doc/r39?refresh=true', { message: 'replaced' })
    for (let page = first; page.hits.hits.length > 0;) {
      page = (await ask('POST', '/_search/scroll', { scroll: '1m', scroll_id: first._scroll_id })).json
      expect(page.hits.total.value).toBe(40)
      found.push(...idsOf(page))
    }
    expect(found.toSorted()).toEqual(allIds.toSorted())
    expect(await ask('DELETE', '/_search/scroll', { scroll_id: first._scroll_id })).toMatchObject({
      status: 200,
      json: { num_freed: 1 },
    })
    expect(await ask('POST', '/_search/scroll', { scroll_id: first._scroll_id })).toMatchObject({ status: 404 })
    await ask('PUT', '/readings/_doc/r39?refresh=true', readings[39])
    await ask('DELETE', '/readings/_doc/late?refresh=true')
  })

  test('a point in time, in slices, with search_after', async () => {
    const { json: opened } = await ask('POST', '/readings/_pit?keep_alive=1m')
    await ask('DELETE', '/readings/_doc/r7?refresh=true')
    const found: string[] = []
    for (const id of [0, 1, 2]) {
      let after: readonly unknown[] | undefined
      for (;;) {
        const body = { pit: { id: opened.id, keep_alive: '1m' }, slice: { id, max: 3 }, sort: ['line'], size: 5 }
        const page = await search({ ...body, ...(after ? { search_after: after } : {}) }, '/_search')
        if (page.hits.hits.length === 0) break
        found.push(...idsOf(page))
        after = page.hits.hits.at(-1)?.sort
      }
    }
    expect(found.toSorted()).toEqual(allIds.toSorted())
    expect(await ask('DELETE', '/_pit', { id: opened.id })).toMatchObject({ status: 200, json: { succeeded: true } })
    await ask('PUT', '/readings/_doc/r7?refresh=true', readings[7])
  })

  test.each([
    {
      path: '/readings/_search?scroll=1m',
      body: { from: 1 },
      status: 400,
      reason: 'using [from] is not allowed in a scroll context',
    },
    {
      path: '/readings/_search?scroll=1m',
      body: { size: 10_001 },
      status: 400,
      reason: 'Batch size is too large, size must be less than or equal to: [10000] but was [10001].',
    },
    {
      path: '/readings/_search?scroll=25h',
      body: {},
      status: 400,
      reason: 'Keep alive for request (1d) is too large. It must be less than (1d).',
    },
    {
      path: '/readings/_search',
      body: { slice: { id: 0, max: 2 } },
      status: 400,
      reason: '[slice] can only be used with [scroll] or [point-in-time] requests',
    },
    { path: '/readings/_search', body: { pit: { id: 'x' } }, status: 400, reason: '[indices] cannot be used with point in time' },
    { path: '/_search', body: { pit: { id: 'nope' } }, status: 404, reason: 'No search context found for id [nope]' },
  ])('$reason', async ({ path, body, status, reason }) => {
    const answer = await elkhorn.call('POST', path, body)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(reason)
  })
})

describe('an asynchronous search', () => {
  const submit = (parameters: string, body: unknown = { size: 1 }): Promise<{ status: number; json: Asynchronous }> =>
    ask('POST', `/readings/_async_search?${parameters}`, body) as never

  interface Asynchronous {
    readonly id?: string
    readonly is_running: boolean
    readonly is_partial: boolean
    readonly response?: Found
    readonly error?: { readonly type: string }
    readonly completion_status?: number
  }

  test('that ends in time answers at once, and is kept only if asked', async () => {
    const { json } = await submit('')
    expect(json).toMatchObject({ is_running: false, is_partial: false, response: { hits: { total: { value: 40 } } } })
    expect(json.id).toBeUndefined()
    const kept = await submit('keep_on_completion=true&keep_alive=1m')
    const again = await ask('GET', `/_async_search/${kept.json.id}`)
    expect(again.json).toMatchObject({ id: kept.json.id, response: { hits: { total: { value: 40 } } } })
    expect((await ask('GET', `/_async_search/status/${kept.json.id}`)).json).toMatchObject({
      is_running: false,
      completion_status: 200,
    })
    expect((await ask('DELETE', `/_async_search/${kept.json.id}`)).status).toBe(200)
    expect((await ask('GET', `/_async_search/${kept.json.id}`)).status).toBe(404)
  })

  test('that fails says why, at once or when it is asked', async () => {
    expect((await submit('', { query: { nonsense: {} } })).status).toBe(400)
    expect((await submit('keep_alive=1s')).status).toBe(400)
    const { status, json } = await submit('keep_on_completion=true', { aggs: { a: { terms: { field: 'message' } } } })
    expect(status).toBe(400)
    expect(json).toMatchObject({ is_running: false, is_partial: true, error: { type: 'search_phase_execution_exception' } })
  })

  test('is nobody else’s', async () => {
    const { json } = await submit('keep_on_completion=true')
    await elkhorn.call('PUT', '/_security/user/reader', { password: 'reader-password', roles: ['superuser'] })
    const other = `Basic ${Buffer.from('reader:reader-password').toString('base64')}`
    expect((await elkhorn.call('GET', `/_async_search/${json.id}`, undefined, other)).status).toBe(404)
  })
})

test.each([
  [{}, ['a', 'b'], true],
  [{ string: 'a' }, ['a'], true],
  [{ string: 'A' }, [], true],
  [{ string: 'A', case_insensitive: true }, ['a'], true],
  [{ size: 1 }, ['a'], false],
  [{ search_after: 'a' }, ['b'], true],
  [{ index_filter: { term: { device: 'dev-1' } } }, ['a', 'b'], true],
  [{ string: '.*' }, [], true],
])('terms that begin with %j', async (body, terms, complete) => {
  const { json } = await ask('POST', '/readings/_terms_enum', { field: 'tags', ...body })
  expect(json).toMatchObject({ terms, complete })
})

test('terms of a text are its words', async () => {
  const { json } = await ask('POST', '/readings/_terms_enum', { field: 'message', string: 't' })
  expect(json).toMatchObject({ terms: ['temperature', 'too'], complete: true })
})

test('stored fields leave the source out unless it is asked for', async () => {
  const shown = async (body: object): Promise<boolean> =>
    '_source' in ((await ask('POST', '/readings/_search', { size: 1, ...body })).json.hits.hits[0] ?? {})
  expect(await shown({ stored_fields: ['*'] })).toBe(false)
  expect(await shown({ stored_fields: ['*'], _source: true })).toBe(true)
  expect(await shown({ stored_fields: ['_source'] })).toBe(true)
})

describe('explained', () => {
  interface Explanation {
    readonly value: number
    readonly details: readonly Explanation[]
  }
  const query = {
    bool: {
      must: [{ match: { message: 'bearing temperature' } }],
      should: [{ constant_score: { filter: { term: { line: 'north' } }, boost: 2 } }],
      filter: [{ range: { temperature: { gte: 20 } } }],
      boost: 1.5,
    },
  }

  test('a score is what its parts say', async () => {
    const { json } = await ask('POST', '/readings/_search', { query, explain: true, size: 3 })
    const hits = json.hits.hits as unknown as readonly { readonly _score: number; readonly _explanation: Explanation }[]
    expect(hits).toHaveLength(3)
    for (const { _score: score, _explanation: explanation } of hits) {
      expect(explanation.value).toBe(score)
      expect(explanation.details.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(score, 5)
      expect(explanation.details[0]?.details).toHaveLength(2)
    }
  })

  test('for one document, whether it matches or not', async () => {
    expect((await ask('POST', '/readings/_explain/r0', { query })).json).toMatchObject({ _id: 'r0', matched: true })
    const none = await ask('POST', '/readings/_explain/r1?_source=line', { query })
    expect(none.json).toMatchObject({ matched: false, explanation: { value: 0 }, get: { _source: { line: 'south' } } })
    expect(await ask('POST', '/readings/_explain/absent', { query })).toMatchObject({ status: 404, json: { matched: false } })
  })

  test('where the time goes', async () => {
    const { json } = await ask('POST', '/readings/_search', {
      query,
      profile: true,
      aggs: { lines: { terms: { field: 'line' } } },
    })
    expect(json).toMatchObject({
      profile: {
        shards: [
          {
            searches: [{ query: [{ type: 'BooleanQuery', children: [{}, {}, {}] }] }],
            aggregations: [{ type: 'TermsAggregator', description: 'lines' }],
          },
        ],
      },
    })
  })
})

test('a field that came later is searched by its terms, also where the first documents lie apart', async () => {
  await ask('PUT', '/later', { mappings: { properties: { path: { type: 'wildcard' } } } })
  await ask('PUT', '/later/_doc/1?refresh=true', { first: 1 })
  await ask('PUT', '/later/_doc/2?refresh=true', { path: ['x', 'y'] })
  const found = async (query: object): Promise<unknown> =>
    (await ask('POST', '/later/_search', { query })).json.hits.hits.map(({ _id }: { _id: string }) => _id)
  expect(await found({ match: { path: 'x' } })).toEqual(['2'])
  expect(await found({ bool: { must_not: { match: { path: 'x' } } } })).toEqual(['1'])
})

describe('rarer queries', () => {
  const idsOf = async (query: object): Promise<readonly string[]> =>
    (await ask('POST', '/readings/_search', { query, size: 40 })).json.hits.hits.map(({ _id }) => _id)

  test('pinned documents come first, in their order', async () => {
    const ids = await idsOf({ pinned: { ids: ['r3', 'r1', 'absent'], organic: { match: { message: 'bearing' } } } })
    expect(ids.slice(0, 2)).toEqual(['r3', 'r1'])
    expect(new Set(ids.slice(2))).toEqual(new Set(['r0', 'r8', 'r16', 'r24', 'r32']))
  })

  test('as many terms as a script wants', async () => {
    const script = { source: 'Math.min(params.num_terms, 2)' }
    const ids = await idsOf({ terms_set: { tags: { terms: ['a', 'b', 'c'], minimum_should_match_script: script } } })
    expect(ids).toHaveLength(14)
  })

  test('as many terms as a field says', async () => {
    const ids = await idsOf({ terms_set: { tags: { terms: ['a', 'b'], minimum_should_match_field: 'temperature' } } })
    expect(ids).toEqual([])
  })

  test('scores by chance are the same for the same seed', async () => {
    const scored = (source: string): object => ({ script_score: { query: { match_all: {} }, script: { source } } })
    const [first, again, other] = await Promise.all(
      ["randomScore(100, '_seq_no')", 'randomScore(100)', 'randomScore(7)'].map((source) => idsOf(scored(source))),
    )
    expect(first).toHaveLength(40)
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })

  test('several texts as one', async () => {
    const query = { query: 'bearing temperature', fields: ['message'], operator: 'and' }
    expect(await idsOf({ combined_fields: query })).toHaveLength(5)
  })
})

describe('documents that lack what is asked for', () => {
  beforeAll(async () => {
    const properties = { place: { type: 'geo_point' }, text: { type: 'text' } }
    await ask('PUT', '/sparse', { mappings: { properties } })
    await ask('PUT', '/sparse/_doc/1?refresh=true', { place: { lat: 48.1, lon: 16.2 }, text: 'the quick fox' })
    await ask('PUT', '/sparse/_doc/2?refresh=true', { text: [] })
  })

  test('are in no cell of a grid', async () => {
    for (const [grid, key] of [
      ['geotile_grid', '7/69/44'],
      ['geohash_grid', 'u2e98'],
    ] as const) {
      const { json } = await ask('POST', '/sparse/_search', { size: 0, aggs: { grid: { [grid]: { field: 'place' } } } })
      expect(json.aggregations['grid']).toEqual({ buckets: [{ key, doc_count: 1 }] })
    }
  })

  test('are in no range of words, and others by each of their words', async () => {
    const count = async (range: object): Promise<unknown> =>
      (await ask('POST', '/sparse/_search', { query: { range: { text: range } } })).json.hits.total
    expect(await count({ lte: 'zzz' })).toEqual({ value: 1, relation: 'eq' })
    expect(await count({ gt: 'fox', lt: 'the' })).toEqual({ value: 1, relation: 'eq' })
    expect(await count({ gt: 'quick', lt: 'the' })).toEqual({ value: 0, relation: 'eq' })
  })

  test('and words are marked whatever scores them', async () => {
    const query = { script_score: { query: { match: { text: 'fox' } }, script: { source: '_score * 2' } } }
    const { json } = await ask('POST', '/sparse/_search', { query, highlight: { fields: { text: {} } } })
    expect(json.hits.hits[0]).toMatchObject({ highlight: { text: ['the quick <em>fox</em>'] } })
  })
})

test('a field that nobody mapped has no terms that begin with anything', async () => {
  const { status, json } = await ask('POST', '/readings/_terms_enum', { field: 'nobody', string: 'a' })
  expect({ status, json }).toMatchObject({ status: 200, json: { terms: [] } })
})
