import { expect, test } from 'vitest'
import { bucketInterval } from './bucket-interval.ts'

const H = 3_600_000

test.each([
  { name: 'an hour', length: H, max: 60, want: '1m' },
  { name: 'a day', length: 24 * H, max: 100, want: '15m' },
  { name: 'never below the least', length: H, max: 1000, min: 10_000, want: '10s' },
  { name: 'a month', length: 30 * 24 * H, max: 60, want: '12h' },
  { name: 'half a year', length: 180 * 24 * H, max: 60, want: 'week' },
  { name: 'a thousand years', length: 365_000 * 24 * H, max: 60, want: 'year' },
  { name: 'an instant', length: 0, max: 60, want: '10ms' },
])('$name', ({ length, max, min, want }) => {
  expect(bucketInterval({ from: 0, to: length }, max, min).text).toBe(want)
})
