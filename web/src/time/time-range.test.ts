import { expect, test } from 'vitest'
import { parseTypedRange, resolveRange, shiftRange, zoomRange } from './time-range.ts'

test.each([
  { text: 'last 15m', want: { from: 'now-15m', to: 'now' } },
  { text: '15 min', want: { from: 'now-15m', to: 'now' } },
  { text: 'Last 2 Hours', want: { from: 'now-2h', to: 'now' } },
  { text: 'past day', want: { from: 'now-1d', to: 'now' } },
  { text: '3mo', want: { from: 'now-3M', to: 'now' } },
  { text: '3M', want: { from: 'now-3M', to: 'now' } },
  { text: 'today', want: { from: 'now/d', to: 'now/d' } },
  { text: 'now-1d/d', want: { from: 'now-1d/d', to: 'now' } },
  { text: 'now-1h to now-5m', want: { from: 'now-1h', to: 'now-5m' } },
  { text: '2026-11-20', want: { from: '2026-11-20', to: '2026-11-20' } },
  { text: '2026-11-20 10:00 – 2026-11-20 12:00', want: { from: '2026-11-20 10:00', to: '2026-11-20 12:00' } },
  { text: '2026-11-20 - 2026-11-21', want: { from: '2026-11-20', to: '2026-11-21' } },
  { text: 'soon', want: undefined },
  { text: '', want: undefined },
  { text: 'day', want: undefined },
  { text: 'now-1h to later', want: undefined },
])('“$text”', ({ text, want }) => {
  expect(parseTypedRange(text)).toEqual(want)
})

test('a whole day ends with its last millisecond', () => {
  const { from, to } = resolveRange({ from: '2026-11-20', to: '2026-11-20' }, 0, 'UTC')
  expect(to - from).toBe(86_400_000 - 1)
})

test('an empty range is refused', () => {
  expect(() => resolveRange({ from: 'now', to: 'now-1h' }, 0, 'UTC')).toThrow('the range ends before it begins')
})

test('back, forward and zoom keep or scale the length', () => {
  expect(shiftRange({ from: 100, to: 200 }, -1)).toEqual({ from: 0, to: 100 })
  expect(zoomRange({ from: 10_000, to: 20_000 }, 2)).toEqual({ from: 5000, to: 25_000 })
  expect(zoomRange({ from: 10_000, to: 10_000 }, 0.5)).toEqual({ from: 9500, to: 10_500 })
})
