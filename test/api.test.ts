import { request } from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { internalAccess } from '../src/core/access.ts'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeAll(async () => {
  api = await startMemoryApi({ maxBodyBytes: 1024 * 1024 })
  await api.call('PUT', '/books/_doc/1?refresh=true', { title: 'one', pages: 12345678901234567890n.toString() })
})
afterAll(() => api.stop())

describe('conventions', () => {
  test.each([
    ['GET', '/'],
    ['HEAD', '/'],
    ['GET', '/books/_search'],
    ['GET', '/_cat/indices'],
    ['GET', '/nope/_search'],
    ['GET', '/no/such/path/at/all'],
    ['PUT', '/books/_search'],
  ])('%s %s carries the product header', async (method, path) => {
    expect((await api.call(method, path)).headers.get('x-elastic-product')).toBe('Elasticsearch')
  })

  test.each([
    {
      accept: 'application/vnd.elasticsearch+json; compatible-with=8',
      want: 'application/vnd.elasticsearch+json;compatible-with=8',
    },
    {
      accept: 'application/vnd.elasticsearch+json; compatible-with=9',
      want: 'application/vnd.elasticsearch+json;compatible-with=9',
    },
    { accept: '*/*', want: 'application/json' },
  ])('$accept is answered as $want', async ({ accept, want }) => {
    expect((await api.call('GET', '/', undefined, { accept })).headers.get('content-type')).toBe(want)
  })

  test('an unknown path is 400 and names itself', async () => {
    const { status, json } = await api.call('GET', '/a/b/c/d')
    expect({ status, json }).toEqual({ status: 400, json: { error: 'no handler found for uri [/a/b/c/d] and method [GET]' } })
  })

  test('a method that a path does not have is 405 and names those it has', async () => {
    const { status, json, headers } = await api.call('DELETE', '/books/_search')
    expect({ status, json, allow: headers.get('allow') }).toEqual({
      status: 405,
      json: { error: 'Incorrect HTTP method for uri [/books/_search] and method [DELETE], allowed: [GET, POST]', status: 405 },
      allow: 'GET,POST',
    })
  })

  test('an unknown parameter is refused', async () => {
    const { status, json } = await api.call('GET', '/books/_search?sizee=1')
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: { reason: 'request [/books/_search] contains unrecognized parameter: [sizee] -> did you mean [size]?' } },
    })
  })

  test('an error has its type, its root cause and its status', async () => {
    const { status, json } = await api.call('GET', '/nope')
    const error = {
      type: 'index_not_found_exception',
      reason: 'no such index [nope]',
      'resource.type': 'index_or_alias',
      'resource.id': 'nope',
      index_uuid: '_na_',
      index: 'nope',
    }
    expect({ status, json }).toEqual({ status: 404, json: { error: { root_cause: [error], ...error }, status: 404 } })
  })

  test('a stack trace comes only when it is asked for', async () => {
    expect((await api.call('GET', '/nope')).text).not.toContain('stack_trace')
    expect((await api.call('GET', '/nope?error_trace=true')).text).toContain('stack_trace')
  })

  test('a missing or strange content type is 406', async () => {
    expect((await api.call('PUT', '/books/_doc/2', '{}', { 'content-type': 'text/plain' })).status).toBe(406)
    expect((await api.call('PUT', '/books/_doc/2', '{}', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(
      406,
    )
  })

  test('pretty indents, filter_path chooses, yaml is YAML', async () => {
    expect((await api.call('GET', '/?pretty&filter_path=name')).text).toBe('{\n  "name" : "test"\n}\n')
    expect((await api.call('GET', '/?format=yaml&filter_path=version.build_flavor')).text).toBe(
      '---\nversion:\n  build_flavor: default\n',
    )
  })

  test('bodies and answers are packed where both sides agree', async () => {
    const body = gzipSync('{"index":{"_index":"packed","_id":"1"}}\n{"a":1}\n')
    const answer = await fetch(`${api.url}/_bulk`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
    })
    expect(await answer.json()).toMatchObject({ errors: false })
    const packed = await rawGet('/_nodes', { 'accept-encoding': 'gzip' })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(gunzipSync(packed.body).toString())).toMatchObject({ cluster_name: 'elkhorn' })
  })

  test('JSON may have comments', async () => {
    const { status } = await api.call('POST', '/books/_search', '{ /* all */ "query": { "match_all": {} } // of them\n}', {
      'content-type': 'application/json',
    })
    expect(status).toBe(200)
  })

  test('GET takes a body', async () => {
    const { body } = await rawGet('/books/_search', { 'content-type': 'application/json' }, '{"size":0}')
    expect(JSON.parse(body.toString())).toMatchObject({ hits: { hits: [] } })
  })

  test('a body that is no JSON says where', async () => {
    const { status, json } = await api.call('POST', '/books/_search', '{"query":\n  {]}', { 'content-type': 'application/json' })
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: { type: 'json_parse_exception', reason: expect.stringContaining('line: 2') } },
    })
  })

  test('an opaque id comes back', async () => {
    expect((await api.call('GET', '/', undefined, { 'x-opaque-id': 'me' })).headers.get('x-opaque-id')).toBe('me')
  })

  test('date expressions in a path', async () => {
    const name = encodeURIComponent('<logs-{now/d}>')
    const { json } = await api.call('PUT', `/${name}`)
    expect(json).toMatchObject({ index: `logs-${new Date().toISOString().slice(0, 10).replaceAll('-', '.')}` })
  })

  test('ids with all kinds of characters', async () => {
    const id = 'a/b c+d%é#?&"'
    expect((await api.call('PUT', `/books/_doc/${encodeURIComponent(id)}`, { a: 1 })).json).toMatchObject({ _id: id })
    expect((await api.call('GET', `/books/_doc/${encodeURIComponent(id)}`)).json).toMatchObject({ _id: id, found: true })
  })
})

