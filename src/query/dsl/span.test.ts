import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { compileAnalysis } from '../analysis/analysis.ts'
import type { Query } from '../ast.ts'
import { DEFAULT_QUERY_LIMITS, type BindContext } from '../bind/context.ts'
import { fieldList } from '../field-list.ts'
import { bindQuery } from './bind-query.ts'
import { parseQuery } from './parse-query.ts'

const context: BindContext = {
  index: { name: 'texts', uuid: 'u' },
  fields: fieldList({ t: 'text', u: 'text', k: 'keyword' }),
  analysis: compileAnalysis({}),
  now: 0,
  limits: DEFAULT_QUERY_LIMITS,
  defaultFields: ['*'],
}

const bind = (json: JsonObject): Query => bindQuery(parseQuery(json), context)
const a: JsonObject = { span_term: { t: 'a' } }
const b: JsonObject = { span_term: { t: 'b' } }
const other: JsonObject = { span_term: { u: 'b' } }
const unmapped: JsonObject = { span_term: { x: 'b' } }
const leaf = (term: string, field = 't') => ({ kind: 'tokens', field, tokens: [term] })

test.each<[JsonObject, object]>([
  [a, leaf('a')],
  [{ span_near: { clauses: [a] } }, leaf('a')],
  [
    { span_near: { clauses: [a, { span_gap: { t: 2 } }, b], slop: 1 } },
    { kind: 'all_of', rules: [leaf('a'), { kind: 'gap', width: 2 }, leaf('b')], ordered: true, maxGaps: 1, all: true },
  ],
  [{ span_or: { clauses: [a, b] } }, { kind: 'any_of', rules: [leaf('a'), leaf('b')], all: true }],
  [{ span_first: { match: a, end: 3 } }, { kind: 'first', rule: leaf('a'), end: 3 }],
  [
    { span_not: { include: a, exclude: b, pre: 1 } },
    { kind: 'related', rule: leaf('a'), relation: 'not_overlapping', to: leaf('b'), before: 1, after: 0 },
  ],
  [{ span_within: { big: a, little: b } }, { kind: 'related', rule: leaf('b'), relation: 'contained_by', to: leaf('a') }],
  [
    { span_multi: { match: { range: { t: { gte: 'a', lt: 'c' } } } } },
    { kind: 'between', field: 't', bounds: { gte: 'a', lt: 'c' } },
  ],
  [
    { span_near: { clauses: [a, { field_masking_span: { query: other, field: 't' } }], in_order: false } },
    { kind: 'all_of', rules: [leaf('a'), leaf('b', 'u')], ordered: false, maxGaps: 0, all: true },
  ],
])('%j', (query, rule) => {
  expect(bind(query)).toEqual({ kind: 'intervals', rule, scoredBy: 't' })
})

test.each<[JsonObject, string]>([
  [{ span_near: { clauses: [unmapped, unmapped] } }, 'none'],
  [{ span_or: { clauses: [unmapped] } }, 'none'],
  [{ span_not: { include: unmapped, exclude: unmapped } }, 'none'],
])('%j finds nothing', (query, kind) => {
  expect(bind(query).kind).toBe(kind)
})

describe('refuses', () => {
  test.each<[JsonObject, string]>([
    [{ span_near: { clauses: [] } }, 'span_near must include [clauses]'],
    [{ span_or: { clauses: [{ match_all: {} }] } }, 'span_or [clauses] must be of type span query'],
    [
      { span_near: { clauses: [{ span_term: { t: { value: 'a', boost: 2 } } }] } },
      "span_near [clauses] as a nested span clause can't have non-default boost value [2.0]",
    ],
    [{ span_near: { clauses: [a, other] } }, 'Cannot add clause on [u] to SpanNearQuery for field t'],
    [{ span_or: { clauses: [a, other] } }, 'Clauses must have same field.'],
    [{ span_not: { include: a } }, 'span_not must have [exclude] span query clause'],
    [{ span_not: { include: a, exclude: b, dist: 1, pre: 1 } }, 'span_not can either use [dist] or [pre] & [post] (or none)'],
    [{ span_first: { match: a } }, 'span_first must have [end] set for it'],
    [{ span_containing: { little: a } }, 'inner clause [big] cannot be null.'],
    [{ span_multi: { match: { match: { t: 'a' } } } }, '[span_multi] [match] must be of type multi term query'],
    [{ field_masking_span: { query: a } }, 'span_field_masking must have [field] set for it'],
    [{ span_term: { k: 'a' } }, 'field "k" was indexed without position data; cannot run SpanTermQuery (term=a)'],
  ])('%j', (query, reason) => {
    expect(() => bind(query)).toThrow(reason)
  })
})
