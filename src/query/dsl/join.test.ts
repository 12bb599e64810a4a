import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { compileAnalysis } from '../analysis/analysis.ts'
import { DEFAULT_QUERY_LIMITS, type BindContext } from '../bind/context.ts'
import { describeQuery } from '../describe-query.ts'
import { fieldList } from '../field-list.ts'
import { bindQuery } from './bind-query.ts'
import { parseQuery } from './parse-query.ts'

const base = {
  index: { name: 'forum', uuid: 'u' },
  analysis: compileAnalysis({}),
  now: 0,
  limits: DEFAULT_QUERY_LIMITS,
  defaultFields: ['*'],
}
const relations = { question: ['answer', 'comment'], answer: ['vote'] }
const context: BindContext = { ...base, fields: fieldList({ join: { type: 'join', relations }, n: 'long' }) }
const unrelated: BindContext = { ...base, fields: fieldList({ n: 'long' }) }

const bind = (json: JsonObject, within = context): string => describeQuery(bindQuery(parseQuery(json), within))
const query: JsonObject = { term: { n: 1 } }

test.each<[JsonObject, string]>([
  [{ has_child: { type: 'comment', query } }, '(+has_child(join#question: (+n:1 #join:comment)) #join:question)'],
  [{ has_child: { type: 'vote', query, boost: 2 } }, '(+has_child(join#answer: (+n:1 #join:vote)) #join:answer)^2'],
  [{ has_parent: { parent_type: 'question', query } }, 'has_parent(join#question: (+n:1 #join:question))'],
  [{ parent_id: { type: 'vote', id: '7' } }, '(+join#answer:7 #join:vote)'],
  [{ has_child: { type: 'question', query, ignore_unmapped: true } }, 'none'],
])('%j is %s', (json, described) => {
  expect(bind(json)).toBe(described)
})

describe('refuses', () => {
  test.each<[JsonObject, string]>([
    [{ has_child: { query } }, "[has_child] requires 'type' field"],
    [{ has_child: { type: 'answer' } }, "[has_child] requires 'query' field"],
    [{ has_child: { type: 'answer', query, min_children: -1 } }, "[has_child] requires non-negative 'min_children' field"],
    [
      { has_child: { type: 'answer', query, min_children: 3, max_children: 2 } },
      "[has_child] 'max_children' is less than 'min_children'",
    ],
    [{ has_child: { type: 'question', query } }, "[has_child] join field [join] doesn't hold [question] as a child"],
    [{ has_parent: { query } }, "[has_parent] requires 'parent_type' field"],
    [{ has_parent: { parent_type: 'vote', query } }, "[has_parent] join field [join] doesn't hold [vote] as a parent"],
    [{ parent_id: { type: 'question', id: '1' } }, '[parent_id] no relation found for child [question]'],
  ])('%j', (json, reason) => {
    expect(() => bind(json)).toThrow(reason)
  })

  test.each<[JsonObject, string]>([
    [{ has_child: { type: 'answer', query } }, '[has_child] no join field has been configured'],
    [{ parent_id: { type: 'answer', id: '1' } }, '[parent_id] no join field found for index [forum]'],
  ])('%j where there is no join field', (json, reason) => {
    expect(() => bind(json, unrelated)).toThrow(reason)
  })
})
