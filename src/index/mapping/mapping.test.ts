import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { parseJsonExact } from '../../core/parse-json.ts'
import { MappedValues } from '../../engine/engine.ts'
import { compileMapping } from './compile-mapping.ts'
import { readAndLearn } from './learn.ts'
import { checkLimits, defaultLimits } from './limits.ts'
import { mergeMappings } from './merge-mappings.ts'
import { parseMapping } from './parse-mapping.ts'
import { printMapping } from './print-mapping.ts'

/** Reads documents one after the other into a mapping; what came out of the last one, and the mapping after it. */
function read(mapping: JsonObject, ...sources: readonly string[]) {
  let compiled = compileMapping(parseMapping(mapping), [])
  const out = new MappedValues()
  for (const source of sources) {
    compiled = readAndLearn(
      compiled,
      parseJsonExact(source) as JsonObject,
      { id: '1', source: Buffer.from(source) },
      defaultLimits,
      out,
    )
  }
  const values = Array.from({ length: out.length }, (_, i) => [out.fields[i]?.path, out.values[i]])
  return { values, mapping: printMapping(compiled.mapping), compiled }
}

describe('parsing and printing', () => {
  const keyword = { type: 'keyword' }
  test.each([
    { name: 'nothing', json: {} },
    {
      name: 'fields by name',
      json: { properties: { b: keyword, a: { type: 'long' } } },
      want: { properties: { a: { type: 'long' }, b: keyword } },
    },
    {
      name: 'defaults are not printed',
      json: { properties: { a: { type: 'keyword', index: true, doc_values: 'true' } } },
      want: { properties: { a: keyword } },
    },
    {
      name: 'what differs is',
      json: { properties: { a: { type: 'keyword', index: false, ignore_above: '10' } } },
      want: { properties: { a: { type: 'keyword', index: false, ignore_above: 10 } } },
    },
    { name: 'objects', json: { properties: { a: { properties: { b: keyword } } } } },
    {
      name: 'an object is known by its members',
      json: { properties: { a: { type: 'object', properties: { b: keyword } } } },
      want: { properties: { a: { properties: { b: keyword } } } },
    },
    {
      name: 'dots make objects',
      json: { properties: { 'a.b': keyword, 'a.c': keyword } },
      want: { properties: { a: { properties: { b: keyword, c: keyword } } } },
    },
    { name: 'multi-fields', json: { properties: { a: { type: 'text', fields: { raw: keyword } } } } },
    {
      name: 'dynamic and disabled objects',
      json: { dynamic: false, properties: { a: { type: 'object', enabled: false } } },
      want: { dynamic: 'false', properties: { a: { type: 'object', enabled: false } } },
    },
    { name: 'a mapping type is unwrapped', json: { _doc: { properties: { a: keyword } } }, want: { properties: { a: keyword } } },
    {
      name: 'root options',
      json: {
        date_detection: false,
        _meta: { a: 1 },
        _source: { excludes: ['x'] },
        _routing: { required: true },
        dynamic_date_formats: ['yyyy'],
      },
    },
    { name: 'templates', json: { dynamic_templates: [{ t: { match: '*', mapping: { type: 'keyword' } } }] } },
    { name: 'aliases', json: { properties: { a: keyword, b: { type: 'alias', path: 'a' } } } },
  ])('$name', ({ json, want }) => {
    const mapping = parseMapping(json)
    expect(printMapping(mapping)).toEqual(want ?? json)
    expect(printMapping(parseMapping(printMapping(mapping)))).toEqual(printMapping(mapping))
  })

  test.each([
    { json: { properties: { a: { type: 'foo' } } }, reason: 'No handler for type [foo] declared on field [a]' },
    {
      json: { properties: { a: { type: 'icu_collation_keyword' } } },
      reason: 'The mapper type [icu_collation_keyword] declared on field [a] is not supported yet',
    },
    { json: { properties: { a: {} } }, reason: 'No type specified for field [a]' },
    {
      json: { properties: { a: { type: 'keyword', foo: 1 } } },
      reason: 'unknown parameter [foo] on mapper [a] of type [keyword]',
    },
    { json: { foo: 1 }, reason: 'Root mapping definition has unsupported parameters:  [foo : 1]' },
    {
      json: { properties: { a: { type: 'object', foo: {} } } },
      reason: 'Mapping definition for [a] has unsupported parameters:  [foo : {}]',
    },
    { json: { properties: { '': { type: 'long' } } }, reason: 'field name cannot be an empty string' },
    {
      json: { properties: { 'a..b': { type: 'long' } } },
      reason: 'field name starting or ending with a [.] makes object resolution ambiguous: [a..b]',
    },
    { json: { properties: { a: { type: 'scaled_float' } } }, reason: 'Field [a] misses required parameter [scaling_factor]' },
    { json: { properties: { a: { type: 'long', index: 'x' } } }, reason: 'Could not convert [index] to boolean' },
    {
      json: { properties: { a: { type: 'text', fields: { b: { type: 'object' } } } } },
      reason: 'Type [object] cannot be used in multi field',
    },
    { json: { properties: { a: { type: 'alias' } } }, reason: 'The [path] property must be specified for field [a].' },
    { json: { dynamic: 'x' }, reason: 'Could not convert [dynamic] to boolean' },
  ])('$reason', ({ json, reason }) => {
    expect(() => parseMapping(json as unknown as JsonObject)).toThrow(reason)
  })

  test.each([
    { json: { properties: { a: { type: 'alias', path: 'b' } } }, reason: 'an alias must refer to an existing field' },
    { json: { properties: { a: { type: 'date', format: 'xx-nonsense-{' } } }, reason: 'of field [a]' },
    {
      json: { properties: { a: { type: 'long', null_value: 'x' } } },
      reason: 'Error parsing [null_value] on field [a]: For input string: "x"',
    },
  ])('compiling finds: $reason', ({ json, reason }) => {
    expect(() => compileMapping(parseMapping(json as unknown as JsonObject), [])).toThrow(reason)
  })
})

