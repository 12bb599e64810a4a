import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { builtInAnalysis } from '../analysis/analysis.ts'
import { DEFAULT_QUERY_LIMITS, type BindContext } from '../bind/context.ts'
import { ComputedFields } from '../computed/computed-fields.ts'
import type { DocumentCollection } from '../computed/document-collection.ts'
import type { AggregationResult } from '../aggregation.ts'
import { fieldList } from '../field-list.ts'
import { scriptsForTests } from '../testing/scripts-for-tests.ts'
import { parseAggregations } from './parse-aggregations.ts'
import { bindAggregations, type BoundAggregations } from './run-aggregations.ts'

const fields = new ComputedFields(fieldList({ n: 'long', k: 'keyword' }), scriptsForTests())
const context: BindContext = {
  index: { name: 'i', uuid: 'u' },
  fields,
  computed: fields,
  analysis: builtInAnalysis,
  now: 0,
  limits: DEFAULT_QUERY_LIMITS,
  defaultFields: ['*'],
}

function bind(metric: JsonObject): BoundAggregations {
  const aggs = { m: { scripted_metric: metric } }
  const tree = parseAggregations(aggs, { node: { aggs }, key: 'aggs', owner: 'aggs' })
  return bindAggregations(tree, { indices: [context], maxBuckets: 10 })
}

function collect(bound: BoundAggregations, numbers: readonly number[]): AggregationResult {
  const collection = bound.engine[0]?.aggregation as DocumentCollection & { readonly kind: 'collected' }
  const collector = collection.open()(0)
  for (const n of numbers) collector.add({ values: ({ path }) => (path === 'n' ? [n] : []), score: 0.5, source: () => ({ n }) })
  return { kind: 'collected', results: new Map([[0, collector.result()]]) }
}

const formatHit = (): JsonObject => ({})

function answer(metric: JsonObject, numbers: readonly number[] = [1, 2, 3]): JsonValue {
  const bound = bind(metric)
  const json = bound.shape(new Map([['m', collect(bound, numbers)]]), { formatHit, typedKeys: false })
  return JSON.parse(printJson(json)) as JsonValue
}

const states = { combine_script: 'return state', reduce_script: 'return states' }

test.each([
  {
    name: 'keeps values',
    metric: { init_script: 'state.l = []', map_script: 'state.l.add(doc.n.value)', ...states },
    want: [{ l: [1, 2, 3] }],
  },
  {
    name: 'parameters are the same for all scripts',
    metric: {
      params: { by: 10 },
      init_script: 'state.s = 0L',
      map_script: 'state.s += doc.n.value * params.by',
      combine_script: 'return state.s + params.by',
      reduce_script: 'long s = 0; for (x in states) s += x; return s',
    },
    want: 70,
  },
  { name: 'scores', metric: { map_script: 'state.s = _score', ...states }, want: [{ s: 0.5 }] },
  { name: 'sources', metric: { map_script: "state.s = params['_source'].n", ...states }, want: [{ s: 3 }] },
  { name: 'nothing', metric: { map_script: 'state.s = 1', combine_script: 'null', reduce_script: 'null' }, want: null },
])('$name', ({ metric, want }) => {
  expect(answer(metric)).toEqual({ m: { value: want } })
})

test('an index without documents has the state that it began with', () => {
  const bound = bind({ init_script: 'state.n = 0', map_script: 'state.n++', ...states })
  const json = bound.shape(new Map(), { formatHit, typedKeys: false })
  expect(json).toEqual({ m: { value: [{ n: 0 }] } })
})

describe('refuses', () => {
  test.each([
    { metric: {}, reason: 'Required [map_script]' },
    { metric: { map_script: 'state.x = 1' }, reason: '[combineScript] must not be null: [m]' },
    { metric: { map_script: 'state.x = 1', combine_script: 'state' }, reason: '[reduceScript] must not be null: [m]' },
    {
      metric: { params: { a: 1 }, map_script: { source: 'state.x = 1', params: { a: 2 } }, ...states },
      reason: 'Parameter name "a" used in both aggregation and script parameters',
    },
    {
      metric: { init_script: 'state.s = state', map_script: 'state.x = 1', ...states },
      reason: 'Iterable object is self-referencing itself (Scripted metric aggs init script)',
    },
    {
      metric: { map_script: 'state.x = 1', combine_script: 'def m = [:]; m.m = m; return m', reduce_script: '1' },
      reason: 'Iterable object is self-referencing itself (Scripted metric aggs combine script)',
    },
    { metric: { map_script: 'state.x = (', ...states }, reason: 'compile error' },
    { metric: { map_script: '('.repeat(500), ...states }, reason: 'compile error' },
  ])('$reason', ({ metric, reason }) => {
    expect(() => answer(metric)).toThrow(reason)
  })
})
