import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../src/api/routes/index.ts'
import { apiKeyRoutes } from '../src/api/routes/api-keys.ts'
import { elkhornRoutes } from '../src/api/routes/elkhorn.ts'
import { securityRoutes } from '../src/api/routes/security.ts'
import { sharedPath } from './shared.ts'
import { startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

/** What clients send by mistake or in malice, against a started server: each has a clear answer, and nothing else is harmed. */
let folder: string
let elkhorn: RunningElkhorn

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-hostile-'))
  elkhorn = await startElkhorn(join(folder, 'data'))
  await elkhorn.call('PUT', '/kept/_doc/1?refresh=true', { a: 1 })
})
afterAll(async () => {
  await elkhorn.stop()
  await rm(folder, { recursive: true, force: true })
})

interface ErrorBody {
  readonly error: { readonly type: string; readonly reason: string; readonly root_cause: readonly unknown[] }
  readonly status: number
}

/** Sends bytes on a connection of their own; what came back until the other side closed, or until `enough` says so. */
async function raw(send: (socket: Socket) => void, enough: (text: string) => boolean = () => false): Promise<string> {
  const socket = connect(elkhorn.ports['api'] ?? 0, '127.0.0.1')
  let text = ''
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (enough(text)) resolve()
    })
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
    socket.on('connect', () => send(socket))
  })
  socket.destroy()
  return text
}

const hasBody = (text: string): boolean => text.includes('\r\n\r\n') && text.trimEnd().endsWith('}')
const statusLine = (text: string): string => text.slice(0, text.indexOf('\r\n'))
const head = (request: string, ...headers: readonly string[]): string =>
  [request, 'host: test', `authorization: ${elkhorn.authorization}`, ...headers, '', ''].join('\r\n')

async function expectUnharmed(): Promise<void> {
  const { status, json } = await elkhorn.call('GET', '/kept/_count')
  expect({ status, count: (json as { count: number }).count }).toEqual({ status: 200, count: 1 })
}

