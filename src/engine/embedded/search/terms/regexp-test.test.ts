import { expect, test } from 'vitest'
import { numberRange, regexpTest } from './regexp-test.ts'

const plain = (re2: string): object => ({ kind: 'matches', re2 })

test.each([
  { pattern: 'ab?', want: plain('a(?:b){0,1}') },
  { pattern: 'a.c*', want: plain('a.(?:c){0,}') },
  { pattern: 'a|b(c|d)', want: plain('(?:a|b(?:c|d))') },
  { pattern: '[^a-c-]', want: plain('[^a-c\\x{2d}]') },
  { pattern: '"a.b"', want: plain('a\\x{2e}b') },
  { pattern: '~(a.*)', want: { kind: 'not', test: plain('a(?:.){0,}') } },
  { pattern: 'a.*&.*b', want: { kind: 'and', tests: [plain('a(?:.){0,}'), plain('(?:.){0,}b')] } },
  { pattern: 'x~(ab)', want: undefined },
  { pattern: 'aB1', ignoreCase: true, want: plain('[aA][bB]1') },
  { pattern: 'a@', separators: '\\x{1}', want: plain('a[^\\x{1}]*') },
])('$pattern', ({ pattern, want, ignoreCase = false, separators }) => {
  expect(regexpTest(pattern, { ignoreCase, ...(separators === undefined ? {} : { separators }) })).toEqual(want)
})

test.each([
  { low: 0, high: 9, width: 0 },
  { low: 7, high: 1234, width: 0 },
  { low: 0, high: 100, width: 3 },
  { low: 98, high: 1201, width: 5 },
  { low: 5, high: 5, width: 0 },
])('numbers from $low to $high', ({ low, high, width }) => {
  const pattern = new RegExp(`^(?:${numberRange(low, high, width).join('|')})$`)
  const matched = Array.from({ length: high + 200 }, (_, n) => n).filter((n) => pattern.test(String(n).padStart(width, '0')))
  expect(matched).toEqual(Array.from({ length: high - low + 1 }, (_, i) => low + i))
})
