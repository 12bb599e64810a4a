import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// Kinds of queries that need more than one part of the program, against the whole of it. Scores are those that OpenSearch
// 2.19 gave to the same requests.

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-queries-'))
let elkhorn: RunningElkhorn

beforeAll(async () => {
  elkhorn = await startElkhorn(folder)
})

afterAll(async () => {
  await elkhorn.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Hit {
  readonly _id: string
  readonly _score: number
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const { json } = await elkhorn.call(method, path, body)
  return json
}

/** Makes an index with these documents, by id. */
async function fill(index: string, properties: object, documents: Readonly<Record<string, object>>): Promise<void> {
  await call('PUT', `/${index}`, { mappings: { properties } })
  const lines = Object.entries(documents).flatMap(([id, document]) => [{ index: { _id: id } }, document])
  await call('POST', `/${index}/_bulk?refresh=true`, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
}

async function hits(index: string, body: object): Promise<readonly Hit[]> {
  const { json } = await elkhorn.call('POST', `/${index}/_search`, body)
  return (json as { readonly hits: { readonly hits: readonly Hit[] } }).hits.hits
}

/** Ids and scores of what a query finds, best first. */
async function scored(index: string, query: object): Promise<readonly (readonly [string, number])[]> {
  return (await hits(index, { query })).map(({ _id, _score }) => [_id, _score])
}

describe('percolate', () => {
  beforeAll(async () => {
    const properties = { query: { type: 'percolator' }, message: { type: 'text' }, n: { type: 'integer' } }
    await fill('alerts', properties, {
      words: { query: { match: { message: 'bonsai tree' } } },
      range: { query: { range: { n: { gte: 5 } } } },
      both: { query: { bool: { must: [{ match_phrase: { message: 'new bonsai' } }], must_not: [{ term: { n: 8 } }] } } },
      script: { query: { script: { script: "doc['n'].size() > 0 && doc['n'].value % 2 == 1" } } },
      plain: { n: 3 },
    })
  })

  test('finds the stored queries that match a document', async () => {
    const document = { message: 'A new bonsai tree in the office', n: 7 }
    expect(await scored('alerts', { percolate: { field: 'query', document } })).toEqual([
      ['range', 1],
      ['script', 1],
      ['words', 0.26152915],
      ['both', 0.26152915],
    ])
  })

  test('tells which of several documents, and what was found in them', async () => {
    const documents = [{ message: 'a bonsai in it' }, { n: 8 }, { message: 'the tree' }]
    const found = await hits('alerts', {
      query: { percolate: { field: 'query', documents } },
      highlight: { fields: { message: {} } },
    })
    expect(found).toMatchObject([
      { _id: 'range', fields: { _percolator_document_slot: [1] } },
      {
        _id: 'words',
        fields: { _percolator_document_slot: [0, 2] },
        highlight: { '0_message': ['a <em>bonsai</em> in it'], '2_message': ['the <em>tree</em>'] },
      },
    ])
  })

  test('asks about a stored document, in a filter, and several times', async () => {
    const stored = { percolate: { field: 'query', index: 'alerts', id: 'plain', name: 'a' } }
    const given = { percolate: { field: 'query', document: { n: 6 }, name: 'b' } }
    expect(
      await hits('alerts', { query: { bool: { should: [stored, given], filter: { exists: { field: 'query' } } } } }),
    ).toMatchObject([
      { _id: 'range', fields: { _percolator_document_slot_b: [0] } },
      { _id: 'script', fields: { _percolator_document_slot_a: [0] } },
      { _id: 'words', _score: 0 },
      { _id: 'both', _score: 0 },
    ])
  })

  test.each([
    [{ term: { nosuch: 5 } }, 'No field mapping can be found for the field with name [nosuch]'],
    [{ bad: {} }, 'unknown query [bad]'],
    [[{ match_all: {} }, { match_all: {} }], 'a document can only contain one percolator query'],
    ['text', '[_na] query malformed, must start with start_object'],
  ])('refuses to store %j', async (query, reason) => {
    const answer = await elkhorn.call('PUT', '/alerts/_doc/bad', { query })
    expect(answer.status).toBe(400)
    expect(answer.json).toMatchObject({ error: { reason: 'failed to parse', caused_by: { reason } } })
  })
})

describe('rank features', () => {
  beforeAll(async () => {
    const low = { type: 'rank_feature', positive_score_impact: false }
    const properties = { pagerank: { type: 'rank_feature' }, length: low, topics: { type: 'rank_features' } }
    await fill('pages', properties, {
      a: { pagerank: 10, length: 3, topics: { sport: 1.5, tech: 20 } },
      b: { pagerank: '2.5', length: 30, topics: { sport: 100 } },
      c: { pagerank: 33.337, topics: { tech: 3 } },
      d: { topics: [{ sport: 2 }, { tech: 3 }] },
      e: {},
    })
  })

  test.each<[string, object, readonly (readonly [string, number])[]]>([
    [
      'by saturation',
      { field: 'pagerank', saturation: { pivot: 8 } },
      [
        ['c', 0.8060606],
        ['a', 0.5555556],
        ['b', 0.23809522],
      ],
    ],
    [
      'by the pivot of the index',
      { field: 'pagerank' },
      [
        ['c', 0.77891654],
        ['a', 0.51446944],
        ['b', 0.20942408],
      ],
    ],
    [
      'by a logarithm',
      { field: 'pagerank', log: { scaling_factor: 4 }, boost: 2 },
      [
        ['c', 7.2353],
        ['a', 5.27811],
        ['b', 3.7436],
      ],
    ],
    [
      'by a sigmoid',
      { field: 'pagerank', sigmoid: { pivot: 7, exponent: 0.6 } },
      [
        ['c', 0.7180663],
        ['a', 0.55329835],
        ['b', 0.35028756],
      ],
    ],
    [
      'as they are kept',
      { field: 'pagerank', linear: {} },
      [
        ['c', 33.25],
        ['a', 10],
        ['b', 2.5],
      ],
    ],
    [
      'that lower scores',
      { field: 'length', linear: {} },
      [
        ['a', 0.33300781],
        ['b', 0.033325195],
      ],
    ],
    [
      'by name',
      { field: 'topics.sport', linear: {} },
      [
        ['b', 100],
        ['d', 2],
        ['a', 1.5],
      ],
    ],
    ['that no document has', { field: 'topics.arts' }, []],
  ])('%s', async (_, query, expected) => {
    const found = await scored('pages', { rank_feature: query })
    expect(found.map(([id]) => id)).toEqual(expected.map(([id]) => id))
    for (const [i, [, score]] of expected.entries()) expect(found[i]?.[1]).toBeCloseTo(score, 4)
  })

  test.each<[object, string]>([
    [
      { pagerank: -1 },
      'featureValue must be a positive normal float, got: -1.0 for feature pagerank on field _feature which is less than the minimum positive normal float: 1.17549435E-38',
    ],
    [
      { pagerank: [1, 2] },
      '[rank_feature] fields do not support indexing multiple values for the same field [pagerank] in the same document',
    ],
    [{ topics: 5 }, '[rank_features] fields must be json objects, expected a START_OBJECT but got: VALUE_NUMBER'],
    [
      { topics: { a: [1, 2] } },
      '[rank_features] fields take hashes that map a feature to a strictly positive float, but got unexpected token START_ARRAY',
    ],
  ])('refuses %j', async (document, reason) => {
    const answer = await elkhorn.call('PUT', '/pages/_doc/bad', document)
    expect(answer).toMatchObject({ status: 400, json: { error: { caused_by: { reason } } } })
  })
})

describe('spans', () => {
  beforeAll(async () => {
    await fill(
      'texts',
      { t: { type: 'text' }, u: { type: 'text' }, k: { type: 'keyword' } },
      {
        1: { t: 'the quick brown fox jumps over the lazy dog', u: 'quick silver fox', k: 'abc' },
        2: { t: 'quick fox quick fox', u: 'brown bear' },
        3: { t: 'fox quick brown', u: 'x' },
        4: { t: ['brown fox', 'quick dog'] },
        5: { t: 'a dog and a fox and a quick brown bear met a fox' },
      },
    )
  })

  const term = (t: string): object => ({ span_term: { t } })
  const near = (slop: number, inOrder: boolean, ...clauses: readonly object[]): object => ({
    span_near: { clauses, slop, in_order: inOrder },
  })
  const quickFox = near(5, true, term('quick'), term('fox'))

  test.each<[string, object, readonly (readonly [string, number])[]]>([
    [
      'a word',
      term('fox'),
      [
        ['2', 0.134548],
        ['3', 0.112004],
        ['4', 0.103728],
        ['5', 0.0940034],
        ['1', 0.0757437],
      ],
    ],
    [
      'words in order',
      near(1, true, term('quick'), term('fox')),
      [
        ['2', 0.269096],
        ['1', 0.0944249],
      ],
    ],
    [
      'words in any order',
      near(3, false, term('quick'), term('fox')),
      [
        ['2', 0.207456],
        ['3', 0.122423],
        ['1', 0.0538536],
        ['5', 0.0336908],
      ],
    ],
    ['a word twice', near(5, true, term('fox'), term('fox')), [['2', 0.0711377]]],
    ['words with a gap', near(0, true, term('quick'), { span_gap: { t: 1 } }, term('fox')), [['1', 0.151487]]],
    [
      'any of some',
      { span_or: { clauses: [term('bear'), term('lazy')] } },
      [
        ['5', 1.9851079],
        ['1', 2.4135482],
      ],
    ],
    [
      'near the beginning',
      { span_first: { match: term('fox'), end: 2 } },
      [
        ['3', 0.112004],
        ['2', 0.103728],
        ['4', 0.103728],
      ],
    ],
    [
      'none behind',
      { span_not: { include: term('fox'), exclude: term('quick'), post: 1 } },
      [
        ['2', 0.103728],
        ['4', 0.103728],
        ['5', 0.0940034],
        ['1', 0.0757437],
      ],
    ],
    [
      'none near',
      { span_not: { include: term('fox'), exclude: term('quick'), dist: 2 } },
      [
        ['4', 0.103728],
        ['5', 0.0940034],
      ],
    ],
    [
      'around another',
      { span_containing: { big: quickFox, little: term('brown') } },
      [
        ['1', 0.250521],
        ['5', 0.089386],
      ],
    ],
    [
      'within another',
      { span_within: { big: quickFox, little: term('brown') } },
      [
        ['1', 0.401916],
        ['5', 0.33057],
      ],
    ],
    [
      'words of a prefix',
      { span_multi: { match: { prefix: { t: 'br' } } } },
      [
        ['3', 0.370314],
        ['4', 0.342951],
        ['1', 0.250428],
        ['5', 0.205974],
      ],
    ],
    ['words like another', near(0, true, { span_multi: { match: { fuzzy: { t: 'quikc' } } } }, term('fox')), [['2', 0.269096]]],
    ['a word of another field', { field_masking_span: { query: { span_term: { u: 'silver' } }, field: 't' } }, [['1', 0.814273]]],
    [
      'longer and shorter ones',
      near(0, true, { span_or: { clauses: [term('quick'), near(0, true, term('quick'), term('brown'))] } }, term('fox')),
      [
        ['2', 0.713946],
        ['1', 0.401916],
      ],
    ],
  ])('%s', async (_, query, expected) => {
    const found = new Map(await scored('texts', query))
    expect([...found.keys()].toSorted()).toEqual(expected.map(([id]) => id).toSorted())
    for (const [id, score] of expected) expect(found.get(id)).toBeCloseTo(score, 5)
  })

  test.each<[string, object, readonly string[]]>([
    ['rare words decide', { query: 'the quick fox', cutoff_frequency: 0.5 }, ['1']],
    ['all rare ones', { query: 'the quick fox bear', cutoff_frequency: 2, low_freq_operator: 'and' }, []],
    ['so many rare ones', { query: 'the quick fox bear lazy', cutoff_frequency: 2, minimum_should_match: 2 }, ['1']],
    ['common ones alone are all asked for', { query: 'quick dog fox', cutoff_frequency: 2 }, ['4', '1', '5']],
    [
      'any of common ones',
      { query: 'brown fox', cutoff_frequency: 2, minimum_should_match: { high_freq: 1 } },
      ['3', '4', '1', '5', '2'],
    ],
  ])('of common terms %s', async (_, options, ids) => {
    expect((await scored('texts', { common: { t: options } })).map(([id]) => id)).toEqual(ids)
  })
})

describe('routing', () => {
  beforeAll(async () => {
    await call('PUT', '/routed', { mappings: { properties: { n: { type: 'integer' } } } })
    await call('PUT', '/routed/_doc/1?routing=a', { n: 1 })
    await call('PUT', '/routed/_doc/2?routing=b', { n: 2 })
    await call('PUT', '/routed/_doc/3?refresh=true', { n: 3 })
  })

  test.each<[object, readonly object[]]>([
    [
      { exists: { field: '_routing' } },
      [
        { _id: '1', _routing: 'a' },
        { _id: '2', _routing: 'b' },
      ],
    ],
    [{ term: { _routing: 'b' } }, [{ _id: '2', _routing: 'b' }]],
    [{ terms: { _routing: ['a', 'z'] } }, [{ _id: '1', _routing: 'a' }]],
    [{ bool: { must_not: { exists: { field: '_routing' } } } }, [{ _id: '3' }]],
  ])('%j', async (query, expected) => {
    expect(await hits('routed', { query, sort: 'n' })).toMatchObject(expected)
  })
})

test('a search that is too slow for its timeout answers nothing, and an error where partial answers are not wanted', async () => {
  const body = { timeout: '0ms', aggs: { n: { terms: { field: 'n' } } } }
  const { json } = await elkhorn.call('POST', '/routed/_search', body)
  expect(json).toMatchObject({ timed_out: true, hits: { hits: [] }, aggregations: { n: { buckets: [] } } })
  expect((await elkhorn.call('POST', '/routed/_search?allow_partial_search_results=false', body)).status).toBe(504)
})

test('a word counts as often as it stands, also where others stand at its place', async () => {
  const filter = { syns: { type: 'synonym', synonyms: ['quick,fast'] } }
  const analysis = { filter, analyzer: { syns: { tokenizer: 'standard', filter: ['syns'] } } }
  await call('PUT', '/stacked', { settings: { analysis }, mappings: { properties: { t: { type: 'text', analyzer: 'syns' } } } })
  await call('PUT', '/stacked/_doc/once?refresh=true', { t: 'the quick fox' })
  await call('PUT', '/stacked/_doc/twice?refresh=true', { t: 'the quick the' })
  expect((await scored('stacked', { match: { t: 'the' } })).map(([id]) => id)).toEqual(['twice', 'once'])
})

describe('parents and children', () => {
  beforeAll(async () => {
    const relations = { question: ['answer', 'comment'], answer: 'vote' }
    const properties = { join: { type: 'join', relations }, text: { type: 'text' }, n: { type: 'integer' } }
    await call('PUT', '/forum', { mappings: { properties } })
    const child = (name: string, parent: string): object => ({ name, parent })
    const documents: readonly (readonly [string, string, object])[] = [
      ['1', '1', { join: 'question', text: 'which tree is best', n: 1 }],
      ['2', '2', { join: { name: 'question' }, text: 'why is the sky blue', n: 2 }],
      ['3', '1', { join: child('answer', '1'), text: 'the oak tree', n: 3 }],
      ['4', '1', { join: child('answer', '1'), text: 'the pine tree or tree', n: 4 }],
      ['5', '2', { join: child('answer', '2'), text: 'rayleigh scattering', n: 5 }],
      ['6', '2', { join: child('comment', '2'), text: 'good question about a tree', n: 6 }],
      ['7', '1', { join: child('vote', '3'), n: 7 }],
    ]
    for (const [id, routing, document] of documents)
      await call('PUT', `/forum/_doc/${id}?routing=${routing}&refresh=true`, document)
  })

  const tree = { match: { text: 'tree' } }
  const all = { match_all: {} }

  test.each<[object, readonly (readonly [string, number])[]]>([
    [{ has_child: { type: 'answer', query: tree } }, [['1', 1]]],
    [{ has_child: { type: 'answer', query: tree, score_mode: 'max' } }, [['1', 0.56761]]],
    [{ has_child: { type: 'answer', query: tree, score_mode: 'min' } }, [['1', 0.492168]]],
    [{ has_child: { type: 'answer', query: tree, score_mode: 'avg' } }, [['1', 0.529889]]],
    [{ has_child: { type: 'answer', query: tree, score_mode: 'sum', boost: 2 } }, [['1', 2.11956]]],
    [
      { has_child: { type: 'answer', query: all, score_mode: 'sum' } },
      [
        ['1', 2],
        ['2', 1],
      ],
    ],
    [
      { has_child: { type: 'vote', query: { script_score: { query: all, script: "doc['n'].value * 2" } }, score_mode: 'sum' } },
      [['3', 14]],
    ],
    [{ has_child: { type: 'answer', query: all, min_children: 2 } }, [['1', 1]]],
    [{ has_child: { type: 'answer', query: all, max_children: 1 } }, [['2', 1]]],
    [{ has_child: { type: 'answer', query: { has_child: { type: 'vote', query: all } } } }, [['1', 1]]],
    [{ has_child: { type: 'zz', query: all, ignore_unmapped: true } }, []],
    [
      { has_parent: { parent_type: 'question', query: tree } },
      [
        ['3', 1],
        ['4', 1],
      ],
    ],
    [
      { has_parent: { parent_type: 'question', query: tree, score: true } },
      [
        ['3', 0.441833],
        ['4', 0.441833],
      ],
    ],
    [{ has_parent: { parent_type: 'answer', query: all } }, [['7', 1]]],
    [
      { parent_id: { type: 'answer', id: '1' } },
      [
        ['3', Math.LN2],
        ['4', Math.LN2],
      ],
    ],
    [{ bool: { must_not: [{ has_child: { type: 'answer', query: all } }], filter: [{ term: { join: 'question' } }] } }, []],
  ])('%j', async (query, expected) => {
    const found = await scored('forum', query)
    expect(found.map(([id]) => id)).toEqual(expected.map(([id]) => id))
    for (const [i, [, score]] of expected.entries()) expect(found[i]?.[1]).toBeCloseTo(score, 5)
  })

  test('stand within the hits that they make', async () => {
    const children = { has_child: { type: 'answer', query: tree, inner_hits: { _source: ['n'] } } }
    const answers = [
      { _id: '4', _routing: '1', _score: 0.5676099, _source: { n: 4 } },
      { _id: '3', _score: 0.49216813 },
    ]
    const inside = { hits: { total: { value: 2 }, max_score: 0.5676099, hits: answers } }
    expect(await hits('forum', { query: children })).toMatchObject([{ _id: '1', inner_hits: { answer: inside } }])
    const parent = { has_parent: { parent_type: 'question', query: tree, inner_hits: { name: 'p' } } }
    const inner = { p: { hits: { total: { value: 1 }, hits: [{ _id: '1', _score: 0.44183272 }] } } }
    expect(await hits('forum', { query: parent })).toMatchObject([
      { _id: '3', inner_hits: inner },
      { _id: '4', inner_hits: inner },
    ])
  })

  test('find each other by ids that the engine made', async () => {
    const { json } = await elkhorn.call('POST', '/forum/_doc?refresh=true', { join: 'question', n: 8 })
    const { _id: id } = json as { readonly _id: string }
    await call('POST', `/forum/_doc?routing=${id}&refresh=true`, { join: { name: 'comment', parent: id }, n: 9 })
    const children = { has_child: { type: 'comment', query: { term: { n: 9 } }, score_mode: 'max' } }
    expect(await scored('forum', children)).toEqual([[id, 1]])
    expect(await hits('forum', { query: { has_parent: { parent_type: 'question', query: { term: { n: 8 } } } } })).toMatchObject([
      { _source: { n: 9 } },
    ])
  })

  test('need to be told where a child lies', async () => {
    const answer = await elkhorn.call('PUT', '/forum/_doc/x', { join: { name: 'answer', parent: '1' } })
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { caused_by: { reason: '[routing] is missing for join field [join]' } } },
    })
  })
})

