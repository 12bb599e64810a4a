import { afterAll, beforeAll, expect, test } from 'vitest'
import { internalAccess } from '../src/core/access.ts'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
const search = async (
  body: unknown,
  path = '/n/_search',
): Promise<{ hits: { hits: Record<string, unknown>[] } } & Record<string, never>> => (await api.call('POST', path, body)).json

beforeAll(async () => {
  api = await startMemoryApi()
  const comments = {
    type: 'nested',
    properties: {
      by: { type: 'keyword' },
      stars: { type: 'integer' },
      text: { type: 'text' },
      replies: { type: 'nested', properties: { by: { type: 'keyword' } } },
    },
  }
  await api.call('PUT', '/n', { mappings: { properties: { title: { type: 'text' }, n: { type: 'integer' }, comments } } })
  const documents = [
    {
      n: 1,
      title: 'first',
      comments: [
        { by: 'ann', stars: 5, text: 'very good' },
        { by: 'bob', stars: 1, text: 'bad', replies: [{ by: 'ann' }, { by: 'cy' }] },
      ],
    },
    { n: 2, title: 'second', comments: { by: 'ann', stars: 2, text: 'not good' } },
    { n: 3, title: 'third' },
  ]
  for (const document of documents) await api.call('PUT', `/n/_doc/${document.n}?refresh=true`, document)
})
afterAll(() => api.stop())

const nested = (query: unknown, more: object = {}, path = 'comments'): object => ({ nested: { path, query, ...more } })
const ann = { term: { 'comments.by': 'ann' } }

test('inner hits show the objects that matched, with their places, and what is within them', async () => {
  const replies = nested({ match_all: {} }, { inner_hits: { _source: ['comments.replies.by'] } }, 'comments.replies')
  const query = nested(
    { bool: { should: [ann, replies] } },
    { inner_hits: { sort: [{ 'comments.stars': 'desc' }], _source: ['comments.by'] } },
  )
  const { hits } = await search({ query, sort: ['n'], _source: false })
  const place = (offset: number): object => ({ field: 'comments', offset })
  const none = { 'comments.replies': { hits: { total: { value: 0, relation: 'eq' }, max_score: null, hits: [] } } }
  const reply = (offset: number, by: string): object => ({
    _index: 'n',
    _id: '1',
    _nested: { ...place(1), _nested: { field: 'replies', offset } },
    _score: 1,
    _source: { by },
  })
  expect(hits.hits.map((hit) => hit['inner_hits'])).toEqual([
    {
      comments: {
        hits: {
          total: { value: 2, relation: 'eq' },
          max_score: null,
          hits: [
            { _index: 'n', _id: '1', _nested: place(0), _score: null, _source: { by: 'ann' }, sort: [5], inner_hits: none },
            {
              _index: 'n',
              _id: '1',
              _nested: place(1),
              _score: null,
              _source: { by: 'bob' },
              sort: [1],
              inner_hits: {
                'comments.replies': {
                  hits: { total: { value: 2, relation: 'eq' }, max_score: 1, hits: [reply(0, 'ann'), reply(1, 'cy')] },
                },
              },
            },
          ],
        },
      },
    },
    {
      comments: {
        hits: {
          total: { value: 1, relation: 'eq' },
          max_score: null,
          hits: [{ _index: 'n', _id: '2', _nested: place(0), _score: null, _source: { by: 'ann' }, sort: [2], inner_hits: none }],
        },
      },
    },
  ])
})

test('inner hits are highlighted and have doc values of their own', async () => {
  const inner = {
    name: 'good',
    size: 1,
    _source: false,
    docvalue_fields: ['comments.stars'],
    highlight: { fields: { 'comments.text': {} } },
  }
  const { hits } = await search({ query: nested({ match: { 'comments.text': 'good' } }, { inner_hits: inner }), sort: ['n'] })
  expect(hits.hits[0]).toMatchObject({
    inner_hits: {
      good: { hits: { hits: [{ fields: { 'comments.stars': [5] }, highlight: { 'comments.text': ['very <em>good</em>'] } }] } },
    },
  })
})

