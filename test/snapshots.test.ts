import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-snapshots-'))
  api = await startMemoryApi({ repositories: [folder] })
  await put('/_snapshot/repo', { type: 'fs', settings: { location: 'a' } })
})
afterEach(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

const put = async (path: string, body?: unknown): Promise<void> => {
  const { status, text } = await api.call('PUT', path, body)
  expect({ status, text }).toMatchObject({ status: expect.toSatisfy((code) => code === 200 || code === 201) as number })
}
const reason = (json: unknown): string => (json as { error: { reason: string } }).error.reason

/** Bytes that a careless copy would change: blanks, line ends, a long beyond 2^53, a text that looks like one of our headers. */
const SOURCES = ['{ "a" : 1.0 }', '{\n  "b": 9007199254740993\n}', String.raw`{"c":"\ud800 \n{\"id\":\"x\",\"length\":3}"}`, '{}']

test('an index comes back as it was: bytes, versions, routing, mapping, settings, aliases', async () => {
  await put('/src', {
    settings: { number_of_shards: 2, analysis: { analyzer: { own: { type: 'custom', tokenizer: 'whitespace' } } } },
    mappings: { properties: { t: { type: 'text', analyzer: 'own' } } },
    aliases: { seen: { filter: { term: { a: 1 } } } },
  })
  for (const [id, source] of SOURCES.entries()) {
    await api.call('PUT', `/src/_doc/${id}?routing=r${id}&version=${id + 5}&version_type=external`, source, {
      'content-type': 'application/json',
    })
  }
  await put('/_snapshot/repo/one?wait_for_completion=true', { indices: 'src', metadata: { by: 'me' } })
  const before = await api.call('GET', '/src')
  await api.call('DELETE', '/src')
  const restored = await api.call('POST', '/_snapshot/repo/one/_restore?wait_for_completion=true')
  expect(restored.json).toMatchObject({ snapshot: { snapshot: 'one', indices: ['src'], shards: { failed: 0 } } })
  for (const [id, source] of SOURCES.entries()) {
    expect((await api.call('GET', `/src/_source/${id}?routing=r${id}`)).text).toBe(source)
    expect((await api.call('GET', `/src/_doc/${id}?routing=r${id}`)).json).toMatchObject({ _version: id + 5, _routing: `r${id}` })
  }
  const after = await api.call('GET', '/src')
  expect(withoutIdentity(after.json)).toEqual(withoutIdentity(before.json))
  expect((await api.call('GET', '/_snapshot/repo/one')).json).toMatchObject({
    snapshots: [{ snapshot: 'one', state: 'SUCCESS', metadata: { by: 'me' }, indices: ['src'], failures: [] }],
  })
})

function withoutIdentity(json: unknown): unknown {
  const { src } = json as { src: { settings: { index: Record<string, unknown> } } }
  const { uuid: _uuid, creation_date: _date, ...settings } = src.settings.index
  return { ...src, settings }
}

test('an index that did not change is not stored again, and stays while a snapshot needs it', async () => {
  await put('/same/_doc/1', { a: 1 })
  await put('/_snapshot/repo/one?wait_for_completion=true')
  await put('/_snapshot/repo/two?wait_for_completion=true')
  expect(await readdir(join(folder, 'a', 'data'))).toHaveLength(1)
  await put('/same/_doc/2', { a: 2 })
  await put('/_snapshot/repo/three?wait_for_completion=true')
  expect(await readdir(join(folder, 'a', 'data'))).toHaveLength(2)
  await api.call('DELETE', '/_snapshot/repo/one')
  await api.call('DELETE', '/same')
  await api.call('POST', '/_snapshot/repo/two/_restore?wait_for_completion=true')
  expect((await api.call('GET', '/same/_count')).json).toMatchObject({ count: 1 })
  await api.call('DELETE', '/_snapshot/repo/*')
  expect(await readdir(join(folder, 'a', 'data'))).toEqual([])
})

test('restored under other names, without aliases, with other settings', async () => {
  await put('/logs-1', { aliases: { all: {} } })
  await put('/other', {})
  await put('/_snapshot/repo/one?wait_for_completion=true')
  const body = {
    indices: 'logs-*',
    rename_pattern: 'logs-(.+)',
    rename_replacement: 'old-$1',
    include_aliases: false,
    index_settings: { number_of_replicas: 0 },
  }
  expect((await api.call('POST', '/_snapshot/repo/one/_restore?wait_for_completion=true', body)).status).toBe(200)
  expect((await api.call('GET', '/old-1')).json).toMatchObject({
    'old-1': { aliases: {}, settings: { index: { number_of_replicas: '0' } } },
  })
})

test('a data stream comes back with its backing indices', async () => {
  await put('/_index_template/t', { index_patterns: ['s-*'], data_stream: {} })
  await api.call('POST', '/s-1/_doc?refresh=true', { '@timestamp': '2026-01-01T00:00:00Z' })
  await put('/_snapshot/repo/one?wait_for_completion=true')
  await api.call('DELETE', '/_data_stream/s-1')
  await api.call('POST', '/_snapshot/repo/one/_restore?wait_for_completion=true')
  expect((await api.call('GET', '/_data_stream/s-1')).json).toMatchObject({ data_streams: [{ name: 's-1', generation: 1 }] })
  expect((await api.call('GET', '/s-1/_count')).json).toMatchObject({ count: 1 })
})

test('a damaged snapshot is told, not half restored in silence', async () => {
  await put('/src/_doc/1', { text: 'x'.repeat(10_000) })
  await put('/_snapshot/repo/one?wait_for_completion=true')
  const [blob = ''] = await readdir(join(folder, 'a', 'data'))
  await truncate(join(folder, 'a', 'data', blob), 40)
  await api.call('DELETE', '/src')
  const { status } = await api.call('POST', '/_snapshot/repo/one/_restore?wait_for_completion=true')
  expect(status).toBe(500)
})

test.each(['../outside', '/etc', 'a/../../b'])('a repository at %s is outside of what is allowed', async (location) => {
  const { status, json } = await api.call('PUT', '/_snapshot/bad', { type: 'fs', settings: { location } })
  expect(status).toBe(400)
  expect(reason(json)).toContain("doesn't match any of the locations specified by path.repo")
})

test.each([
  { name: 'UPPER', says: 'must be lowercase' },
  { name: '_start', says: "must not start with '_'" },
  { name: 'a%2Fb', says: 'must not contain' },
])('a snapshot cannot be called $name', async ({ name, says }) => {
  const { status, json } = await api.call('PUT', `/_snapshot/repo/${name}`)
  expect(status).toBe(400)
  expect(reason(json)).toContain(says)
})

test.each([
  {
    name: 'an open index in the way',
    method: 'POST',
    path: '/_snapshot/repo/one/_restore?wait_for_completion=true',
    status: 400,
    says: 'an open index with same name already exists',
  },
  {
    name: 'a name that is taken',
    method: 'PUT',
    path: '/_snapshot/repo/one?wait_for_completion=true',
    status: 400,
    says: 'snapshot with the same name already exists',
  },
  { name: 'a snapshot that is none', method: 'GET', path: '/_snapshot/repo/none', status: 404, says: '[repo:none] is missing' },
  { name: 'a repository that is none', method: 'GET', path: '/_snapshot/none/one', status: 404, says: '[none] missing' },
])('$name', async ({ method, path, status, says }) => {
  await put('/src/_doc/1', { a: 1 })
  await put('/_snapshot/repo/one?wait_for_completion=true')
  const answer = await api.call(method, path)
  expect(answer.status).toBe(status)
  expect(reason(answer.json)).toContain(says)
})

test('a restore that cannot begin is refused, whatever else is wrong with the request', async () => {
  for (const wait of ['true', 'false', 'perhaps']) {
    const { status } = await api.call('POST', `/_snapshot/nowhere/none/_restore?wait_for_completion=${wait}`, {})
    expect(status).toBe(wait === 'perhaps' ? 400 : 404)
  }
})

test('analyzing a repository writes and reads blobs, and leaves nothing behind', async () => {
  const before = await readdir(join(folder, 'a'))
  const { json } = await api.call('POST', '/_snapshot/repo/_analyze?blob_count=3&max_blob_size=1kb')
  expect(json).toMatchObject({
    repository: 'repo',
    blob_count: 3,
    issues_detected: [],
    summary: { write: { count: 3, total_size_bytes: 3072 }, read: { count: 3 } },
  })
  expect(await readdir(join(folder, 'a'))).toEqual(before)
  expect((await api.call('POST', '/_snapshot/repo/_analyze?blob_count=0')).status).toBe(400)
})
