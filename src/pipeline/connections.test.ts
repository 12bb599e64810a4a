import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { createSocket } from 'node:dgram'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { openVariables } from '../config/variables.ts'
import type { BulkOperation, BulkOutcome } from '../core/bulk.ts'
import type { Fields } from '../core/event.ts'
import { silentLog } from '../core/log.ts'
import type { Platform } from '../plugins/context.ts'
import { examplePlatform } from '../plugins/test-context.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import { createPipelines, type Pipelines } from './pipelines.ts'

/** Pipelines that reach each other and other programs over real sockets. */

const cleanUp: (() => Promise<unknown>)[] = []
beforeAll(loadOniguruma)
afterEach(async () => {
  for (const step of cleanUp.splice(0).toReversed()) await step()
})

/** Collects what is stored, and tells when there is enough. */
class Stored {
  readonly documents: Fields[] = []
  #waiting: (() => void)[] = []

  readonly write: Platform['write'] = (operations) => {
    for (const { source } of operations) this.documents.push(JSON.parse(Buffer.from(source ?? []).toString()) as Fields)
    for (const wake of this.#waiting.splice(0)) wake()
    return Promise.resolve(operations.map(created))
  }

  async count(wanted: number): Promise<readonly Fields[]> {
    while (this.documents.length < wanted) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.documents
  }
}

const created = ({ target, id = 'made' }: BulkOperation): BulkOutcome => ({
  result: 'created',
  index: target,
  id,
  version: 1,
  seqNo: 0,
  primaryTerm: 1,
})

async function run(sources: Readonly<Record<string, string>>, stored = new Stored(), folder?: string) {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'connections-')))
  const pipelines: Pipelines = createPipelines({
    platform: { ...examplePlatform, log: silentLog, dataDir, write: stored.write },
    config: {
      path: undefined,
      compat: 'lenient',
      storeHosts: ['elasticsearch'],
      brokerHosts: [],
      storePorts: [],
      brokerPorts: [],
    },
    variables: await openVariables(join(dataDir, 'elkhorn.keystore'), {}),
    sources: Object.entries(sources).map(([id, text]) => ({ id, files: [{ name: `${id}.conf`, text }] })),
    settings: { batchDelayMs: 1 },
  })
  await pipelines.start()
  cleanUp.push(async () => {
    await pipelines.stop()
    if (folder === undefined) await rm(dataDir, { recursive: true, force: true })
  })
  for (const state of pipelines.states.values()) expect(state).toMatchObject({ state: 'running' })
  return { pipelines, stored, port: (name: string) => pipelines.ports.get(name) ?? 0 }
}

const STORE = 'output { elasticsearch { hosts => "elasticsearch" index => "x" data_stream => false } }'

test('syslog: both formats, over UDP and TCP, as lines and counted by octets', async () => {
  const { stored, port } = await run({ s: `input { syslog { port => 0 id => "in" timezone => "UTC" } } ${STORE}` })
  const socket = createSocket('udp4')
  socket.send("<34>Oct 11 22:14:15 mymachine su: 'su root' failed", port('s/in'), '127.0.0.1')
  await stored.count(1)
  socket.close()
  const { connect } = await import('node:net')
  const client = connect(port('s/in'), '127.0.0.1')
  const message = '<165>1 2003-10-11T22:14:15.003Z host app 7 ID47 [x@1 k="v"] two\nlines'
  client.end(`<13>2024-05-01T10:00:00+02:00 web-1 sshd[42]: in\n${Buffer.byteLength(message)} ${message}not syslog\n`)
  await stored.count(4)
  expect(stored.documents).toMatchObject([
    {
      message: "'su root' failed",
      process: { name: 'su' },
      host: { hostname: 'mymachine', ip: '127.0.0.1' },
      log: {
        syslog: {
          priority: 34,
          facility: { code: 4, name: 'security/authorization' },
          severity: { code: 2, name: 'Critical' },
        },
      },
      service: { type: 'system' },
      // A time without a year is of this one, except around New Year.
      '@timestamp': '2024-10-11T22:14:15.000Z',
    },
    { message: 'in', process: { name: 'sshd', pid: 42 }, '@timestamp': '2024-05-01T08:00:00.000Z' },
    {
      message: 'two\nlines',
      log: { syslog: { appname: 'app', procid: '7', msgid: 'ID47', structured_data: { 'x@1': { k: 'v' } } } },
      '@timestamp': '2003-10-11T22:14:15.003Z',
    },
    { message: 'not syslog', tags: ['_grokparsefailure_sysloginput'], log: { syslog: { priority: 13 } } },
  ])
})

