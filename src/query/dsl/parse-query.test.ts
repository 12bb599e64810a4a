import { expect, test } from 'vitest'
import { isJsonObject } from '../../core/json.ts'
import { parseRequestJson } from '../../core/request-json.ts'
import { parseQuery } from './parse-query.ts'

const parse = (text: string): unknown => {
  const body = parseRequestJson(text)
  if (!isJsonObject(body)) throw new Error('no object')
  return parseQuery(body['query'] ?? null)
}

/** Request, then the error's type, reason, line and column: as OpenSearch 2.19 answers. */
const refused: readonly (readonly [text: string, type: string, reason?: string, line?: number, col?: number])[] = [
  ['{"query":{"mach":{"a":1}}}', 'parsing_exception', 'unknown query [mach] did you mean [match]?', 1, 18],
  [
    '{\n  "query": {\n    "bool": {"must" : {"mat_all":{}}}}}',
    'x_content_parse_exception',
    '[3:23] [bool] failed to parse field [must]',
  ],
  ['{"query":{"bool":{"mst":[]}}}', 'x_content_parse_exception', '[1:19] [bool] unknown field [mst] did you mean [must]?'],
  ['{"query":{"match":{"a":{"qery":1}}}}', 'parsing_exception', '[match] query does not support [qery]', 1, 32],
  [
    '{"query":{"match":{"a":1,"b":2}}}',
    'parsing_exception',
    "[match] query doesn't support multiple fields, found [a] and [b]",
    1,
    30,
  ],
  ['{"query":{"term":{"a":{"valu":2}}}}', 'parsing_exception', '[term] query does not support [valu]', 1, 31],
  ['{"query":{"term":{"a":[1,2]}}}', 'parsing_exception', '[term] query does not support array of values', 1, 23],
  ['{"query":{"terms":{"a":1}}}', 'parsing_exception', '[terms] query does not support [a]', 1, 24],
  ['{"query":{"terms":{"a":[1],"b":[2]}}}', 'parsing_exception', '[terms] query does not support multiple fields', 1, 32],
  ['{"query":{"range":{"a":{"gtx":1}}}}', 'parsing_exception', '[range] query does not support [gtx]', 1, 31],
  ['{"query":{"range":{"a":1}}}', 'parsing_exception', '[range] query does not support [a]', 1, 24],
  ['{"query":{"exists":{}}}', 'parsing_exception', '[exists] must be provided with a [field]', 1, 21],
  ['{"query":{"exists":{"fild":"a"}}}', 'parsing_exception', '[exists] query does not support [fild]', 1, 28],
  ['{"query":{}}', 'illegal_argument_exception', 'query malformed, empty clause found at [1:11]'],
  ['{"query":{"match_all":[]}}', 'parsing_exception', '[match_all] query malformed, no start_object after query name', 1, 23],
  [
    '{"query":{"match_all":{"bost":1}}}',
    'x_content_parse_exception',
    '[1:24] [match_all] unknown field [bost] did you mean [boost]?',
  ],
  ['{"query":{"match_all":{"boost":-1}}}', 'x_content_parse_exception', '[1:32] [match_all] failed to parse field [boost]'],
  [
    '{"query":{"match":{"a":{"query":"x","fuzziness":3}}}}',
    'illegal_argument_exception',
    'Valid edit distances are [0, 1, 2] but was [3]',
  ],
  [
    '{"query":{"match":{"a":{"query":"x","operator":"xor"}}}}',
    'illegal_argument_exception',
    '[match] does not know [xor] as [operator]; there are [or, and]',
  ],
  ['{"query":{"match_phrase":{"a":{"query":"x","slop":-1}}}}', 'illegal_argument_exception', 'No negative slop allowed.'],
  [
    '{"query":{"range":{"a":{"gte":1,"time_zone":"Foo/Bar"}}}}',
    'illegal_argument_exception',
    'unknown time zone [Foo/Bar]: expected an offset like [+01:00] or a region like [Europe/Berlin]',
  ],
  [
    '{"query":{"range":{"a":{"gte":1,"format":"yyyy||bogus"}}}}',
    'illegal_argument_exception',
    'Invalid format: [bogus]: Unknown pattern letter: b',
  ],
  [
    '{"query":{"kql":{"query":"a: 1 and"}}}',
    'parsing_exception',
    '[kql] Expected field name, value or "(" but end of input found.\na: 1 and\n--------^',
  ],
  ['{"query":{"geo_distance":{"distance":"10 parsecs","a":[1,2]}}}', 'illegal_argument_exception'],
  ['{"query":{"geo_distance":{"a":[1,2]}}}', 'parsing_exception', 'geo_distance requires [distance] to be set', 1, 36],
  [
    '{"query":{"geo_distance":{"distance":1,"a":[1,91]}}}',
    'illegal_argument_exception',
    'illegal latitude value [91] for [geo_distance]',
  ],
  [
    '{"query":{"dis_max":{"queries":[]}}}',
    'parsing_exception',
    "[dis_max] requires 'queries' field with at least one clause",
    1,
    34,
  ],
  ['{"query":{"constant_score":{}}}', 'parsing_exception', "[constant_score] requires a 'filter' element", 1, 29],
  ['{"query":{"query_string":{}}}', 'parsing_exception', '[query_string] must be provided with a [query]', 1, 27],
  ['{"query":{"wrapper":{"query":"???"}}}', 'illegal_argument_exception', '[wrapper] query is not the base64 of a JSON text'],
]

test.each(refused.map((row) => ({ row })))('$row.0', ({ row: [text, type, reason, line, col] }) => {
  const want: Record<string, unknown> = { type, status: 400 }
  if (reason !== undefined) want['reason'] = reason
  if (line !== undefined) want['details'] = { line, col }
  expect(() => parse(text)).toThrow(expect.objectContaining(want))
})

test('two queries where one belongs', () => {
  expect(() => parse('{"query":{"match_all":{},"exists":{"field":"a"}}}')).toThrow(
    expect.objectContaining({
      reason: '[match_all] malformed query, expected [END_OBJECT] but found [FIELD_NAME]',
      details: { line: 1, col: 26 },
    }),
  )
})

test('without the text of the request there is no position', () => {
  expect(() => parseQuery({ term: { a: [1] } })).toThrow(expect.objectContaining({ type: 'parsing_exception', details: {} }))
})

test('what is wrong within a field is the cause', () => {
  expect(() => parse('{"query":{"bool":{"must":{"mat_all":{}}}}}')).toThrow(
    expect.objectContaining({
      causedBy: expect.objectContaining({
        type: 'parsing_exception',
        reason: 'unknown query [mat_all] did you mean [match_all]?',
        details: { line: 1, col: 37 },
      }),
    }),
  )
})

test('a field says what it cannot be', () => {
  expect(() => parse('{"query":{"bool":{"boost":[]}}}')).toThrow(
    expect.objectContaining({
      type: 'x_content_parse_exception',
      reason: "[1:27] [bool] boost doesn't support values of type: START_ARRAY",
      causedBy: undefined,
    }),
  )
})

test('depth has a limit', () => {
  let query: object = { match_all: {} }
  for (let depth = 0; depth < 40; depth++) query = { constant_score: { filter: query } }
  expect(() => parseQuery(query as never)).toThrow(/nested depth/)
})
