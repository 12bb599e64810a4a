import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEvent } from '../src/core/event.ts'
import type { Output } from '../src/plugins/plugin.ts'
import { pluginTables } from '../src/plugins/tables.ts'
import { testContext } from '../src/plugins/test-context.ts'
import { startInput, stopInputs, type StartedInput } from '../src/plugins/test-input.ts'
import { fetchNpmPackage } from './support/fetched-packages.ts'

/** A server that speaks S3. Its only key is its name; of signatures of version 4 it looks at the key, not at the rest. */
interface S3Server {
  run(): Promise<{ readonly port: number }>
  close(): Promise<void>
}
type S3Package = new (options: object) => S3Server

const KEY = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
const Server = (await fetchNpmPackage('s3rver', '3.7.1')) as S3Package | undefined
if (Server === undefined) process.stderr.write('skipped: s3rver, an S3 server, could not be had from npm\n')

let folder = ''
let server: S3Server
let endpoint = ''
beforeAll(async () => {
  if (Server === undefined) return
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-s3-'))
  const directory = join(folder, 'objects')
  server = new Server({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: 'readings' }] })
  endpoint = `http://127.0.0.1:${(await server.run()).port}`
})
afterAll(async () => {
  if (Server === undefined) return
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

function output(options: object): Output {
  const find = <Named extends { readonly name: string }>(table: readonly Named[], name: string): Named => {
    const found = table.find((one) => one.name === name)
    if (found === undefined) throw new Error(name)
    return found
  }
  const plugin = find(pluginTables.outputs, 's3')
  const codec = find(pluginTables.codecs, 'json_lines')
  return plugin.create(
    plugin.config.parse({
      endpoint,
      bucket: 'readings',
      access_key_id: KEY.accessKeyId,
      secret_access_key: KEY.secretAccessKey,
      ...options,
    }),
    {
      ...testContext(),
      dataDir: folder,
      codec: codec.create(codec.config.parse({}), testContext()),
      signal: new AbortController().signal,
      deadLetter: () => Promise.resolve(),
    },
  )
}

const client = new AwsClient({ ...KEY, service: 's3', region: 'us-east-1' })

/** Objects below a prefix: names and bytes, by a client that signs, too. */
async function objects(prefix: string): Promise<readonly (readonly [string, Buffer])[]> {
  const list = await (await client.fetch(`${endpoint}/readings?list-type=2&prefix=${encodeURIComponent(prefix)}`)).text()
  const keys = [...list.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key)
  return await Promise.all(
    keys.map(async (key) => {
      const answer = await client.fetch(`${endpoint}/readings/${key.split('/').map(encodeURIComponent).join('/')}`)
      return [key, Buffer.from(await answer.arrayBuffer())] as const
    }),
  )
}

test.skipIf(Server === undefined)('events become objects below their prefixes, compressed when asked', async () => {
  const one = output({ prefix: 'plant/%{line}/', encoding: 'gzip' })
  await one.start?.()
  await one.write([createEvent({ line: 'a 1', n: 1 }), createEvent({ line: 'b', n: 2 }), createEvent({ line: 'a 1', n: 3 })])
  await one.close?.()
  const found = await objects('plant/')
  expect(found.map(([key]) => key.replace(/ls\.s3\..*/, ''))).toEqual(['plant/a 1/', 'plant/b/'])
  // The client unpacks what says that it is packed.
  expect(found.map(([, bytes]) => bytes.toString())).toEqual([
    '{"line":"a 1","n":1}\n{"line":"a 1","n":3}\n',
    '{"line":"b","n":2}\n',
  ])
})

test.skipIf(Server === undefined)('what the server refuses waits on disk and is uploaded later', async () => {
  const spool = join(folder, 'spool-of-refused')
  const refused = output({ prefix: 'late/', temporary_directory: spool, access_key_id: 'SOMEBODY' })
  await refused.start?.()
  await refused.write([createEvent({ n: 1 })])
  await refused.close?.()
  expect(await objects('late/')).toEqual([])
  expect(await readdir(spool)).toHaveLength(1)
  const right = output({ prefix: 'late/', temporary_directory: spool })
  await right.start?.()
  await expect.poll(async () => (await objects('late/')).map(([, bytes]) => bytes.toString())).toEqual(['{"n":1}\n'])
  await right.close?.()
  expect(await readdir(spool)).toEqual([])
})

test.runIf(Server !== undefined)('objects become events, once, also after a restart; compressed ones, too', async () => {
  const put = async (key: string, body: Uint8Array<ArrayBuffer> | string): Promise<void> => {
    const answer = await client.fetch(`${endpoint}/readings/${key}`, { method: 'PUT', body })
    expect(answer.status).toBe(200)
  }
  const options = {
    endpoint,
    bucket: 'readings',
    prefix: 'in/',
    exclude_pattern: 'skipped',
    access_key_id: KEY.accessKeyId,
    secret_access_key: KEY.secretAccessKey,
    interval: 1,
    include_object_properties: true,
  }
  const dataDir = join(folder, 'input')
  await put('in/a%20b.txt', 'one')
  await put('in/skipped.txt', 'not me')
  await put('out/other.txt', 'nor me')
  const messages = (started: StartedInput): string[] => started.fields().map((one) => (one as { message: string }).message)
  const first = await startInput('s3', options, { dataDir })
  await expect.poll(() => messages(first)).toEqual(['one'])
  expect(first.events[0]?.metadata['s3']).toMatchObject({ key: 'in/a b.txt', content_length: 3 })
  first.outcome.error = new Error('the store is full')
  await put('in/c.gz', gzipSync('three'))
  await expect.poll(() => messages(first).length, { timeout: 10_000 }).toBeGreaterThan(2)
  expect(messages(first).slice(0, 3)).toEqual(['one', 'three', 'three'])
  await stopInputs()
  const second = await startInput('s3', { ...options, delete: true }, { dataDir })
  await expect.poll(() => messages(second)).toEqual(['three'])
  await expect.poll(async () => (await objects('in/')).map(([key]) => key)).toEqual(['in/a b.txt', 'in/skipped.txt'])
  await stopInputs()
})

test.runIf(Server !== undefined)('a line is an event, wherever it lies; of a damaged object what can be read', async () => {
  const put = async (key: string, body: Uint8Array<ArrayBuffer> | string): Promise<void> => {
    expect((await client.fetch(`${endpoint}/readings/${key}`, { method: 'PUT', body })).status).toBe(200)
  }
  const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i}`)
  await put('lines/a.txt', lines.join('\n'))
  const whole = gzipSync('first\nsecond\n')
  await put('lines/b.gz', new Uint8Array(whole.subarray(0, whole.length - 4)))
  await put('lines/c.gz', gzipSync('last\n'))
  const { fields } = await startInput(
    's3',
    {
      endpoint,
      bucket: 'readings',
      prefix: 'lines/',
      access_key_id: KEY.accessKeyId,
      secret_access_key: KEY.secretAccessKey,
      interval: 1,
    },
    { dataDir: join(folder, 'lines') },
  )
  const messages = (): unknown[] => fields().map((one) => (one as { message: string }).message)
  await expect.poll(() => messages().length, { timeout: 20_000 }).toBeGreaterThan(lines.length)
  await expect.poll(() => messages().at(-1), { timeout: 20_000 }).toBe('last')
  expect(messages().slice(0, lines.length)).toEqual(lines)
  expect(messages().filter((one) => one === 'last')).toEqual(['last'])
  await stopInputs()
})
