import { expect, test } from 'vitest'
import { showSource } from './source-filter.ts'

const source = '{"a":1.0,"o":{"x":1,"y":{"z":12345678901234567890}},"list":[{"k":1,"v":2},{"v":3}],"empty":{}}'

test.each([
  { name: 'everything', selection: true, want: source },
  { name: 'nothing', selection: false, want: undefined },
  { name: 'a field', selection: { includes: ['a'], excludes: [] }, want: '{"a":1.0}' },
  { name: 'an object', selection: { includes: ['o'], excludes: [] }, want: '{"o":{"x":1,"y":{"z":12345678901234567890}}}' },
  { name: 'a path', selection: { includes: ['o.y'], excludes: [] }, want: '{"o":{"y":{"z":12345678901234567890}}}' },
  { name: 'a wildcard', selection: { includes: ['o.*'], excludes: ['*.z'] }, want: '{"o":{"x":1,"y":{}}}' },
  { name: 'within arrays', selection: { includes: ['list.k'], excludes: [] }, want: '{"list":[{"k":1}]}' },
  {
    name: 'without a field',
    selection: { includes: [], excludes: ['o', 'list.v'] },
    want: '{"a":1.0,"list":[{"k":1},{}],"empty":{}}',
  },
  {
    name: 'what a role grants',
    selection: { allows: (path: string) => path === 'o.x' || path.startsWith('list') },
    want: '{"o":{"x":1},"list":[{"k":1,"v":2},{"v":3}]}',
  },
  { name: 'what is not there', selection: { includes: ['nope.*'], excludes: [] }, want: '{}' },
])('$name', ({ selection, want }) => {
  expect(showSource(Buffer.from(source), [selection])).toBe(want)
})
