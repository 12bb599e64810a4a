import { deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { GelfError, GelfReader } from './datagrams.ts'

const json = '{"version":"1.1","short_message":"é"}'
const id = Buffer.from('0102030405060708', 'hex')
const chunk = (number: number, count: number, part: Buffer, of = id): Buffer =>
  Buffer.concat([Buffer.from([0x1e, 0x0f]), of, Buffer.from([number, count]), part])

test.each([
  { name: 'plain', bytes: Buffer.from(json) },
  { name: 'zlib', bytes: deflateSync(json) },
  { name: 'zlib, fast', bytes: deflateSync(json, { level: 1 }) },
  { name: 'gzip', bytes: gzipSync(json) },
])('a message, $name', ({ bytes }) => {
  expect(new GelfReader().read(bytes, 'a', 0)).toBe(json)
})

test('chunks in any order, twice, of several senders', () => {
  const reader = new GelfReader()
  const bytes = gzipSync(json)
  const [first, second] = [chunk(0, 2, bytes.subarray(0, 10)), chunk(1, 2, bytes.subarray(10))]
  expect(reader.read(second, 'a', 0)).toBeUndefined()
  expect(reader.read(second, 'a', 0)).toBeUndefined()
  expect(reader.read(first, 'b', 0)).toBeUndefined()
  expect(reader.read(first, 'a', 0)).toBe(json)
  expect(reader.read(second, 'b', 0)).toBe(json)
  expect(reader.waitingBytes).toBe(0)
})

test('what is not complete is forgotten after five seconds, and when there is too much of it', () => {
  const reader = new GelfReader()
  reader.read(chunk(0, 2, Buffer.alloc(1000)), 'a', 0)
  reader.read(chunk(0, 2, Buffer.alloc(1000)), 'b', 5_001)
  expect(reader.waitingBytes).toBe(1000 + 256 + 16)
  for (let n = 0; n < 10_000; n++) {
    const other = Buffer.alloc(8)
    other.writeUInt32BE(n)
    reader.read(chunk(0, 2, Buffer.alloc(8_000), other), 'c', 5_002)
  }
  expect(reader.waitingBytes).toBeLessThan(17 * 1024 * 1024)
})

test.each([
  { name: 'a chunk without a part', bytes: chunk(0, 1, Buffer.alloc(0)) },
  { name: 'a chunk beyond the last', bytes: chunk(2, 2, Buffer.alloc(1)) },
  { name: 'too many chunks', bytes: chunk(0, 129, Buffer.alloc(1)) },
  { name: 'no chunks', bytes: chunk(0, 0, Buffer.alloc(1)) },
  { name: 'a bomb', bytes: gzipSync(Buffer.alloc(3 * 1024 * 1024)) },
  { name: 'half of a stream', bytes: gzipSync(json).subarray(0, 20) },
])('$name is refused', ({ bytes }) => {
  expect(() => new GelfReader().read(bytes, 'a', 0)).toThrow(GelfError)
})
