import { expect, test } from 'vitest'
import type { JsonValue } from '../../core/json.ts'
import { namedQueries } from './named-queries.ts'

const term = (name: string): JsonValue => ({ term: { a: { value: 1, _name: name } } })

test.each<[string, JsonValue, readonly string[]]>([
  ['none', { term: { a: 1 } }, []],
  ['among the options of the field', term('x'), ['x']],
  ['beside the field', { terms: { a: [1], _name: 'x' } }, ['x']],
  [
    'in all clauses of a bool, and its own',
    { bool: { _name: 'b', must: [term('x')], should: term('y'), filter: [term('z')] } },
    ['b', 'x', 'y', 'z'],
  ],
  [
    'within queries that wrap others',
    { constant_score: { filter: { dis_max: { queries: [term('x'), term('y')] } } } },
    ['x', 'y'],
  ],
  ['within the filters of functions', { function_score: { functions: [{ filter: term('x'), weight: 2 }] } }, ['x']],
  ['not of nested objects', { nested: { path: 'n', _name: 'n', query: term('x') } }, ['n']],
  ['not a field that is called like a query', { term: { match: { value: 'bool' } } }, []],
])('names are found: %s', (_, query, want) => {
  expect(namedQueries(query).map(({ name }) => name)).toEqual(want)
})

test('of several queries with one name the last counts', () => {
  const [only, ...others] = namedQueries({ bool: { must: [term('x'), { exists: { field: 'e', _name: 'x' } }] } })
  expect(others).toEqual([])
  expect(only?.query).toMatchObject({ kind: 'exists' })
})