describe('fields that bring others along', () => {
  const read = (json: Parameters<typeof parseMapping>[0]) => compileMapping(parseMapping(json), [])

  test('search_as_you_type', () => {
    const mapping = read({ properties: { s: { type: 'search_as_you_type', max_shingle_size: 2 } } })
    expect(mapping.all().map(({ path }) => path)).toEqual(['s', 's._2gram', 's._index_prefix'])
  })

  test('metrics are found, but in no list', () => {
    const json = { properties: { m: { type: 'aggregate_metric_double', metrics: ['max', 'sum'], default_metric: 'max' } } }
    const mapping = read(json)
    expect(mapping.all().map(({ path }) => path)).toEqual(['m'])
    expect(mapping.find('m.sum')).toMatchObject({ path: 'm.sum', type: 'double' })
    expect(printMapping(parseMapping(json))).toEqual(json)
  })

  test('fields of pass-through objects have short names, by priority', () => {
    const json = {
      properties: {
        a: { type: 'passthrough', priority: 10, properties: { x: { type: 'keyword' }, y: { type: 'keyword' } } },
        b: { type: 'passthrough', priority: 20, properties: { x: { type: 'long' } } },
        y: { type: 'date' },
      },
    }
    const mapping = read(json)
    expect(['x', 'y', 'a.y'].map((path) => mapping.find(path)?.path)).toEqual(['b.x', 'y', 'a.y'])
    expect(printMapping(parseMapping(json))).toEqual(json)
  })
})

