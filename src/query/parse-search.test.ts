import { expect, test } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import { parseRequestJson } from '../core/request-json.ts'
import { parseSearch } from './parse-search.ts'
import type { SearchRequest, UrlParameters } from './search-request.ts'

const search = (text: string, parameters: UrlParameters = {}): SearchRequest =>
  parseSearch(text === '' ? undefined : parseRequestJson(text), parameters)

test('an empty request has the defaults', () => {
  const want = { from: 0, size: 10, trackTotalHits: 10_000, source: { kind: 'all' }, query: undefined, sort: [], raw: {} }
  expect(search('')).toMatchObject(want)
  expect(search('{}')).toMatchObject(want)
})

test.each<readonly [string, Partial<SearchRequest>]>([
  ['{"from":5,"size":"7"}', { from: 5, size: 7 }],
  ['{"size":1.5}', { size: 1 }],
  ['{"track_total_hits":true}', { trackTotalHits: Infinity }],
  ['{"track_total_hits":false}', { trackTotalHits: 0 }],
  ['{"track_total_hits":5}', { trackTotalHits: 5 }],
  ['{"track_total_hits":-1}', { trackTotalHits: Infinity }],
  ['{"timeout":"1.5s"}', { timeoutMs: 1500 }],
  ['{"timeout":"-1"}', { timeoutMs: undefined }],
  ['{"_source":false}', { source: { kind: 'none' } }],
  ['{"_source":"a.*"}', { source: { kind: 'some', includes: ['a.*'], excludes: [] } }],
  ['{"_source":{"includes":["a"],"excludes":"b"}}', { source: { kind: 'some', includes: ['a'], excludes: ['b'] } }],
  [
    '{"fields":["a",{"field":"d","format":"yyyy"}]}',
    {
      fields: [
        { field: 'a', format: undefined, includeUnmapped: false },
        { field: 'd', format: 'yyyy', includeUnmapped: false },
      ],
    },
  ],
  ['{"stored_fields":"_none_"}', { storedFields: ['_none_'] }],
  ['{"search_after":[1,"x",null],"sort":["a","b","c"]}', { searchAfter: [1, 'x', null] }],
  [
    '{"highlight":{"fields":{"t":{}}},"runtime_mappings":{},"script_fields":{},"ext":{}}',
    { raw: { highlight: { fields: { t: {} } } } },
  ],
  [
    '{"min_score":0.5,"version":true,"seq_no_primary_term":true,"track_scores":true}',
    { minScore: 0.5, version: true, seqNoPrimaryTerm: true, trackScores: true },
  ],
  ['{"sort":"a"}', { sort: [{ field: 'a', order: 'asc', mode: 'min', missing: undefined }] }],
  [
    '{"sort":["_score",{"a":"DESC"},{"b":{"order":"asc","missing":"_first","mode":"avg","unmapped_type":"long","format":"yyyy"}}]}',
    {
      sort: [
        { field: '_score', order: 'desc', mode: 'max', missing: undefined },
        { field: 'a', order: 'desc', mode: 'max', missing: undefined },
        { field: 'b', order: 'asc', mode: 'avg', missing: '_first', unmappedType: 'long', format: 'yyyy' },
      ],
    },
  ],
])('%s', (text, want) => {
  expect(search(text)).toMatchObject(want)
})

test.each<readonly [UrlParameters, Partial<SearchRequest>]>([
  [
    { size: '5', from: '2' },
    { size: 5, from: 2 },
  ],
  [
    { sort: 'a:desc,b' },
    {
      sort: [
        { field: 'a', order: 'desc', mode: 'max', missing: undefined },
        { field: 'b', order: 'asc', mode: 'min', missing: undefined },
      ],
    },
  ],
  [{ _source: 'false' }, { source: { kind: 'none' } }],
  [{ _source: 'a,b', _source_excludes: 'c' }, { source: { kind: 'some', includes: ['a', 'b'], excludes: ['c'] } }],
  [{ _source_excludes: 'c' }, { source: { kind: 'some', includes: [], excludes: ['c'] } }],
  [{ version: '' }, { version: true }],
  [{ track_total_hits: '5' }, { trackTotalHits: 5 }],
])('parameters %j win over the body', (parameters, want) => {
  expect(search('{"size":1,"from":1,"sort":"x","_source":"y"}', parameters)).toMatchObject(want)
})

test('?q= is a query in Lucene’s language', () => {
  expect(
    search('{"query":{"match_all":{}}}', { q: 'a:b', df: 't', default_operator: 'AND', lenient: 'true' }).query,
  ).toMatchObject({
    kind: 'query_string',
    query: 'a:b',
    fields: ['t'],
    lenient: true,
    options: { defaultOperator: 'and' },
  })
})

