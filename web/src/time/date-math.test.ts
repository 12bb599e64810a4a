import { expect, test } from 'vitest'
import { parseTimeText, startOfDay } from './date-math.ts'

const now = Date.parse('2026-11-21T10:47:12.345Z') // a Saturday

test.each([
  { text: 'now', want: '2026-11-21T10:47:12.345Z' },
  { text: ' now-15m ', want: '2026-11-21T10:32:12.345Z' },
  { text: 'now-1d/d', want: '2026-11-20T00:00:00.000Z' },
  { text: 'now/w', want: '2026-11-16T00:00:00.000Z' },
  { text: 'now/d', roundUp: true, want: '2026-11-21T23:59:59.999Z' },
  { text: 'now/d', zone: 'America/New_York', want: '2026-11-21T05:00:00.000Z' },
  { text: '2026-11-20', want: '2026-11-20T00:00:00.000Z' },
  { text: '2026-11-20', roundUp: true, want: '2026-11-20T23:59:59.999Z' },
  { text: '2026-11', roundUp: true, want: '2026-11-30T23:59:59.999Z' },
  { text: '2026-11-20 10:30', roundUp: true, want: '2026-11-20T10:30:59.999Z' },
  { text: '2026-07-20 10:30', zone: 'Europe/Lisbon', want: '2026-07-20T09:30:00.000Z' },
  { text: '2026-11-20T10:30:05.5+01:00', want: '2026-11-20T09:30:05.500Z' },
  { text: '2026-01-31||+1M', want: '2026-02-28T00:00:00.000Z' },
  { text: '1795258032345', want: '2026-11-21T10:47:12.345Z' },
])('$text', ({ text, want, zone = 'UTC', roundUp = false }) => {
  expect(new Date(parseTimeText(text, { now, zone, roundUp })).toISOString()).toBe(want)
})

test.each(['now-15', 'yesterday', '2026-02-30', '2026-11-20 25:00', ''])('refuses “%s”', (text) => {
  expect(() => parseTimeText(text, { now, zone: 'UTC', roundUp: false })).toThrow(`“${text}” is no time such as`)
})

test('days begin in the zone', () => {
  expect(new Date(startOfDay(now, 'Asia/Kolkata')).toISOString()).toBe('2026-11-20T18:30:00.000Z')
})
