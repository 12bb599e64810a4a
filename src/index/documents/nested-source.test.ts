import { expect, test } from 'vitest'
import type { NestedObjects } from '../../query/nested-objects.ts'
import { nestedSource } from './nested-source.ts'

const plain = { includeInParent: false, includeInRoot: false }
const NESTED: readonly NestedObjects[] = [
  { path: 'a', parent: '', depth: 1, ...plain },
  { path: 'a.b', parent: 'a', depth: 2, ...plain },
  { path: 'o.n', parent: '', depth: 1, ...plain },
]
const DOCUMENT = {
  x: 1,
  a: [{ k: 1, b: { m: 1 } }, null, { k: 2 }, { k: 3, b: [{ m: 2 }, [{ m: 3 }]] }],
  o: [{ n: { v: 1 } }, { n: [{ v: 2 }, { v: 3 }] }],
}

test.each([
  ['a', 0, { field: 'a', offset: 0 }, { k: 1, b: { m: 1 } }],
  ['a', 2, { field: 'a', offset: 2 }, { k: 3, b: [{ m: 2 }, [{ m: 3 }]] }],
  ['a.b', 0, { field: 'a', offset: 0, _nested: { field: 'b', offset: 0 } }, { m: 1 }],
  ['a.b', 2, { field: 'a', offset: 2, _nested: { field: 'b', offset: 1 } }, { m: 3 }],
  ['o.n', 2, { field: 'o.n', offset: 2 }, { v: 3 }],
] as const)('finds object %s %i', (path, number, place, object) => {
  const found = nestedSource(Buffer.from(JSON.stringify(DOCUMENT)), { path, number }, NESTED)
  expect(found?.place).toEqual(place)
  expect(JSON.parse(found?.show([true]) ?? '')).toEqual(object)
})

test('keeps numbers as they are written, filters by full paths and knows what is not there', () => {
  const source = Buffer.from('{"a":[{"k":20.0,"l":{"m":1e2,"n":1}}]}')
  const found = nestedSource(source, { path: 'a', number: 0 }, NESTED)
  expect(found?.show([true])).toBe('{"k":20.0,"l":{"m":1e2,"n":1}}')
  expect(found?.show([{ includes: ['a.l.*'], excludes: ['*.n'] }])).toBe('{"l":{"m":1e2}}')
  expect(found?.show([{ includes: ['other'], excludes: [] }])).toBe('{}')
  expect(found?.show([false])).toBeUndefined()
  expect(found?.document.toString()).toBe('{"a":{"k":20.0,"l":{"m":1e2,"n":1}}}')
  expect(nestedSource(source, { path: 'a', number: 1 }, NESTED)).toBeUndefined()
})
