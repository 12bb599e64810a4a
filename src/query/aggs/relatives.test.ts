import { expect, test } from 'vitest'
import type { Query } from '../ast.ts'
import { builtInAnalysis } from '../analysis/analysis.ts'
import { type BindContext, DEFAULT_QUERY_LIMITS } from '../bind/context.ts'
import { fieldList } from '../field-list.ts'
import { parseAggregations } from './parse-aggregations.ts'
import { bindAggregations } from './run-aggregations.ts'

const index = (fields: BindContext['fields']): BindContext => ({
  index: { name: 'i', uuid: 'u' },
  fields,
  analysis: builtInAnalysis,
  now: 0,
  limits: DEFAULT_QUERY_LIMITS,
  defaultFields: ['*'],
})
const joined = fieldList({ join: { type: 'join', relations: { question: ['answer'] } }, owner: 'keyword' })
const own: Query = { kind: 'terms', field: 'owner', values: ['me'] }

test.each([
  { name: 'children', kind: 'answer' },
  { name: 'parent', kind: 'question' },
])('$name holds only what may be seen, and nothing of an index without the relation', ({ name, kind }) => {
  const aggs = { related: { [name]: { type: 'answer' } } }
  const tree = parseAggregations(aggs, { node: { aggs }, key: 'aggs', owner: 'aggs' })
  const indices = [index(joined), index(fieldList({ owner: 'keyword' }))]
  const [bound] = bindAggregations(tree, { indices, seen: [[own], []], maxBuckets: 10 }).engine
  const query = {
    kind: 'bool',
    must: [],
    filter: [{ kind: 'terms', field: 'join', values: [kind] }, own],
    should: [],
    mustNot: [],
    minimumShouldMatch: 0,
  }
  expect(bound?.aggregation).toEqual({
    kind: 'relatives',
    of: name === 'children' ? 'children' : 'parents',
    relations: [{ parentId: 'join#question', query }, undefined],
  })
})
