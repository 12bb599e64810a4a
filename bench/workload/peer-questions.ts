import { seededRandom } from '../../src/sample/random.ts'
import { DEFAULT_SEED, DEVICES, START, vocabulary } from './iot-documents.ts'
import type { BenchQuery } from './iot-queries.ts'

type Json = Readonly<Record<string, unknown>>

/** Words that the most frequent texts hold, in falling order of frequency. */
const words = vocabulary(seededRandom(`iot${DEFAULT_SEED}`))

const on = (field: string, options: Json = {}): Json => ({ field, ...options })
const average = { average: { avg: on('temperature') } }
const hot = { range: { temperature: { gt: 26 } } }
const climate = { term: { 'device.type': 'climate' } }
const byHour = (aggs: Json): Json => ({ hours: { date_histogram: on('@timestamp', { fixed_interval: '1h' }), aggs } })
/** Over the averages of the hours: beside them, as the pipeline aggregations that look at siblings stand. */
const overHours = (type: string): Json => ({ ...byHour(average), result: { [type]: { buckets_path: 'hours>average' } } })
const ofHours = (type: string, options: Json = {}): Json =>
  byHour({ ...average, result: { [type]: { buckets_path: 'average', ...options } } })

/** One of each kind of aggregation that both servers have, over the fields of the data set `iot`. */
const AGGREGATIONS: Readonly<Record<string, Json>> = {
  adjacency_matrix: { result: { adjacency_matrix: { filters: { hot, climate } } } },
  auto_date_histogram: { result: { auto_date_histogram: on('@timestamp', { buckets: 50 }), aggs: average } },
  avg: average,
  bucket_script: byHour({
    ...average,
    result: { bucket_script: { buckets_path: { a: 'average' }, script: 'params.a * 1.8 + 32' } },
  }),
  cardinality: { result: { cardinality: on('device.id') } },
  'cardinality of doubles': { result: { cardinality: on('temperature') } },
  composite: {
    result: {
      composite: {
        size: 1000,
        sources: [
          { device: { terms: on('device.id') } },
          { hour: { date_histogram: on('@timestamp', { fixed_interval: '1h' }) } },
        ],
      },
      aggs: average,
    },
  },
  cumulative_sum: ofHours('cumulative_sum'),
  date_histogram: byHour({}),
  'date_histogram, calendar': {
    result: { date_histogram: on('@timestamp', { calendar_interval: '1d', time_zone: 'Europe/Berlin' }), aggs: average },
  },
  date_range: {
    result: { date_range: on('@timestamp', { ranges: [{ to: '2026-11-01T03:00:00Z' }, { from: '2026-11-01T03:00:00Z' }] }) },
  },
  derivative: ofHours('derivative'),
  diversified_sampler: {
    result: { diversified_sampler: on('device.id', { shard_size: 200 }), aggs: { types: { terms: on('device.type') } } },
  },
  extended_stats: { result: { extended_stats: on('temperature') } },
  filter: { result: { filter: hot, aggs: average } },
  filters: { result: { filters: { filters: { hot, climate } }, aggs: average } },
  geo_bounds: { result: { geo_bounds: on('location') } },
  geo_centroid: { result: { geo_centroid: on('location') } },
  geo_distance: {
    result: { geo_distance: on('location', { origin: '50,10', unit: 'km', ranges: [{ to: 100 }, { from: 100 }] }) },
  },
  geohash_grid: { result: { geohash_grid: on('location', { precision: 4 }) } },
  geotile_grid: { result: { geotile_grid: on('location', { precision: 8 }) } },
  global: { result: { global: {}, aggs: average } },
  histogram: { result: { histogram: on('temperature', { interval: 5 }) } },
  'histogram in types': { types: { terms: on('device.type'), aggs: { result: { histogram: on('humidity', { interval: 5 }) } } } },
  matrix_stats: { result: { matrix_stats: { fields: ['temperature', 'humidity'] } } },
  max_bucket: overHours('max_bucket'),
  median_absolute_deviation: { result: { median_absolute_deviation: on('temperature') } },
  missing: { result: { missing: on('temperature') } },
  moving_fn: ofHours('moving_fn', { window: 5, script: 'MovingFunctions.unweightedAvg(values)' }),
  multi_terms: { result: { multi_terms: { terms: [on('device.type'), on('device.firmware')] }, aggs: average } },
  percentile_ranks: { result: { percentile_ranks: on('temperature', { values: [20, 25] }) } },
  percentiles: { result: { percentiles: on('temperature', { percents: [50, 95, 99] }) } },
  'percentiles, HDR': { result: { percentiles: on('temperature', { hdr: { number_of_significant_value_digits: 3 } }) } },
  percentiles_bucket: overHours('percentiles_bucket'),
  range: { result: { range: on('temperature', { ranges: [{ to: 20 }, { from: 20, to: 25 }, { from: 25 }] }) } },
  rare_terms: { result: { rare_terms: on('device.firmware', { max_doc_count: 100 }) } },
  sampler: { result: { sampler: { shard_size: 200 }, aggs: { types: { terms: on('device.type') } } } },
  scripted_metric: {
    result: {
      scripted_metric: {
        init_script: 'state.n = 0L',
        map_script: "if (doc['temperature'].size() > 0 && doc['temperature'].value > 26) state.n += 1",
        combine_script: 'state.n',
        reduce_script: 'long all = 0; for (n in states) all += n; return all',
      },
    },
  },
  significant_terms: { result: { filter: hot, aggs: { devices: { significant_terms: on('device.id') } } } },
  stats: { result: { stats: on('temperature') } },
  terms: { result: { terms: on('device.id', { size: 1000 }) } },
  'terms, ordered by an average': { result: { terms: on('device.id', { size: 10, order: { average: 'desc' } }), aggs: average } },
  'terms of a script': { result: { terms: { script: "doc['device.type'].value + '-' + doc['device.firmware'].value" } } },
  'terms of numbers': { result: { terms: on('humidity', { size: 20 }) } },
  top_hits: {
    types: { terms: on('device.type'), aggs: { result: { top_hits: { size: 3, sort: [{ '@timestamp': 'desc' }] } } } },
  },
  value_count: { result: { value_count: on('temperature') } },
  variable_width_histogram: { result: { variable_width_histogram: on('temperature', { buckets: 8 }) } },
  weighted_avg: { result: { weighted_avg: { value: on('temperature'), weight: on('battery') } } },
}

