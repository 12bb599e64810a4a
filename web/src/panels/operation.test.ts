import { expect, test } from 'vitest'
import { operationAggs, operationValue, readOperation } from './operation.ts'

const kql = { language: 'kql', expression: 'level: error' }

test.each([
  { name: 'a count is the bucket’s own', config: { operation: 'count' }, aggs: {}, bucket: { doc_count: 7 }, want: 7 },
  {
    name: 'an average',
    config: { operation: 'average', field: 't' },
    aggs: { m: { avg: { field: 't' } } },
    bucket: { doc_count: 2, m: { value: 1.5 } },
    want: 1.5,
  },
  {
    name: 'of nothing',
    config: { operation: 'average', field: 't' },
    aggs: { m: { avg: { field: 't' } } },
    bucket: { doc_count: 0, m: { value: null } },
    want: null,
  },
  {
    name: 'a filtered count',
    config: { operation: 'count', filter: kql },
    aggs: { m: { filter: { kql: { query: 'level: error' } } } },
    bucket: { doc_count: 9, m: { doc_count: 3 } },
    want: 3,
  },
  {
    name: 'a filtered maximum',
    config: { operation: 'max', field: 't', filter: kql },
    aggs: { m: { filter: { kql: { query: 'level: error' } }, aggs: { m: { max: { field: 't' } } } } },
    bucket: { doc_count: 9, m: { doc_count: 3, m: { value: 4 } } },
    want: 4,
  },
  {
    name: 'a percentile',
    config: { operation: 'percentile', field: 't', percentile: 99 },
    aggs: { m: { percentiles: { field: 't', percents: [99] } } },
    bucket: { doc_count: 9, m: { values: { '99.0': 12 } } },
    want: 12,
  },
  {
    name: 'the latest value, of those that have one',
    config: { operation: 'last_value', field: 't' },
    aggs: {
      m: {
        filter: { exists: { field: 't' } },
        aggs: { m: { top_metrics: { metrics: [{ field: 't' }], sort: { time: 'desc' }, size: 1 } } },
      },
    },
    bucket: { doc_count: 9, m: { doc_count: 3, m: { top: [{ sort: ['x'], metrics: { t: 4 } }] } } },
    want: 4,
  },
  { name: 'a rate', config: { operation: 'count', time_scale: 's' }, aggs: {}, bucket: { doc_count: 120 }, want: 2 },
])('$name', ({ config, aggs, bucket, want }) => {
  const operation = readOperation(config, 'metric')
  expect(operationAggs(operation, 'm', 'time')).toEqual(aggs)
  expect(operationValue(operation, 'm', bucket, 60_000)).toBe(want)
})

test.each([
  { config: { operation: 'mode' }, message: 'y[0].operation must be one of count, average,' },
  { config: { operation: 'average' }, message: 'y[0].field must be a text, not missing' },
  {
    config: { operation: 'count', reduced_time_range: '5 minutes' },
    message: 'y[0].reduced_time_range must be a length of time such as 90s, 2m or 1h, not "5 minutes"',
  },
])('refuses $config', ({ config, message }) => {
  expect(() => readOperation(config, 'y[0]')).toThrow(message)
})