describe('merging', () => {
  const merge = (a: JsonObject, b: JsonObject): JsonObject =>
    printMapping(mergeMappings(parseMapping(a), parseMapping(b), 'update'))

  test.each([
    {
      name: 'adds fields',
      a: { properties: { a: { type: 'long' } } },
      b: { properties: { b: { type: 'long' } } },
      want: { properties: { a: { type: 'long' }, b: { type: 'long' } } },
    },
    {
      name: 'adds below objects',
      a: { properties: { o: { properties: { a: { type: 'long' } } } } },
      b: { properties: { 'o.b': { type: 'long' } } },
      want: { properties: { o: { properties: { a: { type: 'long' }, b: { type: 'long' } } } } },
    },
    {
      name: 'adds multi-fields',
      a: { properties: { a: { type: 'text' } } },
      b: { properties: { a: { type: 'text', fields: { k: { type: 'keyword' } } } } },
      want: { properties: { a: { type: 'text', fields: { k: { type: 'keyword' } } } } },
    },
    {
      name: 'keeps multi-fields that are not named',
      a: { properties: { a: { type: 'text', fields: { k: { type: 'keyword' } } } } },
      b: { properties: { a: { type: 'text' } } },
      want: { properties: { a: { type: 'text', fields: { k: { type: 'keyword' } } } } },
    },
    {
      name: 'changes what may change',
      a: { properties: { a: { type: 'keyword' } } },
      b: { properties: { a: { type: 'keyword', ignore_above: 5 } } },
      want: { properties: { a: { type: 'keyword', ignore_above: 5 } } },
    },
    { name: 'replaces dynamic', a: { dynamic: 'strict' }, b: { dynamic: true }, want: { dynamic: 'true' } },
  ])('$name', ({ a, b, want }) => {
    expect(merge(a as JsonObject, b as JsonObject)).toEqual(want)
  })

  test.each([
    {
      a: { properties: { a: { type: 'text' } } },
      b: { properties: { a: { type: 'long' } } },
      reason: 'mapper [a] cannot be changed from type [text] to [long]',
    },
    {
      a: { properties: { a: { properties: { b: { type: 'long' } } } } },
      b: { properties: { a: { type: 'long' } } },
      reason: "can't merge a non object mapping [a] with an object mapping",
    },
    {
      a: { properties: { a: { type: 'text' } } },
      b: { properties: { a: { type: 'text', analyzer: 'standard' } } },
      reason: 'Mapper for [a] conflicts with existing mapper:\n\tCannot update parameter [analyzer] from [default] to [standard]',
    },
    {
      a: { properties: { a: { type: 'object' } } },
      b: { properties: { a: { type: 'object', enabled: false } } },
      reason: "the [enabled] parameter can't be updated for the object mapping [a]",
    },
  ])('$reason', ({ a, b, reason }) => {
    expect(() => merge(a as JsonObject, b as JsonObject)).toThrow(reason)
  })
})

const ipv4 = (...parts: number[]): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...parts)

