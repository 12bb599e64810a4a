import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeAll(async () => {
  api = await startMemoryApi()
  await json('PUT', '/source', {
    settings: { number_of_shards: 4, number_of_replicas: 0, 'analysis.analyzer.own': { type: 'custom', tokenizer: 'keyword' } },
    mappings: { properties: { text: { type: 'text', analyzer: 'own' }, n: { type: 'integer' } } },
    aliases: { of_source: {} },
  })
  for (let n = 0; n < 25; n++) await json('PUT', `/source/_doc/${n}?routing=r${n % 3}`, { n, text: `number ${n}` })
  await json('PUT', '/source/_doc/7?routing=r1', { n: 7, text: 'changed' })
  await json('DELETE', '/source/_doc/8?routing=r2')
  await json('PUT', '/source/_block/write')
})
afterAll(() => api.stop())

const json = async (method: string, path: string, body?: unknown): Promise<Record<string, never>> =>
  (await api.call(method, path, body)).json as Record<string, never>

async function refusal(method: string, path: string, body?: unknown): Promise<string> {
  const { status, json: answer } = await api.call(method, path, body)
  return `${status} ${(answer as { error: { reason: string } }).error.reason}`
}

test.each([
  { kind: 'shrink', settings: {}, shards: '1' },
  { kind: 'shrink', settings: { 'index.number_of_shards': 2 }, shards: '2' },
  { kind: 'split', settings: { 'index.number_of_shards': 8 }, shards: '8' },
  { kind: 'clone', settings: {}, shards: '4' },
])('$kind to $shards shards: documents, mappings and settings are the same', async ({ kind, settings, shards }) => {
  const name = `${kind}-${shards}`
  const body = { settings: { ...settings, 'index.blocks.write': null }, aliases: { [`of-${name}`]: {} } }
  expect(await json('PUT', `/source/_${kind}/${name}`, body)).toEqual({
    acknowledged: true,
    shards_acknowledged: true,
    index: name,
  })
  const { [name]: made } = await json('GET', `/${name}`)
  expect(made).toMatchObject({
    aliases: { [`of-${name}`]: {} },
    mappings: { properties: { text: { type: 'text', analyzer: 'own' }, n: { type: 'integer' } } },
    settings: { index: { number_of_shards: shards, number_of_replicas: '0', resize: { source: { name: 'source' } } } },
  })
  expect(JSON.stringify(made)).not.toContain('blocks')
  expect(await json('GET', `/${name}/_count`)).toMatchObject({ count: 24 })
  expect(await json('GET', `/${name}/_doc/7?routing=r1`)).toMatchObject({
    _version: 2,
    _routing: 'r1',
    _source: { text: 'changed' },
  })
  expect(await json('PUT', `/${name}/_doc/7?routing=r1`, { n: 7 })).toMatchObject({ result: 'updated', _version: 3 })
})

test('blocks are copied unless the request says otherwise', async () => {
  await json('POST', '/source/_clone/blocked')
  expect(await refusal('PUT', '/blocked/_doc/1', {})).toMatch('403 index [blocked] blocked by')
})

test.each([
  { path: '/open/_clone/x', want: '400 index open must be read-only to resize index. use "index.blocks.write=true"' },
  { path: '/nowhere/_clone/x', want: '404 no such index [nowhere]' },
  { path: '/source/_clone/open', want: '400 index [open/' },
  { path: '/source/_shrink/x', shards: 3, want: '400 the number of source shards [4] must be a multiple of [3]' },
  {
    path: '/source/_shrink/x',
    shards: 8,
    want: '400 the number of target shards [8] must be less that the number of source shards [4]',
  },
  { path: '/source/_split/x', want: '400 index.number_of_shards is required for split operations' },
  { path: '/source/_split/x', shards: 6, want: '400 the number of source shards [4] must be a factor of [6]' },
  { path: '/source/_clone/x', shards: 2, want: '400 the number of target shards [2] must be the same' },
])('$want', async ({ path, shards, want }) => {
  await json('PUT', '/open')
  expect(await refusal('POST', path, shards === undefined ? undefined : { settings: { number_of_shards: shards } })).toContain(
    want,
  )
  expect((await api.call('HEAD', '/x')).status).toBe(404)
})
