import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeAll(async () => {
  api = await startMemoryApi()
})
afterAll(() => api.stop())

const call = (method: string, path: string, body?: unknown) => api.call(method, path, body)
const sourceOf = async (path: string): Promise<unknown> => ((await call('GET', path)).json as { _source: unknown })._source
const set = (field: string, value: unknown): unknown => ({ set: { field, value } })
const put = (id: string, ...processors: unknown[]) => call('PUT', `/_ingest/pipeline/${id}`, { processors })

test('pipelines are put, shown, listed and deleted; wrong ones are refused', async () => {
  const pipeline = { description: 'd', version: 3, processors: [set('a', 20.5)] }
  expect((await call('PUT', '/_ingest/pipeline/one', pipeline)).json).toEqual({ acknowledged: true })
  expect((await call('GET', '/_ingest/pipeline/one')).json).toEqual({ one: pipeline })
  expect((await call('GET', '/_ingest/pipeline/o*')).json).toEqual({ one: pipeline })
  expect((await call('GET', '/_ingest/pipeline/none')).status).toBe(404)
  expect((await call('PUT', '/_ingest/pipeline/one?if_version=2', pipeline)).status).toBe(400)
  const wrong = await call('PUT', '/_ingest/pipeline/wrong', { processors: [{ set: { value: 1, tag: 't' } }] })
  expect(wrong.status).toBe(400)
  expect(wrong.json).toMatchObject({
    error: {
      type: 'parse_exception',
      reason: '[field] required property is missing',
      processor_type: 'set',
      processor_tag: 't',
      property_name: 'field',
    },
  })
  expect((await call('DELETE', '/_ingest/pipeline/one')).json).toEqual({ acknowledged: true })
  expect((await call('DELETE', '/_ingest/pipeline/one')).status).toBe(404)
})

