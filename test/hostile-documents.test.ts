import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningElkhorn, startElkhorn } from './support/start-elkhorn.ts'

let folder: string
let elkhorn: RunningElkhorn
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-hostile-'))
  elkhorn = await startElkhorn(join(folder, 'data'))
})
afterAll(async () => {
  await elkhorn.stop()
  await rm(folder, { recursive: true })
})

interface BulkAnswer {
  readonly errors: boolean
  readonly items: readonly {
    readonly index: { readonly status: number; readonly error?: { readonly type: string; readonly reason: string } }
  }[]
}

/** Stores documents, given as text, under the ids 0, 1, 2, …; `refresh` makes them searchable. */
async function store(index: string, documents: readonly string[]): Promise<BulkAnswer['items']> {
  const lines = documents.map((text, id) => `{"index":{"_id":"${id}"}}\n${text}\n`)
  const { status, json } = await elkhorn.call('POST', `/${index}/_bulk?refresh=true`, lines.join(''))
  if (status !== 200) throw new Error(`bulk: ${status} ${JSON.stringify(json)}`)
  return (json as BulkAnswer).items
}

/** The source of a document, byte for byte, in an answer that is not parsed. */
async function sourceText(index: string, id: string): Promise<string> {
  const { text } = await elkhorn.call('GET', `/${index}/_source/${id}`)
  return text
}

async function hits(index: string, query: object): Promise<string[]> {
  const { json } = await elkhorn.call('POST', `/${index}/_search`, { query, size: 100, sort: ['_doc'] })
  return (json as { hits: { hits: { _id: string }[] } }).hits.hits.map(({ _id }) => _id)
}

const nested = (depth: number, name = 'a'): string => `{"${name}":`.repeat(depth) + '1' + '}'.repeat(depth)

test('sources come back byte for byte, from memory and from the store', async () => {
  const documents = [
    '{"text":"line\\n\\n\\nline"}',
    `{"text":"'; DROP TABLE x; --","more":"\\"quoted\\" 'single' \`back\`"}`,
    '{"text":"\\u0000 and \\u0001"}',
    '{"text":"\\ud800 alone, \\udc00 too, \\ud83d\\ude00 together"}',
    '{ "spaced" : 1 ,\t"twice" : 2, "twice2":  3 }',
    '{"big":9007199254740993,"small":-9223372036854775808,"float":1.0,"exp":1E2}',
    `{"text":"${'x'.repeat(1024 * 1024)}"}`,
    '{"text":"é€😀\u2028\ufeff"}',
    '{"":{}}',
    '{}',
    '{"n":null,"e":[],"ee":[[]],"en":[null,null]}',
  ]
  const lines = documents.map((text, id) => `{"index":{"_id":"${id}"}}\n${text}\n`)
  const answer = await elkhorn.call('POST', '/exact/_bulk', lines.join(''))
  expect(
    (answer.json as BulkAnswer).items.flatMap(({ index }, i) =>
      index.error ? [[documents[i]?.slice(0, 60), index.error.reason]] : [],
    ),
  ).toEqual([[documents[8], expect.stringContaining('field name cannot be an empty string')]])
  const stored = documents.filter((_, i) => i !== 8)
  const read = async (): Promise<string[]> =>
    Promise.all(documents.flatMap((_, id) => (id === 8 ? [] : [sourceText('exact', String(id))])))
  expect(await read()).toEqual(stored)
  await elkhorn.call('POST', '/exact/_refresh')
  expect(await read()).toEqual(stored)
  const { text } = await elkhorn.call('POST', '/exact/_search', { size: 100, sort: ['_doc'] })
  for (const document of stored) expect(text).toContain(`"_source":${document}`)
  expect(await hits('exact', { match: { text: 'DROP' } })).toEqual(['1'])
})