describe('neighbours', () => {
  beforeAll(async () => {
    const vector = { type: 'dense_vector', dims: 3 }
    const properties = {
      v: vector,
      far: { ...vector, similarity: 'l2_norm' },
      bytes: { type: 'dense_vector', dims: 2, element_type: 'byte', similarity: 'dot_product' },
      inner: { ...vector, similarity: 'max_inner_product' },
      k: { type: 'keyword' },
    }
    await fill('vectors', properties, {
      1: { v: [1, 0, 0], far: [1, 2, 3], bytes: [1, 2], inner: [1, 1, 1], k: 'a' },
      2: { v: [1, 1, 0], far: [1, 2, 4], bytes: 'ff02', inner: [-1, -1, 0], k: 'b' },
      3: { v: [0, 0, 1], far: [9, 9, 9], k: 'a' },
      4: { k: 'a' },
    })
  })

  const near = { field: 'v', query_vector: [1, 0.5, 0] }
  const one = (1 + 1 / Math.hypot(1, 0.5)) / 2
  const two = (1 + 1.5 / Math.hypot(1, 0.5) / Math.SQRT2) / 2

  test.each<[string, object, readonly (readonly [string, number])[]]>([
    [
      'by angle',
      { knn: { ...near, k: 2, num_candidates: 10 } },
      [
        ['2', two],
        ['1', one],
      ],
    ],
    [
      'by distance',
      { knn: { field: 'far', query_vector: [1, 2, 3], k: 2 } },
      [
        ['1', 1],
        ['2', 0.5],
      ],
    ],
    [
      'of bytes',
      { knn: { field: 'bytes', query_vector: [1, 2], k: 2 } },
      [
        ['1', 3],
        ['2', 2],
      ],
    ],
    [
      'by length too',
      { knn: { field: 'inner', query_vector: [1, 1, 1], k: 2 } },
      [
        ['1', 4],
        ['2', 1 / 3],
      ],
    ],
    [
      'that pass a filter',
      { knn: { ...near, k: 2, filter: { term: { k: 'a' } } } },
      [
        ['1', one],
        ['3', 0.5],
      ],
    ],
    ['that are near enough', { knn: { ...near, k: 3, similarity: 0.9 } }, [['2', two]]],
    [
      'as a query',
      { query: { bool: { must: { knn: { ...near, k: 2, boost: 2 } }, filter: { term: { k: 'a' } } } } },
      [['1', 2 * one]],
    ],
    [
      'beside a query',
      { query: { match_all: {} }, knn: { ...near, k: 1 } },
      [
        ['2', 1 + two],
        ['1', 1],
        ['3', 1],
        ['4', 1],
      ],
    ],
    [
      'of two vectors',
      {
        knn: [
          { ...near, k: 1 },
          { field: 'far', query_vector: [9, 9, 9], k: 1 },
        ],
      },
      [
        ['3', 1],
        ['2', two],
      ],
    ],
  ])('%s', async (_, body, expected) => {
    const found = await hits('vectors', body)
    expect(found.map(({ _id }) => _id)).toEqual(expected.map(([id]) => id))
    for (const [i, [, score]] of expected.entries()) expect(found[i]?._score).toBeCloseTo(score, 5)
  })

  test.each<[string, readonly number[]]>([
    ["cosineSimilarity(params.q, 'far') + 1.0", [2, 1 + 17 / Math.sqrt(14 * 21), 1 + 54 / Math.sqrt(14 * 243)]],
    ["dotProduct(params.q, 'far')", [14, 17, 54]],
    ["1 / (1 + l1norm(params.q, 'far'))", [1, 0.5, 1 / 22]],
    ["1 / (1 + l2norm(params.q, 'far'))", [1, 0.5, 1 / (1 + Math.sqrt(149))]],
  ])('in a script: %s', async (source, expected) => {
    const script = { source, params: { q: [1, 2, 3] } }
    const found = new Map(await scored('vectors', { script_score: { query: { exists: { field: 'far' } }, script } }))
    for (const [i, score] of expected.entries()) expect(found.get(String(i + 1))).toBeCloseTo(score, 4)
  })

  test.each<[object, string]>([
    [{ knn: { ...near, query_vector: [1, 2] } }, 'the query vector has a different dimension [2] than the index vectors [3]'],
    [{ knn: { ...near, field: 'k' } }, '[knn] queries are only supported on [dense_vector] fields'],
    [{ knn: { field: 'v' } }, 'either [query_vector_builder] or [query_vector] must be provided'],
    [{ knn: { ...near, k: 5, num_candidates: 3 } }, '[num_candidates] cannot be less than [k]'],
  ])('refuses %j', async (body, reason) => {
    const answer = await elkhorn.call('POST', '/vectors/_search', body)
    expect(answer).toMatchObject({ status: 400, json: { error: { reason } } })
  })
})

