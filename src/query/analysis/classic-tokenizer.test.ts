import { expect, test } from 'vitest'
import { classicTokenizer } from './classic-tokenizer.ts'

/** What OpenSearch 2.19's `_analyze` answers. */
test.each([
  ['foo.bar', 'foo.bar <HOST>'],
  ['a.b.c', 'a.b.c <HOST>'],
  ['http://x.de/a', 'http <ALPHANUM>, x.de <HOST>, a <ALPHANUM>'],
  ['AT&T', 'AT&T <COMPANY>'],
  ['I.B.M.', 'I.B.M. <ACRONYM>'],
  ["o'brien", "o'brien <APOSTROPHE>"],
  ['3.14', '3.14 <HOST>'],
  ['x-42/y', 'x-42/y <NUM>'],
  ['line_7', 'line_7 <NUM>'],
  ['温度 a温b', '温 <CJ>, 度 <CJ>, a <ALPHANUM>, 温 <CJ>, b <ALPHANUM>'],
  ['a@b.de', 'a@b.de <EMAIL>'],
  ['a-b', 'a <ALPHANUM>, b <ALPHANUM>'],
])('%s', (text, want) => {
  const tokens = classicTokenizer(255)(text)
  expect(tokens.map(({ term, type }) => `${term} ${type}`).join(', ')).toBe(want)
  expect(tokens.map(({ position }) => position)).toEqual(tokens.map((_, at) => at))
})

test('a token that is too long leaves a hole', () => {
  expect(classicTokenizer(3)('abcd ef').map(({ term, position }) => [term, position])).toEqual([['ef', 1]])
})

test('long runs take no longer for each of their characters', () => {
  expect(classicTokenizer(255)(`${'a.'.repeat(50_000)} ${'a1-'.repeat(30_000)}`)).toEqual([])
})
