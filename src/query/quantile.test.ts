import { expect, test } from 'vitest'
import { interpolatedQuantile, nearestRank } from './quantile.ts'

const ten = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

test.each([
  { level: 0, interpolated: 1, nearest: 1 },
  { level: 0.25, interpolated: 3, nearest: 3 },
  { level: 0.31, interpolated: 3.6, nearest: 4 },
  { level: 0.5, interpolated: 5.5, nearest: 5 },
  { level: 1, interpolated: 10, nearest: 10 },
])('$level of ten values', ({ level, interpolated, nearest }) => {
  expect(interpolatedQuantile(ten, level)).toBeCloseTo(interpolated, 12)
  expect(nearestRank(ten, level)).toBe(nearest)
})
