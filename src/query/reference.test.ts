import { expect, test } from 'vitest'
import { AGGREGATION_EXAMPLES } from './aggs/examples.ts'
import { AGGREGATIONS, PIPELINE_AGGREGATIONS } from './aggs/table.ts'
import { QUERY_EXAMPLES } from './dsl/examples.ts'
import { parseQuery, QUERY_NAMES } from './dsl/parse-query.ts'
import { searchReference } from './reference.ts'

test.each(QUERY_NAMES)('the example of the query [%s] is one', (name) => {
  expect(() => parseQuery({ [name]: QUERY_EXAMPLES[name].body })).not.toThrow()
})

test('every aggregation has an example that holds it, and there is no other', () => {
  const names = [...AGGREGATIONS, ...PIPELINE_AGGREGATIONS].map(({ name }) => name)
  expect(Object.keys(AGGREGATION_EXAMPLES).toSorted()).toEqual(names.toSorted())
  const missing = names.filter((name) => !JSON.stringify(AGGREGATION_EXAMPLES[name]?.aggs).includes(`"${name}":`))
  expect(missing).toEqual([])
})

test('JSON that fits in a line stands on one', () => {
  expect(searchReference()).toContain('{ "query": { "match_all": {} } }')
})
