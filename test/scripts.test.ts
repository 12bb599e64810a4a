import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeAll(async () => {
  api = await startMemoryApi()
})
afterAll(() => api.stop())

const call = (method: string, path: string, body?: unknown) => api.call(method, path, body)
const sourceOf = async (path: string): Promise<unknown> => ((await call('GET', path)).json as { _source: unknown })._source

// Each row is one update of the document {"n": 1, "d": 20.0, "tags": ["a"]}; `want` is what is stored then.
test.each([
  { name: 'assigns', body: { script: 'ctx._source.n = 5' }, want: '{"n":5,"d":20.0,"tags":["a"]}' },
  {
    name: 'params',
    body: { script: { source: 'ctx._source.n += params.by', params: { by: 4 } } },
    want: '{"n":5,"d":20.0,"tags":["a"]}',
  },
  { name: 'lists', body: { script: "ctx._source.tags.add('b')" }, want: '{"n":1,"d":20.0,"tags":["a","b"]}' },
  { name: 'removes', body: { script: "ctx._source.remove('tags')" }, want: '{"n":1,"d":20.0}' },
  { name: 'doubles stay doubles', body: { script: 'ctx._source.d = ctx._source.d * 2' }, want: '{"n":1,"d":40.0,"tags":["a"]}' },
  { name: 'maps', body: { script: "ctx._source.m = ['k': [1, 2]]" }, want: '{"n":1,"d":20.0,"tags":["a"],"m":{"k":[1,2]}}' },
  { name: 'none', body: { script: "ctx._source.n = 9; ctx.op = 'none'" }, want: '{"n":1,"d":20.0,"tags":["a"]}' },
])('an update by script: $name', async ({ name, body, want }) => {
  const path = `/updates/_doc/${encodeURIComponent(name)}`
  await api.call('PUT', path, '{"n":1,"d":20.0,"tags":["a"]}', { 'content-type': 'application/json' })
  const answer = await call('POST', `/updates/_update/${encodeURIComponent(name)}`, body)
  expect(answer.status).toBe(200)
  expect((await call('GET', path)).text).toContain(`"_source":${want}`)
})

test('a script deletes, upserts, and fails with what went wrong', async () => {
  await call('PUT', '/updates/_doc/gone', { n: 1 })
  expect((await call('POST', '/updates/_update/gone', { script: "ctx.op = 'delete'" })).json).toMatchObject({ result: 'deleted' })
  const upsert = { script: 'ctx._source.n += 1', upsert: { n: 1 } }
  expect((await call('POST', '/updates/_update/up', upsert)).json).toMatchObject({ result: 'created' })
  expect((await call('POST', '/updates/_update/up', upsert)).json).toMatchObject({ result: 'updated' })
  expect(await sourceOf('/updates/_doc/up')).toEqual({ n: 2 })
  const scripted = { script: 'ctx._source.n = 7', upsert: {}, scripted_upsert: true }
  expect((await call('POST', '/updates/_update/scripted', scripted)).json).toMatchObject({ result: 'created' })
  expect(await sourceOf('/updates/_doc/scripted')).toEqual({ n: 7 })
  const failed = await call('POST', '/updates/_update/up', { script: 'ctx._source.x.y = 1' })
  expect(failed.status).toBe(400)
  expect(failed.json).toMatchObject({
    error: {
      type: 'illegal_argument_exception',
      reason: 'failed to execute script',
      caused_by: { type: 'script_exception', reason: 'runtime error', caused_by: { type: 'null_pointer_exception' } },
    },
  })
})

