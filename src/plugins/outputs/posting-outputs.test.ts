import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createEvent, type Event } from '../../core/event.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { codecs } from '../codecs/index.ts'
import type { Output } from '../plugin.ts'
import { EXAMPLE_NOW, testContext } from '../test-context.ts'
import { startInput, stopInputs } from '../test-input.ts'
import { outputs } from './index.ts'

/** Outputs that post to services, over real HTTP: what these are asked, and what becomes of what they refuse. */

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step()
})

interface Seen {
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A service that answers with these statuses in turn, the last one again and again. */
async function serve(...statuses: number[]): Promise<{ readonly port: number; readonly seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      seen.push({ url: request.url ?? '', headers: request.headers, body })
      response.writeHead((statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200).end('told why')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)))
  return { port: (server.address() as AddressInfo).port, seen }
}

const letters: { readonly fields: unknown; readonly reason: string }[] = []

async function open(name: string, options: object): Promise<Output> {
  const plugin = outputs.find((one) => one.name === name)
  const codec = codecs.find((one) => one.name === plugin?.defaultCodec)
  if (plugin === undefined || codec === undefined) throw new Error(name)
  const output = plugin.create(plugin.config.parse(options), {
    ...testContext(),
    codec: codec.create(codec.config.parse({}), testContext()),
    signal: new AbortController().signal,
    deadLetter(event, { reason }) {
      letters.push({ fields: event.fields, reason })
      return Promise.resolve()
    },
  })
  await output.start?.()
  return output
}

const events = (...all: Event['fields'][]): Event[] =>
  all.map((fields) => createEvent({ '@timestamp': new Timestamp(EXAMPLE_NOW), ...fields }))

const MILLIS = '1714557600000'

test('influxdb: lines with tags, types and times; what fails for the moment is sent again', async () => {
  const { port, seen } = await serve(503, 204)
  const output = await open('influxdb', {
    host: '127.0.0.1',
    port,
    db: 'plant',
    measurement: 'm %{kind}',
    data_points: { device: '%{id}', t: '%{t}', n: '%{n}', note: '%{note}' },
    coerce_values: { t: 'float', n: 'integer' },
    send_as_tags: ['device'],
  })
  await output.write(events({ kind: 'a', id: 'x, y', t: 1.5, n: 3, note: 'say "hi"' }))
  expect(seen.map(({ url }) => url)).toEqual(Array(2).fill('/write?db=plant&rp=autogen&precision=ms'))
  expect(seen[1]?.body).toBe(`m\\ a,device=x\\,\\ y t=1.5,n=3i,note="say \\"hi\\"" ${MILLIS}`)
})

test('influxdb: all fields, and seconds', async () => {
  const { port, seen } = await serve(204)
  const options = {
    host: '127.0.0.1',
    port,
    use_event_fields_for_data_points: true,
    time_precision: 's',
    exclude_fields: ['@timestamp', 'secret'],
  }
  const output = await open('influxdb', options)
  await output.write(events({ host: 'web', up: true, load: float(2), secret: 's', nested: { a: 1 } }, { host: 'nothing else' }))
  expect(seen[0]?.body).toBe('logstash,host=web up=true,load=2 1714557600')
})

test.each([
  { precision: 'n', want: '1714557600123456789' },
  { precision: 'u', want: '1714557600123456' },
  { precision: 'ms', want: '1714557600123' },
  { precision: 's', want: '1714557600' },
  { precision: 'm', want: '28575960' },
  { precision: 'h', want: '476266' },
])('influxdb: a time to the $precision is exact', async ({ precision, want }) => {
  const { port, seen } = await serve(204)
  const options = {
    host: '127.0.0.1',
    port,
    data_points: { a: '%{a}' },
    coerce_values: { a: 'float' },
    time_precision: precision,
  }
  const output = await open('influxdb', options)
  await output.write([createEvent({ '@timestamp': new Timestamp(EXAMPLE_NOW + 123, 456_789), a: 1 })])
  expect(seen[0]?.body).toBe(`logstash a=1 ${want}`)
})

test('influxdb: what an event says wrong harms no other', async () => {
  const { port, seen } = await serve(204)
  const options = {
    host: '127.0.0.1',
    port,
    measurement: '%{m}',
    data_points: { n: '%{n}', time: '%{at}' },
    coerce_values: { n: 'integer' },
    allow_time_override: true,
  }
  const output = await open('influxdb', options)
  await output.write(events({ m: 'a', n: '1e999' }, { m: 'b\nevil x=1', n: 2, at: 5 }, { m: 'c', n: 'x', at: float(7.9) }))
  expect(seen[0]?.body.split('\n')).toEqual([`a n=0i ${MILLIS}`, 'b\\ evil\\ x=1 n=2i 5', 'c n=0i 7'])
})

