import { expect, test } from 'vitest'
import { logstashDateFormat, printJodaDate } from './logstash-date.ts'
import { timeZone } from './time-zone.ts'

const now = Date.parse('2024-03-15T13:37:42.123Z')

test.each([
  { pattern: 'ISO8601', text: '2024-02-03T04:05:06.789Z', want: '2024-02-03T04:05:06.789Z' },
  { pattern: 'ISO8601', text: '2024-02-03 04:05:06,789', want: '2024-02-03T04:05:06.789Z' },
  { pattern: 'ISO8601', text: '2024-02-03 04:05:06.789 +01:00', want: '2024-02-03T03:05:06.789Z' },
  { pattern: 'ISO8601', text: '2024-02-03T04:05:06', zone: 'Europe/Berlin', want: '2024-02-03T03:05:06.000Z' },
  { pattern: 'UNIX', text: '1706933106.789', want: '2024-02-03T04:05:06.789Z' },
  { pattern: 'UNIX', text: '1706933106', want: '2024-02-03T04:05:06.000Z' },
  { pattern: 'UNIX_MS', text: '1706933106789', want: '2024-02-03T04:05:06.789Z' },
  { pattern: 'TAI64N', text: '@4000000050d506482dbdf024', want: '2012-12-22T01:00:46.767Z' },
  { pattern: 'MMM dd HH:mm:ss', text: 'Feb 03 04:05:06', want: '2024-02-03T04:05:06.000Z' },
  { pattern: 'MMM  d HH:mm:ss', text: 'feb  3 04:05:06', want: '2024-02-03T04:05:06.000Z' },
  { pattern: 'dd/MMM/yyyy:HH:mm:ss Z', text: '03/Feb/2024:04:05:06 +0100', want: '2024-02-03T03:05:06.000Z' },
  { pattern: 'yyyy-MM-dd HH:mm:ss,SSS', text: '2024-02-03 04:05:06,7', want: '2024-02-03T04:05:06.700Z' },
  { pattern: 'yyyy-MM-dd HH:mm:ss.SSSSSS', text: '2024-02-03 04:05:06.789123', want: '2024-02-03T04:05:06.789Z' },
  { pattern: 'yyyyMMddHHmmssSSS', text: '20240203040506789', want: '2024-02-03T04:05:06.789Z' },
  { pattern: 'EEE MMM dd HH:mm:ss yyyy', text: 'Sat February 03 04:05:06 2024', want: '2024-02-03T04:05:06.000Z' },
  { pattern: 'd. MMMM yyyy', text: '3. März 2024', locale: 'de-DE', want: '2024-03-03T00:00:00.000Z' },
  { pattern: 'd. MMMM yyyy', text: '3. March 2024', locale: 'de_DE', want: '2024-03-03T00:00:00.000Z' },
  { pattern: 'yyyy-MM-dd HH:mm:ss ZZZ', text: '2024-07-03 04:05:06 Europe/Berlin', want: '2024-07-03T02:05:06.000Z' },
  { pattern: "yyyy-MM-dd'T'HH:mm:ssZ", text: '2024-02-03T04:05:06+01:00', want: '2024-02-03T03:05:06.000Z' },
])('$pattern reads $text', ({ pattern, text, zone, locale, want }) => {
  const instant = logstashDateFormat(pattern, locale).parse(text, timeZone(zone ?? 'UTC'), now)
  expect(new Date(instant).toISOString()).toBe(want)
})

test.each([
  { month: 'Dec', now: '2024-01-02T00:00:00Z', year: 2023 },
  { month: 'Jan', now: '2024-12-31T23:00:00Z', year: 2025 },
  { month: 'Dec', now: '2024-06-02T00:00:00Z', year: 2024 },
])('a missing year: $month read on $now is of $year', ({ month, now, year }) => {
  const instant = logstashDateFormat('MMM dd').parse(`${month} 01`, timeZone('UTC'), Date.parse(now))
  expect(new Date(instant).getUTCFullYear()).toBe(year)
})

test.each([
  ['UNIX', 'abc'],
  ['ISO8601', '03.02.2024'],
  ['yyyy-MM-dd', '2024-02-30'],
  ['TAI64N', '@40'],
])('%s does not read %s', (pattern, text) => {
  expect(logstashDateFormat(pattern).parse(text, timeZone('UTC'), now)).toBeNaN()
})

test.each([
  ['YYYY.MM.dd', '2024.02.03'],
  ['xxxx.ww', '2024.05'],
  ["yyyy-MM-dd'T'HH:mm:ss.SSSZ", '2024-02-03T04:05:06.789+0000'],
  ['EEE d MMM yy h a', 'Sat 3 Feb 24 4 AM'],
])('%s prints', (pattern, text) => {
  expect(printJodaDate(pattern, Date.parse('2024-02-03T04:05:06.789Z'))).toBe(text)
})

test('a pattern without meaning is refused', () => {
  expect(() => logstashDateFormat('yyyy-bb')).toThrow('Illegal pattern component: bb in [yyyy-bb]')
})
