import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeAll(async () => {
  api = await startMemoryApi()
  await api.call('PUT', '/one', { settings: { number_of_shards: 2, number_of_replicas: 1 } })
})
afterAll(() => api.stop())

describe('tables of the node', () => {
  test('_cat/allocation counts what the node holds and what nobody does', async () => {
    const { text } = await api.call('GET', '/_cat/allocation?h=shards,host,node')
    expect(text).toBe('2 127.0.0.1 test\n2           UNASSIGNED\n')
  })

  test('_cat/allocation tells sizes in the unit that is asked for', async () => {
    const { json } = await api.call('GET', '/_cat/allocation?format=json&bytes=b&h=disk.total,disk.avail')
    expect(Number(json[0]['disk.total'])).toBeGreaterThan(Number(json[0]['disk.avail']))
  })

  test('_cat/allocation of another node has no row of this one', async () => {
    expect((await api.call('GET', '/_cat/allocation/other?h=node')).text).toBe('UNASSIGNED\n')
  })

  test('_cat/thread_pool has the pools by name', async () => {
    const { text } = await api.call('GET', '/_cat/thread_pool/write,gen*?v')
    expect(text).toBe(
      'node_name name    active queue rejected\ntest      generic      0     0        0\ntest      write        0     0        0\n',
    )
  })

  test('_cat/tasks shows the request that asks', async () => {
    expect((await api.call('GET', '/_cat/tasks?h=action,type')).text).toBe('cluster:monitor/tasks/lists transport\n')
  })

  test('_cat/ml has columns and no rows', async () => {
    expect((await api.call('GET', '/_cat/ml/datafeeds?v')).text).toBe('id state buckets.count search.count\n')
    expect((await api.call('GET', '/_cat/ml/anomaly_detectors?format=json')).json).toEqual([])
  })

  test('_cat lists every table', async () => {
    const { text } = await api.call('GET', '/_cat')
    for (const path of ['/_cat/nodes', '/_cat/indices/{index}', '/_cat/allocation', '/_cat/repositories']) {
      expect(text).toContain(`${path}\n`)
    }
  })
})

describe('_info', () => {
  test('tells what is asked for', async () => {
    const { json } = await api.call('GET', '/_info/ingest,http')
    expect(json).toMatchObject({ cluster_name: 'elkhorn', ingest: { total: { count: 0 } }, http: { total_opened: 1 } })
    expect(Object.keys(json)).toHaveLength(3)
  })

  test.each([
    ['/_info/ingst', 'unrecognized target: [ingst] -> did you mean [ingest]?'],
    ['/_info/_all,http', 'contains _all and individual target'],
  ])('%s is refused', async (path, reason) => {
    const { status, text } = await api.call('GET', path)
    expect({ status, said: text.includes(reason) }).toEqual({ status: 400, said: true })
  })
})

describe('allocation', () => {
  test('a replica has no node to be on', async () => {
    const { json } = await api.call('GET', '/_cluster/allocation/explain')
    expect(json).toMatchObject({ index: 'one', shard: 0, primary: false, current_state: 'unassigned', can_allocate: 'no' })
  })

  test('a primary is here', async () => {
    const { json } = await api.call('POST', '/_cluster/allocation/explain', { index: 'one', shard: 1, primary: true })
    expect(json).toMatchObject({ shard: 1, current_state: 'started', current_node: { name: 'test' } })
  })

  test.each([
    [{ index: 'one' }, 400, 'Validation Failed: 1: shard must be specified;2: primary must be specified;'],
    [{ index: 'two', shard: 0, primary: true }, 404, 'no such index [two]'],
    [{ index: 'one', shard: 9, primary: true }, 404, 'no such shard'],
    [{ indx: 'one' }, 400, '[1:2] [cluster/allocation/explain] unknown field [indx]'],
  ])('%j is refused', async (body, status, reason) => {
    expect(await api.call('POST', '/_cluster/allocation/explain', body)).toMatchObject({ status, json: { error: { reason } } })
  })

  test('reroute has nothing to do', async () => {
    expect((await api.call('POST', '/_cluster/reroute?explain=true', {})).json).toEqual({ acknowledged: true, explanations: [] })
  })

  test('reroute refuses to move what cannot move', async () => {
    const move = { commands: [{ move: { index: 'one', shard: 0, from_node: 'test', to_node: 'other' } }] }
    expect(await api.call('POST', '/_cluster/reroute', move)).toMatchObject({ status: 400 })
    const { json } = await api.call('POST', '/_cluster/reroute?explain=true', move)
    expect(json).toMatchObject({ explanations: [{ command: 'move', decisions: [{ decision: 'NO' }] }] })
  })

  test.each([
    ['/_cluster/voting_config_exclusions', 400],
    ['/_cluster/voting_config_exclusions?node_names=test', 400],
    ['/_cluster/voting_config_exclusions?node_names=other', 200],
  ])('%s is answered %d', async (path, status) => {
    expect(await api.call('POST', path)).toMatchObject({ status })
  })

  test('_shard_stores shows indices that lack a copy', async () => {
    await api.call('PUT', '/whole', { settings: { number_of_replicas: 0 } })
    expect(Object.keys((await api.call('GET', '/_shard_stores')).json['indices'])).toEqual(['one'])
    const { json } = await api.call('GET', '/_shard_stores?status=all')
    expect(Object.keys(json['indices'])).toEqual(['one', 'whole'])
  })
})

