import { expect, test } from 'vitest'
import { encodeGet, encodeSet, isMemcachedKey, MemcachedError, MemcachedReader } from './replies.ts'

const answers = Buffer.from(
  'STORED\r\nVALUE a 0 5\r\nEND\r\n\r\nVALUE ü 4 2 77\r\nhi\r\nEND\r\nSERVER_ERROR object too large for cache\r\nEND\r\n',
)
const replies = [
  { kind: 'stored' },
  { kind: 'values', values: new Map([['a', 'END\r\n'], ['ü', 'hi']]) }, // prettier-ignore
  { kind: 'refused', reason: 'SERVER_ERROR object too large for cache' },
  { kind: 'values', values: new Map() },
]

test.each([1, 2, 7, answers.length])('answers in pieces of %i bytes', (size) => {
  const reader = new MemcachedReader()
  const found = []
  for (let at = 0; at < answers.length; at += size) found.push(...reader.read(answers.subarray(at, at + size)))
  expect(found).toEqual(replies)
})

test.each([
  { name: 'another protocol', bytes: 'HTTP/1.1 400 Bad Request\r\n' },
  { name: 'a value that is too large', bytes: 'VALUE a 0 99999999999\r\n' },
  { name: 'a line without an end', bytes: 'x'.repeat(3000) },
])('$name is refused', ({ bytes }) => {
  expect(() => new MemcachedReader().read(Buffer.from(bytes))).toThrow(MemcachedError)
})

test('commands', () => {
  expect(encodeSet('a', 'é', 60).toString()).toBe('set a 0 60 2\r\né\r\n')
  expect(encodeGet(['a', 'b']).toString()).toBe('get a b\r\n')
})

test.each([
  ['hostname:press-07', true],
  ['größe', true],
  ['', false],
  ['two words', false],
  ['line\nbreak', false],
  ['x'.repeat(250), true],
  ['é'.repeat(126), false],
])('whether %j can be a key: %s', (key, can) => {
  expect(isMemcachedKey(key)).toBe(can)
})