test('scripts by query change, drop and keep documents', async () => {
  for (const n of [1, 2, 3]) await call('PUT', `/many/_doc/${n}`, { n })
  await call('POST', '/many/_refresh')
  const script =
    "if (ctx._source.n == 1) { ctx.op = 'noop' } else if (ctx._source.n == 2) { ctx.op = 'delete' } else { ctx._source.n = 30 }"
  const answer = await call('POST', '/many/_update_by_query?refresh=true', { script })
  expect(answer.json).toMatchObject({ total: 3, updated: 1, deleted: 1, noops: 1 })
  expect(await sourceOf('/many/_doc/3')).toEqual({ n: 30 })
  const copied = await call('POST', '/_reindex?refresh=true', {
    source: { index: 'many' },
    dest: { index: 'copy' },
    script: { source: "ctx._id = 'c' + ctx._id; ctx._source.remove('n')" },
  })
  expect(copied.json).toMatchObject({ created: 2 })
  expect(await sourceOf('/copy/_doc/c3')).toEqual({})
  const moved = await call('POST', '/many/_update_by_query', { script: "ctx._id = 'x'" })
  expect(moved.json).toMatchObject({ error: { reason: 'Modifying [_id] not allowed' } })
})

test('what scripts may use is told for each context', async () => {
  expect((await call('GET', '/_scripts/painless/_context')).json).toMatchObject({
    contexts: expect.arrayContaining(['aggs_map', 'score', 'update']) as unknown,
  })
  expect((await call('GET', '/_scripts/painless/_context?context=score')).json).toMatchObject({ name: 'score' })
  expect((await call('GET', '/_scripts/painless/_context?context=none')).status).toBe(400)
})

test('what does not compile is shown with what is around it', async () => {
  const source = "def first = 'something'; def second = nope; return first + second + 'and so on'"
  const { json } = await call('POST', '/_scripts/painless/_execute', { script: source })
  expect(json).toMatchObject({
    error: {
      script_stack: [`... ${source.slice(13, 63)} ...`, `${' '.repeat(4 + 25)}^---- HERE`],
      position: { offset: 38, start: 13, end: 63 },
    },
  })
})

test('a script of scores is tried out over a document, and a query that scores it', async () => {
  await call('PUT', '/tried', {
    mappings: { properties: { n: { type: 'long' }, ip: { type: 'ip' }, b: { type: 'binary', doc_values: true } } },
  })
  const tryOut = async (source: string, context: string, more: object = {}): Promise<unknown> => {
    const setup = { index: 'tried', document: { n: 5, ip: ['10.0.0.1', '::1'], b: 'AQID' }, ...more }
    return (await call('POST', '/_scripts/painless/_execute', { script: { source }, context, context_setup: setup })).text
  }
  const query = { constant_score: { boost: 3, filter: { match_all: {} } } }
  expect(await tryOut("doc['n'].value * _score", 'score', { query })).toBe('{"result":15.0}')
  expect(await tryOut("doc['ip'][0] == '::1' && doc['b'].value == 'AQID'", 'filter')).toBe('{"result":true}')
})

test('what a script may not answer fails its index', async () => {
  await call('PUT', '/self/_doc/1?refresh=true', { n: 1 })
  const source = 'def x = [:]; x.x = x; return x'
  const { status, json } = await call('POST', '/self/_search', { aggs: { by: { terms: { script: { source } } } } })
  expect(status).toBe(400)
  expect(json).toMatchObject({
    error: {
      type: 'search_phase_execution_exception',
      reason: 'all shards failed',
      root_cause: [{ reason: 'Iterable object is self-referencing itself (ScriptBytesValues value)' }],
    },
  })
})

test('script fields: nothing for no values, dates as texts, and the script as the root of what went wrong', async () => {
  await call('PUT', '/shown', { mappings: { properties: { d: { type: 'date' }, e: { type: 'date' } } } })
  await call('PUT', '/shown/_doc/1?refresh=true', { d: '2020-01-01' })
  const fields = { none: { script: "doc['e']" }, text: { script: "'' + doc['d'].value" } }
  const { json } = await call('POST', '/shown/_search', { script_fields: fields })
  expect((json as { hits: { hits: { fields: unknown }[] } }).hits.hits[0]?.fields).toEqual({ text: ['2020-01-01T00:00:00.000Z'] })
  const failed = await call('POST', '/_scripts/painless/_execute', { script: '[1].get(5)' })
  expect(failed.json).toMatchObject({
    error: { root_cause: [{ type: 'script_exception' }], caused_by: { type: 'index_out_of_bounds_exception' } },
  })
})

