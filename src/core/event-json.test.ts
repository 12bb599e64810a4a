import { describe, expect, test } from 'vitest'
import { parseEventJson, printFields } from './event-json.ts'
import { Float } from './float.ts'
import { Timestamp } from './timestamp.ts'

describe('what is parsed prints as it was written', () => {
  test.each([
    '{"a":20.0,"b":[1.0,-3.0],"c":20.5}',
    '{"a":12345678901234567890,"b":-9007199254740993}',
    '{"version":"8.0.0","id":"0b7e8a40-5f0f","text":", 1e5 and 2.0"}',
    '{"a":0,"b":-1,"c":0.1,"d":1234567890.123456}',
    '{"a":"\\ud800","b":"line\\n\\"quoted\\"","c":null,"d":true,"e":{},"f":[]}',
    '{"nested":{"list":[{"x":4.0}]}}',
  ])('%s', (text) => {
    expect(printFields(parseEventJson(text) as never)).toBe(text)
  })
})

test.each([
  { text: '1e3', value: new Float(1000) },
  { text: '[ 2.0 ]', value: [new Float(2)] },
  { text: '{"a":\n-1E2}', value: { a: new Float(-100) } },
  { text: '2.50', value: 2.5 },
  { text: '9007199254740993', value: 9007199254740993n },
])('$text', ({ text, value }) => {
  expect(parseEventJson(text)).toEqual(value)
})

test('an exponent of a fraction is a float, times are ISO 8601, and what is no number is null', () => {
  expect(printFields({ a: parseEventJson('2.5e1'), at: new Timestamp(0), list: [NaN, Infinity], left: undefined })).toBe(
    '{"a":25.0,"at":"1970-01-01T00:00:00.000Z","list":[null,null]}',
  )
})
