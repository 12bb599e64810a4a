import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-definitions-'))
  api = await startMemoryApi({ repositories: [folder] })
  await api.call('PUT', '/_snapshot/repo', { type: 'fs', settings: { location: 'a' } })
  await api.call('PUT', '/logs-1/_doc/1?refresh=true', { message: 'hello', level: 'info' })
})
afterAll(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

const slm = { schedule: '0 30 1 * * ?', name: '<nightly-{now/d}>', repository: 'repo', config: { indices: ['logs-*'] } }
const transform = {
  source: { index: 'logs-1' },
  dest: { index: 'levels' },
  pivot: { group_by: { level: { terms: { field: 'level' } } }, aggregations: { n: { value_count: { field: 'level' } } } },
}
const rollup = {
  index_pattern: 'logs-*',
  rollup_index: 'rolled',
  cron: '*/30 * * * * ?',
  page_size: 100,
  groups: { date_histogram: { field: '@timestamp', fixed_interval: '1h' } },
}
const watch = {
  trigger: { schedule: { interval: '10m' } },
  input: { http: { request: { host: 'a', auth: { basic: { username: 'u', password: 'p' } } } } },
  actions: { tell: { logging: { text: 'x' } } },
}
const logstash = {
  description: 'one',
  last_modified: '2026-01-01T00:00:00.000Z',
  pipeline: 'input {} output {}',
  pipeline_metadata: { type: 'logstash_pipeline', version: '1' },
  pipeline_settings: { 'pipeline.workers': 1 },
  username: 'elastic',
}
const rule = {
  rule_id: 'r1',
  type: 'pinned',
  criteria: [{ type: 'exact', metadata: 'q', values: ['shoes'] }],
  actions: { ids: ['1'] },
}

/** Each is put, read back, deleted, and then is not there. */
test.each([
  { path: '/_slm/policy/p', body: slm, shown: { p: { version: 1, policy: slm, stats: { policy: 'p', snapshots_taken: 0 } } } },
  { path: '/_transform/t', body: transform, shown: { count: 1, transforms: [{ id: 't', ...transform }] } },
  { path: '/_logstash/pipeline/l', body: logstash, created: 201, shown: { l: logstash } },
  {
    path: '/_ingest/geoip/database/g',
    body: { name: 'GeoIP2-City', maxmind: { account_id: '1' } },
    shown: { databases: [{ id: 'g', version: 1, database: { name: 'GeoIP2-City' } }] },
  },
  {
    path: '/_ingest/ip_location/database/i',
    body: { name: 'asn', ipinfo: {} },
    shown: { databases: [{ id: 'i', database: { name: 'asn' } }] },
  },
  { path: '/_watcher/watch/w', body: watch, created: 201, shown: { found: true, _id: 'w', status: { state: { active: true } } } },
  {
    path: '/_synonyms/s',
    body: { synonyms_set: [{ id: 'a', synonyms: 'big, large' }] },
    shown: { count: 1, synonyms_set: [{ id: 'a', synonyms: 'big, large' }] },
  },
  { path: '/_query_rules/q', body: { rules: [rule] }, shown: { ruleset_id: 'q', rules: [rule] } },
  { path: '/_autoscaling/policy/a', body: { roles: ['data'], deciders: {} }, shown: { roles: ['data'], deciders: {} } },
  {
    path: '/_application/search_application/app',
    body: { indices: ['logs-1'] },
    shown: { name: 'app', indices: ['logs-1'] },
  },
  {
    path: '/_application/analytics/c',
    body: undefined,
    shown: { c: { event_data_stream: { name: 'behavioral_analytics-events-c' } } },
  },
])('$path', async ({ path, body, shown, created = 200 }) => {
  expect((await api.call('GET', path)).status).toBe(404)
  expect((await api.call('DELETE', path)).status).toBe(404)
  const put = await api.call('PUT', path, body)
  expect({ status: put.status, text: put.text }).toMatchObject({ status: created })
  expect((await api.call('GET', path)).json).toMatchObject(shown)
  expect((await api.call('DELETE', path)).status).toBe(200)
  expect((await api.call('GET', path)).status).toBe(404)
})

test.each([
  { path: '/_slm/policy/p', body: { ...slm, repository: 'none' }, says: 'no such repository [none]' },
  { path: '/_slm/policy/p', body: { ...slm, schedule: 'daily' }, says: 'daily' },
  { path: '/_slm/policy/p', body: { ...slm, retention: { min_count: 5, max_count: 2 } }, says: 'cannot be larger' },
  { path: '/_slm/policy/p', body: { ...slm, retain: {} }, says: '[snapshot_lifecycle] unknown field [retain]' },
  { path: '/_slm/policy/_p', body: slm, says: 'invalid policy name [_p]' },
  { path: '/_transform/t', body: { ...transform, latest: {} }, says: 'exactly one of [pivot], [latest]' },
  { path: '/_transform/t', body: { ...transform, source: { index: [] } }, says: 'source.index must not be empty' },
  { path: '/_transform/T', body: transform, says: 'invalid transform id [T]' },
  { path: '/_rollup/job/r', body: { ...rollup, cron: 'now' }, says: 'invalid cron expression [now]' },
  { path: '/_rollup/job/r', body: { ...rollup, groups: {} }, says: 'Required [date_histogram]' },
  { path: '/_watcher/watch/w', body: { ...watch, trigger: undefined }, says: 'missing required field [trigger]' },
  { path: '/_watcher/watch/w', body: { ...watch, actions: { a: { shout: {} } } }, says: 'unknown action type [shout]' },
  { path: '/_logstash/pipeline/l', body: {}, says: 'Required [last_modified, pipeline' },
  { path: '/_ingest/geoip/database/g', body: { name: 'City', maxmind: { account_id: '1' } }, says: 'invalid name [City]' },
  { path: '/_ingest/geoip/database/g', body: { name: 'GeoIP2-City', web: {} }, says: 'unknown field [web]' },
  { path: '/_synonyms/s', body: { synonyms_set: [{ synonyms: 'a => ' }] }, says: 'Incorrect syntax' },
  { path: '/_query_rules/q', body: { rules: [{ ...rule, actions: {} }] }, says: 'must contain either ids or docs' },
  { path: '/_nodes/test/shutdown', body: { type: 'vanish', reason: 'r' }, says: 'unknown type [vanish]' },
  { path: '/_ccr/auto_follow/f', body: { remote_cluster: 'far' }, status: 404, says: 'no such remote cluster: [far]' },
])('$path refuses $says', async ({ path, body, says, status = 400 }) => {
  const answer = await api.call('PUT', path, body)
  expect({ status: answer.status, said: answer.text.includes(says) || answer.text }).toEqual({ status, said: true })
})

describe('snapshot policies', () => {
  test('are carried out on demand, and forget what is old', async () => {
    await api.call('PUT', '/_slm/policy/keep', { ...slm, retention: { max_count: 1 } })
    const names: string[] = []
    for (let round = 1; round <= 2; round++) {
      const { json } = await api.call('PUT', '/_slm/policy/keep/_execute')
      names.push(json['snapshot_name'])
      await expect
        .poll(async () => (await api.call('GET', '/_slm/policy/keep')).json['keep']['stats']['snapshots_taken'])
        .toBe(round)
    }
    expect(names[0]).toMatch(/^nightly-\d{4}\.\d\d\.\d\d-[0-9a-f]{22}$/)
    expect((await api.call('POST', '/_slm/_execute_retention')).json).toEqual({ acknowledged: true })
    const { json } = await api.call('GET', '/_snapshot/repo/nightly-*')
    expect(json['snapshots']).toMatchObject([{ snapshot: names[1], indices: ['logs-1'], metadata: { policy: 'keep' } }])
    expect((await api.call('GET', '/_slm/stats')).json).toMatchObject({ total_snapshots_taken: 2, total_snapshots_deleted: 1 })
    await api.call('DELETE', '/_slm/policy/keep')
  })
})

describe('watches', () => {
  test('never show a password, and keep it when they are sent back as shown', async () => {
    await api.call('PUT', '/_watcher/watch/secret', watch)
    const shown = (await api.call('GET', '/_watcher/watch/secret')).json['watch']
    expect(shown['input']['http']['request']['auth']['basic']).toEqual({ username: 'u', password: '::es_redacted::' })
    await api.call('PUT', '/_watcher/watch/secret', shown)
    expect((await api.call('GET', '/_watcher/watch/secret')).text).not.toContain('"p"')
    await api.call('DELETE', '/_watcher/watch/secret')
  })

  test('are active until somebody says otherwise', async () => {
    await api.call('PUT', '/_watcher/watch/w', watch)
    expect((await api.call('PUT', '/_watcher/watch/w/_deactivate')).json).toMatchObject({ status: { state: { active: false } } })
    expect((await api.call('PUT', '/_watcher/watch/w/_activate')).json).toMatchObject({ status: { state: { active: true } } })
    expect((await api.call('PUT', '/_watcher/watch/w/_ack/nobody')).status).toBe(400)
    expect((await api.call('PUT', '/_watcher/watch/x/_activate')).status).toBe(404)
    expect((await api.call('POST', '/_watcher/_query/watches', {})).json).toMatchObject({ count: 1, watches: [{ _id: 'w' }] })
    expect((await api.call('PUT', '/_watcher/watch/w?if_seq_no=7&if_primary_term=1', watch)).status).toBe(409)
    await api.call('DELETE', '/_watcher/watch/w')
  })
})

test('numbers that no double holds are kept', async () => {
  const put = await fetch(`${api.url}/_watcher/watch/big`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"trigger":{"schedule":{"hourly":{}}},"metadata":{"n":9007199254740993}}',
  })
  expect(put.status).toBe(201)
  expect((await api.call('GET', '/_watcher/watch/big')).text).toContain('9007199254740993')
  await api.call('DELETE', '/_watcher/watch/big')
})

