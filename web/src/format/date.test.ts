import { expect, test } from 'vitest'
import { formatAgo, formatInstant, formatInterval, formatOffset, formatTick, formatZone } from './date.ts'

const at = (text: string): number => Date.parse(text)
const today = at('2026-11-21T12:00:00Z')

test('instants are shown in the chosen zone', () => {
  expect(formatInstant(at('2026-11-21T23:47:12.345Z'), 'UTC')).toBe('Nov 21, 23:47:12.345')
  expect(formatInstant(at('2026-11-21T23:47:12.345Z'), 'Asia/Kolkata')).toBe('Nov 22, 05:17:12.345')
  expect(formatZone(today, 'Asia/Kolkata')).toBe('GMT+5:30')
})

test.each([
  { name: 'today', from: '2026-11-21T10:00:00Z', to: '2026-11-21T11:00:00Z', want: '10:00 – 11:00' },
  { name: 'over midnight', from: '2026-11-20T10:00:00Z', to: '2026-11-21T11:00:00Z', want: 'Nov 20, 10:00 – 11:00' },
  { name: 'of another year', from: '2025-11-20T10:00:00Z', to: '2026-11-21T11:00:00Z', want: 'Nov 20, 2025, 10:00 – 11:00' },
  { name: 'short', from: '2026-11-21T10:00:05Z', to: '2026-11-21T10:01:00Z', want: '10:00:05 – 10:01:00' },
])('a range, $name', ({ from, to, want }) => {
  expect(formatInterval({ from: at(from), to: at(to) }, 'UTC', today)).toBe(want)
})

test.each([
  { instant: '2026-11-21T00:00:00Z', step: 3_600_000, want: 'Nov 21' },
  { instant: '2026-11-21T06:00:00Z', step: 3_600_000, want: '06:00' },
  { instant: '2026-11-21T06:00:30Z', step: 10_000, want: '06:00:30' },
  { instant: '2026-11-01T00:00:00Z', step: 31 * 86_400_000, want: 'Nov 2026' },
])('a tick of $step ms at $instant', ({ instant, step, want }) => {
  expect(formatTick(at(instant), 'UTC', step)).toBe(want)
})

test('how long ago', () => {
  expect(formatAgo(today - 12_400, today)).toBe('12s ago')
  expect(formatAgo(today - 3 * 86_400_000, today)).toBe('3d ago')
  expect(formatOffset(-340)).toBe('−340 ms')
  expect(formatOffset(90_000)).toBe('+1.5 min')
})
