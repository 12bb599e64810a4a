import { expect, test } from 'vitest'
import { timeZone, utc } from '../../core/dates/time-zone.ts'
import { printSqlTime, readSqlTime } from './local-time.ts'

const berlin = timeZone('Europe/Berlin')

test.each([
  { text: '2024-05-01', zone: utc, want: '2024-05-01T00:00:00.000Z' },
  { text: '2024-05-01 10:00:00', zone: berlin, want: '2024-05-01T08:00:00.000Z' },
  { text: '2024-01-01 10:00:00.123456', zone: berlin, want: '2024-01-01T09:00:00.123456Z' },
  { text: '2024-05-01 10:00:00.5+00', zone: berlin, want: '2024-05-01T10:00:00.500Z' },
  { text: '2024-05-01 10:00:00-03:30', zone: utc, want: '2024-05-01T13:30:00.000Z' },
  { text: '0000-00-00 00:00:00', zone: utc, want: undefined },
  { text: 'infinity', zone: utc, want: undefined },
])('$text', ({ text, zone, want }) => {
  expect(readSqlTime(text, zone)?.toString()).toBe(want)
})

test.each([utc, berlin])('times are read as they were printed, in $id', (zone) => {
  for (const text of ['2024-05-01 10:00:00.000000', '2024-12-31 23:59:59.999999', '1970-01-01 00:00:00.000001']) {
    const read = readSqlTime(text, zone)
    expect(read && printSqlTime(read, zone)).toBe(text)
  }
})
