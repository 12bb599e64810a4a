import { expect, test } from 'vitest'
import { dateFormat } from './date-format.ts'
import { parseDateMath } from './date-math.ts'
import { timeZone } from './time-zone.ts'

const now = Date.parse('2024-03-15T13:37:42.123Z')
const format = dateFormat('strict_date_optional_time||epoch_millis')

test.each([
  { text: 'now', want: '2024-03-15T13:37:42.123Z' },
  { text: 'now-1h', want: '2024-03-15T12:37:42.123Z' },
  { text: 'now-1d/d', want: '2024-03-14T00:00:00.000Z' },
  { text: 'now/d', want: '2024-03-15T00:00:00.000Z' },
  { text: 'now/d', up: true, want: '2024-03-15T23:59:59.999Z' },
  { text: 'now/w', want: '2024-03-11T00:00:00.000Z' },
  { text: 'now/w', up: true, want: '2024-03-17T23:59:59.999Z' },
  { text: 'now/M', up: true, want: '2024-03-31T23:59:59.999Z' },
  { text: 'now/y+6M', want: '2024-07-01T00:00:00.000Z' },
  { text: 'now+30s-2m', want: '2024-03-15T13:36:12.123Z' },
  { text: 'now/H', want: '2024-03-15T13:00:00.000Z' },
  { text: 'now/m', up: true, want: '2024-03-15T13:37:59.999Z' },
  { text: 'now/s', want: '2024-03-15T13:37:42.000Z' },
  { text: '2024-01-31||+1M', want: '2024-02-29T00:00:00.000Z' },
  { text: '2024-01-01||+1M/d', want: '2024-02-01T00:00:00.000Z' },
  { text: '2024-05-03||/M', up: true, want: '2024-05-31T23:59:59.999Z' },
  { text: '2024-05-03||', up: true, want: '2024-05-03T00:00:00.000Z' },
  { text: '2024-05-03', up: true, want: '2024-05-03T23:59:59.999Z' },
  { text: 'now/d', zone: 'Asia/Tokyo', want: '2024-03-14T15:00:00.000Z' },
  { text: '2024-03-31||/d', zone: 'Europe/Berlin', up: true, want: '2024-03-31T21:59:59.999Z' },
  { text: '2024-03-30T12:00||+1d', zone: 'Europe/Berlin', want: '2024-03-31T10:00:00.000Z' },
  { text: '2024-03-30T12:00||+24h', zone: 'Europe/Berlin', want: '2024-03-31T11:00:00.000Z' },
])('$text ($zone, up: $up)', ({ text, zone, up, want }) => {
  const instant = parseDateMath(text, {
    format,
    now,
    roundUp: up === true,
    ...(zone === undefined ? {} : { zone: timeZone(zone) }),
  })
  expect(new Date(instant).toISOString()).toBe(want)
})

test.each([
  ['now-1x', 'unit [x] not supported for date math [-1x]'],
  ['now/2d', 'rounding `/` can only be used on single unit types [/2d]'],
  ['now+', 'truncated date math [+]'],
  ['now*1', 'operator not supported for date math [*1]'],
  ['2024-01-01||/d/', 'truncated date math [/d/]'],
  ['', 'cannot parse empty date'],
  [
    'abc',
    'failed to parse date field [abc] with format [strict_date_optional_time||epoch_millis]: [failed to parse date field [abc] with format [strict_date_optional_time||epoch_millis]]',
  ],
])('%j is refused', (text, reason) => {
  expect(() => parseDateMath(text, { format, now })).toThrow(
    expect.objectContaining({ type: 'parse_exception', status: 400, reason }),
  )
})