describe('places', () => {
  beforeAll(async () => {
    await fill(
      'places',
      { p: { type: 'geo_point' }, s: { type: 'geo_shape' } },
      {
        1: { p: { lat: 48.1, lon: 16.2 }, s: { type: 'Point', coordinates: [16.2, 48.1] } },
        2: {
          p: [
            { lat: 10, lon: 10 },
            { lat: 48.15, lon: 16.25 },
          ],
          s: 'POLYGON((0 0, 20 0, 20 20, 0 20, 0 0))',
        },
        3: { p: { lat: -33, lon: 151 } },
      },
    )
  })

  const circle = { type: 'circle', coordinates: [16.2, 48.1], radius: '20km' }

  test.each<[object, readonly string[]]>([
    [{ geo_shape: { p: { shape: circle } } }, ['1', '2']],
    [{ geo_shape: { s: { shape: circle } } }, ['1']],
    [{ geo_shape: { s: { shape: { ...circle, radius: '4000km' } } } }, ['1', '2']],
    [{ geo_grid: { p: { geohash: 'u2e9' } } }, ['1', '2']],
    [{ geo_grid: { p: { geotile: '7/69/44' } } }, ['1', '2']],
    [{ geo_grid: { s: { geotile: '1/1/0' } } }, ['1', '2']],
    [{ geo_grid: { p: { geohash: 'r' } } }, ['3']],
  ])('%j', async (query, ids) => {
    expect((await scored('places', query)).map(([id]) => id).toSorted()).toEqual(ids)
  })

  test('of which none is stored as a circle', async () => {
    const answer = await elkhorn.call('PUT', '/places/_doc/x', { s: circle })
    expect(answer).toMatchObject({ status: 400, json: { error: { caused_by: { reason: 'circle geometry is not supported' } } } })
  })
})
