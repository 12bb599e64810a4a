import { expect, test } from 'vitest'
import { dateFormat } from './date-format.ts'
import { timeZone } from './time-zone.ts'

const INSTANT = Date.parse('2024-02-03T04:05:06.789Z')

/** Name, how 2024-02-03T04:05:06.789Z prints in it, and what that text is read as: as OpenSearch 2.19 answers. */
const NAMED: readonly (readonly [string, string, number])[] = [
  ['epoch_millis', '1706933106789', 1706933106789],
  ['epoch_second', '1706933106.789', 1706933106789],
  ['iso8601', '2024-02-03T04:05:06.789Z', 1706933106789],
  ['date_optional_time', '2024-02-03T04:05:06.789Z', 1706933106789],
  ['basic_date', '20240203', 1706918400000],
  ['basic_date_time', '20240203T040506.789Z', 1706933106789],
  ['basic_date_time_no_millis', '20240203T040506Z', 1706933106000],
  ['basic_ordinal_date', '2024034', 1706918400000],
  ['basic_ordinal_date_time', '2024034T040506.789Z', 1706933106789],
  ['basic_ordinal_date_time_no_millis', '2024034T040506Z', 1706933106000],
  ['basic_time', '040506.789Z', 14706789],
  ['basic_time_no_millis', '040506Z', 14706000],
  ['basic_t_time', 'T040506.789Z', 14706789],
  ['basic_t_time_no_millis', 'T040506Z', 14706000],
  ['basic_week_date', '2024W056', 1706918400000],
  ['basic_week_date_time', '2024W056T040506.789Z', 1706933106789],
  ['basic_week_date_time_no_millis', '2024W056T040506Z', 1706933106000],
  ['date', '2024-02-03', 1706918400000],
  ['date_hour', '2024-02-03T04', 1706932800000],
  ['date_hour_minute', '2024-02-03T04:05', 1706933100000],
  ['date_hour_minute_second', '2024-02-03T04:05:06', 1706933106000],
  ['date_hour_minute_second_fraction', '2024-02-03T04:05:06.789', 1706933106789],
  ['date_hour_minute_second_millis', '2024-02-03T04:05:06.789', 1706933106789],
  ['date_time', '2024-02-03T04:05:06.789Z', 1706933106789],
  ['date_time_no_millis', '2024-02-03T04:05:06Z', 1706933106000],
  ['hour', '04', 14400000],
  ['hour_minute', '04:05', 14700000],
  ['hour_minute_second', '04:05:06', 14706000],
  ['hour_minute_second_fraction', '04:05:06.789', 14706789],
  ['hour_minute_second_millis', '04:05:06.789', 14706789],
  ['ordinal_date', '2024-034', 1706918400000],
  ['ordinal_date_time', '2024-034T04:05:06.789Z', 1706933106789],
  ['ordinal_date_time_no_millis', '2024-034T04:05:06Z', 1706933106000],
  ['time', '04:05:06.789Z', 14706789],
  ['time_no_millis', '04:05:06Z', 14706000],
  ['t_time', 'T04:05:06.789Z', 14706789],
  ['t_time_no_millis', 'T04:05:06Z', 14706000],
  ['week_date', '2024-W05-6', 1706918400000],
  ['week_date_time', '2024-W05-6T04:05:06.789Z', 1706933106789],
  ['week_date_time_no_millis', '2024-W05-6T04:05:06Z', 1706933106000],
  ['year', '2024', 1704067200000],
  ['year_month', '2024-02', 1706745600000],
  ['year_month_day', '2024-02-03', 1706918400000],
  ['rfc3339_lenient', '2024-02-03T04:05:06.789Z', 1706933106789],
  ['strict_date_optional_time_nanos', '2024-02-03T04:05:06.789Z', 1706933106789],
  ['strict_date_optional_time', '2024-02-03T04:05:06.789Z', 1706933106789],
  ['strict_basic_week_date', '2024W056', 1706918400000],
  ['strict_basic_week_date_time', '2024W056T040506.789Z', 1706933106789],
  ['strict_basic_week_date_time_no_millis', '2024W056T040506Z', 1706933106000],
  ['strict_date', '2024-02-03', 1706918400000],
  ['strict_date_hour', '2024-02-03T04', 1706932800000],
  ['strict_date_hour_minute', '2024-02-03T04:05', 1706933100000],
  ['strict_date_hour_minute_second', '2024-02-03T04:05:06', 1706933106000],
  ['strict_date_hour_minute_second_fraction', '2024-02-03T04:05:06.789', 1706933106789],
  ['strict_date_hour_minute_second_millis', '2024-02-03T04:05:06.789', 1706933106789],
  ['strict_date_time', '2024-02-03T04:05:06.789Z', 1706933106789],
  ['strict_date_time_no_millis', '2024-02-03T04:05:06Z', 1706933106000],
  ['strict_hour', '04', 14400000],
  ['strict_hour_minute', '04:05', 14700000],
  ['strict_hour_minute_second', '04:05:06', 14706000],
  ['strict_hour_minute_second_fraction', '04:05:06.789', 14706789],
  ['strict_hour_minute_second_millis', '04:05:06.789', 14706789],
  ['strict_ordinal_date', '2024-034', 1706918400000],
  ['strict_ordinal_date_time', '2024-034T04:05:06.789Z', 1706933106789],
  ['strict_ordinal_date_time_no_millis', '2024-034T04:05:06Z', 1706933106000],
  ['strict_time', '04:05:06.789Z', 14706789],
  ['strict_time_no_millis', '04:05:06Z', 14706000],
  ['strict_t_time', 'T04:05:06.789Z', 14706789],
  ['strict_t_time_no_millis', 'T04:05:06Z', 14706000],
  ['strict_week_date', '2024-W05-6', 1706918400000],
  ['strict_week_date_time', '2024-W05-6T04:05:06.789Z', 1706933106789],
  ['strict_week_date_time_no_millis', '2024-W05-6T04:05:06Z', 1706933106000],
  ['strict_year', '2024', 1704067200000],
  ['strict_year_month', '2024-02', 1706745600000],
  ['strict_year_month_day', '2024-02-03', 1706918400000],
]

