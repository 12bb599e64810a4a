import { expect, test } from 'vitest'
import { encodeCommand, RedisRefusal, RespError, RespReader } from './resp.ts'

test('commands are arrays of bulk strings, counted in bytes', () => {
  expect(encodeCommand(['RPUSH', 'größe', 7, Buffer.from('a\r\nb')]).toString()).toBe(
    '*4\r\n$5\r\nRPUSH\r\n$7\r\ngröße\r\n$1\r\n7\r\n$4\r\na\r\nb\r\n',
  )
})

const ANSWERS = [
  { name: 'status', wire: '+OK\r\n', want: 'OK' },
  { name: 'refusal', wire: '-WRONGTYPE not a list\r\n', want: new RedisRefusal('WRONGTYPE not a list') },
  { name: 'number', wire: ':-12\r\n', want: -12 },
  { name: 'value with a line end', wire: '$4\r\na\r\nb\r\n', want: Buffer.from('a\r\nb') },
  { name: 'empty value', wire: '$0\r\n\r\n', want: Buffer.from('') },
  { name: 'nothing', wire: '$-1\r\n', want: null },
  { name: 'no array', wire: '*-1\r\n', want: null },
  { name: 'empty array', wire: '*0\r\n', want: [] },
  { name: 'arrays within arrays', wire: '*2\r\n*1\r\n:1\r\n$1\r\nx\r\n', want: [[1], Buffer.from('x')] },
]

test.each(ANSWERS)('$name', ({ wire, want }) => {
  expect(new RespReader().read(Buffer.from(wire))).toEqual([want])
})

test('answers come in pieces of any size', () => {
  const wire = Buffer.from(ANSWERS.map((one) => one.wire).join(''))
  for (let size = 1; size < wire.length; size++) {
    const reader = new RespReader()
    const got = []
    for (let at = 0; at < wire.length; at += size) got.push(...reader.read(wire.subarray(at, at + size)))
    expect(got).toEqual(ANSWERS.map((one) => one.want))
  }
})

test.each([
  { wire: 'HTTP/1.1 400 Bad Request\r\n', want: 'is no answer of Redis' },
  { wire: '$99999999999\r\n', want: '[99999999999] is no length' },
  { wire: '$x\r\n', want: '[x] is no length' },
  { wire: '$1\r\nabc', want: 'a value of 1 bytes does not end there' },
  { wire: '*1\r\n'.repeat(10), want: 'arrays within arrays' },
  { wire: '+'.padEnd(70_000, 'x'), want: 'a line of more than' },
])('not the protocol: $want', ({ wire, want }) => {
  expect(() => new RespReader().read(Buffer.from(wire))).toThrow(RespError)
  expect(() => new RespReader().read(Buffer.from(wire))).toThrow(want)
})