describe('reading values', () => {
  test.each([
    { type: 'keyword', json: '"x"', want: ['x'] },
    { type: 'keyword', json: '[1,true,"a",null,["b"]]', want: ['1', 'true', 'a', 'b'] },
    { type: 'long', json: '[1,"2",3.7,"4.2",9007199254740993,""]', want: [1, 2, 3, 4, 9007199254740993n] },
    { type: 'long', json: '[-9223372036854775808, 9223372036854775807]', want: [-9223372036854775808n, 9223372036854775807n] },
    { type: 'integer', json: '[-2147483648, 2147483647, 1e3]', want: [-2147483648, 2147483647, 1000] },
    { type: 'unsigned_long', json: '[18446744073709551615, 1]', want: [18446744073709551615n, 1] },
    { type: 'double', json: '[1.5, "2.5", 3, 9007199254740993]', want: [1.5, 2.5, 3, 9007199254740992] },
    { type: 'float', json: '0.1', want: [Math.fround(0.1)] },
    { type: 'half_float', json: '[0.1, 65504]', want: [0.0999755859375, 65504] },
    { type: 'boolean', json: '[true,"true","false",""]', want: [true, true, false, false] },
    {
      type: 'date',
      json: '["2026-11-21T10:00:00Z", 1700000000000, "1700000000000", "2026"]',
      want: [1795255200000, 1700000000000, 1700000000000, 1767225600000],
    },
    { type: 'date_nanos', json: '"2026-11-21T10:00:00.123456789Z"', want: [1795255200123456789n] },
    { type: 'ip', json: '"10.0.0.1"', want: [ipv4(10, 0, 0, 1)] },
    { type: 'geo_point', json: '[1,2]', want: [{ lat: 2, lon: 1 }] },
    { type: 'dense_vector', json: '[1, -2.5, 1]', want: [1, -2.5, 1] },
    { type: 'rank_feature', json: '["2.5"]', want: [2.5] },
    { type: 'rank_features', json: '{"a":1.5,"b":33.337}', want: ['a\u00001.5', 'b\u000033.25'] },
    {
      type: 'geo_point',
      json: '[[1,2],{"lat":3,"lon":4},"5,6"]',
      want: [
        { lat: 2, lon: 1 },
        { lat: 3, lon: 4 },
        { lat: 5, lon: 6 },
      ],
    },
    {
      type: 'integer_range',
      json: '[{"gte":1,"lt":"5"},{"gt":1.9,"lte":4},{"gte":null}]',
      want: [
        { from: 1, to: 4 },
        { from: 2, to: 4 },
        { from: -2147483648, to: 2147483647 },
      ],
    },
    { type: 'long_range', json: '{"gt":9007199254740991}', want: [{ from: 9007199254740992n, to: 9223372036854775807n }] },
    { type: 'double_range', json: '{"gt":1,"lt":0.5e1}', want: [{ from: 1.0000000000000002, to: 4.999999999999999 }] },
    { type: 'float_range', json: '{"gt":0,"lte":0.1}', want: [{ from: 1.401298464324817e-45, to: Math.fround(0.1) }] },
    {
      type: 'date_range',
      json: '[{"gte":"2024-01-01","lte":"2024-01-31"},{"gt":"2024-01","lt":"2024-03"}]',
      want: [
        { from: 1704067200000, to: 1706745599999 },
        { from: 1704153600000, to: 1709251199999 },
      ],
    },
    {
      type: 'ip_range',
      json: '["10.0.0.0/30",{"gt":"10.0.0.255"}]',
      want: [
        { from: ipv4(10, 0, 0, 0), to: ipv4(10, 0, 0, 3) },
        { from: ipv4(10, 0, 1, 0), to: new Uint8Array(16).fill(255) },
      ],
    },
    { type: 'version', json: '"1.10.0-rc.1"', want: ['0011.0210.010 -1rc!0011 \t1.10.0-rc.1'] },
    { type: 'annotated_text', json: '"hi [Ann](person&x)!"', want: ['hi Ann!'] },
    { type: 'murmur3', json: '"foo"', want: [-2129773440516405919n] },
    { type: 'histogram', json: '{"values":[0.1,0.2],"counts":[3,0]}', want: [true] },
    { type: 'sparse_vector', json: '{"a":1.5}', want: [true] },
    { type: 'point', json: '[1,2]', want: [true] },
    { type: 'binary', json: '"aGk="', want: [Buffer.from('hi')] },
    { type: 'flattened', json: '{"a":"x","b":{"c":[1,"y"]}}', want: ['x', '1', 'y'] },
  ])('$type of $json', ({ type, json, want }) => {
    const { values } = read({ properties: { f: { type } } }, `{"f":${json}}`)
    expect(values.map(([, value]) => value)).toEqual(want)
  })

  test.each([
    { field: { type: 'long' }, json: '"abc"', cause: 'For input string: "abc"' },
    { field: { type: 'long' }, json: '9223372036854775808', cause: 'Value [9223372036854775808] is out of range for a long' },
    { field: { type: 'integer_range' }, json: '{"gte":5,"lt":5}', cause: 'min value (5) is greater than max value (4)' },
    { field: { type: 'integer_range' }, json: '{"from":5}', cause: 'error parsing field [f], with unknown parameter [from]' },
    { field: { type: 'long_range' }, json: '5', cause: 'error parsing field [f], expected an object but got f' },
    {
      field: { type: 'ip_range' },
      json: '{"gte":"10.0.0.2","lte":"10.0.0.1"}',
      cause: 'min value cannot be greater than max value for InetAddressRange field',
    },
    { field: { type: 'ip_range' }, json: '"10.0.0.0/99"', cause: 'Expected [ip/prefix] but was [10.0.0.0/99]' },
    {
      field: { type: 'date_range' },
      json: '{"gte":"soon"}',
      cause: 'failed to parse date field [soon] with format [strict_date_optional_time||epoch_millis]',
    },
    {
      field: { type: 'dense_vector', dims: 3 },
      json: '[1,2]',
      cause: 'The [dense_vector] field [f] has a different number of dimensions [2] than defined in the mapping [3]',
    },
    {
      field: { type: 'histogram' },
      json: '{"values":[2,1],"counts":[1,1]}',
      cause: 'error parsing field [f], [values] values must be in increasing order, got [1] but previous value was [2]',
    },
    { field: { type: 'histogram' }, json: '{"values":[1]}', cause: 'error parsing field [f], expected field called [counts]' },
    { field: { type: 'join', relations: { a: 'b' } }, json: '"c"', cause: 'unknown join name [c] for field [f]' },
    { field: { type: 'join', relations: { a: ['b'] } }, json: '{"name":"b"}', cause: '[parent] is missing for join field [f]' },
    {
      field: { type: 'aggregate_metric_double', metrics: ['min', 'max'], default_metric: 'max' },
      json: '{"max":1}',
      cause: 'Aggregate metric field [f] must contain all metrics [min, max]',
    },
    { field: { type: 'byte' }, json: '300', cause: 'Value [300] is out of range for a byte' },
    { field: { type: 'integer' }, json: '3000000000', cause: 'Value [3000000000] is out of range for an integer' },
    { field: { type: 'long', coerce: false }, json: '1.5', cause: 'Value [1.5] has a decimal part' },
    { field: { type: 'double' }, json: '1e400', cause: '[double] supports only finite values, but got [Infinity]' },
    { field: { type: 'float' }, json: '1e39', cause: '[float] supports only finite values, but got [1e+39]' },
    { field: { type: 'boolean' }, json: '"yes"', cause: 'Failed to parse value [yes] as only [true] or [false] are allowed.' },
    {
      field: { type: 'date' },
      json: '"yesterday"',
      cause: 'failed to parse date field [yesterday] with format [strict_date_optional_time||epoch_millis]',
    },
    { field: { type: 'ip' }, json: '"1.2.3"', cause: "'1.2.3' is not an IP string literal." },
    { field: { type: 'geo_point' }, json: '{"lat":91,"lon":0}', cause: 'illegal latitude value [91] for f' },
    { field: { type: 'keyword' }, json: '{"a":1}', cause: "Can't get text on a START_OBJECT" },
  ])('$field.type refuses $json', ({ field, json, cause }) => {
    const mapping = { properties: { f: field } } as unknown as JsonObject
    expect(() => read(mapping, `{"f":${json}}`)).toThrow(
      expect.objectContaining({
        type: 'document_parsing_exception',
        reason: expect.stringContaining(`failed to parse field [f] of type [${field.type}] in document with id '1'`),
        causedBy: expect.objectContaining({ reason: cause }),
      }),
    )
  })

  test('ignore_malformed leaves the value out', () => {
    const { values } = read({ properties: { f: { type: 'long', ignore_malformed: true } } }, '{"f":["x",1]}')
    expect(values).toEqual([['f', 1]])
    expect(() => read({ properties: { f: { type: 'long', ignore_malformed: true } } }, '{"f":{"a":2}}')).toThrow(
      'failed to parse field [f]',
    )
  })

  test('null_value, ignore_above, copy_to and multi-fields', () => {
    const { values } = read(
      {
        properties: {
          a: { type: 'keyword', null_value: 'none', copy_to: 'all' },
          b: { type: 'keyword', ignore_above: 3, copy_to: ['all'] },
          all: { type: 'text', fields: { raw: { type: 'keyword' } } },
        },
      },
      '{"a":[null,"x"],"b":"long one"}',
    )
    expect(values).toEqual([
      ['a', 'none'],
      ['a', 'x'],
      ['all', 'x'],
      ['all.raw', 'x'],
      ['all', 'long one'],
      ['all.raw', 'long one'],
    ])
  })

  test('names with dots and objects are the same', () => {
    const mapping = {
      properties: { a: { properties: { b: { type: 'long' }, c: { properties: { d: { type: 'long' } } } } } },
    } as const
    expect(read(mapping, '{"a.b":1,"a":{"c.d":2,"b":3},"a.c":{"d":4},"a.c.d":[5,6]}').values).toEqual([
      ['a.b', 1],
      ['a.c.d', 2],
      ['a.b', 3],
      ['a.c.d', 4],
      ['a.c.d', 5],
      ['a.c.d', 6],
    ])
  })

  test('immense keywords are refused', () => {
    const source = JSON.stringify({ f: 'é'.repeat(20_000) })
    expect(() => read({ properties: { f: { type: 'keyword' } } }, source)).toThrow(
      expect.objectContaining({
        causedBy: expect.objectContaining({ reason: expect.stringContaining('immense term in field="f"') }),
      }),
    )
  })

  test.each([
    { source: '{"a":1}', reason: 'object mapping for [a] tried to parse field [a] as object, but found a concrete value' },
    {
      source: '{"a":[{"b":1},2]}',
      reason: 'object mapping for [a] tried to parse field [a] as object, but found a concrete value',
    },
    { source: '{"_id":"x"}', reason: 'Field [_id] is a metadata field and cannot be added inside a document' },
    { source: '{"":1}', reason: 'field name cannot be an empty string' },
    { source: '{"a..b":1}', reason: 'makes object resolution ambiguous: [a..b]' },
    { source: '{"a.b.c":1}', reason: 'Existing mapping for [a.b] must be of type object but found [long].' },
    { source: '{"k":"x"}', reason: 'failed to parse field [k] of type [long]' },
  ])('$reason', ({ source, reason }) => {
    const mapping = { properties: { a: { properties: { b: { type: 'long' } } }, k: { type: 'alias', path: 'a.b' } } } as const
    expect(() => read(mapping, source)).toThrow(expect.objectContaining({ reason: expect.stringContaining(reason) }))
  })
})

