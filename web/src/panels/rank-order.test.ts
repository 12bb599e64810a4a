import { expect, test } from 'vitest'
import { readOperation } from './operation.ts'
import { rankOrder } from './rank-order.ts'

const filter = { language: 'kql', expression: 'a: 1' }

test.each([
  { config: { operation: 'average', field: 't' }, want: { r: 'desc' } },
  { config: { operation: 'average', field: 't', filter }, want: { 'r>r': 'desc' } },
  { config: { operation: 'count' }, want: { _count: 'desc' } },
  { config: { operation: 'count', filter }, want: { r: 'desc' } },
  { config: { operation: 'percentile', field: 't', percentile: 99 }, want: { 'r.99': 'desc' } },
  { config: { operation: 'median', field: 't' }, want: { 'r.50': 'desc' } },
  { config: { operation: 'last_value', field: 't' }, want: { _count: 'desc' } },
])('$config', ({ config, want }) => {
  expect(rankOrder(readOperation(config, 'm'), 'r', 'desc')).toEqual(want)
})