test('aggregations go into nested objects and out again', async () => {
  const terms = { terms: { field: 'comments.by' }, aggs: { out: { reverse_nested: {}, aggs: { n: { sum: { field: 'n' } } } } } }
  const top = { top_hits: { size: 1, sort: [{ 'comments.stars': 'asc' }], _source: 'comments.text' } }
  const { aggregations } = await search({ size: 0, aggs: { c: { nested: { path: 'comments' }, aggs: { by: terms, top } } } })
  expect(aggregations).toMatchObject({
    c: {
      doc_count: 3,
      by: {
        buckets: [
          { key: 'ann', doc_count: 2, out: { doc_count: 2, n: { value: 3 } } },
          { key: 'bob', doc_count: 1, out: { doc_count: 1, n: { value: 1 } } },
        ],
      },
      top: { hits: { hits: [{ _id: '1', _nested: { field: 'comments', offset: 1 }, _source: { text: 'bad' } }] } },
    },
  })
})

test.each([
  [{ query: nested(ann) }, ['1', '2']],
  [{ query: ann }, []],
  [{ query: { exists: { field: 'comments' } } }, []],
  [{ query: nested({ bool: { must: [ann, { range: { 'comments.stars': { gt: 4 } } }] } }) }, ['1']],
  [{ query: nested({ bool: { must_not: [ann] } }) }, ['1']],
  [{ query: { bool: { must_not: [nested({ match_all: {} })] } } }, ['3']],
  [{ query: nested({ term: { 'comments.replies.by': 'cy' } }, {}, 'comments.replies') }, ['1']],
  [{ query: { kql: { query: 'comments: { by: ann and stars < 3 }' } } }, ['2']],
  [{ query: nested({ match_all: {} }, { ignore_unmapped: true }, 'nope') }, []],
])('%j finds %j', async (body, ids) => {
  const { hits } = await search({ ...body, sort: ['n'] })
  expect(hits.hits.map((hit) => hit['_id'])).toEqual(ids)
})

const stars = (more: object = {}, nestedBy: object = {}): object => ({
  sort: [{ 'comments.stars': { nested: { path: 'comments', ...nestedBy }, ...more } }],
})

test.each([
  [
    stars(),
    [
      ['1', 1],
      ['2', 2],
      ['3', 2147483647],
    ],
  ],
  [
    stars({ order: 'desc' }),
    [
      ['1', 5],
      ['2', 2],
      ['3', -2147483648],
    ],
  ],
  [
    stars({ mode: 'sum' }),
    [
      ['2', 2],
      ['1', 6],
      ['3', 2147483647],
    ],
  ],
  [
    stars({ missing: '_first' }),
    [
      ['3', -2147483648],
      ['1', 1],
      ['2', 2],
    ],
  ],
  [
    stars({}, { filter: ann }),
    [
      ['2', 2],
      ['1', 5],
      ['3', 2147483647],
    ],
  ],
  [
    stars({ order: 'desc' }, { max_children: 1 }),
    [
      ['1', 5],
      ['2', 2],
      ['3', -2147483648],
    ],
  ],
  [
    { sort: [{ 'comments.stars': 'asc' }, 'n'] },
    [
      ['1', 2147483647],
      ['2', 2147483647],
      ['3', 2147483647],
    ],
  ],
])('%j sorts as %j', async (body, want) => {
  const { hits } = await search(body)
  expect(hits.hits.map((hit) => [hit['_id'], (hit['sort'] as unknown[])[0]])).toEqual(want)
})

test.each([
  [{ sort: [{ 'comments.stars': { nested: { path: 'nope' } } }] }, '[nested] failed to find nested object under path [nope]'],
  [{ sort: [{ 'comments.stars': { nested: {} } }] }, '[nested] of a sort requires a [path]'],
  [
    { sort: [{ 'comments.stars': { nested_path: 'comments' } }] },
    '[nested_path] and [nested_filter] have been replaced by [nested]',
  ],
  [{ query: nested({ match_all: {} }, {}, 'nope') }, '[nested] failed to find nested object under path [nope]'],
  [{ query: { nested: { path: 'comments' } } }, "[nested] requires 'query' field"],
  [{ query: { nested: { query: { match_all: {} } } } }, "[nested] requires 'path' field"],
  [{ query: nested({ match_all: {} }, { score_mode: 'total' }) }, 'No score mode for child query [total] found'],
  [{ query: nested({ match_all: {} }, { inner_hits: { size: 200 } }) }, 'Inner result window is too large'],
  [{ query: nested({ match_all: {} }, { inner_hits: { sise: 2 } }) }, '[inner_hits] unknown field [sise]'],
  [
    { query: { bool: { should: [nested(ann, { inner_hits: {} }), nested(ann, { inner_hits: {} })] } } },
    '[inner_hits] already contains an entry for key [comments]',
  ],
  [{ aggs: { r: { reverse_nested: {} } } }, 'Reverse nested aggregation [r] can only be used inside a [nested] aggregation'],
  [{ aggs: { r: { nested: {} } } }, 'Missing [path] field for nested aggregation [r]'],
])('%j is refused: %s', async (body, reason) => {
  const { status, text } = await api.call('POST', '/n/_search', body)
  expect({ status, text: JSON.stringify(JSON.parse(text)) }).toEqual({
    status: 400,
    text: expect.stringContaining(JSON.stringify(reason).slice(1, -1)),
  })
})

