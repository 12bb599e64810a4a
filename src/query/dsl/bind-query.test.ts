import { expect, test } from 'vitest'
import type { JsonValue } from '../../core/json.ts'
import { compileAnalysis } from '../analysis/analysis.ts'
import { DEFAULT_QUERY_LIMITS, type BindContext } from '../bind/context.ts'
import { describeQuery } from '../describe-query.ts'
import { fieldList } from '../field-list.ts'
import { bindQuery } from './bind-query.ts'
import { parseQuery } from './parse-query.ts'

const context: BindContext = {
  index: { name: 'logs', uuid: 'u' },
  fields: fieldList(
    {
      t: 'text',
      t2: { type: 'text', analyzer: 'english' },
      s: { type: 'text', analyzer: 'syn' },
      k: 'keyword',
      kn: { type: 'keyword', normalizer: 'lc' },
      n: 'long',
      i: 'integer',
      f: 'float',
      sf: { type: 'scaled_float', scalingFactor: 10 },
      b: 'boolean',
      d: 'date',
      d2: { type: 'date', format: 'yyyy-MM-dd' },
      dn: 'date_nanos',
      ip: 'ip',
      g: 'geo_point',
      ck: { type: 'constant_keyword', constant: 'cv' },
      off: { type: 'keyword', indexed: false, docValues: false },
      'o.a': 'keyword',
      'o.b': 'text',
    },
    { al: 'k' },
  ),
  analysis: compileAnalysis({
    normalizer: { lc: { filter: ['lowercase'] } },
    filter: { sg: { type: 'synonym_graph', synonyms: ['ny, new york', 'tv, television'] } },
    analyzer: { syn: { tokenizer: 'standard', filter: ['lowercase', 'sg'] } },
  }),
  now: Date.parse('2024-03-15T13:37:42.123Z'),
  limits: DEFAULT_QUERY_LIMITS,
  defaultFields: ['*'],
}

const bound = (json: JsonValue): string => describeQuery(bindQuery(parseQuery(json), context))

const simple = (query: string, field = 't') => ({ simple_query_string: { query, fields: [field] } })
const queryString = (query: string, more: Record<string, JsonValue> = { default_field: 't' }): JsonValue => ({
  query_string: { query, ...more },
})
const tk: Record<string, JsonValue> = { fields: ['t', 'k'] }

