import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { Random } from './random.ts'

/** Pipelines inside of a histogram, over the metric of this name beside them. */
export function parentPipelines(random: Random, metric: string): JsonObject {
  const path = random.pick([metric, metric, '_count'])
  const policy = random.options(0.3, { gap_policy: random.pick(['skip', 'insert_zeros']), format: '0.0' })
  const all: Readonly<Record<string, () => JsonObject>> = {
    derivative: () => ({ buckets_path: path, ...policy }),
    cumulative_sum: () => ({ buckets_path: path }),
    serial_diff: () => ({ buckets_path: path, lag: random.int(1, 3), ...policy }),
    moving_fn: () => ({
      buckets_path: path,
      window: random.int(1, 5),
      script: `MovingFunctions.${random.pick([
        'unweightedAvg(values)',
        'max(values)',
        'min(values)',
        'sum(values)',
        'linearWeightedAvg(values)',
        'stdDev(values, MovingFunctions.unweightedAvg(values))',
        'ewma(values, 0.3)',
        'holt(values, 0.3, 0.1)',
      ])}`,
      ...random.options(0.3, { shift: 1 }),
    }),
    bucket_script: () => ({ buckets_path: { a: metric, n: '_count' }, script: 'params.a * 2 + params.n', ...policy }),
    bucket_selector: () => ({ buckets_path: { n: '_count' }, script: `params.n > ${random.int(0, 4)}` }),
    bucket_sort: () => ({
      sort: [{ [path]: { order: random.pick(['asc', 'desc']) } }, { _key: 'asc' }],
      ...random.options(0.5, { size: random.int(1, 6), from: random.int(0, 2) }),
    }),
  }
  return Object.fromEntries(
    random.some(Object.keys(all), random.int(1, 2)).map((type) => [`${type}_p`, { [type]: all[type]?.() ?? {} }]),
  )
}

/** Pipelines beside an aggregation of many buckets, over their counts or a metric in them. */
export function siblingPipelines(random: Random, name: string, aggregation: JsonObject): JsonObject {
  const inner = aggregation['aggs'] as JsonObject | undefined
  const metrics = Object.keys(inner ?? {}).filter((one) => /^(?:avg|sum|min|max|value_count|cardinality)_/.test(one))
  const path = `${name}>${random.pick([...metrics, '_count'])}`
  const type = random.pick([
    'avg_bucket',
    'max_bucket',
    'min_bucket',
    'sum_bucket',
    'stats_bucket',
    'extended_stats_bucket',
    'percentiles_bucket',
  ])
  const more: Readonly<Record<string, JsonValue>> = random.options(0.2, {
    gap_policy: random.pick(['skip', 'insert_zeros']),
    format: '0.00',
    ...(type === 'percentiles_bucket' ? { percents: [0, 33.3, 50, 100], keyed: false } : {}),
    ...(type === 'extended_stats_bucket' ? { sigma: 1.5 } : {}),
  })
  return { [`${type}_of_${name}`]: { [type]: { buckets_path: path, ...more } } }
}
