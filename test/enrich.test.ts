import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeAll(async () => {
  api = await startMemoryApi()
})
afterAll(() => api.stop())

const json = async (method: string, path: string, body?: unknown): Promise<Record<string, never>> =>
  (await api.call(method, path, body)).json as Record<string, never>

/** Documents of an index, and a policy over them that was executed. */
async function gathered(
  name: string,
  policy: Record<string, object>,
  documents: readonly object[],
  mappings?: object,
): Promise<void> {
  if (mappings) await json('PUT', `/${name}`, { mappings: { properties: mappings } })
  for (const document of documents) await json('POST', `/${name}/_doc`, document)
  const [[type, own] = ['', {}]] = Object.entries(policy)
  expect(await json('PUT', `/_enrich/policy/${name}`, { [type]: { indices: name, ...own } })).toEqual({ acknowledged: true })
  expect(await json('POST', `/_enrich/policy/${name}/_execute`)).toEqual({ status: { phase: 'COMPLETE' } })
}

/** What a document is after the processor. */
async function enriched(processor: object, source: object): Promise<unknown> {
  const pipeline = { processors: [{ enrich: { target_field: 'found', ...processor } }] }
  const { docs, error } = await json('POST', '/_ingest/pipeline/_simulate', { pipeline, docs: [{ _source: source }] })
  if (error) return (error as { reason: string }).reason
  const [one] = docs as unknown as readonly { doc?: { _source: { found?: unknown } }; error?: { reason: string } }[]
  return one?.error?.reason ?? one?.doc?._source.found
}

test('match: the first document, or several, by any value; numbers and texts are the same', async () => {
  await gathered('machines', { match: { match_field: 'id', enrich_fields: ['line', 'place.hall'] } }, [
    { id: 'press-07', line: 1.5, place: { hall: 'A', floor: 2 } },
    { id: ['drill-01', 'drill-02'], line: 2 },
    { id: 42, line: 3 },
    { line: 4 },
  ])
  const one = { policy_name: 'machines', field: 'm' }
  expect(await enriched(one, { m: 'press-07' })).toEqual({ id: 'press-07', line: 1.5, place: { hall: 'A' } })
  expect(await enriched(one, { m: 'drill-02' })).toEqual({ id: ['drill-01', 'drill-02'], line: 2 })
  expect(await enriched(one, { m: '42' })).toEqual({ id: 42, line: 3 })
  expect(await enriched(one, { m: 'nobody' })).toBeUndefined()
  expect(await enriched({ ...one, max_matches: 5 }, { m: [42, 'press-07'] })).toMatchObject([{ id: 42 }, { id: 'press-07' }])
  expect(await enriched({ ...one, override: false }, { m: 42, found: 'before' })).toBe('before')
  expect(await enriched(one, {})).toBe('field [m] not present as part of path [m]')
  expect(await enriched({ ...one, ignore_missing: true }, {})).toBeUndefined()
  expect(await enriched({ ...one, policy_name: 'nowhere' }, {})).toBe('no enrich index exists for policy with name [nowhere]')
})

test('range: numbers, dates and addresses', async () => {
  await gathered(
    'shifts',
    { range: { match_field: 'hours', enrich_fields: ['shift'] } },
    [
      { hours: { gte: 6, lt: 14 }, shift: 'early' },
      { hours: { gte: 14, lt: 22 }, shift: 'late' },
      { hours: { gte: 0, lte: 23 }, shift: 'any' },
    ],
    { hours: { type: 'integer_range' } },
  )
  const shifts = { policy_name: 'shifts', field: 'hour', max_matches: 9 }
  const names = (found: unknown) => (found as { shift: string }[] | undefined)?.map(({ shift }) => shift).toSorted()
  expect(names(await enriched(shifts, { hour: 13 }))).toEqual(['any', 'early'])
  expect(names(await enriched(shifts, { hour: '14' }))).toEqual(['any', 'late'])
  expect(await enriched(shifts, { hour: 30 })).toBeUndefined()
  expect(await enriched(shifts, { hour: 'noon' })).toBeUndefined()

  await gathered(
    'nets',
    { range: { match_field: 'net', enrich_fields: ['name'] } },
    [
      { net: '10.0.0.0/8', name: 'plant' },
      { net: { gte: '192.168.0.0', lte: '192.168.0.255' }, name: 'office' },
    ],
    { net: { type: 'ip_range' } },
  )
  expect(await enriched({ policy_name: 'nets', field: 'ip' }, { ip: '10.9.8.7' })).toEqual({ net: '10.0.0.0/8', name: 'plant' })
  expect(await enriched({ policy_name: 'nets', field: 'ip' }, { ip: '192.168.0.9' })).toMatchObject({ name: 'office' })
  expect(await enriched({ policy_name: 'nets', field: 'ip' }, { ip: '8.8.8.8' })).toBeUndefined()

  await gathered(
    'months',
    { range: { match_field: 'during', enrich_fields: ['batch'] } },
    [{ during: { gte: '2024-05-01', lt: '2024-06-01' }, batch: 'B5' }],
    { during: { type: 'date_range', format: 'yyyy-MM-dd' } },
  )
  expect(await enriched({ policy_name: 'months', field: 'day' }, { day: '2024-05-31' })).toMatchObject({ batch: 'B5' })
  expect(await enriched({ policy_name: 'months', field: 'day' }, { day: '2024-06-01' })).toBeUndefined()
})