describe('values', () => {
  test('longs are exact beyond 2^53, in searches, sorts and aggregations', async () => {
    await elkhorn.call('PUT', '/longs', { mappings: { properties: { n: { type: 'long' } } } })
    const values = ['9007199254740992', '9007199254740993', '9223372036854775807', '-9223372036854775808']
    await store(
      'longs',
      values.map((value) => `{"n":${value}}`),
    )
    const { text } = await elkhorn.call('POST', '/longs/_search', '{"query":{"term":{"n":9007199254740993}},"sort":["n"]}')
    expect(text).toContain('"sort":[9007199254740993]')
    expect(text).toContain('"_source":{"n":9007199254740993}')
    const max = await elkhorn.call('POST', '/longs/_search', '{"size":1,"sort":[{"n":"desc"}]}')
    expect(max.text).toContain('"sort":[9223372036854775807]')
  })

  test.each([
    {
      name: 'a number too large for a double',
      type: 'double',
      value: '1e400',
      reason: '[double] supports only finite values, but got [Infinity]',
    },
    { name: 'a number too large for a long', type: 'long', value: '9223372036854775808', reason: 'out of range' },
    { name: 'a text for a number', type: 'long', value: '"; DROP TABLE x"', reason: 'DROP TABLE' },
    { name: 'an object for a keyword', type: 'keyword', value: '{"a":1}', reason: "Can't get text on a START_OBJECT" },
    { name: 'a text for a date', type: 'date', value: '"yesterday"', reason: 'failed to parse date field [yesterday]' },
    { name: 'a text for an address', type: 'ip', value: '"256.1.1.1"', reason: "'256.1.1.1' is not an IP string literal." },
    { name: 'a latitude beyond the pole', type: 'geo_point', value: '{"lat":91,"lon":0}', reason: 'latitude' },
    { name: 'a text for a boolean', type: 'boolean', value: '"maybe"', reason: 'maybe' },
  ])('$name fails alone, and says why', async ({ type, value, reason }) => {
    const index = `wrong-${type}-${value.length}`
    await elkhorn.call('PUT', `/${index}`, { mappings: { properties: { f: { type } } } })
    const items = await store(index, ['{"other":1}', `{"f":${value}}`, '{"other":2}'])
    expect(items.map(({ index: { status } }) => status)).toEqual([201, 400, 201])
    const error = items[1]?.index.error
    expect(error?.type).toBe('document_parsing_exception')
    expect(JSON.stringify(error)).toContain(reason)
    expect(await hits(index, { match_all: {} })).toEqual(['0', '2'])
  })

  test('a field keeps the type that it got first', async () => {
    const items = await store('changing', ['{"f":1}', '{"f":"text"}', '{"f":{"a":1}}', '{"f":"2"}', '{"f":[3,4]}'])
    expect(items.map(({ index: { status, error } }) => error?.type ?? status)).toEqual([
      201,
      'document_parsing_exception',
      'document_parsing_exception',
      201,
      201,
    ])
    expect(await hits('changing', { range: { f: { gte: 2 } } })).toEqual(['3', '4'])
  })

  test('arrays where there were single values, and the other way round', async () => {
    await store('arrays', ['{"tag":"a","n":1}', '{"tag":["b","a","b"],"n":[2,3]}', '{"tag":[],"n":null}', '{"tag":"b","n":4}'])
    expect(await hits('arrays', { term: { 'tag.keyword': 'a' } })).toEqual(['0', '1'])
    expect(await hits('arrays', { term: { n: 3 } })).toEqual(['1'])
    const { json } = await elkhorn.call('POST', '/arrays/_search', {
      size: 0,
      aggs: { tags: { terms: { field: 'tag.keyword' } }, sum: { sum: { field: 'n' } } },
    })
    expect((json as { aggregations: unknown }).aggregations).toMatchObject({
      tags: {
        buckets: [
          { key: 'a', doc_count: 2 },
          { key: 'b', doc_count: 2 },
        ],
      },
      sum: { value: 10 },
    })
  })

  test('dates of every format mean the same moment and come back as they were', async () => {
    const format = 'strict_date_optional_time||epoch_millis||yyyy/MM/dd HH:mm:ss||epoch_second'
    await elkhorn.call('PUT', '/dates', { mappings: { properties: { at: { type: 'date', format } } } })
    const documents = [
      '{"at":"2026-11-21T12:00:00.000Z"}',
      '{"at":"2026-11-21T13:00:00+01:00"}',
      '{"at":"2026/11/21 12:00:00"}',
      '{"at":1795262400000}',
      '{"at":"1795262400000"}',
      '{"at":"2026-11-21"}',
    ]
    await store('dates', documents)
    const noon = { range: { at: { gte: '2026-11-21T12:00:00Z', lte: '2026-11-21T12:00:00Z' } } }
    expect(await hits('dates', noon)).toEqual(['0', '1', '2', '3', '4'])
    expect(await Promise.all(documents.map((_, id) => sourceText('dates', String(id))))).toEqual(documents)
  })

  test('names that mean something to the language are names', async () => {
    const documents = [
      '{"__proto__":{"polluted":"yes"},"constructor":"c","toString":"t"}',
      '{"hasOwnProperty":1,"valueOf":{"__proto__":2}}',
    ]
    const items = await store('names', documents)
    expect(items.map(({ index: { status } }) => status)).toEqual([201, 201])
    expect(await hits('names', { match: { '__proto__.polluted': 'yes' } })).toEqual(['0'])
    expect(await hits('names', { term: { 'valueOf.__proto__': 2 } })).toEqual(['1'])
    expect(await sourceText('names', '0')).toBe(documents[0])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('limits', () => {
  test('objects inside one another: 20 levels of fields, as in Elasticsearch', async () => {
    const items = await store('deep', [nested(20), nested(21, 'b'), nested(100, 'c'), '{"x":1}'])
    expect(items.map(({ index: { status } }) => status)).toEqual([201, 400, 400, 201])
    expect(JSON.stringify(items[2])).toContain('Limit of mapping depth [20] has been exceeded')
    expect(await hits('deep', { match_all: {} })).toEqual(['0', '3'])
  })

  test('100 levels are kept where nobody looks into them', async () => {
    await elkhorn.call('PUT', '/closed', { mappings: { dynamic: false } })
    await store('closed', [nested(100)])
    expect(await sourceText('closed', '0')).toBe(nested(100))
  })

  test('fields: 1,000, as in Elasticsearch', async () => {
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`field_${i}`, i])))
    const items = await store('wide', ['{"x":1}', wide, '{"x":2}'])
    expect(items.map(({ index: { status } }) => status)).toEqual([201, 400, 201])
    expect(JSON.stringify(items[1])).toContain('Limit of total fields [1000] has been exceeded')
    const { json } = await elkhorn.call('GET', '/wide/_mapping')
    expect(JSON.stringify(json)).not.toContain('field_')
  })

  test('a keyword of 1 MB is refused, a text of 1 MB is found', async () => {
    const long = 'x'.repeat(1024 * 1024)
    await elkhorn.call('PUT', '/long', { mappings: { properties: { k: { type: 'keyword' }, t: { type: 'text' } } } })
    const items = await store('long', [`{"k":"${long}"}`, `{"t":"needle ${'word '.repeat(200_000)}"}`])
    expect(items.map(({ index: { status } }) => status)).toEqual([400, 201])
    expect(JSON.stringify(items[0])).toContain('immense term')
    expect(await hits('long', { match: { t: 'needle' } })).toEqual(['1'])
  })
})
