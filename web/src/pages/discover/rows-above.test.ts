import { expect, test } from 'vitest'
import { rowsAbove } from './rows-above.ts'

const rows = (keys: string) => [...keys].map((key) => ({ key }))

test.each([
  ['on top', 'xyabcde', 2, 2, 2],
  ['below', 'abcxyde', 2, 2, 0],
  ['right above', 'abxcde', 2, 1, 1],
  ['on both sides', 'xabcyde', 2, 2, 1],
  ['in place of all', 'uvwxyz', 2, 3, 3],
])('rows come %s of what is looked at', (_, after, place, added, above) => {
  expect(rowsAbove(rows(after), rows('abcde'), place, added)).toBe(above)
})
