import { expect, test } from 'vitest'
import { formatParts, formatValue } from './value.ts'

test.each([
  { name: 'no format', value: 1234.567, format: undefined, want: '1,234.6' },
  { name: 'small', value: 0.01234, format: undefined, want: '0.0123' },
  { name: 'tiny', value: 0.00000123, format: undefined, want: '1.23E-6' },
  { name: 'with a unit', value: 21.456, format: { type: 'number', decimals: 1, suffix: ' °C' } as const, want: '21.5 °C' },
  { name: 'compact', value: 381_042, format: { type: 'number', compact: true } as const, want: '381K' },
  { name: 'percent of a fraction', value: 0.4251, format: { type: 'percent' } as const, want: '42.5%' },
  { name: 'bytes', value: 1_500_000, format: { type: 'bytes' } as const, want: '1.5 MB' },
  { name: 'few bytes', value: 12, format: { type: 'bytes' } as const, want: '12 B' },
  { name: 'bytes a second', value: 2000, format: { type: 'bytes', suffix: '/s' } as const, want: '2.0 kB/s' },
  { name: 'a duration', value: 90, format: { type: 'duration', from: 's', decimals: 1 } as const, want: '1.5 min' },
  { name: 'missing', value: null, format: undefined, want: '–' },
  { name: 'not a number', value: Number.NaN, format: { type: 'bytes' } as const, want: '–' },
])('$name', ({ value, format, want }) => {
  expect(formatValue(value, format)).toBe(want)
})

test('the unit stands apart', () => {
  expect(formatParts(3.2, { type: 'number', decimals: 1, suffix: ' mm/s' })).toEqual({ text: '3.2', unit: ' mm/s' })
})