describe('bodies', () => {
  const MEGABYTE = 1024 * 1024
  const line = '{"index":{"_index":"never"}}\n{"text":"0123456789"}\n'
  const lines = Buffer.from(line.repeat(Math.ceil(MEGABYTE / line.length)))

  test('of 200 MB are refused before they are read', async () => {
    const answer = await raw((socket) => {
      socket.write(head('POST /_bulk HTTP/1.1', 'content-type: application/x-ndjson', `content-length: ${200 * MEGABYTE}`))
      socket.write(lines)
    }, hasBody)
    expect(statusLine(answer)).toBe('HTTP/1.1 413 Payload Too Large')
    expect(answer).toContain('content_too_long_exception')
    expect((await elkhorn.call('HEAD', '/never')).status).toBe(404)
    await expectUnharmed()
  })

  test('of 200 MB that do not say so are refused where the limit is', async () => {
    let sent = 0
    const answer = await raw((socket) => {
      socket.write(head('POST /_bulk HTTP/1.1', 'content-type: application/x-ndjson', 'transfer-encoding: chunked'))
      const push = (): void => {
        while (sent < 200 && !socket.destroyed) {
          sent += 1
          socket.write(`${lines.length.toString(16)}\r\n`)
          socket.write(lines)
          if (!socket.write('\r\n')) {
            socket.once('drain', push)
            return
          }
        }
      }
      push()
    }, hasBody)
    expect(statusLine(answer)).toBe('HTTP/1.1 413 Payload Too Large')
    expect((await elkhorn.call('HEAD', '/never')).status).toBe(404)
    await expectUnharmed()
  })

  test('that unpack to more than the limit are refused while unpacking', async () => {
    // 200 members of 4 MB each: 800 MB from less than a megabyte.
    const member = gzipSync(Buffer.alloc(4 * MEGABYTE, ' '))
    const bomb = Buffer.concat(Array.from({ length: 200 }, () => member))
    expect(bomb.length).toBeLessThan(MEGABYTE)
    const answer = await fetch(`${elkhorn.url}/_bulk`, {
      method: 'POST',
      headers: { authorization: elkhorn.authorization, 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
      body: bomb,
    })
    expect(answer.status).toBe(413)
    await answer.text()
    await expectUnharmed()
  })

  test.each([
    { name: 'not packed at all', body: Buffer.from('{"index":{}}\n{}\n'), encoding: 'gzip' },
    { name: 'packed and cut', body: gzipSync(lines).subarray(0, 500), encoding: 'gzip' },
    { name: 'packed in a way that nobody here knows', body: Buffer.from('x'), encoding: 'br' },
  ])('$name', async ({ body, encoding }) => {
    const answer = await fetch(`${elkhorn.url}/never/_bulk`, {
      method: 'POST',
      headers: { authorization: elkhorn.authorization, 'content-type': 'application/x-ndjson', 'content-encoding': encoding },
      body,
    })
    const { error, status } = (await answer.json()) as ErrorBody
    expect(status).toBe(answer.status)
    expect([400, 415]).toContain(answer.status)
    expect(error.reason).not.toBe('')
    expect((await elkhorn.call('HEAD', '/never')).status).toBe(404)
  })

  test('that are cut in the middle write nothing', async () => {
    await raw((socket) => {
      socket.write(head('POST /never/_bulk HTTP/1.1', 'content-type: application/x-ndjson', `content-length: ${lines.length}`))
      socket.write(lines.subarray(0, 100_000), () => socket.destroy())
    })
    await expectUnharmed()
    expect((await elkhorn.call('HEAD', '/never')).status).toBe(404)
  })

  test('whose last line never came are an error, and nothing of them is written', async () => {
    const { status, json } = await elkhorn.call('POST', '/never/_bulk', '{"index":{}}\n{"a":1}\n{"index":{}}\n{"a"')
    expect(status).toBe(400)
    expect((json as ErrorBody).error.reason).toContain('must be terminated by a newline')
    expect((await elkhorn.call('HEAD', '/never')).status).toBe(404)
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/pdf',
    'nonsense',
    '',
  ])('of type %j are 406', async (type) => {
    const answer = await fetch(`${elkhorn.url}/never/_doc/1`, {
      method: 'PUT',
      headers: { authorization: elkhorn.authorization, 'content-type': type },
      body: Buffer.from('{"a":1}'),
    })
    const text = await answer.text()
    expect(answer.status).toBe(406)
    expect(text).toContain('Content-Type header')
    expect((await elkhorn.call('HEAD', '/never')).status).toBe(404)
  })

  test('of deep nesting are refused and not followed to the end', async () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
    const { status } = await elkhorn.call('POST', '/never/_search', { query: { wrapper: { query: deep } } })
    expect(status).toBe(400)
    const answer = await fetch(`${elkhorn.url}/kept/_search`, {
      method: 'POST',
      headers: { authorization: elkhorn.authorization, 'content-type': 'application/json' },
      body: deep,
    })
    expect(answer.status).toBe(400)
    await answer.text()
    await expectUnharmed()
  })
})

test('clients that go away are forgotten', async () => {
  const searches = Array.from({ length: 50 }, () =>
    raw((socket) => {
      socket.write(head('GET /kept/_search HTTP/1.1'))
      setImmediate(() => socket.destroy())
    }),
  )
  expect(await Promise.all(searches)).toHaveLength(50)
  await expectUnharmed()
})

