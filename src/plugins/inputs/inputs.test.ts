import { createSocket } from 'node:dgram'
import { mkdtemp, readFile, rm, truncate, writeFile, appendFile, rename } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { printFields } from '../../core/event-json.ts'
import type { Event } from '../../core/event.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { codecs } from '../codecs/index.ts'
import type { Input, InputContext, Settled } from '../plugin.ts'
import { testContext } from '../test-context.ts'
import { inputs } from './index.ts'

/** What an input handed over. Tests say when it is settled. */
class Collector {
  readonly events: Event[] = []
  readonly settle: Settled[] = []
  /** Settles at once with this; `undefined` waits for the test. */
  outcome: { readonly error: Error | undefined } | undefined = { error: undefined }
  #waiting: (() => void)[] = []

  push(events: readonly Event[], settled?: Settled): boolean {
    this.events.push(...events)
    if (settled !== undefined) {
      if (this.outcome === undefined) this.settle.push(settled)
      else settled(this.outcome.error)
    }
    for (const wake of this.#waiting.splice(0)) wake()
    return true
  }

  /** Called by inputs that wait for room; by itself there is always some. */
  room: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()

  ready(signal: AbortSignal): Promise<void> {
    return this.room(signal)
  }

  async count(wanted: number): Promise<readonly Event[]> {
    while (this.events.length < wanted) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.events
  }

  /** Fields of the events so far. */
  get fields(): unknown[] {
    return this.events.map((event) => JSON.parse(printFields(event.fields)) as unknown)
  }
}

const started: { input: Input; folder: string | undefined }[] = []
afterEach(async () => {
  const all = started.splice(0)
  for (const { input } of all) {
    await input.stop()
    await input.close?.()
  }
  for (const { folder } of all) if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/** @param codec its name, or name and options */
async function start(
  name: string,
  config: Record<string, unknown>,
  codec?: string | { readonly name: string; readonly options: object },
  folder?: string,
) {
  const plugin = inputs.find((input) => input.name === name)
  const { name: codecName, options } = typeof codec === 'object' ? codec : { name: codec ?? plugin?.defaultCodec, options: {} }
  const codecPlugin = codecs.find((one) => one.name === codecName)
  if (plugin === undefined || codecPlugin === undefined) throw new Error('no such plug-in')
  const base = { ...testContext(), ...(folder === undefined ? {} : { dataDir: folder }) }
  const context: InputContext = { ...base, codec: codecPlugin.create(codecPlugin.config.parse(options), base) }
  await context.codec.open?.()
  const input = plugin.create(plugin.config.parse(config), context)
  const collector = new Collector()
  await input.start(collector)
  started.push({ input, folder })
  return { input, collector, port: input.port ?? 0 }
}

/** Sends bytes and answers what came back until the other end closed, or until `enough` bytes came. */
function talk(port: number, parts: readonly Uint8Array[], enough = Infinity): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    const got: Buffer[] = []
    const done = (): void => resolve(Buffer.concat(got))
    socket.on('data', (chunk: Buffer) => {
      got.push(chunk)
      if (Buffer.concat(got).length < enough) return
      socket.destroy()
      done()
    })
    socket.on('error', done)
    socket.on('close', done)
    for (const part of parts) socket.write(part)
    if (enough === Infinity && parts.length > 0) socket.end()
  })
}

