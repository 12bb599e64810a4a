import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeAll(async () => {
  api = await startMemoryApi()
  await json('PUT', '/_ingest/pipeline/strict', {
    processors: [{ fail: { if: 'ctx.bad == true', tag: 'no-bad', message: 'this is bad' } }],
  })
  await json('PUT', '/_index_template/t', {
    index_patterns: ['logs-*'],
    data_stream: {},
    template: {
      data_stream_options: { failure_store: { enabled: true } },
      settings: { 'index.default_pipeline': 'strict' },
      mappings: { properties: { n: { type: 'integer' } } },
    },
  })
})
afterAll(() => api.stop())

const json = async (method: string, path: string, body?: unknown): Promise<Record<string, never>> =>
  (await api.call(method, path, body)).json as Record<string, never>

const AT = '2026-01-01T00:00:00Z'
const bulk = (stream: string, ...documents: readonly object[]) =>
  json('POST', `/${stream}/_bulk?refresh=true`, documents.map((one) => `{"create":{}}\n${JSON.stringify(one)}\n`).join(''))

/** What a search finds, without what changes from run to run. */
async function sources(target: string): Promise<unknown[]> {
  const { json: answer } = await api.call('GET', `/${target}/_search?sort=_doc`)
  return (answer as { hits: { hits: { _source: unknown }[] } }).hits.hits.map(({ _source }) => _source)
}

test('what a data stream refuses is kept with the reason, and told as created', async () => {
  const good = { '@timestamp': AT, n: 1 }
  const wrong = { '@timestamp': AT, n: 'many' }
  const bad = { '@timestamp': AT, bad: true }
  const { errors, items } = await bulk('logs-a', good, wrong, bad)
  expect(errors).toBe(false)
  expect(items).toMatchObject([
    { create: { _index: expect.stringMatching(/^\.ds-logs-a-/), status: 201 } },
    { create: { _index: expect.stringMatching(/^\.fs-logs-a-/), status: 201, failure_store: 'used' } },
    { create: { _index: expect.stringMatching(/^\.fs-logs-a-/), status: 201, failure_store: 'used' } },
  ])
  expect(JSON.stringify(items).match(/failure_store/g)).toHaveLength(2)
  expect(await sources('logs-a')).toEqual([good])
  expect(await sources('logs-a::data')).toEqual([good])
  expect(await sources('logs-a::failures')).toMatchObject([
    {
      document: { index: 'logs-a', source: wrong },
      error: { type: 'document_parsing_exception', message: expect.stringContaining('[n]') },
    },
    { document: { index: 'logs-a', source: bad }, error: { type: 'fail_processor_exception', message: 'this is bad' } },
  ])
  expect(await sources('logs-*::failures,logs-a')).toHaveLength(3)
  expect(
    await json('POST', '/logs-a::failures/_search', { query: { term: { 'error.type': 'fail_processor_exception' } } }),
  ).toMatchObject({
    hits: { total: { value: 1 } },
  })
  const { data_streams: streams } = await json('GET', '/_data_stream/logs-a')
  expect(streams).toMatchObject([
    { failure_store: { enabled: true, indices: [{ index_name: expect.stringMatching(/^\.fs-logs-a-.*-000002$/) }] } },
  ])
})

test('one document likewise; a conflict, a wrong action and what is no object are told as before', async () => {
  const answer = await api.call('POST', '/logs-a/_doc', { '@timestamp': AT, n: {} })
  expect([answer.status, answer.json]).toMatchObject([201, { failure_store: 'used', result: 'created' }])
  expect((await api.call('PUT', '/logs-a/_create/1', { '@timestamp': AT })).status).toBe(201)
  expect((await api.call('PUT', '/logs-a/_create/1', { '@timestamp': AT })).status).toBe(409)
  expect((await api.call('PUT', '/logs-a/_doc/1', { '@timestamp': AT })).status).toBe(400)
})

test('it is switched off and on again', async () => {
  await bulk('logs-b', { '@timestamp': AT })
  expect(await json('PUT', '/_data_stream/logs-b/_options', { failure_store: { enabled: false } })).toEqual({
    acknowledged: true,
  })
  expect(await json('GET', '/_data_stream/logs-b/_options')).toEqual({
    data_streams: [{ name: 'logs-b', options: { failure_store: { enabled: false } } }],
  })
  expect(await bulk('logs-b', { '@timestamp': AT, n: 'x' })).toMatchObject({ errors: true, items: [{ create: { status: 400 } }] })
  expect(await sources('logs-b::failures')).toEqual([])
  await json('PUT', '/_data_stream/logs-b/_options', { failure_store: { enabled: true } })
  expect(await bulk('logs-b', { '@timestamp': AT, n: 'x' })).toMatchObject({ errors: false })
  expect(await sources('logs-b::failures')).toHaveLength(1)
})

test('a stream goes with its failures; names that make no sense are told', async () => {
  await bulk('logs-c', { '@timestamp': AT, n: 'x' })
  await json('DELETE', '/_data_stream/logs-c')
  expect(await json('GET', '/.fs-logs-c-*?expand_wildcards=all')).toEqual({})
  const reason = async (path: string) => {
    const { status, json: answer } = await api.call('GET', path)
    return `${status} ${(answer as { error: { reason: string } }).error.reason}`
  }
  expect(await reason('/logs-c::failures/_search')).toBe('404 no such index [logs-c::failures]')
  expect(await reason('/logs-a::failure/_search')).toContain('[failure] is not a recognized selector')
})
