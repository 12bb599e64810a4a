import { expect, test } from 'vitest'
import type { PanelData } from '../frame.ts'
import { readEntities, sortEntities } from './entity.ts'
import { parseStatusOptions } from './options.ts'

const options = parseStatusOptions({
  data_source: { type: 'data_view_spec', index_pattern: 'a' },
  entity: { field: 'device.id' },
  group_by: { field: 'line' },
  values: [
    {
      field: 'temp',
      limits: [
        { state: 'warning', gte: 75 },
        { state: 'critical', gte: 90 },
      ],
    },
    { field: 'rpm' },
  ],
  offline_after: '2m',
})

const data: PanelData = {
  zone: 'UTC',
  partial: false,
  cut: 0,
  wholeAt: 0,
  frames: [
    {
      length: 5,
      columns: [
        { kind: 'text', name: 'device.id', values: ['m-10', 'm-2', 'm-3', 'm-4', 'm-5'] },
        { kind: 'text', name: 'line', values: ['a', 'a', 'b', null, 'b'] },
        { kind: 'time', name: 'seen', values: [590_000, 600_000, 400_000, null, 600_000] },
        { kind: 'number', name: 'temp', format: undefined, values: [95, 20, 80, null, null] },
        { kind: 'number', name: 'rpm', format: undefined, values: [1, 2, 3, 4, null] },
      ],
    },
  ],
}
const entities = readEntities(options, data, 600_000)

test('silence outdoes limits, limits outdo nothing known', () => {
  expect(entities.map(({ name, group, state }) => [name, group, state])).toEqual([
    ['m-10', 'a', 'critical'],
    ['m-2', 'a', 'ok'],
    ['m-3', 'b', 'offline'],
    ['m-4', undefined, 'offline'],
    ['m-5', 'b', 'unknown'],
  ])
})

test.each([
  { name: 'the worst first', sort: { by: 'state', ascending: false }, want: ['m-10', 'm-3', 'm-4', 'm-5', 'm-2'] },
  { name: 'names by their numbers', sort: { by: 'name', ascending: true }, want: ['m-2', 'm-3', 'm-4', 'm-5', 'm-10'] },
  { name: 'no value comes last', sort: { by: 0, ascending: true }, want: ['m-2', 'm-3', 'm-10', 'm-4', 'm-5'] },
  { name: 'also the other way round', sort: { by: 0, ascending: false }, want: ['m-10', 'm-3', 'm-2', 'm-4', 'm-5'] },
] as const)('sorts: $name', ({ sort, want }) => {
  expect(sortEntities(entities, sort).map(({ name }) => name)).toEqual(want)
})
