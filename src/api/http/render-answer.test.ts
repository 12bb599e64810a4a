import { expect, test } from 'vitest'
import { renderAnswer } from './render-answer.ts'
import { type Answer, plainText } from './route.ts'

const json = { kind: 'json', contentType: 'application/json' } as const

test.each([
  { name: 'as it was printed', text: '{"a":1.0}', pretty: false, want: '{"a":1.0}' },
  { name: 'indented, numbers as they were written', text: '{"a":1.0}', pretty: true, want: '{\n  "a" : 1.0\n}\n' },
  { name: 'nothing stays nothing', text: '', pretty: true, want: '' },
])('$name', ({ text, pretty, want }) => {
  expect(renderAnswer({ status: 200, text }, { format: json, pretty, filter: undefined }).toString()).toBe(want)
})

test.each([
  { name: 'a table of the columns of a table', answer: plainText('a | b\n') },
  {
    name: 'a tile of a map',
    answer: { status: 200, bytes: Buffer.from([26, 3, 1]), headers: { 'content-type': 'application/vnd.x' } },
  },
] satisfies readonly { name: string; answer: Answer }[])(
  '$name is sent as it is, whatever form is asked for',
  ({ answer }: { answer: Answer }) => {
    const want = answer.bytes ?? Buffer.from(answer.text ?? '')
    const yaml = { kind: 'yaml', contentType: 'application/yaml' } as const
    for (const format of [json, yaml]) expect(renderAnswer(answer, { format, pretty: true, filter: undefined })).toEqual(want)
  },
)
