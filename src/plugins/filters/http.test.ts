import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEvent, type Event, type Fields } from '../../core/event.ts'
import type { FilterResult } from '../plugin.ts'
import { testContext } from '../test-context.ts'
import { http } from './http.ts'

let under = 0
let most = 0
let cut = 0
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  under += 1
  most = Math.max(most, under)
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    under -= 1
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://host')
    const { method, headers } = request
    const body = Buffer.concat(chunks).toString()
    const { authorization = null, 'x-line': line = null, 'content-type': type } = headers
    const asked = { method, type, line, authorization, query: Object.fromEntries(searchParams), body, limit: 20.5 }
    if (pathname === '/cut' && cut++ % 2 === 0) request.socket.destroy()
    else if (pathname === '/missing') response.writeHead(404).end('no such device')
    else if (pathname === '/text') response.end('  plain text\n')
    else {
      response.setHeader('content-type', 'application/json; charset=utf-8')
      response.end(pathname === '/broken' ? '{"a":' : JSON.stringify(asked))
    }
  })
})
let url = ''
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

async function run(
  options: object,
  ...fields: readonly Fields[]
): Promise<{ events: Event[]; results: readonly FilterResult[] }> {
  const filter = http.create(http.config.parse(options), testContext())
  if (!('processBatch' in filter)) throw new Error('the filter takes batches')
  await filter.open?.()
  const events = fields.map((one) => createEvent(one))
  return { events, results: await filter.processBatch(events, { add: () => undefined, addMatched: () => undefined }) }
}

test('everything of a request can refer to fields', async () => {
  const { events, results } = await run(
    {
      url: `${url}/devices/%{id}`,
      verb: 'POST',
      headers: { 'X-Line': '%{line}' },
      query: { q: 'a&%{id}' },
      body: { device: '%{id}', list: ['%{line}', 1] },
      body_format: 'json',
      user: 'anna',
      password: 'secret',
    },
    { id: 'press-07', line: '3' },
  )
  expect(results).toEqual(['matched'])
  expect(events[0]?.fields['http']).toEqual({
    response: {
      body: {
        content: {
          method: 'POST',
          type: 'application/json',
          line: '3',
          authorization: `Basic ${Buffer.from('anna:secret').toString('base64')}`,
          query: { q: 'a&press-07' },
          body: '{"device":"press-07","list":["3",1]}',
          limit: 20.5,
        },
      },
    },
  })
  expect(events[0]?.metadata).toMatchObject({
    filter: { http: { response: { headers: { 'content-type': 'application/json; charset=utf-8' } } } },
  })
})

test.each([
  { path: '/text', result: 'matched', fields: { body: 'plain text' } },
  { path: '/missing', result: 'unmatched', fields: { tags: ['_httprequestfailure'] } },
  { path: '/broken', result: 'matched', fields: { tags: ['_jsonparsefailure'] } },
  { path: '/cut', result: 'matched', fields: { body: expect.objectContaining({ method: 'GET' }) as unknown } },
])('$path', async ({ path, result, fields }) => {
  const { events, results } = await run({ url: url + path, ecs_compatibility: 'disabled', target_headers: '[@metadata][h]' }, {})
  expect(results).toEqual([result])
  expect(events[0]?.fields).toEqual(fields)
})

test('what changes something is not sent again, and what is no URL is not sent', async () => {
  cut = 0
  expect((await run({ url: `${url}/cut`, verb: 'POST' }, {})).results).toEqual(['unmatched'])
  expect(cut).toBe(1)
  expect((await run({ url: '%{nothing}' }, {})).events[0]?.fields['tags']).toEqual(['_httprequestfailure'])
})

test('no more at once than was said, each answer to its event', async () => {
  most = 0
  const fields = Array.from({ length: 40 }, (_, n) => ({ n }))
  const { events } = await run({ url, query: { n: '%{n}' }, pool_max: 3, target_body: 'answer' }, ...fields)
  expect(events.map((event) => (event.fields['answer'] as { query: { n: string } }).query.n)).toEqual(
    fields.map(({ n }) => `${n}`),
  )
  expect(most).toBeLessThanOrEqual(3)
})