test('rules of a set of synonyms change one by one', async () => {
  await api.call('PUT', '/_synonyms/s', { synonyms_set: [{ id: 'a', synonyms: 'big, large' }] })
  expect((await api.call('PUT', '/_synonyms/s/b', { synonyms: 'small => little' })).json).toMatchObject({ result: 'created' })
  expect((await api.call('PUT', '/_synonyms/s/b', { synonyms: 'small, little' })).json).toMatchObject({ result: 'updated' })
  expect((await api.call('GET', '/_synonyms/s/b')).json).toEqual({ id: 'b', synonyms: 'small, little' })
  expect((await api.call('DELETE', '/_synonyms/s/a')).json).toMatchObject({ result: 'deleted' })
  expect((await api.call('GET', '/_synonyms/s/a')).status).toBe(404)
  expect((await api.call('GET', '/_synonyms')).json).toEqual({ count: 1, results: [{ synonyms_set: 's', count: 1 }] })
})

test('query rules tell which of them a query meets', async () => {
  await api.call('PUT', '/_query_rules/q', { rules: [rule] })
  const fuzzy = { type: 'exclude', criteria: [{ type: 'fuzzy', metadata: 'q', values: ['boots'] }], actions: { ids: ['2'] } }
  await api.call('PUT', '/_query_rules/q/_rule/r2', fuzzy)
  const met = async (q: string): Promise<unknown> =>
    (await api.call('POST', '/_query_rules/q/_test', { match_criteria: { q } })).json['matched_rules']
  expect(await met('shoes')).toEqual([{ ruleset_id: 'q', rule_id: 'r1' }])
  expect(await met('Bots')).toEqual([{ ruleset_id: 'q', rule_id: 'r2' }])
  expect(await met('hat')).toEqual([])
  expect((await api.call('GET', '/_query_rules')).json).toMatchObject({
    results: [
      { rule_total_count: 2, rule_criteria_types_counts: { exact: 1, fuzzy: 1 }, rule_type_counts: { pinned: 1, exclude: 1 } },
    ],
  })
})

