import { expect, test } from 'vitest'
import { bucketStarts, nextBucketStart, roundDown, type CalendarUnit, type DateRounding } from './rounding.ts'

const calendar = (unit: CalendarUnit, zone = 'UTC', offsetMs = 0): DateRounding => ({ kind: 'calendar', unit, zone, offsetMs })
const fixed = (intervalMs: number, zone = 'UTC', offsetMs = 0): DateRounding => ({ kind: 'fixed', intervalMs, zone, offsetMs })
const HOUR = 3_600_000

test.each([
  { rounding: calendar('minute'), at: '2024-03-31T12:34:56.789Z', want: '2024-03-31T12:34:00.000Z' },
  { rounding: calendar('hour', 'Asia/Kathmandu'), at: '2024-03-31T12:34:56Z', want: '2024-03-31T12:15:00.000Z' },
  { rounding: calendar('day', 'Europe/Berlin'), at: '2024-03-31T12:34:56Z', want: '2024-03-30T23:00:00.000Z' },
  { rounding: calendar('week', 'Europe/Berlin'), at: '2024-04-02T00:00:00Z', want: '2024-03-31T22:00:00.000Z' },
  { rounding: calendar('month', 'America/New_York'), at: '2024-03-31T12:00:00Z', want: '2024-03-01T05:00:00.000Z' },
  { rounding: calendar('quarter'), at: '2024-06-30T23:59:59Z', want: '2024-04-01T00:00:00.000Z' },
  { rounding: calendar('year', 'UTC', 6 * HOUR), at: '2024-01-01T05:59:59Z', want: '2023-01-01T06:00:00.000Z' },
  // The second 02:00 of the night the clock goes back has a bucket of its own.
  { rounding: calendar('hour', 'Europe/Berlin'), at: '2023-10-29T00:30:00Z', want: '2023-10-29T00:00:00.000Z' },
  { rounding: calendar('hour', 'Europe/Berlin'), at: '2023-10-29T01:30:00Z', want: '2023-10-29T01:00:00.000Z' },
  // São Paulo's day began at 01:00 when the clock went forward at midnight.
  { rounding: calendar('day', 'America/Sao_Paulo'), at: '2018-11-04T12:00:00Z', want: '2018-11-04T03:00:00.000Z' },
  { rounding: fixed(12 * HOUR, 'Europe/Berlin'), at: '2023-03-26T09:59:00Z', want: '2023-03-25T23:00:00.000Z' },
  { rounding: fixed(12 * HOUR, 'Europe/Berlin'), at: '2023-03-26T10:00:00Z', want: '2023-03-26T10:00:00.000Z' },
  { rounding: fixed(HOUR), at: '1969-12-31T23:30:00Z', want: '1969-12-31T23:00:00.000Z' },
])('$at falls into $want of $rounding', ({ rounding, at, want }) => {
  expect(new Date(roundDown(rounding, Date.parse(at))).toISOString()).toBe(want)
})

test.each([
  {
    name: 'days over a change of the clock',
    rounding: calendar('day', 'Europe/Berlin'),
    from: '2023-03-25T12:00:00Z',
    to: '2023-03-27T12:00:00Z',
    hours: [24, 23],
  },
  {
    name: '12 h over a change of the clock',
    rounding: fixed(12 * HOUR, 'Europe/Berlin'),
    from: '2023-03-25T12:00:00Z',
    to: '2023-03-26T12:00:00Z',
    hours: [12, 11],
  },
  {
    name: 'a day that Samoa left out',
    rounding: calendar('day', 'Pacific/Apia'),
    from: '2011-12-29T12:00:00Z',
    to: '2011-12-31T23:00:00Z',
    hours: [24, 24],
  },
  {
    name: 'nothing when the end comes first',
    rounding: fixed(HOUR),
    from: '2023-01-02T00:00:00Z',
    to: '2023-01-01T00:00:00Z',
    hours: [],
  },
])('$name', ({ rounding, from, to, hours }) => {
  const starts = bucketStarts(rounding, Date.parse(from), Date.parse(to))
  expect(starts.slice(1).map((start, index) => (start - (starts[index] ?? 0)) / HOUR)).toEqual(hours)
})

test('bucket starts are exactly the instants that round to themselves', () => {
  const from = Date.parse('2023-03-20T00:00:00Z')
  const to = Date.parse('2023-04-03T00:00:00Z')
  for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
    for (const rounding of [
      calendar('hour', zone),
      calendar('day', zone),
      calendar('week', zone),
      fixed(90 * 60_000, zone),
      fixed(5 * HOUR, zone, HOUR),
    ]) {
      const starts = bucketStarts(rounding, from, to)
      for (const [index, start] of starts.entries()) {
        expect(roundDown(rounding, start)).toBe(start)
        expect(nextBucketStart(rounding, start)).toBe(starts[index + 1] ?? nextBucketStart(rounding, to))
      }
      const found = new Set<number>()
      for (let at = from; at <= to; at += 15 * 60_000) found.add(roundDown(rounding, at))
      expect(starts).toEqual([...found].sort((a, b) => a - b))
    }
  }
})
