import { expect, test } from 'vitest'
import { parseByteSize } from './byte-size.ts'
import { parseDurationMs } from './duration.ts'

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
