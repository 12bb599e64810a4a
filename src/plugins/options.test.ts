import { expect, test } from 'vitest'
import { Float } from '../core/float.ts'
import { bytes, duration, flag, hash, integer, list, listHash, number, text, textHash } from './options.ts'

test.each([
  { name: 'a text', schema: text(), given: 'x', want: 'x' },
  { name: 'a list of one text', schema: text(), given: ['x'], want: 'x' },
  { name: 'a number as text', schema: text(), given: 5, want: '5' },
  { name: 'a decimal as text', schema: text(), given: new Float(2), want: '2.0' },
  { name: 'a number in quotes', schema: number(), given: '1.5', want: 1.5 },
  { name: 'an integer in a list', schema: integer(), given: ['7'], want: 7 },
  { name: 'a boolean in quotes', schema: flag(), given: 'false', want: false },
  { name: 'one text as a list', schema: list(), given: 'a', want: ['a'] },
  { name: 'a list of numbers', schema: list(), given: [1, 'b'], want: ['1', 'b'] },
  { name: 'pairs as a hash', schema: textHash(), given: ['a', 'b', 'c', 1], want: { a: 'b', c: '1' } },
  { name: 'a key that stands twice', schema: listHash(), given: ['a', 'b', 'a', 'c'], want: { a: ['b', 'c'] } },
  { name: 'any values', schema: hash(), given: { a: [1, { b: true }] }, want: { a: [1, { b: true }] } },
  { name: 'bytes', schema: bytes(), given: 1000, want: 1000 },
  { name: 'binary units', schema: bytes(), given: '10 KiB', want: 10_240 },
  { name: 'decimal units', schema: bytes(), given: '10MB', want: 10_000_000 },
  { name: 'seconds', schema: duration(), given: 2.5, want: 2500 },
  { name: 'milliseconds', schema: duration(), given: '250 ms', want: 250 },
  { name: 'words', schema: duration(), given: '5 minutes', want: 300_000 },
  { name: 'short', schema: duration(), given: '1h', want: 3_600_000 },
])('$name', ({ schema, given, want }) => {
  expect(schema.parse(given)).toEqual(want)
})

test.each([
  { name: 'two texts for one', schema: text(), given: ['a', 'b'] },
  { name: 'no number', schema: number(), given: '5x' },
  { name: 'no boolean', schema: flag(), given: 'yes' },
  { name: 'an odd list for a hash', schema: textHash(), given: ['a'] },
  { name: 'no unit', schema: bytes(), given: '5 apples' },
  { name: 'no time', schema: duration(), given: 'soon' },
])('$name is refused', ({ schema, given }) => {
  expect(schema.safeParse(given).success).toBe(false)
})
