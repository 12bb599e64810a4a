import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { compileAnalysis } from '../analysis/analysis.ts'
import { DEFAULT_QUERY_LIMITS, type BindContext } from '../bind/context.ts'
import { describeQuery } from '../describe-query.ts'
import { fieldList } from '../field-list.ts'
import { bindQuery } from './bind-query.ts'
import { parseQuery } from './parse-query.ts'

const context: BindContext = {
  index: { name: 'pages', uuid: 'u' },
  fields: fieldList({
    rank: 'rank_feature',
    low: { type: 'rank_feature', lowersScore: true },
    topics: 'rank_features',
    n: 'long',
  }),
  analysis: compileAnalysis({}),
  now: 0,
  limits: DEFAULT_QUERY_LIMITS,
  defaultFields: ['*'],
}

const bind = (json: JsonObject): string => describeQuery(bindQuery(parseQuery(json), context))

test.each<[JsonObject, string]>([
  [{ field: 'rank' }, 'rank:saturation()'],
  [{ field: 'rank', linear: {}, boost: 2 }, 'rank:linear()^2'],
  [{ field: 'topics.a', log: { scaling_factor: 1 } }, 'topics.a:log()'],
  [{ field: 'topics.a.b' }, 'none'],
  [{ field: 'unmapped' }, 'none'],
])('%j is %s', (body, described) => {
  expect(bind({ rank_feature: body })).toBe(described)
})

describe('refuses', () => {
  test.each<[JsonObject, string]>([
    [{}, 'Required [field]'],
    [
      { field: 'n' },
      '[rank_feature] query only works on [rank_feature] fields and features of [rank_features] fields, not [long]',
    ],
    [{ field: 'topics' }, 'features of [rank_features] fields, not [rank_features]'],
    [
      { field: 'rank', linear: {}, log: { scaling_factor: 1 } },
      'Can only specify one of [log], [saturation], [sigmoid] and [linear]',
    ],
    [{ field: 'rank', log: { scaling_factor: 0.5 } }, 'scalingFactor must be >= 1, got: 0.5'],
    [{ field: 'low', log: { scaling_factor: 2 } }, 'Cannot use the [log] function with a field that has a negative score impact'],
    [{ field: 'rank', saturation: { pivot: 0 } }, 'pivot must be > 0, got: 0.0'],
    [{ field: 'rank', other: {} }, 'unknown field [other]'],
  ])('%j', (body, reason) => {
    expect(() => bind({ rank_feature: body })).toThrow(reason)
  })

  test.each<[JsonObject, string]>([
    [{ field: 'rank', log: {} }, 'Required [scaling_factor]'],
    [{ field: 'rank', sigmoid: { pivot: 7 } }, 'Required [exponent]'],
  ])('%j', (body, reason) => {
    const cause = expect.objectContaining({ reason: expect.stringContaining(reason) })
    expect(() => bind({ rank_feature: body })).toThrow(expect.objectContaining({ causedBy: cause }))
  })

  test.each<[JsonObject, string]>([
    [{ term: { rank: 1 } }, 'Queries on [rank_feature] fields are not supported'],
    [{ range: { rank: { gt: 1 } } }, 'Field [rank] of type [rank_feature] does not support range queries'],
    [{ exists: { field: 'topics' } }, '[rank_features] fields do not support [exists] queries'],
  ])('%j', (query, reason) => {
    expect(() => bind(query)).toThrow(reason)
  })
})