test('geo_match: the area that a point lies in', async () => {
  const area = {
    type: 'polygon',
    coordinates: [
      [
        [13, 52],
        [14, 52],
        [14, 53],
        [13, 53],
        [13, 52],
      ],
    ],
  }
  await gathered('areas', { geo_match: { match_field: 'area', enrich_fields: ['code'] } }, [{ area, code: 'DE-BE' }], {
    area: { type: 'geo_shape' },
  })
  const where = { policy_name: 'areas', field: 'at' }
  expect(await enriched(where, { at: { lat: 52.5, lon: 13.4 } })).toMatchObject({ code: 'DE-BE' })
  expect(await enriched(where, { at: 'POINT (13.4 52.5)' })).toMatchObject({ code: 'DE-BE' })
  expect(await enriched(where, { at: '48.1,11.6' })).toBeUndefined()
  expect(await enriched({ ...where, shape_relation: 'DISJOINT' }, { at: '48.1,11.6' })).toMatchObject({ code: 'DE-BE' })
})

test('policies are listed, refused and deleted as Elasticsearch does', async () => {
  await gathered('users', { match: { query: { term: { active: true } }, match_field: 'name', enrich_fields: ['mail'] } }, [
    { name: 'ann', mail: 'a@x', active: true },
    { name: 'bob', mail: 'b@x', active: false },
  ])
  const find = { policy_name: 'users', field: 'u' }
  expect(await enriched(find, { u: 'ann' })).toEqual({ name: 'ann', mail: 'a@x' })
  expect(await enriched(find, { u: 'bob' })).toBeUndefined()
  expect(await json('GET', '/_enrich/policy/users')).toEqual({
    policies: [
      {
        config: {
          match: {
            name: 'users',
            indices: ['users'],
            query: { term: { active: true } },
            match_field: 'name',
            enrich_fields: ['mail'],
          },
        },
      },
    ],
  })
  expect(await json('GET', '/_enrich/policy/nobody')).toEqual({ policies: [] })
  const refusal = async (method: string, path: string, body?: unknown) => {
    const { status, json: answer } = await api.call(method, path, body)
    return `${status} ${(answer as { error: { reason: string } }).error.reason}`
  }
  const policy = { match: { indices: 'users', match_field: 'name', enrich_fields: ['mail'] } }
  expect(await refusal('PUT', '/_enrich/policy/users', policy)).toBe('400 policy [users] already exists')
  expect(await refusal('PUT', '/_enrich/policy/x', { match: { ...policy.match, indices: 'nowhere' } })).toBe(
    '404 no such index [nowhere]',
  )
  expect(await refusal('PUT', '/_enrich/policy/x', { match: { indices: 'users' } })).toBe(
    '400 Required [match_field, enrich_fields]',
  )
  expect(await refusal('POST', '/_enrich/policy/nobody/_execute')).toBe('404 policy [nobody] not found')
  await json('PUT', '/_ingest/pipeline/p', {
    processors: [{ foreach: { field: 'l', processor: { enrich: { ...find, target_field: 't' } } } }],
  })
  expect(await refusal('DELETE', '/_enrich/policy/users')).toBe(
    '409 Could not delete policy [users] because a pipeline is referencing it [p]',
  )
  await json('DELETE', '/_ingest/pipeline/p')
  expect(await json('DELETE', '/_enrich/policy/users')).toEqual({ acknowledged: true })
  expect(await json('GET', '/.enrich-users-*?expand_wildcards=all')).toEqual({})
})

test('pipelines and tables are counted', async () => {
  await gathered('parts', { match: { match_field: 'id', enrich_fields: ['name'] } }, [{ id: 1, name: 'nut' }])
  await json('PUT', '/_ingest/pipeline/count', { processors: [{ fail: { if: 'ctx.bad == true', message: 'bad' } }] })
  await json('PUT', '/counted/_doc/1?pipeline=count', {})
  await json('PUT', '/counted/_doc/2?pipeline=count', { bad: true })
  const { json: answer } = await api.call('GET', '/_nodes/stats/ingest')
  const [node] = Object.values((answer as { nodes: Record<string, { ingest: object }> }).nodes)
  expect(node?.ingest).toMatchObject({ pipelines: { count: { count: 2, failed: 1, current: 0 } } })
  const { json: stats } = await api.call('GET', '/_enrich/_stats')
  expect((stats as { cache_stats: { count: number }[] }).cache_stats[0]?.count).toBeGreaterThan(0)
})

test('what was gathered is there after a crash', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'enrich-'))
  let elkhorn: RunningElkhorn = await startElkhorn(folder, ['--no-sample'])
  try {
    await elkhorn.call('PUT', '/machines/_doc/1?refresh=true', { id: 'press-07', line: 1 })
    await elkhorn.call('PUT', '/_enrich/policy/m', { match: { indices: 'machines', match_field: 'id', enrich_fields: ['line'] } })
    await elkhorn.call('POST', '/_enrich/policy/m/_execute')
    await elkhorn.call('PUT', '/_ingest/pipeline/p', {
      processors: [{ enrich: { policy_name: 'm', field: 'machine', target_field: 'found' } }],
    })
    elkhorn.kill('SIGKILL')
    await elkhorn.exit
    elkhorn = await startElkhorn(folder, ['--no-sample'])
    await elkhorn.call('PUT', '/data/_doc/1?pipeline=p&refresh=true', { machine: 'press-07' })
    const { json: found } = await elkhorn.call('GET', '/data/_doc/1')
    expect(found).toMatchObject({ _source: { machine: 'press-07', found: { id: 'press-07', line: 1 } } })
  } finally {
    await elkhorn.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