describe('bodies that are too large or cut', () => {
  test('are refused before they are read', async () => {
    const { status, json } = await api.call('POST', '/_bulk', 'x'.repeat(2 * 1024 * 1024))
    expect({ status, json }).toMatchObject({ status: 413, json: { error: { type: 'content_too_long_exception' }, status: 413 } })
  })

  test('also when they are packed', async () => {
    const body = gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20))
    const answer = await fetch(`${api.url}/_bulk`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
    })
    expect(answer.status).toBe(413)
  })

  test('a packed body that is cut', async () => {
    const body = gzipSync('{"index":{"_index":"x"}}\n{}\n').subarray(0, 20)
    const answer = await fetch(`${api.url}/_bulk`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
    })
    expect({ status: answer.status, json: await answer.json() }).toMatchObject({
      status: 400,
      json: { error: { reason: expect.stringContaining('no complete [gzip] data') } },
    })
  })

  test('a body whose rest never comes writes nothing, and others are served', async () => {
    await new Promise<void>((resolve) => {
      const sent = request(`${api.url}/cut/_bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', 'content-length': 1000 },
      })
      sent.on('error', () => resolve())
      sent.write('{"index":{"_index":"cut"}}\n{"a":1}\n')
      setTimeout(() => sent.destroy(), 50)
    })
    expect((await api.call('HEAD', '/cut')).status).toBe(404)
  })
})

describe('security', () => {
  test('what is not allowed is 403, item by item in a bulk', async () => {
    const readOnly = await startMemoryApi({
      access: {
        ...internalAccess,
        allowsCluster: () => false,
        allows: (privilege, index) => index === 'mine' || privilege === 'monitor',
      },
    })
    try {
      expect((await readOnly.call('GET', '/_cluster/health')).status).toBe(403)
      expect((await readOnly.call('PUT', '/other')).json).toMatchObject({ error: { type: 'security_exception' }, status: 403 })
      const { json } = await readOnly.call(
        'POST',
        '/_bulk',
        '{"index":{"_index":"other"}}\n{}\n{"index":{"_index":"mine"}}\n{}\n',
      )
      expect(json).toMatchObject({ errors: true, items: [{ index: { status: 403 } }, { index: { status: 201 } }] })
      expect((await readOnly.call('GET', '/other/_search')).status).toBe(403)
      expect((await readOnly.call('GET', '/_search')).json).toMatchObject({ hits: { total: { value: 1 } } })
    } finally {
      await readOnly.stop()
    }
  })

  test('documents and fields that a role does not show are not there', async () => {
    const limited = await startMemoryApi({
      access: { ...internalAccess, documents: () => ({ term: { team: 'a' } }), fields: () => (path) => path !== 'salary' },
    })
    try {
      await limited.call(
        'POST',
        '/_bulk?refresh=true',
        '{"index":{"_index":"p","_id":"1"}}\n{"team":"a","salary":1}\n{"index":{"_index":"p","_id":"2"}}\n{"team":"b","salary":2}\n',
      )
      expect((await limited.call('GET', '/p/_search')).json).toMatchObject({
        hits: { total: { value: 1 }, hits: [{ _id: '1', _source: { team: 'a' } }] },
      })
      expect((await limited.call('GET', '/p/_search?q=salary:1')).json).toMatchObject({ hits: { total: { value: 0 } } })
      expect((await limited.call('GET', '/p/_doc/1')).text).not.toContain('salary')
      expect((await limited.call('GET', '/p/_doc/2')).status).toBe(404)
    } finally {
      await limited.stop()
    }
  })
})

function rawGet(
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      api.url + path,
      { method: 'GET', headers: { ...headers, ...(body ? { 'content-length': body.length } : {}) } },
      (answer) => {
        const chunks: Buffer[] = []
        answer
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(chunks) }))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

test('fields of nested objects are hidden from searches that are not about them, and come back in the source', async () => {
  await api.call('PUT', '/nest', {
    mappings: { properties: { parts: { type: 'nested', properties: { n: { type: 'long' } } }, n: { type: 'long' } } },
  })
  await api.call('PUT', '/nest/_doc/1?refresh=true', { n: 1, parts: [{ n: 2, extra: 'x' }] })
  const found = async (q: string): Promise<unknown> => (await api.call('GET', `/nest/_count?q=${q}`)).json
  expect(await found('n:1')).toMatchObject({ count: 1 })
  expect(await found('parts.n:2')).toMatchObject({ count: 0 })
  expect(await found('_exists_:parts.extra')).toMatchObject({ count: 0 })
  expect((await api.call('GET', '/nest/_source/1')).json).toEqual({ n: 1, parts: [{ n: 2, extra: 'x' }] })
  expect((await api.call('GET', '/nest/_mapping')).json).toMatchObject({
    nest: { mappings: { properties: { parts: { type: 'nested', properties: { extra: { type: 'text' } } } } } },
  })
  expect((await api.call('GET', '/nest/_field_caps?fields=parts*')).json).toMatchObject({ fields: { parts: { nested: {} } } })
  const change = await api.call('PUT', '/nest/_mapping', { properties: { parts: { type: 'object' } } })
  expect(change.status).toBe(400)
})
