import { expect, test } from 'vitest'
import { studentsT } from './students-t.ts'

/** From the published tables of the distribution. */
test.each([
  [0, 5, 0.5],
  [-1, 1, 0.25],
  [1, 1, 0.75],
  [-2.015048, 5, 0.05],
  [-2.570582, 5, 0.025],
  [-1.959964, 1e9, 0.025],
  [-63.656741, 1, 0.005],
  [-2.660283, 60, 0.005],
])('t %d with %d degrees of freedom', (t, degrees, probability) => {
  expect(studentsT(t, degrees)).toBeCloseTo(probability, 6)
})