describe('http', () => {
  const post = (port: number, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/data`, { method: 'POST', body, headers })

  test('a JSON document, its headers, and the answer once it is stored', async () => {
    const { collector, port } = await start('http', { port: 0 }, 'json')
    const response = await post(port, '{"a":1}', { 'X-Device-Id': 'dev-1', 'content-type': 'application/json' })
    expect([response.status, await response.text()]).toEqual([200, 'ok'])
    const [event] = collector.events
    expect(event?.fields).toMatchObject({ a: 1, host: { ip: '127.0.0.1' }, url: { path: '/data' }, http: { method: 'POST' } })
    expect(event?.metadata).toMatchObject({ input: { http: { request: { headers: { x_device_id: 'dev-1' } } } } })
    // As files from before ECS ask for it; and it is not stored.
    if (event === undefined) throw new Error('no event')
    expect(compileTemplate('%{[headers][x-device-id]} %{[headers][x_device_id]}').print(event)).toBe('dev-1 dev-1')
    expect(printFields(event.fields)).not.toContain('x_device_id')
  })

  test.each([
    { name: 'compressed', body: () => gzipSync('{"a":2}'), headers: { 'content-encoding': 'gzip' }, status: 200, events: 1 },
    { name: 'not what it says', body: () => Buffer.from('x'), headers: { 'content-encoding': 'gzip' }, status: 400, events: 0 },
    { name: 'too large', body: () => Buffer.alloc(2000), headers: {}, status: 413, events: 0 },
    {
      name: 'a bomb',
      body: () => gzipSync(Buffer.alloc(100_000)),
      headers: { 'content-encoding': 'gzip' },
      status: 413,
      events: 0,
    },
  ])('a body that is $name', async ({ body, headers, status, events }) => {
    const { collector, port } = await start('http', { port: 0, max_content_length: 1000 }, 'json')
    expect((await post(port, body(), headers)).status).toBe(status)
    expect(collector.events).toHaveLength(events)
  })

  test('events that could not be stored', async () => {
    const { collector, port } = await start('http', { port: 0 })
    collector.outcome = { error: new Error('disk full') }
    expect((await post(port, 'x')).status).toBe(503)
  })

  test('a user name and a password', async () => {
    const { port } = await start('http', { port: 0, user: 'anna', password: 'secret' })
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
    expect((await post(port, 'x')).status).toBe(401)
    expect((await post(port, 'x', { authorization: basic('anna:other') })).status).toBe(401)
    expect((await post(port, 'x', { authorization: basic('anna:secret') })).status).toBe(200)
  })
})

describe('tcp', () => {
  test('lines, with the last one that has no end', async () => {
    const { collector, port } = await start('tcp', { port: 0 }, 'json_lines')
    await talk(port, [Buffer.from('{"a":1}\n{"a"'), Buffer.from(':2}\n{"a":3}')])
    await collector.count(3)
    expect(collector.fields).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
    expect(collector.events[0]?.metadata).toMatchObject({ input: { tcp: { source: { ip: '127.0.0.1' } } } })
  })

  test('who speaks HTTP is answered', async () => {
    const { collector, port } = await start('tcp', { port: 0 }, 'json_lines')
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{"a":1}' })
    expect(response.status).toBe(200)
    expect(collector.fields).toEqual([{ a: 1 }])
  })
})

test('graphite: lines of a connection, whatever codec is named', async () => {
  const { collector, port } = await start('graphite', { port: 0 }, 'json')
  await talk(port, [Buffer.from('web.load 1.5 17145'), Buffer.from('57600\nweb.up 1 1714557601\n')])
  await collector.count(2)
  expect(collector.fields).toEqual([
    { 'web.load': 1.5, '@timestamp': '2024-05-01T10:00:00.000Z' },
    { 'web.up': 1, '@timestamp': '2024-05-01T10:00:01.000Z' },
  ])
})

test('gelf: what Docker and others send, whole and in chunks', async () => {
  const { collector, port } = await start('gelf', { port: 0 })
  const socket = createSocket('udp4')
  const send = (bytes: Buffer | string): void => socket.send(bytes, port, '127.0.0.1')
  const message = { version: '1.1', host: 'web', short_message: 'boom', timestamp: 1714557600.25, level: 3, _container: 'c1' }
  const bytes = deflateSync(JSON.stringify({ ...message, full_message: 'boom\n at x' }))
  const head = (number: number): Buffer => Buffer.from(`1e0f00000000000000070${number}02`, 'hex')
  send(gzipSync(JSON.stringify(message)))
  await collector.count(1)
  send(Buffer.concat([head(1), bytes.subarray(20)]))
  send(Buffer.concat([head(0), bytes.subarray(0, 20)]))
  await collector.count(2)
  send(Buffer.from('1e0f', 'hex'))
  send('no JSON')
  await collector.count(3)
  socket.close()
  const { short_message: _, timestamp: __, _container: ___, ...rest } = message
  const common = { ...rest, container: 'c1', '@timestamp': '2024-05-01T10:00:00.250Z', source_host: '127.0.0.1' }
  expect(collector.fields).toEqual([
    { ...common, message: 'boom' },
    { ...common, short_message: 'boom', message: 'boom\n at x' },
    { message: 'no JSON', tags: ['_jsonparsefailure'], source_host: '127.0.0.1' },
  ])
})

test('udp: an event for each datagram', async () => {
  const { collector, port } = await start('udp', { port: 0 })
  const socket = createSocket('udp4')
  socket.send('one', port, '127.0.0.1')
  await collector.count(1)
  socket.close()
  expect(collector.fields).toEqual([{ message: 'one', event: { original: 'one' }, host: { ip: '127.0.0.1' } }])
})

describe('beats', () => {
  const u32 = (value: number): Buffer => Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255])
  const window = (size: number, version = '2'): Buffer => Buffer.concat([Buffer.from(`${version}W`), u32(size)])
  const event = (sequence: number, value: object): Buffer => {
    const bytes = Buffer.from(JSON.stringify(value))
    return Buffer.concat([Buffer.from('2J'), u32(sequence), u32(bytes.length), bytes])
  }
  const compressed = (...frames: readonly Buffer[]): Buffer => {
    const bytes = deflateSync(Buffer.concat(frames))
    return Buffer.concat([Buffer.from('2C'), u32(bytes.length), bytes])
  }
  const text = (value: string): Buffer => Buffer.concat([u32(value.length), Buffer.from(value)])
  const ack = (sequence: number, version = '2'): Buffer => Buffer.concat([Buffer.from(`${version}A`), u32(sequence)])

  test('a batch, compressed, is acknowledged with its last sequence', async () => {
    const { collector, port } = await start('beats', { port: 0 })
    const batch = [
      window(2),
      compressed(event(1, { message: 'a', '@metadata': { beat: 'filebeat' } }), event(2, { message: 'b' })),
    ]
    expect(await talk(port, batch, 6)).toEqual(ack(2))
    expect(collector.fields).toEqual(['a', 'b'].map((message) => ({ message, tags: ['beats_input_codec_plain_applied'] })))
    expect(collector.events[0]?.metadata).toEqual({ beat: 'filebeat', input: { beats: { host: { ip: '127.0.0.1' } } } })
  })

  test('metadata that events repeat are those of each, and a broken event keeps its text', async () => {
    const { collector, port } = await start('beats', { port: 0 })
    const time = '2024-05-01T00:00:00.000Z'
    const metadata = { beat: 'filebeat', version: '8.13.2' }
    const whole = (message: string): object => ({ '@timestamp': time, '@metadata': metadata, message })
    const raw = (sequence: number, json: string): Buffer =>
      Buffer.concat([Buffer.from('2J'), u32(sequence), u32(json.length), Buffer.from(json)])
    const broken = JSON.stringify(whole('c')).slice(0, -1)
    await talk(port, [window(3), compressed(event(1, whole('a')), event(2, whole('b')), raw(3, broken))], 6)
    expect(collector.events.map(({ fields }) => fields['message'])).toEqual(['a', 'b', broken])
    const ip = { input: { beats: { host: { ip: '127.0.0.1' } } } }
    expect(collector.events.map((one) => one.metadata)).toEqual([{ ...metadata, ...ip }, { ...metadata, ...ip }, ip])
    expect(Object.keys(collector.events[1]?.fields ?? {})).toEqual(['@timestamp', 'message', 'tags'])
  })

  test('version 1, in pieces', async () => {
    const { collector, port } = await start('beats', { port: 0 })
    const frame = Buffer.concat([
      window(1, '1'),
      Buffer.from('1D'),
      u32(1),
      u32(2),
      text('line'),
      text('x'),
      text('host'),
      text('h'),
    ])
    const pieces = [...frame].map((byte) => Buffer.from([byte]))
    expect(await talk(port, pieces, 6)).toEqual(ack(1, '1'))
    expect(collector.fields).toEqual([{ line: 'x', host: 'h' }])
  })

  test('acknowledgements come in the order of the batches', async () => {
    const { collector, port } = await start('beats', { port: 0 })
    collector.outcome = undefined
    const answer = talk(port, [window(1), event(1, { n: 1 }), window(1), event(1, { n: 2 })], 12)
    await collector.count(2)
    collector.settle[1]?.(undefined)
    collector.settle[0]?.(undefined)
    expect(await answer).toEqual(Buffer.concat([ack(1), ack(1)]))
  })

  test('a codec reads the message', async () => {
    const { collector, port } = await start('beats', { port: 0 }, 'json')
    await talk(port, [window(1), event(1, { message: '{"a":1}', host: { name: 'h' } })], 6)
    expect(collector.fields).toEqual([{ a: 1, host: { name: 'h' } }])
  })

  test.each([
    { name: 'a window that is too large', bytes: () => window(0xffffffff) },
    { name: 'a frame that is too large', bytes: () => Buffer.concat([window(1), Buffer.from('2J'), u32(1), u32(0xf0000000)]) },
    { name: 'a bomb', bytes: () => Buffer.concat([window(1), compressed(Buffer.alloc(65 * 1024 * 1024, '2'))]) },
    { name: 'another protocol', bytes: () => Buffer.from('SSH-2.0-x\r\n') },
  ])('$name ends the connection', async ({ bytes }) => {
    const { collector, port } = await start('beats', { port: 0 })
    expect(await talk(port, [bytes()], 1)).toEqual(Buffer.alloc(0))
    expect(collector.events).toEqual([])
  })

  test('a large window is handed on and acknowledged in parts', async () => {
    const { collector, port } = await start('beats', { port: 0 })
    const large = { message: 'x'.repeat(6 * 1024 * 1024) }
    const frames = [1, 2, 3, 4, 5].map((sequence) => event(sequence, large))
    expect(await talk(port, [window(5), ...frames], 12)).toEqual(Buffer.concat([ack(3), ack(5)]))
    expect(collector.events).toHaveLength(5)
  })

  test('a window becomes events as they are wanted, and is acknowledged once', async () => {
    const { collector, port } = await start('beats', { port: 0 })
    const sizes: number[] = []
    collector.room = () => Promise.resolve(void sizes.push(collector.events.length))
    const frames = Array.from({ length: 1200 }, (_, n) => event(n + 1, { n }))
    expect(await talk(port, [window(1200), compressed(...frames)], 6)).toEqual(ack(1200))
    expect(sizes).toEqual([0, 500, 1000])
    expect(collector.fields).toEqual(Array.from({ length: 1200 }, (_, n) => ({ n })))
  })

  test('a window of which a part is handed on when the input stops is handed on whole before it has stopped', async () => {
    const { collector, input, port } = await start('beats', { port: 0 })
    const waiting = new Promise<void>((resolve) => {
      collector.room = (signal) => {
        if (collector.events.length === 0 || signal.aborted) return Promise.resolve()
        resolve()
        return new Promise((go) => signal.addEventListener('abort', () => go()))
      }
    })
    const frames = Array.from({ length: 1200 }, (_, n) => event(n + 1, { n }))
    const answer = talk(port, [window(1200), compressed(...frames)], 6)
    await waiting
    expect(collector.events).toHaveLength(500)
    await input.stop()
    expect(collector.events).toHaveLength(1200)
    expect(await answer).toEqual(ack(1200))
  })

  test('an event that comes a few bytes at a time', async () => {
    const { collector, port } = await start('beats', { port: 0 })
    const bytes = Buffer.concat([window(2), event(1, { n: 1 }), compressed(event(2, { text: 'é'.repeat(2000) }))])
    const pieces = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, i) => bytes.subarray(3 * i, 3 * i + 3))
    const socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
    for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve))
    await collector.count(2)
    socket.destroy()
    expect(collector.fields).toMatchObject([{ n: 1 }, { text: 'é'.repeat(2000) }])
  })

  test.each([
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'half a window', bytes: window(7).subarray(0, 3) },
    { name: 'half an event', bytes: Buffer.concat([window(1), event(1, { a: 'text' }).subarray(0, 14)]) },
    { name: 'half of a compressed frame', bytes: Buffer.concat([window(1), compressed(event(1, {})).subarray(0, 9)]) },
    { name: 'a window that is not filled', bytes: Buffer.concat([window(2), event(1, { a: 1 })]) },
  ])('who sends $name and then nothing is disconnected, and nothing is made of it', async ({ bytes }) => {
    const { collector, port } = await start('beats', { port: 0, client_inactivity_timeout: 1 })
    expect(await talk(port, [bytes], 1)).toEqual(Buffer.alloc(0))
    expect(collector.events).toEqual([])
  })

  test('events that could not be stored are not acknowledged', async () => {
    const { collector, port } = await start('beats', { port: 0 })
    collector.outcome = { error: new Error('disk full') }
    expect(await talk(port, [window(1), event(1, {})], 1)).toEqual(Buffer.alloc(0))
  })

  test('who speaks HTTP is told that it works', async () => {
    const { port } = await start('beats', { port: 0 })
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('beats port is up')
  })
})

describe('file', () => {
  const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'elkhorn-file-'))
  const messages = (collector: Collector): unknown[] => collector.events.map(({ fields }) => fields['message'])

  test('lines from the beginning, what is appended, and after a restart only what is new', async () => {
    const path = await folder()
    const log = join(path, 'a.log')
    await writeFile(log, 'one\ntwo\nthr')
    const config = { path: [join(path, '*.log')], start_position: 'beginning', stat_interval: '20 ms' }
    const first = await start('file', config, 'plain', path)
    await first.collector.count(2)
    await appendFile(log, 'ee\n')
    await first.collector.count(3)
    expect(messages(first.collector)).toEqual(['one', 'two', 'three'])
    expect(first.collector.fields[0]).toEqual({
      message: 'one',
      event: { original: 'one' },
      log: { file: { path: log } },
      host: { name: 'example-host' },
    })
    await first.input.stop()
    await first.input.close?.()
    await appendFile(log, 'four\n')
    const second = await start('file', config, 'plain', path)
    await second.collector.count(1)
    expect(messages(second.collector)).toEqual(['four'])
  })

  test.each([
    { codec: 'plain', text: 'a\r\nb\n', want: [{ message: 'a' }, { message: 'b' }] },
    { codec: 'line', text: 'a\r\nb\n', want: [{ message: 'a' }, { message: 'b' }] },
    { codec: 'json', text: '{"a": 1}\n{"a": 2}\n', want: [{ a: 1 }, { a: 2 }] },
    { codec: 'json_lines', text: '{"a": 1}\n{"a": 2}\n', want: [{ a: 1 }, { a: 2 }] },
    { codec: 'graphite', text: 'a 1 5\nb 2 5\n', want: [{ a: 1 }, { b: 2 }] },
    { codec: 'cloudtrail', text: '{"Records": [{"a": 1}, {"a": 2}]}\n', want: [{ a: 1 }, { a: 2 }] },
    {
      codec: 'cloudfront',
      text: '#Version: 1.0\n#Fields: date\nx\n',
      want: [{ message: 'x', cloudfront_version: '1.0', cloudfront_fields: 'date' }],
    },
  ])('lines by the codec $codec', async ({ codec, text, want }) => {
    const path = await folder()
    await writeFile(join(path, 'a.log'), text)
    const { collector } = await start('file', { path: join(path, 'a.log'), start_position: 'beginning' }, codec, path)
    await collector.count(want.length)
    expect(collector.fields).toMatchObject(want)
  })

  test('lines that belong together: those that wait are read again after a restart, and an event after a while', async () => {
    const path = await folder()
    const log = join(path, 'a.log')
    const config = { path: log, start_position: 'beginning', stat_interval: '20 ms' }
    const options = { pattern: '^\\s', what: 'previous' }
    await writeFile(log, 'one\n  a\ntwo\n  b\n')
    const first = await start('file', config, { name: 'multiline', options }, path)
    await first.collector.count(1)
    await first.input.stop()
    const second = await start('file', config, { name: 'multiline', options: { ...options, auto_flush_interval: '10 ms' } }, path)
    await second.collector.count(1)
    expect([...messages(first.collector), ...messages(second.collector)]).toEqual(['one\n  a', 'two\n  b'])
  })

  test('what could not be stored is read again', async () => {
    const path = await folder()
    await writeFile(join(path, 'a.log'), 'one\n')
    const config = { path: join(path, 'a.log'), start_position: 'beginning', stat_interval: '20 ms' }
    const { collector } = await start('file', config, 'plain', path)
    collector.outcome = { error: new Error('the store is gone') }
    await collector.count(2)
    collector.outcome = { error: undefined }
    await collector.count(3)
    expect(new Set(messages(collector))).toEqual(new Set(['one']))
  })

  test('a file is deleted when all of it is stored, and not before', async () => {
    const path = await folder()
    const log = join(path, 'a.log')
    await writeFile(log, 'one\ntwo')
    const config = {
      path: log,
      mode: 'read',
      file_completed_action: 'delete',
      stat_interval: '20 ms',
      start_position: 'beginning',
    }
    const { collector } = await start('file', config, 'plain', path)
    collector.outcome = undefined
    await collector.count(2)
    // It was looked at again, and is still there.
    await appendFile(log, 'three\n')
    await collector.count(3)
    for (const settle of collector.settle) settle(undefined)
    await expect.poll(() => readFile(log, 'utf8').catch(() => 'gone')).toBe('gone')
    expect(messages(collector)).toEqual(['one', 'two', 'three'])
  })

  test('a file that is rotated, one that is cut, and one that comes later', async () => {
    const path = await folder()
    const log = join(path, 'a.log')
    await writeFile(log, 'old\n')
    const { collector } = await start('file', { path: join(path, '*.log'), stat_interval: '20 ms' }, 'plain', path)
    await appendFile(log, 'one\n')
    await collector.count(1)
    await rename(log, join(path, 'a.log.1'))
    await writeFile(log, 'two\n')
    await collector.count(2)
    await truncate(log)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await appendFile(log, '3\n')
    await collector.count(3)
    expect(messages(collector)).toEqual(['one', 'two', '3'])
  })
})
