import { expect, test } from 'vitest'
import { limitState, readLimits } from './limits.ts'

const limits = readLimits(
  [
    { state: 'warning', gte: 75 },
    { state: 'critical', gte: 90 },
    { state: 'warning', lte: 5 },
  ],
  'limits',
)

test.each([
  { value: 20, want: 'ok' },
  { value: 75, want: 'warning' },
  { value: 95, want: 'critical' },
  { value: 5, want: 'warning' },
  { value: null, want: 'unknown' },
])('$value is $want', ({ value, want }) => {
  expect(limitState(value, limits)).toBe(want)
})

test('without limits nothing is good or bad', () => {
  expect(limitState(3, [])).toBeUndefined()
})

test.each([
  { limits: [{ state: 'red', gte: 1 }], message: 'limits[0].state must be one of ok, info, warning, critical, not "red"' },
  { limits: [{ state: 'ok' }], message: 'limits[0] needs gte or lte' },
  { limits: 5, message: 'limits must be a list, not 5' },
])('refuses $limits', ({ limits, message }) => {
  expect(() => readLimits(limits, 'limits')).toThrow(message)
})
