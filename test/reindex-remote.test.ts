import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// Documents of one cluster are copied to another, which has allowed it.

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-remote-'))
let from: RunningElkhorn
let to: RunningElkhorn
beforeAll(async () => {
  from = await startElkhorn(join(folder, 'from'))
  to = await startElkhorn(join(folder, 'to'), [
    '--no-sample',
    '--set',
    'reindex.remote.whitelist=127.0.0.1:*,old.example.org:9200',
  ])
  const lines = Array.from({ length: 250 }, (_, n) => {
    const meta = { index: { _index: 'readings', _id: `r${n}`, version: 7, version_type: 'external', routing: `line-${n % 3}` } }
    return `${JSON.stringify(meta)}\n{"n":${n},"exact":20.0,"large":9007199254740993,"text":"zäöü \\u0001"}\n`
  })
  await from.call('POST', '/_bulk?refresh=true', lines.join(''))
}, 120_000)
afterAll(async () => {
  await from?.stop()
  await to?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const reindex = async (source: object, dest: object, params = ''): Promise<Record<string, unknown>> =>
  (await to.call('POST', `/_reindex?refresh=true${params}`, { source, dest })).json
const remote = (host = from.url, more: object = {}): object => ({ host, username: 'elastic', password: PASSWORD, ...more })

test('what a query finds is copied in pages, with routing and versions and every digit', async () => {
  const source = { remote: remote(), index: 'readings', size: 40, query: { range: { n: { gte: 100 } } } }
  const answer = await reindex(source, { index: 'copied', version_type: 'external' })
  expect(answer).toMatchObject({ total: 150, created: 150, updated: 0, batches: 4, failures: [] })
  const { json } = await to.call('GET', '/copied/_doc/r101?routing=line-2')
  expect(json).toMatchObject({ _version: 7, _routing: 'line-2', found: true })
  expect((await to.call('GET', '/copied/_source/r101?routing=line-2')).text).toBe(
    String.raw`{"n":101,"exact":20.0,"large":9007199254740993,"text":"zäöü \u0001"}`,
  )
  expect((await to.call('GET', '/copied/_mapping')).json).toMatchObject({
    copied: { mappings: { properties: { exact: { type: 'float' }, large: { type: 'long' } } } },
  })
})

test('a script changes what is copied, max_docs ends it, and it is a task', async () => {
  const source = { remote: remote(), index: 'readings', sort: { n: 'desc' } }
  const body = { source, dest: { index: 'some' }, max_docs: 10, script: { source: 'ctx._source.n += 1000' } }
  const { json } = await to.call('POST', '/_reindex?wait_for_completion=false', body)
  const { task } = json as { task: string }
  await expect.poll(async () => (await to.call('GET', `/_tasks/${task}`)).json as object).toMatchObject({ completed: true })
  await to.call('POST', '/some/_refresh')
  const search = (await to.call('GET', '/some/_search?sort=n&size=100')).json as { hits: { hits: { _source: { n: number } }[] } }
  expect(search.hits.hits.map(({ _source }) => _source.n)).toEqual(Array.from({ length: 10 }, (_, n) => 1240 + n))
})

test.each([
  ['a cluster that is not allowed', { host: 'http://elsewhere:9200' }, 400, 'not whitelisted'],
  ['an address without a port', { host: 'http://127.0.0.1' }, 400, 'must be of the form'],
  ['a protocol that is none', { host: 'ftp://127.0.0.1:21' }, 400, 'http or https'],
  ['a password that is wrong', { password: 'wrong' }, 401, 'unable to authenticate user'],
  ['a cluster that is not there', { host: 'http://127.0.0.1:1' }, 500, 'ECONNREFUSED'],
])('%s is told', async (_, wrong, status, reason) => {
  const answer = await reindex({ remote: remote(undefined, wrong), index: 'readings' }, { index: 'none' })
  expect(answer).toMatchObject({ status, error: { reason: expect.stringContaining(reason) } })
  expect((await to.call('HEAD', '/none')).status).toBe(404)
})

test('slices are for local copies', async () => {
  const answer = await reindex({ remote: remote(), index: 'readings' }, { index: 'none' }, '&slices=2')
  expect(answer).toMatchObject({
    status: 400,
    error: { reason: expect.stringContaining("reindex from remote sources doesn't support slices > 1 but was [2]") },
  })
})

test('errors of the other cluster are passed on, and its place is given back', async () => {
  const asked: string[] = []
  const other = await serve(async (request) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`)
    await text(request)
    if (request.method === 'DELETE') return [200, {}]
    if (asked.length > 1) return [503, { error: 'too busy' }]
    return [200, { _scroll_id: 's1', hits: { total: 2, hits: [{ _index: 'a', _id: '1', _source: { n: 1 } }] } }]
  })
  const { port } = other.address() as AddressInfo
  const answer = await reindex({ remote: { host: `http://127.0.0.1:${port}` }, index: 'a b' }, { index: 'half' })
  expect(answer).toMatchObject({ status: 503, error: { type: 'status_exception', reason: 'body={"error":"too busy"}' } })
  expect(asked).toEqual(['POST /a%20b/_search', 'POST /_search/scroll', 'DELETE /_search/scroll'])
  other.close()
})

async function serve(answer: (request: IncomingMessage) => Promise<readonly [status: number, json: object]>): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request).then(([status, json]) => response.writeHead(status).end(JSON.stringify(json)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
