import { expect, test } from 'vitest'
import type { SearchAnswer } from '../../data/search-answer.ts'
import type { PanelContext } from '../panel-type.ts'
import { metricSearches, readMetric } from './data.ts'
import { parseMetricOptions } from './options.ts'

const context: PanelContext = {
  interval: { from: 0, to: 3_600_000 },
  zone: 'UTC',
  width: 300,
  source: () => ({ index: 'iot-*', timeField: 't', query: (interval, ...clauses) => ({ interval: { ...interval }, clauses }) }),
}

const answer = (aggregations: SearchAnswer['aggregations'], total = 0): SearchAnswer => ({
  partial: false,
  total: { value: total, relation: 'eq' },
  hits: [],
  aggregations,
})

const options = parseMetricOptions({
  data_source: { type: 'data_view_spec', index_pattern: 'iot-*' },
  metrics: [
    { type: 'primary', operation: 'unique_count', field: 'device.id', label: 'Online', reduced_time_range: '2m' },
    { type: 'secondary', operation: 'unique_count', field: 'device.id', label: 'of' },
    { type: 'secondary', compare: { to: 'primary' } },
  ],
  background_chart: { type: 'trend' },
})

test('every figure is asked over its own stretch', () => {
  const intervals = metricSearches(options, context).map(({ body }) => (body['query'] as { interval: unknown }).interval)
  expect(intervals).toEqual([
    { from: 3_480_000, to: 3_600_000 },
    { from: 0, to: 3_600_000 },
    { from: -120_000, to: 0 },
    { from: 0, to: 3_600_000 },
  ])
})

test('figures and trend are read in the order in which they were asked', () => {
  const trend = [
    { key: -60_000, doc_count: 1, figure: { value: 1 } }, // begins before the range: cut
    { key: 0, doc_count: 1, figure: { value: 5 } },
    { key: 120_000, doc_count: 1, figure: { value: 6 } },
    { key: 3_540_000, doc_count: 1, figure: { value: 2 } }, // goes on behind it: cut
  ]
  const answers = [
    answer({ figure: { value: 7 } }),
    answer({ figure: { value: 9 } }),
    answer({ figure: { value: 6 } }),
    answer({ trend: { buckets: trend } }),
  ]
  const { frames } = readMetric(options, answers, context)
  expect(frames[0]?.columns.map(({ name, values }) => [name, ...values])).toEqual([
    ['Online', 7],
    ['of', 9],
    ['before', 6],
  ])
  expect(frames[1]?.columns.map(({ values }) => values)).toEqual([
    [0, 120_000],
    [5, 6],
  ])
})
