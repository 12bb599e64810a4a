import { expect, test } from 'vitest'
import { parseByteSize, printByteSize } from './byte-size.ts'
import { parseDurationMs, printDuration } from './duration.ts'

test.each([
  { text: '30s', want: 30_000 },
  { text: '1.5h', want: 5_400_000 },
  { text: ' 500MS ', want: 500 },
  { text: '250micros', want: 0.25 },
  { text: '-1', want: -1 },
  { text: '0', want: 0 },
])('$text is $want ms', ({ text, want }) => expect(parseDurationMs(text, 'x')).toBe(want))

test.each([
  { text: '100mb', want: 104_857_600 },
  { text: '1.5kb', want: 1536 },
  { text: '7b', want: 7 },
  { text: '1g', want: 1_073_741_824 },
  { text: '0', want: 0 },
])('$text is $want bytes', ({ text, want }) => expect(parseByteSize(text, 'x')).toBe(want))

test.each([
  { text: '30', want: 'unit is missing or unrecognized' },
  { text: '30 weeks', want: 'unit is missing or unrecognized' },
  { text: 'soon', want: 'expected a number and a unit such as [30s]' },
  { text: '', want: 'expected a number and a unit such as [30s]' },
])('[$text] is no time value', ({ text, want }) => {
  expect(() => parseDurationMs(text, 'a.b')).toThrow(
    `failed to parse setting [a.b] with value [${text}] as a time value: ${want}`,
  )
})

test.each([
  { text: '30', want: 'unit is missing or unrecognized' },
  { text: '30 apples', want: 'unit is missing or unrecognized' },
  { text: 'big', want: 'expected a number and a unit such as [100mb]' },
])('[$text] is no size', ({ text, want }) => {
  expect(() => parseByteSize(text, 'a.b')).toThrow(
    `failed to parse setting [a.b] with value [${text}] as a size in bytes: ${want}`,
  )
})

test.each([
  { ms: 90_000, want: '1.5m' },
  { ms: 172_800_000, want: '2d' },
  { ms: 250, want: '250ms' },
  { ms: 0, want: '0s' },
  { ms: -1, want: '-1' },
  { ms: 0.05, want: '50micros' },
])('$ms ms print as $want', ({ ms, want }) => expect(printDuration(ms)).toBe(want))

test.each([
  { bytes: 0, want: '0b' },
  { bytes: 1023, want: '1023b' },
  { bytes: 1536, want: '1.5kb' },
  { bytes: 1_610_612_736, want: '1.5gb' },
  { bytes: 1_048_575, want: '1023.9kb' },
])('$bytes bytes print as $want', ({ bytes, want }) => expect(printByteSize(bytes)).toBe(want))
