import { expect, test } from 'vitest'
import { encodeTile } from './encode-tile.ts'

test('a point, byte by byte', () => {
  const feature = { geometry: { kind: 'points', points: [[25, 17]] }, properties: { a: 'x', b: -1 } } as const
  const layer = [
    [0x78, 2], // version
    [0x0a, 1, 0x70], // name: p
    [0x12, 13, 0x12, 4, 0, 0, 1, 1, 0x18, 1, 0x22, 3, 9, 50, 34], // the feature, as section 4.3.5.1 of the specification draws it
    [0x1a, 1, 0x61, 0x1a, 1, 0x62], // keys
    [0x22, 3, 0x0a, 1, 0x78, 0x22, 2, 0x30, 1], // values
    [0x28, 0x80, 0x20], // extent
  ].flat()
  expect([...encodeTile([{ name: 'p', extent: 4096, features: [feature] }])]).toEqual([0x1a, layer.length, ...layer])
})

test('rings are turned as the specification wants them: outer ones clockwise, holes the other way', () => {
  const outer = [
    [0, 0],
    [0, 10],
    [10, 10],
    [10, 0],
    [0, 0],
  ] as const
  const hole = [
    [2, 2],
    [4, 2],
    [4, 4],
    [2, 4],
    [2, 2],
  ] as const
  const feature = { geometry: { kind: 'polygons', polygons: [[outer, hole]] }, properties: {} } as const
  const bytes = encodeTile([{ name: 'p', extent: 10, features: [feature] }])
  const commands = [9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 4, 15, 26, 0, 4, 4, 0, 0, 3, 15]
  expect(bytes.includes(Buffer.from(commands))).toBe(true)
})