describe('learning', () => {
  const text = { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } }
  test.each([
    {
      name: 'every kind of value',
      sources: ['{"s":"x","l":1,"d":1.5,"w":20.0,"b":true,"n":null,"e":[],"t":"2026-11-21T10:00:00Z","o":{"p":"y"}}'],
      want: {
        properties: {
          s: text,
          l: { type: 'long' },
          d: { type: 'float' },
          w: { type: 'float' },
          b: { type: 'boolean' },
          t: { type: 'date' },
          o: { properties: { p: text } },
        },
      },
    },
    { name: 'an empty object', sources: ['{"o":{}}'], want: { properties: { o: { type: 'object' } } } },
    {
      name: 'arrays by their first value',
      sources: ['{"a":[null,1,2]}', '{"b":[{"c":1},{"d":2}]}'],
      want: { properties: { a: { type: 'long' }, b: { properties: { c: { type: 'long' }, d: { type: 'long' } } } } },
    },
    {
      name: 'dots',
      sources: ['{"a.b":1}', '{"a":{"c.d":2}}'],
      want: { properties: { a: { properties: { b: { type: 'long' }, c: { properties: { d: { type: 'long' } } } } } } },
    },
    {
      name: 'slashed dates with their format',
      sources: ['{"t":"2026/11/21 10:00:00"}'],
      want: { properties: { t: { type: 'date', format: 'yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis' } } },
    },
    {
      name: '__proto__ is a field',
      sources: ['{"__proto__":{"x":1}}'],
      want: { properties: Object.fromEntries([['__proto__', { properties: { x: { type: 'long' } } }]]) },
    },
  ])('$name', ({ sources, want }) => {
    expect(read({}, ...sources).mapping).toEqual(want)
  })

  test.each([
    {
      name: 'dates off',
      mapping: { date_detection: false },
      source: '{"t":"2026-11-21"}',
      want: { date_detection: false, properties: { t: text } },
    },
    {
      name: 'numbers in strings',
      mapping: { numeric_detection: true },
      source: '{"a":"1","b":"1.5"}',
      want: { numeric_detection: true, properties: { a: { type: 'long' }, b: { type: 'float' } } },
    },
    { name: 'not at all', mapping: { dynamic: false }, source: '{"a":1,"b":{"c":2}}', want: { dynamic: 'false' } },
    {
      name: 'below one object only',
      mapping: { dynamic: false, properties: { o: { type: 'object', dynamic: true } } },
      source: '{"a":1,"o":{"c":2}}',
      want: { dynamic: 'false', properties: { o: { dynamic: 'true', properties: { c: { type: 'long' } } } } },
    },
    {
      name: 'as runtime fields',
      mapping: { dynamic: 'runtime' },
      source: '{"a":1,"s":"x","o":{"d":1.5}}',
      want: { dynamic: 'runtime', runtime: { a: { type: 'long' }, s: { type: 'keyword' }, 'o.d': { type: 'double' } } },
    },
    {
      name: 'nothing below disabled objects',
      mapping: { properties: { o: { type: 'object', enabled: false } } },
      source: '{"o":{"c":2}}',
      want: { properties: { o: { type: 'object', enabled: false } } },
    },
    {
      name: 'where objects do not count',
      mapping: { subobjects: false },
      source: '{"a.b":1,"a":{"c":{"d":2}}}',
      want: { subobjects: false, properties: { 'a.b': { type: 'long' }, 'a.c.d': { type: 'long' } } },
    },
    {
      name: 'the value of a constant',
      mapping: { properties: { c: { type: 'constant_keyword' } } },
      source: '{"c":"x"}',
      want: { properties: { c: { type: 'constant_keyword', value: 'x' } } },
    },
    {
      name: 'targets of copies',
      mapping: { properties: { a: { type: 'keyword', copy_to: 'x.y' } } },
      source: '{"a":"v"}',
      want: { properties: { a: { type: 'keyword', copy_to: ['x.y'] }, x: { properties: { y: text } } } },
    },
  ])('$name', ({ mapping, source, want }) => {
    expect(read(mapping as unknown as JsonObject, source).mapping).toEqual(want)
  })

  test.each([
    {
      name: 'by kind',
      template: { match_mapping_type: 'string', mapping: { type: 'keyword' } },
      source: '{"a":"x","b":1}',
      want: { a: { type: 'keyword' }, b: { type: 'long' } },
    },
    {
      name: 'by name',
      template: { match: 'ip_*', unmatch: '*_x', mapping: { type: 'ip' } },
      source: '{"ip_a":"::1","ip_x":1}',
      want: { ip_a: { type: 'ip' }, ip_x: { type: 'long' } },
    },
    {
      name: 'by path',
      template: { path_match: 'o.*', mapping: { type: 'double' } },
      source: '{"o":{"a":1},"a":1}',
      want: { o: { properties: { a: { type: 'double' } } }, a: { type: 'long' } },
      only: 'long',
    },
    {
      name: 'by regular expression',
      template: { match_pattern: 'regex', match: '^n\\d+$', mapping: { type: 'byte' } },
      source: '{"n1":1,"n":1}',
      want: { n1: { type: 'byte' }, n: { type: 'long' } },
    },
    {
      name: 'with placeholders',
      template: { match: '*', match_mapping_type: 'long', mapping: { type: '{dynamic_type}', meta: { unit: '{name}' } } },
      source: '{"a":1}',
      want: { a: { type: 'long', meta: { unit: 'a' } } },
    },
    {
      name: 'for objects',
      template: { match_mapping_type: 'object', match: 'labels', mapping: { type: 'flattened' } },
      source: '{"labels":{"a":"x"}}',
      want: { labels: { type: 'flattened' } },
    },
    {
      name: 'as runtime fields',
      template: { match: 'r*', runtime: { type: 'keyword' } },
      source: '{"r":1,"x":1}',
      want: { x: { type: 'long' } },
    },
  ])('templates $name', ({ template, source, want }) => {
    const { mapping } = read({ dynamic_templates: [{ t: template as unknown as JsonObject }] }, source)
    expect(mapping['properties']).toEqual(want)
  })

  test('a document that fails teaches nothing', () => {
    const compiled = compileMapping(parseMapping({}), [])
    const source = '{"new":1,"a":[1,"x"]}'
    expect(() =>
      readAndLearn(
        compiled,
        parseJsonExact(source) as JsonObject,
        { source: Buffer.from(source) },
        defaultLimits,
        new MappedValues(),
      ),
    ).toThrow('failed to parse field [a] of type [long]')
  })

  test('a field that changes its type fails its document', () => {
    expect(() => read({}, '{"a":1}', '{"a":"x"}')).toThrow('failed to parse field [a] of type [long]')
    expect(() => read({}, '{"a":1}', '{"a":{"b":1}}')).toThrow('failed to parse field [a] of type [long]')
    expect(() => read({}, '{"a":{"b":1}}', '{"a":1}')).toThrow('object mapping for [a] tried to parse')
  })

  test('strict mappings refuse new fields', () => {
    expect(() => read({ dynamic: 'strict' }, '{"a":1}')).toThrow(
      expect.objectContaining({
        type: 'strict_dynamic_mapping_exception',
        reason: 'mapping set to strict, dynamic introduction of [a] within [_doc] is not allowed',
      }),
    )
  })

  test('ordinals and fields stay what they were', () => {
    const first = read({}, '{"b":1}').compiled
    const out = new MappedValues()
    const second = readAndLearn(first, { a: 1, b: 2 }, {}, defaultLimits, out)
    expect(second.paths).toEqual(['b', 'a'])
    expect(second.find('b')).toBe(first.find('b'))
    expect(second.find('a')?.ordinal).toBe(1)
  })
})