test('stored scripts are kept, compiled for their context, run by id and deleted', async () => {
  const script = { lang: 'painless', source: 'ctx._source.n += params.by' }
  expect((await call('PUT', '/_scripts/add', { script })).json).toEqual({ acknowledged: true })
  expect((await call('GET', '/_scripts/add')).json).toEqual({ _id: 'add', found: true, script })
  await call('PUT', '/stored/_doc/1', { n: 1 })
  await call('POST', '/stored/_update/1', { script: { id: 'add', params: { by: 2 } } })
  expect(await sourceOf('/stored/_doc/1')).toEqual({ n: 3 })
  const wrong = await call('PUT', '/_scripts/wrong/update', { script: { lang: 'painless', source: 'ctx._source.' } })
  expect(wrong.json).toMatchObject({ error: { type: 'script_exception', reason: 'compile error' } })
  expect((await call('DELETE', '/_scripts/add')).json).toEqual({ acknowledged: true })
  expect((await call('GET', '/_scripts/add')).status).toBe(404)
  expect((await call('DELETE', '/_scripts/add')).status).toBe(404)
})

test.each([
  { script: { source: 'params.count / params.total', params: { count: 7, total: 2 } }, want: '3' },
  { script: 'ZonedDateTime.parse("2024-01-31T10:11:12Z").getMonth()', want: 'JANUARY' },
  { script: { source: "return ['a', 1.5]" }, want: '[a, 1.5]' },
])('a script is tried out: $want', async ({ script, want }) => {
  expect((await call('POST', '/_scripts/painless/_execute', { script })).json).toEqual({ result: want })
})

test('searches are templates: inline, stored, several at once, rendered only', async () => {
  for (const [id, foo] of [
    ['1', 'bar'],
    ['2', 'baz'],
    ['3', 'foo'],
  ])
    await call('PUT', `/tpl/_doc/${id}`, { foo })
  await call('POST', '/tpl/_refresh')
  const source = '{"query":{"match":{"{{field}}":"{{value}}"}}{{#size}},"size":{{size}}{{/size}}}'
  const params = { field: 'foo', value: 'bar' }
  const one = await call('POST', '/tpl/_search/template', { source, params })
  expect(one.json).toMatchObject({ hits: { total: { value: 1 }, hits: [{ _id: '1' }] } })
  await call('PUT', '/_scripts/by-field', { script: { lang: 'mustache', source } })
  const stored = await call('POST', '/tpl/_search/template', { id: 'by-field', params: { ...params, size: 0 } })
  expect(stored.json).toMatchObject({ hits: { total: { value: 1 }, hits: [] } })
  const lines = [
    { index: 'tpl' },
    { id: 'by-field', params },
    { index: 'tpl' },
    { source: { query: { match: { foo: '{{v}}' } } }, params: { v: 'baz' } },
    { index: 'tpl' },
    { source: '{"query":{"match":{' },
  ]
  const many = await call('POST', '/_msearch/template', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  expect(many.json).toMatchObject({
    responses: [{ hits: { total: { value: 1 } } }, { hits: { hits: [{ _id: '2' }] } }, { error: {}, status: 400 }],
  })
  const rendered = await call('POST', '/_render/template/by-field', { params: { ...params, size: 5 } })
  expect(rendered.json).toEqual({ template_output: { query: { match: { foo: 'bar' } }, size: 5 } })
  expect((await call('POST', '/_search/template', { params })).json).toMatchObject({
    error: { type: 'action_request_validation_exception', reason: 'Validation Failed: 1: template is missing;' },
  })
  const open = await call('POST', '/_render/template', { source: '{"a":"{{{b}}"}' })
  expect(open.json).toMatchObject({ error: { caused_by: { reason: 'Improperly closed variable in query-template:1' } } })
})
