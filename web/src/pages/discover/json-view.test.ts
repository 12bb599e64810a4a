import { expect, test } from 'vitest'
import { prettyJson } from './JsonView.tsx'

test.each([
  { name: 'an object', source: '{"a":1,"b":[1,2],"c":{}}', want: '{\n  "a": 1,\n  "b": [\n    1,\n    2\n  ],\n  "c": {}\n}' },
  {
    name: 'numbers as written',
    source: '{"n":1.0e400,"m":9007199254740993}',
    want: '{\n  "n": 1.0e400,\n  "m": 9007199254740993\n}',
  },
  { name: 'signs inside text', source: '{"t":"a{\\"b\\": [1,2]}"}', want: '{\n  "t": "a{\\"b\\": [1,2]}"\n}' },
  { name: 'white space of its author goes', source: '{ "a" :\n [ ] }', want: '{\n  "a": []\n}' },
])('$name', ({ source, want }) => {
  expect(prettyJson(source)).toBe(want)
})
