import { expect, test } from 'vitest'
import { isJsonObject } from './json.ts'
import { parseRequestJson, positionOf } from './request-json.ts'

test('positions of names, values, starts and ends', () => {
  const body = parseRequestJson('{\n  "a": {"b" : [1, {}]}, // note\n  "n": 12345678901234567890\n}')
  if (!isJsonObject(body)) throw new Error('no object')
  expect(body['n']).toBe(12345678901234567890n)
  expect(positionOf(body, 'start')).toEqual({ line: 1, column: 1 })
  expect(positionOf(body, 'end')).toEqual({ line: 4, column: 1 })
  expect(positionOf(body, { key: 'n' })).toEqual({ line: 3, column: 3 })
  expect(positionOf(body, { value: 'n' })).toEqual({ line: 3, column: 8 })
  const a = body['a']
  if (!isJsonObject(a) || !Array.isArray(a['b'])) throw new Error('no array')
  expect(positionOf(a, { value: 'b' })).toEqual({ line: 2, column: 15 })
  expect(positionOf(a['b'], { value: 1 })).toEqual({ line: 2, column: 19 })
})

test('JSON from elsewhere has no positions', () => {
  expect(positionOf({ a: 1 }, 'start')).toBeUndefined()
})

test('a text that ends too early is refused as such', () => {
  const reason = 'Unexpected end-of-input, expected a double-quoted field name\n at [line: 1, column: 7]'
  expect(() => parseRequestJson('{"a":{')).toThrow(expect.objectContaining({ type: 'json_e_o_f_exception', reason }))
})

test.each([
  ['{"a":1,"a":2}', "Duplicate field 'a'\n at [line: 1, column: 8]"],
  ['{"a":\n x}', 'unexpected character [x], expected a value\n at [line: 2, column: 2]'],
  ['', 'unexpected end of input, expected a value\n at [line: 1, column: 1]'],
])('%j is refused', (text, reason) => {
  expect(() => parseRequestJson(text)).toThrow(expect.objectContaining({ type: 'json_parse_exception', status: 400, reason }))
})
