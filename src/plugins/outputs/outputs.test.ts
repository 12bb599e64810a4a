import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEvent, type Event } from '../../core/event.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { GelfReader } from '../../protocols/gelf/datagrams.ts'
import { encodeLumberjackAck, frameJson, LumberjackReader } from '../../protocols/lumberjack/frames.ts'
import { pluginTables } from '../tables.ts'
import { testContext } from '../test-context.ts'
import { startInput, stopInputs } from '../test-input.ts'
import type { Output, OutputContext } from '../plugin.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-outputs-'))
})
afterAll(() => rm(folder, { recursive: true }))

const letters: { readonly event: Event; readonly status: number | undefined }[] = []

function output(name: string, options: object, codecName?: string): Output {
  const plugin = pluginTables.outputs.find((one) => one.name === name)
  const codecPlugin = pluginTables.codecs.find((one) => one.name === (codecName ?? plugin?.defaultCodec))
  if (plugin === undefined || codecPlugin === undefined) throw new Error(name)
  const context: OutputContext = {
    ...testContext(),
    codec: codecPlugin.create(codecPlugin.config.parse({}), testContext()),
    signal: new AbortController().signal,
    deadLetter: (event, { status }) => {
      letters.push({ event, status })
      return Promise.resolve()
    },
  }
  return plugin.create(plugin.config.parse(options), context)
}

const events = (...fields: Event['fields'][]): Event[] => fields.map((one) => createEvent(one))

test('file: a file for each value, none outside of the folder, compressed when asked', async () => {
  const one = output('file', { path: join(folder, '%{name}.log') })
  await one.write(events({ name: 'a', v: 1 }, { name: 'b', v: 2 }, { name: 'a', v: 3 }, { name: '../../evil', v: 4 }))
  await one.close?.()
  expect(await readFile(join(folder, 'a.log'), 'utf8')).toBe('{"name":"a","v":1}\n{"name":"a","v":3}\n')
  expect(await readFile(join(folder, 'b.log'), 'utf8')).toBe('{"name":"b","v":2}\n')
  expect(await readFile(join(folder, '_filepath_failures'), 'utf8')).toContain('"v":4')
  const lines = output('file', { path: join(folder, 'lines.log'), message_format: '%{name}: %{v}' })
  await lines.write(events({ name: 'a', v: 1 }))
  await lines.close?.()
  expect(await readFile(join(folder, 'lines.log'), 'utf8')).toBe('a: 1\n')
  const zipped = output('file', { path: join(folder, 'z.gz'), gzip: true })
  await zipped.write(events({ v: 1 }))
  await zipped.write(events({ v: 2 }))
  await zipped.close?.()
  expect(gunzipSync(await readFile(join(folder, 'z.gz'))).toString()).toBe('{"v":1}\n{"v":2}\n')
})

test('csv: columns in order, formulas made harmless', async () => {
  const one = output('csv', { path: join(folder, 't.csv'), fields: ['a', '[b][c]', 'x'] })
  await one.write(events({ a: 'p,q', b: { c: -1.5 }, x: '=SUM(A1)' }, { a: 2 }))
  await one.close?.()
  expect(await readFile(join(folder, 't.csv'), 'utf8')).toBe('"p,q",-1.5,\'=SUM(A1)\n2,,\n')
})