test('a search application searches its indices by its template', async () => {
  const template = { script: { source: { query: { term: { level: '{{level}}' } } }, params: { level: 'info' } } }
  await api.call('PUT', '/_application/search_application/app', { indices: 'logs-*', template })
  const hits = async (body: unknown): Promise<unknown> =>
    (await api.call('POST', '/_application/search_application/app/_search', body)).json['hits']['total']['value']
  expect([await hits({}), await hits({ params: { level: 'error' } })]).toEqual([1, 0])
})

test('a node that is to go says what is in its way', async () => {
  await api.call('PUT', '/_nodes/test/shutdown', { type: 'remove', reason: 'old' })
  expect((await api.call('GET', '/_nodes/node/shutdown')).json).toMatchObject({
    nodes: [{ node_id: 'node', type: 'REMOVE', status: 'STALLED', shard_migration: { status: 'STALLED' } }],
  })
  expect((await api.call('DELETE', '/_nodes/node/shutdown')).json).toEqual({ acknowledged: true })
  expect((await api.call('GET', '/_nodes/shutdown')).json).toEqual({ nodes: [] })
})

test.each([
  ['/_transform', { count: 0, transforms: [] }],
  ['/_rollup/job/none', { jobs: [] }],
  ['/_rollup/data', {}],
  ['/_slm/status', { operation_mode: 'STOPPED' }],
  ['/_ilm/status', { operation_mode: 'STOPPED' }],
  ['/_dangling', { dangling_indices: [] }],
  ['/_ssl/certificates', []],
  ['/_migration/deprecations', { cluster_settings: [], index_settings: {} }],
  ['/_migration/system_features', { migration_status: 'NO_MIGRATION_NEEDED' }],
  ['/_ccr/auto_follow', { patterns: [] }],
  ['/_autoscaling/capacity', { policies: {} }],
  ['/_watcher/stats', { manually_stopped: true, stats: [{ watch_count: 0 }] }],
])('%s before anybody defined anything', async (path, want) => {
  expect(await api.call('GET', path)).toMatchObject({ status: 200, json: want })
})
