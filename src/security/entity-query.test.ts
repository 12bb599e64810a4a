import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { parseEntityQuery, queryEntities } from './entity-query.ts'

const entities = [
  { name: 'b', metadata: { team: 'x' }, roles: ['reader'], age: 3 },
  { name: 'a', metadata: { team: 'y' }, roles: ['reader', 'writer'], age: 5 },
  { name: 'c', roles: [], age: 4 },
]

const names = (body: JsonObject): unknown => queryEntities(entities, parseEntityQuery(body)).found.map(({ name }) => name)

test.each<{ name: string; body: JsonObject; want: readonly string[] }>([
  { name: 'all of them', body: {}, want: ['b', 'a', 'c'] },
  { name: 'sorted', body: { sort: ['name'] }, want: ['a', 'b', 'c'] },
  {
    name: 'sorted downwards, without a value last',
    body: { sort: [{ 'metadata.team': { order: 'desc' } }] },
    want: ['a', 'b', 'c'],
  },
  { name: 'a page', body: { sort: ['name'], from: 1, size: 1 }, want: ['b'] },
  { name: 'term in a list', body: { query: { term: { roles: 'writer' } } }, want: ['a'] },
  { name: 'terms', body: { query: { terms: { name: ['a', 'c'] } } }, want: ['a', 'c'] },
  { name: 'prefix', body: { query: { prefix: { 'metadata.team': { value: 'x' } } } }, want: ['b'] },
  { name: 'wildcard of a field and of a value', body: { query: { wildcard: { 'metadata.*': '*' } } }, want: ['b', 'a'] },
  { name: 'exists', body: { query: { exists: { field: 'metadata.team' } } }, want: ['b', 'a'] },
  { name: 'range', body: { query: { range: { age: { gte: 4, lt: 5 } } } }, want: ['c'] },
  {
    name: 'bool',
    body: { query: { bool: { filter: [{ term: { roles: 'reader' } }], must_not: [{ ids: { values: ['a'] } }] } } },
    want: ['b'],
  },
  { name: 'should alone needs one', body: { query: { bool: { should: [{ term: { name: 'c' } }] } } }, want: ['c'] },
])('$name', ({ body, want }) => {
  expect(names(body)).toEqual(want)
})

test('what it was sorted by comes along, and the total counts all', () => {
  expect(queryEntities(entities, parseEntityQuery({ sort: ['age'], size: 1 }))).toEqual({
    total: 3,
    found: [{ ...entities[0], _sort: [3] }],
  })
})

test.each<{ body: JsonObject; says: string }>([
  { body: { query: { fuzzy: { name: 'a' } } }, says: 'Query type [fuzzy] is not supported' },
  { body: { size: -1 }, says: '[size] must be a whole number' },
  { body: { limit: 1 }, says: 'unknown field [limit]' },
])('$says', ({ body, says }) => {
  expect(() => names(body)).toThrow(says)
})
