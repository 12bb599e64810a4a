import { expect, test } from 'vitest'
import { decimalFormat } from './decimal-format.ts'

/** As java.text.DecimalFormat prints. */
test.each([
  ['0.00', 1.5, '1.50'],
  ['0.00', 1.005, '1.00'],
  ['0.00', -1.239, '-1.24'],
  ['0', 0.5, '0'],
  ['0', 1.5, '2'],
  ['0', 2.5, '2'],
  ['#', 0, '0'],
  ['#.##', 0.5, '.5'],
  ['#.##', 3, '3'],
  ['000', 7, '007'],
  ['#,##0.00', 1234567.891, '1,234,567.89'],
  ['#,###', 999, '999'],
  ['0.0%', 0.256, '25.6%'],
  ["0.0' °C'", 21.25, '21.2 °C'],
  ['$0.00', 3, '$3.00'],
  ['0;(0)', -5, '(5)'],
  ['0.##E0', 12345, '1.23E4'],
  ['0.0', NaN, 'NaN'],
  ['0.0', -0.01, '-0.0'],
  ['0.00', 1.015, '1.01'],
  ['0.00', 0.125, '0.12'],
  ['0.00', 0.375, '0.38'],
])('%s of %d is %s', (pattern, value, want) => {
  expect(decimalFormat(pattern)(value)).toBe(want)
})

test.each(['', 'abc', '0#', '0.#0'])('%j is refused', (pattern) => {
  expect(() => decimalFormat(pattern)).toThrow(`Malformed pattern "${pattern}"`)
})
