import { expect, test } from 'vitest'
import { printValue } from '../../core/event-json.ts'
import { parseEdn, printEdn } from './edn.ts'

test.each([
  { text: 'nil', json: 'null' },
  { text: ' ; a word\n[true, false nil]', json: '[true,false,null]' },
  { text: '"a\\n\\"b\\" \\u00e7"', json: '"a\\n\\"b\\" ç"' },
  { text: '[\\a \\newline \\u0041 \\( ]', json: '["a","\\n","A","("]' },
  { text: '[:key :a/b sym +1 -2N 1.5 2e3 3.0M]', json: '["key","a/b","sym",1,-2,1.5,2000.0,3.0]' },
  { text: '{:a 1, "b" (1 2), :c #{1 2}, 4 {}}', json: '{"4":{},"a":1,"b":[1,2],"c":[1,2]}' },
  { text: '#inst "2024-05-01T10:00:00Z"', json: '"2024-05-01T10:00:00.000Z"' },
  { text: '[#uuid "f81d4fae" #my/tag [1] #_ 2 3]', json: '["f81d4fae",[1],3]' },
  { text: '123456789012345678901', json: '123456789012345678901' },
  { text: '{"__proto__" 1}', json: '{"__proto__":1}' },
])('$text', ({ text, json }) => {
  const value = parseEdn(text)
  expect(printValue(value)).toBe(json)
  expect(printValue(parseEdn(printEdn(value)))).toBe(json)
})

test.each([
  { text: '', want: 'no EDN at character 1: the text ends' },
  { text: '{:a', want: 'no EDN at character 4: the text ends' },
  { text: '{:a}', want: 'no EDN at character 5: a map has a key without a value' },
  { text: '"a', want: 'no EDN at character 3: a text does not end' },
  { text: '"\\x"', want: 'no EDN at character 3: \\x in a text' },
  { text: '1 2', want: 'no EDN at character 3: more than one value' },
  { text: ']', want: 'no EDN at character 1: []] begins no value' },
  { text: '['.repeat(300), want: 'no EDN at character 202: more than 200 levels' },
])('$text is no EDN', ({ text, want }) => {
  expect(() => parseEdn(text)).toThrow(want)
})
