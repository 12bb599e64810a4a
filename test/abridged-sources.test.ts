import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../src/sample/random.ts'
import { type RunningElkhorn, startElkhorn } from './support/start-elkhorn.ts'

/** Sources of which the store keeps only what tokens do not tell, read in every way there is. */

let folder: string
let elkhorn: RunningElkhorn
const start = (): Promise<RunningElkhorn> => startElkhorn(join(folder, 'data'))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-abridged-'))
  elkhorn = await start()
  await call('PUT', '/logs', {
    mappings: {
      properties: {
        message: { type: 'text' },
        steps: { type: 'nested', properties: { name: { type: 'keyword' } } },
        n: { type: 'integer' },
        even: { type: 'boolean' },
      },
    },
  })
  const lines = SOURCES.map((source, n) => `{"index":{"_id":"${n}"}}\n${source}\n`)
  await elkhorn.call('POST', '/logs/_bulk?refresh=true', lines.join(''))
})
afterAll(async () => {
  await elkhorn.stop()
  await rm(folder, { recursive: true })
})

const WORDS = [
  'Pump',
  'of',
  'LINE',
  'three',
  'stands still',
  'since 03:04:05.678,',
  'iPhone',
  'Überdruck',
  '\\"quoted\\"',
  '漢字',
  '\\n',
]
const random = seededRandom('abridged sources')
const SOURCES = Array.from({ length: 300 }, (_, n) => {
  const message = Array.from({ length: 3 + (n % 20) }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')
  const space = n % 3 === 0 ? ' ' : ''
  return `{"n":${space}${n},"even": ${n % 2 === 0},"message":${space}"${message}",${space}"steps":[{"name":"a${n}"},{"name":"b"}]}`
})
const DOCUMENTS = SOURCES.map((source) => JSON.parse(source) as Record<string, unknown>)

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const { status, json } = await elkhorn.call(method, path, body)
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`)
  return json
}

interface Hit {
  readonly _id: string
  readonly _source: unknown
}
interface Hits {
  readonly hits: { readonly hits: readonly (Hit & { readonly inner_hits?: Record<string, Hits>; readonly fields?: unknown })[] }
}

const byId = (hits: readonly Hit[]): unknown[] =>
  hits.toSorted((a, b) => Number(a._id) - Number(b._id)).map(({ _source }) => _source)
const search = (body: object, index = 'logs'): Promise<Hits> => call('POST', `/${index}/_search`, body)

test('the table says by which column its sources are abridged', async () => {
  const store = join(folder, 'data', 'engine', 'store')
  const files = (await readdir(store, { recursive: true })).filter((name) => name.endsWith('.sql'))
  const definitions = await Promise.all(files.map((name) => readFile(join(store, name), 'utf8')))
  expect(definitions.some((text) => /`_source` String COMMENT 'f\d+_message'/.test(text))).toBe(true)
})

test('documents by their ids, byte for byte', async () => {
  for (const n of [0, 1, 2, 17, 298, 299]) expect((await elkhorn.call('GET', `/logs/_source/${n}`)).text).toBe(SOURCES[n])
  const { docs } = await call<{ docs: Hit[] }>('POST', '/logs/_mget', { ids: DOCUMENTS.map((_, n) => String(n)) })
  expect(byId(docs)).toEqual(DOCUMENTS)
})

test.each([
  { name: 'in no order', body: {} },
  { name: 'sorted', body: { sort: [{ n: 'desc' }] } },
  {
    name: 'scored',
    body: { query: { match: { message: 'pump of line three stands still since iphone überdruck quoted 漢字' } } },
  },
  {
    name: 'scored by a script over sources',
    body: { query: { script_score: { query: { match_all: {} }, script: { source: 'params._source.n' } } } },
  },
  {
    name: 'by a computed field',
    body: { runtime_mappings: { m: { type: 'long', script: { source: 'emit(params._source.n * 2)' } } }, sort: ['m'] },
  },
  { name: 'joined with nested objects', body: { query: { nested: { path: 'steps', query: { term: { 'steps.name': 'b' } } } } } },
])('pages of hits, $name', async ({ body }) => {
  expect(byId((await search({ size: 300, ...body })).hits.hits)).toEqual(DOCUMENTS)
})

test('pages one after the other', async () => {
  const hits: Hit[] = []
  let page = await call<Hits & { _scroll_id: string }>('POST', '/logs/_search?scroll=1m', { size: 70 })
  while (page.hits.hits.length > 0) {
    hits.push(...page.hits.hits)
    page = await call('POST', '/_search/scroll', { scroll_id: page._scroll_id, scroll: '1m' })
  }
  expect(byId(hits)).toEqual(DOCUMENTS)
})

test('hits within others', async () => {
  const nested = { path: 'steps', query: { term: { 'steps.name': 'a4' } }, inner_hits: { _source: true } }
  const [hit] = (await search({ query: { nested } })).hits.hits
  expect(hit?._source).toEqual(DOCUMENTS[4])
  expect(hit?.inner_hits?.['steps']?.hits.hits.map(({ _source }) => _source)).toEqual([{ name: 'a4' }])
  const collapsed = await search({
    collapse: { field: 'even', inner_hits: { name: 'all', size: 100, sort: ['n'] } },
    sort: ['n'],
    size: 2,
  })
  const even = collapsed.hits.hits[0]?.inner_hits?.['all']?.hits.hits.map(({ _source }) => _source)
  expect(even).toEqual(DOCUMENTS.filter((_, n) => n % 2 === 0).slice(0, 100))
})

test('hits of buckets, and what scripts read of sources', async () => {
  const aggs = { even: { terms: { field: 'even' }, aggs: { top: { top_hits: { size: 100, sort: ['n'] } } } } }
  const answer = await call<{ aggregations: { even: { buckets: { key: number; top: Hits }[] } } }>('POST', '/logs/_search', {
    size: 0,
    aggs,
  })
  const odd = answer.aggregations.even.buckets.find(({ key }) => key === 0)
  expect(odd?.top.hits.hits.map(({ _source }) => _source)).toEqual(DOCUMENTS.filter((_, n) => n % 2 === 1).slice(0, 100))
  const fields = await search({ size: 300, sort: ['n'], script_fields: { m: { script: 'params._source.message' } } })
  expect(fields.hits.hits.map(({ fields: values }) => values)).toEqual(DOCUMENTS.map(({ message }) => ({ m: [message] })))
})

test('copies and changes', async () => {
  await call('POST', '/_reindex?refresh=true', { source: { index: 'logs' }, dest: { index: 'copy' } })
  expect(byId((await search({ size: 300 }, 'copy')).hits.hits)).toEqual(DOCUMENTS)
  await call('POST', '/copy/_update_by_query?refresh=true', { script: { source: 'ctx._source.seen = ctx._source.message' } })
  await call('POST', '/copy/_update/7?refresh=true', { doc: { n: 7 }, detect_noop: false })
  const want = DOCUMENTS.map((document) => ({ ...document, seen: document['message'] }))
  expect(byId((await search({ size: 300 }, 'copy')).hits.hits)).toEqual(want)
})

test('after a restart', async () => {
  await elkhorn.stop()
  elkhorn = await start()
  expect(byId((await search({ size: 300 })).hits.hits)).toEqual(DOCUMENTS)
})
