import { expect, test } from 'vitest'
import { decodeTokens, encodeTokens } from './token-column.ts'

const place = (text: string): { token: string; position: number }[] =>
  text.split(' ').flatMap((token, position) => (token === '_' ? [] : [{ token, position }]))

test.each([
  { name: 'tokens in order', values: [place('a b')], text: '\x01a\x01b\x01', length: 2 },
  { name: 'no token is not no value', values: [[]], text: '\x01', length: 0 },
  {
    name: 'repeats leave one marker each',
    values: [place('a b a a b c')],
    text: '\x01a\x01b\x01a\x01a\x01b\x01c\x01\x02a\x023\x01\x02b\x022\x01',
    length: 6,
  },
  { name: 'a hole', values: [place('a _ b')], text: '\x01a\x01\x02>1\x01b\x01', length: 2 },
  { name: 'a hole in front', values: [place('_ a')], text: '\x01\x02>1\x01a\x01', length: 1 },
  { name: 'values stand apart', values: [place('a b'), place('c')], text: '\x01a\x01b\x01\x02>100\x01c\x01', length: 3 },
  {
    name: 'same place counts once',
    values: [
      [
        { token: 'tv', position: 0 },
        { token: 'television', position: 0 },
      ],
    ],
    text: '\x01tv\x01\x02>-1\x01television\x01',
    length: 1,
  },
  {
    name: 'repeats beside tokens at the same place',
    values: [
      [
        { token: 'a', position: 0 },
        { token: 'b', position: 0 },
        { token: 'a', position: 1 },
      ],
    ],
    text: '\x01a\x01\x02>-1\x01b\x01a\x01\x02a\x022\x01',
    length: 2,
  },
  {
    name: 'bytes of the encoding',
    values: [[{ token: 'a\x01b\x022', position: 0 }]],
    text: '\x01a\uFFFDb\uFFFD2\x01',
    length: 1,
  },
])('$name', ({ values, text, length }) => {
  expect(encodeTokens(values, true)).toEqual({ text, length })
})

test('without frequencies there are no markers', () => {
  expect(encodeTokens([place('a a')], false)).toEqual({ text: '\x01a\x01a\x01', length: 2 })
})

test('reads back what it wrote', () => {
  const tokens = [
    { token: 'x', position: 2 },
    { token: 'y', position: 2 },
    { token: 'x', position: 3 },
  ]
  expect(decodeTokens(encodeTokens([tokens, place('z')], true).text)).toEqual([...tokens, { token: 'z', position: 104 }])
  expect(decodeTokens('')).toBeUndefined()
  expect(decodeTokens('\x01')).toEqual([])
})