describe('health', () => {
  test('is told part by part, and as the worst of them', async () => {
    const { json } = await api.call('GET', '/_health_report')
    expect(json).toMatchObject({
      cluster_name: 'elkhorn',
      indicators: {
        master_is_stable: { status: 'green' },
        shards_availability: { status: 'yellow', details: { unassigned_replicas: 2 }, impacts: [{ severity: 2 }] },
        disk: {},
        repository_integrity: { status: 'green' },
      },
    })
    expect(['yellow', 'red']).toContain(json['status'])
  })

  test('of one part alone, in short', async () => {
    const { json } = await api.call('GET', '/_health_report/shards_availability?verbose=false')
    expect(json).toEqual({
      cluster_name: 'elkhorn',
      indicators: { shards_availability: { status: 'yellow', symptom: 'This cluster has 2 unavailable replica shards.' } },
    })
    expect((await api.call('GET', '/_health_report/heart')).status).toBe(400)
  })
})

describe('one index', () => {
  test('what it takes of the disk is told to who says that it may cost', async () => {
    expect((await api.call('POST', '/one/_disk_usage')).status).toBe(400)
    expect((await api.call('POST', '/one/_disk_usage?run_expensive_tasks=true')).json).toMatchObject({
      one: { store_size_in_bytes: 0, all_fields: { total_in_bytes: 0 } },
    })
  })

  test('how far its operations are', async () => {
    expect((await api.call('GET', '/one/_fleet/global_checkpoints')).json).toEqual({
      global_checkpoints: [-1, -1],
      timed_out: false,
    })
  })

  test.each([
    ['one', true],
    ['nothing', false],
    ['o*', true],
  ])('whether [%s] means anything here', async (name, matching) => {
    const { json } = await api.call('GET', `/_resolve/cluster/${name}`)
    expect(json).toMatchObject({ '(local)': { connected: true, matching_indices: matching } })
  })
})

test('an index is made like another, with other settings', async () => {
  await api.call('PUT', '/pattern', {
    settings: { number_of_shards: 3, 'index.blocks.write': true },
    mappings: { properties: { a: { type: 'keyword' }, b: { properties: { c: { type: 'long' } } } } },
  })
  const override = {
    settings_override: { number_of_replicas: 0 },
    mappings_override: { properties: { b: { properties: { d: { type: 'ip' } } } } },
  }
  expect((await api.call('PUT', '/_create_from/pattern/like', override)).json).toMatchObject({
    acknowledged: true,
    index: 'like',
  })
  const { json } = await api.call('GET', '/like')
  expect(json['like']).toMatchObject({
    mappings: { properties: { a: { type: 'keyword' }, b: { properties: { c: { type: 'long' }, d: { type: 'ip' } } } } },
    settings: { index: { number_of_shards: '3', number_of_replicas: '0' } },
  })
  expect((await api.call('PUT', '/like/_doc/1', { a: 'x' })).status).toBe(201)
  expect((await api.call('PUT', '/_create_from/pattern/like')).status).toBe(400)
  expect((await api.call('PUT', '/_create_from/nothing/other')).status).toBe(404)
})

test.each([
  ['POST', '/_ilm/migrate_to_data_tiers?dry_run=true', {}, 200],
  ['POST', '/_ilm/move/one', { current_step: { phase: 'hot' }, next_step: { phase: 'warm' } }, 400],
  ['POST', '/_ilm/move/one', {}, 400],
  ['GET', '/_searchable_snapshots/stats', undefined, 404],
  ['POST', '/_monitoring/bulk?system_id=beats&system_api_version=7&interval=10s', {}, 200],
])('%s %s is answered', async (method, path, body, status) => {
  expect((await api.call(method, path, body)).status).toBe(status)
})

test('a task of another node is a node that failed, not a request', async () => {
  const { status, json } = await api.call('POST', '/_reindex/other:1/_rethrottle?requests_per_second=2')
  expect({ status, json }).toMatchObject({
    status: 200,
    json: { node_failures: [{ node_id: 'other', caused_by: { type: 'no_such_node_exception' } }] },
  })
})
