import { afterEach, beforeEach, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi

beforeEach(async () => {
  api = await startMemoryApi()
  const lines = Array.from({ length: 10 }, (_, i) => `{"index":{"_id":"${i}"}}\n{"n":${i},"kind":"${i % 2 ? 'odd' : 'even'}"}\n`)
  await api.call('POST', '/src/_bulk?refresh=true', lines.join(''))
})
afterEach(() => api.stop())

const countOf = async (index: string): Promise<number> =>
  ((await api.call('GET', `/${index}/_count`)).json as { count: number }).count

test('copies what a query finds, in batches, and keeps routing, versions and bytes', async () => {
  await api.call('PUT', '/src/_doc/r?routing=left&version=7&version_type=external&refresh=true', { n: 11, kind: 'odd' })
  const body = {
    source: { index: 'src', query: { term: { kind: 'odd' } }, size: 2 },
    dest: { index: 'dst', version_type: 'external' },
  }
  const { status, json } = await api.call('POST', '/_reindex?refresh=true', body)
  expect(status).toBe(200)
  expect(json).toMatchObject({ total: 6, created: 6, updated: 0, batches: 3, version_conflicts: 0, failures: [] })
  expect((await api.call('GET', '/dst/_doc/r?routing=left')).json).toMatchObject({
    _version: 7,
    _routing: 'left',
    _source: { n: 11 },
  })
  expect(await countOf('dst')).toBe(6)
})

test('a copy into an index with a document of that id stops, or counts the conflict and goes on', async () => {
  await api.call('PUT', '/dst/_doc/3?refresh=true', { old: true })
  const body = { source: { index: 'src' }, dest: { index: 'dst', op_type: 'create' } }
  const stopped = await api.call('POST', '/_reindex', body)
  expect(stopped.status).toBe(409)
  expect(stopped.json).toMatchObject({
    version_conflicts: 1,
    failures: [{ index: 'dst', id: '3', status: 409, cause: { type: 'version_conflict_engine_exception' } }],
  })
  const proceeded = await api.call('POST', '/_reindex?refresh=true', { ...body, conflicts: 'proceed' })
  expect(proceeded.status).toBe(200)
  expect(proceeded.json).toMatchObject({ created: 0, version_conflicts: 10, failures: [] })
  expect((await api.call('GET', '/dst/_doc/3')).json).toMatchObject({ _source: { old: true } })
})

test('an update by query writes each document once, even though it writes into what it reads', async () => {
  const { json } = await api.call('POST', '/src/_update_by_query?scroll_size=3&refresh=true')
  expect(json).toMatchObject({ total: 10, updated: 10, batches: 4, noops: 0 })
  expect((await api.call('GET', '/src/_doc/1')).json).toMatchObject({ _version: 2 })
})

test('a delete by query deletes no more than it was told to', async () => {
  const { json } = await api.call('POST', '/src/_delete_by_query?max_docs=3&refresh=true', { query: { term: { kind: 'even' } } })
  expect(json).toMatchObject({ total: 3, deleted: 3 })
  expect(json).not.toHaveProperty('created')
  expect(await countOf('src')).toBe(7)
})

test('slices share the documents and sum up', async () => {
  const { json } = await api.call('POST', '/_reindex?slices=3', { source: { index: 'src' }, dest: { index: 'dst' } })
  const { slices, ...sum } = json as { slices: readonly { created: number; slice_id: number }[] }
  expect(sum).toMatchObject({ total: 10, created: 10 })
  expect(slices.map(({ slice_id }) => slice_id)).toEqual([0, 1, 2])
  expect(slices.reduce((all, { created }) => all + created, 0)).toBe(10)
})

test('requests that each take a slice meet every document once', async () => {
  const deleted: number[] = []
  for (const id of [0, 1, 2]) {
    const { json } = await api.call('POST', '/src/_delete_by_query', { query: { match_all: {} }, slice: { id, max: 3 } })
    deleted.push((json as { deleted: number }).deleted)
  }
  expect(deleted.reduce((sum, count) => sum + count)).toBe(10)
})

test('a task is watched, let loose and keeps its result as a document', async () => {
  const body = { source: { index: 'src', size: 4 }, dest: { index: 'dst' } }
  const begun = await api.call('POST', '/_reindex?wait_for_completion=false&requests_per_second=0.001', body)
  const { task } = begun.json as { task: string }
  const running = await api.call('GET', `/_tasks/${task}`)
  expect(running.json).toMatchObject({ completed: false, task: { action: 'indices:data/write/reindex', cancellable: true } })
  const listed = (await api.call('GET', '/_tasks?actions=*reindex&detailed&group_by=none')).json as { tasks: unknown }
  expect(listed.tasks).toMatchObject([{ description: 'reindex from [src] to [dst]' }])
  await api.call('POST', `/_reindex/${task}/_rethrottle?requests_per_second=-1`)
  const finished = await api.call('GET', `/_tasks/${task}?wait_for_completion=true`)
  expect(finished.json).toMatchObject({ completed: true, response: { total: 10, created: 10, batches: 3 } })
  expect((await api.call('GET', `/.tasks/_doc/${task}`)).json).toMatchObject({ _source: { completed: true } })
})

test('a task that is cancelled ends at once and says why', async () => {
  const body = { source: { index: 'src', size: 4 }, dest: { index: 'dst' } }
  const begun = await api.call('POST', '/_reindex?wait_for_completion=false&requests_per_second=0.001', body)
  const { task } = begun.json as { task: string }
  await api.call('POST', `/_tasks/${task}/_cancel`)
  const finished = await api.call('GET', `/_tasks/${task}?wait_for_completion=true`)
  expect(finished.json).toMatchObject({ completed: true, response: { canceled: 'by user request' } })
})

test.each([
  { name: 'a delete without a query', path: '/src/_delete_by_query', body: {}, reason: 'query is missing' },
  {
    name: 'an index into itself',
    path: '/_reindex',
    body: { source: { index: 'src' }, dest: { index: 'src' } },
    reason: 'reindex cannot write into an index its reading from [src]',
  },
  { name: 'no destination', path: '/_reindex', body: { source: { index: 'src' }, dest: {} }, reason: 'index must be specified' },
  {
    name: 'another cluster that nobody allowed',
    path: '/_reindex',
    body: { source: { remote: { host: 'http://other:9200' }, index: 'src' }, dest: { index: 'd' } },
    reason: '[other:9200] not whitelisted in reindex.remote.whitelist',
  },
  {
    name: 'a batch that is too large',
    path: '/src/_update_by_query?scroll_size=10001',
    body: {},
    reason: 'Batch size is too large',
  },
  {
    name: 'an unknown way with conflicts',
    path: '/src/_update_by_query?conflicts=ignore',
    body: {},
    reason: 'conflicts may only be "proceed" or "abort" but was [ignore]',
  },
  {
    name: 'copies that never come',
    path: '/src/_update_by_query?wait_for_active_shards=many',
    body: {},
    reason: 'cannot parse ActiveShardCount[many]',
  },
])('$name is refused', async ({ path, body, reason }) => {
  const { status, json } = await api.call('POST', path, body)
  expect(status).toBe(400)
  expect((json as { error: { reason: string } }).error.reason).toContain(reason)
})
