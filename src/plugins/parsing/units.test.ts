import { expect, test } from 'vitest'
import { converter } from './units.ts'

test.each([
  [212, 'F', 'C', 100],
  [-40, 'fahrenheit', 'celsius', -40],
  [0, 'C', 'K', 273.15],
  [1, 'bar', 'psi', 14.503773773],
  [1, 'in/s', 'mm/s', 25.4],
  [3000, 'rpm', 'Hz', 50],
  [36, 'km/h', 'm/s', 10],
  [1, 'kWh', 'MJ', 3.6],
  [25, '°C', 'F', 77],
])('%d %s in %s', (value, from, to, wanted) => {
  expect(converter(from, to)(value)).toBeCloseTo(wanted, 9)
})

test.each([
  ['parsec', 'm', /\[parsec\] is no unit/],
  ['C', 'bar', /temperature.*pressure/],
])('%s to %s is refused', (from, to, reason) => {
  expect(() => converter(from, to)).toThrow(reason)
})