test('every write meets its pipelines: named, default, final, in bulk, in upserts', async () => {
  await put('named', set('by', 'named'))
  await put('usual', set('by', 'usual'))
  await put('last', set('last', true))
  await call('PUT', '/docs', { settings: { 'index.default_pipeline': 'usual', 'index.final_pipeline': 'last' } })
  await call('PUT', '/docs/_doc/1', { a: 1 })
  expect(await sourceOf('/docs/_doc/1')).toEqual({ a: 1, by: 'usual', last: true })
  await call('PUT', '/docs/_doc/2?pipeline=named', { a: 1 })
  expect(await sourceOf('/docs/_doc/2')).toEqual({ a: 1, by: 'named', last: true })
  await call('PUT', '/docs/_doc/3?pipeline=_none', { a: 1 })
  expect(await sourceOf('/docs/_doc/3')).toEqual({ a: 1, last: true })
  const lines = [
    { index: { _index: 'docs', _id: '4' } },
    { a: 1 },
    { create: { _index: 'docs', _id: '5', pipeline: 'named' } },
    { a: 2 },
  ]
  const bulk = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`
  expect((await call('POST', '/_bulk', bulk)).json).toMatchObject({ errors: false })
  expect(await sourceOf('/docs/_doc/4')).toEqual({ a: 1, by: 'usual', last: true })
  expect(await sourceOf('/docs/_doc/5')).toEqual({ a: 2, by: 'named', last: true })
  await call('POST', '/docs/_update/6', { doc: { a: 1 }, doc_as_upsert: true })
  expect(await sourceOf('/docs/_doc/6')).toEqual({ a: 1, by: 'usual', last: true })
  const unknown = await call('PUT', '/docs/_doc/7?pipeline=unknown', {})
  expect(unknown.json).toMatchObject({ error: { reason: 'pipeline with id [unknown] does not exist' }, status: 400 })
})

test('a document is dropped, fails, goes elsewhere; its failure hurts no other', async () => {
  await put('drop', { drop: { if: "ctx.kind == 'noise'" } })
  await put('fail', { fail: { message: 'no {{kind}}' } })
  await put('move', set('_index', 'moved'), set('_id', 'new'))
  await put('again', { reroute: { destination: 'docs2' } })
  await call('PUT', '/docs2', { settings: { 'index.default_pipeline': 'named' } })
  expect((await call('PUT', '/in/_doc/1?pipeline=drop', { kind: 'noise' })).json).toMatchObject({ result: 'noop', _version: -3 })
  expect((await call('PUT', '/in/_doc/2?pipeline=drop', { kind: 'good' })).json).toMatchObject({ result: 'created' })
  await call('PUT', '/in/_doc/3?pipeline=move', { a: 1 })
  expect(await sourceOf('/moved/_doc/new')).toEqual({ a: 1 })
  await call('PUT', '/in/_doc/4?pipeline=again', { a: 1 })
  expect(await sourceOf('/docs2/_doc/4')).toEqual({ a: 1, by: 'named' })
  const lines = [
    { index: { _index: 'in', _id: '5', pipeline: 'fail' } },
    { kind: 'x' },
    { index: { _index: 'in', _id: '6' } },
    { a: 2 },
  ]
  const { json } = await call('POST', '/_bulk', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  expect(json).toMatchObject({
    errors: true,
    items: [{ index: { status: 500, error: { type: 'fail_processor_exception', reason: 'no x' } } }, { index: { status: 201 } }],
  })
})

test('date_index_name sends documents to the index of their month', async () => {
  await put('monthly', {
    date_index_name: { field: 'at', index_name_prefix: 'm-', date_rounding: 'M', date_formats: ['ISO8601'] },
  })
  await call('PUT', '/any/_doc/1?pipeline=monthly', { at: '2024-05-17T10:00:00Z' })
  expect(await sourceOf('/m-2024-05-01/_doc/1')).toEqual({ at: '2024-05-17T10:00:00Z' })
})

test('numbers stay as they were written', async () => {
  await put('touch', set('x', 1))
  await api.call('PUT', '/exact/_doc/1?pipeline=touch', '{"d":20.0,"l":9007199254740993}', { 'content-type': 'application/json' })
  expect((await call('GET', '/exact/_doc/1')).text).toContain('"_source":{"d":20.0,"l":9007199254740993,"x":1}')
})

test('pipelines run each other, and never in circles', async () => {
  await put('outer', { pipeline: { name: 'inner' } }, set('outer', true))
  await put('inner', set('inner', true))
  await call('PUT', '/nested/_doc/1?pipeline=outer', {})
  expect(await sourceOf('/nested/_doc/1')).toEqual({ inner: true, outer: true })
  await put('inner', { pipeline: { name: 'outer' } })
  const circle = await call('PUT', '/nested/_doc/2?pipeline=outer', {})
  expect(circle.json).toMatchObject({ error: { type: 'illegal_state_exception', reason: 'Cycle detected for pipeline: outer' } })
})

test('a simulation shows every processor', async () => {
  const pipeline = {
    processors: [
      { set: { field: 'a', value: 1, tag: 'first' } },
      { set: { field: 'b', value: 1, if: 'ctx.a == 2' } },
      { uppercase: { field: 'none', ignore_failure: true } },
      { uppercase: { field: 'none' } },
    ],
    on_failure: [{ set: { field: 'failed', value: '{{_ingest.on_failure_message}}' } }],
  }
  const { json } = await call('POST', '/_ingest/pipeline/_simulate?verbose', { pipeline, docs: [{ _source: {} }] })
  const { docs } = json as { docs: { processor_results: Record<string, unknown>[] }[] }
  expect(docs[0]?.processor_results.map(({ processor_type, status, tag }) => ({ processor_type, status, tag }))).toEqual([
    { processor_type: 'set', status: 'success', tag: 'first' },
    { processor_type: 'set', status: 'skipped', tag: undefined },
    { processor_type: 'uppercase', status: 'error_ignored', tag: undefined },
    { processor_type: 'uppercase', status: 'error', tag: undefined },
    { processor_type: 'set', status: 'success', tag: undefined },
  ])
  const plain = await call('POST', '/_ingest/pipeline/_simulate', { pipeline, docs: [{ _source: {} }] })
  expect(plain.json).toMatchObject({
    docs: [{ doc: { _source: { a: 1, failed: 'field [none] not present as part of path [none]' } } }],
  })
})

test('a simulation shows what happens in the pipelines that a pipeline runs', async () => {
  await put('below', set('below', true))
  const pipeline = { processors: [set('above', true), { pipeline: { name: 'below' } }] }
  const { json } = await call('POST', '/_ingest/pipeline/_simulate?verbose', { pipeline, docs: [{ _source: {} }] })
  const { docs } = json as { docs: { processor_results: Record<string, unknown>[] }[] }
  expect(docs[0]?.processor_results.map(({ processor_type }) => processor_type)).toEqual(['set', 'pipeline', 'set'])
  const missing = { processors: [{ pipeline: { name: 'not there' } }] }
  const refused = await call('POST', '/_ingest/pipeline/_simulate?verbose', { pipeline: missing, docs: [{ _source: {} }] })
  expect(refused.status).toBe(400)
})

test('pipelines set what a write is conditional on, and bulk says how long they took', async () => {
  await put('conditional', set('_if_seq_no', 0), set('_if_primary_term', 1))
  expect((await call('PUT', '/conditional/_doc/1?pipeline=conditional', {})).status).toBe(409)
  await call('PUT', '/conditional/_doc/1', {})
  expect((await call('PUT', '/conditional/_doc/1?pipeline=conditional', {})).json).toMatchObject({ _seq_no: 1 })
  await put('plain', set('x', 1))
  const bulk = '{"index":{"_index":"conditional"}}\n{}\n'
  expect((await call('POST', '/_bulk?pipeline=plain', bulk)).json).toHaveProperty('ingest_took')
  expect((await call('POST', '/_bulk', bulk)).json).not.toHaveProperty('ingest_took')
  const nowhere = '{"index":{"_index":"conditional"}}\n{}\n{"create":{"_index":"nowhere","require_alias":true}}\n{}\n'
  expect((await call('POST', '/_bulk', nowhere)).json).not.toHaveProperty('ingest_took')
})

test('a script that does not compile says which processor has it', async () => {
  const answer = await put('broken', { script: { source: 'ctx.', tag: 't' } })
  expect(answer.status).toBe(400)
  expect(answer.json).toMatchObject({ error: { type: 'script_exception', processor_type: 'script', processor_tag: 't' } })
})

test('a scripted upsert goes through the pipelines after its script', async () => {
  await put('after', { set: { field: 'seen', value: '{{made}}' } })
  await call('PUT', '/scripted', { settings: { 'index.default_pipeline': 'after' } })
  await call('POST', '/scripted/_update/1', { script: "ctx._source.made = 'yes'", upsert: {}, scripted_upsert: true })
  expect(await sourceOf('/scripted/_doc/1')).toEqual({ made: 'yes', seen: 'yes' })
})
