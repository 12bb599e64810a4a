import { encode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import { MsgpackSplitter } from './msgpack-splitter.ts'

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  300,
  2 ** 40,
  1.5,
  '',
  'ç'.repeat(200),
  new Uint8Array(70_000),
  [1, [2, ['x'.repeat(40)]], {}],
  { a: { b: [1, 2, 3] }, c: Array.from({ length: 20 }, (_, i) => i) },
  new Date(1_714_557_600_123),
]

test.each([1, 2, 3, 7, 1_000, 1_000_000])('values end where they end, in chunks of %i', (size) => {
  const bytes = Buffer.concat(VALUES.map((value) => encode(value)))
  const splitter = new MsgpackSplitter(1_000_000)
  const found = []
  for (let at = 0; at < bytes.length; at += size) found.push(...splitter.push(bytes.subarray(at, at + size)))
  expect(found).toEqual(VALUES.map((value) => ({ bytes: Buffer.from(encode(value)), tooLong: false })))
  expect(splitter.waitingBytes).toBe(0)
})

test('a value that is too long is told with its beginning', () => {
  const splitter = new MsgpackSplitter(10)
  const bytes = Buffer.from(encode('x'.repeat(100)))
  expect(splitter.push(bytes.subarray(0, 8))).toEqual([])
  expect(splitter.push(bytes.subarray(8, 20))).toEqual([{ bytes: bytes.subarray(0, 10), tooLong: true }])
  expect(splitter.push(encode(1))).toMatchObject([{ tooLong: false }])
})