describe('paths', () => {
  test.each([
    { path: '/%2e%2e', reason: 'must not be' },
    { path: '/..%2f..%2fetc', reason: 'must not contain' },
    { path: '/a%00b', reason: 'must not contain' },
    { path: '/a%0ab', reason: 'must not contain' },
    { path: '/a%20b', reason: 'must not contain' },
    { path: '/a%23b', reason: "must not contain '#'" },
    { path: '/UPPER', reason: 'must be lowercase' },
    { path: '/_hidden', reason: "must not start with '_'" },
    { path: `/${'x'.repeat(256)}`, reason: 'index name is too long' },
    { path: `/${'%E6%BC%A2'.repeat(100)}`, reason: 'index name is too long' },
    { path: '/a%2Cb', reason: 'must not contain' },
    { path: '/a%3Ab', reason: "must not contain ':'" },
  ])('PUT $path is no index', async ({ path, reason }) => {
    const answer = await raw((socket) => socket.write(head(`PUT ${path} HTTP/1.1`, 'connection: close')))
    expect(statusLine(answer)).toBe('HTTP/1.1 400 Bad Request')
    expect(answer).toContain('invalid_index_name_exception')
    expect(answer).toContain(reason)
  })

  test.each(['/%zz', '/%', '/kept/_doc/%E0%A4%A', '/kept/_doc/%ff', '/kept/_search?q=%zz', '/kept/_search?%ff=1'])(
    'GET %s cannot be decoded',
    async (path) => {
      const answer = await raw((socket) => socket.write(head(`GET ${path} HTTP/1.1`, 'connection: close')))
      expect(statusLine(answer)).toBe('HTTP/1.1 400 Bad Request')
      expect(answer).toContain('"status":400')
    },
  )

  test.each(['/kept/_doc/../../_cluster/health', '/../../../../etc/passwd', '/kept/./_doc/1', '/kept/_doc/..%2f..%2fsecret'])(
    'GET %s leads nowhere else',
    async (path) => {
      const answer = await raw((socket) => socket.write(head(`GET ${path} HTTP/1.1`, 'connection: close')))
      expect(statusLine(answer)).toMatch(/^HTTP\/1\.1 (400|404) /)
      expect(answer).not.toContain('cluster_name')
    },
  )

  test('an id may be anything', async () => {
    for (const id of ['..', 'a/b', 'a?b', 'a#b', '%', 'ä漢😀', '\u0000', ' ', '<script>', "'; DROP TABLE x; --"]) {
      const put = await elkhorn.call('PUT', `/ids/_doc/${encodeURIComponent(id)}`, { id })
      // A URL parser takes a part that is two dots as the way up before it is sent.
      if (id === '..') continue
      expect({ id, status: put.status }).toEqual({ id, status: 201 })
      expect((await elkhorn.call('GET', `/ids/_doc/${encodeURIComponent(id)}`)).json).toMatchObject({ _id: id, _source: { id } })
    }
  })

  test('an id has a limit', async () => {
    const { status, json } = await elkhorn.call('PUT', `/ids/_doc/${'x'.repeat(513)}`, {})
    expect(status).toBe(400)
    expect((json as ErrorBody).error.reason).toContain('must be no longer than 512 bytes but was: 513')
  })
})

