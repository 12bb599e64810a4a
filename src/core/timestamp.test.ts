import { expect, test } from 'vitest'
import { Timestamp } from './timestamp.ts'

test.each([
  0, 999, 1000, -1, -1000, -62_167_219_200_000, -62_167_219_200_001, 253_402_300_799_999, 253_402_300_800_000, 8.64e15, -8.64e15,
  1_714_557_600_123, 1_714_557_600_124, 1_714_557_601_000, 1_714_557_600_000, 1.5, -1.5,
])('%i prints as the platform prints it', (millis) => {
  expect(new Timestamp(millis).toString()).toBe(new Date(millis).toISOString())
})

test('what lies below the millisecond follows, to the microsecond where that is enough', () => {
  expect([new Timestamp(1, 500_000), new Timestamp(1, 1)].map(String)).toEqual([
    '1970-01-01T00:00:00.001500Z',
    '1970-01-01T00:00:00.001000001Z',
  ])
})
