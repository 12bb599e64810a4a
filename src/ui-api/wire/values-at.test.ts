import { expect, test } from 'vitest'
import { valuesAt } from './values-at.ts'

test.each([
  { name: 'nested', document: { device: { id: 'a' } }, path: 'device.id', want: ['a'] },
  { name: 'dotted', document: { 'device.id': 'a' }, path: 'device.id', want: ['a'] },
  { name: 'half and half', document: { a: { 'b.c': 1 } }, path: 'a.b.c', want: [1] },
  { name: 'both', document: { 'a.b': 1, a: { b: 2 } }, path: 'a.b', want: [1, 2] },
  { name: 'arrays', document: { a: [{ b: 1 }, { b: [2, 3] }, 4] }, path: 'a.b', want: [1, 2, 3] },
  { name: 'null is a value', document: { a: null }, path: 'a', want: [null] },
  { name: 'absent', document: { a: 1 }, path: 'a.b', want: [] },
  { name: 'nothing inherited', document: {}, path: 'constructor', want: [] },
  { name: 'an object itself', document: { a: { b: 1 } }, path: 'a', want: [{ b: 1 }] },
])('$name', ({ document, path, want }) => {
  expect(valuesAt(document, path)).toEqual(want)
})