test('http: one request for each event; refused ones are kept; those that failed are sent again', async () => {
  const bodies: string[] = []
  let failing = 1
  const server = createHttpServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      response.statusCode = body.includes('bad') ? 400 : failing-- > 0 ? 503 : 200
      if (response.statusCode === 200) bodies.push(`${request.method} ${request.url} ${String(request.headers['x-id'])} ${body}`)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/%{id}`
  const one = output('http', { url, http_method: 'post', headers: { 'x-id': '%{id}' }, mapping: { value: '%{v}' } })
  await one.write(events({ id: 1, v: 'x' }))
  await one.write(events({ id: 2, v: 'bad' }))
  await one.close?.()
  server.close()
  expect(bodies).toEqual(['POST /1 1 {"value":"x"}'])
  expect(letters.map(({ event, status }) => [event.fields['id'], status])).toEqual([[2, 400]])
})

test('tcp: sends again what a connection lost', async () => {
  const received: string[] = []
  const server = createServer((socket) => socket.on('data', (chunk: Buffer) => received.push(chunk.toString()))).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const one = output('tcp', { host: '127.0.0.1', port, reconnect_interval: 0.05 }, 'json_lines')
  await one.start?.()
  await one.write(events({ v: 1 }, { v: 2 }))
  await expect.poll(() => received.join('')).toBe('{"v":1}\n{"v":2}\n')
  await one.close?.()
  server.close()
})

test('udp: a packet for each event', async () => {
  const received: string[] = []
  const socket = createSocket('udp4').on('message', (bytes) => received.push(bytes.toString()))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const one = output('udp', { host: '127.0.0.1', port: socket.address().port })
  await one.write(events({ v: 1 }, { v: 2 }))
  await expect.poll(() => received.toSorted()).toEqual(['{"v":1}', '{"v":2}'])
  await one.close?.()
  socket.close()
})

test('exec: a command for each event, whatever the event holds', async () => {
  const file = join(folder, 'exec.txt')
  const one = output('exec', { command: `printf '%s\\n' "%{m}" >> ${file}` })
  await one.write(events({ m: '$(id)' }, { m: '"; exit 1; "' }))
  expect(await readFile(file, 'utf8')).toBe('$(id)\n"; exit 1; "\n')
})

test('pipe: a program for each value, started again when it ended', async () => {
  const one = output('pipe', { command: `head -n 2 >> "${folder}/%{name}.piped"`, message_format: '%{v}' })
  await one.write(events({ name: 'a', v: 1 }, { name: 'b', v: 2 }, { name: 'a', v: 3 }))
  await expect.poll(() => readFile(join(folder, 'a.piped'), 'utf8')).toBe('1\n3\n')
  await one.write(events({ name: 'b', v: 4 }))
  await one.close?.()
  expect(await readFile(join(folder, 'b.piped'), 'utf8')).toBe('2\n4\n')
})

test('graphite: lines of name, value and second; what is no number is left out', async () => {
  let received = ''
  const server = createServer((socket) => socket.on('data', (chunk: Buffer) => (received += chunk.toString())))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const at = new Timestamp(1_700_000_000_999)
  const named = output('graphite', { host: '127.0.0.1', port, metrics: { 'plant.%{id}.t': '%{t}', 'plant.%{none}': '1' } })
  await named.write(events({ '@timestamp': at, id: 'p 1', t: 20.5 }, { '@timestamp': at, id: 'p2', t: 'hot' }))
  const all = output('graphite', {
    host: '127.0.0.1',
    port,
    fields_are_metrics: true,
    metrics_format: 'x.*',
    exclude_metrics: 'port',
  })
  await all.write(events({ '@timestamp': at, a: { b: 1, port: 2 }, text: '3' }))
  await expect.poll(() => received.split('\n').toSorted()).toEqual(['', 'plant.p_1.t 20.5 1700000000', 'x.a.b 1 1700000000'])
  for (const one of [named, all]) await one.close?.()
  server.close()
})

/** A socket that takes datagrams, and what came. */
async function receiver(): Promise<{ readonly port: number; readonly datagrams: Buffer[]; readonly close: () => void }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const datagrams: Buffer[] = []
  socket.on('message', (datagram) => datagrams.push(datagram))
  return { port: socket.address().port, datagrams, close: () => socket.close() }
}

test('statsd: counters, gauges, sets and times', async () => {
  const { port, datagrams, close } = await receiver()
  const one = output('statsd', {
    host: '127.0.0.1',
    port,
    sender: 'web.1',
    increment: ['status.%{status}'],
    decrement: 'left',
    count: { bytes: '%{bytes}' },
    gauge: { queue: '%{queue}' },
    set: { users: '%{user}' },
    timing: { 'time:x': '%{ms}' },
    sample_rate: 0.5,
  })
  const event = { status: 200, bytes: 512, queue: 3, user: 'a|b', ms: 20.5 }
  await one.write(events(event, event))
  await expect
    .poll(() => datagrams.join('').split('\n'))
    .toEqual([
      'logstash.web_1.status.200:1|c|@0.5',
      'logstash.web_1.left:-1|c|@0.5',
      'logstash.web_1.bytes:512|c|@0.5',
      'logstash.web_1.queue:3|g',
      'logstash.web_1.users:a_b|s',
      'logstash.web_1.time_x:20.5|ms|@0.5',
      '',
    ])
  await one.close?.()
  close()
})

test('gelf: what the input reads again, in chunks where it is long', async () => {
  const { port, datagrams, close } = await receiver()
  const one = output('gelf', { host: '127.0.0.1', port, chunksize: 200, custom_fields: { place: 'hall %{hall}' } })
  const long = Array.from({ length: 400 }, (_, n) => (n * 7919) % 1000).join(' ')
  const at = new Timestamp(1_700_000_000_500)
  await one.write(
    events({
      '@timestamp': at,
      host: 'press',
      severity: 'error',
      message: long,
      hall: 3,
      device: { id: 'p-1' },
      tags: ['a', 'b'],
    }),
  )
  const reader = new GelfReader()
  let message: string | undefined
  await expect
    .poll(() => {
      for (const datagram of datagrams.splice(0)) message ??= reader.read(datagram, '127.0.0.1', 0)
      return message
    })
    .toBeDefined()
  expect(JSON.parse(message ?? '')).toEqual({
    version: '1.1',
    host: 'press',
    short_message: long,
    full_message: long,
    timestamp: 1_700_000_000.5,
    level: 3,
    _hall: 3,
    _device_id: 'p-1',
    _tags: 'a,b',
    _place: 'hall 3',
  })
  await one.close?.()
  close()
})

test.each([
  { name: 'amazon_es', login: { region: 'eu-west-1', aws_access_key_id: 'KEY', aws_secret_access_key: 'SECRET' } },
  {
    name: 'opensearch',
    login: { auth_type: { type: 'aws_iam', region: 'eu-west-1', aws_access_key_id: 'KEY', aws_secret_access_key: 'SECRET' } },
  },
])('$name: requests to a domain of Amazon are signed, with their body', async ({ name, login }) => {
  const seen: { readonly url: string | undefined; readonly authorization: string | undefined; readonly body: string }[] = []
  const server = createHttpServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      seen.push({ url: request.url, authorization: request.headers.authorization, body: Buffer.concat(parts).toString() })
      response.end(request.url === '/_bulk' ? '{"items":[{"index":{"_index":"a","_id":"1","status":201}}]}' : '{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const one = output(name, {
    hosts: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    index: 'a',
    action: 'index',
    ...login,
  })
  await one.write(events({ message: 'x' }))
  await one.close?.()
  server.close()
  const signature =
    /^AWS4-HMAC-SHA256 Credential=KEY\/\d{8}\/eu-west-1\/es\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/
  expect(seen.map(({ url }) => url)).toEqual(['/', '/_bulk'])
  for (const { authorization } of seen) expect(authorization).toMatch(signature)
  expect(seen[1]?.body).toContain('{"message":"x"}')
})

test('lumberjack: a beats input gets the events, and again what it could not store', async () => {
  const { port, fields, outcome } = await startInput('beats', {})
  const one = output('lumberjack', { hosts: [`127.0.0.1:${port}`], reconnect_interval: 0.01 })
  await one.write(events({ message: 'a' }, { message: 'b' }))
  expect(fields()).toMatchObject([{ message: 'a' }, { message: 'b' }])
  outcome.error = new Error('the store is gone')
  const written = one.write(events({ message: 'c' }))
  await expect.poll(() => fields().length).toBeGreaterThan(3)
  outcome.error = undefined
  await written
  expect(fields().at(-1)).toMatchObject({ message: 'c' })
  await one.close?.()
  await stopInputs()
})

test('lumberjack: windows that are on their way together are acknowledged one by one, however many follow each other', async () => {
  const windows: { readonly texts: readonly string[]; readonly acknowledge: () => void }[] = []
  const server = createServer((socket) => {
    const reader = new LumberjackReader()
    const read = async (bytes: Buffer): Promise<void> => {
      for await (const frames of reader.frames(bytes)) {
        const texts = frames.flatMap((frame) => (frame.kind === 'json' ? [frameJson(frame)] : []))
        if (texts.length > 0) windows.push({ texts, acknowledge: () => socket.write(encodeLumberjackAck(2, texts.length)) })
      }
    }
    socket.on('error', () => undefined).on('data', (bytes) => void read(bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const one = output('lumberjack', { hosts: [`127.0.0.1:${(server.address() as AddressInfo).port}`] })
  const warnings: Error[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning)
  process.on('warning', onWarning)

  const done: string[] = []
  const write = (name: string) => one.write(events({ name })).then(() => done.push(name))
  const both = [write('a'), write('b')]
  await expect.poll(() => windows.length).toBe(2)
  const second = windows.find(({ texts }) => texts[0]?.includes('"b"') === true)
  second?.acknowledge()
  await both[1]
  expect(done).toEqual(['b'])
  windows.find((window) => window !== second)?.acknowledge()
  await both[0]

  for (let i = 2; i < 20; i++) {
    const written = write(`${i}`)
    await expect.poll(() => windows.length).toBe(i + 1)
    windows[i]?.acknowledge()
    await written
  }
  await new Promise(setImmediate)
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
  await one.close?.()
  server.close()
})

test('tcp: batches that are written together share one connection', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined).resume())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const one = output('tcp', { host: '127.0.0.1', port: (server.address() as AddressInfo).port }, 'json_lines')
  await Promise.all([one.write(events({ n: 1 })), one.write(events({ n: 2 })), one.write(events({ n: 3 }))])
  await expect.poll(() => sockets.map(({ bytesRead }) => bytesRead)).toEqual(['{"n":1}\n'.length * 3])
  await one.close?.()
  await new Promise((resolve) => server.close(resolve))
})