test('of a batch that is too large or wrong only the events that are refused alone become dead letters', async () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    void request.toArray().then((parts: Buffer[]) => {
      const body = Buffer.concat(parts).toString()
      const logs = (JSON.parse(body) as { readonly logs: readonly { readonly message: string }[] }[])[0]?.logs ?? []
      seen.push(logs.map(({ message }) => message).join(''))
      response.writeHead(logs.length > 2 ? 413 : body.includes('"d"') ? 400 : 202).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)))
  const output = await open('newrelic', {
    license_key: 'k',
    base_uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })
  await output.write(events({ message: 'a' }, { message: 'b' }, { message: 'c' }, { message: 'd' }))
  expect(seen).toEqual(['abcd', 'ab', 'cd', 'c', 'd'])
  expect(letters.splice(0)).toMatchObject([{ fields: { message: 'd' }, reason: 'the server answers 400: ' }])
})

test('loki: a stream for each set of labels', async () => {
  const { port, seen } = await serve(204)
  const options = {
    url: `http://127.0.0.1:${port}/loki/api/v1/push`,
    include_fields: ['[host][name]', 'level'],
    tenant_id: 't',
    username: 'u',
    password: 'p',
  }
  const output = await open('loki', options)
  await output.write(
    events({ host: { name: 'web' }, message: 'a' }, { host: { name: 'web' }, message: 'b' }, { level: 'warn', other: 1 }),
  )
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
    streams: [
      {
        stream: { host_name: 'web' },
        values: [
          [`${MILLIS}000000`, 'a'],
          [`${MILLIS}000000`, 'b'],
        ],
      },
      {
        stream: { level: 'warn' },
        values: [[`${MILLIS}000000`, '{"@timestamp":"2024-05-01T10:00:00.000Z","level":"warn","other":1}']],
      },
    ],
  })
  expect(seen[0]?.headers).toMatchObject({ 'x-scope-orgid': 't', authorization: 'Basic dTpw' })
})

test('newrelic: what is refused for good becomes dead letters', async () => {
  const { port, seen } = await serve(400)
  const output = await open('newrelic', { license_key: 'key', base_uri: `http://127.0.0.1:${port}/log/v1` })
  await output.write(events({ message: 'a', level: 'info' }))
  expect(seen[0]?.headers).toMatchObject({ 'x-license-key': 'key' })
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject([
    { logs: [{ timestamp: EXAMPLE_NOW, message: 'a', attributes: { level: 'info' } }] },
  ])
  expect(letters.splice(0)).toMatchObject([{ fields: { message: 'a' }, reason: 'the server answers 400: told why' }])
})

test('azure_loganalytics: requests are signed with the key of the workspace', async () => {
  const { port, seen } = await serve(200)
  const options = {
    customer_id: 'ws',
    shared_key: 'c2VjcmV0',
    log_type: 'plant_%{kind}',
    key_names: ['message'],
    endpoint: `http://127.0.0.1:${port}`,
  }
  const output = await open('azure_loganalytics', options)
  await output.write(events({ kind: 'a', message: 'x' }))
  expect(seen).toMatchObject([
    {
      url: '/api/logs?api-version=2016-04-01',
      body: '[{"message":"x"}]',
      headers: { 'log-type': 'plant_a', 'x-ms-date': 'Wed, 01 May 2024 10:00:00 GMT', authorization: SIGNATURE },
    },
  ])
})

/** `openssl dgst -sha256 -hmac secret -binary | base64` of the text that the API's documentation says. */
const SIGNATURE = 'SharedKey ws:tf9M4w9ZuDRPQoIN7Qp2clm3dVyp7t4pFlQAHAFA5f4='

test('logentries: a line for each event, with the token', async () => {
  let said = ''
  const server = createTcpServer((socket) => socket.on('data', (bytes: Buffer) => (said += bytes.toString()))).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)))
  const output = await open('logentries', {
    token: 'T',
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    ssl_enable: false,
  })
  await output.write([createEvent({ a: 1 }), createEvent({ a: 2 })])
  await expect.poll(() => said).toBe('T {"a":1}\nT {"a":2}\n')
  await output.close?.()
})

test('logstash: an input gets the events as they are, with what it wants to know', async () => {
  const { port, fields, outcome } = await startInput('logstash', { ssl_enabled: false, username: 'u', password: 'p' })
  const output = await open('logstash', { hosts: [`127.0.0.1:${port}`], ssl_enabled: false, username: 'u', password: 'p' })
  const first = { message: 'a', tags: ['x'], n: float(2), host: { name: 'web' } }
  outcome.error = new Error('the store is gone')
  const written = output.write(events(first, { message: 'b' }))
  await expect.poll(() => fields().length).toBe(2)
  outcome.error = undefined
  await written
  const time = { '@timestamp': '2024-05-01T10:00:00.000Z' }
  expect(fields().slice(2)).toEqual([
    { ...time, message: 'a', tags: ['x'], n: 2, host: { name: 'web' } },
    { ...time, message: 'b' },
  ])
  const stranger = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: '[{"message":"c"}]' })
  expect(stranger.status).toBe(401)
  expect(fields()).toHaveLength(4)
  await stopInputs()
})
