import { expect, test } from 'vitest'
import { filterJson, keepsPath, parsePathFilter } from './filter-path.ts'

const body = {
  took: 1,
  hits: {
    total: 2,
    hits: [
      { _id: '1', _source: { a: 1, b: { c: 2 } } },
      { _id: '2', _score: 1 },
    ],
  },
  'a.b': { c: 1 },
  empty: {},
}

test.each([
  { filter: 'took', want: { took: 1 } },
  { filter: 'hits.hits._id', want: { hits: { hits: [{ _id: '1' }, { _id: '2' }] } } },
  { filter: 'hits.total,took', want: { took: 1, hits: { total: 2 } } },
  { filter: '**.c', want: { hits: { hits: [{ _source: { b: { c: 2 } } }] }, 'a.b': { c: 1 } } },
  { filter: 'h*.to*', want: { hits: { total: 2 } } },
  { filter: 'a\\.b.c', want: { 'a.b': { c: 1 } } },
  { filter: '-hits,-a*', want: { took: 1, empty: {} } },
  { filter: 'hits.hits,-**._source', want: { hits: { hits: [{ _id: '1' }, { _id: '2', _score: 1 }] } } },
  { filter: 'nothing', want: {} },
])('$filter', ({ filter, want }) => {
  const parsed = parsePathFilter(filter.split(','))
  expect(parsed && filterJson(body, parsed)).toEqual(want)
})

test.each([
  { filter: 'errors,items.*.error,items.*.status', path: ['items', 'create', 'status'], want: true },
  { filter: 'errors,items.*.error,items.*.status', path: ['items', 'create', '_id'], want: false },
  { filter: '-items.*._id', path: ['items', 'index', '_id'], want: false },
  { filter: 'items', path: ['items', 'index', '_id'], want: true },
])('$filter keeps $path: $want', ({ filter, path, want }) => {
  const parsed = parsePathFilter(filter.split(','))
  expect(parsed && keepsPath(parsed, path)).toBe(want)
})

test('no patterns are no filter', () => {
  expect(parsePathFilter(['', ' '])).toBeUndefined()
})
