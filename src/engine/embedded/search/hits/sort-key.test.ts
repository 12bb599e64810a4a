import { expect, test } from 'vitest'
import { compareValues } from './sort-key.ts'

test.each([
  ['', 'a'],
  ['a', 'ab'],
  ['dev-10', 'dev-2'],
  ['z', 'é'],
  ['é', '中'],
  // In UTF-16 the first of these begins with a smaller unit.
  ['\uE000', '😀'],
  ['a\uFF01', 'a😀'],
  ['😀', '😁'],
])('%j comes before %j, as its bytes do', (a, b) => {
  expect([compareValues(a, b) < 0, compareValues(b, a) > 0, compareValues(a, a)]).toEqual([true, true, 0])
  expect(Buffer.compare(Buffer.from(a), Buffer.from(b))).toBe(-1)
})
