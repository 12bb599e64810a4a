import { expect, test } from 'vitest'
import { mainFrame } from '../frame.ts'
import type { PanelContext } from '../panel-type.ts'
import { readTable, tableSearches } from './data.ts'
import { parseTableOptions } from './options.ts'

const context: PanelContext = {
  interval: { from: 0, to: 1000 },
  zone: 'UTC',
  width: 300,
  source: () => ({ index: 'a', timeField: 't', query: () => ({ match_all: {} }) }),
}

const options = parseTableOptions({
  data_source: { type: 'data_view_spec', index_pattern: 'a' },
  rows: [
    { operation: 'terms', fields: ['line'], limit: 3, rank_by: { type: 'alphabetical' } },
    {
      operation: 'terms',
      fields: ['device.id'],
      label: 'Device',
      rank_by: { type: 'metric', metric_index: 1, direction: 'asc' },
    },
  ],
  metrics: [{ operation: 'count' }, { operation: 'max', field: 'temp', label: 'Hottest' }],
})

test('rows are nested from the outside in', () => {
  expect(tableSearches(options, context)[0]?.body['aggs']).toEqual({
    rows: {
      terms: { field: 'line', size: 3, order: { _key: 'asc' } },
      aggs: {
        m1: { max: { field: 'temp' } },
        rows: { terms: { field: 'device.id', size: 10, order: { m1: 'asc' } }, aggs: { m1: { max: { field: 'temp' } } } },
      },
    },
  })
})

test('the answer becomes flat', () => {
  const leaf = (key: string, count: number, value: number) => ({ key, doc_count: count, m1: { value } })
  const rows = {
    buckets: [
      { key: 'a', doc_count: 3, rows: { buckets: [leaf('x', 1, 5), leaf('y', 2, 6)] } },
      { key: 'b', doc_count: 1, rows: { buckets: [leaf('x', 1, 7)] } },
    ],
  }
  const data = readTable(options, [{ partial: false, total: undefined, hits: [], aggregations: { rows } }], context)
  expect(Object.fromEntries(mainFrame(data).columns.map(({ name, values }) => [name, values]))).toEqual({
    line: ['a', 'a', 'b'],
    Device: ['x', 'y', 'x'],
    Count: [1, 2, 1],
    Hottest: [5, 6, 7],
  })
})
