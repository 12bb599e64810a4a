import { expect, test } from 'vitest'
import { parseJsonLiterals } from './parse-json.ts'
import { printJson } from './print-json.ts'

test.each([
  '{"a":[1,2.50,1e400,12345678901234567890,"x\\n\\u0000",true,null,{}],"b":{"__proto__":{"c":-0.0}}}',
  '[]',
  '"\\ud800"',
  '-1.0E+2',
])('%s prints as it was written', (text) => {
  expect(printJson(parseJsonLiterals(text))).toBe(text)
})

test.each([
  -0,
  NaN,
  -Infinity,
  1e21,
  5e-324,
  'a"b',
  'a\\b',
  '\t',
  '\u007f',
  'é',
  '\u2028',
  ' [x]~',
  '',
  true,
  [undefined, () => 0],
  {},
])('%o prints as JSON.stringify prints it', (value) => {
  expect(printJson(value)).toBe(JSON.stringify(value))
  expect(printJson({ [String(value)]: [value] })).toBe(JSON.stringify({ [String(value)]: [value] }))
})

test('members that are undefined are left out', () => {
  expect(printJson({ a: undefined, b: [undefined, 1n] })).toBe('{"b":[null,1]}')
})
