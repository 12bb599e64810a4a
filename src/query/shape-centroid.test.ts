import { expect, test } from 'vitest'
import { parseShape } from '../core/geo-shape.ts'
import { cellsOfShape } from './shape-cells.ts'
import { weightOf } from './shape-centroid.ts'

test.each([
  { name: 'a point', wkt: 'POINT (3 4)', lon: 3, lat: 4 },
  { name: 'points', wkt: 'MULTIPOINT (0 0, 4 2)', lon: 2, lat: 1 },
  { name: 'a line, whose long part weighs more', wkt: 'LINESTRING (0 0, 3 0, 3 1)', lon: 1.875, lat: 0.125 },
  { name: 'a line of no length', wkt: 'LINESTRING (2 1, 2 1)', lon: 2, lat: 1 },
  { name: 'an area', wkt: 'POLYGON ((0 0, 4 0, 4 2, 0 2, 0 0))', lon: 2, lat: 1 },
  { name: 'the same, the other way around', wkt: 'POLYGON ((0 0, 0 2, 4 2, 4 0, 0 0))', lon: 2, lat: 1 },
  {
    name: 'an area with a hole',
    wkt: 'POLYGON ((0 0, 4 0, 4 2, 0 2, 0 0), (0 0, 2 0, 2 2, 0 2, 0 0))',
    lon: 3,
    lat: 1,
  },
  {
    name: 'an area beside points',
    wkt: 'GEOMETRYCOLLECTION (POINT (90 9), POLYGON ((0 0, 4 0, 4 2, 0 2, 0 0)))',
    lon: 2,
    lat: 1,
  },
])('the middle of $name', ({ wkt, lon, lat }) => {
  const { weight, lat: y, lon: x } = weightOf(parseShape(wkt))
  expect(x / weight).toBeCloseTo(lon, 9)
  expect(y / weight).toBeCloseTo(lat, 9)
})

test.each([
  {
    name: 'tiles',
    grid: 'geotile',
    precision: 2,
    wkt: 'LINESTRING (-100 10, 100 10)',
    want: ['2/0/1', '2/1/1', '2/2/1', '2/3/1'],
  },
  { name: 'a tile', grid: 'geotile', precision: 1, wkt: 'POLYGON ((10 10, 20 10, 20 20, 10 20, 10 10))', want: ['1/1/0'] },
  { name: 'geohashes', grid: 'geohash', precision: 2, wkt: 'LINESTRING (10 50, 13 50)', want: ['u0', 'u2'] },
] as const)('the cells that shapes touch: $name', ({ grid, precision, wkt, want }) => {
  expect(cellsOfShape(parseShape(wkt), { grid, precision }).toSorted()).toEqual(want)
})
