import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { Field } from './fields.ts'
import { dateText, ipText, point } from './fields.ts'
import { nestedAggregation } from './nested.ts'
import { parentPipelines, siblingPipelines } from './pipeline-aggregations.ts'
import type { Queries } from './queries.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** What may stand in an aggregation and under it. */
interface Bucketing {
  readonly body: JsonObject
  /** One bucket, not a list. */
  readonly single?: true
  /** Buckets in an order that pipelines may follow. */
  readonly histogram?: true
  /** Its `order` may name metrics below it. */
  readonly ordered?: true
}

const AROUND_VIENNA: JsonObject = { top_left: { lat: 48.3507, lon: 16.1013 }, bottom_right: { lat: 48.1011, lon: 16.4017 } }

/** With whole and half hours, changes of the clock by one hour or half of one, at different days, and none. */
const ZONES = ['Europe/Vienna', 'America/New_York', '+05:30', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Casablanca']

/** A composite is no input of pipelines, and equally significant terms come in any order. */
const UNORDERED: ReadonlySet<string> = new Set(['composite', 'significant_terms'])

/** Trees of aggregations. Their names begin with their type: the comparison tells sketches by it. */
export class Aggregations {
  readonly #random: Random
  readonly #world: World
  readonly #queries: Queries

  constructor(random: Random, world: World, queries: Queries) {
    this.#random = random
    this.#world = world
    this.#queries = queries
  }

  /** @param depth levels of buckets */
  tree(depth = 3): JsonObject {
    const random = this.#random
    const named: Record<string, JsonObject> = {}
    for (let left = random.int(1, 2); left > 0; left--) {
      const bucketing = depth > 0 && random.chance(0.65)
      const [type, one] = bucketing ? this.#bucketing(depth - 1) : this.#metric()
      const name = `${type}_${Object.keys(named).length}`
      named[name] = one
      if (bucketing && !UNORDERED.has(type) && random.chance(0.25)) Object.assign(named, siblingPipelines(random, name, one))
    }
    return named
  }

  #bucketing(depth: number): [string, JsonObject] {
    const random = this.#random
    if (random.chance(0.05)) return ['nested', nestedAggregation(random, () => this.tree(0))]
    // Nested objects are documents of the background on the other side.
    const hasObjects = this.#world.fields.some(({ family }) => family === 'nested')
    const type = random.pick(Object.keys(this.#buckets).filter((one) => !hasObjects || one !== 'significant_terms'))
    const { body, single, histogram, ordered } = this.#buckets[type]?.() ?? { body: {} }
    const aggs: Record<string, JsonValue | undefined> = random.chance(0.7) ? { ...this.tree(depth) } : {}
    if (histogram && random.chance(0.4)) {
      const [metricType, metric] = this.#singleMetric()
      aggs[`${metricType}_m`] = metric
      Object.assign(aggs, parentPipelines(random, `${metricType}_m`))
    }
    let own = body
    if (ordered && random.chance(0.25)) {
      const [metricType, metric] = this.#singleMetric()
      aggs[`${metricType}_o`] = metric
      own = { ...body, order: [{ [`${metricType}_o`]: random.pick(['asc', 'desc']) }, { _key: 'asc' }] }
    }
    const meta = random.options(0.05, { meta: { note: single ? 'one' : 'many' } })
    return [type, { [type]: own, ...meta, ...(Object.keys(aggs).length === 0 ? {} : { aggs }) }]
  }

  #fields(...families: readonly Field['family'][]): Field {
    const fields = this.#world.fields.filter(({ family, docValues }) => families.includes(family) && docValues)
    return this.#random.pick(fields.length === 0 ? this.#world.fields : fields)
  }

  #number(): string {
    return this.#random.chance(0.03) ? 'nowhere' : this.#fields('number').name
  }

  /** Milliseconds, one at most in a document. */
  #singleDate(): string {
    return this.#world.fields.find(({ family, single }) => family === 'date' && single)?.name ?? 'nowhere'
  }

  #grouping(): Field {
    return this.#fields('keyword', 'keyword', 'number', 'boolean', 'ip', 'date')
  }

  #missing(field: Field): JsonObject {
    return this.#random.chance(0.12) ? { missing: field.value(this.#random) } : {}
  }

  readonly #buckets: Readonly<Record<string, () => Bucketing>> = {
    terms: () => {
      const random = this.#random
      const field = this.#grouping()
      const list =
        field.family === 'keyword'
          ? random.options(0.12, {
              include: random.pick<JsonValue>(['h.*', '[a-f].*', ['a', 'ab', 'host-1']]),
              exclude: random.pick<JsonValue>(['.*1', ['b']]),
            })
          : {}
      return {
        body: {
          field: field.name,
          ...random.options(0.35, {
            size: random.int(1, 12),
            order: random.pick<JsonValue>([{ _key: 'asc' }, { _key: 'desc' }, { _count: 'asc' }]),
          }),
          ...random.options(0.1, { min_doc_count: random.int(0, 1), show_term_doc_count_error: true }),
          // Fewer are chosen among the first `shard_size` alone on the other side.
          ...(random.chance(0.05) ? { min_doc_count: random.int(2, 3), size: 200 } : {}),
          ...list,
          ...this.#missing(field),
        },
        ordered: true,
      }
    },
    multi_terms: () => ({
      body: {
        terms: [this.#grouping(), this.#grouping()].map((field) => ({ field: field.name, ...this.#missing(field) })),
        ...this.#random.options(0.4, { size: this.#random.int(1, 8) }),
      },
      ordered: true,
    }),
    rare_terms: () => ({
      body: {
        field: this.#fields('keyword', 'number').name,
        ...this.#random.options(0.5, { max_doc_count: this.#random.int(1, 5) }),
      },
    }),
    significant_terms: () => ({
      // All of them: which of equally significant ones are left out is chance.
      body: { field: this.#fields('keyword').name, size: 100, ...this.#random.options(0.5, { min_doc_count: 1 }) },
    }),
    histogram: () => {
      const random = this.#random
      return {
        body: {
          field: this.#number(),
          interval: random.pick([1, 5, 10, 25, 2.5]),
          ...random.options(0.2, {
            min_doc_count: random.int(0, 2),
            offset: 2,
            keyed: true,
            order: { _key: 'desc' },
            missing: 3,
          }),
          ...random.options(0.1, { extended_bounds: { min: -10, max: 60 } }),
          ...random.options(0.05, { hard_bounds: { min: 0, max: 20 } }),
        },
        histogram: true,
      }
    },
    date_histogram: () => {
      const random = this.#random
      const interval = random.chance(0.5)
        ? { calendar_interval: random.pick(['hour', 'day', '1w', 'month', 'quarter', 'year', '1d']) }
        : { fixed_interval: random.pick(['12h', '1d', '36h', '7d', '90m']) }
      return {
        body: {
          field: this.#fields('date').name,
          ...interval,
          ...random.options(0.25, {
            time_zone: random.pick(ZONES),
            offset: random.pick(['+6h', '-1h', '+30m', '-2d']),
            min_doc_count: random.int(0, 2),
            format: random.pick(['yyyy-MM-dd', 'yyyy-MM', 'epoch_second', "yyyy-MM-dd'T'HH:mm:ssXXX"]),
          }),
          ...random.options(0.1, { keyed: true, order: { _count: 'desc' }, missing: '2026-03-25' }),
          ...random.options(0.08, {
            extended_bounds: { min: '2026-03-10', max: '2026-04-20' },
            hard_bounds: { min: '2026-03-22', max: '2026-04-04' },
          }),
        },
        histogram: true,
      }
    },
    auto_date_histogram: () => ({
      body: {
        field: this.#singleDate(),
        ...this.#random.options(0.6, {
          buckets: this.#random.int(2, 30),
          time_zone: 'Europe/Vienna',
        }),
      },
    }),
    range: () => ({
      body: {
        field: this.#number(),
        ranges: [{ to: 5 }, { from: 5, to: 20 }, { from: 10 }, { key: 'named', from: 0, to: 100 }].slice(
          0,
          this.#random.int(1, 4),
        ),
        ...this.#random.options(0.2, { keyed: true }),
      },
    }),
    date_range: () => {
      const random = this.#random
      return {
        body: {
          field: this.#fields('date').name,
          ranges: [
            { to: '2026-03-25' },
            { from: '2026-03-25||/d', to: '2026-04-01||-1d' },
            { from: dateText(random) as string, key: 'k' },
          ].slice(0, random.int(1, 3)),
          ...random.options(0.2, { format: 'yyyy-MM-dd', time_zone: 'Europe/Vienna', keyed: true, missing: '2026-03-29' }),
        },
      }
    },
    ip_range: () => ({
      body: {
        field: this.#fields('ip').name,
        ranges: [{ to: '10.0.1.0' }, { from: '10.0.1.0', to: ipText(this.#random) }, { mask: '10.0.2.0/25' }],
        ...this.#random.options(0.3, { keyed: true }),
      },
    }),
    filter: () => ({ body: this.#queries.query(1), single: true }),
    filters: () => {
      const queries = this.#random.times(1, 3, () => this.#queries.query(1))
      const other = this.#random.options(0.3, { other_bucket: true, other_bucket_key: 'rest' })
      return {
        body: {
          filters: this.#random.chance(0.5) ? queries : Object.fromEntries(queries.map((query, at) => [`f${at}`, query])),
          ...other,
        },
      }
    },
    adjacency_matrix: () => ({
      body: { filters: Object.fromEntries(this.#random.times(1, 3, (at) => [`m${at}`, this.#queries.query(0)])) },
    }),
    missing: () => ({
      body: { field: this.#random.pick(this.#world.fields.filter(({ docValues }) => docValues)).name },
      single: true,
    }),
    geohash_grid: () => ({
      body: {
        field: this.#fields('geo_point').name,
        precision: this.#random.int(1, 6),
        ...this.#random.options(0.3, { size: 5, bounds: AROUND_VIENNA }),
      },
    }),
    geotile_grid: () => ({
      body: {
        field: this.#fields('geo_point').name,
        precision: this.#random.int(0, 12),
        ...this.#random.options(0.3, { size: 5, bounds: AROUND_VIENNA }),
      },
    }),
    geo_distance: () => ({
      body: {
        field: this.#fields('geo_point').name,
        origin: { ...point(this.#random) },
        unit: this.#random.pick(['km', 'm', 'mi']),
        ranges: [{ to: 10 }, { from: 10, to: 40 }, { from: 40 }],
      },
    }),
    composite: () => {
      const random = this.#random
      const sources = random.times(1, 3, (at) => ({ [`s${at}`]: this.#compositeSource() }))
      return { body: { size: random.int(1, 15), sources } }
    },
    // What all documents fit in is the same whichever of them score best.
    sampler: () => ({ body: { shard_size: 1000 }, single: true }),
    diversified_sampler: () => ({
      body: { shard_size: 1000, field: 'group', max_docs_per_value: 1000 },
      single: true,
    }),
  }

  #compositeSource(): JsonObject {
    const random = this.#random
    const order = random.options(0.3, { missing_order: random.pick(['first', 'last', 'default']) })
    const more = {
      ...random.options(0.25, { order: random.pick(['asc', 'desc']) }),
      ...(random.chance(0.3) ? { missing_bucket: true, ...order } : {}),
    }
    return random.pick<() => JsonObject>([
      () => ({ terms: { field: this.#grouping().name, ...more } }),
      () => ({ histogram: { field: this.#number(), interval: random.pick([5, 10]), ...more } }),
      () => ({
        date_histogram: {
          field: this.#singleDate(),
          ...random.pick<JsonObject>([
            { calendar_interval: random.pick(['day', 'week', 'month', 'hour']) },
            { fixed_interval: random.pick(['12h', '36h']) },
          ]),
          ...random.options(0.3, { time_zone: random.pick(ZONES), format: 'yyyy-MM-dd', offset: random.pick(['+3h', '-1d']) }),
          ...more,
        },
      }),
      () => ({ geotile_grid: { field: this.#fields('geo_point').name, precision: 8, ...more } }),
    ])()
  }

  /** A metric with one value, which orders and pipelines can name. */
  #singleMetric(): [string, JsonObject] {
    const type = this.#random.pick(['avg', 'sum', 'min', 'max', 'value_count', 'cardinality'])
    return [type, { [type]: { field: this.#number() } }]
  }

  #metric(): [string, JsonObject] {
    const random = this.#random
    const number = (): JsonObject => ({ field: this.#number(), ...random.options(0.12, { missing: 4 }) })
    const all: Readonly<Record<string, () => JsonObject>> = {
      avg: number,
      sum: number,
      min: number,
      max: number,
      stats: number,
      extended_stats: () => ({ ...number(), ...random.options(0.3, { sigma: 3 }) }),
      value_count: () => ({ field: this.#grouping().name }),
      cardinality: () => ({ field: this.#grouping().name }),
      percentiles: () => ({
        ...number(),
        ...random.options(0.3, { percents: [10, 50, 99], keyed: false }),
        ...(random.chance(0.2) ? { hdr: { number_of_significant_value_digits: 3 } } : {}),
      }),
      percentile_ranks: () => ({ ...number(), values: [0, 5, 20] }),
      median_absolute_deviation: number,
      matrix_stats: () => ({ fields: [this.#number(), this.#number()] }),
      weighted_avg: () => ({ value: { field: this.#number(), missing: 1 }, weight: { field: 'level', missing: 2 } }),
      geo_bounds: () => ({ field: this.#fields('geo_point').name }),
      geo_centroid: () => ({ field: this.#fields('geo_point').name }),
      top_hits: () => ({
        size: random.int(1, 3),
        sort: [{ [this.#fields('number', 'date').name]: random.pick(['asc', 'desc']) }, { seq: 'asc' }],
        _source: false,
      }),
      scripted_metric: () => ({
        init_script: 'state.n = 0L',
        map_script: "if (doc['seq'].size() > 0) { state.n += doc['seq'].value * params.times }",
        combine_script: 'return state.n',
        reduce_script: 'long all = 0; for (n in states) { all += n == null ? 0 : n } return all',
        params: { times: random.int(1, 3) },
      }),
      scripted: () => ({}),
    }
    const type = random.pick(Object.keys(all))
    if (type === 'scripted') {
      const field = this.#number()
      return ['sum', { sum: { script: { source: `doc['${field}'].size() == 0 ? 0 : doc['${field}'].value * 2` } } }]
    }
    return [type, { [type]: all[type]?.() ?? {} }]
  }
}
