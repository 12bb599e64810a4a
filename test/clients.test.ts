import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client as Elasticsearch7 } from 'elasticsearch-7'
import { Client as Elasticsearch8 } from 'elasticsearch-8'
import { Client as Elasticsearch9 } from 'elasticsearch-9'
import { Client as OpenSearch2 } from 'opensearch-2'
import { Client as OpenSearch3 } from 'opensearch-3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// The official clients, as they come from npm, take a tour: what their users do on an ordinary day.

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-clients-'))
let elkhorn: RunningElkhorn
beforeAll(async () => {
  elkhorn = await startElkhorn(folder)
}, 120_000)
afterAll(async () => {
  await elkhorn.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Options {
  readonly node: string
  readonly auth: { readonly username: string; readonly password: string }
}

/** Methods of a client by their names; what they take and give differs by generation. */
interface Api {
  (...parameters: readonly unknown[]): Promise<unknown>
  readonly [name: string]: Api
}

interface Helpers {
  bulk(options: object): Promise<{ readonly successful: number; readonly failed: number }>
  scrollDocuments(parameters: object): AsyncIterable<unknown>
  search(parameters: object): Promise<readonly unknown[]>
  msearch(): { search(header: object, body: object): Promise<{ documents: unknown[] }>; stop(): void }
}

/** A client of any generation. */
class Tourist {
  readonly #client: Api
  readonly #isOld: boolean
  readonly helpers: Helpers

  /** Those before Elasticsearch's 8 take a `body` and give one back. */
  constructor(client: unknown, isOld: boolean) {
    this.#client = client as Api
    this.helpers = (client as { helpers: Helpers }).helpers
    this.#isOld = isOld
  }

  /** Calls `indices.create` and the like. `body` goes where this generation wants it; a document is `document` to the newer. */
  async call(method: string, parameters: object = {}, body?: object, as?: 'document'): Promise<unknown> {
    const answer = await this.#method(method)(this.parameters(parameters, body, as))
    return this.#isOld ? (answer as { body: unknown }).body : answer
  }

  parameters(parameters: object, body: object = {}, as?: 'document'): object {
    if (this.#isOld) return Object.keys(body).length > 0 || as ? { ...parameters, body } : parameters
    return as ? { ...parameters, document: body } : { ...parameters, ...body }
  }

  #method(path: string): Api {
    const names = path.split('.')
    const last = names.pop() ?? ''
    let owner = this.#client
    for (const name of names) owner = owner[name] as Api
    return (owner[last] as unknown as { bind(self: unknown): Api }).bind(owner)
  }
}

const statusOf = (error: unknown): unknown =>
  (error as { statusCode?: number }).statusCode ?? (error as { meta?: { statusCode?: number } }).meta?.statusCode

const failsWith = (status: number) => ({ asymmetricMatch: (error: unknown) => statusOf(error) === status })

const DOCUMENTS = 2500

describe.each([
  { name: 'elasticsearch-7', open: (options: Options): unknown => new Elasticsearch7(options), isOld: true, ofElastic: true },
  { name: 'elasticsearch-8', open: (options: Options): unknown => new Elasticsearch8(options), isOld: false, ofElastic: true },
  { name: 'elasticsearch-9', open: (options: Options): unknown => new Elasticsearch9(options), isOld: false, ofElastic: true },
  { name: 'opensearch-2', open: (options: Options): unknown => new OpenSearch2(options), isOld: true, ofElastic: false },
  { name: 'opensearch-3', open: (options: Options): unknown => new OpenSearch3(options), isOld: true, ofElastic: false },
])('$name', ({ name: index, open, isOld, ofElastic }) => {
  let tourist: Tourist
  const connect = (auth: object): Tourist => new Tourist(open({ node: elkhorn.url, auth: auth as Options['auth'] }), isOld)
  const call: Tourist['call'] = (...request) => tourist.call(...request)
  beforeAll(() => {
    tourist = connect({ username: 'elastic', password: PASSWORD })
  })

  test('knows the server and keeps documents', async () => {
    expect(await call('info')).toMatchObject({ cluster_name: 'elkhorn' })
    const properties = {
      at: { type: 'date' },
      n: { type: 'integer' },
      word: { type: 'text', fields: { raw: { type: 'keyword' } } },
    }
    await call('indices.create', { index }, { mappings: { properties } })
    expect(await call('indices.exists', { index })).toBe(true)
    const first = { index, id: 'a', refresh: true }
    expect(await call('index', first, { n: 1, word: 'hello world' }, 'document')).toMatchObject({ result: 'created' })
    await call('update', { index, id: 'a' }, { doc: { n: 2 } })
    await call('update', { index, id: 'a' }, { script: { source: 'ctx._source.n += params.by', params: { by: 3 } } })
    expect(await call('get', { index, id: 'a' })).toMatchObject({ _version: 3, _source: { n: 5 } })
    expect(await call('mget', { index }, { ids: ['a', 'b'] })).toMatchObject({ docs: [{ found: true }, { found: false }] })
    await expect(call('get', { index, id: 'none' })).rejects.toEqual(failsWith(404))
    await expect(call('create', { index, id: 'a' }, {}, 'document')).rejects.toEqual(failsWith(409))
  })

  test('writes many and reads them again', async () => {
    const datasource = Array.from({ length: DOCUMENTS }, (_, n) => ({
      n,
      word: `word ${n % 7}`,
      at: new Date(1.7e12 + n * 60_000).toISOString(),
    }))
    const onDocument = (): object => ({ index: { _index: index } })
    const written = await tourist.helpers.bulk({ datasource, onDocument, refreshOnCompletion: true })
    expect(written).toMatchObject({ successful: DOCUMENTS, failed: 0 })
    expect(await call('count', { index })).toMatchObject({ count: DOCUMENTS + 1 })
    let scrolled = 0
    const asked = tourist.parameters({ index, size: 500 }, { query: { match: { word: 'word' } } })
    for await (const _ of tourist.helpers.scrollDocuments(asked)) scrolled += 1
    expect(scrolled).toBe(DOCUMENTS)
  })

  test('searches and aggregates', async () => {
    const hello = { query: { match: { word: 'hello' } } }
    expect(await call('search', { index }, hello)).toMatchObject({ hits: { total: { value: 1 } } })
    const aggs = { words: { terms: { field: 'word.raw' }, aggs: { mean: { avg: { field: 'n' } } } } }
    const found = await call('search', { index, size: 0 }, { aggs })
    expect(found).toMatchObject({ aggregations: { words: { sum_other_doc_count: 0 } } })
    expect(await tourist.helpers.search(tourist.parameters({ index, size: 3 }, { query: { match_all: {} } }))).toHaveLength(3)
    const many = tourist.helpers.msearch()
    expect((await many.search({ index }, hello)).documents).toHaveLength(1)
    many.stop()
    const template = { source: '{"query":{"match":{"word":"{{word}}"}}}', params: { word: 'hello' } }
    expect(await call('searchTemplate', { index }, template)).toMatchObject({ hits: { total: { value: 1 } } })
    expect(await call('fieldCaps', { index, fields: 'n' })).toMatchObject({ fields: { n: { integer: { searchable: true } } } })
  })

  test('pages through a point in time', async () => {
    const [method, key] = ofElastic ? ['openPointInTime', 'id'] : ['createPit', 'pit_id']
    const opened = (await call(method, { index, keep_alive: '1m' })) as Readonly<Record<string, string>>
    const page = { size: 10, sort: [{ n: 'asc' }], pit: { id: opened[key], keep_alive: '1m' } }
    const first = (await call('search', {}, page)) as { hits: { hits: { sort: unknown[] }[] } }
    const second = await call('search', {}, { ...page, search_after: first.hits.hits.at(-1)?.sort })
    expect(second).toMatchObject({ hits: { hits: { length: 10, 0: { _source: { n: 9 } } } } })
    if (ofElastic) await call('closePointInTime', {}, { id: opened[key] })
    else await call('deletePit', {}, { pit_id: [opened[key]] })
  })

  test('manages indices, templates, streams and pipelines', async () => {
    await call('indices.putMapping', { index }, { properties: { more: { type: 'keyword' } } })
    expect(await call('indices.getMapping', { index })).toMatchObject({ [index]: { mappings: { properties: { more: {} } } } })
    await call('indices.updateAliases', {}, { actions: [{ add: { index, alias: `${index}-alias` } }] })
    expect(await call('count', { index: `${index}-alias` })).toMatchObject({ count: DOCUMENTS + 1 })
    await call('indices.putIndexTemplate', { name: index }, { index_patterns: [`${index}-stream*`], data_stream: {} })
    const event = { '@timestamp': '2026-01-01T00:00:00Z' }
    await call('index', { index: `${index}-stream`, refresh: true }, event, 'document')
    expect(await call('count', { index: `${index}-stream` })).toMatchObject({ count: 1 })
    await call('ingest.putPipeline', { id: index }, { processors: [{ set: { field: 'by', value: index } }] })
    const simulated = await call('ingest.simulate', { id: index }, { docs: [{ _source: {} }] })
    expect(simulated).toMatchObject({ docs: [{ doc: { _source: { by: index } } }] })
    expect(await call('indices.analyze', { index }, { field: 'word', text: 'Two Words' })).toMatchObject({
      tokens: { length: 2 },
    })
  })

  test('changes by query, copies and deletes', async () => {
    const low = { query: { range: { n: { lt: 10 } } }, script: { source: 'ctx._source.low = true' } }
    expect(await call('updateByQuery', { index, refresh: true }, low)).toMatchObject({ updated: 11, failures: [] })
    const copy = { source: { index }, dest: { index: `${index}-copy` } }
    expect(await call('reindex', { refresh: true }, copy)).toMatchObject({ total: DOCUMENTS + 1 })
    const deleted = await call('deleteByQuery', { index: `${index}-copy`, refresh: true }, { query: { term: { low: true } } })
    expect(deleted).toMatchObject({ deleted: 11 })
  })

  test('looks after the cluster', async () => {
    expect(await call('cluster.health')).toMatchObject({ number_of_nodes: 1 })
    expect(await call('nodes.info')).toMatchObject({ _nodes: { total: 1, failed: 0 } })
    expect(await call('nodes.stats')).toMatchObject({ _nodes: { total: 1, failed: 0 } })
    expect(await call('cat.indices', { index, format: 'json' })).toMatchObject([{ index }])
    expect(await call('tasks.list')).toMatchObject({ nodes: expect.anything() })
  })

  test.runIf(ofElastic)('signs in with an API key that may only read', async () => {
    const roles = { reader: { cluster: ['monitor'], indices: [{ names: [index], privileges: ['read'] }] } }
    const key = (await call('security.createApiKey', {}, { name: index, role_descriptors: roles })) as {
      id: string
      api_key: string
    }
    const reader = connect({ apiKey: { id: key.id, api_key: key.api_key } })
    expect(await reader.call('count', { index })).toMatchObject({ count: DOCUMENTS + 1 })
    await expect(reader.call('delete', { index, id: 'a' })).rejects.toEqual(failsWith(403))
    await call('security.invalidateApiKey', {}, { ids: [key.id] })
    await expect(reader.call('count', { index })).rejects.toEqual(failsWith(401))
    expect(await call('asyncSearch.submit', { index }, { query: { match_all: {} } })).toMatchObject({ is_running: false })
    expect(await call('termsEnum', { index }, { field: 'word.raw', string: 'hel' })).toMatchObject({ terms: ['hello world'] })
  })
})
