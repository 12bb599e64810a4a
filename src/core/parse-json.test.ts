import { expect, test } from 'vitest'
import { DecimalLiteral, parseJsonExact, parseJsonLiterals } from './parse-json.ts'

test.each([
  { name: 'plain values', text: '{"a":[1,2.5,"x",true,null]}', want: { a: [1, 2.5, 'x', true, null] } },
  { name: '2^53 is still a number', text: '9007199254740991', want: 9007199254740991 },
  { name: '2^53 + 1 is exact', text: '{"a":9007199254740993}', want: { a: 9007199254740993n } },
  { name: 'the smallest long', text: '[-9223372036854775808]', want: [-9223372036854775808n] },
  { name: 'many digits of a fraction stay a double', text: '0.12345678901234567', want: Number('0.12345678901234567') },
  { name: 'beyond doubles is infinite', text: '1e400', want: Infinity },
  { name: 'digits in strings are strings', text: '{"a":"12345678901234567890"}', want: { a: '12345678901234567890' } },
  { name: 'comments are skipped', text: '{ // one\n "a": /* two */ 1 # three\n}', want: { a: 1 } },
  { name: 'escapes', text: '{"a":"\\u0000\\ud800\\n","n":1234567890123456}', want: { a: '\u0000\ud800\n', n: 1234567890123456 } },
])('$name', ({ text, want }) => {
  expect(parseJsonExact(text)).toEqual(want)
})

test('a field called __proto__ is a field', () => {
  const value = parseJsonExact('{"__proto__":{"a":12345678901234567890}}') as object
  expect(Object.keys(value)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
})

test.each([
  { text: '', message: 'unexpected end of input, expected a value', line: 1, column: 1 },
  { text: '{"a":1,}', message: 'unexpected character [}], expected a double-quoted field name', line: 1, column: 8 },
  { text: '{"a":\n  tru}', message: 'unexpected character [t], expected a value', line: 2, column: 3 },
  { text: '{"a":"x', message: 'unexpected end of input within a string', line: 1, column: 8 },
  { text: '{"a":1} x', message: 'unexpected character [x], expected the end of the text', line: 1, column: 9 },
  { text: '{"a":1,"a":2} ', message: "Duplicate field 'a'", line: 1, column: 8, lenient: true },
  { text: '[01]', message: 'unexpected character [1], expected the end of the number', line: 1, column: 3 },
  { text: `${'['.repeat(1001)}x`, message: 'nesting is deeper than the maximum of [1000]', line: 1, column: 1001 },
])('$text is refused', ({ text, message, line, column, lenient }) => {
  const parse = lenient ? parseJsonLiterals : parseJsonExact
  expect(() => parse(text)).toThrow(expect.objectContaining({ name: 'JsonSyntaxError', message, line, column }))
})

test('literals keep whether a number was written as a whole one', () => {
  expect(parseJsonLiterals('[20, 20.0, 2e1]')).toEqual([20, new DecimalLiteral('20.0'), new DecimalLiteral('2e1')])
})
