import type { JsonObject } from '../../core/json.ts'

/** What an aggregation is for and how it is written; some stand within or around others. */
export interface AggregationExample {
  readonly summary: string
  /** `aggs` of a request that holds it. */
  readonly aggs: JsonObject
}

const byHour = (aggs: JsonObject): JsonObject => ({
  hours: {
    date_histogram: { field: '@timestamp', fixed_interval: '1h' },
    aggs: { hottest: { max: { field: 'temperature' } }, ...aggs },
  },
})
const overHours = (aggs: JsonObject): JsonObject => ({ ...byHour({}), ...aggs })
const one = (type: string, options: JsonObject): JsonObject => ({ result: { [type]: options } })
const onTemperature = (type: string, options: JsonObject = {}): JsonObject => one(type, { field: 'temperature', ...options })

/** One for each aggregation of `table.ts`, by its name, over the fields of `../reference-fields.ts`. */
export const AGGREGATION_EXAMPLES: Readonly<Record<string, AggregationExample>> = {
  adjacency_matrix: {
    summary: 'A bucket for each filter and each pair of them.',
    aggs: one('adjacency_matrix', {
      filters: { hot: { range: { temperature: { gt: 80 } } }, press: { term: { line: 'press' } } },
    }),
  },
  auto_date_histogram: {
    summary: 'Buckets of time, as long as it takes for no more than so many.',
    aggs: one('auto_date_histogram', { field: '@timestamp', buckets: 10 }),
  },
  avg: { summary: 'The average.', aggs: onTemperature('avg') },
  boxplot: { summary: 'Quartiles and whiskers.', aggs: onTemperature('boxplot') },
  cardinality: { summary: 'How many different values, estimated.', aggs: one('cardinality', { field: 'device' }) },
  categorize_text: {
    summary: 'Kinds of texts: those of one kind differ in few words.',
    aggs: one('categorize_text', { field: 'message' }),
  },
  children: {
    summary: 'The children of the documents, by a `join` field.',
    aggs: { parts: { children: { type: 'part' }, aggs: { titles: { value_count: { field: 'relation' } } } } },
  },
  composite: {
    summary: 'All combinations of several sources, page by page.',
    aggs: one('composite', { sources: [{ line: { terms: { field: 'line' } } }, { device: { terms: { field: 'device' } } }] }),
  },
  date_histogram: {
    summary: 'Buckets of time by the calendar or of a fixed length, in a time zone.',
    aggs: one('date_histogram', { field: '@timestamp', calendar_interval: '1d', time_zone: 'Europe/Berlin' }),
  },
  date_range: { summary: 'Ranges of time.', aggs: one('date_range', { field: '@timestamp', ranges: [{ from: 'now-1d/d' }] }) },
  diversified_sampler: {
    summary: 'The best documents, only a few with the same value.',
    aggs: {
      result: { diversified_sampler: { field: 'device', shard_size: 100 }, aggs: { lines: { terms: { field: 'line' } } } },
    },
  },
  extended_stats: { summary: '`stats` with variance and deviation.', aggs: onTemperature('extended_stats') },
  filter: { summary: 'The documents that a query finds.', aggs: one('filter', { term: { line: 'press' } }) },
  filters: {
    summary: 'A bucket for each query.',
    aggs: one('filters', { filters: { hot: { range: { temperature: { gt: 80 } } }, press: { term: { line: 'press' } } } }),
  },
  frequent_item_sets: {
    summary: 'Values of several fields that often come together.',
    aggs: one('frequent_item_sets', { fields: [{ field: 'device' }, { field: 'tags', exclude: 'loud' }], minimum_set_size: 2 }),
  },
  geo_bounds: { summary: 'The box around all points.', aggs: one('geo_bounds', { field: 'location' }) },
  geo_centroid: { summary: 'The middle of all points.', aggs: one('geo_centroid', { field: 'location' }) },
  geo_distance: {
    summary: 'Rings around a point.',
    aggs: one('geo_distance', { field: 'location', origin: '52.5,13.4', unit: 'km', ranges: [{ to: 10 }, { from: 10 }] }),
  },
  geo_line: {
    summary: 'A track: points in the order of time.',
    aggs: one('geo_line', { point: { field: 'location' }, sort: { field: '@timestamp' } }),
  },
  geohash_grid: { summary: 'Cells of geohashes.', aggs: one('geohash_grid', { field: 'location', precision: 5 }) },
  geohex_grid: { summary: 'Hexagons of H3.', aggs: one('geohex_grid', { field: 'location', precision: 5 }) },
  geotile_grid: { summary: 'Tiles of maps.', aggs: one('geotile_grid', { field: 'location', precision: 8 }) },
  global: { summary: 'All documents, whatever the query finds.', aggs: one('global', {}) },
  histogram: { summary: 'Buckets of numbers.', aggs: onTemperature('histogram', { interval: 5, min_doc_count: 1 }) },
  ip_prefix: {
    summary: 'Networks that addresses are in.',
    aggs: one('ip_prefix', { field: 'ip', prefix_length: 16 }),
  },
  ip_range: {
    summary: 'Ranges and networks of addresses.',
    aggs: one('ip_range', { field: 'ip', ranges: [{ mask: '10.0.0.0/8' }] }),
  },
  matrix_stats: { summary: 'How several fields vary together.', aggs: one('matrix_stats', { fields: ['temperature', 'count'] }) },
  max: { summary: 'The largest value.', aggs: onTemperature('max') },
  median_absolute_deviation: {
    summary: 'How far values lie from their median.',
    aggs: onTemperature('median_absolute_deviation'),
  },
  min: { summary: 'The smallest value.', aggs: onTemperature('min') },
  missing: { summary: 'Documents without a value.', aggs: onTemperature('missing') },
  multi_terms: {
    summary: 'A bucket for each combination of values of several fields, the most frequent ones.',
    aggs: one('multi_terms', { terms: [{ field: 'line' }, { field: 'device' }] }),
  },
  nested: {
    summary: 'The nested objects of a path.',
    aggs: { result: { nested: { path: 'parts' }, aggs: { hours: { max: { field: 'parts.hours' } } } } },
  },
  parent: {
    summary: 'The parents of the documents, by a `join` field.',
    aggs: { machines: { parent: { type: 'part' }, aggs: { lines: { terms: { field: 'line' } } } } },
  },
  percentile_ranks: {
    summary: 'Which share of the values is not above a number.',
    aggs: onTemperature('percentile_ranks', { values: [80] }),
  },
  percentiles: { summary: 'Percentiles, estimated.', aggs: onTemperature('percentiles', { percents: [50, 95, 99] }) },
  random_sampler: {
    summary: 'What a random part of the documents tells of all of them; here all are looked at.',
    aggs: { sample: { random_sampler: { probability: 0.1 }, aggs: { average: { avg: { field: 'temperature' } } } } },
  },
  range: {
    summary: 'Ranges of numbers.',
    aggs: onTemperature('range', { ranges: [{ to: 60 }, { from: 60, to: 80 }, { from: 80 }] }),
  },
  rare_terms: { summary: 'Values that few documents have.', aggs: one('rare_terms', { field: 'device' }) },
  rate: {
    summary: 'How much there is in a unit of time, within a date histogram.',
    aggs: byHour({ result: { rate: { unit: 'minute' } } }),
  },
  reverse_nested: {
    summary: 'From nested objects back to what holds them.',
    aggs: {
      parts: {
        nested: { path: 'parts' },
        aggs: { names: { terms: { field: 'parts.name' }, aggs: { result: { reverse_nested: {} } } } },
      },
    },
  },
  sampler: {
    summary: 'The best documents alone.',
    aggs: { result: { sampler: { shard_size: 100 }, aggs: { lines: { terms: { field: 'line' } } } } },
  },
  scripted_metric: {
    summary: 'Whatever scripts make of documents: `map_script` sees each of them, the others what it kept.',
    aggs: one('scripted_metric', {
      init_script: 'state.sum = 0.0',
      map_script: "if (doc['temperature'].size() > 0) state.sum += doc['temperature'].value * doc['temperature'].value",
      combine_script: 'return state.sum',
      reduce_script: 'double all = 0; for (one in states) all += one; return all',
    }),
  },
  significant_terms: {
    summary: 'Values that are more frequent here than elsewhere.',
    aggs: one('significant_terms', { field: 'device' }),
  },
  significant_text: {
    summary: 'Words that are more frequent here than elsewhere.',
    aggs: one('significant_text', { field: 'message' }),
  },
  stats: { summary: 'Count, smallest, largest, average and sum.', aggs: onTemperature('stats') },
  string_stats: { summary: 'Lengths and entropy of texts.', aggs: one('string_stats', { field: 'device' }) },
  sum: { summary: 'The sum.', aggs: onTemperature('sum') },
  t_test: {
    summary: 'Whether two means differ by more than chance.',
    aggs: one('t_test', {
      a: { field: 'temperature', filter: { term: { line: 'press' } } },
      b: { field: 'temperature', filter: { term: { line: 'mill' } } },
      type: 'heteroscedastic',
    }),
  },
  terms: {
    summary: 'A bucket for each value, the most frequent ones.',
    aggs: {
      result: {
        terms: { field: 'line', size: 10, order: { hottest: 'desc' } },
        aggs: { hottest: { max: { field: 'temperature' } } },
      },
    },
  },
  time_series: {
    summary: 'Documents with the same dimensions (`time_series_dimension`).',
    aggs: { series: { time_series: {}, aggs: { hottest: { max: { field: 'temperature' } } } } },
  },
  top_hits: { summary: 'The best documents.', aggs: one('top_hits', { size: 1, sort: [{ '@timestamp': 'desc' }] }) },
  top_metrics: {
    summary: 'Values of the document that sorts first.',
    aggs: one('top_metrics', { metrics: { field: 'temperature' }, sort: { '@timestamp': 'desc' } }),
  },
  value_count: { summary: 'How many values.', aggs: onTemperature('value_count') },
  variable_width_histogram: {
    summary: 'So many buckets of numbers that lie together.',
    aggs: onTemperature('variable_width_histogram', { buckets: 4 }),
  },
  weighted_avg: {
    summary: 'The average by weights.',
    aggs: one('weighted_avg', { value: { field: 'temperature' }, weight: { field: 'count' } }),
  },

  avg_bucket: { summary: 'The average over buckets.', aggs: overHours(one('avg_bucket', { buckets_path: 'hours>hottest' })) },
  bucket_script: {
    summary: 'A number that a script makes of others of the bucket.',
    aggs: byHour({ result: { bucket_script: { buckets_path: { max: 'hottest' }, script: 'params.max * 1.8 + 32' } } }),
  },
  bucket_selector: {
    summary: 'Keeps buckets for which a script is true.',
    aggs: byHour({ result: { bucket_selector: { buckets_path: { max: 'hottest' }, script: 'params.max > 80' } } }),
  },
  bucket_sort: {
    summary: 'Sorts buckets and cuts them off.',
    aggs: byHour({ result: { bucket_sort: { sort: [{ hottest: { order: 'desc' } }], size: 3 } } }),
  },
  cumulative_cardinality: {
    summary: 'How many different values there are up to each bucket.',
    aggs: byHour({
      devices: { cardinality: { field: 'device' } },
      known: { cumulative_cardinality: { buckets_path: 'devices' } },
    }),
  },
  cumulative_sum: { summary: 'The sum so far.', aggs: byHour({ result: { cumulative_sum: { buckets_path: 'hottest' } } }) },
  derivative: {
    summary: 'The change from bucket to bucket.',
    aggs: byHour({ result: { derivative: { buckets_path: 'hottest' } } }),
  },
  extended_stats_bucket: {
    summary: '`extended_stats` over buckets.',
    aggs: overHours(one('extended_stats_bucket', { buckets_path: 'hours>hottest' })),
  },
  max_bucket: { summary: 'The largest of the buckets.', aggs: overHours(one('max_bucket', { buckets_path: 'hours>hottest' })) },
  min_bucket: { summary: 'The smallest of the buckets.', aggs: overHours(one('min_bucket', { buckets_path: 'hours>hottest' })) },
  moving_fn: {
    summary: 'A script over the buckets before.',
    aggs: byHour({
      result: { moving_fn: { buckets_path: 'hottest', window: 3, script: 'MovingFunctions.unweightedAvg(values)' } },
    }),
  },
  moving_percentiles: {
    summary: 'Percentiles of the values of the last buckets together.',
    aggs: byHour({
      spread: { percentiles: { field: 'temperature', percents: [50, 99] } },
      moving: { moving_percentiles: { buckets_path: 'spread', window: 6 } },
    }),
  },
  normalize: {
    summary: 'The share of a bucket in all.',
    aggs: byHour({ result: { normalize: { buckets_path: 'hottest', method: 'percent_of_sum' } } }),
  },
  percentiles_bucket: {
    summary: 'Percentiles over buckets.',
    aggs: overHours(one('percentiles_bucket', { buckets_path: 'hours>hottest' })),
  },
  serial_diff: {
    summary: 'The difference to a bucket some steps before.',
    aggs: byHour({ result: { serial_diff: { buckets_path: 'hottest', lag: 1 } } }),
  },
  stats_bucket: { summary: '`stats` over buckets.', aggs: overHours(one('stats_bucket', { buckets_path: 'hours>hottest' })) },
  sum_bucket: { summary: 'The sum over buckets.', aggs: overHours(one('sum_bucket', { buckets_path: 'hours>hottest' })) },
}
