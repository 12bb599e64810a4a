import { expect, test } from 'vitest'
import { niceStep, timeTicks } from './ticks.ts'

const at = (text: string): number => Date.parse(text)

test('ticks are round in the zone', () => {
  const interval = { from: at('2026-11-21T10:07:00Z'), to: at('2026-11-21T14:07:00Z') }
  const { instants, stepMs } = timeTicks(interval, 'Asia/Kolkata', 4)
  expect(stepMs).toBe(3_600_000)
  expect(instants.map((instant) => new Date(instant).toISOString().slice(11, 16))).toEqual(['10:30', '11:30', '12:30', '13:30'])
})

test('days begin at midnight also where one has 25 hours', () => {
  const interval = { from: at('2026-10-24T00:00:00Z'), to: at('2026-10-27T00:00:00Z') }
  const { instants } = timeTicks(interval, 'Europe/Berlin', 4)
  expect(instants.map((instant) => new Date(instant).toISOString())).toEqual([
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
    '2026-10-26T23:00:00.000Z',
  ])
})

test.each([
  { span: 100, count: 5, want: 20 },
  { span: 7, count: 4, want: 2 },
  { span: 0.03, count: 3, want: 0.01 },
  { span: 1, count: 1, want: 1 },
])('a step of $span in $count', ({ span, count, want }) => {
  expect(niceStep(span, count)).toBeCloseTo(want, 10)
})