describe('requests that are no HTTP', () => {
  test.each([
    { name: 'no request line', text: 'nonsense\r\n\r\n' },
    { name: 'a version that never was', text: 'GET / HTTP/9.9\r\n\r\n' },
    { name: 'two lengths', text: 'POST /_bulk HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef' },
    {
      name: 'a length and chunks',
      text: 'POST /_bulk HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    },
    { name: 'a header without a name', text: 'GET / HTTP/1.1\r\n: x\r\n\r\n' },
    { name: 'a NUL in a header', text: 'GET / HTTP/1.1\r\nhost: a\u0000b\r\n\r\n' },
    { name: 'a method that is none', text: 'FETCH / HTTP/1.1\r\nhost: x\r\n\r\n' },
  ])('$name is 400', async ({ text }) => {
    expect(statusLine(await raw((socket) => socket.write(text)))).toBe('HTTP/1.1 400 Bad Request')
    await expectUnharmed()
  })

  test('headers beyond their limit are 431', async () => {
    const answer = await raw((socket) => socket.write(head('GET / HTTP/1.1', `x-much: ${'y'.repeat(100_000)}`)))
    expect(statusLine(answer)).toBe('HTTP/1.1 431 Request Header Fields Too Large')
    await expectUnharmed()
  })
})

describe('routes', () => {
  test('that are none are 400 and name themselves', async () => {
    for (const path of ['/kept/_nonsense', '/_nonsense/_nonsense', '/a/b/c/d/e']) {
      const { status, json } = await elkhorn.call('POST', path, {})
      expect(status).toBe(400)
      expect(json).toEqual({ error: `no handler found for uri [${path}] and method [POST]` })
    }
  })

  test('that have other methods are 405 and name those', async () => {
    const { status, json, headers } = await elkhorn.call('DELETE', '/_cluster/health')
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('GET')
    expect(json).toEqual({
      error: 'Incorrect HTTP method for uri [/_cluster/health] and method [DELETE], allowed: [GET]',
      status: 405,
    })
  })

  // Only the tables are of interest, so the parts that handlers work with may be missing.
  const tables = [
    ...routes,
    ...securityRoutes({} as never),
    ...apiKeyRoutes({} as never),
    ...elkhornRoutes({} as never, {} as never),
  ]
  const all = tables.flatMap(({ methods, paths, action }) =>
    methods.flatMap((method) => paths.map((path) => ({ method, path: path.replaceAll(/\{\w+\}/g, 'kept'), action }))),
  )

  test('are closed to those who do not say who they are, but for the liveness probe', async () => {
    const open: string[] = []
    for (const { method, path } of all) {
      const { status, headers, json } = await elkhorn.call(method, path, undefined, '')
      if (status !== 401) {
        open.push(`${method} ${path}`)
        continue
      }
      expect(headers.get('www-authenticate')).toContain('Basic realm="security"')
      const refusal: unknown = method === 'HEAD' ? HEAD_REFUSAL : json
      expect(refusal).toMatchObject({ error: { type: 'security_exception' }, status: 401 })
    }
    expect(open).toEqual(['GET /_elkhorn/live', 'HEAD /_elkhorn/live'])
  })

  test('are closed to those who may do nothing, but for what is about themselves', async () => {
    await elkhorn.call('PUT', '/_security/user/nobody', { password: 'nobody-password', roles: [] })
    const nobody = `Basic ${Buffer.from('nobody:nobody-password').toString('base64')}`
    const answers: string[] = []
    for (const { method, path } of all) {
      const { status, json } = await elkhorn.call(method, path, undefined, nobody)
      if (status === 403 && (method === 'HEAD' || (json as ErrorBody).error.type === 'security_exception')) continue
      answers.push(`${method} ${path} ${status}`)
    }
    expect(answers.sort()).toEqual(OPEN_TO_EVERY_USER)
  })
})

/** Stands for the body that an answer to HEAD does not have. */
const HEAD_REFUSAL = { error: { type: 'security_exception' }, status: 401 }

/** What a user without any privilege is answered, other than 403: what is about itself or its own, asked without a body. */
const OPEN_TO_EVERY_USER: readonly string[] = [
  'DELETE /_async_search/kept 404',
  'DELETE /_pit 400',
  'DELETE /_search/point_in_time 400',
  'DELETE /_search/point_in_time/_all 200',
  'DELETE /_search/scroll 400',
  'DELETE /_search/scroll/kept 404',
  'GET /_async_search/kept 404',
  'GET /_async_search/status/kept 404',
  'GET /_elkhorn/live 200',
  'GET /_search/point_in_time/_all 200',
  'GET /_security/_authenticate 200',
  'GET /_security/user/_has_privileges 400',
  'GET /_security/user/_privileges 200',
  'HEAD /_elkhorn/live 200',
  'POST /_security/user/_has_privileges 400',
  'POST /_security/user/_password 400',
  'PUT /_security/user/_password 400',
]

describe.skipIf(sharedPath('seeds/blocks') === undefined)('blocks of the seed documents, as they stand there', () => {
  const block = (name: string): Promise<string> => readFile(sharedPath(`seeds/blocks/${name}`) ?? '', 'utf8')

  test('0-10: an index template, and an index made from it', async () => {
    const text = await block('0-10-index-template.console')
    const [request = '', ...body] = text.split('\n')
    const [method = '', path = ''] = request.trim().split(' ')
    const put = await fetch(`${elkhorn.url}/${path}`, {
      method,
      headers: { authorization: elkhorn.authorization, 'content-type': 'application/json' },
      body: body.join('\n'),
    })
    expect(await put.json()).toEqual({ acknowledged: true })
    await elkhorn.call('PUT', '/iot-data-x/_doc/1?refresh=true', {
      location: { lat: 1, lon: 2 },
      temperature: 21.5,
      note: 'text that nobody mapped',
    })
    const { json } = await elkhorn.call('GET', '/iot-data-x')
    expect(json).toMatchObject({
      'iot-data-x': {
        mappings: {
          properties: {
            location: { type: 'geo_point' },
            temperature: { type: 'float' },
            note: { type: 'keyword', ignore_above: 256 },
            device: { properties: { id: { type: 'keyword' } } },
          },
        },
        settings: { index: { number_of_shards: '3', number_of_replicas: '1', refresh_interval: '5s' } },
      },
    })
  })

  test('1-01: a document, blanks at its line ends and all', async () => {
    const text = await block('1-01-document.json')
    const put = await fetch(`${elkhorn.url}/idx/_doc?refresh=true`, {
      method: 'POST',
      headers: { authorization: elkhorn.authorization, 'content-type': 'application/json' },
      body: text,
    })
    expect(put.status).toBe(201)
    const { _id: id } = (await put.json()) as { _id: string }
    const got = await elkhorn.call('GET', `/idx/_source/${id}`)
    expect(got.text).toBe(text)
    expect((await elkhorn.call('GET', '/idx/_mapping')).json).toEqual({
      idx: { mappings: { properties: { id: { type: 'long' }, timestamp: { type: 'long' }, temperature: { type: 'long' } } } },
    })
  })
})
