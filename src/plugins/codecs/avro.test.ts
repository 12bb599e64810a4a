import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEvent } from '../../core/event.ts'
import { testContext } from '../test-context.ts'
import type { Codec } from '../plugin.ts'
import { avro } from './avro.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-avro-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function open(schema: object, options: object = {}): Promise<Codec> {
  const file = join(folder, 'schema.avsc')
  await writeFile(file, JSON.stringify(schema))
  const codec = avro.create(avro.config.parse({ schema_uri: file, ...options }), testContext())
  await codec.open?.()
  return codec
}

/** The example of the specification: {"a": 27, "b": "foo"} is 36 06 66 6f 6f. */
const TEST = {
  type: 'record',
  name: 'test',
  fields: [
    { name: 'a', type: 'long' },
    { name: 'b', type: 'string' },
  ],
}

test.each([
  { name: 'bytes', options: { encoding: 'binary' }, bytes: Buffer.from('3606666f6f', 'hex') },
  { name: 'base64', options: {}, bytes: Buffer.from('NgZmb28=') },
  { name: 'bytes where base64 is meant', options: { base64_encoding: true }, bytes: Buffer.from('3606666f6f', 'hex') },
])('the record of the specification, as $name', async ({ options, bytes }) => {
  const codec = await open(TEST, options)
  expect(codec.decoder().decode(bytes)[0]?.fields).toEqual({ a: 27, b: 'foo' })
})

test('all kinds of values, there and back', async () => {
  const codec = await open(
    {
      type: 'record',
      name: 'Reading',
      namespace: 'plant',
      fields: [
        { name: 'count', type: 'long' },
        { name: 't', type: ['null', 'double'], default: null },
        { name: 'state', type: { type: 'enum', name: 'State', symbols: ['ON', 'OFF'] } },
        { name: 'raw', type: 'bytes' },
        { name: 'limits', type: { type: 'map', values: 'int' } },
        {
          name: 'inner',
          type: { type: 'array', items: { type: 'record', name: 'Inner', fields: [{ name: 'x', type: 'float' }] } },
        },
      ],
    },
    { encoding: 'binary' },
  )
  // long 2^60, branch 1 and 1.5, OFF, "hi", {low: 1}, [{x: 0.5}]
  const bytes = Buffer.from(
    '8080808080808080 20 02000000000000f83f 02 046869 02066c6f770200 020000003f00'.replaceAll(' ', ''),
    'hex',
  )
  expect(codec.decoder().decode(bytes)[0]?.fields).toEqual({
    count: 2n ** 60n,
    t: 1.5,
    state: 'OFF',
    raw: Buffer.from('hi').toString('base64'),
    limits: { low: 1 },
    inner: [{ x: 0.5 }],
  })
  expect(codec.decoder().decode(bytes.subarray(0, 20))[0]?.fields['tags']).toEqual(['_avroparsefailure'])
})

test('an event is written as its schema says', async () => {
  const codec = await open(TEST, { encoding: 'binary' })
  expect(codec.encode(createEvent({ a: 27, b: 'foo', more: true }))).toEqual(Buffer.from('3606666f6f', 'hex'))
  expect(() => codec.encode(createEvent({ a: 'x' }))).toThrow('invalid "long"')
})

test('a schema that is not there is named', async () => {
  const codec = avro.create(avro.config.parse({ schema_uri: '/nonexistent/a.avsc' }), testContext())
  await expect(codec.open?.()).rejects.toThrow('the file [/nonexistent/a.avsc] cannot be read: ENOENT')
})