const refused: readonly (readonly [text: string, reason: string, line?: number, col?: number])[] = [
  ['{"qury":{}}', 'Unknown key for a START_OBJECT in [qury]. did you mean [query]?', 1, 9],
  ['{"query":[]}', 'Unknown key for a START_ARRAY in [query].', 1, 10],
  ['{"query":5}', 'Unknown key for a VALUE_NUMBER in [query].', 1, 10],
  ['{"query":null}', 'Unknown key for a VALUE_NULL in [query].', 1, 10],
  ['{"size":[1]}', 'Unknown key for a START_ARRAY in [size].', 1, 9],
  ['[]', 'Expected [START_OBJECT] but found [START_ARRAY]', 1, 1],
  ['{"from":-1}', '[from] parameter cannot be negative, found [-1]'],
  ['{"size":"x"}', 'For input string: "x"'],
  ['{"timeout":5}', 'failed to parse setting [timeout] with value [5] as a time value: unit is missing or unrecognized'],
  ['{"_source":5}', 'Expected one of [VALUE_BOOLEAN, START_OBJECT] but found [VALUE_NUMBER]', 1, 12],
  ['{"_source":{"inc":["a"]}}', 'Unknown key for a START_ARRAY in [inc].', 1, 19],
  ['{"fields":[{"fild":1}]}', '[1:13] [docvalues_field] unknown field [fild] did you mean [field]?'],
  ['{"search_after":[]}', 'Values must contains at least one value.'],
  ['{"version":"x"}', 'Failed to parse value [x] as only [true] or [false] are allowed.'],
  ['{"track_total_hits":-2}', '[track_total_hits] parameter must be positive or equals to -1, got -2'],
  ['{"sort":[{"d":{"ordr":"asc"}}]}', '[1:16] [field_sort] unknown field [ordr] did you mean [order]?'],
  ['{"sort":[{"d":"ascx"}]}', 'No enum constant org.elasticsearch.search.sort.SortOrder.ASCX'],
  ['{"aggs":{"a":{"trms":{}}}}', 'Unknown aggregation type [trms] did you mean [terms]?', 1, 22],
  ['{"aggs":{"a":{"terms":{"feld":"x"}}}}', '[1:24] [terms] unknown field [feld] did you mean [field]?'],
  ['{"aggs":{"a":{}}}', 'Missing definition for aggregation [a]', 1, 15],
  [
    '{"aggs":{"a":{"terms":{"field":"k"},"avg":{"field":"n"}}}}',
    'Found two aggregation type definitions in [a]: [terms] and [avg]',
    1,
    43,
  ],
  [
    '{"aggs":{"a]":{"terms":{"field":"k"}}}}',
    "Invalid aggregation name [a]]. Aggregation names can contain any character except '[', ']', and '>'",
    1,
    10,
  ],
  ['{"aggs":{"a":5}}', 'Aggregation definition for [a starts with a [VALUE_NUMBER], expected a [START_OBJECT].', 1, 14],
  ['{"aggs":{"a":{"terms":{}}}}', 'Required one of fields [field, script], but none were specified. '],
  ['{"aggs":{"a":{"terms":{"field":"k","size":0}}}}', '[size] must be greater than 0. Found [0] in [a]'],
  [
    '{"aggs":{"a":{"date_histogram":{"field":"d","calendar_interval":"2d"}}}}',
    'The supplied interval [2d] could not be parsed as a calendar interval.',
  ],
  [
    '{"aggs":{"a":{"date_histogram":{"field":"d","fixed_interval":"1M"}}}}',
    'failed to parse setting [date_histogram.fixedInterval] with value [1M] as a time value: unit is missing or unrecognized',
  ],
  ['{"aggs":{"a":{"date_histogram":{"field":"d"}}}}', 'Invalid interval specified, must be non-null and non-empty'],
  ['{"aggs":{"a":{"histogram":{"field":"n","interval":0}}}}', '[interval] must be >0 for histogram aggregation [a]'],
  ['{"aggs":{"a":{"range":{"field":"n"}}}}', 'No [ranges] specified for the [a] aggregation'],
  ['{"aggs":{"a":{"filters":{"filters":{}}}}}', '[filters] cannot be empty.'],
  ['{"aggs":{"a":{"percentiles":{"field":"n","percents":[101]}}}}', 'percent must be in [0,100], got [101.0]: [a]'],
  [
    '{"aggs":{"a":{"avg":{"field":"n"},"aggs":{"b":{"avg":{"field":"n"}}}}}}',
    'Aggregator [a] of type [avg] cannot accept sub-aggregations',
  ],
]

test.each(refused.map((row) => ({ row })))('$row.0 is refused', ({ row: [text, reason, line, col] }) => {
  const details = line === undefined ? {} : { details: { line, col } }
  expect(() => search(text)).toThrow(expect.objectContaining({ status: 400, reason, ...details }))
})

test.each<readonly [UrlParameters, string]>([
  [{ size: 'x' }, 'Failed to parse int parameter [size] with value [x]'],
  [{ size: '-1' }, '[size] parameter cannot be negative, found [-1]'],
  [{ track_total_hits: 'x' }, 'Failed to parse int parameter [track_total_hits] with value [x]'],
  [{ explain: 'x' }, 'Failed to parse value [x] as only [true] or [false] are allowed.'],
  [{ q: 'a', default_operator: 'XOR' }, 'No enum constant org.elasticsearch.index.query.Operator.XOR'],
  [{ terminate_after: '-1' }, 'terminateAfter must be > 0'],
])('parameters %j are refused', (parameters, reason) => {
  expect(() => parseSearch(undefined, parameters)).toThrow(expect.objectContaining({ status: 400, reason }))
})

test('values of the body may come from code as well', () => {
  const body: JsonValue = { query: { match_all: {} }, size: 3 }
  expect(parseSearch(body)).toMatchObject({ size: 3, query: { kind: 'match_all' } })
})
