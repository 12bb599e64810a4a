import { expect, test } from 'vitest'
import { parseQueryString } from './query-params.ts'

test('values are decoded, the last of a name counts, names without a value are true', () => {
  const query = parseQueryString('a=1&b=x%20y+z&pretty&a=2&list=p,q')
  expect(query.integer('a')).toBe(2)
  expect(query.text('b')).toBe('x y z')
  expect(query.boolean('pretty', false)).toBe(true)
  expect(query.list('list')).toEqual(['p', 'q'])
  expect(query.list('none')).toEqual([])
})

test.each([
  { read: () => parseQueryString('size=abc').integer('size'), reason: 'Failed to parse int parameter [size] with value [abc]' },
  {
    read: () => parseQueryString('size=99999999999999999999').integer('size'),
    reason: 'Failed to parse int parameter [size] with value [99999999999999999999]',
  },
  {
    read: () => parseQueryString('x=maybe').boolean('x', false),
    reason: 'Failed to parse value [maybe] as only [true] or [false] are allowed.',
  },
  { read: () => parseQueryString('t=5').durationMs('t'), reason: 'failed to parse setting [t] with value [5] as a time value' },
  { read: () => parseQueryString('a=%zz'), reason: 'unterminated escape sequence' },
  { read: () => parseQueryString('c=z').choice('c', ['a', 'b'], 'a'), reason: 'expected one of [a, b]' },
  {
    read: () => parseQueryString('sizze=1').refuseUnknown('/x/_search', ['size']),
    reason: 'request [/x/_search] contains unrecognized parameter: [sizze] -> did you mean [size]?',
  },
  {
    read: () => parseQueryString('foo=1&bar=2').refuseUnknown('/x', []),
    reason: 'request [/x] contains unrecognized parameters: [bar], [foo]',
  },
])('$reason', ({ read, reason }) => {
  expect(read).toThrow(reason)
})
