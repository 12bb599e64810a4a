import { expect, test } from 'vitest'
import { findSilences } from './silences.ts'

const MINUTE = 60_000

/** A row a minute, with a value at the minutes given. */
const at = (...minutes: number[]) => {
  const times = Array.from({ length: 40 }, (_, minute) => minute * MINUTE)
  return { times, values: times.map((_, minute) => (minutes.includes(minute) ? 1 : null)) }
}

test.each([
  { name: 'no values', series: at(), want: [] },
  { name: 'one value', series: at(7), want: [] },
  { name: 'a value each minute', series: at(0, 1, 2, 3), want: [] },
  { name: 'one late value is no silence', series: at(0, 1, 3, 4), want: [] },
  { name: 'minutes without values are', series: at(0, 1, 2, 9, 10, 11), want: [[2, 9]] },
  { name: 'a slow beat is none', series: at(0, 5, 10, 15), want: [] },
  { name: 'a slow beat that becomes a fast one', series: at(0, 5, 10, 11, 12), want: [] },
  { name: 'a fast beat that becomes a slow one', series: at(0, 1, 2, 7, 12), want: [] },
  { name: 'silence in a slow beat', series: at(0, 5, 20, 25), want: [[5, 20]] },
])('$name', ({ series: { times, values }, want }) => {
  expect(findSilences(times, values, MINUTE)).toEqual(want)
})

test('rows that no series has a value in are silence too', () => {
  const times = [0, 1, 2, 30, 31].map((minute) => minute * MINUTE)
  expect(findSilences(times, [1, 1, 1, 1, 1], MINUTE)).toEqual([[2, 3]])
})
