import { expect, test } from 'vitest'
import { valueRange } from './value-range.ts'

const limit = (value: number) => ({ value, label: undefined, state: 'warning' as const })

test.each([
  { name: 'some air', low: 40, high: 50, thresholds: [], want: [39.2, 50.8] },
  { name: 'a near limit comes into the picture', low: 40, high: 50, thresholds: [limit(54)], want: [39.2, 54.6] },
  { name: 'a far one does not', low: 40, high: 50, thresholds: [limit(90)], want: [39.2, 50.8] },
  { name: 'never below zero for what is never negative', low: 0.1, high: 5, thresholds: [], want: [0, 5.392] },
  { name: 'a flat line', low: 5, high: 5, thresholds: [], want: [4.992, 5.008] },
  { name: 'nothing', low: null, high: null, thresholds: [], want: [0, 1] },
])('$name', ({ low, high, thresholds, want }) => {
  const [bottom, top] = valueRange(low, high, thresholds, false)
  expect(bottom).toBeCloseTo(want[0] ?? 0, 6)
  expect(top).toBeCloseTo(want[1] ?? 0, 6)
})

test('bars stand on zero', () => {
  expect(valueRange(40, 50, [], true)).toEqual([0, 54])
})