/** The same for searches; `word` is a frequent word, another one each time. */
const SEARCHES: Readonly<Record<string, (word: string) => Json>> = {
  'bool of words': (word) => ({ query: { bool: { must: [{ match: { message: word } }], filter: [climate], must_not: [hot] } } }),
  constant_score: () => ({ query: { constant_score: { filter: hot } } }),
  exists: () => ({ query: { exists: on('temperature') } }),
  function_score: (word) => ({
    query: {
      function_score: {
        query: { match: { message: word } },
        field_value_factor: on('battery', { modifier: 'log1p', missing: 1 }),
      },
    },
  }),
  fuzzy: (word) => ({ query: { fuzzy: { message: `${word}x` } } }),
  geo_distance: () => ({ query: { geo_distance: { distance: '20km', location: '50,10' } } }),
  'ids of no document': () => ({ query: { ids: { values: ['a', 'b'] } } }),
  'match of three words': (word) => ({ query: { match: { message: `${word} ${words[40]} ${words[90]}` } } }),
  'match, all of two words': (word) => ({ query: { match: { message: { query: `${word} ${words[60]}`, operator: 'and' } } } }),
  match_phrase_prefix: (word) => ({ query: { match_phrase_prefix: { message: `${word} ${words[30]?.slice(0, 2)}` } } }),
  query_string: (word) => ({ query: { query_string: { query: `message:${word} AND device.type:climate AND temperature:>26` } } }),
  regexp: () => ({ query: { regexp: { message: '[0-9]{3}7' } } }),
  'sorted by a double': () => ({ query: climate, sort: [{ temperature: 'desc' }] }),
  'sorted by a keyword': () => ({ query: hot, sort: [{ 'device.id': 'asc' }, { '@timestamp': 'desc' }] }),
  term: () => ({ query: { term: { 'device.id': 'dev-77' } } }),
  terms: () => ({ query: { terms: { 'device.id': Array.from({ length: 50 }, (_, at) => `dev-${at * 7 + 1}`) } } }),
  collapse: () => ({ query: climate, collapse: on('device.id'), sort: [{ '@timestamp': 'desc' }] }),
  highlight: (word) => ({ query: { match: { message: word } }, highlight: { fields: { message: {} } } }),
  docvalue_fields: () => ({ query: climate, docvalue_fields: ['temperature', '@timestamp'], _source: false, size: 100 }),
}

/** Questions that are asked of two servers: each kind of aggregation and of search, over a window that differs each time. */
export function peerQuestions(index: string, documents: number, seed = `${Date.now()}`): BenchQuery[] {
  const random = seededRandom(`peer${seed}`)
  const below = (n: number): number => Math.floor(random() * n)
  const end = START + Math.floor(documents / DEVICES) * 10_000
  const all = (): Json => ({
    range: {
      '@timestamp': {
        gte: new Date(START + below(1000)).toISOString(),
        lt: new Date(end + 60_000 + below(1_000_000)).toISOString(),
      },
    },
  })
  const ask = (id: string, summary: string, body: () => Json): BenchQuery => ({
    id,
    summary,
    make: () => ({ path: `/${index}/_search?request_cache=false`, body: JSON.stringify(body()), type: 'application/json' }),
  })
  return [
    ...Object.entries(AGGREGATIONS).map(([name, aggs]) =>
      ask(name, 'aggregation', () => ({ size: 0, query: { bool: { filter: [all()] } }, aggs })),
    ),
    ...Object.entries(SEARCHES).map(([name, search]) =>
      ask(name, 'search', () => ({ track_total_hits: true, ...search(words[10 + below(10)] ?? '') })),
    ),
  ]
}
