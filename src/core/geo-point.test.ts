import { expect, test } from 'vitest'
import { parseGeoPoint } from './geo-point.ts'

test.each([
  { value: { lat: 41.12, lon: -71.34 }, want: { lat: 41.12, lon: -71.34 } },
  { value: { lat: '41.12', lon: '-71.34' }, want: { lat: 41.12, lon: -71.34 } },
  { value: [-71.34, 41.12], want: { lat: 41.12, lon: -71.34 } },
  { value: [-71.34, 41.12, 30], want: { lat: 41.12, lon: -71.34 } },
  { value: '41.12,-71.34', want: { lat: 41.12, lon: -71.34 } },
  { value: ' 41.12 , -71.34 ', want: { lat: 41.12, lon: -71.34 } },
  { value: 'POINT (-71.34 41.12)', want: { lat: 41.12, lon: -71.34 } },
  { value: { type: 'Point', coordinates: [-71.34, 41.12] }, want: { lat: 41.12, lon: -71.34 } },
  { value: 's', want: { lat: 0, lon: 0 } },
  { value: { geohash: 'u' }, want: { lat: 45, lon: 0 } },
])('$value', ({ value, want }) => {
  expect(parseGeoPoint(value)).toEqual(want)
})

test.each([
  { value: { lat: 1 }, message: 'field [lon] missing' },
  { value: { lat: 1, lon: 'x' }, message: '[longitude] must be a valid double value' },
  { value: { lat: 1, lon: 2, foo: 3 }, message: 'field must be either [lat|lon], [type|coordinates], or [geohash]' },
  { value: '1,2,3,4', message: 'expected 2 or 3 coordinates but found: [4]' },
  { value: [1], message: 'expects two or three numbers' },
  { value: 'a!', message: 'unsupported symbol' },
  { value: true, message: 'geo_point expected' },
])('$value is refused', ({ value, message }) => {
  expect(() => parseGeoPoint(value)).toThrow(message)
})