/** What OpenSearch 2.19's `_validate/query?explain` says of the same query, in our words. */
const cases: readonly (readonly [JsonValue, string])[] = [
  [{ match_all: {} }, '*:*'],
  [{ match_all: { boost: 2 } }, '*:*^2'],
  [{ match_none: {} }, 'none'],
  [{ term: { k: 'a' } }, 'k:a'],
  [{ term: { k: { value: 5, boost: 2 } } }, 'k:5^2'],
  [{ term: { kn: 'ABC' } }, 'kn:abc'],
  [{ term: { k: { value: 'A*', case_insensitive: true } } }, 'k:A\\*(i)'],
  [{ term: { al: 'x' } }, 'k:x'],
  [{ term: { nope: 'x' } }, 'none'],
  [{ terms_set: { k: { terms: ['x', 'y'], minimum_should_match_field: 'n', boost: 2 } } }, '(#k:(x y)~n k:x k:y)^2'],
  [
    {
      geo_polygon: {
        g: {
          points: [
            [0, 0],
            [0, 10],
            [10, 0],
            [0, 0],
          ],
        },
      },
    },
    'g:polygon(0,0 10,0 0,10)',
  ],
  [
    { geo_polygon: { g: { points: ['0,170', '10,-170', '-10,-170'] } } },
    'constant((g:polygon(0,170 10,190 -10,190) g:polygon(0,-190 10,-170 -10,-170)))',
  ],
  [{ pinned: { ids: ['1'], organic: { term: { k: 'x' } } } }, '(constant(_id:(1))^1.7014118346046923e+38 | k:x)'],
  [{ pinned: { docs: [{ _id: '1', _index: 'other' }], organic: { term: { k: 'x' } } } }, '(k:x)'],
  [
    { combined_fields: { query: 'quick fox', fields: ['t', 'o.b^2'], operator: 'and' } },
    '(+(t:quick | o.b:quick^2) +(t:fox | o.b:fox^2))',
  ],
  [{ term: { n: 5 } }, 'n:5'],
  [{ term: { n: '9007199254740993' } }, 'n:9007199254740993'],
  [{ term: { n: 1.5 } }, 'none'],
  [{ term: { sf: 1.25 } }, 'sf:1.3'],
  [{ term: { f: 0.1 } }, 'f:0.10000000149011612'],
  [{ term: { b: 'true' } }, 'b:true'],
  [{ term: { ck: 'cv' } }, '*:*'],
  [{ term: { ck: 'x' } }, 'none'],
  [{ term: { ip: '10.0.0.0/8' } }, 'ip:[10.0.0.0 TO 10.255.255.255]'],
  [{ term: { ip: '::1' } }, 'ip:::1'],
  [{ term: { d: '2024-01-01' } }, 'd:[1704067200000 TO 1704153599999]'],
  [{ term: { d: 1704067200000 } }, 'd:1704067200000'],
  [{ term: { dn: '2024-01-01T00:00:00.123456789Z' } }, 'dn:1704067200123456789'],
  [{ term: { _id: 1 } }, '_id:(1)'],
  [{ term: { _index: 'lo*' } }, '*:*'],
  [{ terms: { k: ['a', 'b', 'a'] } }, 'constant(k:(a b))'],
  [{ terms: { n: [] } }, 'none'],
  [{ terms: { _id: ['1', '2'] } }, '_id:(1 2)'],
  [
    { terms: { d: ['2024-01-01', '2024-01-02T00:00:00.000Z'] } },
    'constant((d:[1704067200000 TO 1704153599999] d:1704153600000))',
  ],
  [{ range: { n: { gt: 1.5, lt: 3 } } }, 'n:[2 TO 3}'],
  [{ range: { n: { gte: 5, lte: 3 } } }, 'none'],
  [{ range: { sf: { gt: 1.25, lt: 3 } } }, 'sf:[1.3 TO 2.9]'],
  [{ range: { f: { gt: 1.1 } } }, 'f:{1.100000023841858 TO *]'],
  [{ range: { d: { gt: '2024-01-01', lte: '2024-02' } } }, 'd:{1704153599999 TO 1706831999999]'],
  [{ range: { d: { gte: '2024-01-01', lt: '2024-01-02', time_zone: '+01:00' } } }, 'd:[1704063600000 TO 1704150000000}'],
  [{ range: { d: { gte: 'now/d', lte: 'now/d' } } }, 'd:[1710460800000 TO 1710547199999]'],
  [{ range: { d: { gte: '01.02.2024', format: 'dd.MM.yyyy' } } }, 'd:[1706745600000 TO *]'],
  [{ range: { d: { from: '2024-01-01', to: null, include_lower: false } } }, 'd:{1704153599999 TO *]'],
  [{ range: { k: { gte: 'a', lt: 'b' } } }, 'k:[a TO b}'],
  [{ range: { ip: { gt: '10.0.0.1', lte: '10.0.0.9' } } }, 'ip:{10.0.0.1 TO 10.0.0.9]'],
  [{ range: { b: { gt: false } } }, 'b:true'],
  [{ range: { n: {} } }, '_exists_:n'],
  [{ range: { nope: { gt: 1 } } }, 'none'],
  [{ exists: { field: 't' } }, '_exists_:t'],
  [{ exists: { field: 'o' } }, 'constant((_exists_:o.a _exists_:o.b))'],
  [{ exists: { field: 'ck' } }, 'constant(*:*)'],
  [{ exists: { field: 'nope' } }, 'none'],
  [{ ids: { values: ['1', '2'] } }, '_id:(1 2)'],
  [{ kql: { query: 'k: a and n >= 5' } }, '(#k:a #n:[5 TO *])'],
  [{ kql: { query: 'not k: (a or b*)' } }, '(-(k:a k:b*))'],
  [{ kql: { query: 'd >= "2024-01-01"', time_zone: '+01:00' } }, 'd:[1704063600000 TO *]'],
  [{ kql: { query: '' } }, '*:*'],
  [{ prefix: { k: 'a' } }, 'k:a*'],
  [{ prefix: { kn: 'AB' } }, 'kn:ab*'],
  [{ prefix: { t: { value: 'Q', case_insensitive: true } } }, 't:Q*(i)'],
  [{ wildcard: { kn: 'A?*\\*B' } }, 'kn:a?*\\*b'],
  [{ wildcard: { t: 'QU*' } }, 't:QU*'],
  [{ regexp: { k: { value: 'a.*', case_insensitive: true } } }, 'k:/a.*/(i)'],
  [{ fuzzy: { k: { value: 'abcd', fuzziness: 'AUTO:2,4' } } }, 'k:abcd~2'],
  [{ fuzzy: { kn: 'ABCD' } }, 'kn:abcd~1'],
  [{ match: { t: 'Quick fox' } }, 't:(quick fox)~1'],
  [{ match: { t: { query: 'quick fox the', operator: 'AND' } } }, 't:(quick fox the)~3'],
  [{ match: { t: { query: 'a b c d', minimum_should_match: '75%' } } }, 't:(a b c d)~3'],
  [{ match: { t: { query: 'quikc fxo', fuzziness: 'AUTO' } } }, '(t:quikc~1 t:fxo~1)'],
  [{ match: { t2: 'the' } }, 'none'],
  [{ match: { t2: { query: 'the', zero_terms_query: 'all' } } }, '*:*'],
  [{ match: { t2: 'running foxes' } }, 't2:(run fox)~1'],
  [{ match: { t: 'a b a' } }, '(t:a t:b t:a)'],
  [{ match: { n: '5' } }, 'n:5'],
  [{ match: { n: { query: 'abc', lenient: true } } }, 'none'],
  [{ match: { kn: 'Quick Fox' } }, 'kn:quick fox'],
  [{ match: { s: { query: 'ny tv x', operator: 'and' } } }, '(+(s:ny s:"new york") +s:(tv television)~1 +s:x)'],
  [{ match_phrase: { t: 'quick fox' } }, 't:"quick fox"'],
  [{ match_phrase: { t: { query: 'quick fox', slop: 2 } } }, 't:"quick fox"~2'],
  [{ match_phrase: { t2: 'foxes the dogs' } }, 't2:"fox ? dog"'],
  [{ match_phrase: { s: 'my tv' } }, 's:"my tv|television"'],
  [{ match_phrase: { t: 'quick' } }, 't:quick'],
  [{ match_phrase: { k: 'a b' } }, 'k:a b'],
  [{ match_phrase_prefix: { t: 'quick br' } }, 't:"quick br*"'],
  [{ match_phrase_prefix: { t: 'qu' } }, 't:"qu*"'],
  [{ match_bool_prefix: { t: 'quick brown f' } }, '(t:quick t:brown t:f*)'],
  [{ multi_match: { query: 'quick fox', fields: ['t', 't2^2'] } }, '(t:(quick fox)~1 | t2:(quick fox)~1^2)'],
  [{ multi_match: { query: 'quick fox', fields: ['t', 't2'], type: 'most_fields' } }, '(t:(quick fox)~1 | t2:(quick fox)~1)~1'],
  [{ multi_match: { query: 'quick fox', fields: ['t', 't2'], type: 'phrase' } }, '(t:"quick fox" | t2:"quick fox")'],
  [
    { multi_match: { query: 'quick fox', fields: ['t', 'o.b'], type: 'cross_fields', operator: 'and' } },
    '(+(t:quick | o.b:quick) +(t:fox | o.b:fox))',
  ],
  [{ multi_match: { query: 'quick fo', fields: ['t', 't2'], type: 'bool_prefix' } }, '((t:quick t:fo*) | (t2:quick t2:fo*))~1'],
  [{ multi_match: { query: '5', fields: ['t', 'n', 'ip'], lenient: true, tie_breaker: 0.3 } }, '(t:5 | n:5)~0.3'],
  [{ multi_match: { query: 'x', fields: ['nope'] } }, 'none'],
  [{ bool: {} }, '*:*'],
  [
    {
      bool: {
        must: [{ term: { k: 'a' } }],
        filter: { term: { k: 'b' } },
        should: [{ term: { k: 'c' } }],
        must_not: [{ term: { k: 'd' } }],
      },
    },
    '(+k:a #k:b k:c -k:d)',
  ],
  [{ bool: { should: [{ term: { k: 'a' } }, { term: { k: 'b' } }], minimum_should_match: '-1' } }, '(k:a k:b)'],
  [
    { bool: { should: [{ term: { k: 'a' } }, { term: { k: 'b' } }, { term: { k: 'c' } }], minimum_should_match: 2 } },
    '(k:a k:b k:c)~2',
  ],
  [{ bool: { filter: [{ term: { k: 'a' } }], should: [{ term: { k: 'b' } }], minimum_should_match: '100%' } }, '(#k:a k:b)~1'],
  [{ bool: { must: [{ term: { nope: 'a' } }], should: [{ term: { k: 'b' } }] } }, 'none'],
  [{ bool: { should: [{ term: { nope: 'a' } }, { term: { k: 'b' } }], minimum_should_match: 2 } }, 'none'],
  [{ constant_score: { filter: { term: { k: 'a' } }, boost: 2 } }, 'constant(k:a)^2'],
  [{ dis_max: { queries: [{ term: { k: 'a' } }, { term: { t: 'b' } }], tie_breaker: 0.5 } }, '(k:a | t:b)~0.5'],
  [{ geo_distance: { distance: '10km', g: [2, 1] } }, 'g:distance(1,2 10000m)'],
  [{ geo_distance: { distance: 1, unit: 'mi', 'g.lat': 1, 'g.lon': 2 } }, 'g:distance(1,2 1609.344m)'],
  [{ geo_bounding_box: { g: { top_left: '2,1', bottom_right: { lat: 1, lon: 2 } } } }, 'g:box(2,1 1,2)'],
  [{ geo_bounding_box: { g: { wkt: 'BBOX (1, 2, 2, 1)' } } }, 'g:box(2,1 1,2)'],
  [{ geo_grid: { g: { geotile: '1/1/0' } } }, 'g:box(85.05112877880659,0 0,180)'],
  [{ geo_grid: { g: { geohash: 's' }, boost: 2 } }, 'g:box(44.999999999,0 0,44.999999999)^2'],
  [{ geo_shape: { g: { shape: { type: 'circle', coordinates: [2, 1], radius: '5km' } } } }, 'constant(g:distance(1,2 5000m))'],
  [{ geo_distance: { distance: '1km', nope: [2, 1], ignore_unmapped: true } }, 'none'],
  [{ wrapper: { query: btoa('{"term":{"k":"a"}}') } }, 'k:a'],

  [queryString('quick fox'), 't:(quick fox)~1'],
  [queryString('quick fox', { default_field: 't', default_operator: 'AND' }), 't:(quick fox)~2'],
  [queryString('t:quick OR t:fox AND NOT k:a'), '(+t:fox t:quick -k:a)'],
  [queryString('t:(quick fox) +k:a -n:5'), '(+k:a t:(quick fox)~1 -n:5)'],
  [
    queryString('t:qui* k:/ab.*/ t:"quick fox"~2 t:quikc~ n:[1 TO 5} d:>=2024-01-01 n:>3', { default_operator: 'AND' }),
    '(+t:qui* +k:/ab.*/ +t:"quick fox"~2 +t:quikc~1 +n:[1 TO 5} +d:[1704067200000 TO *] +n:{3 TO *])',
  ],
  [queryString('_exists_:k'), '_exists_:k'],
  [queryString('nope:x'), 'none'],
  [queryString('*'), '_exists_:t'],
  [queryString('t:*'), '_exists_:t'],
  [queryString('*:*'), '*:*'],
  [queryString('*uick'), 't:*uick'],
  [queryString('d:[now-1h TO now]'), 'd:[1710506262123 TO 1710509862123]'],
  [queryString('a && b || !c'), '(+t:a +t:b -t:c)'],
  [queryString('t:quick^2 t:(a b)^3'), '(t:quick^2 t:(a b)~1^3)'],
  [queryString('quick fox', { fields: ['t', 'k^2'] }), '(t:(quick fox)~1 | k:quick fox^2)'],
  [queryString('a AND b OR c'), '(+t:a +t:b t:c)'],
  [queryString('a OR b AND c'), '(+t:b +t:c t:a)'],
  [queryString('a b c d', { default_field: 't', minimum_should_match: 2 }), 't:(a b c d)~2'],
  [queryString('NOT a'), '(-t:a)'],
  [queryString('o.\\*:x'), '(o.a:x | o.b:x)'],
  [queryString('QUI*'), 't:qui*'],
  [queryString('Foo-Bar'), 't:(foo bar)~1'],
  [queryString('k:Foo\\ Bar'), 'k:Foo Bar'],
  [queryString(''), 'none'],
  [queryString('quikc~1 fox~0.8'), '(t:quikc~1 t:fox)'],
  [queryString('k:[a TO *] k:{* TO b]'), '(k:[a TO *] k:[* TO b])'],
  [queryString('a TO b'), 't:(a to b)~1'],
  [queryString('+the +foxes', { default_field: 't2' }), 't2:fox'],
  [queryString('a b AND c', tk), '(+(t:b | k:b) +(t:c | k:c) (t:a | k:a))'],
  [queryString('a b c', tk), '(t:(a b c)~1 | k:a b c)'],
  [queryString('a b c AND d', tk), '(+(t:c | k:c) +(t:d | k:d) (t:(a b)~1 | k:a b))'],
  [queryString('a b +c d', tk), '(+(t:c | k:c) (t:(a b)~1 | k:a b) (t:d | k:d))'],
  [queryString('a b "x y" c d', tk), '((t:(a b)~1 | k:a b) (t:"x y" | k:x y) (t:(c d)~1 | k:c d))'],
  [queryString('a k:b c', tk), '((t:a | k:a) k:b (t:c | k:c))'],
  [queryString('k:(a b "c d")', tk), '(k:a b k:c d)'],
  [queryString('"a b"^2', tk), '(t:"a b" | k:a b)^2'],
  [queryString('a~2^3', tk), '(t:a~2 | k:a~2)^3'],
  [queryString('>5', tk), '(t:5 | k:>5)'],
  [queryString('k:> 5', tk), '(k:> (t:5 | k:5))'],
  [queryString('_id:1 _index:logs', tk), '(_id:(1) *:*)'],
  [queryString('k:"C:\\\\x"', tk), 'k:C:\\x'],
  [queryString('n:abc', { default_field: '*' }), 'none'],

  [
    { simple_query_string: { query: '"fried eggs" +(eggplant | potato) -frittata', fields: ['t'] } },
    '((+t:"fried eggs" +(t:eggplant t:potato)) (+*:* -t:frittata))',
  ],
  [
    { simple_query_string: { query: 'foo bar* baz~1 "a b"~2', fields: ['t', 'k'], default_operator: 'and' } },
    '(+(t:foo | k:foo)~1 +(t:bar* | k:bar*)~1 +(t:baz~1 | k:baz~1)~1 +(t:"a b"~2 | k:a b)~1)',
  ],
  // As OpenSearch explains them.
  [simple('a\\+b -"c', 'k'), '(k:a+b k:c)'],
  [simple('- foo'), 't:foo'],
  [simple('--foo'), 't:foo'],
  [simple('foo -bar'), '(t:foo (+*:* -t:bar))'],
  [simple('foo (bar | baz'), '(t:foo t:bar t:baz)'],
  [simple('foo + "" bar'), '(t:foo t:bar)'],
  [simple('foo + () bar'), '(t:foo t:bar)'],
  [simple('a + | b'), '(+t:a +t:b)'],
  [simple('a | + b'), '(t:a t:b)'],
  [simple('"a b"~ c'), '(t:"a b"~2 t:c)'],
  [simple('"a b"~'), 't:"a b"'],
  [simple('foo~ bar'), '(t:foo~2 t:bar)'],
  [simple('foo~x bar'), '(t:foo t:bar)'],
  [simple('foo~1|bar~9'), '(t:foo~1 t:bar~2)'],
  [simple('a"b"c'), '(t:a t:b t:c)'],
]

