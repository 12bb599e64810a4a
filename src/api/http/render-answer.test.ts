import { expect, test } from 'vitest'
import { renderAnswer } from './render-answer.ts'

const json = { kind: 'json', contentType: 'application/json' } as const

test.each([
  { name: 'as it was printed', text: '{"a":1.0}', pretty: false, want: '{"a":1.0}' },
  { name: 'indented, numbers as they were written', text: '{"a":1.0}', pretty: true, want: '{\n  "a" : 1.0\n}\n' },
  { name: 'nothing stays nothing', text: '', pretty: true, want: '' },
])('$name', ({ text, pretty, want }) => {
  expect(renderAnswer({ status: 200, text }, { format: json, pretty, filter: undefined }).toString()).toBe(want)
})