test.each(NAMED)('%s prints and reads', (name, text, instant) => {
  const format = dateFormat(name)
  expect(format.print(INSTANT)).toBe(text)
  expect(format.parse(text)).toBe(instant)
})

test.each([
  ['2024', 1704067200000],
  ['2024-02', 1706745600000],
  ['2024-2', NaN],
  ['2024-02-03', 1706918400000],
  ['2024-02-03T', 1706918400000],
  ['2024-02-03T04', 1706932800000],
  ['2024-02-03T04:05', 1706933100000],
  ['2024-02-03T04:05Z', 1706933100000],
  ['2024-02-03T04:05:06,7', 1706933106700],
  ['2024-02-03T04:05:06.123456789', 1706933106123],
  ['2024-02-03T04:05:06.1234567890', NaN],
  ['2024-02-03T04:05:06+01', 1706929506000],
  ['2024-02-03T04:05:06+0100', 1706929506000],
  ['2024-02-03T04:05:06+01:00', 1706929506000],
  ['2024-02-03T04:05:06+01:00:30', 1706929476000],
  ['2024-02-03T04:05:06.123-12:34', 1706978346123],
  ['2024-02-03T04:05:06+1', NaN],
  ['2024-02-03T04:05:06+19:00', NaN],
  ['2024-02-03T04:05:06Europe/Berlin', 1706929506000],
  ['2024-02-03T04:05:06[Europe/Berlin]', NaN],
  ['2024-02-03Z', NaN],
  ['2024-02-03 04:05:06', NaN],
  ['12024-02-03', NaN],
  ['+12024-02-03', 317276438400000],
  ['-0001-02-03', -62195904000000],
  ['2024-02-30', NaN],
  ['2024-02-29', 1709164800000],
  ['2023-02-29', NaN],
  ['2024-02-03T23:59:60', NaN],
  ['2024-02-03T24:00:00', NaN],
  ['2024-02-03t04:05:06z', NaN],
  ['1706935506123', 1706935506123],
  ['1706935506123.25', 1706935506123],
  ['-5', -5],
  ['-5.5', -6],
  [' 2024-02-03', NaN],
  ['', NaN],
  ['1e3', NaN],
  ['20240203', 20240203],
])('the default format reads %j', (text, instant) => {
  expect(dateFormat('strict_date_optional_time||epoch_millis').parse(text)).toBe(instant)
})