test.each(['udp', 'tcp'] as const)('the syslog output speaks to the syslog input over %s', async (protocol) => {
  const { stored, port } = await run({ receive: `input { syslog { port => 0 id => "in" } } ${STORE}` })
  await run({
    send: `input { generator { count => 1 message => "boom" } }
      filter { mutate { replace => { "host" => "press-1" } } }
      output { syslog { host => "127.0.0.1" port => ${port('receive/in')} protocol => ${protocol} rfc => "rfc5424"
        facility => "local7" severity => "Error" appname => "line" procid => "3" } }`,
  })
  expect(await stored.count(1)).toMatchObject([
    {
      message: 'boom',
      host: { hostname: 'press-1' },
      log: { syslog: { priority: 187, appname: 'line', procid: '3' } },
      '@timestamp': '2024-05-01T10:00:00.000Z',
    },
  ])
})

test('a pipeline hands over to others, and its source is acknowledged when those have stored', async () => {
  const stored = new Stored()
  const { port } = await run(
    {
      edge: `input { http { port => 0 id => "in" } }
        output { if [kind] == "a" { pipeline { send_to => ["left", "right"] } } else { pipeline { send_to => "right" } } }`,
      left: `input { pipeline { address => "left" } } filter { mutate { add_tag => "left" } } ${STORE}`,
      right: `input { pipeline { address => "right" } } filter { mutate { add_tag => "right" } } ${STORE}`,
    },
    stored,
  )
  const answer = await fetch(`http://127.0.0.1:${port('edge/in')}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '[{"kind":"a"},{"kind":"b"}]',
  })
  expect(answer.status).toBe(200)
  expect(stored.documents.map(({ kind, tags }) => JSON.stringify([kind, tags])).toSorted((a, b) => a.localeCompare(b))).toEqual([
    '["a",["left"]]',
    '["a",["right"]]',
    '["b",["right"]]',
  ])
})

async function listenHttp(server: HttpServer): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('http_poller: answers are events with what is known about them, failures are events with a tag', async () => {
  let asked = 0
  const url = await listenHttp(
    createHttpServer((request, response) => {
      asked += 1
      if (request.url === '/moved') response.writeHead(302, { location: '/status' }).end()
      else response.writeHead(200, { 'x-authorization': request.headers.authorization ?? '' }).end('{"t":22.5}')
    }),
  )
  const { stored } = await run({
    poll: `input { http_poller { urls => { good => { url => "${url}/moved" user => "u" password => "p" } gone => "http://127.0.0.1:1/" }
        schedule => { every => "100s" } } }
      filter { mutate { add_field => { "name" => "%{[@metadata][name]}" "sent" => "%{[@metadata][response_headers][x-authorization]}" } } } ${STORE}`,
  })
  await stored.count(2)
  expect(asked).toBe(2)
  expect(stored.documents.find(({ name }) => name === 'good')).toMatchObject({ t: 22.5, sent: 'Basic dTpw' })
  expect(stored.documents.find(({ name }) => name === 'gone')).toMatchObject({ tags: ['_http_request_failure'] })
})

test('dead letters are read with their reason, once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'letters-'))
  const { pipelines } = await run(
    {
      bad: 'input { generator { count => 1 } } output { elasticsearch { hosts => "elasticsearch" index => "%{absent}" data_stream => false } }',
    },
    new Stored(),
    folder,
  )
  await expect.poll(() => readdir(join(folder, 'dead_letter_queue/bad'))).toHaveLength(1)
  await pipelines.stop()
  const read = `input { dead_letter_queue { pipeline_id => "bad" id => "dlq" } }
    filter { mutate { add_field => { "why" => "%{[@metadata][dead_letter_queue][reason]}" } } } ${STORE}`
  const first = await run({ again: read }, new Stored(), folder)
  expect(await first.stored.count(1)).toMatchObject([
    { message: 'Hello world!', why: 'the event has no value for the index name [%{absent}]' },
  ])
  await first.pipelines.stop()
  const second = await run({ again: read }, new Stored(), folder)
  await second.pipelines.stop()
  expect(second.stored.documents).toEqual([])
  await rm(folder, { recursive: true })
})

/** As much of a mail server as a client needs (RFC 5321); it refuses one address. */
async function mailServer(): Promise<{ readonly port: number; readonly mails: string[] }> {
  const mails: string[] = []
  const server: Server = createServer((socket) => {
    let data: string | undefined
    socket.write('220 here\r\n')
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\r\n').slice(0, -1)) {
        if (data !== undefined) {
          if (line !== '.') data += `${line}\n`
          else {
            mails.push(data)
            data = undefined
            socket.write('250 kept\r\n')
          }
        } else if (line.startsWith('RCPT TO:<no@')) socket.write('550 nobody\r\n')
        else if (line === 'DATA') {
          data = ''
          socket.write('354 go\r\n')
        } else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)))
  return { port: (server.address() as AddressInfo).port, mails }
}

test('mail is sent for each event; one that is refused becomes a dead letter', async () => {
  const { port, mails } = await mailServer()
  const { pipelines } = await run({
    m: `input { generator { lines => ["no", "yes"] count => 1 } }
      output { email { to => "%{message}@example.org" address => "127.0.0.1" port => ${port} subject => "Alarm: %{message}" body => "hot\nstop" } }`,
  })
  await expect.poll(() => mails.length).toBe(1)
  expect(mails[0]).toContain('Subject: Alarm: yes')
  expect(mails[0]).toContain('hot')
  const state = pipelines.states.get('m')
  await expect.poll(() => (state?.state === 'running' ? state.pipeline.deadLetters?.kept : 0)).toBe(1)
})

test('s3: events are uploaded by path, signed, and what a server that is gone leaves behind goes after the next start', async () => {
  const objects = new Map<string, string>()
  let refuse = true
  const url = await listenHttp(
    createHttpServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=key/') === true
        if (refuse || !signed) response.writeHead(503).end()
        else {
          if (request.method === 'PUT') objects.set(request.url ?? '', Buffer.concat(parts).toString())
          response.end()
        }
      })
    }),
  )
  const folder = await mkdtemp(join(tmpdir(), 's3-'))
  const output = `output { s3 { id => "s3" endpoint => "${url}" bucket => "b" prefix => "%{+YYYY}/" access_key_id => "key" secret_access_key => "secret"
    size_file => 1 codec => json_lines } }`
  const first = await run({ s: `input { generator { count => 1 } } ${output}` }, new Stored(), folder)
  const spooled = () => readdir(join(folder, 'plugins/s/s3/spool')).catch(() => [])
  await expect.poll(spooled).toHaveLength(1)
  refuse = false
  await first.pipelines.stop()
  await run({ s: `input { heartbeat { count => 0 } } ${output}` }, new Stored(), folder)
  await expect.poll(() => objects.size).toBe(1)
  const [[key, body] = ['', '']] = objects
  expect(key).toMatch(/^\/b\/2024\/ls\.s3\.[0-9a-f-]{36}\.2024-05-01T10\.00\.part0\.txt$/)
  expect(JSON.parse(body)).toMatchObject({ message: 'Hello world!' })
  await expect.poll(spooled).toEqual([])
})
