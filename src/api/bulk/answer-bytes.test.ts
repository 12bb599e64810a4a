import { expect, test } from 'vitest'
import { AnswerBytes } from './answer-bytes.ts'

test.each(['', 'abc_-.:@+/=9', '"x"', 'a\\b', 'né', '漢', '\n', '\ud800', 'x'.repeat(9000)])('%j as a string of JSON', (text) => {
  const answer = new AnswerBytes(0, 8)
  answer.string(text)
  expect(JSON.parse(answer.after('').toString())).toBe(text)
})

test.each([0, 9, 10, 99, 100, 2 ** 31, 2 ** 32 + 1, 999_999_999_999, Number.MAX_SAFE_INTEGER])('the whole number %d', (value) => {
  const answer = new AnswerBytes(0, 1)
  answer.whole(value)
  expect(answer.after('').toString()).toBe(String(value))
})

test('grows, and has its head in front of all', () => {
  const answer = new AnswerBytes(10, 4)
  expect(answer.isEmpty).toBe(true)
  answer.bytes(Buffer.from('['))
  for (let i = 0; i < 1000; i++) {
    answer.whole(i)
    answer.text(',é')
  }
  const items = Array.from({ length: 1000 }, (_, i) => `${i},é`).join('')
  expect(answer.after('{"a":').toString()).toBe(`{"a":[${items}`)
  expect(() => answer.after('longer than the room')).toThrow('no room')
})
