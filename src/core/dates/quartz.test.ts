import { expect, test } from 'vitest'
import { nextQuartzTime } from './quartz.ts'

const after = Date.UTC(2026, 10, 22, 0, 30) // a Sunday

test.each([
  { name: 'every night', expression: '0 30 1 * * ?', want: '2026-11-22T01:30:00.000Z' },
  { name: 'days of the week begin with Sunday', expression: '0 0 12 ? * 2', want: '2026-11-23T12:00:00.000Z' },
  { name: 'names of days', expression: '0 0 12 ? * MON-FRI', want: '2026-11-23T12:00:00.000Z' },
  { name: 'the last day of the month', expression: '0 0 0 L * ?', want: '2026-11-30T00:00:00.000Z' },
  { name: 'a year', expression: '0 0 0 1 1 ? 2028', want: '2028-01-01T00:00:00.000Z' },
])('$name', ({ expression, want }) => {
  expect(new Date(nextQuartzTime(expression, after) ?? 0).toISOString()).toBe(want)
})

test('a year that is over', () => {
  expect(nextQuartzTime('0 0 0 1 1 ? 2020', after)).toBeUndefined()
})

test.each(['', '* * * * *', 'every day at noon please now', '0 99 1 * * ?'])('[%s] is refused', (expression) => {
  expect(() => nextQuartzTime(expression, after)).toThrow(`invalid cron expression [${expression}]`)
})