test('texts are marked where sources are not kept only if they are stored', async () => {
  const comments = { type: 'nested', properties: { kept: { type: 'text', store: true }, gone: { type: 'text' } } }
  await api.call('PUT', '/nosource', { mappings: { _source: { enabled: false }, properties: { comments } } })
  await api.call('PUT', '/nosource/_doc/1?refresh=true', { comments: { kept: 'a good one', gone: 'a good one' } })
  const query = { multi_match: { query: 'good', fields: ['comments.kept', 'comments.gone'] } }
  const inner = { highlight: { fields: { 'comments.*': {} } } }
  const { hits } = await search({ query: nested(query, { inner_hits: inner }) }, '/nosource/_search')
  expect(hits.hits[0]).toMatchObject({
    inner_hits: { comments: { hits: { hits: [{ highlight: { 'comments.kept': ['a <em>good</em> one'] } }] } } },
  })
  expect(JSON.stringify(hits)).not.toContain('comments.gone')
})

test('what a role may see of documents can depend on objects that it may not see', async () => {
  const mine = { nested: { path: 'comments', query: { term: { 'comments.by': 'bob' } } } }
  const limited = await startMemoryApi({
    access: { ...internalAccess, documents: () => mine, fields: () => (path) => path !== 'comments.by' },
  })
  try {
    const comments = { type: 'nested', properties: { by: { type: 'keyword' }, text: { type: 'keyword' } } }
    await limited.call('PUT', '/n', { mappings: { properties: { comments } } })
    for (const by of ['ann', 'bob']) await limited.call('PUT', `/n/_doc/${by}?refresh=true`, { comments: { by, text: 'same' } })
    const query = nested({ term: { 'comments.text': 'same' } }, { inner_hits: {} })
    const { json } = await limited.call('POST', '/n/_search', { query })
    expect(json).toMatchObject({
      hits: {
        hits: [
          {
            _id: 'bob',
            _source: { comments: { text: 'same' } },
            inner_hits: { comments: { hits: { hits: [{ _source: { text: 'same' } }] } } },
          },
        ],
      },
    })
    expect(JSON.stringify(json)).not.toContain('"by"')
    const hidden = await limited.call('POST', '/n/_search', { query: nested({ term: { 'comments.by': 'bob' } }) })
    expect(hidden.json).toMatchObject({ hits: { total: { value: 0 } } })
  } finally {
    await limited.stop()
  }
})

test('hits of documents show the values of all their objects, and what was found in them', async () => {
  const { hits } = await search({
    query: nested({ match: { 'comments.text': 'good' } }),
    sort: ['n'],
    _source: false,
    fields: ['comments.by'],
    highlight: { fields: { 'comments.text': {} } },
  })
  expect(hits.hits.map((hit) => [hit['fields'], hit['highlight']])).toEqual([
    [{ 'comments.by': ['ann', 'bob'] }, { 'comments.text': ['very <em>good</em>'] }],
    [{ 'comments.by': ['ann'] }, { 'comments.text': ['not <em>good</em>'] }],
  ])
})

test('significant terms of nested objects are held against all objects', async () => {
  const significant = { significant_terms: { field: 'comments.by', min_doc_count: 1 } }
  const { aggregations } = await search({
    size: 0,
    query: { term: { n: 1 } },
    aggs: { c: { nested: { path: 'comments' }, aggs: { s: significant } } },
  })
  expect(aggregations).toMatchObject({
    c: { s: { doc_count: 2, bg_count: 3, buckets: [{ key: 'bob', doc_count: 1, bg_count: 1 }] } },
  })
})