test.each([
  { pattern: 'yyyy-MM-dd HH:mm:ss', text: '2024-02-03 04:05:06', want: '2024-02-03T04:05:06.000Z' },
  { pattern: 'yyyyMMddHHmmss', text: '20240203040506', want: '2024-02-03T04:05:06.000Z' },
  {
    pattern: 'dd/MMM/yyyy:HH:mm:ss Z',
    text: '03/Feb/2024:04:05:06 +0100',
    want: '2024-02-03T03:05:06.000Z',
    prints: '03/Feb/2024:03:05:06 +0000',
  },
  { pattern: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", text: '2024-02-03T04:05:06.789Z', want: '2024-02-03T04:05:06.789Z' },
  { pattern: 'MM/dd/yy hh:mm a', text: '02/03/24 04:05 PM', want: '2024-02-03T16:05:00.000Z' },
  { pattern: 'EEEE, d MMMM uuuu', text: 'Saturday, 3 February 2024', want: '2024-02-03T00:00:00.000Z' },
  { pattern: 'yyyy[-MM]', text: '2024', want: '2024-01-01T00:00:00.000Z', prints: '2024-01' },
  { pattern: "yyyy''MM 'o''clock' ''", text: "2024'02 o'clock '", want: '2024-02-01T00:00:00.000Z' },
  { pattern: 'yyyy-DDD', text: '2024-034', want: '2024-02-03T00:00:00.000Z' },
  { pattern: 'yyyy-QQQ', text: '2024-Q3', want: '2024-07-01T00:00:00.000Z' },
  { pattern: "YYYY-'W'ww-e", text: '2024-W05-6', want: '2024-02-03T00:00:00.000Z' },
  { pattern: 'yyyy-MM-dd VV', text: '2024-07-01 Europe/Berlin', want: '2024-06-30T22:00:00.000Z', prints: '2024-06-30 UTC' },
  { pattern: '8yyyy', text: '2024', want: '2024-01-01T00:00:00.000Z' },
  { pattern: 'epoch_second', text: '1706933106.5', want: '2024-02-03T04:05:06.500Z' },
  { pattern: 'yyyy||epoch_second', text: '1706933106', want: '2024-02-03T04:05:06.000Z', prints: '2024' },
])('$pattern', ({ pattern, text, want, prints }) => {
  const format = dateFormat(pattern)
  const instant = format.parse(text)
  expect(new Date(instant).toISOString()).toBe(want)
  expect(format.print(instant)).toBe(prints ?? text)
})

test.each([
  { pattern: 'yyyy||bogus', reason: 'Invalid format: [bogus]: Unknown pattern letter: b' },
  { pattern: 'yyyy]', reason: 'Invalid format: [yyyy]]: Pattern invalid as it contains ] without previous [' },
  { pattern: "yyyy'x", reason: "Invalid format: [yyyy'x]: Pattern ends with an incomplete string literal: yyyy'x" },
  { pattern: 'HHH', reason: 'Invalid format: [HHH]: Too many pattern letters: H' },
  { pattern: '', reason: 'No date pattern provided' },
])('$pattern is refused', ({ pattern, reason }) => {
  expect(() => dateFormat(pattern)).toThrow(expect.objectContaining({ type: 'illegal_argument_exception', reason }))
})

test('nanoseconds are kept', () => {
  const format = dateFormat('strict_date_optional_time_nanos||epoch_millis')
  const nanos = format.parseNanos('2024-02-03T04:05:06.123456789+01:00')
  expect(nanos).toBe(1706929506123456789n)
  expect(format.printNanos(1706929506123456789n)).toBe('2024-02-03T03:05:06.123456789Z')
  expect(dateFormat('strict_date_optional_time').printNanos(1706929506123456789n)).toBe('2024-02-03T03:05:06.123Z')
  expect(dateFormat('epoch_millis').printNanos(1706929506123456000n)).toBe('1706929506123.456')
  expect(dateFormat('epoch_second').printNanos(-1n)).toBe('-0.000000001')
})

test('zones: of texts without one, and of what is printed', () => {
  const berlin = timeZone('Europe/Berlin')
  const format = dateFormat('strict_date_optional_time')
  expect(format.parse('2024-07-01', { zone: berlin })).toBe(Date.parse('2024-06-30T22:00:00Z'))
  expect(format.parse('2024-07-01T00:00:00Z', { zone: berlin })).toBe(Date.parse('2024-07-01T00:00:00Z'))
  expect(format.print(Date.parse('2024-06-30T22:00:00Z'), berlin)).toBe('2024-07-01T00:00:00.000+02:00')
})

test('rounding up fills what the text leaves open', () => {
  const format = dateFormat('strict_date_optional_time')
  const end = (text: string): string => new Date(format.parse(text, { roundUp: true })).toISOString()
  expect(end('2024-05-03')).toBe('2024-05-03T23:59:59.999Z')
  expect(end('2024-05-03T10:30')).toBe('2024-05-03T10:30:59.999Z')
  expect(end('2024-05')).toBe('2024-05-01T23:59:59.999Z')
})