test.each(cases)('%j', (json, want) => {
  expect(bound(json)).toBe(want)
})

const parseError =
  'failed to parse date field [abc] with format [strict_date_optional_time||epoch_millis]: [failed to parse date field [abc] with format [strict_date_optional_time||epoch_millis]]'

test.each<readonly [JsonValue, string, string]>([
  [{ term: { n: 'abc' } }, 'query_shard_exception', 'failed to create query: For input string: "abc"'],
  [{ term: { n: true } }, 'query_shard_exception', 'failed to create query: For input string: "true"'],
  [
    { term: { i: 3000000000 } },
    'query_shard_exception',
    'failed to create query: Value [3000000000] is out of range for an integer',
  ],
  [
    { term: { f: 1e39 } },
    'query_shard_exception',
    'failed to create query: [float] supports only finite values, but got [Infinity]',
  ],
  [
    { term: { b: 'yes' } },
    'query_shard_exception',
    "failed to create query: Can't parse boolean value [yes], expected [true] or [false]",
  ],
  [{ term: { ip: 'abc' } }, 'query_shard_exception', "failed to create query: 'abc' is not an IP string literal."],
  [{ term: { d: 'abc' } }, 'parse_exception', parseError],
  [{ range: { d: { gte: 'abc' } } }, 'parse_exception', parseError],
  [
    { range: { d2: { gte: 5 } } },
    'parse_exception',
    'failed to parse date field [5] with format [yyyy-MM-dd]: [failed to parse date field [5] with format [yyyy-MM-dd]]',
  ],
  [{ range: { n: { gte: 'abc' } } }, 'query_shard_exception', 'failed to create query: For input string: "abc"'],
  [
    { range: { g: { gte: 1 } } },
    'query_shard_exception',
    'failed to create query: Field [g] of type [geo_point] does not support range queries',
  ],
  [
    { term: { g: '1,2' } },
    'query_shard_exception',
    'Geometry fields do not support exact searching, use dedicated geometry queries instead: [g]',
  ],
  [
    { term: { off: 'x' } },
    'query_shard_exception',
    'failed to create query: Cannot search on field [off] since it is not indexed.',
  ],
  [
    { term: { n: { value: '5', case_insensitive: true } } },
    'query_shard_exception',
    '[n] field which is of type [long], does not support case insensitive term queries',
  ],
  [
    { prefix: { n: '1' } },
    'query_shard_exception',
    'Can only use prefix queries on keyword and text fields - not on [n] which is of type [long]',
  ],
  [
    { wildcard: { d: '1' } },
    'query_shard_exception',
    'Can only use wildcard queries on keyword and text fields - not on [d] which is of type [date]',
  ],
  [
    { fuzzy: { n: '1' } },
    'query_shard_exception',
    'failed to create query: Can only use fuzzy queries on keyword and text fields - not on [n] which is of type [long]',
  ],
  [
    { match_phrase_prefix: { k: '1' } },
    'query_shard_exception',
    'failed to create query: Can only use phrase prefix queries on text fields - not on [k] which is of type [keyword]',
  ],
  [{ regexp: { k: '[a' } }, 'query_shard_exception', "failed to create query: expected ']' at position 2"],
  [{ geo_distance: { distance: '1km', k: [1, 2] } }, 'query_shard_exception', 'field [k] is not a geo_point field'],
  [
    { terms_set: { k: { terms: ['x'], minimum_should_match_field: 'nope' } } },
    'query_shard_exception',
    'failed to find minimum_should_match field [nope]',
  ],
  [
    { combined_fields: { query: 'x', fields: ['t', 't2'] } },
    'query_shard_exception',
    'All fields in [combined_fields] query must have the same search analyzer',
  ],
  [{ geo_distance: { distance: '1km', nope: [1, 2] } }, 'query_shard_exception', 'failed to find geo field [nope]'],
  [
    { nested: { path: 'nope', query: { match_all: {} } } },
    'query_shard_exception',
    'failed to create query: [nested] failed to find nested object under path [nope]',
  ],
  [queryString('foo:'), 'query_shard_exception', 'Failed to parse query [foo:]'],
  [
    queryString('*uick', { default_field: 't', allow_leading_wildcard: false }),
    'query_shard_exception',
    'Failed to parse query [*uick]',
  ],
  [queryString('n:abc', { default_field: 't' }), 'query_shard_exception', 'failed to create query: For input string: "abc"'],
])('%j is refused', (json, type, reason) => {
  expect(() => bound(json)).toThrow(expect.objectContaining({ type, status: 400, reason }))
})

test('a syntax error of Lucene says where it is', () => {
  expect(() => bound(queryString('foo AND (bar OR'))).toThrow(
    expect.objectContaining({
      causedBy: expect.objectContaining({ reason: expect.stringContaining('Encountered "<EOF>" at line 1, column 15') }),
    }),
  )
})

test('too many clauses are refused', () => {
  const should = Array.from({ length: 1025 }, (_, index) => ({ term: { k: String(index) } }))
  expect(() => bound({ bool: { should } })).toThrow('failed to create query: maxClauseCount is set to 1024')
})
