import { expect, test } from 'vitest'
import { createEvent } from '../../core/event.ts'
import { parseEventJson, printFields } from '../../core/event-json.ts'
import { testContext } from '../test-context.ts'
import { mutate } from './mutate.ts'

test.each([
  {
    name: 'convert: integers out of anything',
    config: { convert: { a: 'integer' } },
    in: '{"a":["1,234","x",2.9,true,null,"12345678901234567890"]}',
    out: '{"a":[1234,0,2,1,null,12345678901234567890]}',
  },
  {
    name: 'convert: floats keep their point',
    config: { convert: { a: 'float' } },
    in: '{"a":["1,234.5","20",3,false]}',
    out: '{"a":[1234.5,20.0,3.0,0.0]}',
  },
  {
    name: 'convert: European numbers',
    config: { convert: { a: 'float_eu', b: 'integer_eu' } },
    in: '{"a":"1.234,5","b":"1.234"}',
    out: '{"a":1234.5,"b":1234}',
  },
  {
    name: 'convert: booleans, and what is none',
    config: { convert: { a: 'boolean' } },
    in: '{"a":["T","no","1","0.0","","maybe"]}',
    out: '{"a":[true,false,true,false,false,"maybe"]}',
  },
  {
    name: 'convert: text',
    config: { convert: { a: 'string' } },
    in: '{"a":[1,2.0,true,"x"]}',
    out: '{"a":["1","2.0","true","x"]}',
  },
  { name: 'convert: an absent field stays absent', config: { convert: { a: 'integer' } }, in: '{}', out: '{}' },
  { name: 'rename into a new object', config: { rename: { a: '[b][c]' } }, in: '{"a":1}', out: '{"b":{"c":1}}' },
  {
    name: 'rename with a name out of the event',
    config: { rename: { a: '%{kind}' } },
    in: '{"a":1,"kind":"k"}',
    out: '{"kind":"k","k":1}',
  },
  {
    name: 'update only what is there',
    config: { update: { a: 'new %{b}', c: 'x' } },
    in: '{"a":1,"b":2}',
    out: '{"a":"new 2","b":2}',
  },
  {
    name: 'replace makes objects',
    config: { replace: { '[data_stream][dataset]': '%{[service]}' } },
    in: '{"service":"django"}',
    out: '{"service":"django","data_stream":{"dataset":"django"}}',
  },
  {
    name: 'coerce replaces null only',
    config: { coerce: { a: 'x', b: 'y', c: 'z' } },
    in: '{"a":null,"b":1}',
    out: '{"a":"x","b":1}',
  },
  {
    name: 'gsub with groups',
    config: { gsub: ['a', '(\\w+)@(\\w+)', '\\2 of \\1', 'a', '[aeiou]', ''] },
    in: '{"a":"me@home"}',
    out: '{"a":"hm f m"}',
  },
  { name: 'gsub in lists, and not in numbers', config: { gsub: ['a', '1', 'x'] }, in: '{"a":["1a",1]}', out: '{"a":["xa",1]}' },
  { name: 'gsub of empty matches', config: { gsub: ['a', 'x*', '-'] }, in: '{"a":"abc"}', out: '{"a":"-a-b-c-"}' },
  {
    name: 'gsub: $ is before a newline, \\s takes it',
    config: { gsub: ['a', '\\s+$', ''] },
    in: '{"a":"x \\n"}',
    out: '{"a":"x"}',
  },
  {
    name: 'case',
    config: { uppercase: 'a', lowercase: ['b'], capitalize: ['c'] },
    in: '{"a":"äb","b":["AB",1],"c":"hELLO wORLD"}',
    out: '{"a":"ÄB","b":["ab",1],"c":"Hello world"}',
  },
  { name: 'strip', config: { strip: ['a'] }, in: '{"a":"\\t x y \\n"}', out: '{"a":"x y"}' },
  {
    name: 'split drops empty pieces at the end',
    config: { split: { a: ',', b: ' ' } },
    in: '{"a":"x,,y,,","b":"  p  q "}',
    out: '{"a":["x","","y"],"b":["p","q"]}',
  },
  { name: 'join', config: { join: { a: ', ' } }, in: '{"a":["x",1,2.0]}', out: '{"a":"x, 1, 2.0"}' },
  {
    name: 'merge objects',
    config: { merge: { a: 'b' } },
    in: '{"a":{"x":1},"b":{"y":2}}',
    out: '{"a":{"x":1,"y":2},"b":{"y":2}}',
  },
  { name: 'merge into nothing', config: { merge: { a: ['b', 'c'] } }, in: '{"b":1,"c":[2]}', out: '{"b":1,"c":[2],"a":[1,2]}' },
  {
    name: 'a list and an object cannot be merged',
    config: { merge: { a: 'b' } },
    in: '{"a":[1],"b":{"y":2}}',
    out: '{"a":[1],"b":{"y":2},"tags":["_mutate_error"]}',
  },
  {
    name: 'copies are copies',
    config: { copy: { a: 'b' }, uppercase: '[b][x]' },
    in: '{"a":{"x":"q"}}',
    out: '{"a":{"x":"q"},"b":{"x":"q"}}',
  },
])('$name', ({ config, in: text, out }) => {
  const filter = mutate.create(mutate.config.parse(config), testContext())
  const event = createEvent(parseEventJson(text) as Record<string, never>)
  if ('process' in filter) filter.process(event, { add: () => undefined, addMatched: () => undefined })
  expect(printFields(event.fields)).toBe(out)
})