describe('limits', () => {
  test('of fields', () => {
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`f${i}`, 1])))
    expect(() => read({}, many)).toThrow('Limit of total fields [1000] has been exceeded while adding new fields [1001]')
  })

  test('of depth', () => {
    const deep = `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`
    expect(read({}, deep).values).toHaveLength(1)
    expect(() => read({}, `{"a":${deep}}`)).toThrow('Limit of mapping depth [20] has been exceeded due to object field [a.a.a')
    const arrays = `{"a":${'['.repeat(1100)}1${']'.repeat(1100)}}`
    expect(() => read({ properties: { a: { type: 'long' } } }, arrays)).toThrow('nested deeper than')
  })

  test('of names', () => {
    expect(() =>
      checkLimits(parseMapping({ properties: { abcdef: { type: 'long' } } }), { ...defaultLimits, fieldNameLength: 5 }, 1),
    ).toThrow('Field name [abcdef] is longer than the limit of [5] characters')
  })
})

describe('nested objects', () => {
  const mapping = {
    properties: {
      all: { type: 'keyword' },
      a: {
        type: 'nested',
        properties: {
          k: { type: 'keyword', copy_to: 'all' },
          b: { type: 'nested', include_in_parent: true, properties: { n: { type: 'long' } } },
        },
      },
      c: { type: 'nested', include_in_root: true, properties: { k: { type: 'keyword' } } },
    },
  }

  function readObjects(document: JsonObject, limits = defaultLimits): unknown {
    const out = new MappedValues()
    readAndLearn(compileMapping(parseMapping(mapping), []), document, {}, limits, out)
    const print = (values: MappedValues): string =>
      Array.from({ length: values.length }, (_, i) => `${values.fields[i]?.path}=${String(values.values[i])}`).join(' ')
    return {
      document: print(out),
      objects: out.objects.map(({ nested, number, around, values }) => [nested.path, number, around, print(values)]),
    }
  }

  test('are documents of their own, numbered by path, in the numbers of those around them', () => {
    expect(
      readObjects({ a: [{ k: 'x', b: [{ n: 1 }, { n: 2 }] }, null, { k: ['y', 'z'], b: { n: 3 } }], c: { k: 'q' } }),
    ).toEqual({
      document: 'all=x all=y all=z c.k=q',
      objects: [
        ['a', 0, [], 'a.k=x a.b.n=1 a.b.n=2'],
        ['a.b', 0, [0], 'a.b.n=1'],
        ['a.b', 1, [0], 'a.b.n=2'],
        ['a', 1, [], 'a.k=y a.k=z a.b.n=3'],
        ['a.b', 2, [1], 'a.b.n=3'],
        ['c', 0, [], 'c.k=q'],
      ],
    })
  })

  test('are as many as the limit of the index allows', () => {
    expect(() => readObjects({ a: [{}, {}, {}] }, { ...defaultLimits, nestedObjects: 2 })).toThrow(
      'The number of nested documents has exceeded the allowed limit of [2].',
    )
    expect(() => checkLimits(parseMapping(mapping), { ...defaultLimits, nestedFields: 2 }, 1)).toThrow(
      'Limit of nested fields [2] has been exceeded',
    )
  })

  test('are copied from to what is around them, never to others', () => {
    const sideways = {
      properties: {
        a: { type: 'nested', properties: { k: { type: 'keyword', copy_to: 'b.k' } } },
        b: { type: 'nested', properties: { k: { type: 'keyword' } } },
      },
    }
    expect(() => compileMapping(parseMapping(sideways), [])).toThrow('copy data from nested object [a] to nested object [b]')
  })
})
